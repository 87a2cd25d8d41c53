"""What of the arms is written: their rows, manifests and cards, and the facts they share.

written = write(folder, analysis, spec, held, arms, values)
written["arms"]         # [{"name": "low", "rows": 2000, "tokens": 301_544, "factor": 0.21, ...}, ...]
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mulco.analysis.result import READ, Analysis
from mulco.arms import card, llamafactory
from mulco.arms.factor import floats
from mulco.arms.heldout import HeldOut
from mulco.arms.manifest import COLUMNS, KIND, ArmManifest
from mulco.arms.spec import NUMBERS, Spec
from mulco.identity import file_digest
from mulco.manifest import NAME
from mulco.pipeline import parquet_writer
from mulco.recipe import count_tokens
from mulco.version import VERSION

Index = npt.NDArray[np.int64]


def write(
    folder: Path,
    analysis: Analysis,
    spec: Spec,
    held: HeldOut,
    arms: Sequence[Index],
    of_factor: Sequence[dict[str, float]],
) -> dict[str, Any]:
    """Write every arm; returns the names, sizes and means, and the digests of what they share."""
    prefixed = len(analysis.read["dataset"].unique()) > 1  # ids are unique in their data set alone
    evaluation = _evaluation(analysis, held, prefixed)
    datasets, measures, written, shared = _datasets(analysis.read), _measures(analysis), [], {}
    for name, rows, measured in zip(spec.arms, arms, of_factor, strict=True):
        at = folder / name
        at.mkdir()
        train = _table(analysis.read.take(pa.array(rows)), analysis.rows.take(pa.array(rows)), prefixed)
        files = [_file(at, split, table) for split, table in {"train": train, **evaluation}.items()]
        shared = {file["split"]: file["sha256"] for file in files[1:]}
        means = {**_means(train), **{key: rounded(value) for key, value in measured.items()}}
        manifest = ArmManifest(
            KIND, name, files, VERSION, spec.facts, train.num_rows, int(np.sum(train["tokens"].to_numpy())),
            means, _shares(train),
            _counted(train, "license"), _counted(train, "source"), datasets, measures,
        )  # fmt: skip
        manifest.write(at)
        (at / "README.md").write_text(card.text(manifest), "utf-8")
        written.append({
            "name": name, "rows": manifest.rows, "tokens": manifest.tokens, "factor": rounded(measured[spec.factor]),
            "means": manifest.means, "shares": manifest.shares, "manifest": file_digest(at / NAME),
        })  # fmt: skip
    rows_of = {split: table.num_rows for split, table in evaluation.items()}
    return {"arms": written, "evaluation": {"rows": rows_of, "sha256": shared}, "datasets": datasets,
            "analysis": measures}  # fmt: skip


def write_for_llamafactory(folder: Path, spec: Spec, base: str, template: str) -> None:
    columns = ["instruction", "input", "output"]
    tables = {
        name: pq.read_table(folder / name / "train-00000-of-00001.parquet", columns=columns) for name in spec.arms
    }
    held = folder / spec.arms[0] / "validation-00000-of-00001.parquet"
    validation = pq.read_table(held, columns=columns) if held.is_file() else None
    facts = {"factor": spec.factor, "seed": spec.seed, "base": base, "template": template}
    llamafactory.write(folder / llamafactory.FOLDER, tables, validation, facts)


def _evaluation(analysis: Analysis, held: HeldOut, prefixed: bool) -> dict[str, pa.Table]:
    """The tables of validation and test; of rows from a split of their own only tokens were measured."""
    own = held.own
    parts: dict[str, list[pa.Table]] = {}
    if len(own):
        taken = _table(analysis.read.take(pa.array(own)), analysis.rows.take(pa.array(own)), prefixed)
        parts["validation"] = [taken]
    for split in ("validation", "test"):
        if split in held.tables:
            parts.setdefault(split, []).append(_table(held.tables[split], None, prefixed))
    return {split: pa.concat_tables(tables) for split, tables in parts.items()}


def _table(read: pa.Table, measured: pa.Table | None, prefixed: bool) -> pa.Table:
    """Rows as an arm holds them."""
    columns = {name: read[name] for name in COLUMNS.names if name in READ.names}
    if prefixed:
        pairs = zip(read["dataset"].to_pylist(), read["id"].to_pylist(), strict=True)
        columns["id"] = pa.array([f"{dataset}/{id_}" for dataset, id_ in pairs], pa.string())
    if measured is not None:
        columns |= {name: measured[name] for name in ("tokens", "domain", "category", "complexity", "diversity")}
    else:
        texts = zip(*(read[name].to_pylist() for name in ("instruction", "input", "output")), strict=True)
        columns["tokens"] = pa.array([count_tokens(row) for row in texts], pa.int64())
    empty = {name: pa.nulls(read.num_rows, COLUMNS.field(name).type) for name in COLUMNS.names}
    return pa.table({name: columns.get(name, empty[name]) for name in COLUMNS.names}).cast(COLUMNS)


def _file(folder: Path, split: str, table: pa.Table) -> dict[str, Any]:
    path = folder / f"{split}-00000-of-00001.parquet"
    with parquet_writer(path, table.schema) as writer:
        writer.write_table(table)
    return {"split": split, "path": path.name, "rows": table.num_rows, "bytes": path.stat().st_size,
            "sha256": file_digest(path)}  # fmt: skip


def _datasets(read: pa.Table) -> list[dict[str, Any]]:
    """Each data set by what was read of it: rows, and a digest of ids and texts in their order."""
    digests: dict[str, Any] = {}
    counts = Counter[str]()
    columns = [read[name].to_pylist() for name in ("dataset", "id", "instruction", "input", "output")]
    for dataset, *texts in zip(*columns, strict=True):
        digests.setdefault(dataset, hashlib.sha256()).update(json.dumps(texts, ensure_ascii=False).encode())
        counts[dataset] += 1
    return [{"name": n, "rows": counts[n], "digest": digest.hexdigest()} for n, digest in digests.items()]


def _measures(analysis: Analysis) -> dict[str, Any]:
    """What of the analysis decides the arms: the digest of the measures, and which embedder compared the rows."""
    columns = {name: analysis.rows[name].to_pylist() for name in ("tokens", "domain", "category", *NUMBERS[1:])}
    digest = hashlib.sha256(json.dumps(columns).encode()).hexdigest()
    embedder = analysis.facts.get("embedder")
    return {"digest": digest, **({"embedder": embedder} if isinstance(embedder, str) else {})}


def _means(table: pa.Table) -> dict[str, float | None]:
    found = {}
    for name in NUMBERS:
        values = floats(table, name)
        known = values[~np.isnan(values)]
        found[name] = rounded(float(known.mean())) if known.size else None
    return found


def _shares(table: pa.Table) -> dict[str, dict[str, float]]:
    names = ("language", "programming_language", "domain", "category")
    return {name: {value: rows / table.num_rows for value, rows in _counted(table, name).items()} for name in names}


def _counted(table: pa.Table, name: str) -> dict[str, int]:
    """Rows by value, most first."""
    counts = Counter("unknown" if value is None else value for value in table[name].to_pylist())
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def rounded(value: float) -> float | None:
    """Six digits, enough for any reader; None where a difference has no measure."""
    return round(value, 6) + 0.0 if np.isfinite(value) else None
