"""A step: a pure function on an Arrow table of rows and plain settings, and what it may say about them.

    Step("length", length, {"code_qa": [10, 20_000]})

`run(table, settings)` gets the row's columns and, beside them, facts that are gone from a finished row:

    payload        list<string>: the texts of the upstream item, before the task cut it and before any wording
    field:<name>   string: each of its fields by name, such as `field:description`; null where a record has none
    split          train, validation or test
    tokenized      bool: its code is published as tokens or on one line, so no parser and no detector may judge it

and returns the table with a column `verdict`: null keeps the row, a text such as `too_long` drops it and says why; what
follows a colon (`near_duplicate:<row id>`) is detail and not counted. It may fill `difficulty` and `paradigm`, replace
texts, and append columns `quality:<name>` (what it measured, any plain type) and `flags:<step>` (list<string>: what to
know about a row that stays); these become the JSON of `quality`. Rows are judged one by one: no verdict may depend on
another row of the table.

A step that must see the whole config has a `join` as well. Then `run` returns its signatures, one line a row with its
`id`, and `join(signatures, settings)` gets those of all rows of the config and returns a table of `id` and `verdict`
for the rows it drops. With `evaluation=True` it is also shown the validation and test items of every task that the
config's sources feed, as lines whose `config` is not its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.errors import UsageError, unknown
from mulco.identity import file_digest

VERDICT, FLAGS, QUALITY, FIELD = "verdict", "flags:", "quality:", "field:"
Settings = Mapping[str, Any]
Judge = Callable[[pa.Table, Settings], pa.Table]


@dataclass(frozen=True)
class Step:
    """One step: its name, what it runs (importable functions), its settings, and the packaged files it reads."""

    name: str
    run: Judge
    settings: Settings = field(default_factory=dict)
    join: Judge | None = None
    evaluation: bool = False
    data: tuple[Path, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What decides the step's result besides the rows: a part of every config's identity."""
        function = f"{self.run.__module__}.{self.run.__qualname__}"
        files = {"files": [_digest(file) for file in self.data]} if self.data else {}
        return {"name": self.name, "function": function, "settings": dict(self.settings), **files}

    def adjusted(self, changes: Settings) -> Step:
        """The step with some settings changed; raises UsageError for one it has not, or of another kind."""
        for name, value in changes.items():
            if name not in self.settings:
                hint = f"Settings of {self.name}: {', '.join(self.settings) or 'none'}"
                raise UsageError(f"step {self.name}: {unknown('setting', name, self.settings, hint)}")
            default = self.settings[name]
            kinds = (
                (int, float) if isinstance(default, int | float) and not isinstance(default, bool) else type(default)
            )
            if not isinstance(value, kinds) or (isinstance(value, bool) and not isinstance(default, bool)):
                raise UsageError(
                    f"step {self.name}: {name} is a {type(default).__name__}, such as {default!r}, not {value!r}"
                )
        return replace(self, settings={**self.settings, **changes})


def judged(table: pa.Table, verdicts: list[str | None]) -> pa.Table:
    """The table with its verdicts."""
    return table.append_column(VERDICT, pa.array(verdicts, pa.string()))


def dropped_where(table: pa.Table, mask: pa.ChunkedArray, reason: str) -> pa.Table:
    """The table with one reason for every row of a mask; a null in the mask keeps the row."""
    verdict = pc.if_else(pc.fill_null(mask, False), pa.scalar(reason), pa.scalar(None, pa.string()))
    return table.append_column(VERDICT, verdict)


def texts(table: pa.Table, *columns: str) -> list[list[str]]:
    """The values of some columns, row by row; a column that is not there or null counts as an empty text."""
    empty = [""] * len(table)
    values = [
        [value or "" for value in table.column(name).to_pylist()] if name in table.column_names else empty
        for name in columns
    ]
    return [list(row) for row in zip(*values, strict=True)]


@functools.cache
def _digest(file: Path) -> str:
    return file_digest(file)
