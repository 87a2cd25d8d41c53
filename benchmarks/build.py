"""What a build costs: read -> render -> validate -> write of mulco, beside a plain pyarrow loop and datatrove.

    python benchmarks/build.py --json build.json # 400,000 and 1,600,000 rows, three rounds: a quarter of an hour
    python benchmarks/build.py --rows 400000 --rounds 1      # a quick look
    python benchmarks/build.py --check                       # exit status 1 when a target is missed

Needs Linux (it reads `/proc`), `pip install -e ".[bench]"`, and 3 GB below `--work`, of which 1 GB stays: the input.

The input is eight JSON Lines files of synthetic functions with summaries, made once from a fixed seed. Every engine
turns each line into one row of `code_summarization_en` with the wordings of this repository, checks all rows with
`mulco.row.validate` in batches of 10,000, and writes Parquet with mulco's settings (zstd, content-defined chunks):

- mulco      `make_plan` and `build`, as `mulco build --profile none` runs them. It alone also hashes input and output,
             checks the fields of each item, counts, tells repeated ids apart, commits and joins shards, writes a
             manifest.
- plain      one loop over `orjson.loads`, a file at a time: the least that anybody could write for the job.
- datatrove  `LocalPipelineExecutor` with its own blocks as it documents them: `JsonlReader` (orjson), a step that
             renders each document, one that checks documents in the same batches, `ParquetWriter` with our schema.
- tuned      the same executor and reader, but with the writer's batch building replaced by ours and the check moved
             into it, so no row is made a dict and no batch is built twice: what an expert could get out of it.

All but mulco share one rendering function, `row_maker`, so they differ in what surrounds it. The target is set
against `datatrove`; the ratio to `tuned` is printed beside it. Each run is a process of its own, the engines take
turns, and the rows of all runs must be equal (their number, and a sum of row hashes that does not depend on order).
CPU seconds are user + system of the process and its children from start to end, imports included; peak memory is the
resident set size of the process tree, sampled ten times a second: pages that workers share count once for each, and who
else runs on the machine changes nothing, as it would with PSS. Compare CPU seconds: wall time depends on the others.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from mulco.build import build
from mulco.catalog import Catalog, catalog
from mulco.engine import local
from mulco.languages import display
from mulco.pipeline import BATCH, parquet_writer
from mulco.plan import Settings, make_plan
from mulco.reading import json_lines, shown
from mulco.row import ARROW_SCHEMA, validate
from mulco.source import Item, License, Malformed, Record, Shard, Source, Want
from mulco.steps.language import DECLARED, as_quality

SIZES = (400_000, 1_600_000)
PARTS = 8  # input files of one size
CONFIG = "code_summarization_en"

# Targets of `--check`.
ROWS_PER_CPU_SECOND = 30_000
TIMES_DATATROVE = 2.5
MEMORY_GROWTH = 1.2  # peak at the largest size over peak at the smallest

# The input: functions of 5 to 40 lines with a summary.

SEED = 20250501
WORDS = (
    "account batch buffer cache client column config count cursor customer data entry event field file filter group "
    "header index item job key label level limit line lock matrix message model node offset order owner page parent "
    "payload price queue range record region request result root sample schema session stack state stream target token"
)
NAMES, VERBS = WORDS.split(), ("add", "build", "check", "count", "decode", "drop", "fetch", "find", "load", "merge")
FUNCTIONS = {  # programming language -> what stands around the statements, and the statements
    "python": ("def {v}_{a}({b}, {c}={n}):\n{body}\n    {a} = {b}\n\n    return {a}", (
        "    {a} = {b}.{v}({c}, {n})", '    if len({b}) > {n}:\n        raise ValueError("no {c}")',
        "    for {a} in {b}:\n        {c}.append({a}.{v}())", "    self.{a} = {b} + {n} * {c}", "    # {v} the {a}",
    )),
    "java": ("int {v}_{a}(String {b}, int {c}) {{\n{body}\n\n    return {a};\n}}", (
        "    int {a} = {b}.{v}({c}, {n});", "    if ({b}.size() > {n}) {{\n        return {c};\n    }}",
        "    for (String {a} : {b}) {{\n        {c}.add({a});\n    }}", '    LOG.debug("{a} {{}}", {b});',
    )),
}  # fmt: skip


def inputs(work: Path, rows: int) -> Path:
    """The folder with the JSON Lines files of one size, written when they are not there yet."""
    folder = work / f"input-{rows}"
    if not folder.is_dir():
        new = Path(tempfile.mkdtemp(prefix="new-", dir=work))
        for part in range(PARTS):
            rng = random.Random(f"{SEED} {rows} {part}")
            with (new / f"part-{part}.jsonl").open("w", encoding="utf-8") as stream:
                for number in range(part * rows // PARTS, (part + 1) * rows // PARTS):
                    stream.write(json.dumps(synthetic(rng, number)) + "\n")
        new.rename(folder)
    return folder


def synthetic(rng: random.Random, number: int) -> dict[str, str]:
    """One upstream item: `id`, `language`, `code` and `summary`, about 450 bytes as JSON."""
    language = rng.choice(tuple(FUNCTIONS))
    frame, statements = FUNCTIONS[language]
    lines: list[str] = []

    def fill(pattern: str) -> str:
        a, b, c = rng.choices(NAMES, k=3)
        return pattern.format(a=a, b=b, c=c, v=rng.choice(VERBS), n=rng.randrange(1000), body="\n".join(lines))

    lines += [fill(rng.choice(statements)) for _ in range(1 + min(11, int(rng.expovariate(0.22))))]
    return {
        "id": fill("{a}-{b}/{c}/{v}#L") + str(number),
        "language": language,
        "code": fill(frame),
        "summary": fill("{v} the {a} of every {b} in the {c}, at most {n} times.").capitalize(),
    }


# mulco's side: a source like those in builders/sources.


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a file."""
    for path in sorted(folder.glob("*.jsonl")):
        yield Shard(want, "train", (path.name,))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Functions of one file, in its order."""
    name = shown(folder, shard.files[0])
    for item in json_lines(folder, shard.files[0], {"id": str, "language": str, "code": str, "summary": str}):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        yield Record(row["id"], row["language"], {"code": row["code"], "summary": row["summary"]}, name, line)


def synthetic_catalog(folder: Path) -> Catalog:
    """The real task and its wordings, fed by the synthetic source alone."""
    source = Source(
        name="synthetic", title="Synthetic functions", homepage="", paper="", citation="", revision=str(SEED),
        license=License("Apache-2.0", ""), natural_languages=("en",), programming_languages=tuple(FUNCTIONS),
        tasks=("code_summarization",), files=(), shards=shards, read=read, folder=folder,
    )  # fmt: skip
    known = catalog()
    return Catalog({name: known.tasks[name] for name in source.tasks}, {source.name: source}, known.templates)


# The engines: each reads all files of a folder and leaves Parquet files below `out`.


def run_mulco(folder: Path, out: Path, workers: int) -> None:
    result = build(make_plan([CONFIG], Settings(profile="none"), synthetic_catalog(folder)), out, workers)
    if not result.complete:
        raise RuntimeError(f"incomplete build: {result.problems}")


def run_plain(folder: Path, out: Path, workers: int) -> None:
    out.mkdir()
    list(local.run(partial(plain_file, out=out), sorted(folder.glob("*.jsonl")), workers))


def plain_file(file: Path, out: Path) -> None:
    row = row_maker(file.parent)
    with file.open("rb") as stream, parquet_writer(out / f"{file.stem}.parquet", ARROW_SCHEMA) as writer:
        rows = (row(orjson.loads(line), file.name, number) for number, line in enumerate(stream, 1))
        while batch := list(itertools.islice(rows, BATCH)):
            writer.write_table(checked_table(batch))


def run_datatrove(folder: Path, out: Path, workers: int) -> None:
    def check(documents: Any, rank: int = 0, world_size: int = 1) -> Any:
        documents = iter(documents)
        while batch := list(itertools.islice(documents, BATCH)):
            checked_table([document.metadata["row"] for document in batch])
            yield from batch

    def columns(self: Any, document: Any) -> dict[str, Any]:
        return dict(zip(ARROW_SCHEMA.names, document.metadata["row"], strict=True))

    run_pipeline(folder, out, workers, [check], columns)


def run_tuned(folder: Path, out: Path, workers: int) -> None:
    def write_batch(self: Any, filename: str) -> None:
        if batch := self._batches.pop(filename, None):
            self._writers[filename].write_table(checked_table(batch))

    run_pipeline(folder, out, workers, [], lambda self, document: document.metadata["row"], write_batch)


def run_pipeline(
    folder: Path, out: Path, workers: int, steps: list[Any], adapter: Any, write_batch: Any = None
) -> None:
    """datatrove's executor over the eight files; `write_batch` replaces the writer's own where it is given."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import ParquetWriter

    def read_item(self: Any, item: dict[str, Any], path: str, number: int) -> dict[str, Any]:
        return {"text": item["code"], "id": item["id"], "metadata": {"item": (item, path, number + 1)}}

    def render(documents: Any, rank: int = 0, world_size: int = 1) -> Any:
        row = row_maker(folder)
        for document in documents:
            document.metadata = {"row": row(*document.metadata["item"])}
            yield document

    writer_class = type("Writer", (ParquetWriter,), {"_write_batch": write_batch} if write_batch else {})
    writer = writer_class(
        str(out), adapter=adapter, schema=ARROW_SCHEMA, compression="zstd", batch_size=BATCH, max_file_size=-1,
        use_content_defined_chunking=True, write_page_index=False,
    )  # fmt: skip
    reader = JsonlReader(str(folder), adapter=read_item, add_file_path=False)
    LocalPipelineExecutor(
        [reader, render, *steps, writer], PARTS, workers, logging_dir=str(out.with_name("logs")), start_method="spawn"
    ).run()


