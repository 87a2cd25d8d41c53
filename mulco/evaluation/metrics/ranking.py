"""Ranked lists: mean reciprocal rank, and mean average precision at R.

>>> mrr([["a", "b"], ["b", "a"], ["c"]], ["a", "a", "a"]).value
0.5
>>> round(map_at_r([["a", "x", "c"]], [["a", "b", "c"]]).value, 4)
0.5556
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mulco.errors import UsageError
from mulco.evaluation.metrics.metric import Metric, mean

Rankings = Sequence[Sequence[Any] | None]


def mrr(predictions: Rankings, references: Sequence[Any], seed: int = 0) -> Metric:
    """The mean of 1 / rank of the one right id, 0 where the list lacks it, in [0, 1]."""
    values = [
        next((1 / rank for rank, item in enumerate(ranking or (), 1) if item == right), 0.0)
        for ranking, right in zip(predictions, references, strict=True)
    ]
    return mean("mrr", values, "scale:1", seed)


def map_at_r(predictions: Rankings, references: Sequence[Sequence[Any]], seed: int = 0) -> Metric:
    """MAP@R as CodeXGLUE computes it on POJ-104, in [0, 1]: R items are right, and the list holds exactly R.

    The sum over the hits of (hits up to here) / rank, divided by R; then the mean over queries.
    """
    values = []
    for number, (ranking, right) in enumerate(zip(predictions, references, strict=True), 1):
        if ranking is None:
            values.append(0.0)
            continue
        if len(ranking) != len(right):
            raise UsageError(
                f"query {number}: a list of {len(ranking)} ids, but {len(right)} are right. MAP@R judges exactly as "
                f"many as are right: cut or fill the list"
            )
        answers, hits = set(right), [rank for rank, item in enumerate(ranking, 1) if item in set(right)]
        values.append(sum(count / rank for count, rank in enumerate(hits, 1)) / len(answers))
    return mean("map_at_r", values, "scale:1", seed)
