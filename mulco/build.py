"""A whole build: run the shards, put their rows together, write Parquet and manifest; a killed build resumes.

    result = build(make_plan(["code_search_zh"], Settings()), Path("out/mulco"))

Shards are committed one by one into `<out>.partial`, each under its identity. When all are done the new folder is put
together there and takes its place by rename, so what stood in `out` stays whole until the new one is. Configs that
this build does not name, and files that are not ours, stay in `out`. If the new build is incomplete, the last complete
one is kept in `<out>.previous`.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from mulco import pipeline
from mulco.catalog import catalog
from mulco.engine import local
from mulco.errors import MulcoError, OutputError, UsageError
from mulco.identity import file_digest
from mulco.manifest import NAME, Manifest
from mulco.pipeline import BATCH, Job, Outcome
from mulco.plan import ConfigPlan, Plan
from mulco.row import schema_digest
from mulco.source import SPLITS
from mulco.version import VERSION

FILE_BYTES = 64 * 2**20  # small shards are joined into files of about this size
CARD = "README.md"  # what `finish` writes beside the manifest
MALFORMED_SHARE = 0.01  # a source with more among its readable records is refused

Progress = Callable[[Outcome, int], None]


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
    plan: Plan,
    out: Path,
    workers: int = 1,
    progress: Progress | None = None,
    finish: Callable[[Path, Manifest], None] | None = None,
) -> Result:
    """Build what is planned into `out`. `finish` may add files (a card) before the folder takes its place."""
    started = time.perf_counter()
    try:
        place = _place(out)
        work = place.with_name(place.name + ".partial")
        work.mkdir(parents=True, exist_ok=True)
        with FileLock(work.with_name(f".{place.name}.lock")):
            work.mkdir(exist_ok=True)
            _recover(work, place)
            outcomes: dict[str, Outcome] = {}
            for outcome in local.run(functools.partial(pipeline.run, folder=work), plan.jobs, workers):
                outcomes[outcome.identity] = outcome
                if progress is not None:
                    progress(outcome, len(outcomes))
            manifest = _assemble(plan, outcomes, work, place, started, workers, finish)
            _take_place(work, place, keep_previous=bool(manifest.problems))
    except BrokenProcessPool as err:
        remedy = "Use fewer --workers; finished shards are kept and the build resumes"
        raise MulcoError(f"a worker process was killed, most often for lack of memory. {remedy}") from err
    except OutputError:
        raise
    except OSError as err:
        where = err.filename or out
        remedy = "Free some space or name another folder with --out; finished shards are kept and the build resumes"
        raise OutputError(f"cannot write {where}: {err.strerror or err}. {remedy}") from err
    return Result(out, manifest, _unique(p for name in plan.configs for p in manifest.problems.get(name, [])))


def _place(out: Path) -> Path:
    """Where the folder really stands; refuses one that cannot take another's place, or whose card is not ours."""
    place = out.resolve()
    if Path.cwd().is_relative_to(place):
        raise UsageError(f"--out {out} is the current folder or holds it. Name one inside, such as out/mulco")
    if place.exists() and not place.is_dir():
        raise OutputError(f"{out} is a file, not a folder. Name another with --out")
    if (place / CARD).exists() and not (place / NAME).exists():
        raise OutputError(f"{out} has a {CARD} that mulco did not write. Name another folder with --out")
    return place


