"""A source: one upstream data set at a pinned revision, and how its files become records.

    SOURCE = Source(name="snippets", ..., shards=shards, read=read)
    for shard in SOURCE.shards(folder, Want("code_translation", "en")):
        for item in SOURCE.read(folder, shard): ...

`shards` looks only at which files are at hand; `read` streams one shard and yields, for each upstream item, a
`Record`, or an `Unusable` (well-formed, but this task cannot use it), or a `Malformed` (the item breaks its format).
A file that is broken as a whole raises `BrokenFileError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

SPLITS = ("train", "validation", "test")


class Writing(NamedTuple):
    """What a model wrote in a record: the fields, each with the kind of writing, and how it was done.

    `facts` has one mapping a request: kind, model, endpoint host, date, digest of the prompt, key of the request.
    """

    fields: Mapping[str, str]  # "summary" -> "llm:translate"
    facts: tuple[Mapping[str, str], ...]


class Record(NamedTuple):
    """One upstream item before any template.

    `id` is upstream's own identity, unique within the source. `fields` holds what templates may show; a `bool` is
    shown as the label word of the language, a list of strings as numbered snippets. `line` counts from 1 (in a JSON
    array: the position of the element); 0 where the format has no lines. `edits` says what mulco changed in a field.
    """

    id: str
    programming_language: str
    fields: Mapping[str, Any]
    file: str
    line: int = 0
    license: str | None = None  # where it differs from the source's
    difficulty: str | None = None
    paradigm: str | None = None
    edits: tuple[str, ...] = ()
    direction: str = ""  # where one item gives two rows, such as "java-c#"
    writing: Writing | None = None  # what a model wrote in it; see mulco.written
    item: Mapping[str, Any] | None = None  # its fields before the task prepared it; the pipeline keeps them for steps


class Unusable(NamedTuple):
    """A well-formed item that this task cannot use, for example one with an empty answer."""

    reason: str


class Malformed(NamedTuple):
    """An item that breaks its format; `remedy` says what to do about it."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.problem}. {self.remedy}"


Item = Record | Unusable | Malformed


@dataclass(frozen=True)
class Want:
    """What a build asks a source for: records for one task, with text in one natural language."""

    task: str
    language: str


@dataclass(frozen=True)
class Shard:
    """The unit of work: one source file (or what must be read together) of one split, for one task and language.

    `files` are paths below the source's folder, the one with the data first; their bytes decide the rows.
    """

    want: Want
    split: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class License:
    """`id` is an SPDX expression or `LicenseRef-...`; `statements` are upstream's own where they need more words."""

    id: str
    url: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpstreamFile:
    """A file of the source: a path below its folder, which may hold `*`, and where upstream publishes it.

    `url` gives the file, or a zip archive that holds it; `hf://datasets/NS/NAME@REVISION/path` is one on the Hub, and
    an empty one says that nobody publishes it.
    """

    path: str
    url: str
    sha256: str | None = None  # of all that `url` gives; checked on download, an excerpt has another


@dataclass(frozen=True)
class Source:
    """One upstream data set. `tasks` are those it feeds; a task bound to text takes only `natural_languages`."""

    name: str
    title: str
    homepage: str
    paper: str
    citation: str
    revision: str
    license: License
    natural_languages: tuple[str, ...]
    programming_languages: tuple[str, ...]
    tasks: tuple[str, ...]
    files: tuple[UpstreamFile, ...]
    shards: Callable[[Path, Want], Iterator[Shard]]
    read: Callable[[Path, Shard], Iterator[Item]]
    written_by: Mapping[str, str] = field(default_factory=lambda: {"input": "upstream", "output": "upstream"})
    released: str = ""  # year or year-month; empty where upstream does not say
    scale: int | None = None  # items of the complete upstream data set, by upstream's own count; None if it gives none
    folder: Path | None = None  # where a source that ships with the package lives; else it is found by name
    tokenized: bool = False  # its code is published as tokens or on one line: no parser and no detector may judge it


def split_of(group: str) -> str:
    """The split of an item whose upstream has none: 96/2/2 by a stable hash of its group.

    All items of a group (the same question, function or prompt) land in the same split, in every task.
    """
    share = int.from_bytes(hashlib.blake2b(group.encode("utf-8"), digest_size=4).digest(), "big") / 2**32
    return "train" if share < 0.96 else "validation" if share < 0.98 else "test"
