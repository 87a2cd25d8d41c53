"""One real row of each config, for the dataset card.

    example(Path("out/mulco"), manifest.configs["code_search_zh"])["instruction"]

It is the first row of the first split that may be passed on and is short enough to read; a card must not publish text
that its row's licence keeps back.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.licenses import terms
from mulco.manifest import read_batches
from mulco.row import COLUMNS

READABLE = 1_500  # characters of instruction, input and output together: about a screen
LOOKED_AT = 1_000  # rows that may be passed on; of a large build not all are read
MAX_LINES = 40  # of one part of a row that is shown though it is long


def example(folder: Path, config: dict[str, Any]) -> dict[str, Any] | None:
    """The row to show, with `cut` telling how many lines a part has lost; None where no row may be shown."""
    first = None
    files = (folder / file["path"] for file in next(iter(config["splits"].values()))["files"])
    for row in itertools.islice((row for file in files for row in _permitted(file)), LOOKED_AT):
        if len(row["instruction"]) + len(row["input"]) + len(row["output"]) <= READABLE:
            return {**row, "cut": {}}
        first = first or row
    return _shortened(first) if first else None


def _permitted(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file that may be passed on, in order; a file without any is read by its licences alone."""
    permitted: set[str] = set()
    for batch in read_batches(file, ["license"]):
        permitted |= {name for name in batch.column("license").unique().to_pylist() if terms(name).redistribution}
    if permitted:
        for batch in read_batches(file, COLUMNS, LOOKED_AT):
            yield from batch.filter(
                pc.is_in(batch.column("license"), value_set=pa.array(sorted(permitted)))
            ).to_pylist()


def _shortened(row: dict[str, Any]) -> dict[str, Any]:
    cut = {}
    for part in ("instruction", "input", "output"):
        lines = row[part].splitlines()
        if len(lines) > MAX_LINES:
            cut[part] = len(lines) - MAX_LINES
            row = {**row, part: "\n".join(lines[:MAX_LINES])}
    return {**row, "cut": cut}
