"""Recipes: which rows a build keeps, as cells of a table with explicit units; sampled by a stable hash.

    # builders/recipes/sample_1k.yaml
    title: A small sample of everything
    each: {rows: 50}                       # one cell for every config
    cells:
    - {config: code_generation_zh, sources: [starter], rows: 20000}
    - {config: code_search_en, tokens: 1000000}
    - {config: code_qa_en, fraction: 0.5}
    steps: {near_duplicates: {threshold: 0.7}, syntax: false}   # of the profile, otherwise as they are

A cell counts rows of the split `train`; validation and test stay whole. Within a cell the rows with the smallest hash
of their id are kept, so a larger cell contains the smaller one, and other rows coming or going changes little. A cell
that finds too few rows takes what there is, and the shortage is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import UsageError, unknown
from mulco.task import stable_number

UNITS = ("rows", "fraction", "tokens")
_KEYS = ("title", "note", "profile", "steps", "licenses", "synthesis", "each", "cells")
_CELL_KEYS = ("config", "sources", "note", *UNITS)
# mulco's own count, without a tokenizer: words, Han characters one by one, and punctuation marks.
_TOKEN = re.compile(r"[\u3400-\u9fff]|\w+|[^\w\s]")


@dataclass(frozen=True)
class Cell:
    """One cell: so much of a config, from these sources (none: all). Exactly one of the units is set."""

    config: str
    sources: tuple[str, ...] = ()
    rows: int | None = None
    fraction: float | None = None
    tokens: int | None = None
    note: str = ""

    @property
    def wanted(self) -> str:
        """The unit and the number, as a table shows them."""
        if self.rows is not None:
            return f"{self.rows:,} rows"
        return f"{self.tokens:,} tokens" if self.tokens is not None else f"{self.fraction:.0%} of the rows"

    @property
    def facts(self) -> dict[str, Any]:
        """What decides the rows a cell chooses: a part of the config's identity."""
        return {**asdict(self), "note": ""}

    def choose(self, ids: list[str], tokens: list[int]) -> set[str]:
        """The ids this cell keeps of those it may choose from; `tokens` counts each row."""
        ranked = sorted(zip((stable_number("recipe", id_) for id_ in ids), ids, tokens, strict=True))
        if self.tokens is None:
            count = self.rows if self.rows is not None else round((self.fraction or 0) * len(ids))
            return {id_ for _, id_, _ in ranked[:count]}
        kept, total = set(), 0
        for _, id_, size in ranked:
            if total + size > self.tokens:
                break
            kept.add(id_)
            total += size
        return kept


@dataclass(frozen=True)
class Recipe:
    """A table of cells and the settings of the build it belongs to. Without cells every config stays whole."""

    title: str
    cells: tuple[Cell, ...] = ()
    note: str = ""
    profile: str | None = None
    licenses: str | None = None
    steps: Mapping[str, Any] = field(default_factory=dict)  # step -> False, or the settings that differ
    synthesis: tuple[Path, ...] = ()  # files or folders with a model's texts; in the file relative to the file

    @property
    def configs(self) -> list[str]:
        return list(dict.fromkeys(cell.config for cell in self.cells))

    def of(self, config: str) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.config == config)


def count_tokens(texts: Iterable[str]) -> int:
    """Tokens of some texts, by mulco's own count."""
    return sum(len(_TOKEN.findall(text)) for text in texts)


def load_recipe(file: Path, configs: Iterable[str], sources: Iterable[str]) -> Recipe:
    """Read and check a recipe file; `configs` and `sources` are the names it may use."""
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise UsageError(f"{file.name}: not YAML: {' '.join(str(err).split())}") from err
    if not isinstance(content, Mapping) or not content.get("title"):
        raise UsageError(f"{file.name}: expected a mapping with a 'title'")
    for key in content:
        if key not in _KEYS:
            raise UsageError(f"{file.name}: {unknown('key', str(key), _KEYS, 'Keys: ' + ', '.join(_KEYS))}")
    configs, sources = list(configs), list(sources)
    entries = list(content.get("cells") or [])
    if content.get("each"):
        entries = [{"config": config, **content["each"]} for config in configs] + entries
    cells = tuple(_cells(file.name, entries, configs, sources))
    taken: set[tuple[str, str]] = set()
    for cell in cells:
        for source in cell.sources or ("every source",):
            if (cell.config, source) in taken or (cell.config, "every source") in taken:
                raise UsageError(f"{file.name}: {cell.config} takes rows of {source} in two cells; join them")
            taken.add((cell.config, source))
    steps = content.get("steps") or {}
    if not isinstance(steps, Mapping):
        raise UsageError(f"{file.name}: steps: expected a mapping of a step to false or to its settings")
    texts = content.get("synthesis") or []
    texts = tuple(file.parent / path for path in ([texts] if isinstance(texts, str) else texts))
    more = (content.get("note") or "", content.get("profile"), content.get("licenses"), steps, texts)
    return Recipe(content["title"], cells, *more)


def _cells(name: str, entries: list[Any], configs: list[str], sources: list[str]) -> Iterator[Cell]:
    for number, entry in enumerate(entries, 1):
        where = f"{name}, cell {number}"
        if not isinstance(entry, Mapping):
            raise UsageError(f"{where}: expected a mapping with a config and one of {', '.join(UNITS)}")
        for key in entry:
            if key not in _CELL_KEYS:
                raise UsageError(f"{where}: {unknown('key', str(key), _CELL_KEYS, 'Keys: ' + ', '.join(_CELL_KEYS))}")
        if entry.get("config") not in configs:
            raise UsageError(f"{where}: {unknown('config', entry.get('config'), configs, 'All configs: mulco list')}")
        for source in entry.get("sources") or []:
            if source not in sources:
                raise UsageError(f"{where}: {unknown('source', source, sources, 'All sources: mulco sources')}")
        given = {unit: entry[unit] for unit in UNITS if entry.get(unit) is not None}
        if len(given) != 1:
            raise UsageError(f"{where}: exactly one of {', '.join(UNITS)} says how much, found {len(given)}")
        [(unit, value)] = given.items()
        if unit == "fraction" and not (isinstance(value, int | float) and 0 < value <= 1):
            raise UsageError(f"{where}: fraction is a number above 0 and at most 1, not {value!r}")
        if unit != "fraction" and not (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            raise UsageError(f"{where}: {unit} is a whole number above 0, not {value!r}")
        yield Cell(entry["config"], tuple(entry.get("sources") or ()), note=entry.get("note") or "", **given)
