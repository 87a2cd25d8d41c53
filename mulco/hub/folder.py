"""What of a folder is published: a dataset with its manifest and card, or a model with weights, tokenizer and card.

    folder = read_folder(Path("out/mulco"))
    folder.kind, folder.bytes, [file.path for file in folder.files]

Only files that belong to a release are taken; what else lies in the folder is named in `left_out` and stays at home. A
folder that is not fit to be published is refused here, before anything is sent.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from mulco.check import check
from mulco.errors import HubError
from mulco.identity import file_digest
from mulco.licenses import permits
from mulco.manifest import NAME, Manifest

DATASET, MODEL = "dataset", "model"
CARDS = (
    "README.md",
    "README_*.md",
    "CHANGELOG.md",
    "LICENSE*",
    "NOTICE*",
    "CITATION.cff",
    "*.png",
    "*.svg",
    "baselines.json",
)
WEIGHTS = ("model*.safetensors", "adapter_model*.safetensors")
MODEL_FILES = (
    *WEIGHTS, "*.safetensors.index.json", "config.json", "generation_config.json", "adapter_config.json",
    "tokenizer*.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt",
    "tokenizer.model", "*.jinja", "quantization_config.json", "run.json",
)  # fmt: skip
BELOW = (  # of either kind, in a folder of their own
    "pictures/*", "assets/*", "report/*.png", "report/*.svg", "results/*.json", ".eval_results/*.yaml",
)  # fmt: skip
RUN = "run.json"  # the record of a training run, beside the weights


@dataclass(frozen=True)
class Local:
    """One file that is published: its path in the repository, where it lies, bytes and sha256."""

    path: str
    file: Path
    bytes: int
    sha256: str

    @cached_property
    def blob(self) -> str:
        """The name git gives to the content, by which the Hub lists a small file."""
        data = self.file.read_bytes()
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Folder:
    """A folder fit to be published. `licenses` counts its rows, or those a model was trained on, by licence."""

    root: Path
    kind: str
    files: list[Local]
    licenses: Counter[str]
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    manifest: Manifest | None = None

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def restricted(self) -> dict[str, int]:
        """Rows by licence that may not be passed on, or not as far as mulco knows; for a model see `licenses`."""
        found = self.licenses if self.kind == DATASET else Counter[str]()
        return {name: rows for name, rows in found.most_common() if rows and not permits(name, "redistributable")}


def read_folder(root: Path) -> Folder:
    """What of a folder is published; raises HubError for one that is not fit to be."""
    if not root.is_dir():
        raise HubError(f"{root}: no such folder. Build one: mulco build --out {root}")
    if (root / NAME).is_file():
        return _dataset(root)
    if any((root / name).is_file() for name in ("config.json", "adapter_config.json")):
        return _model(root)
    raise HubError(
        f"{root}: neither a built dataset (no {NAME}) nor a model (no config.json, no adapter_config.json). "
        f"Build the one with mulco build, train the other with mulco train"
    )


def _dataset(root: Path) -> Folder:
    manifest = Manifest.load(root)
    _refuse(root, list(check(root)), f"See all of it: mulco check {root}")
    incomplete = [text for texts in manifest.problems.values() for text in texts]
    _refuse(root, incomplete, "Only a complete build is published: mend the input and build it again")
    if not (root / "README.md").is_file():
        raise HubError(f"{root}: the dataset has no card (README.md). Build it again: mulco build --out {root}")
    listed = {f["path"]: f for c in manifest.configs.values() for s in c["splits"].values() for f in s["files"]}
    files, left_out = [], []
    for path in _paths(root):
        if path in listed:  # `check` has just found these bytes to be so
            files.append(Local(path, root / path, listed[path]["bytes"], listed[path]["sha256"]))
        elif path == NAME or _named(path, CARDS):
            files.append(_local(root, path))
        else:
            left_out.append(path)
    if not listed:
        raise HubError(f"{root}: the build has no rows. See what is missing: mulco sources")
    return Folder(root, DATASET, files, manifest.total("licenses"), left_out, manifest=manifest)


def _model(root: Path) -> Folder:
    found = [*_paths(root)]
    files = [_local(root, path) for path in found if _named(path, (*CARDS, *MODEL_FILES))]
    paths = {file.path for file in files}
    run = _json(root / RUN) if RUN in paths else {}
    problems = [*_weights(root, paths), *_recorded(run, files)]
    if "README.md" not in paths:
        problems.append("the model has no card (README.md)")
    _refuse(root, problems, "Nothing is published before this is mended")
    licenses = Counter[str]()
    for data in run.get("data", []):
        licenses.update({str(name): int(rows) for name, rows in (data.get("licenses") or {}).items()})
    notes = []
    if "adapter_config.json" in paths:
        base = str(_json(root / "adapter_config.json").get("base_model_name_or_path") or "")
        if not base or Path(base).exists() or base.startswith((".", "/", "~")):
            notes.append(
                f"adapter_config.json names the base model {base or '(none)'!r}, a place on this machine: readers "
                f"have to name the base themselves"
            )
    unsure = sum(rows for name, rows in licenses.items() if not permits(name, "redistributable"))
    if unsure:
        notes.append(
            f"{unsure:,} of the {licenses.total():,} rows it was trained on may not be passed on, or not as far as "
            f"mulco knows; the weights are published, the rows are not"
        )
    return Folder(root, MODEL, files, licenses, [path for path in found if path not in paths], notes)


def _paths(root: Path) -> Iterator[str]:
    """Every file below the folder, in the order of their names, but not what is hidden or begun and not finished."""
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.split("/"))
        if file.is_file() and (not hidden or _named(path, BELOW)):
            yield path


def _named(path: str, patterns: tuple[str, ...]) -> bool:
    if "/" in path:
        return any(fnmatchcase(path, pattern) for pattern in BELOW)
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _local(root: Path, path: str) -> Local:
    file = root / path
    return Local(path, file, file.stat().st_size, file_digest(file))


def _refuse(root: Path, problems: list[str], remedy: str) -> None:
    if problems:
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        raise HubError(f"{root} is not published: {problems[0]}{more}. {remedy}")


def _json(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(file.read_text("utf-8"))
        if isinstance(read, dict):
            return read
    except ValueError as err:
        raise HubError(f"{file}: damaged ({err}). Train or merge the model again") from err
    raise HubError(f"{file}: a JSON object is expected. Train or merge the model again")


def _weights(root: Path, paths: set[str]) -> Iterator[str]:
    """What is wrong with the weights: none, only pickled ones, shards that are missing, files cut short."""
    adapter = "adapter_config.json" in paths
    wanted = "adapter_model*.safetensors" if adapter else "model*.safetensors"
    weights = [path for path in sorted(paths) if fnmatchcase(path, wanted)]
    if not weights:
        pickled = sorted(path.name for path in root.glob("*.bin")) + sorted(path.name for path in root.glob("*.pt"))
        held = f"only {pickled[0]}, a pickle, which can run code when it is loaded" if pickled else "none"
        yield f"weights are expected in {wanted.replace('*', '')}, there is {held}"
    for index in sorted(path for path in paths if path.endswith(".safetensors.index.json")):
        for shard in sorted(set(_json(root / index).get("weight_map", {}).values()) - paths):
            yield f"{index} names {shard}, which is missing"
    for path in weights:
        if problem := _broken(root / path):
            yield f"{path}: {problem}"


def _broken(file: Path) -> str | None:
    """What is wrong with a safetensors file: eight bytes say how long the head is, the head where each tensor ends."""
    size = file.stat().st_size
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            head = json.loads(stream.read(min(length, size)))
        ends = [entry["data_offsets"][1] for name, entry in head.items() if name != "__metadata__"]
    except (struct.error, ValueError, KeyError, TypeError, AttributeError):
        return "the head of the file is damaged"
    wanted = 8 + int(length) + int(max(ends, default=0))
    return None if size == wanted else f"{size:,} bytes, but its head speaks of {wanted:,}"


def _recorded(run: dict[str, Any], files: list[Local]) -> Iterator[str]:
    """Where the folder differs from the record of the run that made it."""
    found = {file.path: file for file in files}
    for entry in run.get("files", []):
        path, sha256 = entry.get("path"), entry.get("sha256")
        if not _named(str(path), MODEL_FILES) or path == RUN:
            continue  # a card may be written again at any time
        if path not in found:
            yield f"{path} stands in {RUN}, but is missing"
        elif sha256 and found[path].sha256 != sha256:
            yield f"{path}: the bytes differ from the sha256 in {RUN}"
