"""BLEU in the two forms of CodeXGLUE's evaluators; they are not each other's, nor sacrebleu's.

>>> round(corpus_bleu(["int x ;"], ["int y ;"]).value, 4)
59.4604
>>> round(smoothed_bleu4(["Returns the sum of two numbers."], ["return the sum of numbers"]).value, 6)
38.107255

`bleu` (repair, translation, generation): whitespace tokens, matches and totals of orders 1 to 4 summed over the
corpus, then one added to both in every order. `smoothed_bleu4` (summarization): per item, one added in orders 2 to 4
only, then the mean. Two consequences are theirs: `bleu` of one wrong token against one token is 84.09, and
`smoothed_bleu4` of an empty text against one token is 36.79.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mulco.evaluation.metrics.metric import Metric, References, Statistics, Texts, alternatives, mean, resampled

ORDERS = 4
TINY = sys.float_info.min  # keeps the logarithm of a first order without a match finite
# One regular expression stands for the chain of the original (strip punctuation off words, then the normalisation of
# mteval-v11a): equal on 200,000 random strings. A run of word characters without `_`, or any other character alone.
WORD_OR_SIGN = re.compile(r"[^\W_]+|\S")


def corpus_bleu(predictions: Texts, references: References, seed: int = 0, name: str = "bleu") -> Metric:
    """BLEU over the corpus as in CodeXGLUE's refinement, translation and text-to-code, in [0, 100]."""
    statistics = np.array(
        [
            _matches([text.split() for text in alternatives(reference)], (prediction or "").split())
            for prediction, reference in zip(predictions, references, strict=True)
        ],
        dtype=np.float64,
    )
    value = _corpus_value(statistics.sum(axis=0).tolist())
    return resampled(name, value, statistics, _corpus_values, "codexglue|smooth:add1-all|tok:split|scale:100", seed)


def smoothed_bleu4(predictions: Texts, references: References, seed: int = 0) -> Metric:
    """The mean of sentence BLEU as in CodeXGLUE's code summarization, in [0, 100]; no prediction counts 0."""
    scores = [
        0.0 if prediction is None else _sentence_value([summary_tokens(t) for t in alternatives(reference)], prediction)
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    # summed before it is scaled, as the original does: its printed digits depend on it
    made = mean("smoothed_bleu4", scores, "codexglue|smooth:add1-2to4|lower|scale:100", seed)
    draws = None if made.draws is None else made.draws * 100
    value = sum(scores) * 100.0 / len(scores)
    return replace(made, value=value, low=made.low * 100, high=made.high * 100, draws=draws)


def summary_tokens(text: str) -> list[str]:
    """The tokens of smoothed_bleu4: `in_place` is three."""
    return WORD_OR_SIGN.findall(text.strip().lower())


def ngrams(tokens: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + order]) for i in range(len(tokens) - order + 1))


def _matches(references: list[list[str]], prediction: list[str]) -> list[int]:
    """Clipped matches of four orders, totals of four orders, length of the prediction, of the shortest reference."""
    matches, totals = [], []
    for order in range(1, ORDERS + 1):
        most: Counter[tuple[str, ...]] = Counter()
        for reference in references:
            most |= ngrams(reference, order)
        matches.append((ngrams(prediction, order) & most).total())
        totals.append(max(len(prediction) - order + 1, 0))
    return [*matches, *totals, len(prediction), min(map(len, references))]


def _corpus_value(sums: Sequence[float]) -> float:
    length, reference_length = sums[8], sums[9]
    if length == 0:
        return 0.0  # the original divides by zero
    logarithm = sum(1 / ORDERS * math.log((sums[i] + 1) / (sums[ORDERS + i] + 1)) for i in range(ORDERS))
    # `1 - 1 / ratio` is the original's form; `1 - reference / length` differs from it in the last digit
    brevity = 1.0 if length > reference_length else math.exp(1 - 1 / (length / reference_length))
    return 100 * (math.exp(logarithm) * brevity)


def _corpus_values(sums: Statistics) -> Statistics:
    with np.errstate(divide="ignore"):
        logarithms = np.log((sums[:, :4] + 1) / (sums[:, 4:8] + 1)).mean(axis=1)
        brevity = np.exp(np.minimum(0.0, 1 - sums[:, 9] / sums[:, 8]))
    values: Statistics = np.where(sums[:, 8] == 0, 0.0, 100 * np.exp(logarithms) * brevity)
    return values


def _sentence_value(references: list[list[str]], prediction: str) -> float:
    sums = _matches(references, summary_tokens(prediction))
    logarithm = 0.0
    for i in range(ORDERS):
        added = 1 if i else TINY
        logarithm += math.log(sums[i] + added) - math.log(sums[ORDERS + i] + added)
    return math.exp(logarithm / ORDERS + min(0.0, 1 - (sums[9] + 1) / (sums[8] + 1)))
