"""Shapes of code, perplexity under the other half, and ranks that data sets share."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulco.analysis.complexity import complexity, has_code, kinds, perplexity, ranks, shapes
from mulco.analysis.result import READ

LOOP = "def f(xs):\n    for x in xs:\n        if x > 2:\n            print(x)\n"


def table(*rows: dict[str, Any]) -> pa.Table:
    usual = {"dataset": "d", "group": "g", "instruction": "ask", "input": "", "task": None, "language": "en",
             "programming_language": "python", "source": "s", "license": "MIT", "quality": None,
             "tokenized": False}  # fmt: skip
    return pa.Table.from_pylist([{**usual, "id": str(i), **row} for i, row in enumerate(rows)], schema=READ)


def test_the_shape_of_an_answer() -> None:
    found = shapes(
        table(
            {"output": LOOP},
            {"output": f"Here it is:\n```python\n{LOOP}```\nRead it well."},
            {"output": "SELECT a\nFROM t;", "programming_language": "sql"},
            {"output": "A loop goes on until it ends.", "task": "code_qa"},
            {"output": LOOP, "tokenized": True},
            {"output": "def f(:\n  )) if ( else [[ return\n] for", "task": "code_generation"},
            {"output": "3", "task": "code_search"},
        )
    )
    assert found == {
        "decisions": [2, 2, None, None, None, None, None],
        "nesting": [2, 2, None, None, None, None, None],
        "lines": [4, 4, 2, None, None, 3, None],
    }


def test_what_has_code() -> None:
    assert has_code("code_generation", "x", "python")
    assert not has_code("code_generation", "x", "text")
    assert has_code(None, LOOP, "python")
    assert not has_code(None, "Prose about a loop.", "python")
    assert not has_code("code_summarization", LOOP, "python")
    assert not has_code("code_generation", " \n", "python")


def test_kinds_of_answers() -> None:
    rows = table(
        {"output": LOOP}, {"output": "A loop."}, {"output": "这是一个循环。"}, {"output": "a b c", "tokenized": True}
    )
    assert kinds(rows, shapes(rows)["lines"]) == ["code", "en", "zh", "tokens"]


def test_what_is_like_the_others_is_foreseen_better() -> None:
    chance = random.Random(0)
    words = ["the row", "of the", "table is", "read and", "then the", "next one", "is read"]
    usual = [" ".join(chance.choices(words, k=30)) for _ in range(200)]
    odd = "".join(chance.choices("qzjxkvwp#@~^|", k=200))
    found = perplexity([*usual, odd])
    assert found[-1] > 10 * np.median(found[:-1])
    assert 1 < np.median(found[:-1]) < 6


def test_a_text_is_not_foreseen_by_itself_or_its_copies() -> None:
    chance = random.Random(1)
    usual = [" ".join(chance.choices(["one", "two", "three"], k=30)) for _ in range(100)]
    odd = "".join(chance.choices("qzjxkvwp#@~^|", k=200))
    once, often = perplexity([*usual, odd]), perplexity([*usual, *[odd] * 50])
    assert once[-1] == often[-1]
    assert len(set(often[-50:])) == 1


def test_indentation_is_not_easy() -> None:
    flat = perplexity(["if a:\nif b:\nreturn c + d", "other text of some length"])
    deep = perplexity(["if a:\n    if b:\n            return c + d", "other text of some length"])
    assert flat[0] == deep[0]


def test_probabilities_sum_to_one_at_most() -> None:
    """All characters that may follow a context: their probabilities, learned from one text."""
    from mulco.analysis.complexity import _characters, _Model

    model = _Model()
    model.learn(*_characters(["abcabcabd", "abcd"], np.arange(2)))
    total = 0.0
    for character in "abcdefgh":
        text = ["ab" + character]
        total += math.exp(-model.surprise(*_characters(text, np.arange(1)))[2])
    assert 0.9 < total <= 1


def test_labels_have_no_perplexity() -> None:
    assert np.isnan(perplexity(["yes", "", "3", "  a b  "])).all()


def test_perplexity_does_not_hang_on_the_order_of_rows() -> None:
    texts = [f"text number {i} about {i * i % 7} things" for i in range(40)]
    assert np.allclose(perplexity(texts)[::-1], perplexity(texts[::-1]), rtol=1e-12)


def test_ranks_share_places() -> None:
    values = np.array([3.0, 1.0, np.nan, 1.0, 9.0])
    assert ranks(values).tolist()[:2] == [2 / 3, 0.5 / 3]
    assert math.isnan(ranks(values)[2])
    assert ranks(values).tolist()[3:] == [0.5 / 3, 1.0]
    assert ranks(np.array([7.0])).tolist() == [0.5]
    assert ranks(np.zeros(0)).tolist() == []


@given(st.lists(st.integers(0, 5), min_size=2, max_size=30))
def test_ranks_have_a_mean_of_a_half(values: list[int]) -> None:
    found = ranks(np.array(values, np.float64))
    assert found.mean() == pytest.approx(0.5)
    assert (found >= 0).all()
    assert (found <= 1).all()


def test_complexity_is_the_mean_of_the_ranks_there_are() -> None:
    shape: dict[str, list[int | None]] = {"decisions": [0, 4, None], "nesting": [0, 2, None], "lines": [1, 9, None]}
    found = complexity(shape, np.array([2.0, 3.0, 5.0]), ["code", "code", "en"])
    assert found.tolist() == [0.0, 1.0, 0.5]
    nothing: dict[str, list[int | None]] = {name: [None] for name in shape}
    assert math.isnan(complexity(nothing, np.array([np.nan]), ["en"])[0])


def test_the_instruction_is_no_part_of_it() -> None:
    rows = table({"output": LOOP, "instruction": "short"}, {"output": LOOP, "instruction": "long " * 500})
    found = shapes(rows)
    assert all(values[0] == values[1] for values in found.values())
