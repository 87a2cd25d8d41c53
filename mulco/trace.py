"""Re-derive one row from the upstream bytes and compare it with the row that stands in a built folder.

trace = trace_row("code_search_zh/starter/add_months/python", Path("out/mulco"), Settings(upstream=...))
trace.equal, trace.differences, trace.dropped

The steps of the folder's own profile judge the row again. A verdict of a step that compares rows cannot follow from one
row: it is read from the rows that the build dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from mulco import pipeline
from mulco.catalog import catalog
from mulco.errors import MulcoError, UsageError
from mulco.judging import judge
from mulco.manifest import Manifest, dropped_folder, read_batches
from mulco.pipeline import Outcome
from mulco.plan import Settings, make_plan
from mulco.recipe import Recipe
from mulco.row import ARROW_SCHEMA
from mulco.steps import PROFILES

Row = dict[str, Any]


@dataclass(frozen=True)
class Trace:
    """The row as it was built and as upstream gives it now; None where one of them does not exist.

    `dropped` is the step and the reason by which the build dropped it, `judged` those that drop it now.
    """

    row_id: str
    built: Row | None
    derived: Row | None
    dropped: tuple[str, str] | None = None
    judged: tuple[str, str] | None = None

    @property
    def equal(self) -> bool:
        """Whether the build has the row just as upstream gives it, or dropped it as the steps do now."""
        if self.dropped is not None:
            return self.derived is not None and (self.judged == self.dropped or (self.judged is None and self.compared))
        return self.built is not None and self.built == self.derived and self.judged is None

    @property
    def compared(self) -> bool:
        """Whether the verdict came from a step that compares rows."""
        steps = (step for profile in PROFILES.values() for step in profile)
        return self.dropped is not None and any(s.name == self.dropped[0] and s.join is not None for s in steps)

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Columns that differ: (as built, as derived)."""
        built, derived = self.built or {}, self.derived or {}
        return {
            name: (built.get(name), derived.get(name))
            for name in built | derived
            if built.get(name) != derived.get(name)
        }


def trace_row(row_id: str, folder: Path, settings: Settings) -> Trace:
    """Find a row by id in a built folder and derive it anew; raises UsageError for an id that cannot exist."""
    config, _, rest = row_id.partition("/")
    source, _, _ = rest.partition("/")
    if config not in catalog().configs or source not in catalog().sources:
        catalog().members(config)
        catalog().source(source)
    manifest = Manifest.load(folder)
    if config not in manifest.configs and not manifest.dropped(config=config):
        raise UsageError(f"{folder} holds no config {config!r}. Its configs: {', '.join(manifest.configs)}")
    built = _built(row_id, folder, manifest, config)
    dropped = _dropped(row_id, folder, config) if built is None else None
    derived, judged = _derived(row_id, config, source, _as_built(settings, manifest, config))
    if built is None and dropped is None and derived is None:
        raise MulcoError(f"no row {row_id!r}, neither in {folder} nor from upstream. Row ids: mulco show {config}")
    return Trace(row_id, built, derived, dropped, judged)


def _as_built(settings: Settings, manifest: Manifest, config: str) -> Settings:
    """The settings with the profile and the steps of a config in the folder, as far as this version knows them."""
    facts = manifest.configs.get(config, {})
    profile = facts.get("profile", manifest.profile)
    if profile not in PROFILES:
        return settings
    then = {step["name"]: step["settings"] for step in facts.get("steps", manifest.steps)}
    steps = {step.name: then.get(step.name, False) for step in PROFILES[profile]}
    return replace(
        settings, profile=profile, licenses=facts.get("licenses"), recipe=Recipe("as it was built", steps=steps)
    )


def _built(row_id: str, folder: Path, manifest: Manifest, config: str) -> Row | None:
    for split in manifest.configs.get(config, {}).get("splits", {}).values():
        for file in split["files"]:
            found = _find(row_id, folder / file["path"])
            if found is not None:
                return _readable(found)
    return None


def _dropped(row_id: str, folder: Path, config: str) -> tuple[str, str] | None:
    for file in sorted((dropped_folder(folder) / config).glob("*.parquet")):
        found = _find(row_id, file)
        if found is not None:
            return found["step"], found["reason"]
    return None


def _find(row_id: str, file: Path) -> Row | None:
    for batch in read_batches(file):
        found = batch.filter(pc.equal(batch.column("id"), row_id))
        if found.num_rows:
            return dict(found.to_pylist()[0])
    return None


def _derived(row_id: str, config: str, source: str, settings: Settings) -> tuple[Row | None, tuple[str, str] | None]:
    """The row as upstream gives it now, and the verdict of the steps that look at it alone."""
    plan = make_plan([config], replace(settings, sources=(source,)))
    for job in plan.configs[config].jobs:
        outcome = Outcome(job.identity)
        for table in pipeline.tables(job, outcome):
            found = table.filter(pc.field("id") == row_id)
            if found.num_rows:
                kept, dropped = judge(found, job.steps, outcome)
                [row, *_] = [kept, *dropped] if len(kept) else dropped
                facts = row.to_pylist()[0]
                verdict = (facts["step"], facts["reason"]) if not len(kept) else None
                return _readable({name: facts[name] for name in ARROW_SCHEMA.names}), verdict
    return None, None


def _readable(row: Row) -> Row:
    row = {name: row[name] for name in ARROW_SCHEMA.names}
    return {**row, "provenance": json.loads(row["provenance"]), "quality": json.loads(row["quality"])}
