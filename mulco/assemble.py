"""Put a folder together from finished shards: Parquet by config and split, dropped rows, the counts of the manifest.

    assemble(plan, outcomes, work, new)     # writes <new>/<config>/<split>-*.parquet, returns the Manifest

Small neighbouring shards are joined into one file, a large one is linked as it is. A recipe keeps only its rows.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.comparing import compare, dropped_files
from mulco.identity import file_digest
from mulco.judging import STEP_ERROR
from mulco.manifest import Manifest
from mulco.pipeline import BATCH, Job, Outcome, parquet_writer
from mulco.place import link
from mulco.plan import ConfigPlan, Plan
from mulco.row import schema_digest
from mulco.selection import select
from mulco.source import SPLITS
from mulco.version import VERSION
from mulco.written import REWRITING

SMALL = 4 * 2**20  # bytes; smaller neighbouring shards are joined into files of about this size
MALFORMED_SHARE = 0.01  # a source with more among its readable records is refused


def assemble(
    plan: Plan, outcomes: dict[str, Outcome], work: Path, new: Path, say: Callable[[str], None] = lambda config: None
) -> Manifest:
    """Write the rows of every planned config into `new`; of the run itself the manifest has only the cost of steps.

    `say` is told each config before its rows are compared, which takes a while where they are many.
    """
    steps = [{"name": step.name, "settings": dict(step.settings)} for step in plan.settings.steps]
    manifest = Manifest(VERSION, schema_digest(), profile=plan.settings.profile, steps=steps)
    costs = dict.fromkeys((step.name for step in plan.settings.steps), 0.0)
    for outcome in outcomes.values():
        for name, seconds in outcome.steps.items():
            costs[name] = costs.get(name, 0.0) + seconds
    for config in plan.configs.values():
        refused = _refused(config, outcomes)
        problems = [f"{config.name}: {source} is refused: {problem}" for source, problem in refused.items()]
        problems += unique(problem for job in config.jobs for problem in _problems(outcomes[job.identity]))
        if problems:
            manifest.problems[config.name] = problems
        say(config.name)
        kept = compare(config, outcomes, refused, work, costs)
        kept, cells = select(config, kept, refused, work)
        splits = {}
        for split in SPLITS:
            jobs = [job for job in config.jobs if job.shard.split == split]
            manifest.counts += _counts(config, split, jobs, kept, refused)
            jobs = [job for job in jobs if job.source.name not in refused and kept[job.identity].rows]
            if jobs:
                splits[split] = _write_split(new, config, split, [kept[job.identity] for job in jobs], work)
        if splits:
            manifest.configs[config.name] = {
                "identity": config.identity,
                "task": config.want.task,
                "language": config.want.language,
                "profile": plan.settings.profile,
                "steps": steps,
                "limit": plan.settings.limit,
                "licenses": plan.settings.licenses,
                "templates": config.templates,
                **({"recipe": cells} if cells else {}),
                "splits": splits,
            }
    manifest.counts = [entry for entry in manifest.counts if any(entry[k] for k in ("read", "rows", "broken"))]
    manifest.sources = {name: _source_facts(plan, name) for name in sorted(plan.absent)}
    if plan.texts is not None:
        manifest.synthesis = [_used(facts, plan) for facts in plan.texts.facts]
    manifest.run = {"steps": {name: round(seconds, 3) for name, seconds in costs.items()}}
    return manifest


def write_dropped(plan: Plan, outcomes: dict[str, Outcome], work: Path) -> None:
    """Put dropped rows together in `<work>/dropped`, which goes beside the build, outside what is published."""
    folder = work / "dropped"
    shutil.rmtree(folder, ignore_errors=True)
    for config in plan.configs.values():
        for split in SPLITS:
            jobs = [job for job in config.jobs if job.shard.split == split]
            parts = [part for job in jobs for part in dropped_files(job.identity, work)]
            if parts:
                (folder / config.name).mkdir(parents=True, exist_ok=True)
                _join(parts, folder / config.name / f"{split}.parquet")


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
    for source in unique(job.source.name for job in jobs):
        parts = [outcomes[job.identity] for job in jobs if job.source.name == source]
        entry: dict[str, Any] = {"config": config.name, "split": split, "source": source}
        for name in ("read", "rows", "malformed"):
            entry[name] = sum(getattr(part, name) for part in parts)
        for name in ("unusable", "flagged", "programming_languages", "licenses"):
            total = sum((getattr(part, name) for part in parts), Counter[str]())
            entry[name] = dict(sorted(total.items()))
        steps = unique(step for part in parts for step in part.dropped)
        entry["dropped"] = {
            step: dict(sorted(sum((part.dropped.get(step, Counter()) for part in parts), Counter[str]()).items()))
            for step in steps
        }
        entry["broken"] = sum(part.broken is not None for part in parts)
        if source in refused:
            entry.update(rows=0, programming_languages={}, licenses={}, flagged={}, refused=True)
        entries.append(entry)
    return entries


def _write_split(new: Path, config: ConfigPlan, split: str, outcomes: list[Outcome], work: Path) -> dict[str, Any]:
    """Write one split: shards in order, small neighbours joined into one file; returns its facts."""
    groups: list[list[Path]] = [[]]
    size = 0
    for outcome in outcomes:
        path = work / f"{outcome.identity}.parquet"
        if groups[-1] and size + path.stat().st_size > SMALL:
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
        "rows": sum(outcome.rows for outcome in outcomes),
        "bytes": sum(outcome.bytes for outcome in outcomes),
        "files": files,
    }


def _join(parts: list[Path], target: Path) -> None:
    """One Parquet file of several; a single part is linked, not copied."""
    if len(parts) == 1:
        link(parts[0], target)
        return
    table = pa.concat_tables([pq.read_table(part) for part in parts])
    with parquet_writer(target, table.schema) as writer:
        writer.write_table(table, row_group_size=BATCH)


def _source_facts(plan: Plan, name: str) -> dict[str, Any]:
    source = plan.sources[name]
    return {
        "title": source.title, "homepage": source.homepage, "paper": source.paper, "citation": source.citation,
        "revision": source.revision, "license": source.license.id, "license_url": source.license.url,
        "license_statements": list(source.license.statements),
        "written_by": dict(source.written_by),
        "files": {
            path: {"sha256": sha256, "bytes": size}
            for path, (sha256, size) in sorted(plan.files.get(name, {}).items())
        },
        "absent": plan.absent[name],
    }  # fmt: skip


def _used(facts: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """The facts of a file with a model's texts, those that serve a planned config alone."""
    wanted = {(job.task.name, job.source.name, job.language) for job in plan.jobs if job.written is not None}
    written = [group for group in facts["written"] if any(_serves(group, *where) for where in wanted)]
    return {**facts, "written": written}


def _serves(group: dict[str, Any], task: str, source: str, language: str) -> bool:
    """A text serves the rows of its language; before a translation also what was rewritten in the other one."""
    return (group["task"], group["source"]) == (task, source) and (
        group["language"] == language or group["kind"] in REWRITING
    )


def _problems(outcome: Outcome) -> list[str]:
    if outcome.broken:
        return [outcome.broken]
    more = outcome.malformed - len(outcome.problems)
    problems = outcome.problems + ([f"... and {more:,} more malformed records in the same file"] if more > 0 else [])
    failed = sum(reasons[STEP_ERROR] for reasons in outcome.dropped.values())
    more = failed - len(outcome.step_errors)
    return problems + outcome.step_errors + ([f"... and {more:,} more rows that a step failed on"] if more > 0 else [])


def unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
