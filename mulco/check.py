"""Check a built folder against its own manifest and contracts: files, counts, rows, ids, splits, dropped rows, card.

for problem in check(Path("out/mulco")): print(problem)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from mulco.catalog import JOINED
from mulco.errors import RowError
from mulco.identity import file_digest
from mulco.manifest import Manifest, dropped_folder
from mulco.row import ARROW_SCHEMA, validate
from mulco.source import SPLITS


def check(folder: Path) -> Iterator[str]:
    """What is wrong with a built folder, one sentence each; nothing when all is well."""
    manifest = Manifest.load(folder)
    ids: Counter[str] = Counter()
    for config, facts in manifest.configs.items():
        places: dict[tuple[str, str], str] = {}
        for split, split_facts in facts["splits"].items():
            yield from _counts(manifest, config, split, split_facts)
            for file in split_facts["files"]:
                table, problems = _file(folder, file)
                yield from problems
                if table is None:
                    continue
                ids.update(table.column("id").to_pylist())
                yield from _contract(file["path"], table, facts["task"], facts["language"])
                for item in set(
                    zip(*(table.column(name).to_pylist() for name in ("source", "source_id")), strict=True)
                ):
                    if places.setdefault(item, split) != split:
                        yield f"{config}: item {'/'.join(item)} stands in {places[item]} and in {split}"
    repeated = [row for row, count in ids.items() if count > 1]
    if repeated:
        yield f"{len(repeated):,} row ids are used more than once, the first is {repeated[0]}"
    yield from _stray(folder, manifest)
    yield from _dropped(folder, manifest, ids)
    yield from _card(folder, manifest)


def _counts(manifest: Manifest, config: str, split: str, facts: dict[str, Any]) -> Iterator[str]:
    counted, in_files = manifest.rows(config, split), sum(file["rows"] for file in facts["files"])
    if not counted == facts["rows"] == in_files:
        yield f"{config}, {split}: the manifest counts {counted:,} rows, {facts['rows']:,} and {in_files:,} in files"


def _file(folder: Path, file: dict[str, Any]) -> tuple[pa.Table | None, list[str]]:
    """The rows of one Parquet file, and what is wrong with it."""
    path = folder / file["path"]
    if not path.is_file():
        return None, [f"{file['path']}: the file is missing"]
    if file_digest(path) != file["sha256"]:
        return None, [f"{file['path']}: the bytes differ from the manifest's sha256"]
    table = pq.read_table(path)
    try:
        validate(table.cast(ARROW_SCHEMA))
    except (RowError, pa.ArrowInvalid, ValueError) as err:
        return None, [f"{file['path']}: {err}"]
    problems = (
        [] if table.num_rows == file["rows"] else [f"{file['path']}: {table.num_rows:,} rows, not {file['rows']:,}"]
    )
    return table, problems


def _contract(path: str, table: pa.Table, task: str, language: str) -> Iterator[str]:
    """What the schema cannot say: the task and language of the config, Chinese where Chinese is promised."""
    for name, value in (("task", task), ("language", language)):
        if not pc.all(pc.equal(table.column(name), value)).as_py():
            yield f"{path}: not every row has the {name} {value!r}"
    han = pc.match_substring_regex(table.column("instruction"), r"[\x{4e00}-\x{9fff}]")
    if language == "zh" and not pc.all(han).as_py():
        yield f"{path}: an instruction is not in Chinese"


def _stray(folder: Path, manifest: Manifest) -> Iterator[str]:
    listed = {file["path"] for c in manifest.configs.values() for s in c["splits"].values() for file in s["files"]}
    for path in sorted(folder.glob("*/*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in listed:
            yield f"{name}: the file is not in the manifest"


def _dropped(folder: Path, manifest: Manifest, ids: Collection[str]) -> Iterator[str]:
    """The rows that steps dropped, where they lie beside the build: as many as counted, none of them also kept."""
    beside = dropped_folder(folder)
    if not beside.is_dir():
        return
    for config in dict.fromkeys(entry["config"] for entry in manifest.counts):
        for split in SPLITS:
            counted = manifest.dropped(config=config, split=split)
            counted.pop("recipe", None)  # left out by choice, and not kept
            name = f"{beside.name}/{config}/{split}.parquet"
            found: dict[str, Counter[str]] = {}
            if (beside / config / f"{split}.parquet").is_file():
                try:
                    table = pq.read_table(beside / config / f"{split}.parquet", columns=["id", "step", "reason"])
                except (OSError, pa.ArrowException) as err:
                    yield f"{name}: damaged ({err})"
                    continue
                for row in table.to_pylist():
                    found.setdefault(row["step"], Counter())[row["reason"].split(":")[0]] += 1
                kept = [row for row in table.column("id").to_pylist() if row in ids]
                if kept:
                    yield f"{name}: {len(kept):,} dropped rows also stand in the build, the first is {kept[0]}"
            if found != counted:
                yield f"{name}: the rows dropped are {_said(found)}, the manifest has {_said(counted)}"


def _said(dropped: dict[str, Counter[str]]) -> str:
    words = (
        f"{step}: {reason} {count:,}"
        for step, reasons in sorted(dropped.items())
        for reason, count in sorted(reasons.items())
    )
    return "; ".join(words) or "none"


def _card(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The card beside the rows, if there is one, must list the same configs, splits and counts."""
    card = folder / "README.md"
    if not card.is_file():
        return
    parts = card.read_text("utf-8").split("---\n", 2)
    try:
        data = yaml.safe_load(parts[1])
        stated = {
            info["config_name"]: {s["name"]: s["num_examples"] for s in info["splits"]} for info in data["dataset_info"]
        }
    except (IndexError, KeyError, TypeError, yaml.YAMLError):
        yield "README.md: its YAML header is missing or damaged"
        return
    stated = {name: splits for name, splits in stated.items() if name not in JOINED}
    real = {c: {s: facts["rows"] for s, facts in v["splits"].items()} for c, v in manifest.configs.items()}
    for name in sorted(stated.keys() | real.keys()):
        if stated.get(name) != real.get(name):
            yield f"README.md: {name} is stated as {stated.get(name)}, the manifest has {real.get(name)}"
