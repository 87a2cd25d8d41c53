"""A task: which fields its records must have, and how upstream records become ready for its wordings.

    TASK = Task("code_repair", answer="fixed", fields=("code", "fixed"), text_bound=False)

`prepare` turns the records of one shard into records that hold exactly what a wording shows: it cuts code for
completion, joins a query with its snippets for search, and passes everything through by default.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import xxhash

from mulco.source import Item, Record, Unusable

Prepare = Callable[[Iterable[Item]], Iterator[Item]]


def as_they_are(items: Iterable[Item]) -> Iterator[Item]:
    """The default `prepare`: records already hold what the wordings show."""
    return iter(items)


def each(change: Callable[[Record], Iterator[Record | Unusable]]) -> Prepare:
    """Lift a change of one record to a whole shard; what is not a record passes through."""

    @functools.wraps(change)
    def prepare(items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, Record):
                yield from change(item)
            else:
                yield item

    return prepare


def stable_number(*parts: str) -> int:
    """A 64-bit number that depends on the parts alone: the one source of choice wherever mulco chooses."""
    return xxhash.xxh3_64_intdigest("\0".join(parts).encode("utf-8"))


def lazy_builder(module: str, name: str, task: Task) -> Callable[[str], type]:
    """A module's `__getattr__` that makes its builder class when first asked for: importing datasets takes a second."""

    def attribute(asked: str) -> type:
        if asked != name:
            raise AttributeError(f"module {module!r} has no attribute {asked!r}")
        from mulco.builder import builder_class

        return builder_class(module, name, task)

    return attribute


@dataclass(frozen=True)
class Task:
    """`fields` are the slots a wording may use besides `programming_language`; `answer` is the one the output shows.

    `optional` are further ones that a record may lack: a wording that shows some serves the records that have them.
    A task bound to text exists only in the language its text is written in; the others serve both from one record.
    """

    name: str
    title: str
    fields: tuple[str, ...]
    answer: str
    text_bound: bool
    labels: tuple[str, ...] = ()
    prepare: Prepare = as_they_are
    optional: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # the fields of its records that are written in a natural language
    one_word: bool = False  # the answer is one word, so a wording that happens to contain it would give it away

    @property
    def configs(self) -> tuple[str, ...]:
        """`<task>_en` and `<task>_zh`."""
        return tuple(f"{self.name}_{language}" for language in ("en", "zh"))