def row_maker(folder: Path) -> Callable[[dict[str, str], str, int], tuple[str | None, ...]]:
    """The rendering of all engines but mulco: (item, file, line from 1) -> the values of a row in column order."""
    known = synthetic_catalog(folder)
    pool, source = known.pool(known.configs[CONFIG]), known.sources["synthetic"]
    start, license_ = f'{{"file": "{folder.name}/', source.license.id
    facts = {"revision": source.revision, "written_by": {"instruction": "template", **source.written_by}}
    rest = json.dumps(facts)[1:]
    quality = as_quality(DECLARED, None)

    def row(item: dict[str, str], file: str, line: int) -> tuple[str | None, ...]:
        language, id_ = item["language"], item["id"]
        fields = {"code": item["code"], "summary": item["summary"], "programming_language": display(language)}
        wording, instruction, input_, output = pool.render(Record(id_, language, fields, file), "train")
        return (
            instruction, input_, output, f"{CONFIG}/synthetic/{id_}", "code_summarization", "en", language, "synthetic",
            id_, license_, wording.id, None, None, f'{start}{file}", "line": {line}, {rest}', quality,
        )  # fmt: skip

    return row


def checked_table(rows: list[tuple[str | None, ...]]) -> pa.Table:
    table = pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=ARROW_SCHEMA)
    validate(table)
    return table


