"""Where a built folder stands: it takes its place by rename, and what stood there stays whole until then.

<out>            the folder; configs and files that are not built anew are carried over
<out>.partial    where a build works; committed shards wait here for a build that was killed
<out>.dropped    rows that steps dropped, outside what is published
<out>.previous   the last complete build, while the one in <out> is incomplete
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from mulco.errors import MulcoError, OutputError, UsageError
from mulco.manifest import NAME, Manifest, dropped_folder

CARD = "README.md"  # what stands beside the manifest
CARDS = (CARD, "README_zh.md", "LICENSE.md")  # what is written anew whenever the manifest is


def place_of(out: Path) -> Path:
    """Where the folder really stands; refuses one that cannot take another's place, or whose card is not ours."""
    place = out.resolve()
    if Path.cwd().is_relative_to(place):
        raise UsageError(f"--out {out} is the current folder or holds it. Name one inside, such as out/mulco")
    if place.exists() and not place.is_dir():
        raise OutputError(f"{out} is a file, not a folder. Name another with --out")
    if (place / CARD).exists() and not (place / NAME).exists():
        raise OutputError(f"{out} has a {CARD} that mulco did not write. Name another folder with --out")
    return place


def carry_over(out: Path, new: Path, built: Collection[str]) -> None:
    """Keep what stands in `out` and is not built anew."""
    if out.is_dir():
        for entry in out.iterdir():
            if entry.name in built or (new / entry.name).exists() or entry.name == NAME:
                continue
            if entry.is_dir() and not entry.is_symlink():
                copy = functools.partial(shutil.copytree, symlinks=True, copy_function=link)
                copy(entry, new / entry.name)
            else:
                link(entry, new / entry.name)


def carry_over_dropped(out: Path, work: Path, kept: Collection[str]) -> None:
    """Keep the dropped rows of configs that stay as they are."""
    for name in kept:
        if (dropped_folder(out) / name).is_dir():
            shutil.copytree(dropped_folder(out) / name, work / "dropped" / name, copy_function=link)


def take_place(work: Path, out: Path, keep_previous: bool) -> None:
    """Rename the finished folder to `out`; what stood there goes to `<out>.previous` and, if all is well, away.

    Only renames touch `out`, so a build killed in between leaves whole folders, and `recover` puts them back.
    """
    previous, dropped = out.with_name(out.name + ".previous"), dropped_folder(out)
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


def recover(work: Path, out: Path) -> None:
    """Put back what a build killed between two renames had moved away; clear what it left half done."""
    previous = out.with_name(out.name + ".previous")
    if not out.exists() and (work / "new" / NAME).is_file():
        moved = next((folder for folder in (work / "old", previous) if folder.exists()), None)
        if moved is not None:
            moved.rename(out)
    for unfinished in work.glob("*.tmp"):
        unfinished.unlink()


def earlier_manifest(out: Path) -> Manifest | None:
    """The manifest of what stands in `out`, if it can be read."""
    try:
        return Manifest.load(out)
    except MulcoError:
        return None


def _incomplete(out: Path) -> bool:
    earlier = earlier_manifest(out)
    return earlier is None or bool(earlier.problems)


def link(source: str | Path, target: str | Path) -> None:
    """A hard link where the file system has them, else a copy; a symbolic link stays one."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
