"""The run record of a trained model, as cards read it: `run.json` beside the weights.

    run = load_run(Path("out/model"))
    title(run, "ORG/coder"), hub_name(run["model"]), model_license(run)

Names are told apart here: what stands on the Hub is recorded with the commit it stood at, a folder is not, and of a
folder on somebody's machine a card says the last part alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from mulco.cards.licenses import HUB, hub_license, is_unknown
from mulco.cards.page import CARDS
from mulco.errors import MulcoError
from mulco.identity import file_digest
from mulco.licenses import UNKNOWN, terms

RUN = "run.json"
HERE = "."  # the name a card loads its subject by, while that has none on the Hub
_PARTS = ("mulco", "recipe", "model", "data", "hardware", "training")


def load_run(folder: Path) -> dict[str, Any]:
    """The run record of a model folder; raises MulcoError where it is missing or damaged."""
    try:
        run = json.loads((folder / RUN).read_text("utf-8"))
        missing = [part for part in _PARTS if part not in run]
        if missing:
            raise ValueError(f"without {', '.join(missing)}")
    except FileNotFoundError as err:
        raise MulcoError(f"{folder}: no {RUN}, so not a model trained by mulco. Train one: mulco train") from err
    except (ValueError, TypeError) as err:
        raise MulcoError(f"{folder / RUN}: damaged ({err}). Take it from the checkpoint, or train again") from err
    return dict(run)


def files_problems(folder: Path, run: Mapping[str, Any]) -> Iterator[str]:
    """What of the files in a model folder differs from what its run record says."""
    for file in run.get("files", ()):
        path = folder / file["path"]
        if file["path"] in CARDS:
            continue
        if not path.is_file():
            yield f"{file['path']}: the file is missing"
        elif path.stat().st_size != file["bytes"]:
            yield f"{file['path']}: a count differs: {path.stat().st_size:,} bytes, {RUN} has {file['bytes']:,}"
        elif file_digest(path) != file["sha256"]:
            yield f"{file['path']}: a hash differs: the bytes are not those that {RUN} names"


def title(run: Mapping[str, Any], name: str) -> str:
    """The model's name: that of its repository, else what its recipe says it makes."""
    return name.rpartition("/")[2] if name != HERE else str(run["recipe"].get("title") or "A model trained with mulco")


def on_hub(name: str, revision: str | None) -> bool:
    """Whether a name is one on the Hub."""
    return bool(revision) and re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", name) is not None


def hub_name(model: Mapping[str, Any]) -> str | None:
    """The base model's name on the Hub; None for a folder or for weights that began at random."""
    name = model.get("name_or_path")
    return str(name) if name and not model.get("init") and on_hub(name, model.get("revision")) else None


def last_part(path: str) -> str:
    """Of an absolute path the last part, of anything else all."""
    windows = PureWindowsPath(path)
    return (windows.name if windows.drive else PurePosixPath(path).name if path.startswith("/") else path) or path


def without_paths(command: str) -> str:
    """A command without what only this machine has: of an absolute path the last part stays."""
    return re.sub(r"(?<![\w.:/])(?:/|[A-Za-z]:[\\/])[^\s'\"]*", lambda found: last_part(found[0]), command)


def data_licenses(run: Mapping[str, Any]) -> dict[str, int]:
    """Training rows by licence, over all configs."""
    counts: Counter[str] = Counter()
    for part in run["data"]:
        counts.update(part.get("licenses", {}))
    return dict(counts)


def base_license(run: Mapping[str, Any]) -> str | None:
    """The base model's licence, by its SPDX id where it has one; None where there is no base."""
    if run["model"].get("init"):
        return None
    stated = str(run["model"].get("license") or UNKNOWN)
    return next((str(spdx) for spdx, hub in HUB.items() if hub == stated), stated)


def model_license(run: Mapping[str, Any]) -> dict[str, str]:
    """The licence fields of the header: the base's where all rows are permissive, else what base and rows share."""
    data, base = data_licenses(run), base_license(run)
    permissive = all(not is_unknown(name) and terms(name).commercial and not terms(name).share_alike for name in data)
    names = {base: 0} if base is not None and permissive else {**data, **({base: 0} if base is not None else {})}
    return dict(hub_license(names))
