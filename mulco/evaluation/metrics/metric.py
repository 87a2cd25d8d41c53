"""A measured value with its interval, and what every metric of this package is computed from.

    Metric("accuracy", 0.5, 0.0945, 0.9055, 2, "wilson:95%", True)

Each metric gives one row of statistics an item, and folds their sums into a value. So a metric over a corpus, whose
value is no mean of values, gets its interval by resampling the rows (Efron 1979) without judging a text twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = Sequence[str | None]  # None: there is no prediction, or none that could be read
References = Sequence[str | Sequence[str]]  # one text an item, or several of which each is right
Statistics = NDArray[np.float64]
Fold = Callable[[Statistics], Statistics]  # (resamples, statistics) -> (resamples,)

RESAMPLES = 1000  # Koehn 2004, Statistical Significance Tests for Machine Translation Evaluation, uses as many
Z95 = 1.959963984540054  # the 97.5 % quantile of the normal distribution


@dataclass(frozen=True)
class Metric:
    """One value. `low` and `high` bound its 95 % interval; `signature` says how it was computed, versions included."""

    name: str
    value: float
    low: float
    high: float
    n: int
    signature: str
    higher_is_better: bool = True
    # What a comparison of two runs over the same items needs: whether each item is right (a rate), or the values of the
    # resamples (any other metric). The same seed and number of items give the same resamples, so those are paired.
    hits: Sequence[bool] | None = field(default=None, repr=False, compare=False)
    draws: Statistics | None = field(default=None, repr=False, compare=False)

    def facts(self) -> dict[str, Any]:
        """The value and what goes with it, as plain JSON values."""
        names = ("name", "value", "low", "high", "n", "signature", "higher_is_better")
        return {name: getattr(self, name) for name in names}


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927), in [0, 1]; of no trials it is all of it."""
    if n == 0:
        return 0.0, 1.0
    rate, square = hits / n, Z95 * Z95
    middle = (rate + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(name: str, hits: Sequence[bool], signature: str, scale: float = 1.0) -> Metric:
    """The share of hits, times `scale`, with Wilson's interval."""
    n, count = len(hits), sum(hits)
    low, high = wilson(count, n)
    return Metric(name, count / n * scale, low * scale, high * scale, n, f"{signature}|ci:wilson", hits=hits)


def resampled(name: str, value: float, statistics: Statistics, fold: Fold, signature: str, seed: int = 0) -> Metric:
    """A value with the percentile interval of `RESAMPLES` draws of its items, the same for the same seed.

    `statistics` is (items, statistics). Items are drawn with replacement, as often as there are.
    """
    n = len(statistics)
    draws = np.random.default_rng(seed)
    sums = np.empty((RESAMPLES, statistics.shape[1]))
    for i in range(RESAMPLES):  # one at a time: memory stays that of the statistics, whatever their number
        # how often each item was drawn; ten times as fast as draws.multinomial
        counts = np.bincount(draws.integers(0, n, n), minlength=n)
        sums[i] = counts @ statistics
    drawn = fold(sums)
    low, high = np.percentile(drawn, [2.5, 97.5])
    how = f"{signature}|ci:bootstrap{RESAMPLES}|seed:{seed}"
    return Metric(name, value, float(low), float(high), n, how, draws=drawn)


def mean(name: str, values: Sequence[float], signature: str, seed: int = 0) -> Metric:
    """The mean of one value an item."""
    statistics = np.array(values, dtype=np.float64)[:, None]
    return resampled(
        name, sum(values) / len(values), statistics, lambda sums: sums[:, 0] / len(values), signature, seed
    )


def alternatives(reference: str | Sequence[str]) -> list[str]:
    """The right texts of an item."""
    return [reference] if isinstance(reference, str) else list(reference)
