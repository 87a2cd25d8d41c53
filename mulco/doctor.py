"""The doctor: whether this machine has what mulco needs, and the sources are where they were.

    for finding in examine(offline=True): print(finding.state, finding.what, finding.found)

`wrong` is what stands in the way of a build or a download, `note` what may be meant so. Nothing is changed, and no
secret is shown.
"""

from __future__ import annotations

import difflib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from mulco.catalog import catalog
from mulco.download import addresses, lacking, survey
from mulco.errors import DownloadError, SourceError
from mulco.identity import file_digest
from mulco.manifest import NAME
from mulco.plan import LOCK, absent, cache_folder, folder_of, read_lock, upstream_folder

LITTLE_DISK = 2**30  # bytes: less may not hold a build of one large source
VARIABLES = ("MULCO_CACHE", "MULCO_DATA", "MULCO_DEBUG", "MULCO_DOWNLOAD", "MULCO_NO_REGISTER", "MULCO_UPSTREAM")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `state` is ok, note or wrong."""

    state: str
    what: str
    found: str


def examine(offline: bool = False) -> Iterator[Finding]:
    """Everything that is looked at, in order; `offline` leaves the addresses out."""
    yield from _versions()
    yield from _folders()
    yield from _variables()
    named = os.environ.get("MULCO_UPSTREAM")
    upstream = upstream_folder(Path(named) if named else None)
    lock = list(_lock(upstream)) if upstream is not None and upstream.is_dir() else []
    yield from lock
    yield from _sources(upstream, offline, readable=all(finding.state == "ok" for finding in lock))


def _versions() -> Iterator[Finding]:
    """Python and the dependencies, against the ranges that the package states."""
    try:
        stated = metadata.metadata("mulco")["Requires-Python"]
        requirements = [Requirement(text) for text in metadata.requires("mulco") or ()]
    except metadata.PackageNotFoundError:
        yield Finding("note", "mulco", "not installed, so its requirements are unknown: pip install .")
        return
    python = platform.python_version()
    yield _version("Python", python, SpecifierSet(stated))
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            try:
                yield _version(requirement.name, metadata.version(requirement.name), requirement.specifier)
            except metadata.PackageNotFoundError:
                yield Finding("wrong", requirement.name, f"missing: pip install '{requirement}'")


def _version(name: str, version: str, allowed: SpecifierSet) -> Finding:
    if allowed.contains(version, prereleases=True):
        return Finding("ok", name, version)
    return Finding("wrong", name, f"{version}, but {allowed} is needed: pip install '{name}{allowed}'")


def _folders() -> Iterator[Finding]:
    """Both caches: whether they can be written, and how much fits."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface"
    for what, variable, folder in (("cache", "MULCO_CACHE", cache_folder()), ("HF cache", "HF_HOME", Path(home))):
        at = next(path for path in (folder, *folder.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=at):
                free = shutil.disk_usage(at).free
        except OSError as err:
            problem = f"{folder}: cannot be written ({err.strerror}). Name another with {variable}"
            yield Finding("wrong", what, problem)
            continue
        state = "ok" if free >= LITTLE_DISK else "wrong"
        yield Finding(state, what, f"{folder}: {free / 2**30:,.1f} GiB free")


def _variables() -> Iterator[Finding]:
    """What the environment sets for mulco, and where requests go."""
    for name, value in sorted(os.environ.items()):
        if name.startswith("MULCO_") and name not in VARIABLES:
            meant = difflib.get_close_matches(name, VARIABLES, n=1)
            yield Finding("note", name, f"mulco reads no such variable{f': is {meant[0]} meant?' if meant else ''}")
        elif name == "MULCO_UPSTREAM" and value and not Path(value).is_dir():
            yield Finding("wrong", name, f"{value}: no such folder")
        elif name == "MULCO_DATA" and value and not (Path(value) / NAME).is_file():
            yield Finding("wrong", name, f"{value}: no {NAME} there, so not a folder built by mulco")
        elif name.startswith("MULCO_") or name in ("HF_ENDPOINT", "HF_HUB_OFFLINE"):
            yield Finding("ok", name, value)
        elif name in ("HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            yield Finding("ok", name, "set")  # they may hold secrets


def _lock(upstream: Path) -> Iterator[Finding]:
    """Whether the files that `sources.lock` lists are as they were."""
    try:
        lock = read_lock(upstream)
    except SourceError as err:
        yield Finding("wrong", LOCK, str(err))
        return
    present = {name: sha256 for name, sha256 in lock.items() if (upstream / name).is_file()}
    changed = [name for name, sha256 in present.items() if file_digest(upstream / name) != sha256]
    for name in changed:
        yield Finding("wrong", LOCK, f"{name}: not the bytes it was locked with. Fetch it again, or correct {LOCK}")
    if present and not changed:
        yield Finding("ok", LOCK, f"{len(present)} files in {upstream} are as they were")


def _sources(upstream: Path | None, offline: bool, readable: bool) -> Iterator[Finding]:
    """What is at hand of each source, and whether its addresses answer; one that fails is wrong if its file lacks."""
    sources = [source for _, source in sorted(catalog().sources.items()) if source.folder is None]
    answers = {} if offline else survey(addresses(sources))
    for source in sources:
        missing = absent(source, folder_of(source, upstream))
        found = f"{len(source.files) - len(missing)} of {len(source.files)} files at hand"
        own = addresses([source])
        failed = [one for one in own if isinstance(answers.get(one.address), DownloadError)]
        if answers:
            unique = {one.address for one in own}
            found += f", {len(unique - {one.address for one in failed})} of {len(unique)} addresses answer"
        yield Finding("ok", source.name, found)
        needed = own if upstream is None or not readable else lacking([source], upstream)
        for one in failed:
            yield Finding("wrong" if one in needed else "note", source.name, str(answers[one.address]))