def _assemble(
    plan: Plan,
    outcomes: dict[str, Outcome],
    work: Path,
    out: Path,
    started: float,
    workers: int,
    finish: Callable[[Path, Manifest], None] | None,
) -> Manifest:
    """Put the new folder together in `<work>/new` and return its manifest."""
    new = work / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    manifest = Manifest(VERSION, schema_digest())
    for config in plan.configs.values():
        refused = _refused(config, outcomes)
        problems = [f"{config.name}: {source} is refused: {problem}" for source, problem in refused.items()]
        problems += _unique(problem for job in config.jobs for problem in _problems(outcomes[job.identity]))
        if problems:
            manifest.problems[config.name] = problems
        splits = {}
        for split in SPLITS:
            jobs = [job for job in config.jobs if job.shard.split == split]
            manifest.counts += _counts(config, split, jobs, outcomes, refused)
            kept = [job for job in jobs if job.source.name not in refused and outcomes[job.identity].rows]
            if kept:
                splits[split] = _write_split(new, config, split, kept, outcomes, work)
        if splits:
            manifest.configs[config.name] = {
                "identity": config.identity, "task": config.want.task, "language": config.want.language,
                "profile": plan.settings.profile, "limit": plan.settings.limit,
                "licenses": plan.settings.licenses, "templates": config.templates,
                "splits": splits,
            }  # fmt: skip
    manifest.counts = [entry for entry in manifest.counts if any(entry[k] for k in ("read", "rows", "broken"))]
    manifest.sources = {name: _source_facts(plan, name) for name in sorted(plan.absent)}
    earlier = _earlier(out)
    if earlier is not None:
        manifest = manifest.with_kept(earlier, plan.configs)
    manifest.run = {
        "seconds": round(time.perf_counter() - started, 3), "workers": workers, "peak_memory_bytes": _peak_memory(),
    }  # fmt: skip
    if finish is not None:
        finish(new, manifest)
    _carry_over(out, new, set(plan.configs))  # after `finish`: a file carried over is a hard link, not to be written to
    _write_dropped(plan, outcomes, work)
    manifest.write(new)  # last: a folder with a manifest is whole
    return manifest


def _refused(config: ConfigPlan, outcomes: dict[str, Outcome]) -> dict[str, str]:
    """Sources of a config in which too many records are malformed, with the words for it."""
    read, malformed = Counter[str](), Counter[str]()
    for job in config.jobs:
        read[job.source.name] += outcomes[job.identity].read
        malformed[job.source.name] += outcomes[job.identity].malformed
    return {
        name: f"{count:,} of {read[name]:,} records are malformed, more than {MALFORMED_SHARE:.0%}. Fetch it again"
        for name, count in malformed.items()
        if count > MALFORMED_SHARE * read[name]
    }


def _counts(
    config: ConfigPlan, split: str, jobs: list[Job], outcomes: dict[str, Outcome], refused: dict[str, str]
) -> list[dict[str, Any]]:
    """The entries of `Manifest.counts` for one split: one a source."""
    entries = []
    for source in _unique(job.source.name for job in jobs):
        parts = [outcomes[job.identity] for job in jobs if job.source.name == source]
        entry: dict[str, Any] = {"config": config.name, "split": split, "source": source}
        for name in ("read", "rows", "malformed"):
            entry[name] = sum(getattr(part, name) for part in parts)
        for name in ("unusable", "programming_languages", "licenses"):
            total = sum((getattr(part, name) for part in parts), Counter[str]())
            entry[name] = dict(sorted(total.items()))
        steps = _unique(step for part in parts for step in part.dropped)
        entry["dropped"] = {
            step: dict(sorted(sum((part.dropped.get(step, Counter()) for part in parts), Counter[str]()).items()))
            for step in steps
        }
        entry["broken"] = sum(part.broken is not None for part in parts)
        if source in refused:
            entry.update(rows=0, programming_languages={}, licenses={}, refused=True)
        entries.append(entry)
    return entries


def _write_split(
    new: Path, config: ConfigPlan, split: str, jobs: list[Job], outcomes: dict[str, Outcome], work: Path
) -> dict[str, Any]:
    """Write one split: shards in order, small neighbours joined into one file; returns its facts."""
    groups: list[list[Path]] = [[]]
    size = 0
    for job in jobs:
        path = work / f"{job.identity}.parquet"
        if groups[-1] and size + path.stat().st_size > FILE_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(path)
        size += path.stat().st_size
    folder = new / config.name
    folder.mkdir(exist_ok=True)
    files = []
    for i, group in enumerate(groups):
        target = folder / f"{split}-{i:05d}-of-{len(groups):05d}.parquet"
        _join(group, target)
        files.append(
            {
                "path": f"{config.name}/{target.name}",
                "sha256": file_digest(target),
                "bytes": target.stat().st_size,
                "rows": pq.read_metadata(target).num_rows,
            }
        )
    return {
        "rows": sum(outcomes[job.identity].rows for job in jobs),
        "bytes": sum(outcomes[job.identity].bytes for job in jobs),
        "files": files,
    }


def _join(parts: list[Path], target: Path) -> None:
    """One Parquet file of several; a single part is linked, not copied."""
    if len(parts) == 1:
        _link(parts[0], target)
        return
    with pipeline.parquet_writer(target, pq.read_schema(parts[0])) as writer:
        table = None
        for part in parts:
            rows = pq.read_table(part)
            table = rows if table is None else pa.concat_tables([table, rows])
            while table.num_rows >= BATCH:
                writer.write_table(table.slice(0, BATCH))
                table = table.slice(BATCH)
        if table is not None and table.num_rows:
            writer.write_table(table)


