"""Labels: accuracy, precision, recall, F1 of the positive class, and F1 averaged over both classes.

>>> made = {m.name: m.value for m in binary([1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0])}
>>> made["f1"], made["macro_f1"]
(0.5, 0.625)

A prediction of None could not be read: it is wrong, in F1 as the label that the item does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mulco.evaluation.metrics.metric import Metric, Statistics, rate, resampled


def accuracy(predictions: Sequence[Any], references: Sequence[Any], name: str = "accuracy") -> Metric:
    """The share of labels that are right, in [0, 1]."""
    return rate(name, [p == r for p, r in zip(predictions, references, strict=True)], "scale:1")


def accuracy_by_group(
    predictions: Sequence[Any], references: Sequence[Any], groups: Sequence[str], seed: int = 0
) -> list[Metric]:
    """Cloze: `accuracy` over all items, `accuracy_macro` as the mean of the groups, and `accuracy:<group>` of each."""
    names = sorted(set(groups))
    hits = [p == r for p, r in zip(predictions, references, strict=True)]
    each = [
        rate(f"accuracy:{name}", [hit for hit, group in zip(hits, groups, strict=True) if group == name], "scale:1")
        for name in names
    ]
    statistics = np.zeros((len(hits), 2 * len(names)))
    for i, (hit, group) in enumerate(zip(hits, groups, strict=True)):
        statistics[i, names.index(group)] = hit
        statistics[i, len(names) + names.index(group)] = 1

    def fold(sums: Statistics) -> Statistics:
        rates: Statistics = sums[:, : len(names)] / np.maximum(sums[:, len(names) :], 1)
        averaged: Statistics = rates.mean(axis=1)
        return averaged

    macro = sum(metric.value for metric in each) / len(each)
    return [
        rate("accuracy", hits, "scale:1|mean:items"),
        resampled("accuracy_macro", macro, statistics, fold, "scale:1|mean:groups", seed),
        *each,
    ]


def binary(predictions: Sequence[int | None], references: Sequence[int], seed: int = 0) -> list[Metric]:
    """Accuracy, F1, precision, recall of class 1 and macro F1, each in [0, 1]; an undefined one is 0."""
    pairs = [(1 - r if p is None else p, r) for p, r in zip(predictions, references, strict=True)]
    # (items, 4): true positives, false positives, false negatives, true negatives
    statistics = np.array([[p & r, p & ~r & 1, ~p & r & 1, ~p & ~r & 1] for p, r in pairs], dtype=np.float64)
    sums = statistics.sum(axis=0, keepdims=True)
    folds = {"f1": _f1, "precision": _precision, "recall": _recall, "macro_f1": _macro_f1}
    return [
        accuracy(predictions, references),
        *(
            resampled(name, float(fold(sums)[0]), statistics, fold, "scale:1|positive:1|undefined:0", seed)
            for name, fold in folds.items()
        ),
    ]


def _share(part: Statistics, whole: Statistics) -> Statistics:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _precision(sums: Statistics) -> Statistics:
    return _share(sums[:, 0], sums[:, 0] + sums[:, 1])


def _recall(sums: Statistics) -> Statistics:
    return _share(sums[:, 0], sums[:, 0] + sums[:, 2])


def _f1(sums: Statistics) -> Statistics:
    return _share(2 * sums[:, 0], 2 * sums[:, 0] + sums[:, 1] + sums[:, 2])


def _macro_f1(sums: Statistics) -> Statistics:
    other = _share(2 * sums[:, 3], 2 * sums[:, 3] + sums[:, 1] + sums[:, 2])
    return (_f1(sums) + other) / 2
