"""Which rows a config name means: a folder built before, or rows built now from what is at hand.

First the folder `MULCO_DATA` names, then `$MULCO_CACHE/builds/<identity>`, else a build from `MULCO_UPSTREAM` (or files
downloaded before) and the starter corpus. A folder `./out` is never searched. Nothing is downloaded, unless
`MULCO_DOWNLOAD=1` asks for it: then what the sources of the config lack is fetched first.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from mulco.build import build
from mulco.catalog import catalog
from mulco.download import asked, download_for
from mulco.errors import MulcoError, OutputError
from mulco.identity import digest
from mulco.licenses import permits
from mulco.manifest import NAME, Manifest
from mulco.plan import Plan, cache_folder, from_environment, make_plan


@dataclass(frozen=True)
class Rows:
    """The rows of one built config: where they are or will be, and the identity of their content."""

    config: str
    identity: str
    folder: Path
    plan: Plan | None  # how to build them; None where they were built by hand
    licenses: str | None = None  # only rows these permit; a folder built by hand may hold others as well

    def files(self) -> dict[str, list[str]]:
        """Parquet files by split; builds them if that has not happened yet. Costs a build once per identity."""
        if self.plan is not None and not (self.folder / NAME).is_file():
            self._build_once(self.plan)
        manifest = Manifest.load(self.folder)
        for problem in manifest.problems.get(self.config, []) if self.plan is not None else ():
            print(f"mulco: left out: {problem}", file=sys.stderr)
        splits = manifest.configs.get(self.config, {}).get("splits", {})
        return {
            split: [str(self.folder / file["path"]) for file in facts["files"]]
            for split, facts in splits.items()
            if self._any_permitted(manifest, split)
        }

    def _any_permitted(self, manifest: Manifest, split: str) -> bool:
        found = manifest.total("licenses", config=self.config, split=split)
        return self.licenses is None or any(permits(name, self.licenses) for name in found)

    def _build_once(self, plan: Plan) -> None:
        """Build the rows; a process that asks for them meanwhile waits here and finds them built."""
        builds = self.folder.parent
        try:
            builds.mkdir(parents=True, exist_ok=True)
            lock = FileLock(builds / f".{self.identity}.once").acquire()
        except OSError as err:
            raise OutputError(
                f"cannot write {err.filename or builds}: {err.strerror or err}. Name another folder with MULCO_CACHE"
            ) from err
        with lock:
            if not (self.folder / NAME).is_file():
                build(plan, self.folder)

    def __str__(self) -> str:
        if self.plan is None:
            return f"the folder {self.folder} (MULCO_DATA)"
        feeding = ", ".join(dict.fromkeys(job.source.name for job in self.plan.jobs)) or "no source at hand"
        built = "rows built before" if (self.folder / NAME).is_file() else "rows built now"
        only = " (the project's own small sample; set MULCO_UPSTREAM for the real data)" if feeding == "starter" else ""
        return f"{built} from {feeding}{only}, in {self.folder}"


def rows_of(config: str, licenses: str | None = None) -> list[Rows]:
    """The rows behind a config name, one entry for each built config it joins; nothing is built yet.

    `licenses` keeps only the rows these permit (classes and SPDX ids, see `mulco.licenses`).
    """
    found = []
    data = os.environ.get("MULCO_DATA")
    manifest = Manifest.load(Path(data)) if data else None
    members = catalog().members(config)
    to_build = [member for member in members if manifest is None or member not in manifest.configs]
    if to_build and asked():
        named = os.environ.get("MULCO_UPSTREAM")
        for problem in download_for(to_build, upstream=Path(named) if named else None):
            print(f"mulco: not downloaded: {problem}", file=sys.stderr)
    for member in members:
        if manifest is not None and member in manifest.configs:
            facts = manifest.configs[member]
            content = [file["sha256"] for split in facts["splits"].values() for file in split["files"]]
            identity = digest([content, licenses] if licenses else content)
            found.append(Rows(member, identity, Path(str(data)).resolve(), None, licenses))
        else:
            plan = make_plan([member], from_environment(licenses))
            identity = plan.configs[member].identity
            found.append(Rows(member, identity, cache_folder() / "builds" / identity, plan, licenses))
    return found


def require_files(rows: list[Rows]) -> dict[str, list[str]]:
    """Parquet files by split over all members; raises MulcoError when there is not one row."""
    files: dict[str, list[str]] = {}
    for member in rows:
        for split, paths in member.files().items():
            files.setdefault(split, []).extend(paths)
    if not files:
        names = ", ".join(member.config for member in rows)
        raise MulcoError(f"{names}: no source at hand gives a row. See what is missing: mulco plan {names}")
    return files
