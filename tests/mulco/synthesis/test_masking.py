"""Masks take out code, names, links, tags and numbers, and give everything back byte for byte."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulco.synthesis.masking import code_like, mask


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    found = mask(text)
    assert found is not None
    return found.text, found.parts


@pytest.mark.parametrize(
    ("text", "expected", "parts"),
    [
        ("Return the `Path` of foo_bar().", "Return the ⟦0⟧ of ⟦1⟧.", ("`Path`", "foo_bar()")),
        ("See https://example.org/a_b?x=1.", "See ⟦0⟧.", ("https://example.org/a_b?x=1",)),
        (":param x: the value", "⟦0⟧ the value", (":param x:",)),
        ("{@link Foo#bar} is used", "⟦0⟧ is used", ("{@link Foo#bar}",)),
        ("@param name the name", "⟦0⟧ the name", ("@param name",)),
        ("<b>bold</b> text", "⟦0⟧bold⟦1⟧ text", ("<b>", "</b>")),
        ("in C++ or C# or Node.js", "in ⟦0⟧ or ⟦1⟧ or ⟦2⟧", ("C++", "C#", "Node.js")),
        ("prints %s and %(name)d", "prints ⟦0⟧ and ⟦1⟧", ("%s", "%(name)d")),
        ("the file(s) of a.b.c, e.g. os.path", "the file(s) of ⟦0⟧, e.g. ⟦1⟧", ("a.b.c", "os.path")),
        ("camelCase and PascalCase and snake_case", "⟦0⟧ and ⟦1⟧ and ⟦2⟧", ("camelCase", "PascalCase", "snake_case")),
        ("about 3.5 or -2 or 0xFF", "about ⟦0⟧ or ⟦1⟧ or ⟦2⟧", ("3.5", "-2", "0xFF")),
        ("使用foo_bar函数返回3个值", "使用⟦0⟧函数返回⟦1⟧个值", ("foo_bar", "3")),
        ("<|im_start|>system [INST] go", "⟦0⟧system ⟦1⟧ go", ("<|im_start|>", "[INST]")),
        ("```py\nx = 1\n```\nafter", "⟦0⟧\nafter", ("```py\nx = 1\n```",)),
        ("Plain words only.", "Plain words only.", ()),
    ],
)
def test_what_is_masked(text: str, expected: str, parts: tuple[str, ...]) -> None:
    assert masked(text) == (expected, parts)


@given(st.text(alphabet="abC_ .(){}<>@:%$`\n#1é的⟦⟧/-|[]'\"\\", max_size=120))
def test_an_unchanged_text_comes_back_byte_for_byte(text: str) -> None:
    found = mask(text)
    if "⟦" in text or "⟧" in text:
        assert found is None
    else:
        assert found is not None
        assert found.restore(found.text) == text
        assert found.wrong(found.text) is None


def test_placeholders_may_move_but_none_may_be_missing_doubled_or_new() -> None:
    found = mask("Join `a` with `b`.")
    assert found is not None
    assert found.restore("用 ⟦1⟧ 连接 ⟦0⟧。") == "用 `b` 连接 `a`。"
    assert found.wrong("用 ⟦1⟧ 连接。") == "missing: 0"
    assert found.wrong("⟦0⟧ ⟦0⟧ ⟦1⟧") == "too many: 0"
    assert found.wrong("⟦0⟧ ⟦1⟧ ⟦2⟧") == "too many: 2"
    assert found.wrong("⟦0⟧ ⟦1⟧ ⟧") == "a bracket of a placeholder stands alone"


def test_code_like_finds_names_and_links_but_no_numbers() -> None:
    assert code_like("call foo_bar with 3 at https://example.org") == {"foo_bar", "https://example.org"}


@pytest.mark.upstream
def test_real_docstrings_come_back_byte_for_byte(upstream: Path) -> None:
    docstrings = [
        json.loads(line)["docstring"]
        for file in sorted((upstream / "codesearchnet/resources/data").rglob("*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]
    assert len(docstrings) > 500
    some_masked = 0
    for docstring in docstrings:
        found = mask(docstring)
        assert found is not None
        assert found.restore(found.text).encode() == docstring.encode()
        assert found.wrong(found.text) is None
        some_masked += bool(found.parts)
    assert some_masked > len(docstrings) / 2
