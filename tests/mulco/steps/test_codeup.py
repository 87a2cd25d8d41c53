"""The profile `codeup` keeps what CodeUp keeps: its rules stated a second time, and every real row at hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco.steps import profile
from mulco.steps.codeup import RESCUED, before_and_after, codeup, named, sort
from mulco.steps.guesslang import Guess

GUESS = Guess()

# The rules once more, as CodeUp tells them, sharing nothing with the step but the model of guesslang.
ORDER = (
    r"JavaScript|Java|shell|Python|C\+\+|C#| C |Bash|bash|HTML|SQL|JSON|CSS|JSX|Swift|Ruby|PHP|Go|Kotlin| R |MATLAB"
    r"|TypeScript|Scala|Haskell|Perl|Rust"
)
GROUPS = {"C++": "C++/C", " C ": "C++/C", "Bash": "shell", "bash": "shell", " R ": "R"}


def stated(instruction: str, input_: str, output: str) -> str | None:
    """Under what the rules count a row; None where they drop it."""
    for word in re.split(r"(?<!\\)\|", ORDER):
        if re.search(word, instruction):
            plain = word.replace("\\", "")
            return GROUPS.get(plain, plain)
    if input_ != "" and GUESS.language_name(input_) == "Python":
        return "rescued"
    if GUESS.language_name(output) == "Python" or re.search(r"def |import ", output):
        return "rescued"
    return None


@pytest.mark.parametrize(
    ("instruction", "counted"),
    [
        ("Write a JavaScript function.", "JavaScript"),
        ("Write a Javascript function.", "Java"),  # a defect of the original: no such name, but Java is in it
        ("Translate this Python code to Java.", "Java"),  # the first in the order, not in the text
        ("Write a shell script for Bash.", "shell"),
        ("Write a Shell script.", None),  # a defect of the original
        ("Write a python script.", None),  # a defect of the original
        ("Write a C program.", "C++/C"),
        ("Write it in C.", None),
        ("Use the R language.", "R"),
        ("Google it.", "Go"),
        ("Sort a list.", None),
    ],
)
def test_an_instruction_counts_under_the_first_name_it_holds(instruction: str, counted: str | None) -> None:
    assert named(instruction) == counted
    assert named(instruction) == stated(instruction, "", "")


def test_a_row_without_a_name_stays_only_if_it_passes_for_python() -> None:
    rows = [
        ("Sum a list.", "", "def total(values):\n    return sum(values)"),
        ("Read a file.", "", "import java.io.File;"),  # a defect of the original: any import passes for Python
        ("Sum a list.", "", "sum(values)"),
        ("Explain recursion.", "", "A function that calls itself."),
        ("Fix this.", PYTHON, "See above."),
        ("Print a table.", "", PYTHON),
        ("Say nothing.", "", ""),
    ]
    assert sort(rows) == [RESCUED, RESCUED, None, None, RESCUED, RESCUED, None]


PYTHON = "# 打印列表\nfor x in [1, 2, 3]:\n    print(x)\n"  # guesslang takes it for Python

NAMES = st.sampled_from([*(word.replace("\\", "") for word in re.split(r"(?<!\\)\|", ORDER)), "shel", "Script", "Ja"])
WORDS = st.sampled_from(["python", "Shell", "C", "R", "Write", "a", "loop", "in ", " ", "\n", "go", "Golang", "列表"])
CODE = st.sampled_from(
    [PYTHON, "def ", "def\n", "import ", "import\t", "x = 1\n", "int x = 1;\n", "SELECT 1;", "\ud800", "  ", "打印", ""]
)
ROW = st.tuples(
    st.lists(NAMES | WORDS, max_size=5).map("".join) | st.lists(WORDS, max_size=6).map(" ".join),
    st.lists(CODE, max_size=3).map("".join) | st.text(max_size=40),
    st.lists(CODE, max_size=4).map("".join) | st.text(max_size=80),
)


@given(st.lists(ROW, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_filter_keeps_what_the_rules_keep(rows: list[tuple[str, str, str]]) -> None:
    assert sort(rows) == [stated(*row) for row in rows]


@given(st.lists(ROW, min_size=1, max_size=8), st.randoms())
@settings(max_examples=15, deadline=None)
def test_no_verdict_depends_on_another_row(rows: list[tuple[str, str, str]], order: object) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dict(zip(shuffled, sort(shuffled), strict=True)) == dict(zip(rows, sort(rows), strict=True))


def test_the_step_looks_at_what_upstream_gave_where_it_has_that_form() -> None:
    table = pa.table({
        "instruction": ["Write Python code for this.", "Write Java code for this.", "Fix it."],
        "input": ["Sum a list.", "", ""],
        "output": ["sum(values)", "x", "sum(values)"],
        "field:instruction": ["Sum a list.", None, None],
        "field:input": ["", None, None],
        "field:output": ["sum(values)", None, None],
    })  # fmt: skip
    judged = codeup(table, {})
    assert judged.column("verdict").to_pylist() == [
        "unknown_programming_language",
        None,
        "unknown_programming_language",
    ]
    assert judged.column("flags:codeup").to_pylist() == [None, ["codeup_Java"], None]


def test_the_profile_is_this_one_step() -> None:
    assert [(step.name, step.run) for step in profile("codeup")] == [("codeup", codeup)]


def test_the_counts_before_and_after_come_out_of_a_manifest() -> None:
    counts = [
        {"flagged": {"codeup_Java": 3, "codeup_Python": 2, "codeup_rescued": 4}, "dropped": {"codeup": {"x": 5}}},
        {"flagged": {"codeup_Java": 1, "something": 9}, "dropped": {}},
    ]
    found = before_and_after(counts)
    assert {name: pair for name, pair in found.items() if pair != (0, 0)} == {
        "Java": (4, 4), "Python": (2, 6), "Others": (9, 5),
    }  # fmt: skip
    assert len(found) == 24  # as many as CodeUp's radar shows


def alpaca(file: Path) -> list[tuple[str, str, str]]:
    rows: Sequence[dict[str, str]] = json.loads(file.read_text("utf-8"))
    return [(row["instruction"], row.get("input", ""), row["output"]) for row in rows]


# What the rules give under the original guesslang in TensorFlow: rows, named, rescued.
REAL = [
    ("code_alpaca_2k.json", 1300, 682, 325),
    ("new_codealpaca.json", 2000, 1919, 4),
]


@pytest.mark.upstream
@pytest.mark.parametrize(("file", "rows", "named_rows", "rescued"), REAL)
def test_real_rows_are_kept_as_the_rules_keep_them(
    upstream: Path, file: str, rows: int, named_rows: int, rescued: int
) -> None:
    given_ = alpaca(upstream / "codealpaca" / "data" / file)
    found = sort(given_)
    assert found == [stated(*row) for row in given_]
    counted = Counter(found)
    assert (len(given_), counted[RESCUED]) == (rows, rescued)
    assert sum(number for name, number in counted.items() if name not in (RESCUED, None)) == named_rows
