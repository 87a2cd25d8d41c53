"""CodeUp's data filter to the letter, defects included: rows that name a language, and rows that pass for Python.

    sort([("Write a loop in Java", "", "for (;;) {}"), ("Add two numbers", "", "import math\\n")])
    # ["Java", RESCUED]

The rules are those of `data/preprocess.py` in juyongjiang/CodeUp at commit b40df78, which made the data of the CodeUp
models:

A. The instruction holds one of `NAMES`, upper and lower case apart, anywhere, the first in their order: the row stays
   and counts under that language, whatever its output is.
B. Else it stays, and counts as Python, where guesslang takes its input or its output for Python, or its output holds
   `def ` or `import `.
C. Else it goes, as one of the "Others".

So "Shell" and "python" are no names, "Javascript" counts as Java, an `import` of Go or Java passes for Python, and
one-line Python goes. These stay as they are: who wants better rows takes the profile `strict`.

The rules speak of rows in Alpaca's form. Where upstream's item has that form, its own instruction, input and output are
looked at (CodeUp never saw our wordings), else those of the row.

A flag on each row that stays tells under what it counted, so a manifest holds the counts before and after:

    before_and_after(manifest.counts)["Python"]  # (3489, 8693) in CodeUp's own counts
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from mulco.steps.guesslang import Guess
from mulco.steps.step import FIELD, FLAGS, Settings, judged

NAMES = {  # as the instruction holds it -> what the row counts under, in the order in which they are tried
    "JavaScript": "JavaScript", "Java": "Java", "shell": "shell", "Python": "Python", "C++": "C++/C", "C#": "C#",
    " C ": "C++/C", "Bash": "shell", "bash": "shell", "HTML": "HTML", "SQL": "SQL", "JSON": "JSON", "CSS": "CSS",
    "JSX": "JSX", "Swift": "Swift", "Ruby": "Ruby", "PHP": "PHP", "Go": "Go", "Kotlin": "Kotlin", " R ": "R",
    "MATLAB": "MATLAB", "TypeScript": "TypeScript", "Scala": "Scala", "Haskell": "Haskell", "Perl": "Perl",
    "Rust": "Rust",
}  # fmt: skip
MARKERS = ("def ", "import ")  # an output with one of these passes for Python
PYTHON, OTHERS = "Python", "Others"
RESCUED = "rescued"  # kept by rule B
VERDICT = "unknown_programming_language"
FLAG = "codeup_"

Row = tuple[str, str, str]  # instruction, input, output


def codeup(table: pa.Table, settings: Settings) -> pa.Table:
    """The table with CodeUp's verdicts, and for each row a flag `codeup_<language>` or `codeup_rescued`."""
    found = sort(_rows(table))
    flags = [[f"{FLAG}{name}"] if name else None for name in found]
    table = table.append_column(f"{FLAGS}codeup", pa.array(flags, pa.list_(pa.string())))
    return judged(table, [None if name else VERDICT for name in found])


def sort(rows: Sequence[Row]) -> list[str | None]:
    """Under what each row counts: a language that it names, `RESCUED`, or None where CodeUp drops it."""
    found = [named(instruction) for instruction, _, _ in rows]
    for index, (_, _, output) in enumerate(rows):
        if found[index] is None and any(marker in output for marker in MARKERS):
            found[index] = RESCUED
    for part in (1, 2):  # guesslang on the inputs, then on the outputs of those still open
        waiting = [index for index, name in enumerate(found) if name is None and rows[index][part]]
        guesses = Guess().language_names([rows[index][part] for index in waiting])
        for index, guess in zip(waiting, guesses, strict=True):
            if guess == PYTHON:
                found[index] = RESCUED
    return found


def named(instruction: str) -> str | None:
    """What rule A counts an instruction under."""
    return next((counted for name, counted in NAMES.items() if name in instruction), None)


def before_and_after(counts: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Rows by language before and after the filter, from the `counts` of a manifest, as CodeUp's radar shows them."""
    languages = dict.fromkeys(NAMES.values(), 0)
    rescued = dropped = 0
    for entry in counts:
        flagged = entry.get("flagged", {})
        for language in languages:
            languages[language] += flagged.get(f"{FLAG}{language}", 0)
        rescued += flagged.get(f"{FLAG}{RESCUED}", 0)
        dropped += sum(entry["dropped"].get("codeup", {}).values())
    after = {**languages, PYTHON: languages[PYTHON] + rescued}
    pairs = {language: (languages[language], after[language]) for language in languages}
    return {**pairs, OTHERS: (rescued + dropped, dropped)}


def _rows(table: pa.Table) -> list[Row]:
    """Instruction, input and output of upstream's item where it has them, else of the row."""
    columns = []
    for name in ("instruction", "input", "output"):
        own = table.column(name).to_pylist()
        if FIELD + name in table.column_names:
            given = table.column(FIELD + name).to_pylist()
            own = [text if text is not None else other for text, other in zip(given, own, strict=True)]
        columns.append(own)
    return list(zip(*columns, strict=True))
