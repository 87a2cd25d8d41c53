"""CodeBLEU (Ren et al. 2020, https://arxiv.org/abs/2009.10297) on today's grammars, its parts reported apart.

    for metric in code_bleu(predictions, references, "java"):
        print(metric.name, metric.value)

The two n-gram parts are the original's to the last digit. The syntax part uses current tree-sitter grammars, where
the original ships binaries of 2020 that are up to seven points away, and cuts comments out by the grammar, where the
original cuts them by Java's rules in every language. The data flow part is written from the paper's idea and, unlike
the original, gives the same value in every run. So a total is comparable with other totals of this package under the
same signature, and **not with published ones**. Data flow is known for Python, Java and C#; elsewhere there are three
parts and no total.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mulco.errors import UsageError
from mulco.evaluation.metrics.codebleu import dataflow, ngram, syntax
from mulco.evaluation.metrics.codebleu.keywords import KEYWORDS
from mulco.evaluation.metrics.metric import Metric, References, Statistics, Texts, alternatives, resampled
from mulco.languages import canonical

__all__ = ["code_bleu"]

SIGNATURE = "mulco-codebleu:1"


def code_bleu(predictions: Texts, references: References, programming_language: str, seed: int = 0) -> list[Metric]:
    """CodeBLEU and its parts, each in [0, 1]: `codebleu` first where there is data flow, then `codebleu_ngram`,
    `codebleu_weighted_ngram`, `codebleu_syntax` and `codebleu_dataflow`.

    One reference an item: of several the first counts. Raises UsageError for a language without grammar or keywords.
    """
    language = canonical(programming_language)
    if language not in KEYWORDS:
        known = ", ".join(KEYWORDS)
        raise UsageError(f"CodeBLEU knows no grammar for {programming_language!r}. It takes: {known}")
    pairs = [(p or "", alternatives(r)[0]) for p, r in zip(predictions, references, strict=True)]
    parts = dict(_parts(pairs, language))
    signature = f"{SIGNATURE}|lang:{language}|{syntax.version(language)}|scale:1"
    metrics = [
        resampled(f"codebleu_{name}", float(fold(rows.sum(axis=0, keepdims=True))[0]), rows, fold, signature, seed)
        for name, (rows, fold) in parts.items()
    ]
    if "dataflow" not in parts:
        return metrics
    return [_total(parts, signature, seed), *metrics]


Part = tuple[Statistics, "ngram.Fold"]


def _parts(pairs: list[tuple[str, str]], language: str) -> Iterator[tuple[str, Part]]:
    tokens = [(prediction.split(), reference.split()) for prediction, reference in pairs]
    yield "ngram", (ngram.statistics(tokens), ngram.fold)
    yield "weighted_ngram", (ngram.statistics(tokens, KEYWORDS[language]), ngram.fold)
    trees = [(syntax.parse(prediction, language), syntax.parse(reference, language)) for prediction, reference in pairs]
    yield "syntax", (np.array([syntax.matches(*pair) for pair in trees], dtype=np.float64), share)
    if language in dataflow.LANGUAGES:
        rows = [dataflow.matches(prediction, reference, language) for prediction, reference in trees]
        yield "dataflow", (np.array(rows, dtype=np.float64), share)


def share(sums: Statistics) -> Statistics:
    """Matches over all; without anything to match 0, as in the original."""
    return np.divide(sums[:, 0], sums[:, 1], out=np.zeros(len(sums)), where=sums[:, 1] > 0)


def _total(parts: dict[str, Part], signature: str, seed: int) -> Metric:
    widths = np.cumsum([0, *(rows.shape[1] for rows, _ in parts.values())])
    together = np.hstack([rows for rows, _ in parts.values()])

    def fold(sums: Statistics) -> Statistics:
        values = [
            part(sums[:, widths[i] : widths[i + 1]]) for i, (_, part) in enumerate(parts.values())
        ]  # each (draws,)
        total: Statistics = np.mean(values, axis=0)
        return total

    value = float(fold(together.sum(axis=0, keepdims=True))[0])
    return resampled("codebleu", value, together, fold, f"{signature}|weights:0.25x4", seed)
