"""Write built rows in formats other tools read: `jsonl` (every column) and `alpaca` (instruction, input, output).

export(Path("out/mulco"), Path("exported"), "alpaca", ["code_search_zh"])
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from mulco.errors import UsageError, unknown
from mulco.manifest import Manifest

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
    target.mkdir(parents=True, exist_ok=True)
    written = {}
    for config in wanted:
        for split, facts in manifest.configs[config]["splits"].items():
            file = target / f"{config}-{split}.{'jsonl' if format == 'jsonl' else 'json'}"
            files = [folder / part["path"] for part in facts["files"]]
            temporary = file.with_name(file.name + ".tmp")
            with temporary.open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(_lines(files, format))
                stream.write("" if format == "jsonl" else "\n]\n")
            temporary.replace(file)
            written[file] = facts["rows"]
    return written


def _lines(files: list[Path], format: str) -> Iterator[str]:
    for number, row in enumerate(_rows(files, ALPACA if format == "alpaca" else None)):
        text = json.dumps(row, ensure_ascii=False)
        yield text + "\n" if format == "jsonl" else ("[\n" if number == 0 else ",\n") + text


def _rows(files: list[Path], columns: Iterable[str] | None) -> Iterator[dict[str, Any]]:
    for file in files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=list(columns) if columns else None):
                yield from batch.to_pylist()
