"""The straight path for one shard: records -> rows -> validated -> steps -> Parquet.

    outcome = run(job, folder)     # writes folder/<identity>.parquet and commits folder/<identity>.json

Follow `run` from top to bottom and you have followed a row through mulco. A shard is a pure function of its job: the
same job gives the same bytes in any process, on any machine, under the same pyarrow.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.errors import BrokenFileError
from mulco.row import ARROW_SCHEMA, validate
from mulco.source import Item, Malformed, Record, Shard, Source, Unusable, Writing
from mulco.steps import VERDICT, Step
from mulco.task import Task
from mulco.template import Pool, Template, slots_of
from mulco.written import Written

BATCH = 10_000  # rows in memory at a time; also the size of a Parquet row group
PROBLEMS_KEPT = 20  # messages kept per shard; all are counted


@dataclass(frozen=True)
class Job:
    """Everything that decides one shard's rows, as plain values that travel to a worker process."""

    identity: str
    config: str
    task: Task
    language: str
    source: Source
    folder: Path  # the source's folder
    shard: Shard
    pool: Pool
    steps: tuple[Step, ...] = ()
    limit: int | None = None  # at most so many rows from this shard
    refusal: tuple[str, str, str] | None = None  # file, problem and remedy where it must not be read
    written: Written | None = None  # texts that a model wrote for the source's records


@dataclass
class Outcome:
    """What became of one shard. `read` counts upstream items; `broken` says why the file was left out whole."""

    identity: str
    read: int = 0
    rows: int = 0
    bytes: int = 0  # of the rows in memory, as `dataset_info` counts them
    unusable: Counter[str] = field(default_factory=Counter)
    malformed: int = 0
    dropped: dict[str, Counter[str]] = field(default_factory=dict)
    programming_languages: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    broken: str | None = None
    final: bool = True  # False after a defect: not committed, so the shard is tried again
    seconds: float = 0.0


def run(job: Job, folder: Path) -> Outcome:
    """Run one shard and commit its result into `folder`; a shard committed before is not run again."""
    committed = load_outcome(job.identity, folder)
    if committed is not None:
        return committed
    started = time.perf_counter()
    outcome = Outcome(job.identity)
    data, dropped = (folder / f"{job.identity}.{kind}.{os.getpid()}.tmp" for kind in ("rows", "dropped"))
    try:
        with ExitStack() as stack, few_collections():
            writers = _Writers(stack, data, dropped)
            for table in tables(job, outcome):
                kept = apply_steps(table, job.steps, outcome, writers)
                if job.steps:
                    validate(kept)  # a step may fill columns, and may fill them wrong
                writers.rows(kept)
                outcome.rows += kept.num_rows
                outcome.bytes += kept.nbytes
                outcome.programming_languages.update(count_values(kept, "programming_language"))
                outcome.licenses.update(count_values(kept, "license"))
    except BrokenFileError as err:
        outcome = Outcome(job.identity, broken=str(err))
    except Exception as err:
        if isinstance(err, OSError | MemoryError) or os.environ.get("MULCO_DEBUG"):
            raise
        file = f"{job.source.name}/{job.shard.files[0]}"
        remedy = "A defect of mulco, or a format it does not know; mulco --debug build shows where"
        outcome = Outcome(job.identity, broken=f"{file}: unexpected {type(err).__name__}: {err}. {remedy}")
        outcome.final = False
    if outcome.broken:
        data.unlink(missing_ok=True)
        dropped.unlink(missing_ok=True)
    outcome.seconds = time.perf_counter() - started
    if outcome.final:
        _commit(outcome, folder, data, dropped)
    return outcome


