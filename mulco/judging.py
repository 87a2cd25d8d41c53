"""How steps judge the rows of one shard: what they are shown, what becomes of their verdicts, and of their errors.

    kept, dropped = judge(table, steps, tally)        # steps that look at one row at a time
    kept, dropped, signatures = sign(table, steps, tally)  # what steps that see the whole config will compare

A row with a verdict leaves at once, counted by step and reason. A step that fails on a row drops that row with the
reason `step_error:<step>`, and the rest goes on.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from mulco.row import ARROW_SCHEMA, COLUMNS
from mulco.source import Record
from mulco.steps.step import FIELD, FLAGS, QUALITY, VERDICT, Step
from mulco.task import Task

DROPPED_COLUMNS = [*ARROW_SCHEMA.names, "step", "reason"]
STEP_ERROR = "step_error"
ERRORS_KEPT = 20  # messages of failed steps kept per shard; all are counted
_UNSAID = ("target_language", "candidates")  # fields that say how to ask, not what upstream's item is


class Tally(Protocol):
    """Where verdicts, flags, costs and errors are counted: the outcome of a shard."""

    dropped: dict[str, Counter[str]]
    flagged: Counter[str]
    steps: dict[str, float]
    step_errors: list[str]


def item_columns(records: list[Record], task: Task, tokenized: bool, config: str, split: str) -> dict[str, pa.Array]:
    """The columns that stand beside a row's own while steps judge it, see `mulco.steps.step`."""
    items = [_texts_of(record.item or record.fields) for record in records]
    named = {name for item in items for name in item}
    # `code` and `tokens` as well: what code_search, cloze_test and code_completion cut their fields from
    wanted = {*task.fields, "code", "tokens"}
    of_payload = [name for name in sorted(named) if name in wanted and name not in _UNSAID]
    payload = [[item[name] for name in of_payload if name in item] for item in items]
    count = len(records)
    columns = {
        "config": pa.repeat(config, count),
        "split": pa.repeat(split, count),
        "tokenized": pa.repeat(tokenized, count),
        "payload": pa.array(payload, pa.list_(pa.string())),
    }
    for name in sorted(named):
        columns[FIELD + name] = pa.array([item.get(name) for item in items], pa.string())
    return columns


def _texts_of(item: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an item that are texts; a list of tokens becomes one, joined by spaces."""
    return {
        name: value if isinstance(value, str) else " ".join(value)
        for name, value in item.items()
        if isinstance(value, str | list | tuple)
    }


def judge(table: pa.Table, steps: Iterable[Step], tally: Tally) -> tuple[pa.Table, list[pa.Table]]:
    """Run the steps that look at one row at a time, in order; returns the rows that stay, and those that were dropped.

    What steps measured and flagged is written into `quality` once, at the end.
    """
    dropped: list[pa.Table] = []
    own = [step for step in steps if step.join is None]
    for step in own:
        if table.num_rows:
            said, failed = _run(step, table, tally)
            _drop(step, failed, [f"{STEP_ERROR}:{step.name}"] * len(failed), tally, dropped)
            verdict = said.column(VERDICT)
            gone = said.filter(verdict.is_valid())
            _drop(step, gone, gone.column(VERDICT).to_pylist(), tally, dropped)
            table = said.filter(verdict.is_null()).drop_columns([VERDICT])
    return (_with_quality(table, tally) if own else table), dropped


def sign(table: pa.Table, steps: Iterable[Step], tally: Tally) -> tuple[pa.Table, list[pa.Table], dict[str, pa.Table]]:
    """The signatures of the steps that compare rows, by step; a row that cannot be signed is dropped."""
    dropped: list[pa.Table] = []
    signatures: dict[str, pa.Table] = {}
    are_rows = "instruction" in table.column_names  # else items of an evaluation set, which are no rows
    for step in steps:
        if step.join is not None and table.num_rows and (are_rows or step.evaluation):
            signatures[step.name], failed = _run(step, table, tally)
            if len(failed):
                if are_rows:
                    _drop(step, failed, [f"{STEP_ERROR}:{step.name}"] * len(failed), tally, dropped)
                table = _without(table, failed)
                signatures = {name: _without(signed, failed) for name, signed in signatures.items()}
    return table, dropped, signatures


def count_flags(table: pa.Table) -> Counter[str]:
    """How often each flag stands in the `quality` of some rows."""
    quality = table.column("quality")
    flagged = quality.filter(pc.match_substring(quality, '"flags": ['))
    return Counter(flag.split(":")[0] for text in flagged.to_pylist() for flag in json.loads(text).get("flags", ()))


def signature_file(identity: str, step: str) -> str:
    """The name of the file with a shard's signatures for one step."""
    return f"{identity}.{step}.signatures.parquet"


def as_dropped(table: pa.Table, step: str, reasons: list[str]) -> pa.Table:
    """Rows as they lie beside the build: their columns, the step and its reason."""
    rows = table.select(ARROW_SCHEMA.names)
    return rows.append_column("step", pa.repeat(step, len(rows))).append_column(
        "reason", pa.array(reasons, pa.string())
    )


def _drop(step: Step, rows: pa.Table, reasons: list[str], tally: Tally, dropped: list[pa.Table]) -> None:
    """Count rows by the reason why they go, and keep them aside."""
    if len(rows):
        tally.dropped.setdefault(step.name, Counter()).update(reason.split(":")[0] for reason in reasons)
        dropped.append(as_dropped(rows, step.name, reasons))


def _without(table: pa.Table, failed: pa.Table) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table.column("id"), value_set=failed.column("id").combine_chunks())))


