"""Steps that compare rows: the signatures that shards left behind are joined once, before a folder is put together.

    outcomes = compare(config, outcomes, refused, work, tally)

Each such step sees the signatures of every row of the config that is still there, and says which of them go. Their
shards are written anew without them, beside the shard's own file, so a build that resumes does the same again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mulco.judging import DROPPED_COLUMNS, as_dropped, count_flags, signature_file
from mulco.pipeline import BATCH, Outcome, count_values, parquet_writer
from mulco.plan import ConfigPlan
from mulco.steps.step import VERDICT, Step

COMPARED = "compared"


def compare(
    config: ConfigPlan, outcomes: dict[str, Outcome], refused: Collection[str], work: Path, costs: dict[str, float]
) -> dict[str, Outcome]:
    """The outcome of each job of a config when its rows have been compared; adds CPU seconds by step to `costs`."""
    kept = {job.identity: outcomes[job.identity] for job in config.jobs}
    jobs = [job for job in config.jobs if job.source.name not in refused and kept[job.identity].rows]
    steps = [step for step in (jobs[0].steps if jobs else ()) if step.join is not None]
    verdicts: dict[str, tuple[str, str]] = {}  # row id -> step and reason
    for step in steps:
        started = time.process_time()
        witnesses = [job.identity for job in config.evaluation] if step.evaluation else []
        files = [
            work / signature_file(identity, step.name) for identity in [*(job.identity for job in jobs), *witnesses]
        ]
        for row, reason in _join(step, [file for file in files if file.exists()], verdicts):
            verdicts[row] = step.name, reason
        costs[step.name] = costs.get(step.name, 0.0) + time.process_time() - started
    for job in jobs if verdicts else ():
        kept[job.identity] = _without(verdicts, kept[job.identity], work)
    return kept


def dropped_files(identity: str, work: Path) -> list[Path]:
    """The files with the dropped rows of a shard: by steps of its own, and by those that compare."""
    names = (f"{identity}.dropped.parquet", f"{identity}.{COMPARED}.dropped.parquet")
    return [work / name for name in names if (work / name).exists()]


def _join(step: Step, files: list[Path], gone: Collection[str]) -> list[tuple[str, str]]:
    """The rows that a step drops, with its reasons; rows that an earlier one dropped are not shown to it."""
    if not files or step.join is None:
        return []
    signatures = pa.concat_tables([pq.read_table(file) for file in files])
    if gone:
        there = pc.invert(pc.is_in(signatures.column("id"), value_set=pa.array(sorted(gone), pa.string())))
        signatures = signatures.filter(there)
    said = step.join(signatures, step.settings)
    said = said.filter(said.column(VERDICT).is_valid())
    return list(zip(said.column("id").to_pylist(), said.column(VERDICT).to_pylist(), strict=True))


def _without(verdicts: dict[str, tuple[str, str]], outcome: Outcome, work: Path) -> Outcome:
    """The outcome of a shard without the rows that have a verdict; its rows are written anew if it had any of them."""
    file = work / f"{outcome.identity}.parquet"
    ids = pq.read_table(file, columns=["id"]).column("id").to_pylist()
    gone = [id_ for id_ in ids if id_ in verdicts]
    if not gone:
        return outcome
    identity = f"{outcome.identity}.{COMPARED}"
    made = replace(
        outcome, identity=identity, rows=0, bytes=0, programming_languages=Counter(), licenses=Counter(),
        flagged=Counter(),
        dropped={step: Counter(reasons) for step, reasons in outcome.dropped.items()},
    )  # fmt: skip
    schema = pa.schema([pa.field(name, pa.string()) for name in DROPPED_COLUMNS])
    with ExitStack() as stack:
        parquet = stack.enter_context(pq.ParquetFile(file))
        aside = stack.enter_context(parquet_writer(work / f"{identity}.dropped.parquet", schema))
        writer = stack.enter_context(parquet_writer(work / f"{identity}.parquet", parquet.schema_arrow))
        for batch in parquet.iter_batches(BATCH):
            table = pa.Table.from_batches([batch])
            found = [verdicts.get(id_) for id_ in table.column("id").to_pylist()]
            rows = table.filter(pa.array([verdict is None for verdict in found]))
            if rows.num_rows:
                writer.write_table(rows)
            _count(made, rows)
            for step in dict.fromkeys(verdict[0] for verdict in found if verdict):
                mask = pa.array([verdict is not None and verdict[0] == step for verdict in found])
                reasons = [verdict[1] for verdict in found if verdict and verdict[0] == step]
                aside.write_table(as_dropped(table.filter(mask), step, reasons).cast(schema))
                made.dropped.setdefault(step, Counter()).update(reason.split(":")[0] for reason in reasons)
    return made


def _count(outcome: Outcome, rows: pa.Table) -> None:
    outcome.rows += rows.num_rows
    outcome.bytes += rows.nbytes
    outcome.programming_languages.update(count_values(rows, "programming_language"))
    outcome.licenses.update(count_values(rows, "license"))
    outcome.flagged.update(count_flags(rows))