@contextmanager
def few_collections() -> Iterator[None]:
    """Let the garbage collector look for cycles rarely: records and rows have none (measured: 15 % of a build)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def tables(job: Job, outcome: Outcome) -> Iterator[pa.Table]:
    """The validated rows of a shard before any step, in upstream order, `BATCH` at a time."""
    if job.refusal:
        raise BrokenFileError(*job.refusal)
    items = count_read(job.source.read(job.folder, job.shard), outcome)
    if job.written is not None:
        items = job.written.apply(items)
    records = usable(job.task, job.task.prepare(items), outcome)
    numbered = distinct_ids(itertools.islice(records, job.limit))
    while batch := list(itertools.islice(numbered, BATCH)):
        table = render(job, batch)
        validate(table)
        yield table


def count_values(table: pa.Table, column: str) -> dict[str, int]:
    """How often each value stands in a column."""
    return {entry["values"]: entry["counts"] for entry in table.column(column).value_counts().to_pylist()}


def count_read(items: Iterable[Item], outcome: Outcome) -> Iterator[Item]:
    """Count upstream items on their way; take the malformed ones out."""
    for item in items:
        outcome.read += 1
        if isinstance(item, Malformed):
            outcome.malformed += 1
            if len(outcome.problems) < PROBLEMS_KEPT:
                outcome.problems.append(str(item))
        else:
            yield item


def usable(task: Task, items: Iterable[Item], outcome: Outcome) -> Iterator[Record]:
    """Records that have every field of the task; the others are counted by reason."""
    fields = task.fields
    for item in items:
        if isinstance(item, Record):
            values = item.fields
            for name in fields:
                value = values.get(name)
                if value is None or (isinstance(value, str) and not value.strip()):
                    outcome.unusable[f"empty_{name}"] += 1
                    break
            else:
                yield item
        elif isinstance(item, Unusable):
            outcome.unusable[item.reason] += 1


def distinct_ids(records: Iterable[Record]) -> Iterator[Record]:
    """An item that upstream repeats in one file keeps an identity of its own: `#2` for the second, and so on."""
    seen: set[str] = set()
    repeats: Counter[str] = Counter()
    for record in records:
        key = f"{record.id}\0{record.direction}" if record.direction else record.id
        if key in seen:
            id_ = key
            while id_ in seen:
                repeats[key] += 1
                id_ = f"{record.id}#{repeats[key] + 1}" + key[len(record.id) :]
            key = id_
            record = record._replace(id=id_.split("\0")[0])
        seen.add(key)
        yield record


def render(job: Job, records: list[Record]) -> pa.Table:
    """Rows of some records as a table of `ARROW_SCHEMA`, one row a record."""
    split, source, pool = job.shard.split, job.source, job.pool
    prefix, own_license = f"{job.config}/{source.name}/", source.license.id
    provenance = _Provenance(job)
    rows = []
    for record in records:
        id_, programming_language, _, file, line, license_, difficulty, paradigm, edits, direction, writing = record
        wording, instruction, input_, output = pool.render(record, split)
        row_id = f"{prefix}{id_}/{direction}" if direction else prefix + id_
        texts = (instruction, input_, output, row_id, programming_language, id_, license_ or own_license)
        origin = provenance.of(file, line, edits)
        if writing is not None:
            origin = provenance.with_writing(origin, writing, wording)
        rows.append((*texts, wording.id, difficulty, paradigm, origin))
    columns = dict(zip(_VARYING, zip(*rows, strict=True), strict=True))
    constant = {"task": job.task.name, "language": job.language, "source": source.name, "quality": "{}"}
    return pa.table(
        [
            pa.array(columns[name], pa.string()) if name in columns else pa.repeat(constant[name], len(rows))
            for name in ARROW_SCHEMA.names
        ],
        schema=ARROW_SCHEMA,
    )


_REPEATING = {
    "task", "language", "programming_language", "source", "license", "template", "difficulty", "paradigm", "quality",
}  # fmt: skip
_VARYING = (
    "instruction", "input", "output", "id", "programming_language", "source_id", "license", "template", "difficulty",
    "paradigm", "provenance",
)  # fmt: skip


class _Provenance:
    """The provenance column: JSON whose constant parts are written once."""

    def __init__(self, job: Job) -> None:
        self.starts: dict[str, str] = {}
        written_by = {"instruction": "template", **job.source.written_by}
        if job.task.labels:
            written_by["output"] = "template"
        self.rest = json.dumps({"revision": job.source.revision, "written_by": written_by}, ensure_ascii=False)[1:]

    def of(self, file: str, line: int, edits: tuple[str, ...]) -> str:
        start = self.starts.get(file)
        if start is None:
            start = self.starts[file] = f'{{"file": {json.dumps(file, ensure_ascii=False)}, "line": '
        changed = f'"edits": {json.dumps(edits, ensure_ascii=False)}, ' if edits else ""
        return f"{start}{line}, {changed}{self.rest}"

    def with_writing(self, provenance: str, writing: Writing, wording: Template) -> str:
        """The same for a record in which a model wrote: which parts of the row it wrote, and how that was done."""
        facts = json.loads(provenance)
        for part in ("instruction", "input", "output"):
            pattern = getattr(wording, part)
            kinds = [kind for field, kind in writing.fields.items() if field in slots_of(pattern)]
            if kinds:
                alone = pattern.startswith("{") and pattern.endswith("}") and pattern[1:-1].isidentifier()
                facts["written_by"][part] = ", ".join(kinds if alone else ["template", *kinds])
        return json.dumps({**facts, "synthesis": writing.facts}, ensure_ascii=False)


def apply_steps(table: pa.Table, steps: Iterable[Step], outcome: Outcome, writers: _Writers) -> pa.Table:
    """Run the steps in order; rows with a verdict leave at once, counted by step and reason, and are kept aside."""
    for step in steps:
        judged = step.run(table, step.settings)
        verdict = judged.column(VERDICT)
        gone = judged.filter(verdict.is_valid())
        if gone.num_rows:
            reasons = outcome.dropped.setdefault(step.name, Counter())
            reasons.update(reason.split(":")[0] for reason in gone.column(VERDICT).to_pylist())
            writers.dropped(gone.select([*ARROW_SCHEMA.names, VERDICT]).rename_columns([*ARROW_SCHEMA.names, "reason"]))
        table = judged.filter(verdict.is_null()).drop_columns([VERDICT])
    return table


class _Writers:
    """Parquet writers for kept and for dropped rows, opened when the first row comes."""

    def __init__(self, stack: ExitStack, rows: Path, dropped: Path) -> None:
        self._stack, self._paths, self._open = stack, (rows, dropped), {}  # type: ignore[var-annotated]

    def rows(self, table: pa.Table) -> None:
        self._write(0, table)

    def dropped(self, table: pa.Table) -> None:
        self._write(1, table)

    def _write(self, which: int, table: pa.Table) -> None:
        if table.num_rows:
            if which not in self._open:
                self._open[which] = self._stack.enter_context(parquet_writer(self._paths[which], table.schema))
            self._open[which].write_table(table)


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer with the settings of every Parquet file mulco writes; equal rows give equal bytes.

    Content-defined chunking lets the Hub store only what changed when a row is inserted (measured in the project's
    notes: 1.2 MB instead of 12 MB for one row in 60,000). Dictionaries and statistics pay off only where values
    repeat; an id is looked up, so it has statistics as well.
    """
    repeating = [name for name in schema.names if name in _REPEATING]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_content_defined_chunking=True,
        use_dictionary=repeating,
        write_statistics=[*repeating, "id"],
    )


def load_outcome(identity: str, folder: Path) -> Outcome | None:
    """The committed outcome of a shard, if there is one."""
    try:
        facts: dict[str, Any] = json.loads((folder / f"{identity}.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    for name in ("unusable", "programming_languages", "licenses"):
        facts[name] = Counter(facts[name])
    facts["dropped"] = {step: Counter(reasons) for step, reasons in facts["dropped"].items()}
    return Outcome(**facts)


def _commit(outcome: Outcome, folder: Path, data: Path, dropped: Path) -> None:
    """Move the finished files to their names; the JSON comes last, and what has no JSON was never done."""
    for temporary, kind in ((data, "parquet"), (dropped, "dropped.parquet")):
        if temporary.exists():
            temporary.replace(folder / f"{outcome.identity}.{kind}")
    temporary = folder / f"{outcome.identity}.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(vars(outcome)), "utf-8")
    temporary.replace(folder / f"{outcome.identity}.json")
