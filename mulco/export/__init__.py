"""Write built rows in files that other tools read; `FORMATS` (formats.py) says which, and what is in them.

export(Path("out/mulco"), Path("out/alpaca"), "alpaca", ["code_search_zh"])

Rows stream from Parquet to text, a thousand at a time. Every file is written under another name and takes its own when
all of them are whole, so an export that fails leaves an earlier one as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from mulco.catalog import JOINED
from mulco.errors import MulcoError, OutputError, UsageError, unknown
from mulco.export.formats import FORMATS, Format, Row
from mulco.manifest import Manifest, read_batches

__all__ = ["FORMATS", "export"]

BATCH = 1_000  # rows in memory at a time


def export(
    folder: Path,
    target: Path,
    format: str,
    configs: Iterable[str] = (),
    say: Callable[[str], None] = lambda text: None,
) -> dict[Path, int]:
    """Write the named configs of a built folder (none: all) below `target`; returns what each data file holds, counted.

    `say` is called with a sentence for whoever runs it: what was left out, and which file names the others.
    """
    if format not in FORMATS:
        raise UsageError(unknown("format", format, FORMATS, f"Formats: {', '.join(FORMATS)}"))
    form, manifest = FORMATS[format], Manifest.load(folder)
    wanted = _wanted(manifest, folder, format, list(configs), say)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _Files(target) as files:
            for config in wanted:
                for split, facts in manifest.configs[config]["splits"].items():
                    into = [files.of(name) for name in form.files(config, split)]
                    left_out = _write(_rows(folder, config, split, facts, form), form, into) if into else 0
                    if left_out:
                        say(f"{config}, {split}: {left_out:,} of {facts['rows']:,} rows left out, {form.left_out}")
            written = {file.path: file.items for file in files}
            if form.beside is not None and written:
                name, text, use = form.beside(target, list(written))
                files.of(name).write_text(text)
                say(use)
    except OSError as err:
        remedy = "Free some space or name another folder with --out"
        raise OutputError(f"cannot write {err.filename or target}: {err.strerror or err}. {remedy}") from err
    return written


def _wanted(manifest: Manifest, folder: Path, format: str, configs: list[str], say: Callable[[str], None]) -> list[str]:
    """The configs to write; raises UsageError for a name that is not built, or not of the format's task.

    A joined name (`all_zh`) stands for those of its languages that are built.
    """
    by_language = {
        joined: [name for name in manifest.configs if name.rpartition("_")[2] in languages]
        for joined, languages in JOINED.items()
    }
    configs = [name for config in configs for name in by_language.get(config) or [config]]
    for config in configs:
        if config not in manifest.configs:
            raise UsageError(unknown("config", config, manifest.configs, f"Configs in {folder}: mulco list {folder}"))
    task, names = FORMATS[format].task, [name for name in manifest.configs if name in configs or not configs]
    fitting = [config for config in names if task in (None, config.rpartition("_")[0])]
    others = [config for config in names if config not in fitting]
    if others and (configs or not fitting):
        raise UsageError(f"{format} is for {task} alone, not for {', '.join(others)}. Other formats take every config")
    if others:
        say(f"{format} is for {task} alone: {len(others)} configs of other tasks are left out")
    return fitting


def _rows(folder: Path, config: str, split: str, facts: Row, form: Format) -> Iterator[Row]:
    read = 0
    for part in facts["files"]:
        for batch in read_batches(folder / part["path"], form.columns, BATCH):
            read += batch.num_rows
            yield from batch.to_pylist()
    if read != facts["rows"]:
        remedy = f"See what else is wrong: mulco check {folder}"
        raise MulcoError(
            f"{folder / config}, {split}: {read:,} rows, where manifest.json says {facts['rows']:,}. {remedy}"
        )


def _write(rows: Iterable[Row], form: Format, into: list[_File]) -> int:
    """Write what the format makes of each row; returns the number of rows it makes nothing of."""
    left_out = 0
    for row in rows:
        items = form.items(row)
        left_out += not items
        for text in (json.dumps(item, ensure_ascii=False) for item in items):
            for file in into:
                file.write(text)
    return left_out


class _File:
    """One file in the making: `.json` holds one list, `.jsonl` one item a line."""

    def __init__(self, path: Path) -> None:
        self.path, self.items = path, 0
        self.temporary = path.with_name(path.name + ".tmp")
        self.stream: IO[str] = self.temporary.open("w", encoding="utf-8", newline="\n")
        self.end = ""

    def write(self, text: str) -> None:
        """Add one item, as JSON."""
        if self.path.suffix == ".jsonl":
            self.stream.write(text + "\n")
        else:
            self.stream.write((",\n" if self.items else "[\n") + text)
            self.end = "\n]\n"
        self.items += 1

    def write_text(self, text: str) -> None:
        """Write a text that is no list of items."""
        self.stream.write(text)


class _Files:
    """The files of one export. Leaving the block gives each its name, or removes all where something went wrong."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.open: dict[str, _File] = {}

    def of(self, name: str) -> _File:
        if name not in self.open:
            self.open[name] = _File(self.target / name)
        return self.open[name]

    def __iter__(self) -> Iterator[_File]:
        return iter(self.open.values())

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                for file in self:
                    file.stream.write(file.end)
                    file.stream.close()
                for file in self:
                    file.temporary.replace(file.path)
        finally:
            for file in self:
                with suppress(OSError):  # a full disk refuses the rest of the buffer once more
                    file.stream.close()
                file.temporary.unlink(missing_ok=True)