ENGINES = {"mulco": run_mulco, "plain": run_plain, "datatrove": run_datatrove, "tuned": run_tuned}


# Measuring, from outside.


def measure(engine: str, rows: int, work: Path, workers: int) -> dict[str, Any]:
    """Run one engine in a fresh process: its figures, and the facts of its rows. Its output is removed."""
    folder, scratch, peak = inputs(work, rows), Path(tempfile.mkdtemp(prefix="run-", dir=work)), 0
    command = [sys.executable, "-m", "benchmarks.build", "--workers", str(workers), "--run"]
    command += [engine, str(folder), str(scratch / "out")]
    try:
        with (scratch / "log").open("w") as log:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=log, stderr=log)
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                peak = max(peak, tree_memory(process.pid))
                time.sleep(0.1)
        wall, cpu = time.perf_counter() - started, ended[2].ru_utime + ended[2].ru_stime
        if ended[1]:
            raise SystemExit(f"{engine} failed on {rows:,} rows:\n{(scratch / 'log').read_text()[-3000:]}")
        written = facts_of(scratch / "out")
    finally:
        shutil.rmtree(scratch)
    return {
        "engine": engine, "rows": rows, "wall_seconds": wall, "cpu_seconds": cpu, "rows_per_cpu_second": rows / cpu,
        "peak_mb": peak / 1e6, "written": written,
    }  # fmt: skip


