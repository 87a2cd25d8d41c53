"""What arms are judged on: the same rows of validation and test for every arm, and none of them in any arm.

    held = hold_out(read, groups, evaluation, spec)
    held.rows["train"]      # numbers of the rows that may be chosen
    held.tables             # {"validation": rows of READ, "test": ...}; those held out of `read` come first

A built folder has its own splits, and what is taken of them is a share of the groups that the arms may come from. Rows
without splits give up a fiftieth, at least 50, before anything is chosen. A row whose payload (input and answer, since
the wording of an instruction varies) is also that of a held-out row is in no arm.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.arms.spec import Spec
from mulco.errors import MulcoError
from mulco.task import stable_number

LEAST, SHARE = 50, 0.02  # rows held out of a data set without splits
_SPEAKING = 40  # characters of an answer that nothing else gives by chance; a shorter one counts with its question

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class HeldOut:
    """`own` are numbers of rows taken out of `read`, for validation; `tables` are rows of the data sets' own splits."""

    own: Index
    tables: dict[str, pa.Table]
    free: Index  # numbers of the rows of `read` that may be chosen
    excluded: dict[str, int]  # rows left out, by reason


def hold_out(read: pa.Table, wanted: npt.NDArray[np.bool_], evaluation: Mapping[str, pa.Table], spec: Spec) -> HeldOut:
    """What is held out, and the rows of `read` that are left; `wanted` marks those the arms may come from."""
    datasets, ids, groups = (read[name].to_pylist() for name in ("dataset", "id", "group"))
    used = {(dataset, group) for dataset, group, mark in zip(datasets, groups, wanted, strict=True) if mark}
    tables = {split: _chosen(table, used, spec) for split, table in evaluation.items()}
    tables = {split: table for split, table in tables.items() if table.num_rows}
    split = set(tables["validation"]["dataset"].to_pylist()) if "validation" in tables else set()
    own = _own(datasets, ids, wanted, split, spec)
    forbidden = {text for table in tables.values() for text in payloads(table)}
    texts = payloads(read)
    forbidden |= {texts[row] for row in own}
    own_rows, seen = set(own.tolist()), set()
    excluded, free = Counter[str](), []
    parts = zip(*(read[name].to_pylist() for name in ("instruction", "input", "output")), strict=True)
    for row, whole in enumerate(parts):
        if row in own_rows:
            excluded["held_out"] += 1
        elif texts[row] in forbidden:
            excluded["held_out_text"] += 1
        elif whole in seen:
            excluded["repeated"] += 1
        else:
            seen.add(whole)
            free.append(row)
    return HeldOut(own, tables, np.array(free, np.int64), dict(sorted(excluded.items())))


def payloads(table: pa.Table) -> list[str]:
    """What a row is about, whatever the wording: input and answer; a short answer alone says nothing."""
    columns = (table[name].to_pylist() for name in ("instruction", "input", "output"))
    return [
        f"{given}\0{output}" if given or len(output) >= _SPEAKING else f"{instruction}\0{output}"
        for instruction, given, output in zip(*columns, strict=True)
    ]


def hashes(table: pa.Table, spec: Spec, role: str) -> npt.NDArray[np.uint64]:
    """A stable number for each row, by seed, data set and id."""
    pairs = zip(table["dataset"].to_pylist(), table["id"].to_pylist(), strict=True)
    return np.array([stable_number(role, str(spec.seed), *pair) for pair in pairs], np.uint64)


def _chosen(table: pa.Table, used: set[tuple[str, str]], spec: Spec) -> pa.Table:
    """At most `eval_rows` rows, of the groups that the arms may come from, by hash and in their order."""
    pairs = zip(table["dataset"].to_pylist(), table["group"].to_pylist(), strict=True)
    table = table.filter(pa.array([pair in used for pair in pairs], pa.bool_()))
    order = np.argsort(hashes(table, spec, "evaluation"), kind="stable")
    return table.take(pa.array(np.sort(order[: spec.eval_rows])))


def _own(
    datasets: list[str], ids: list[str], wanted: npt.NDArray[np.bool_], split: set[str], spec: Spec
) -> npt.NDArray[np.int64]:
    """The rows given up by data sets without splits of their own."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for row, (dataset, id_, mark) in enumerate(zip(datasets, ids, wanted, strict=True)):
        if mark and dataset not in split:
            ranked.setdefault(dataset, []).append((stable_number("evaluation", str(spec.seed), dataset, id_), row))
    given = []
    for dataset, rows in ranked.items():
        count = min(spec.eval_rows, max(LEAST, math.ceil(SHARE * len(rows))))
        if len(rows) <= count:
            raise MulcoError(
                f"{dataset}: of {len(rows):,} rows that an arm may come from, {count:,} would be held out for "
                "validation. Ask for fewer with --eval-rows, or name more rows"
            )
        given += sorted(rows)[:count]
    return np.array(sorted(row for _, row in sorted(given)[: spec.eval_rows]), np.int64)
