"""Checkpoints that can be trusted: complete when their manifest says so, and the manifest is written last.

    seal(folder, facts)                       # digests of every file, then checkpoint.json, durably
    folder, skipped = newest(checkpoints)     # the newest complete one; what was passed over, and why
    compare(read(folder), facts)              # ["train.lr was 0.001, is 0.002"]

A process killed at any moment leaves either a complete checkpoint or one without a manifest, never one that looks
complete and is not. Truncated, missing and altered files are found by size and sha256. Older checkpoints go only after
the newer one is on the disk.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mulco.identity import file_digest

NAME = "checkpoint.json"
PREFIX = "checkpoint-"  # the Trainer's own


def seal(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose files are all there; durable when this returns."""
    files = list(digests(folder))
    for entry in files:
        _sync(folder / entry["path"])
    for inside in {folder, *(path for path in folder.rglob("*") if path.is_dir())}:
        _sync(inside)
    partial = folder / f"{NAME}.partial"
    with partial.open("w", encoding="utf-8") as stream:
        json.dump({"version": 1, **facts, "files": files}, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(folder / NAME)
    _sync(folder)
    _sync(folder.parent)


def digests(folder: Path, leave_out: tuple[str, ...] = (NAME, f"{NAME}.partial")) -> Iterator[dict[str, Any]]:
    """Path, bytes and sha256 of every file below a folder, by path. Hashing lets go of the GIL: several at a time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in leave_out)
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for path, sha256 in zip(files, pool.map(file_digest, files), strict=True):
            yield {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256}


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a checkpoint."""
    facts: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
    return facts


def problem(folder: Path) -> str | None:
    """What is wrong with a checkpoint, or None where it is complete."""
    try:
        facts = read(folder)
        files = {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in facts["files"]}
    except FileNotFoundError:
        return "it was not finished"
    except (OSError, ValueError, KeyError, TypeError):
        return f"its {NAME} is damaged"
    for name, (size, _) in files.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != size:
            return f"{name} has {path.stat().st_size:,} bytes in place of {size:,}"
    for entry in digests(folder):
        if entry["path"] in files and files[entry["path"]][1] != entry["sha256"]:
            return f"{entry['path']} has other content than was written"
    return None


def newest(checkpoints: Path) -> tuple[Path | None, list[str]]:
    """The newest complete checkpoint of a folder, and a sentence for each that was passed over."""
    skipped: list[str] = []
    for folder in sorted(_all(checkpoints), key=_step, reverse=True):
        wrong = problem(folder)
        if wrong is None:
            return folder, skipped
        skipped.append(f"{folder.name} is passed over: {wrong}")
    return None, skipped


def compare(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between a checkpoint and the run that wants to go on from it, one sentence a field."""
    found = []
    for name in ("settings", "data"):
        old, new = then.get(name) or {}, now.get(name) or {}
        found += [
            f"{key} was {_said(old.get(key))}, is {_said(new.get(key))}"
            for key in [*old, *(key for key in new if key not in old)]
            if old.get(key) != new.get(key)
        ]
    for name in ("tokenizer", "plan", "world_size"):
        if then.get(name) != now.get(name):
            found.append(f"{name.replace('_', ' ')} was {_said(then.get(name))}, is {_said(now.get(name))}")
    return found


def clear(folder: Path) -> None:
    """Remove a checkpoint; its manifest first, so that a kill in between leaves none that looks complete."""
    (folder / NAME).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def rotate(checkpoints: Path, keep: int) -> None:
    """Keep the newest `keep` sealed checkpoints; what is older goes, and so does what was never finished."""
    sealed = sorted((folder for folder in _all(checkpoints) if (folder / NAME).is_file()), key=_step)
    for folder in sealed[:-keep]:
        clear(folder)
    last = _step(sealed[-1]) if sealed else 0
    for folder in _all(checkpoints):
        if not (folder / NAME).is_file() and _step(folder) < last:
            clear(folder)


def _all(checkpoints: Path) -> list[Path]:
    return [path for path in checkpoints.glob(f"{PREFIX}*") if path.is_dir() and path.name[len(PREFIX) :].isdecimal()]


def _step(folder: Path) -> int:
    return int(folder.name[len(PREFIX) :])


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 80 else text[:77] + "..."


def _sync(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
