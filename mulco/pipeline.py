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
from mulco.judging import item_columns, judge, sign, signature_file
from mulco.row import ARROW_SCHEMA, validate
from mulco.source import Item, Malformed, Record, Shard, Source, Unusable, Writing
from mulco.steps.language import as_quality, resolved
from mulco.steps.step import Step
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
    evaluation: bool = False  # read only to be compared with: its items are signed, and give no rows


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
    flagged: Counter[str] = field(default_factory=Counter)
    steps: dict[str, float] = field(default_factory=dict)  # CPU seconds of each step
    problems: list[str] = field(default_factory=list)
    step_errors: list[str] = field(default_factory=list)  # what a step said when it failed on a row
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
    signed = [step.name for step in job.steps if step.join is not None]
    files = {kind: folder / f"{job.identity}.{kind}.{os.getpid()}.tmp" for kind in ("rows", "dropped", *signed)}
    try:
        with ExitStack() as stack, few_collections():
            writers = _Writers(stack, files)
            for table in evaluation_items(job, outcome) if job.evaluation else tables(job, outcome):
                if not job.evaluation:
                    table, gone = judge(table, job.steps, outcome)
                    for dropped in gone:
                        writers.write("dropped", dropped)
                table, gone, signatures = sign(table, job.steps, outcome)
                for name, signature in signatures.items():
                    writers.write(name, signature)
                if job.evaluation:
                    continue
                for dropped in gone:
                    writers.write("dropped", dropped)
                kept = table.select(ARROW_SCHEMA.names)
                if job.steps:
                    validate(kept)  # a step may fill columns, and may fill them wrong
                writers.write("rows", kept)
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
        for temporary in files.values():
            temporary.unlink(missing_ok=True)
    outcome.seconds = time.perf_counter() - started
    if outcome.final:
        _commit(outcome, folder, files)
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
    """The validated rows of a shard before any step, in upstream order, `BATCH` at a time.

    Where steps will judge them, the columns that `mulco.steps.step` describes stand beside those of the row.
    """
    if job.refusal:
        raise BrokenFileError(*job.refusal)
    items = count_read(job.source.read(job.folder, job.shard), outcome)
    if job.written is not None:
        items = job.written.apply(items)
    if job.steps:
        items = with_items(items)
    records = usable(job.task, job.task.prepare(items), outcome)
    numbered = distinct_ids(itertools.islice(records, job.limit))
    while batch := resolved(list(itertools.islice(numbered, BATCH))):
        table = render(job, batch)
        validate(table)
        if job.steps:
            for name, column in item_columns(
                batch, job.task, job.source.tokenized, job.config, job.shard.split
            ).items():
                table = table.append_column(name, column)
        yield table


def evaluation_items(job: Job, outcome: Outcome) -> Iterator[pa.Table]:
    """The items of a validation or test shard as another task's rows are compared with them: no wording, no row."""
    if job.refusal:
        raise BrokenFileError(*job.refusal)
    items = count_read(job.source.read(job.folder, job.shard), outcome)
    records = (item for item in with_items(items) if isinstance(item, Record))
    limited = itertools.islice(records, job.limit)
    while batch := list(itertools.islice(limited, BATCH)):
        columns = {
            "id": pa.array([f"{job.source.name}/{record.id}" for record in batch], pa.string()),
            "source": pa.repeat(job.source.name, len(batch)),
            "source_id": pa.array([record.id for record in batch], pa.string()),
            "programming_language": pa.array([record.programming_language for record in batch], pa.string()),
            **item_columns(batch, job.task, job.source.tokenized, "", job.shard.split),
        }
        yield pa.table(columns)


def with_items(items: Iterable[Item]) -> Iterator[Item]:
    """Each record with its own fields as its `item`, which stays when the task changes them."""
    for item in items:
        yield item._replace(item=item.fields) if isinstance(item, Record) and item.item is None else item


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
        (
            id_,
            programming_language,
            _,
            file,
            line,
            license_,
            difficulty,
            paradigm,
            edits,
            direction,
            *known,
            writing,
            _,
        ) = record
        wording, instruction, input_, output = pool.render(record, split)
        row_id = f"{prefix}{id_}/{direction}" if direction else prefix + id_
        texts = (instruction, input_, output, row_id, programming_language, id_, license_ or own_license)
        origin, quality = provenance.of(file, line, edits), as_quality(*known)
        if writing is not None:
            origin = provenance.with_writing(origin, writing, wording)
            quality = _with_label(quality, writing)
        rows.append((*texts, wording.id, difficulty, paradigm, origin, quality))
    columns = dict(zip(_VARYING, zip(*rows, strict=True), strict=True))
    constant = {"task": job.task.name, "language": job.language, "source": source.name}
    return pa.table(
        [
            pa.array(columns[name], pa.string()) if name in columns else pa.repeat(constant[name], len(rows))
            for name in ARROW_SCHEMA.names
        ],
        schema=ARROW_SCHEMA,
    )


_REPEATING = {
    "task", "language", "programming_language", "source", "license", "template", "difficulty", "paradigm", "quality",
    "step", "split", "config",
}  # fmt: skip
_VARYING = (
    "instruction", "input", "output", "id", "programming_language", "source_id", "license", "template", "difficulty",
    "paradigm", "provenance", "quality",
)  # fmt: skip


def _with_label(quality: str, writing: Writing) -> str:
    """The JSON of `quality` with what a model said the row is about; how it was asked is in `provenance`."""
    said = [facts for facts in writing.facts if facts["kind"] == "label"]
    label = {name: said[-1][name] for name in ("domain", "category", "difficulty") if said and name in said[-1]}
    return json.dumps({**json.loads(quality), "label": label}, ensure_ascii=False) if label else quality


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


class _Writers:
    """Parquet writers for kept rows, dropped rows and the signatures of steps, opened when the first row comes."""

    def __init__(self, stack: ExitStack, files: dict[str, Path]) -> None:
        self._stack, self._files = stack, files
        self._open: dict[str, pq.ParquetWriter] = {}

    def write(self, kind: str, table: pa.Table) -> None:
        if table.num_rows:
            if kind not in self._open:
                self._open[kind] = self._stack.enter_context(parquet_writer(self._files[kind], table.schema))
            self._open[kind].write_table(table)


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
    for name in ("unusable", "programming_languages", "licenses", "flagged"):
        facts[name] = Counter(facts[name])
    facts["dropped"] = {step: Counter(reasons) for step, reasons in facts["dropped"].items()}
    return Outcome(**facts)


def _commit(outcome: Outcome, folder: Path, files: dict[str, Path]) -> None:
    """Move the finished files to their names; the JSON comes last, and what has no JSON was never done."""
    names = {"rows": f"{outcome.identity}.parquet", "dropped": f"{outcome.identity}.dropped.parquet"}
    for kind, temporary in files.items():
        if temporary.exists():
            temporary.replace(folder / (names.get(kind) or signature_file(outcome.identity, kind)))
    temporary = folder / f"{outcome.identity}.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(vars(outcome)), "utf-8")
    temporary.replace(folder / f"{outcome.identity}.json")
