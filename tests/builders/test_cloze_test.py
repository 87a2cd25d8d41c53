"""Cutting code and tokens: which token is masked, and how tokens look as code."""

from __future__ import annotations

from typing import Any

import pytest

from mulco.builders.cloze_test import TASK, as_code
from mulco.source import Record, Unusable


def cut(programming_language: str = "python", id_: str = "a", **fields: Any) -> Any:
    (item,) = TASK.prepare([Record(id_, programming_language, fields, "here/there.json", 1)])
    return item.fields if isinstance(item, Record) else item


def test_a_masked_record_stays_as_it_is() -> None:
    fields = {"code": "a <mask> b", "answer": "or", "candidates": "and or"}
    assert cut(**fields) == fields


def test_a_token_among_the_candidates_is_masked_and_they_are_shown() -> None:
    tokens = ["return", "max", "(", "a", ",", "'min'", ")"]
    assert cut(tokens=tokens, candidates="min max") == {
        "code": "return <mask> ( a , 'min' )", "answer": "max", "candidates": "min max",
    }  # fmt: skip


@pytest.mark.parametrize("candidates", ["", "min max"])
def test_without_one_it_is_a_word_that_stands_three_times_but_not_in_its_first_place(candidates: str) -> None:
    tokens = ["total", "=", "total", "+", "'total'", "+", "total", "+", "it", "+", "it", "+", "it"]
    assert {cut(tokens=tokens, candidates=candidates, id_=str(n))["code"] for n in range(20)} == {
        "total = <mask> + 'total' + total + it + it + it",
        "total = total + 'total' + <mask> + it + it + it",
    }
    assert cut(tokens=tokens, candidates=candidates).keys() == {"code", "answer"}


def test_every_candidate_and_every_place_has_its_turn() -> None:
    cuts = {cut(tokens=["if", "a", "if", "else"], candidates="if else", id_=str(n))["code"] for n in range(40)}
    assert cuts == {"<mask> a if else", "if a <mask> else", "if a if <mask>"}


def test_tokens_without_a_word_to_mask_are_unusable() -> None:
    assert cut(tokens=[]) == Unusable("no_token_to_mask")
    assert cut(tokens=["a", "b"], candidates="c") == Unusable("no_token_to_mask")
    assert cut(tokens=["max", "'<mask>'"], candidates="max") == Unusable("mask_in_code")


@pytest.mark.parametrize(
    ("programming_language", "tokens", "code"),
    [
        ("go", ["a", ":=", "1", "\n", "b", "\n\n", "}", "\n"], "a := 1\nb\n\n}"),
        ("go", ["{", "// first", "// second", "return"], "{ // first\n// second\nreturn"),
        ("python", ["def", "f", ":", "# half", "a", "//", "2"], "def f : # half\na // 2"),
        ("ruby", ["end", "# the end"], "end # the end"),
        ("php", ["# one", "// two", "f", "/* three */", "g"], "# one\n// two\nf /* three */ g"),
        ("java", ["// dos\r", "f", "", " ", "'a\r\nb'"], "// dos\n\nf 'a\nb'"),
        ("javascript", ["<b>", "\n    ", "<i>"], "<b>\n<i>"),
    ],
)
def test_tokens_become_code(programming_language: str, tokens: list[str], code: str) -> None:
    assert as_code(tokens, programming_language) == code
