"""What `mulco analyze` costs on 100,000 real rows, part by part, and its mean cosine beside that of all pairs.

    python -m benchmarks.analysis --upstream UPSTREAM                 # builds them first: about five minutes in all
    python -m benchmarks.analysis --built out/mulco --rows 20000      # rows of a folder that is there
    python -m benchmarks.analysis --built out/mulco --check           # exit status 1 when a target is missed

Needs Linux (it reads `/proc`). The rows are those of every split of a build without quality steps, so many of them by
the stable hash that `--limit` goes by. First the command runs as anybody would run it, in a process of its own. Then
its parts run one after the other in another process, which also picks 1,000 rows farthest first, for `mulco select`.

Seconds are wall and CPU, those of worker processes included; peak memory is the proportional set size (PSS) of the
process tree, sampled ten times a second. The targets are those for two cores that nobody else uses: the load average
before the run is printed, and where it is not near 0 the CPU seconds are what to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.build import tree_memory
from mulco.analysis.diversity import Points, clusters, coverage, farthest_first, mean_cosine, plane, vendi
from mulco.analysis.embedding import embed, texts_of
from mulco.analysis.measure import measured
from mulco.analysis.rows import read

ROOT = Path(__file__).parents[1]
WALL_SECONDS, PEAK_MB, DIFFERENCE = 180.0, 3_000.0, 1e-6  # the targets
COMPARED = 2_000  # rows whose pairs are all computed
PICKED = 1_000  # rows picked farthest first


# Measuring.


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """[bytes]: the peak of a process tree while this is open."""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            peak[0] = max(peak[0], tree_memory(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def cpu_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def command(*call: str) -> dict[str, float]:
    """Wall and CPU seconds and peak memory of a command of mulco; ends the benchmark where it fails."""
    with tempfile.TemporaryFile("w+") as log:
        wall, before = time.perf_counter(), cpu_seconds()
        process = subprocess.Popen([sys.executable, "-m", "mulco.cli", *call], cwd=ROOT, stdout=log, stderr=log)
        with watched(process.pid) as peak:
            status = process.wait()
        wall, spent = time.perf_counter() - wall, cpu_seconds() - before
        if status:
            log.seek(0)
            raise SystemExit(f"mulco {' '.join(call)}: status {status}\n{log.read()[-3000:]}")
    return {"wall_seconds": wall, "cpu_seconds": spent, "peak_mb": peak[0] / 1e6}


def parts(built: Path, rows: int, workers: int) -> dict[str, Any]:
    """The parts of an analysis by name, each with its seconds, peak memory, and what it gave in a word."""
    found: dict[str, Any] = {}

    def part(name: str, work: Callable[[], Any], said: Callable[[Any], str] = lambda result: "") -> Any:
        wall, before = time.perf_counter(), cpu_seconds()
        with watched(os.getpid()) as peak:
            result = work()
        wall, spent = time.perf_counter() - wall, cpu_seconds() - before
        found[name] = {"wall_seconds": wall, "cpu_seconds": spent, "peak_mb": peak[0] / 1e6, "gave": said(result)}
        return result

    table = part("read", lambda: read([built], by="source", split="all", limit=rows), lambda t: f"{len(t):,} rows")
    part(
        "domain, categories, complexity",
        lambda: measured(table, workers=workers),
        lambda result: ", ".join(f"{name} {seconds:.0f} CPU s" for name, seconds in result[1].items()),
    )
    texts = part("texts", lambda: texts_of(table), lambda texts: f"{len(set(texts)):,} different")
    points: Points = part("embedding", lambda: embed(texts), lambda points: f"{points.shape[1]} dimensions")
    part("mean cosine", lambda: mean_cosine(points), lambda mean: f"{mean.mean():.4f} on average")
    part("Vendi score", lambda: vendi(points), lambda score: f"{score:.1f}")
    part("clusters", lambda: clusters(points), lambda c: f"1,000 rows hit {coverage(c.label, 1000):.0f}")
    part("plane", lambda: plane(points))
    ids = table["id"].to_pylist()
    part("farthest first", lambda: farthest_first(points, PICKED, ids), lambda picked: f"{len(picked):,} rows")
    some = points[np.random.default_rng(0).choice(len(points), min(COMPARED, len(points)), replace=False)]
    found["difference"] = float(np.abs(mean_cosine(some) - of_all_pairs(some)).max())
    return found


def of_all_pairs(points: Points) -> np.ndarray[Any, Any]:
    """The mean cosine of each row to the others, pair by pair."""
    whole = points.astype(np.float64)
    kernel = whole @ whole.T
    np.fill_diagonal(kernel, 0)
    return np.asarray(kernel.sum(1) / (len(points) - 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--upstream", type=Path, help="folder with real rows, to be built first")
    parser.add_argument("--built", type=Path, help="a folder that mulco build wrote")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--check", action="store_true", help="exit with status 1 when a target is missed")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)  # the parts, in this process
    args = parser.parse_args()
    if args.run:
        print(json.dumps(parts(args.built, args.rows, args.workers)))
        return
    if (args.upstream is None) == (args.built is None):
        parser.error("name either --upstream or --built")
    with tempfile.TemporaryDirectory(prefix="mulco-analysis-") as work:
        built, workers = args.built, str(args.workers)
        if built is None:
            built = Path(work) / "mulco"
            command("build", "--profile", "none", "--upstream", str(args.upstream.resolve()), "--out", str(built))
        built, out = built.resolve(), Path(work) / "analysis"
        load = os.getloadavg()[0]
        call = ("--by", "source", "--split", "all", "--limit", str(args.rows), "--workers", workers)
        whole = command("analyze", str(built), *call, "--out", str(out))
        facts = json.loads((out / "analysis.json").read_text("utf-8"))["facts"]
        again = [sys.executable, "-m", "benchmarks.analysis", "--run", "--built", str(built)]
        again += ["--rows", str(args.rows), "--workers", workers]
        each = json.loads(subprocess.run(again, cwd=ROOT, check=True, capture_output=True).stdout)
    difference = each.pop("difference")
    print(f"{len(os.sched_getaffinity(0))} cores, load average {load:.1f} before the run")
    targets = report(facts["rows"], whole, each, difference)
    if args.json:
        figures = {
            "rows": facts["rows"],
            "load": load,
            "command": whole,
            "parts": each,
            "targets": targets,
            "facts": facts,
        }
        args.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    if args.check and not all(target["met"] for target in targets):
        raise SystemExit(1)


def report(rows: int, whole: dict[str, float], each: dict[str, Any], difference: float) -> list[dict[str, Any]]:
    """Print the figures by part; judge, print and return the targets."""
    console, table = Console(), Table("part", title=f"{rows:,} rows")
    for heading in ("wall s", "CPU s", "peak MB"):
        table.add_column(heading, justify="right")
    table.add_column("gave")
    for name, one in {"mulco analyze": {**whole, "gave": ""}, **each}.items():
        cells = (f"{one['wall_seconds']:.1f}", f"{one['cpu_seconds']:.1f}", f"{one['peak_mb']:.0f}")
        table.add_row(name, *cells, one["gave"], end_section=name == "mulco analyze")
    console.print(table)
    targets = []
    for what, value, wanted in (
        ("wall seconds of mulco analyze", whole["wall_seconds"], WALL_SECONDS),
        ("peak MB of mulco analyze", whole["peak_mb"], PEAK_MB),
        (f"mean cosine from that of all pairs, {COMPARED:,} rows", difference, DIFFERENCE),
    ):
        met = value <= wanted
        console.print(f"{'met' if met else 'MISSED'}: {what}: {value:,.4g} (target <= {wanted:,g})")
        targets.append({"target": what, "value": value, "wanted": wanted, "met": met})
    return targets


if __name__ == "__main__":
    main()
