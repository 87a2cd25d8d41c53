"""A row of code search taken apart again: the query, the snippets it shows, and which of them answers.

    pairs(row)    # [{"query": "add months to a date", "code": "def add_months...", "label": 1}, ...]

A row is one text, written by a wording and a form of snippet that are known. So it is read backwards by them, exactly:
the text is matched once with every part as short as it can be and once as long as it can be. Where both agree there
is no other reading; where they differ, as in a snippet that says "Snippet 3:" itself, the row gives no pairs.
"""

from __future__ import annotations

import functools
import re
import string
from typing import Any

from mulco.catalog import catalog
from mulco.errors import MulcoError
from mulco.languages import display
from mulco.source import Want
from mulco.template import Template

TASK = "code_search"
SHOWN = 4  # snippets in a row: the answer and the distractors of builders/code_search.py; a test compares
PARTS = ("instruction", "input", "output")
COLUMNS = (*PARTS, "id", "language", "programming_language", "template")  # of the row, that are needed


def pairs(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Query and code with label 1 for the snippet that answers and 0 for the others, in the order shown."""
    filled = take_apart(row)
    if filled is None:
        return []
    snippets = [filled[f"code_{number}"] for number in range(1, SHOWN + 1)]
    return [
        {"query": filled["query"], "code": code, "label": int(filled["answer"] == str(number))}
        for number, code in enumerate(snippets, 1)
    ]


def take_apart(row: dict[str, Any]) -> dict[str, str] | None:
    """What fills the wording of a row: query, answer, code_1 to code_4. None where its text has several readings.

    Raises MulcoError where the text is not that of the wording, as after an edit of the wordings.
    """
    filled: dict[str, str] = {}
    for part in PARTS:
        patterns = _patterns(row["language"], row["template"], part, display(row["programming_language"]))
        shortest, longest = (pattern.fullmatch(row[part]) for pattern in patterns)
        if shortest is None or longest is None:
            what = f"its {part} is not what the wording {row['template']!r} of {TASK} writes now"
            raise MulcoError(f"row {row['id']}: {what}. Build the folder again: mulco build")
        if shortest.groupdict() != longest.groupdict():
            return None
        filled |= shortest.groupdict()
    return filled


@functools.cache
def _wordings(language: str) -> tuple[str, dict[str, Template]]:
    """The form of a snippet, and the wordings by id."""
    pool = catalog().pool(Want(TASK, language))
    return pool.snippet, {template.id: template for template in pool.templates}


@functools.cache
def _patterns(language: str, wording: str, part: str, programming_language: str) -> list[re.Pattern[str]]:
    """Two patterns of one part of a wording: unknown text as short as it can be, and as long as it can be.

    Two readings of a text differ first in the length of some unknown. The first pattern finds the reading that comes
    first in the order of these lengths, the second the one that comes last. If they are equal, there is no other.
    """
    snippet, templates = _wordings(language)
    if wording not in templates:
        raise MulcoError(f"no wording {wording!r} of {TASK} in {language}. Build the folder again: mulco build")
    return [
        re.compile(_regex(getattr(templates[wording], part), programming_language, snippet, unknown), re.S)
        for unknown in (".*?", ".*")
    ]


def _regex(text: str, programming_language: str, snippet: str, unknown: str) -> str:
    """A part of a wording as a regular expression, with a named group for each unknown."""
    known = {"programming_language": re.escape(programming_language)}
    known["answer"] = f"(?P<answer>{'|'.join(map(str, range(1, SHOWN + 1)))})"
    known["snippets"] = "\n\n".join(  # as Pool.slots joins them
        _fill(snippet, {"number": str(number), "code": f"(?P<code_{number}>{unknown})"})
        for number in range(1, SHOWN + 1)
    )
    known["query"] = f"(?P<query>{unknown})"
    return _fill(text, known)


def _fill(text: str, slots: dict[str, str]) -> str:
    """A `str.format` pattern with its literal text escaped and its slots filled; a slot shown again refers back."""
    filled, seen = "", set()
    for literal, name, _, _ in string.Formatter().parse(text):
        filled += re.escape(literal)
        if name:
            filled += re.sub(r"\(\?P<(\w+)>[^)]*\)", r"(?P=\1)", slots[name]) if name in seen else slots[name]
            seen.add(name)
    return filled
