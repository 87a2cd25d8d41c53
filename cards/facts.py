"""What the sections of a card are written from: the page, and the facts of a dataset or of a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mulco.cards.header import STARTER, used_sources
from mulco.cards.page import Page
from mulco.cards.results import Result
from mulco.manifest import Manifest


@dataclass(frozen=True)
class DatasetCard:
    """`rows` holds one row a config; `prefix` leads from the card to the Parquet; `name` is what loads it."""

    page: Page
    folder: Path
    manifest: Manifest
    prefix: str
    name: str
    rows: Mapping[str, dict[str, Any] | None]

    @cached_property
    def used(self) -> dict[str, dict[str, Any]]:
        """The sources that rows come from."""
        return dict(used_sources(self.manifest))

    @cached_property
    def steps(self) -> dict[str, dict[str, Any]]:
        """The steps that judged any of the rows, by name."""
        return {step["name"]: step for config in self.manifest.configs for step in self.steps_of(config)}

    def steps_of(self, config: str) -> list[dict[str, Any]]:
        """The steps that judged one config, which an earlier build may have made with others."""
        steps: list[dict[str, Any]] = self.manifest.configs[config].get("steps") or getattr(self.manifest, "steps", [])
        return steps


@dataclass(frozen=True)
class ModelCard:
    """`run` is the run record, `own` and `base` are results of the model and of its base; `name` is what loads it."""

    page: Page
    folder: Path
    run: Mapping[str, Any]
    own: Sequence[Result]
    base: Sequence[Result]
    name: str

    @property
    def model(self) -> dict[str, Any]:
        return dict(self.run["model"])

    @property
    def training(self) -> dict[str, Any]:
        return dict(self.run["training"])

    def rows(self, what: str) -> Counter[str]:
        """Training rows counted by `licenses`, `sources`, `languages` or `dropped`, over all configs."""
        counter: Counter[str] = Counter()
        for part in self.run["data"]:
            counter.update(part.get(what, {}))
        return counter

    @property
    def starter_only(self) -> bool:
        return set(self.rows("sources")) == {STARTER}


def is_contamination(name: str) -> bool:
    """Whether a step, or a flag, is about rows that repeat evaluation sets."""
    return re.search("contamina|benchmark", name) is not None


def total(entries: Iterable[Mapping[str, Any]], what: str) -> int:
    return sum(entry[what] for entry in entries)