def _write_dropped(plan: Plan, outcomes: dict[str, Outcome], work: Path) -> None:
    """Put dropped rows together in `<work>/dropped`, which goes beside the build, outside what is published."""
    folder = work / "dropped"
    shutil.rmtree(folder, ignore_errors=True)
    for config in plan.configs.values():
        for split in SPLITS:
            parts = [work / f"{job.identity}.dropped.parquet" for job in config.jobs if job.shard.split == split]
            parts = [part for part in parts if part.exists()]
            if parts:
                (folder / config.name).mkdir(parents=True, exist_ok=True)
                _join(parts, folder / config.name / f"{split}.parquet")


def _carry_over(out: Path, new: Path, built: set[str]) -> None:
    """Keep what stands in `out` and is not built anew."""
    if out.is_dir():
        for entry in out.iterdir():
            if entry.name in built or (new / entry.name).exists() or entry.name == NAME:
                continue
            if entry.is_dir() and not entry.is_symlink():
                copy = functools.partial(shutil.copytree, symlinks=True, copy_function=_link)
                copy(entry, new / entry.name)
            else:
                _link(entry, new / entry.name)


def _take_place(work: Path, out: Path, keep_previous: bool) -> None:
    """Rename the finished folder to `out`; what stood there goes to `<out>.previous` and, if all is well, away.

    Only renames touch `out`, so a build killed in between leaves whole folders, and `_recover` puts them back.
    """
    previous, dropped = out.with_name(out.name + ".previous"), out.with_name(out.name + ".dropped")
    if out.exists():
        if previous.exists() and _incomplete(out):  # what is kept there is better than what is replaced now
            shutil.rmtree(work / "old", ignore_errors=True)
            out.rename(work / "old")
        else:
            shutil.rmtree(previous, ignore_errors=True)
            out.rename(previous)
    (work / "new").rename(out)
    shutil.rmtree(dropped, ignore_errors=True)
    if (work / "dropped").exists():
        (work / "dropped").rename(dropped)
    for committed in work.glob("*.json"):  # first of all: a shard without its JSON was never done
        committed.unlink()
    shutil.rmtree(work)
    if not keep_previous:
        shutil.rmtree(previous, ignore_errors=True)


def _recover(work: Path, out: Path) -> None:
    """Put back what a build killed between two renames had moved away; clear what it left half done."""
    previous = out.with_name(out.name + ".previous")
    if not out.exists() and (work / "new" / NAME).is_file():
        moved = next((folder for folder in (work / "old", previous) if folder.exists()), None)
        if moved is not None:
            moved.rename(out)
    for unfinished in work.glob("*.tmp"):
        unfinished.unlink()


def _earlier(out: Path) -> Manifest | None:
    """The manifest of what stands in `out`, if it can be read."""
    try:
        return Manifest.load(out)
    except MulcoError:
        return None


def _incomplete(out: Path) -> bool:
    earlier = _earlier(out)
    return earlier is None or bool(earlier.problems)


def _source_facts(plan: Plan, name: str) -> dict[str, Any]:
    source = catalog().sources.get(name) or next(job.source for job in plan.jobs if job.source.name == name)
    return {
        "title": source.title, "homepage": source.homepage, "paper": source.paper, "citation": source.citation,
        "revision": source.revision, "license": source.license.id, "license_url": source.license.url,
        "license_statements": list(source.license.statements),
        "files": {
            path: {"sha256": sha256, "bytes": size}
            for path, (sha256, size) in sorted(plan.files.get(name, {}).items())
        },
        "absent": plan.absent[name],
    }  # fmt: skip


def _problems(outcome: Outcome) -> list[str]:
    if outcome.broken:
        return [outcome.broken]
    more = outcome.malformed - len(outcome.problems)
    return outcome.problems + ([f"... and {more:,} more malformed records in the same file"] if more > 0 else [])


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _link(source: str | Path, target: str | Path) -> None:
    """A hard link where the file system has them, else a copy; a symbolic link stays one."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _peak_memory() -> int | None:
    """Peak resident memory of this process or of any worker, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
