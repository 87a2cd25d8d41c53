"""Rows that match: arms that differ in one factor and agree in all others, by coarsened exact matching.

    found = search(Split(pools), rows, spec)
    found.arms          # one array of row numbers for each arm
    found.numbers       # {"tokens": 0.04, "diversity": -0.02}: the largest difference between any two arms

Strata are group x language x programming language x category x domain x bins of the measures (Iacus, King, Porro 2012).
Every arm gets equally many rows from each stratum, so what is exact agrees exactly. Bins start as one for each measure;
those of the worst measure are halved until the arms agree within the tolerance, so few rows are lost. At each fineness
several draws are tried, as rerandomisation does (Morgan, Rubin 2012).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mulco.arms.designs import LEVEL, Design, Floats, Index, Matched, Rows
from mulco.arms.effects import cohen_d, share_difference
from mulco.arms.spec import NAMES, NUMBERS, Spec
from mulco.errors import MulcoError

DRAWS = 8  # tried at each fineness of the bins
FINEST = 64  # bins of a measure; beyond, hardly a stratum has rows of every pool


@dataclass(frozen=True)
class Found:
    """The arms, as sorted row numbers; how far they are apart in what they agree in; and how they were found."""

    arms: list[Index]
    numbers: dict[str, float]
    bins: dict[str, int]
    strata: int
    draw: int

    @property
    def rows(self) -> int:
        return len(self.arms[0])


class Unreachable(MulcoError):
    """No arms of the wanted size agree within the tolerance; `tolerance` is the tightest that they reach, or None."""

    def __init__(self, tolerance: float | None) -> None:
        self.tolerance = tolerance
        super().__init__("these arms do not match")


def search(design: Design, rows: Rows, spec: Spec, size: int | None = None, tokens: int | None = None) -> Found:
    """Arms of `size` rows, or of `tokens` tokens, or (neither) of as many rows as match; raises Unreachable."""
    bins = dict.fromkeys(spec.numbers, 1)
    tightest: float | None = None
    while True:
        strata = strata_of(rows, spec.names, bins)
        best: tuple[float, dict[str, float]] | None = None
        for draw in range(DRAWS):
            matched = design.match(rows, strata, draw)
            arms = _sized(matched, size, tokens)
            if arms is None:
                break
            apart = numbers_apart(rows, arms, spec.numbers)
            worst = max(map(abs, apart.values()), default=0.0)
            if tokens is not None and not _level(rows, arms, tokens):
                worst = max(worst, math.inf)
            if worst <= spec.tolerance:
                arms = [np.sort(arm) for arm in arms]
                return Found(arms, apart, bins, len(np.unique(strata[arms[0]])), draw)
            if best is None or worst < best[0]:
                best = (worst, apart)
        if best is None:  # too few rows match
            raise Unreachable(tightest)
        if math.isfinite(best[0]):
            tightest = best[0] if tightest is None else min(tightest, best[0])
        finer = [name for name in spec.numbers if bins[name] < FINEST]
        if not finer:
            raise Unreachable(tightest)
        level = "tokens" if not math.isfinite(best[0]) and "tokens" in finer else ""
        bins[level or max(finer, key=lambda name: abs(best[1][name]))] *= 2


def strata_of(rows: Rows, names: Iterable[str], bins: Mapping[str, int]) -> Index:
    """The number of each row's stratum: equal names, and the same quantile bin of each measure, or none."""
    columns = [rows.names[name] for name in names]
    columns += [_binned(rows.numbers[name], count) for name, count in bins.items()]
    if not columns:
        return np.zeros(len(rows.tokens), np.int64)
    _, found = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return found.reshape(-1).astype(np.int64)


def numbers_apart(rows: Rows, arms: Sequence[Index], names: Iterable[str] = NUMBERS) -> dict[str, float]:
    """For each measure the standardised difference of the two arms that are furthest apart."""
    return {
        name: max((cohen_d(rows.numbers[name][a], rows.numbers[name][b]) for a, b in combinations(arms, 2)), key=abs)
        for name in names
    }


def names_apart(rows: Rows, arms: Sequence[Index], names: Iterable[str] = NAMES) -> dict[str, float]:
    """For each property the largest difference of a share between any two arms, in percentage points."""
    return {
        name: max(share_difference(rows.names[name][a], rows.names[name][b]) for a, b in combinations(arms, 2))
        for name in names
    }


def _binned(values: Floats, count: int) -> Index:
    """Quantile bins from 0; -1 where not measured, so that is always a stratum of its own."""
    measured = values[~np.isnan(values)]
    if not measured.size:
        return np.full(len(values), -1, np.int64)
    edges = np.quantile(measured, np.linspace(0, 1, count + 1)[1:-1])
    return np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right")).astype(np.int64)


def _sized(matched: Matched, size: int | None, tokens: int | None) -> list[Index] | None:
    """Arms of the wanted size; None where fewer rows match."""
    if tokens is not None:
        size = matched.rows_for(tokens)
    elif size is None:
        size = matched.most
    return matched.arms(size, tokens) if 2 <= size <= matched.most else None


def _level(rows: Rows, arms: Sequence[Index], tokens: int) -> bool:
    """Whether every arm has the wanted tokens, and any two of them equally many, within 1 %."""
    sums = [int(rows.tokens[arm].sum()) for arm in arms]
    return max(*(abs(total - tokens) for total in sums), max(sums) - min(sums)) <= 2 * LEVEL * tokens
