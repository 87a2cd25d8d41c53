"""What goes: rules that name items, repositories or patterns, and the judgement of a table by them.

    verdicts = judge([Rule(repositories=("owner/name",))])
    verdicts(table)         # for each row null, or why it goes: source_id, repository, pattern, source or quotes

`withdrawn.json` keeps the rules of a folder. It is not published: a pattern may hold what must go.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.errors import MulcoError, UsageError
from mulco.export.pairs import COLUMNS as OF_PAIRS
from mulco.export.pairs import TASK as SEARCH
from mulco.export.pairs import pairs

RULES = "withdrawn.json"
TEXTS = ("instruction", "input", "output")
QUOTED = 40  # characters; what is shorter, or a single line, says nothing about where it comes from
Verdicts = Callable[[pa.Table], pa.ChunkedArray]


@dataclass(frozen=True)
class Rule:
    """What goes: rows of `source` (None: of any) that one of the lists names; with no list, the whole source.

    `quotes` are texts of the rows that went: lines, digest of the first line, digest of all of them.
    """

    source_ids: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    source: str | None = None
    reason: str | None = None
    quotes: tuple[tuple[int, str, str], ...] = ()

    def __post_init__(self) -> None:
        if not (self.source_ids or self.repositories or self.patterns or self.source):
            raise UsageError("nothing is named. Name what goes: --source-id, --repository, --pattern or --source")
        for name in self.repositories:
            if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
                raise UsageError(f"--repository {name!r}: expected is OWNER/NAME")
        for pattern in self.patterns:
            try:
                pc.match_substring_regex(pa.array(["x"]), pattern)
            except pa.ArrowInvalid as err:
                raise UsageError(f"--pattern {pattern!r} is no regular expression of RE2 ({err})") from err


def load_rules(folder: Path) -> list[Rule]:
    """The rules of a folder, none where nothing was withdrawn; raises MulcoError where they cannot be read."""
    file = folder / RULES
    try:
        read = json.loads(file.read_text("utf-8"))["rules"]
        return [_rule(entry) for entry in read]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as err:
        raise MulcoError(f"{file}: damaged ({err}). Mend it, or rows that were withdrawn come back") from err


def rules_text(rules: list[Rule]) -> str:
    """The content of `withdrawn.json`."""
    return json.dumps({"version": 1, "rules": [asdict(rule) for rule in rules]}, ensure_ascii=False, indent=1) + "\n"


def judge(rules: list[Rule]) -> Verdicts:
    """A function that says of each row of a table why it goes: null for those that stay."""
    quotes: dict[str, set[tuple[int, str]]] = {}
    for lines, first, whole in (quote for rule in rules for quote in rule.quotes):
        quotes.setdefault(first, set()).add((lines, whole))

    def verdicts(table: pa.Table) -> pa.ChunkedArray:
        found: list[str | None] = [None] * table.num_rows
        for rule in rules:
            for why, mask in _masks(rule, table):
                hits = pc.indices_nonzero(mask).to_pylist()
                for index in hits:
                    found[index] = found[index] or why
        if quotes:
            for index, texts in enumerate(zip(*(table.column(name).to_pylist() for name in TEXTS), strict=True)):
                if found[index] is None and any(_quotes_one(text, quotes) for text in texts):
                    found[index] = "quotes"
        return pa.chunked_array([pa.array(found, pa.string())])

    return verdicts


def quotes_of(rows: Iterable[pa.Table], rule: Rule) -> Iterator[tuple[int, str, str]]:
    """The texts of the items a rule names, as digests. A pattern says itself which texts go."""
    direct = replace(rule, patterns=()) if rule.source_ids or rule.repositories or not rule.patterns else None
    if direct is None:
        return
    verdicts = judge([direct])
    for table in rows:
        for row in table.filter(pc.is_valid(verdicts(table))).to_pylist():
            for text in _texts(row):
                lines = _lines(text)
                if len(lines) > 1 and len(text) >= QUOTED:
                    yield len(lines), _digest(lines[:1]), _digest(lines)


def _masks(rule: Rule, table: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """(why, which rows) for each way in which a rule names rows."""
    of_source = pc.equal(table.column("source"), rule.source or pa.scalar(None, pa.string()))
    of_source = pc.fill_null(of_source, rule.source is None)
    if not (rule.source_ids or rule.repositories or rule.patterns):
        yield "source", of_source
    if rule.source_ids:
        ids = pc.is_in(table.column("source_id"), value_set=pa.array(rule.source_ids, pa.string()))
        yield "source_id", pc.and_(ids, of_source)
    for name in rule.repositories:
        yield "repository", pc.and_(_from_repository(table, name), of_source)
    for pattern in rule.patterns:
        hits = [pc.match_substring_regex(table.column(column), pattern) for column in (*TEXTS, "source_id")]
        any_hit = hits[0]
        for hit in hits[1:]:
            any_hit = pc.or_(any_hit, hit)
        yield "pattern", pc.and_(any_hit, of_source)


def _from_repository(table: pa.Table, name: str) -> pa.ChunkedArray:
    """Rows whose identity or provenance names a repository; the revision of the data set itself does not count."""
    pattern = rf"(?i)(^|[^\w.-]){re.escape(name)}($|[^\w.-]|\.git)"
    hits = pc.match_substring_regex(table.column("source_id"), pattern)
    maybe = pc.match_substring_regex(table.column("provenance"), pattern)
    if not pc.any(maybe).as_py():
        return hits
    told = []
    for text, possible in zip(table.column("provenance").to_pylist(), maybe.to_pylist(), strict=True):
        facts = json.loads(text) if possible else {}
        rest = {key: value for key, value in facts.items() if key not in ("revision", "file")}
        told.append(possible and re.search(pattern, json.dumps(rest)) is not None)
    return pc.or_(hits, pa.chunked_array([pa.array(told, pa.bool_())]))


def _texts(row: dict[str, Any]) -> Iterator[str]:
    """What of a row is the item's own: of a code search only the snippet that answers."""
    if row["task"] == SEARCH:
        yield from (pair["code"] for pair in pairs({name: row[name] for name in OF_PAIRS}) if pair["label"])
    else:
        yield from (row["input"], row["output"])


def _quotes_one(text: str, quotes: dict[str, set[tuple[int, str]]]) -> bool:
    lines = _lines(text)
    for at in range(len(lines) - 1):
        for count, whole in quotes.get(_digest(lines[at : at + 1]), ()):
            if _digest(lines[at : at + count]) == whole:
                return True
    return False


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\r\n").splitlines()]


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:32]


def _rule(entry: dict[str, Any]) -> Rule:
    values: dict[str, Any] = {k: _tuples(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Rule(**values)


def _tuples(value: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(one) if isinstance(one, list) else one for one in value)
