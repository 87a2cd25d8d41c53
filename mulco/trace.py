"""Re-derive one row from the upstream bytes and compare it with the row that stands in a built folder.

trace = trace_row("code_search_zh/starter/add_months/python", Path("out/mulco"), Settings(upstream=...))
trace.equal, trace.differences
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from mulco import pipeline
from mulco.catalog import catalog
from mulco.errors import MulcoError, UsageError
from mulco.manifest import Manifest, read_batches
from mulco.pipeline import Outcome
from mulco.plan import Settings, make_plan


@dataclass(frozen=True)
class Trace:
    """The row as it was built and as upstream gives it now; None where one of them does not exist."""

    row_id: str
    built: dict[str, Any] | None
    derived: dict[str, Any] | None

    @property
    def equal(self) -> bool:
        return self.built is not None and self.built == self.derived

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
    if config not in manifest.configs:
        raise UsageError(f"{folder} holds no config {config!r}. Its configs: {', '.join(manifest.configs)}")
    built = _built(row_id, folder, manifest, config)
    derived = _derived(row_id, config, source, settings)
    if built is None and derived is None:
        raise MulcoError(f"no row {row_id!r}, neither in {folder} nor from upstream. Row ids: mulco show {config}")
    return Trace(row_id, built, derived)


def _built(row_id: str, folder: Path, manifest: Manifest, config: str) -> dict[str, Any] | None:
    for split in manifest.configs[config]["splits"].values():
        for file in split["files"]:
            for batch in read_batches(folder / file["path"]):
                found = batch.filter(pc.equal(batch.column("id"), row_id))
                if found.num_rows:
                    return _readable(found.to_pylist()[0])
    return None


def _derived(row_id: str, config: str, source: str, settings: Settings) -> dict[str, Any] | None:
    plan = make_plan([config], Settings(settings.upstream, settings.profile, (source,), synthesis=settings.synthesis))
    for job in plan.configs[config].jobs:
        for table in pipeline.tables(job, Outcome(job.identity)):
            found = table.filter(pc.field("id") == row_id)
            if found.num_rows:
                return _readable(found.to_pylist()[0])
    return None


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "provenance": json.loads(row["provenance"]), "quality": json.loads(row["quality"])}
