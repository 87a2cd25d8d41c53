"""Keep only the training rows that a recipe's cells choose, after the shards are done.

    kept, cells = select(config, outcomes, refused, work)

`kept` maps each job to the outcome of the rows that stay; `cells` says what each cell wanted and what it got.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mulco.judging import count_flags
from mulco.pipeline import Outcome, parquet_writer
from mulco.plan import ConfigPlan
from mulco.recipe import Cell, count_tokens

TEXTS = ["instruction", "input", "output"]


def select(
    config: ConfigPlan, outcomes: dict[str, Outcome], refused: Collection[str], work: Path
) -> tuple[dict[str, Outcome], list[dict[str, Any]]]:
    """Apply the cells of a config; without cells everything stays. Reads the ids of its training rows into memory."""
    kept = {job.identity: outcomes[job.identity] for job in config.jobs}
    if not config.cells:
        return kept, []
    shards: dict[str, list[Path]] = {}  # source -> its training shards
    for job in config.jobs:
        if job.shard.split == "train" and job.source.name not in refused and kept[job.identity].rows:
            shards.setdefault(job.source.name, []).append(work / f"{kept[job.identity].identity}.parquet")
    chosen: set[str] = set()
    report = []
    for cell in config.cells:
        of_cell = [path for source, paths in shards.items() if source in (cell.sources or shards) for path in paths]
        ids, tokens = _weighed(of_cell, cell)
        picked = cell.choose(ids, tokens)
        chosen |= picked
        report.append(_facts(cell, picked, ids, tokens))
    for job in config.jobs:
        if job.shard.split == "train" and kept[job.identity].rows:
            kept[job.identity] = _only(chosen, kept[job.identity], work)
    return kept, report


def _weighed(paths: list[Path], cell: Cell) -> tuple[list[str], list[int]]:
    """The ids of some shards, with the tokens of each row where the cell counts tokens."""
    ids: list[str] = []
    tokens: list[int] = []
    for path in paths:
        table = pq.read_table(path, columns=["id", *(TEXTS if cell.tokens is not None else [])])
        ids += table.column("id").to_pylist()
        if cell.tokens is not None:
            texts = zip(*(table.column(name).to_pylist() for name in TEXTS), strict=True)
            tokens += [count_tokens(row) for row in texts]
    return ids, tokens or [0] * len(ids)


def _facts(cell: Cell, picked: Collection[str], ids: list[str], tokens: list[int]) -> dict[str, Any]:
    given = len(picked)
    if cell.tokens is not None:
        given = sum(size for id_, size in zip(ids, tokens, strict=True) if id_ in picked)
    wanted = cell.rows or cell.tokens
    short = wanted is not None and len(picked) == len(ids) and given < wanted
    return {
        "sources": list(cell.sources), "wanted": cell.wanted, "rows": len(picked),
        "missing": (wanted or 0) - given if short else 0, "note": cell.note,
    }  # fmt: skip


def _only(chosen: set[str], outcome: Outcome, work: Path) -> Outcome:
    """The outcome of a shard with only the chosen rows, whose Parquet is written beside the shard's own."""
    table = pq.read_table(work / f"{outcome.identity}.parquet")
    table = table.filter(pc.is_in(table.column("id"), value_set=pa.array(sorted(chosen), pa.string())))
    identity = f"{outcome.identity}.selected"
    with parquet_writer(work / f"{identity}.parquet", table.schema) as writer:
        writer.write_table(table)
    gone = Counter({"not_in_recipe": outcome.rows - table.num_rows})
    return replace(
        outcome,
        identity=identity,
        rows=table.num_rows,
        bytes=table.nbytes,
        programming_languages=Counter(table.column("programming_language").to_pylist()),
        licenses=Counter(table.column("license").to_pylist()),
        flagged=count_flags(table),
        dropped={**outcome.dropped, **({"recipe": gone} if gone.total() else {})},
    )
