"""A built folder without some of its rows: the files concerned are written anew, the rest is linked, counts follow.

    gone = leave_out(Path("out/mulco"), Path("out/new"), manifest, "licenses", verdicts)

`verdicts(table)` gives a reason for each row that goes, null for the others. Goes through the folder in batches.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mulco.identity import digest, file_digest
from mulco.manifest import Manifest
from mulco.pipeline import BATCH, parquet_writer
from mulco.place import link
from mulco.source import SPLITS

Verdicts = Callable[[pa.Table], pa.ChunkedArray]
Gone = dict[str, dict[str, Counter[str]]]  # config -> split -> reason -> rows


def leave_out(
    folder: Path, target: Path, manifest: Manifest, step: str | None, verdicts: Verdicts, configs: Collection[str]
) -> Gone:
    """Write these configs into `target` without the rows that have a verdict, and change the manifest accordingly.

    They become rows that `step` dropped; without a step they are withdrawn, and lie in no folder of dropped rows.
    A config that loses no row is linked as it is and keeps its identity; one that loses all is gone from the manifest.
    """
    gone: Gone = {}
    for config in [name for name in manifest.configs if name in configs]:
        for split in [split for split in SPLITS if split in manifest.configs[config]["splits"]]:
            _split(folder, target, manifest, config, split, step, verdicts, gone)
        facts = manifest.configs[config]
        if config in gone:
            lost = {split: dict(sorted(reasons.items())) for split, reasons in gone[config].items()}
            facts["identity"] = digest([facts["identity"], step, lost, [f for s in facts["splits"].values()
                                                                        for f in s["files"]]])  # fmt: skip
            if not facts["splits"]:
                del manifest.configs[config]
    return gone


def tables(folder: Path, manifest: Manifest, configs: Collection[str] | None = None) -> Iterator[pa.Table]:
    """All rows of some configs, some at a time."""
    for config, facts in manifest.configs.items():
        if configs is None or config in configs:
            for split in facts["splits"].values():
                for file in split["files"]:
                    yield from _batches(folder / file["path"])


def _split(
    folder: Path,
    target: Path,
    manifest: Manifest,
    config: str,
    split: str,
    step: str | None,
    verdicts: Verdicts,
    gone: Gone,
) -> None:
    """One split: files that lose rows are written anew, and all of them are numbered anew if one is left empty."""
    facts = manifest.configs[config]["splits"][split]
    work = target / config
    work.mkdir(parents=True, exist_ok=True)
    kept: list[dict[str, Any]] = []
    size = 0
    for number, file in enumerate(facts["files"]):
        path, new = folder / file["path"], work / f"{split}-{number}.new"
        lost, rows, bytes_ = _filter(path, new, verdicts)
        size += bytes_
        if lost.num_rows == 0:
            new.unlink(missing_ok=True)
            link(path, new)
            kept.append({**file, "new": new})
            continue
        _count(manifest, config, split, step, lost)
        reasons = gone.setdefault(config, {}).setdefault(split, Counter())
        reasons.update(lost.column("verdict").to_pylist())
        if rows:
            kept.append({"new": new, "sha256": file_digest(new), "bytes": new.stat().st_size, "rows": rows})
        else:
            new.unlink()
    files = []
    for number, file in enumerate(kept):
        name = f"{split}-{number:05d}-of-{len(kept):05d}.parquet"
        file.pop("new").rename(work / name)
        files.append({"path": f"{config}/{name}", **{key: file[key] for key in ("sha256", "bytes", "rows")}})
    if split in gone.get(config, {}):
        if files:
            facts.update(rows=sum(file["rows"] for file in files), bytes=size, files=files)
        else:
            del manifest.configs[config]["splits"][split]
    if not any(work.iterdir()):
        work.rmdir()


def _filter(path: Path, new: Path, verdicts: Verdicts) -> tuple[pa.Table, int, int]:
    """(rows that go, with their verdict; number and bytes of those that stay, which are written to `new`)."""
    lost: list[pa.Table] = []
    rows = size = 0
    schema = pq.read_schema(path)
    with parquet_writer(new, schema) as writer:
        for table in _batches(path):
            verdict = verdicts(table)
            kept = table.filter(pc.is_null(verdict))
            if kept.num_rows < table.num_rows:
                lost.append(table.append_column("verdict", verdict).filter(pc.is_valid(verdict)))
            rows += kept.num_rows
            size += kept.nbytes
            if kept.num_rows:
                writer.write_table(kept, row_group_size=BATCH)
    empty = schema.append(pa.field("verdict", pa.string())).empty_table()
    return pa.concat_tables(lost) if lost else empty, rows, size


def _batches(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(BATCH):
            yield pa.Table.from_batches([batch])


def _count(manifest: Manifest, config: str, split: str, step: str | None, lost: pa.Table) -> None:
    """Take rows out of the counts of the manifest, and count them as gone."""
    by_source: dict[str, list[dict[str, Any]]] = {}
    columns = ["source", "programming_language", "license", "quality", "verdict"]
    for row in lost.select(columns).to_pylist():
        by_source.setdefault(row["source"], []).append(row)
    for entry in manifest.counts:
        rows = by_source.get(entry["source"]) if (entry["config"], entry["split"]) == (config, split) else None
        if not rows:
            continue
        entry["rows"] -= len(rows)
        _less(entry, "programming_languages", Counter(row["programming_language"] for row in rows))
        _less(entry, "licenses", Counter(row["license"] for row in rows))
        if "flagged" in entry:
            flags = (flag.split(":")[0] for row in rows for flag in json.loads(row["quality"]).get("flags", ()))
            _less(entry, "flagged", Counter(flags))
        reasons = Counter(row["verdict"].split(":")[0] for row in rows)
        place, name = (entry["dropped"], step) if step else (entry, "withdrawn")
        place[name] = dict(sorted((Counter(place.get(name, {})) + reasons).items()))


def _less(entry: dict[str, Any], name: str, gone: Counter[str]) -> None:
    left = Counter(entry[name])
    left.subtract(gone)
    entry[name] = {key: count for key, count in sorted(left.items()) if count > 0}
