"""ClozeTest's functions with a masked token, found again among CodeSearchNet's: upstream publishes no answers.

    functions = MaskedFunctions()
    functions.add(1, {"nl_tokens": ["The", "larger"], "pl_tokens": ["return", "<mask>", "(", "a", ",", "b", ")"]})
    list(functions.found(["The", "larger"], ["return", "max", "(", "a", ",", "b", ")"]))   # [(1, "max")]

Not a source: `clozetest` reads its answers through this, and `codesearchnet` sees by it what need not be cut again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mulco.builders.cloze_test import MASK
from mulco.errors import BrokenFileError
from mulco.reading import CORRECT_LINE, json_array, shown, whole_text, wrong_fields
from mulco.source import Malformed

PARTS = ("maxmin", "all")
Row = tuple[int, dict[str, Any]] | Malformed  # its place in the array, from 1, and its fields
FIELDS = {"idx": str, "nl_tokens": list, "pl_tokens": list}


def data_file(part: str, language: str) -> str:
    """The functions of a part, below ClozeTest's folder."""
    return f"cloze-{part}/{language}/clozeTest.json"


def words_file(part: str) -> str:
    """The words of which each answer of a part is one."""
    return f"cloze-{part}/cloze_test_words.txt"


def masked_rows(folder: Path, file: str) -> Iterator[Row]:
    """The rows of a `clozeTest.json`: `idx`, `nl_tokens` and `pl_tokens`, one of which is the mask."""
    for item in json_array(folder, file, FIELDS):
        if not isinstance(item, Malformed) and (problem := _problem(item[1])):
            yield Malformed(shown(folder, file), item[0], problem, CORRECT_LINE)
        else:
            yield item


def candidate_words(folder: Path, file: str) -> list[str]:
    """The words of a `cloze_test_words.txt`, one a line."""
    return [word for line in whole_text(folder, file).split("\n") if (word := line.strip())]


def sound_rows(folder: Path, file: str) -> Iterator[dict[str, Any]]:
    """The well-formed rows of a file, for another shard than its own: what is broken is said there."""
    with contextlib.suppress(BrokenFileError):
        for item in masked_rows(folder, file):
            if not isinstance(item, Malformed):
                yield item[1]


def fingerprint(row: Mapping[str, Any]) -> bytes:
    """A digest of a masked row's documentation and tokens."""
    return _digest([row["nl_tokens"], row["pl_tokens"]])


def wrong_tokens(row: dict[str, Any], *fields: str) -> str | None:
    """What is wrong with fields that should be lists of strings, or None."""
    problem = wrong_fields(row, dict.fromkeys(fields, list))
    if problem:
        return problem
    strange = (field for field in fields if not all(isinstance(token, str) for token in row[field]))
    return next((f"field {field!r} holds a token that is no string" for field in strange), None)


class MaskedFunctions:
    """Functions by the digests of their documentation and of their tokens around the mask; no text is kept."""

    def __init__(self) -> None:
        self._functions: dict[tuple[bytes, int], list[tuple[int, bytes, Any]]] = defaultdict(list)

    def add(self, key: Any, row: Mapping[str, Any]) -> None:
        """Remember a function with a mask under a key."""
        tokens = row["pl_tokens"]
        place = tokens.index(MASK)
        self._functions[_digest(row["nl_tokens"]), len(tokens)].append((place, _without(tokens, place), key))

    def found(self, documentation: Sequence[str], tokens: Sequence[str]) -> Iterator[tuple[Any, str]]:
        """Key and masked word of every function that is this one but for its mask."""
        for place, around, key in self._functions.get((_digest(documentation), len(tokens)), ()):
            if _without(tokens, place) == around:
                yield key, str(tokens[place])


def _problem(row: dict[str, Any]) -> str | None:
    problem = wrong_tokens(row, "nl_tokens", "pl_tokens")
    if problem is None and row["pl_tokens"].count(MASK) != 1:
        problem = f"expected one {MASK} among 'pl_tokens', found {row['pl_tokens'].count(MASK)}"
    return problem


def _digest(tokens: Sequence[Any]) -> bytes:
    return hashlib.blake2b(json.dumps(tokens).encode("ascii"), digest_size=16).digest()


def _without(tokens: Sequence[str], place: int) -> bytes:
    return _digest([*tokens[:place], *tokens[place + 1 :]])
