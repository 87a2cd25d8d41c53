"""One real row of each config, for the dataset card.

    example(Path("out/mulco"), manifest.configs["code_search_zh"])["instruction"]

It is the first row of the first split that may be passed on and is short enough to read; a card must not publish text
that its row's licence keeps back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mulco.licenses import terms
from mulco.manifest import read_batches
from mulco.row import COLUMNS

READABLE = 1_500  # characters of instruction, input and output together: about a screen
LOOKED_AT = 1_000  # rows of a file, so that a card takes no time on a large build
MAX_LINES = 40  # of one part of a row that is shown though it is long


def example(folder: Path, config: dict[str, Any]) -> dict[str, Any] | None:
    """The row to show, with `cut` telling how many lines a part has lost; None where no row may be shown."""
    spare = None
    for file in next(iter(config["splits"].values()))["files"]:
        batch = next(read_batches(folder / file["path"], COLUMNS, LOOKED_AT), None)
        for row in batch.to_pylist() if batch is not None else ():
            if not terms(row["license"]).redistribution:
                continue
            if len(row["instruction"]) + len(row["input"]) + len(row["output"]) <= READABLE:
                return {**row, "cut": {}}
            spare = spare or row
    return _shortened(spare) if spare else None


def _shortened(row: dict[str, Any]) -> dict[str, Any]:
    cut = {}
    for part in ("instruction", "input", "output"):
        lines = row[part].splitlines()
        if len(lines) > MAX_LINES:
            cut[part] = len(lines) - MAX_LINES
            row = {**row, part: "\n".join(lines[:MAX_LINES])}
    return {**row, "cut": cut}
