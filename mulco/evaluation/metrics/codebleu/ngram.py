"""The n-gram parts of CodeBLEU: BLEU with the original's quirks, and the same with keywords counting more.

Each item adds at least 1 to every denominator, a numerator of 0 over the corpus becomes 0.1, and no common unigram at
all gives 0. The weighted part is a recall: its unigrams weigh 1 where they are keywords, else 0.2, and its brevity
penalty takes every reference for two tokens long. So a short text is not 1.0 with itself: `x = 1` has 0.5623 and
0.4949.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from mulco.evaluation.metrics.bleu import ORDERS, ngrams
from mulco.evaluation.metrics.metric import Fold, Statistics

__all__ = ["Fold", "fold", "statistics"]

OTHER_WEIGHT = 0.2  # of a unigram that is no keyword
FLOOR = 0.1  # stands for a numerator of 0


def statistics(pairs: Sequence[tuple[list[str], list[str]]], keywords: Set[str] | None = None) -> Statistics:
    """(items, 10): numerators and denominators of four orders, length of the prediction, of the reference.

    A pair is the tokens of a prediction and of its reference; with `keywords` it is the weighted part.
    """
    rows = []
    for prediction, reference in pairs:
        numerators, denominators = [], []
        for order in range(1, ORDERS + 1):
            theirs, right = ngrams(prediction, order), ngrams(reference, order)
            whole = theirs if keywords is None else right

            def weight(gram: tuple[str, ...], order: int = order) -> float:
                return OTHER_WEIGHT if keywords is not None and order == 1 and gram[0] not in keywords else 1.0

            numerators.append(sum(weight(gram) * count for gram, count in (right & theirs).items()))
            denominators.append(max(1.0, sum(weight(gram) * count for gram, count in whole.items())))
        length = len(reference) if keywords is None else 2
        rows.append([*numerators, *denominators, len(prediction), length])
    return np.array(rows, dtype=np.float64)


def fold(sums: Statistics) -> Statistics:
    """Summed statistics -> the score in [0, 1]."""
    numerators, denominators, length, reference = sums[:, :4], sums[:, 4:8], sums[:, 8], sums[:, 9]
    precision = np.where(numerators > 0, numerators, FLOOR) / denominators
    with np.errstate(divide="ignore"):
        brevity = np.where(length > reference, 1.0, np.exp(1 - reference / length))
    value: Statistics = np.where(numerators[:, 0] == 0, 0.0, brevity * np.exp(np.log(precision).mean(axis=1)))
    return value
