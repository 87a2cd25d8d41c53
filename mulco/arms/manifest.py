"""The facts of an arm and of a set of arms, and the check of both against what lies on the disk.

    ArmManifest.load(Path("out/arms/low")).check(Path("out/arms/low"))      # raises MulcoError where an arm is altered
    for problem in check(Path("out/arms")): print(problem)                  # an arm, or a whole set

`manifest.json` of an arm has the kind `arm`; `arms.json` beside the arms says how they differ and in what they agree.
Neither holds a date or a path of the machine: the same spec on the same rows gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.arms.heldout import payloads
from mulco.errors import MulcoError
from mulco.identity import digest, file_digest
from mulco.manifest import NAME

SET = "arms.json"
KIND = "arm"
# What an arm holds of a row; difficulty, provenance and quality stay with the data set it was cut from.
COLUMNS = pa.schema([
    ("instruction", pa.string()), ("input", pa.string()), ("output", pa.string()), ("id", pa.string()),
    ("task", pa.string()), ("language", pa.string()), ("programming_language", pa.string()), ("source", pa.string()),
    ("license", pa.string()), ("tokens", pa.int64()), ("domain", pa.string()), ("category", pa.string()),
    ("complexity", pa.float64()), ("diversity", pa.float64()),
])  # fmt: skip
_REMEDY = "Cut the arms again: mulco select"


@dataclass(frozen=True)
class ArmManifest:
    """One arm: its spec, its files with digests, what its training rows are made of, the data sets it was cut from.

    `means` are over rows where the measure is known; `shares` give the part of the rows with each value.
    """

    kind: str
    name: str
    files: list[dict[str, Any]]  # split, path, rows, bytes, sha256
    version: str = ""
    spec: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    tokens: int = 0
    means: dict[str, float | None] = field(default_factory=dict)
    shares: dict[str, dict[str, float]] = field(default_factory=dict)
    licenses: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    datasets: list[dict[str, Any]] = field(default_factory=list)  # name, rows read, digest of them
    analysis: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> ArmManifest:
        """The manifest of an arm; raises MulcoError where there is none, or one of another kind."""
        facts = _object(folder / NAME, f"{folder}: no {NAME}, so no arm. {_REMEDY}")
        if facts.get("kind") != KIND:
            raise MulcoError(f"{folder / NAME}: not the manifest of an arm (kind: {facts.get('kind')!r}). {_REMEDY}")
        try:
            return cls(**facts)
        except TypeError as err:
            raise MulcoError(f"{folder / NAME}: damaged ({err}). {_REMEDY}") from err

    def write(self, folder: Path) -> None:
        write_json(folder / NAME, asdict(self))

    @property
    def identity(self) -> str:
        """The digest of what the arm's files hold."""
        return digest([(file["path"], file["sha256"]) for file in self.files])

    def check(self, folder: Path) -> None:
        """Raise MulcoError with the first thing that differs from this manifest, if anything does."""
        for problem in self.problems(folder):
            raise MulcoError(f"{folder}: {problem}. {_REMEDY}")

    def problems(self, folder: Path) -> Iterator[str]:
        """What is wrong with the arm, one sentence each: files, rows, ids, and rows of validation or test in train."""
        tables: dict[str, pa.Table] = {}
        for file in self.files:
            path = folder / file["path"]
            if not path.is_file():
                yield f"{file['path']}: the file is missing"
            elif file_digest(path) != file["sha256"]:
                yield f"{file['path']}: the bytes differ from the manifest's sha256"
            else:
                table = pq.read_table(path)
                if table.schema.remove_metadata() != COLUMNS:
                    yield f"{file['path']}: its columns are not those of an arm"
                    continue
                if table.num_rows != file["rows"]:
                    yield f"{file['path']}: {table.num_rows:,} rows, not {file['rows']:,}"
                tables[file["split"]] = table
        listed = {file["path"] for file in self.files}
        for path in sorted(folder.glob("*.parquet")):
            if path.name not in listed:
                yield f"{path.name}: the file is not in the manifest"
        for split, table in tables.items():
            repeated = table.num_rows - len(set(table["id"].to_pylist()))
            if repeated:
                yield f"{split}: {repeated:,} ids are used more than once"
        yield from _shared(tables)


def check(folder: Path) -> Iterator[str]:
    """What is wrong with an arm, or with a set of arms and each of them; nothing when all is well."""
    if not (folder / SET).is_file():
        yield from ArmManifest.load(folder).problems(folder)
        return
    facts = load_set(folder)
    ids: dict[str, set[str]] = {}
    for arm in facts["arms"]:
        name = arm["name"]
        try:
            manifest = ArmManifest.load(folder / name)
        except MulcoError as err:
            yield str(err)
            continue
        if file_digest(folder / name / NAME) != arm["manifest"]:
            yield f"{name}/{NAME}: the bytes differ from what {SET} says"
        problems = list(manifest.problems(folder / name))
        yield from (f"{name}/{problem}" for problem in problems)
        if not problems:
            [train] = [file for file in manifest.files if file["split"] == "train"]
            ids[name] = set(pq.read_table(folder / name / train["path"], columns=["id"])["id"].to_pylist())
            if (manifest.rows, manifest.tokens) != (arm["rows"], arm["tokens"]):
                yield f"{name}: {manifest.rows:,} rows and {manifest.tokens:,} tokens, which is not what {SET} says"
            held = {file["split"]: file["sha256"] for file in manifest.files if file["split"] != "train"}
            if held != facts["evaluation"]["sha256"]:
                yield f"{name}: its validation or test rows are not those of the other arms"
    shared = {tuple(pair["arms"]): pair["shared_rows"] for pair in facts["pairs"]}
    for first, second in combinations(ids, 2):
        found = len(ids[first] & ids[second])
        if found != shared.get((first, second)):
            yield f"{first} and {second}: {found:,} rows in both, {SET} says {shared.get((first, second))}"


def load_set(folder: Path) -> dict[str, Any]:
    """What `arms.json` says; raises MulcoError where it is missing or damaged."""
    facts = _object(folder / SET, f"{folder}: no {SET}, so no set of arms. {_REMEDY}")
    lacking = {"arms", "pairs", "evaluation", "spec"} - facts.keys()
    if facts.get("kind") != "arms" or lacking:
        raise MulcoError(f"{folder / SET}: damaged (without {', '.join(sorted(lacking)) or 'its kind'}). {_REMEDY}")
    return facts


def is_arms(folder: Path) -> bool:
    """Whether a folder is an arm or a set of arms, and so not one that `mulco build` wrote."""
    try:
        return (folder / SET).is_file() or json.loads((folder / NAME).read_text("utf-8")).get("kind") == KIND
    except (OSError, ValueError, AttributeError):
        return False


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")


def _shared(tables: Mapping[str, pa.Table]) -> Iterator[str]:
    """Rows of validation and test that also stand in train, by id and by payload."""
    if "train" not in tables:
        return
    ids, texts = set(tables["train"]["id"].to_pylist()), set(payloads(tables["train"]))
    for split, table in tables.items():
        if split != "train":
            same = len(ids & set(table["id"].to_pylist())), len(texts & set(payloads(table)))
            if any(same):
                yield f"{split}: {same[0]:,} ids and {same[1]:,} texts also stand in train"


def _object(path: Path, absent: str) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as err:
        raise MulcoError(absent) from err
    except ValueError as err:
        raise MulcoError(f"{path}: damaged ({err}). {_REMEDY}") from err
    if not isinstance(facts, dict):
        raise MulcoError(f"{path}: damaged (no JSON object). {_REMEDY}")
    return facts