def _run(step: Step, table: pa.Table, tally: Tally) -> tuple[pa.Table, pa.Table]:
    """What a step says of a table, and the rows it failed on; its CPU seconds are counted."""
    started = time.process_time()
    failed: list[pa.Table] = []
    try:
        said = list(_guarded(step, table, tally, failed))
    finally:
        tally.steps[step.name] = tally.steps.get(step.name, 0.0) + time.process_time() - started
    empty = table.slice(0, 0)
    if not said:  # it failed on every row: an empty table tells what it would have said
        said = [step.run(empty, step.settings)]
    return pa.concat_tables(said, promote_options="default"), pa.concat_tables([empty, *failed])


def _guarded(step: Step, table: pa.Table, tally: Tally, failed: list[pa.Table]) -> Iterator[pa.Table]:
    """What the step says of a table; where it fails, of its halves, down to the row that makes it fail."""
    try:
        yield step.run(table, step.settings)
        return
    except Exception as err:
        if isinstance(err, OSError | MemoryError) or os.environ.get("MULCO_DEBUG"):
            raise
        if len(table) == 1:
            failed.append(table)
            if len(tally.step_errors) < ERRORS_KEPT:
                id_ = table.column("id")[0].as_py()
                tally.step_errors.append(f"{id_}: step {step.name} failed: {type(err).__name__}: {err}")
            return
    middle = len(table) // 2
    for half in (table.slice(0, middle), table.slice(middle)):
        yield from _guarded(step, half, tally, failed)


def _with_quality(table: pa.Table, tally: Tally) -> pa.Table:
    """The table with all that steps measured and flagged as JSON in `quality`; their own columns go."""
    measured = [name for name in table.column_names if name.startswith(QUALITY)]
    flagged = [name for name in table.column_names if name.startswith(FLAGS)]
    if not measured and not flagged:
        return table
    columns = [table.column(name).to_pylist() for name in measured]
    flags = [table.column(name).to_pylist() for name in flagged]
    keys = [name.removeprefix(QUALITY) for name in measured]
    texts = []
    for row, before in enumerate(table.column("quality").to_pylist()):
        facts = {} if before == "{}" else json.loads(before)
        for key, values in zip(keys, columns, strict=True):
            if values[row] is not None:
                facts[key] = values[row]
        found = [flag for values in flags for flag in values[row] or ()]
        if found:
            facts["flags"] = found
            tally.flagged.update(flag.split(":")[0] for flag in found)
        texts.append(json.dumps(facts, ensure_ascii=False))
    table = table.drop_columns([*measured, *flagged])
    return table.set_column(COLUMNS.index("quality"), "quality", pa.array(texts, pa.string()))