def tree_memory(pid: int) -> int:
    """Resident set size of a process and all its children, in bytes; 0 for a process that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
        children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return 0
    own = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))
    return own + sum(tree_memory(int(child)) for child in children.split())


def facts_of(out: Path) -> tuple[int, str]:
    """(rows, sum of row hashes) of the Parquet files below a folder, whatever their order."""
    count = total = 0
    for path in out.rglob("*.parquet"):
        for batch in pq.ParquetFile(path).iter_batches(BATCH):
            count += batch.num_rows
            columns = [pc.fill_null(column, "\x1e") for column in batch.columns]
            for text in pc.binary_join_element_wise(*columns, "\x1f").to_pylist():
                total += int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
    return count, f"{total % 2**128:032x}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, action="append", help="size of the input; again for more (default: two)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each engine and size; the median counts")
    parser.add_argument("--workers", type=int, default=1, help="processes of each engine")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "mulco-benchmark", help="folder")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--check", action="store_true", help="exit with status 1 when a target is missed")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)  # engine, input, output: one run in this process
    args = parser.parse_args()
    if args.run:
        return ENGINES[args.run[0]](Path(args.run[1]), Path(args.run[2]), args.workers)
    console, sizes, runs = Console(), sorted(args.rows or SIZES), []
    args.work.mkdir(parents=True, exist_ok=True)
    for round_, rows, turn in itertools.product(range(args.rounds), sizes, range(len(ENGINES))):
        engine = list(ENGINES)[(round_ + turn) % len(ENGINES)]
        runs.append({"round": round_ + 1, **measure(engine, rows, args.work, args.workers)})
        console.print(f"round {round_ + 1}, {rows:,} rows, {engine}: {runs[-1]['cpu_seconds']:.1f} CPU s", style="dim")
    for rows in sizes:
        found = {(run["engine"], run["written"]) for run in runs if run["rows"] == rows}
        if len({written for _, written in found}) != 1 or any(count != rows for _, (count, _) in found):
            raise SystemExit(f"the engines do not give the same {rows:,} rows: {sorted(found)}")
    targets = report(runs, sizes, console)
    if args.json:
        facts: dict[str, Any] = {"workers": args.workers, "targets": targets, "runs": runs}
        facts |= {name: importlib.metadata.version(name) for name in ("mulco", "pyarrow", "datatrove")}
        args.json.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    if args.check and not all(target["met"] for target in targets):
        raise SystemExit(1)


def report(runs: list[dict[str, Any]], sizes: list[int], console: Console) -> list[dict[str, Any]]:
    """Print the medians by size and engine; judge, print and return the targets, with mulco over datatrove by round."""

    def figures(name: str, rows: int, engine: str) -> list[float]:
        return [run[name] for run in runs if (run["rows"], run["engine"]) == (rows, engine)]

    table = Table("rows", "engine", title=f"Medians of {runs[-1]['round']} round(s)")
    for heading in ("wall s", "CPU s", "rows / CPU s", "peak MB"):
        table.add_column(heading, justify="right")
    targets: list[tuple[str, float, str, float]] = []
    for rows in sizes:
        for engine in ENGINES:
            names = ("wall_seconds", "cpu_seconds", "rows_per_cpu_second", "peak_mb")
            wall, cpu, speed, peak = (median(figures(name, rows, engine)) for name in names)
            table.add_row(f"{rows:,}", engine, f"{wall:.1f}", f"{cpu:.1f}", f"{speed:,.0f}", f"{peak:.0f}")
        ours = figures("rows_per_cpu_second", rows, "mulco")
        ratios, tuned = (
            [round(a / b, 2) for a, b in zip(ours, figures("rows_per_cpu_second", rows, peer), strict=True)]
            for peer in ("datatrove", "tuned")
        )
        console.print(f"{rows:,} rows: mulco over tuned datatrove, by round: {tuned}")
        targets.append((f"rows per CPU-second at {rows:,} rows", median(ours), ">=", ROWS_PER_CPU_SECOND))
        targets.append((f"times datatrove at {rows:,} rows, by round {ratios}", median(ratios), ">=", TIMES_DATATROVE))
    if len(sizes) > 1:
        small, large = (median(figures("peak_mb", rows, "mulco")) for rows in (sizes[0], sizes[-1]))
        targets.append((f"peak memory, {sizes[-1]:,} over {sizes[0]:,} rows", large / small, "<=", MEMORY_GROWTH))
    console.print(table)
    judged: list[dict[str, Any]] = []
    for what, value, sign, wanted in targets:
        met = value >= wanted if sign == ">=" else value <= wanted
        console.print(f"{'met' if met else 'MISSED'}: {what}: {value:,.2f} (target {sign} {wanted:,})")
        judged.append({"target": what, "value": value, "wanted": wanted, "met": met})
    return judged


if __name__ == "__main__":
    main()
