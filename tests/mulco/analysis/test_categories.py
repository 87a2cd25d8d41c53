"""The ten categories: by words in English and Chinese, else by the nearest rows that words have told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mulco.analysis.categories import LISTS, category, nearest, scores
from mulco.analysis.result import CATEGORIES


def test_every_category_has_its_words_in_both_languages() -> None:
    assert tuple(LISTS) == CATEGORIES
    for by_weight in LISTS.values():
        terms = "".join(by_weight.values())
        assert any(character.isascii() and character.isalpha() for character in terms)
        assert any("\u4e00" <= character <= "\u9fff" for character in terms)


@pytest.mark.parametrize(
    ("instruction", "found"),
    [
        ("Sort a list of numbers by merge sort.", 0),
        ("给定一个链表，请把它反转。", 0),
        ("Find the greatest common divisor of two integers.", 1),
        ("判断一个数是不是质数。", 1),
        ("Write an SQL query that joins two tables.", 2),
        ("MySQL 数据库的索引为什么会失效？", 2),
        ("Explain the singleton design pattern.", 3),
        ("微服务之间如何做负载均衡？", 3),
        ("Create an HTML page with a navigation bar.", 4),
        ("写一个爬虫，抓取网页标题。", 4),
        ("Train a neural network with PyTorch on this dataset.", 5),
        ("用机器学习做情感分析。", 5),
        ("Optimize this code so that it runs faster.", 6),
        ("优化这段代码，减少内存泄漏。", 6),
        ("Build a GUI with tkinter that has a window and a button.", 7),
        ("做一个带菜单的图形界面窗口。", 7),
        ("Model a bank account with an exchange rate.", 8),
        ("用区块链实现一个智能合约。", 8),
        ("Encrypt a message with a Caesar cipher.", 9),
        ("如何防止 SQL注入 攻击，保护用户密码？", 9),
    ],
)
def test_words_tell(instruction: str, found: int) -> None:
    assert category(instruction, "", "", "text") == CATEGORIES[found]


def test_nothing_is_said_where_no_word_tells() -> None:
    assert category("Say hello.", "", "hello", "text") is None
    assert category("说一声你好。", "", "你好", "text") is None


def test_an_answer_counts_by_a_third_and_a_language_by_six() -> None:
    assert (
        scores("", "bubble sort", "", "python")[CATEGORIES[0]]
        == 3 * scores("", "", "bubble sort", "python")[CATEGORIES[0]]
    )
    assert scores("Names, please.", "", "", "sql") == {CATEGORIES[2]: 6}
    assert scores("", "", "def bubbleSort(): pass", "python") == scores("", "", "def bubble_sort(): pass", "python")


def unit(*rows: list[float]) -> npt.NDArray[np.float32]:
    x = np.array(rows, np.float32)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32)


def test_an_untold_row_takes_the_nearest_category_of_its_language() -> None:
    x = unit([1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0.1, 1, 0], [1, 0.2, 0], [0.2, 1, 0], [1, 1, 0])
    told = [CATEGORIES[0], CATEGORIES[0], CATEGORIES[4], CATEGORIES[4], None, None, None]
    assert nearest(x, told, ["en"] * 7) == [None] * 4 + [CATEGORIES[0], CATEGORIES[4], None]
    # of another language nothing is known to be near to
    assert nearest(x, told, ["en"] * 5 + ["zh"] * 2)[5:] == [None, None]
    assert nearest(x, told, ["en"] * 7, margin=2.1) == [None] * 7
