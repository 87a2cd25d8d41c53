"""The chosen factor: the rows it can say something of, and the design by which it makes arms of them.

factor = Factor.of(analysis, Spec("complexity", parts=2))
factor.usable           # a mask over the rows of the analysis
factor.design(...)      # Split([rows of low complexity, rows of high complexity])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.analysis.result import ALGORITHMIC, Analysis
from mulco.arms import quality
from mulco.arms.designs import Design, Picked, Rows, Shares, Split, mixed
from mulco.arms.heldout import hashes
from mulco.arms.spec import NAMES, NUMBERS, SHARES, SPLIT, Spec
from mulco.errors import MulcoError, UsageError

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Tick = Callable[[int, int], None]
Points = npt.NDArray[np.float32]
_BLOCK = 1000  # rows compared at a time
_WEIGHTED = 10**6  # the salt of the weighted draw, far from those of the matching


@dataclass(frozen=True)
class Factor:
    """The chosen factor: the rows it can say something of, and its value for each row of the analysis.

    `value` is the measure itself (split, quality), or 1 for rows that are counted in a share; NaN for other rows.
    """

    name: str
    value: Floats
    embeddings: Points | None = None

    @classmethod
    def of(cls, analysis: Analysis, spec: Spec) -> Factor:
        rows = analysis.rows
        if spec.kind == SPLIT:
            return cls(spec.factor, floats(rows, spec.factor))
        if spec.factor == "domain":
            domains = np.array(rows["domain"].to_pylist(), object)
            wanted = (domains == "code") | (domains == spec.other)
            return cls(spec.other, np.where(wanted, (domains == spec.other).astype(np.float64), np.nan))
        if spec.factor == "algorithmic":
            categories = rows["category"].to_pylist()
            return cls("algorithmic", np.array([np.nan if c is None else float(c in ALGORITHMIC) for c in categories]))
        if spec.rows is None and spec.tokens is None:
            raise UsageError(f"{spec.factor}: say how many rows are to be picked, with --rows or --tokens")
        if spec.factor == "quality":
            return cls("quality", quality.score(analysis.read))
        if analysis.embeddings is None:
            raise MulcoError(
                "coverage compares rows by their embeddings, which mulco analyze does not write. Leave --analysis out: "
                "mulco select makes them anew"
            )
        return cls("coverage", np.zeros(rows.num_rows), analysis.embeddings)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.value)

    def design(self, rows: Rows, free: Index, spec: Spec, tick: Tick) -> Design:
        """How the arms come about, in numbers of the free rows."""
        value, every = self.value[free], np.arange(len(free))
        if spec.kind == SPLIT:
            # equal values stay together: the parts are those of the measure, not of the order of the rows
            edges = np.quantile(value, np.linspace(0, 1, spec.parts + 1)[1:-1]) if len(free) else np.empty(0)
            part = np.searchsorted(edges, value, side="left")
            return Split([every[part == number] for number in range(spec.parts)])
        if spec.kind == SHARES:
            return Shares(every[value == 0], every[value == 1], spec.fractions)
        if spec.factor == "quality":
            return Picked(_prefix(quality.weighted(value, mixed(rows.hashes, _WEIGHTED)), rows, spec))
        return Picked(self._spread(rows, free, spec, tick))

    def _spread(self, rows: Rows, free: Index, spec: Spec, tick: Tick) -> Index:
        """Rows far from one another, beginning with the one of the smallest hash, which also wins between equals."""
        from mulco.analysis.diversity import farthest_first

        assert self.embeddings is not None
        order = np.argsort(rows.hashes, kind="stable")
        space = self.embeddings[free[order]]
        names = [f"{place:012d}" for place in range(len(order))]
        wanted = spec.rows or max(2, round(1.1 * (spec.tokens or 0) / max(1.0, float(rows.tokens.mean()))))
        while True:
            wanted = min(wanted, len(order))
            picks = order[farthest_first(space, wanted, names, start=0, tick=tick)]
            if spec.tokens is None or rows.tokens[picks].sum() >= spec.tokens or wanted == len(order):
                return _prefix(picks, rows, spec)
            wanted *= 2

    def values(self, arm: Index, free: Index) -> Floats:
        """What each row of an arm has of the factor; for coverage, how far the nearest other row of the arm is."""
        if self.embeddings is None:
            return self.value[free[arm]]
        space = self.embeddings[free[arm]]
        return _gaps(space, space, itself=False)

    def gaps(self, arm: Index, free: Index) -> dict[str, float]:
        """For coverage: how far rows that might have been chosen are from the nearest chosen one."""
        if self.embeddings is None:
            return {}
        gaps = _gaps(self.embeddings[free], self.embeddings[free[arm]])
        return {"mean_gap": float(gaps.mean()), "largest_gap": float(gaps.max())}


def _prefix(picks: Index, rows: Rows, spec: Spec) -> Index:
    """The first rows picked: so many, or those whose tokens come nearest to the wanted."""
    if spec.rows is not None:
        return picks[: spec.rows]
    sums = np.cumsum(rows.tokens[picks])
    return picks[: int(np.argmin(np.abs(sums - (spec.tokens or 0)))) + 1] if len(picks) else picks


def _gaps(space: Points, chosen: Points, itself: bool = True) -> Floats:
    """1 - the cosine of each row to the nearest chosen one; without `itself` both are the same rows, in one order."""
    nearest = []
    for start in range(0, len(space), _BLOCK):
        cosines = space[start : start + _BLOCK] @ chosen.T  # (block, chosen)
        if not itself:
            cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -np.inf
        nearest.append(cosines.max(axis=1))
    return 1 - np.concatenate(nearest).astype(np.float64)


def rows_of(analysis: Analysis, free: Index, spec: Spec) -> Rows:
    """The free rows as arrays."""
    read, measured = analysis.read.take(pa.array(free)), analysis.rows.take(pa.array(free))
    tokens = measured["tokens"].to_numpy().astype(np.int64)
    numbers = {name: floats(measured, name) for name in NUMBERS if name != "tokens"}
    numbers["tokens"] = np.log(np.maximum(tokens, 1))
    names = {name: _codes(measured[name]) for name in NAMES}
    pairs = zip(measured["dataset"].to_pylist(), measured["group"].to_pylist(), strict=True)
    names["group"] = _codes(pa.chunked_array([pa.array([f"{d}\0{g}" for d, g in pairs], pa.string())]))
    return Rows(hashes(read, spec, "select"), tokens, numbers, names)


def floats(table: pa.Table, name: str) -> Floats:
    """A column as numbers, NaN for null."""
    return np.array([np.nan if value is None else value for value in table[name].to_pylist()], np.float64)


def _codes(column: pa.ChunkedArray) -> Index:
    """Values as numbers in the order of the values; -1 for null."""
    texts = column.to_pylist()
    numbers = {text: number for number, text in enumerate(sorted({text for text in texts if text is not None}))}
    return np.array([-1 if text is None else numbers[text] for text in texts], np.int64)
