"""Write built rows in formats other tools read: `jsonl` (every column) and `alpaca` (instruction, input, output).

export(Path("out/mulco"), Path("exported"), "alpaca", ["code_search_zh"])
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mulco.errors import OutputError, UsageError, unknown
from mulco.manifest import Manifest, read_batches

FORMATS = {"jsonl": "one JSON object a line, every column", "alpaca": "one JSON list of instruction, input, output"}
ALPACA = ("instruction", "input", "output")


def export(folder: Path, target: Path, format: str, configs: Iterable[str] = ()) -> dict[Path, int]:
    """Write `<target>/<config>-<split>.jsonl|.json` for the named configs (none: all); returns rows by file."""
    if format not in FORMATS:
        raise UsageError(unknown("format", format, FORMATS, f"Formats: {', '.join(FORMATS)}"))
    manifest = Manifest.load(folder)
    wanted = list(configs) or list(manifest.configs)
    for config in wanted:
        if config not in manifest.configs:
            raise UsageError(unknown("config", config, manifest.configs, f"Configs in {folder}: mulco list {folder}"))
    written = {}
    try:
        target.mkdir(parents=True, exist_ok=True)
        for config in wanted:
            for split, facts in manifest.configs[config]["splits"].items():
                file = target / f"{config}-{split}.{'jsonl' if format == 'jsonl' else 'json'}"
                _write(file, _lines([folder / part["path"] for part in facts["files"]], format), format)
                written[file] = facts["rows"]
    except OSError as err:
        remedy = "Free some space or name another folder with --out"
        raise OutputError(f"cannot write {err.filename or target}: {err.strerror or err}. {remedy}") from err
    return written


def _write(file: Path, lines: Iterable[str], format: str) -> None:
    """Write under another name first, so that what stands in `file` is whole."""
    temporary = file.with_name(file.name + ".tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)
        stream.write("" if format == "jsonl" else "\n]\n")
    temporary.replace(file)


def _lines(files: list[Path], format: str) -> Iterator[str]:
    for number, row in enumerate(_rows(files, ALPACA if format == "alpaca" else None)):
        text = json.dumps(row, ensure_ascii=False)
        yield text + "\n" if format == "jsonl" else ("[\n" if number == 0 else ",\n") + text


def _rows(files: list[Path], columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    for file in files:
        for batch in read_batches(file, columns):
            yield from batch.to_pylist()
