"""What the page of factors tells of an analysis: tables of numbers, histograms, and the points of a map.

    factors = read_factors(analysis)
    factors.tables["factors_summary"]     # a pandas DataFrame: dataset, group, rows, tokens, code, vendi, ...
    factors.of("mulco")["complexity"]     # its line for the whole data set

What the summary of the analysis says is taken from there; what only single rows can say is counted here: quartiles,
histograms, Cliff's delta, and which points stand for all on a map.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.analysis.result import CATEGORIES, DOMAINS, Analysis
from mulco.report.drawing import needed

if TYPE_CHECKING:
    import pandas as pd

WHOLE = ""  # the group that stands for a whole data set
UNASSIGNED = "unassigned"
MEASURES = ("decisions", "nesting", "lines", "perplexity", "complexity")
WAYS = ("rule", "nearest", "model")
BINS = 20  # of a histogram over [0, 1]
POINTS = 3_000  # of a map, over all data sets: more only grow the page
QUARTILES = (0.25, 0.5, 0.75)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Factors:
    """`tables` by name, each also written as CSV; `histograms` hold percents of rows by (data set, group) over BINS
    equal bins of complexity; `points` has dataset, group, x, y, and stands for `placed` rows; `deltas` is Cliff's delta
    of each measure where there are two data sets."""

    datasets: list[str]
    facts: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    histograms: dict[tuple[str, str], Floats]
    points: pd.DataFrame
    placed: int
    deltas: dict[str, float]

    def of(self, dataset: str, group: str = WHOLE) -> dict[str, Any]:
        """The line of the summary for a data set, or a group of it."""
        table = self.tables["factors_summary"]
        [found] = table[(table["dataset"] == dataset) & (table["group"] == group)].to_dict("records")
        return {str(name): value for name, value in found.items()}

    def groups(self, dataset: str) -> list[str]:
        """Its groups, the largest first; none where one group is all there is."""
        table = self.tables["factors_summary"]
        found = table[(table["dataset"] == dataset) & (table["group"] != WHOLE)]
        found = found.sort_values("rows", ascending=False, kind="stable")
        return [str(name) for name in found["group"]] if len(found) > 1 else []


def read_factors(analysis: Analysis) -> Factors:
    """Count what a page needs; raises MulcoError where pandas is missing."""
    needed("pandas")
    import pandas as pd

    rows = analysis.rows
    datasets = list(dict.fromkeys(str(entry["dataset"]) for entry in analysis.summary))
    places = _places(rows)
    ways = _ways(rows, places)
    summary = [
        {
            **{name: value for name, value in entry.items() if not isinstance(value, dict)},
            **ways[entry["dataset"], entry["group"]],
        }
        for entry in analysis.summary
    ]
    columns = {name: _numbers(rows, name) for name in MEASURES}
    tables = {
        "factors_summary": pd.DataFrame(summary),
        "factors_domain": pd.DataFrame(_counted(rows, places, "domain", DOMAINS)),
        "factors_quartiles": pd.DataFrame(_quartiles(columns, places)),
        "factors_categories": pd.DataFrame(_counted(rows, places, "category", CATEGORIES)),
    }
    histograms = {}
    for key, of in places.items():
        values = _known(columns["complexity"][of])
        if values.size:
            histograms[key] = 100 * np.histogram(values, BINS, (0.0, 1.0))[0] / values.size
    deltas = {}
    if len(datasets) == 2:
        first, second = (places[name, WHOLE] for name in datasets)
        deltas = {name: cliffs_delta(of[first], of[second]) for name, of in columns.items()}
    placed = int(_known(_numbers(rows, "x")).size)
    return Factors(datasets, analysis.facts, tables, histograms, _points(rows, len(datasets)), placed, deltas)


def cliffs_delta(first: Floats, second: Floats) -> float:
    """P(second > first) - P(second < first) over all pairs, in [-1, 1] (Cliff 1993); nan where one has no values."""
    one, two = np.sort(_known(first)), _known(second)
    if not one.size or not two.size:
        return float("nan")
    below, above = np.searchsorted(one, two, "left"), one.size - np.searchsorted(one, two, "right")
    return float((below.sum() - above.sum()) / (one.size * two.size))


def _ways(
    rows: pa.Table, places: dict[tuple[str, str], npt.NDArray[np.int64]]
) -> dict[tuple[str, str], dict[str, int]]:
    """How many rows of each group were labelled in each way."""
    column = np.array(rows["category_by"].to_pylist(), object)
    return {key: {way: int((column[of] == way).sum()) for way in WAYS} for key, of in places.items()}


def _places(rows: pa.Table) -> dict[tuple[str, str], npt.NDArray[np.int64]]:
    """Where the rows of each group stand, and those of each data set."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, key in enumerate(zip(rows["dataset"].to_pylist(), rows["group"].to_pylist(), strict=True)):
        found.setdefault((key[0], WHOLE), []).append(place)
        if key[1] != WHOLE:
            found.setdefault(key, []).append(place)
    return {key: np.array(of, np.int64) for key, of in found.items()}


def _numbers(rows: pa.Table, name: str) -> Floats:
    return np.array(rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _counted(
    rows: pa.Table, places: dict[tuple[str, str], npt.NDArray[np.int64]], column: str, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Rows with each value, and their share of the rows of the group that have one."""
    codes = np.array([len(names) if value is None else names.index(value) for value in rows[column].to_pylist()])
    entries = []
    for (dataset, group), of in places.items():
        counts = np.bincount(codes[of], minlength=len(names) + 1)[: len(names)]
        for name, n in zip(names, counts.tolist(), strict=True):
            share = round(n / max(1, int(counts.sum())), 6)
            entries.append({"dataset": dataset, "group": group, column: name, "rows": n, "share": share})
    return entries


def _quartiles(
    columns: dict[str, Floats], places: dict[tuple[str, str], npt.NDArray[np.int64]]
) -> list[dict[str, Any]]:
    """Quartiles of each measure over the rows that have it; the medians are those of the summary."""
    entries = []
    for (dataset, group), of in places.items():
        for name, values in columns.items():
            known = _known(values[of])
            found = np.quantile(known, QUARTILES) if known.size else [None] * 3
            entry = {"dataset": dataset, "group": group, "measure": name, "rows": known.size}
            told = [None if value is None else round(float(value), 6) for value in found]
            entries.append({**entry, **dict(zip(("p25", "p50", "p75"), told, strict=True))})
    return entries


def _points(rows: pa.Table, datasets: int) -> pd.DataFrame:
    """At most POINTS places on the plane, as many of each data set as there is room for, chosen by a hash of the id."""
    import pandas as pd

    frame = rows.select(["dataset", "group", "id", "x", "y"]).to_pandas().dropna(subset=["x", "y"])
    keys = [
        sha256(f"{dataset}\0{name}".encode()).hexdigest()
        for dataset, name in zip(frame["dataset"], frame["id"], strict=True)
    ]
    frame = frame.assign(key=keys).sort_values("key")
    chosen = frame.groupby("dataset", sort=False).head(POINTS // max(1, datasets))
    return pd.DataFrame(chosen[["dataset", "group", "x", "y"]]).reset_index(drop=True)
