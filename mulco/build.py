"""A whole build: run the shards, put their rows together, write Parquet and manifest; a killed build resumes.

    result = build(make_plan(["code_search_zh"], Settings()), Path("out/mulco"))

Shards are committed one by one into `<out>.partial`, each under its identity. When all are done the new folder is put
together there and takes its place by rename, so what stood in `out` stays whole until the new one is. Configs that
this build does not name, and files that are not ours, stay in `out`. If the new build is incomplete, the last complete
one is kept in `<out>.previous`.
"""

from __future__ import annotations

import functools
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from mulco import pipeline
from mulco.assemble import assemble, unique, write_dropped
from mulco.engine import local
from mulco.errors import MulcoError, OutputError
from mulco.manifest import Manifest
from mulco.pipeline import Outcome
from mulco.place import carry_over, carry_over_dropped, earlier_manifest, place_of, recover, take_place
from mulco.plan import Plan

Progress = Callable[[Outcome, int], None]
Finish = Callable[[Path, Manifest], None]


@dataclass
class Result:
    """What a build gave. `complete` is False when something had to be left out; `problems` says what."""

    folder: Path
    manifest: Manifest
    problems: list[str]

    @property
    def complete(self) -> bool:
        return not self.problems


def build(
    plan: Plan, out: Path, workers: int = 1, progress: Progress | None = None, finish: Finish | None = None
) -> Result:
    """Build what is planned into `out`. `finish` may add files (a card) before the folder takes its place."""
    started = time.perf_counter()
    try:
        place = place_of(out)
        work = place.with_name(place.name + ".partial")
        work.mkdir(parents=True, exist_ok=True)
        with FileLock(work.with_name(f".{place.name}.lock")):
            work.mkdir(exist_ok=True)
            recover(work, place)
            outcomes: dict[str, Outcome] = {}
            for outcome in local.run(functools.partial(pipeline.run, folder=work), plan.jobs, workers):
                outcomes[outcome.identity] = outcome
                if progress is not None:
                    progress(outcome, len(outcomes))
            manifest = _put_together(plan, outcomes, work, place, started, workers, finish)
            take_place(work, place, keep_previous=bool(manifest.problems))
    except BrokenProcessPool as err:
        remedy = "Use fewer --workers; finished shards are kept and the build resumes"
        raise MulcoError(f"a worker process was killed, most often for lack of memory. {remedy}") from err
    except OutputError:
        raise
    except OSError as err:
        where = err.filename or out
        remedy = "Free some space or name another folder with --out; finished shards are kept and the build resumes"
        raise OutputError(f"cannot write {where}: {err.strerror or err}. {remedy}") from err
    return Result(out, manifest, unique(p for name in plan.configs for p in manifest.problems.get(name, [])))


def _put_together(
    plan: Plan,
    outcomes: dict[str, Outcome],
    work: Path,
    place: Path,
    started: float,
    workers: int,
    finish: Finish | None,
) -> Manifest:
    """Make the whole new folder in `<work>/new`, with what stays of the one that stands in `place`."""
    new = work / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    manifest = assemble(plan, outcomes, work, new)
    earlier = earlier_manifest(place)
    if earlier is not None:
        manifest = manifest.with_kept(earlier, plan.configs)
    seconds = round(time.perf_counter() - started, 3)
    manifest.run |= {"seconds": seconds, "workers": workers, "peak_memory_bytes": _peak_memory()}
    carry_over(place, new, plan.configs)
    if finish is not None:
        # it sees the whole folder; what was carried over are hard links, to be replaced, never changed
        finish(new, manifest)
    write_dropped(plan, outcomes, work)
    carry_over_dropped(place, work, {entry["config"] for entry in manifest.counts} - set(plan.configs))
    manifest.write(new)  # last: a folder with a manifest is whole
    return manifest


def _peak_memory() -> int | None:
    """Peak resident memory of this process or of any worker, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
