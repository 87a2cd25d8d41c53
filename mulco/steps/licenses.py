"""Keep only rows whose licence permits what they are wanted for; the verdict is the licence that does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.licenses import parse, permits
from mulco.steps.step import VERDICT, Step


def only_licensed(wanted: str) -> Step:
    """The step for a comma-separated list of classes (`commercial`) and SPDX ids; raises UsageError for others."""
    return Step("licenses", judge, {"licenses": sorted(parse(wanted))})


def judge(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """The table with a verdict: null where the row's licence is permitted, else that licence."""
    column = table.column("license")
    kept = pc.is_in(column, value_set=_permitted(column, ",".join(settings["licenses"])))
    return table.append_column(VERDICT, pc.if_else(kept, pa.scalar(None, pa.string()), column))


def permitted(table: pa.Table, wanted: str) -> pa.Table:
    """The rows whose licence is permitted."""
    column = table.column("license")
    return table.filter(pc.is_in(column, value_set=_permitted(column, wanted)))


def _permitted(column: pa.ChunkedArray, wanted: str) -> pa.Array:
    return pa.array([name for name in column.unique().to_pylist() if permits(name, wanted)], pa.string())
