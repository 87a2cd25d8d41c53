"""Texts a person reads: ROUGE-L over words and Han characters, chrF and BLEU of Chinese through sacrebleu.

>>> round(rouge_l(["打开文件，读取内容"], ["打开文件并读取全部内容"]).value, 5)
84.21053

The usual ROUGE drops every character that is not Latin, so that any pure Chinese pair scores 0 and a pair that shares
one Latin word scores 1: not here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from mulco.errors import UsageError
from mulco.evaluation.metrics.metric import Metric, References, Statistics, Texts, alternatives, mean, resampled

HAN_OR_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[a-z0-9]+")


def rouge_l(predictions: Texts, references: References, seed: int = 0) -> Metric:
    """The mean F measure over the longest common subsequence of tokens, in [0, 100]; 0 where a side is empty.

    A token is one Han character, or a run of Latin letters and digits, in lower case.
    """
    values = [
        max(_common_f(HAN_OR_WORD.findall(text.lower()), prediction) for text in alternatives(reference))
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    return mean("rouge_l", values, "tok:han+word|lower|stem:no|scale:100", seed)


def bleu_zh(predictions: Texts, references: References, seed: int = 0) -> Metric:
    """BLEU over Chinese characters (sacrebleu's tokenizer `zh`), over the corpus, in [0, 100]."""
    return _sacrebleu("bleu_zh", _metrics().BLEU(tokenize="zh"), predictions, references, seed)


def chrf(predictions: Texts, references: References, seed: int = 0) -> Metric:
    """chrF over the corpus, in [0, 100]: characters, so it needs no tokenizer in either language."""
    return _sacrebleu("chrf", _metrics().CHRF(), predictions, references, seed)


def _sacrebleu(name: str, metric: Any, predictions: Texts, references: References, seed: int) -> Metric:
    hypotheses = [prediction or "" for prediction in predictions]
    texts = [alternatives(reference) for reference in references]
    most = max(map(len, texts))
    streams = [[text[i] if i < len(text) else None for text in texts] for i in range(most)]
    value = float(metric.corpus_score(hypotheses, streams).score)
    # the two methods that sacrebleu's base class asks of every metric, and resamples by itself
    statistics = np.array(metric._extract_corpus_statistics(hypotheses, streams), dtype=np.float64)

    def fold(sums: Statistics) -> Statistics:
        return np.array([metric._compute_score_from_stats(row.astype(int).tolist()).score for row in sums])

    return resampled(name, value, statistics, fold, str(metric.get_signature()), seed)


def _metrics() -> Any:
    try:
        from sacrebleu import metrics
    except ImportError as err:
        raise UsageError('chrF and Chinese BLEU need sacrebleu. Install it with: pip install "mulco[eval]"') from err
    return metrics


def _common_f(reference: Sequence[str], prediction: str | None) -> float:
    tokens = HAN_OR_WORD.findall((prediction or "").lower())
    if not tokens or not reference:
        return 0.0
    row = [0] * (len(tokens) + 1)
    for token in reference:  # row[j]: longest common subsequence of the references so far and tokens[:j]
        before = 0
        for j, other in enumerate(tokens, 1):
            before, row[j] = row[j], before + 1 if token == other else max(row[j], row[j - 1])
    return 200 * row[-1] / (len(tokens) + len(reference))
