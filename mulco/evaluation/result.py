"""The result of an evaluation: one JSON file a config or suite, with all it takes to repeat it.

    DIR/code_search_zh.json                 what Result.facts gives
    DIR/code_search_zh.answers.jsonl        the answers as generated, and what made them beside it
    DIR/code_search_zh.predictions.jsonl    what was read out of each, and what is right

Model cards and `mulco evaluate compare` read these files.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError, OutputError
from mulco.evaluation.metrics import Metric
from mulco.version import VERSION

FORMAT = 1
PACKAGES = ("torch", "transformers", "peft", "openai", "sacrebleu", "rapidfuzz", "tree-sitter", "numpy")
KEYS = ("version", "suite", "split", "n", "metrics", "dataset", "model", "generation")


@dataclass(frozen=True)
class Result:
    """`suite` is `mulco` or an evaluation set; `config` is that of the rows, or the part of the set."""

    suite: str
    task: str
    config: str
    split: str
    n: int
    metrics: Sequence[Metric]
    dataset: Mapping[str, Any]  # id, revision, fingerprint
    model: Mapping[str, Any]  # name, revision
    generation: Mapping[str, Any]
    unparsed_rate: float | None = None
    missing: int = 0
    predictions: str | None = None  # the file's name, beside the result
    parts: Mapping[str, Sequence[Metric]] = field(default_factory=dict)  # by programming language
    more: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    created: str = field(default_factory=lambda: datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))

    @property
    def name(self) -> str:
        """What its files are named by."""
        return self.config.replace(":", "-")

    def facts(self) -> dict[str, Any]:
        return {
            "version": FORMAT, "created": self.created,
            "suite": self.suite, "task": self.task, "config": self.config, "split": self.split, "n": self.n,
            "metrics": [metric.facts() for metric in self.metrics],
            "unparsed_rate": self.unparsed_rate, "missing": self.missing,
            "dataset": dict(self.dataset), "model": dict(self.model), "generation": dict(self.generation),
            "by_programming_language": {
                name: [metric.facts() for metric in metrics] for name, metrics in self.parts.items()
            },
            "predictions": self.predictions, **self.more, "versions": versions(), "seconds": round(self.seconds, 3),
        }  # fmt: skip

    def write(self, folder: Path) -> dict[str, Any]:
        """Write the file and return what it holds; raises MulcoError for a value that is not finite."""
        facts = self.facts()
        for metric in facts["metrics"]:
            if not all(math.isfinite(metric[name]) for name in ("value", "low", "high")):
                raise MulcoError(f"{self.config}: {metric['name']} is {metric['value']}, which is no result")
        write_json(folder / f"{self.name}.json", facts)
        return facts


def write_json(file: Path, value: Any) -> None:
    """Write one JSON file whole or not at all."""
    temporary = file.with_name(file.name + ".tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
        temporary.replace(file)
    except OSError as err:
        raise OutputError(f"cannot write {file}: {err.strerror or err}. Name another folder with --out") from err


def write_lines(file: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines, whole or not at all."""
    temporary = file.with_name(file.name + ".tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        temporary.write_text(text, "utf-8", newline="\n")
        temporary.replace(file)
    except OSError as err:
        raise OutputError(f"cannot write {file}: {err.strerror or err}. Name another folder with --out") from err


def read_results(folder: Path) -> list[dict[str, Any]]:
    """All results in a folder (or the one file named); raises MulcoError where there is none."""
    files = [folder] if folder.is_file() else sorted(folder.glob("*.json"))
    found = []
    for file in files:
        try:
            facts = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as err:
            raise MulcoError(f"{file}: cannot be read ({err}). Run mulco evaluate again") from err
        if isinstance(facts, dict) and all(key in facts for key in KEYS):
            found.append({**facts, "folder": str(file.parent)})
    if not found:
        raise MulcoError(f"{folder}: no results in it. Make some: mulco evaluate --model MODEL --out {folder}")
    return found


def versions() -> dict[str, str]:
    """mulco and the installed packages that numbers depend on."""
    found = {"mulco": VERSION}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
