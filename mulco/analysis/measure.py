"""What is measured of each row: tokens, domain, category, shape and perplexity, and the rank of its complexity.

    rows = measure(read(["mine.jsonl"]), workers=2)     # an Arrow table of ROWS

Rows are judged one by one in chunks, in as many processes as are wanted; perplexity and ranks need all rows and follow
in this process. What needs an embedding (diversity, cluster, x, y) is null.

In a row that mulco built the wording is no part of what it asks, and is left out of domain and category.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pyarrow as pa

from mulco.analysis import complexity
from mulco.analysis.categories import category
from mulco.analysis.domain import domain
from mulco.analysis.result import ROWS
from mulco.analysis.wording import asked
from mulco.engine import local
from mulco.recipe import count_tokens
from mulco.row import TASKS

CHUNK = 1_000  # rows of one job
# Of READ, what is judged.
COLUMNS = ("instruction", "input", "output", "task", "language", "programming_language", "tokenized")
JUDGED = ("tokens", "domain", "category", *complexity.SHAPES)

Tick = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


def measure(read: pa.Table, *, workers: int) -> pa.Table:
    """A table of ROWS for one of READ, row by row; deterministic, whatever `workers` is."""
    return measured(read, workers=workers)[0]


def measured(read: pa.Table, *, workers: int, tick: Tick | None = None) -> tuple[pa.Table, dict[str, float]]:
    """(rows, CPU seconds by factor); see `measure`."""
    count = read.num_rows
    jobs = [(start, _packed(read.select(COLUMNS).slice(start, CHUNK))) for start in range(0, count, CHUNK)]
    pieces: dict[int, dict[str, list[object]]] = {}
    seconds = {"tokens": 0.0, "domain": 0.0, "categories": 0.0, "complexity": 0.0}
    done = 0
    for start, piece, spent in local.run(_judged, jobs, workers):
        pieces[start] = piece
        done += len(piece["tokens"])
        for name, value in spent.items():
            seconds[name] += value
        if tick is not None:
            tick("rows judged", done, count)
    columns: dict[str, list[object]] = {name: [] for name in (*JUDGED, "kind")}
    for start in sorted(pieces):
        for name, values in pieces[start].items():
            columns[name] += values
    began = time.process_time()
    told = (lambda done, of: tick("characters foreseen", done, of)) if tick is not None else None
    perplexity = complexity.perplexity(read["output"].to_pylist(), told)
    shape = {name: columns[name] for name in complexity.SHAPES}
    ranked = complexity.complexity(shape, perplexity, columns.pop("kind"))  # type: ignore[arg-type]
    seconds["complexity"] += time.process_time() - began
    found = {
        **columns,
        "category_by": ["rule" if name is not None else None for name in columns["category"]],
        "perplexity": pa.array(perplexity, from_pandas=True),  # NaN is null
        "complexity": pa.array(ranked, from_pandas=True),
    }
    nothing = pa.nulls(count)
    arrays = [
        read[name] if name in read.column_names else pa.array(found[name], ROWS.field(name).type)
        if name in found else nothing.cast(ROWS.field(name).type)
        for name in ROWS.names
    ]  # fmt: skip
    return pa.table(arrays, schema=ROWS), seconds


def _judged(job: tuple[int, bytes]) -> tuple[int, dict[str, list[object]], dict[str, float]]:
    """(number of the first row, what is measured of a chunk, CPU seconds)."""
    start, packed = job
    with pa.ipc.open_stream(packed) as stream:
        table = stream.read_all()
    rows = list(zip(*(table[name].to_pylist() for name in COLUMNS[:6]), strict=True))
    clock = [time.process_time()]
    found: dict[str, list[object]] = {"tokens": [count_tokens(row[:3]) for row in rows]}
    clock.append(time.process_time())
    subjects = [
        (*asked(task, language, instruction, given), output, programming_language)
        for instruction, given, output, task, language, programming_language in rows
    ]
    # a task of ours is about code, but for questions, which may be about anything
    found["domain"] = [
        "code" if row[3] in TASKS and row[3] != "code_qa" else domain(*subject)
        for row, subject in zip(rows, subjects, strict=True)
    ]
    clock.append(time.process_time())
    found["category"] = [category(*subject) for subject in subjects]
    clock.append(time.process_time())
    shape = complexity.shapes(table)
    found |= {name: list(values) for name, values in shape.items()}
    found["kind"] = list(complexity.kinds(table, shape["lines"]))
    clock.append(time.process_time())
    names = ("tokens", "domain", "categories", "complexity")
    return start, found, {name: after - before for name, before, after in zip(names, clock, clock[1:], strict=False)}


def _packed(table: pa.Table) -> bytes:
    """A table as bytes: what a slice of a table pickles is the whole of it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
