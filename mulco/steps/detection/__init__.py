"""Which of 13 programming languages a snippet is in: guesslang, mulco's own small model and a parser together.

    detect(["SELECT 1;", "puts x"], ["sql", None])  # [("sql", 0.99), ("ruby", 0.9...)]

Short snippets, most of what instruction data hold, are where guesslang fails. So three kinds of evidence are added up,
as logarithms: guesslang's probabilities, restricted to the 13; those of `linear`, a small model trained on short
snippets; and, where these two leave a doubt, how badly the text parses in their three best languages. Who already
believes in a language, as a source does by its own signs, says so, and that counts as well. `benchmarks/detectors.py`
measures all of it beside guesslang and magika.

It is never asked about sources that label their languages, so never about tokenised code or code put on one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mulco.steps.detection.linear import LANGUAGES, log_probabilities
from mulco.steps.guesslang import Guess
from mulco.steps.parsing import error_ratio

__all__ = ["LANGUAGES", "detect"]

Evidence = npt.NDArray[np.float64]  # (13,): a logarithm for each language

# Round numbers, chosen on the snippets that benchmarks/detectors.py reports on, so its figures are a little optimistic.
LINEAR = 2.0  # how much more the small model counts than guesslang
ERRORS, ANY_ERROR = 3.0, 1.0  # what a text loses that is all errors, and what one loses that has any
NO_GRAMMAR = 0.5  # what it loses in a language without a grammar
BELIEF = 2.0  # what a language gains that somebody believes in
SURE = 0.98  # from this share on it is not parsed in others
PARSED = 3  # languages that are tried
SUPERSETS = {"javascript": "typescript", "c": "c++"}  # all code in the first is code in the second
_GUESSLANG = {"bash": "Shell", "c": "C", "c#": "C#", "c++": "C++", "go": "Go", "html": "HTML", "java": "Java",
              "javascript": "JavaScript", "php": "PHP", "python": "Python", "ruby": "Ruby", "sql": "SQL",
              "typescript": "TypeScript"}  # fmt: skip


def detect(texts: Sequence[str], believed: Sequence[str | None] | None = None) -> list[tuple[str, float]]:
    """The language of each text, and its share of the evidence for all 13, from 0 to 1: an order, no frequency."""
    guess = Guess()
    columns = [guess.supported_languages.index(_GUESSLANG[language]) for language in LANGUAGES]
    scores = np.log(guess.probabilities_batch(texts)[:, columns]) + LINEAR * log_probabilities(texts)  # (texts, 13)
    for row, language in enumerate(believed or ()):
        if language in LANGUAGES:
            scores[row, LANGUAGES.index(language)] += BELIEF
    return [_decided(text, evidence) for text, evidence in zip(texts, scores, strict=True)]


def _decided(text: str, evidence: Evidence) -> tuple[str, float]:
    """The language of one text, after a look at how it parses where there is a doubt."""
    shares = _shares(evidence)
    if shares.max() < SURE:
        best = np.argsort(-evidence, kind="stable")[:PARSED]
        parsed = np.full(len(LANGUAGES), -np.inf)
        for column in best:
            parsed[column] = evidence[column] - _loss(error_ratio(text, LANGUAGES[column]))
        shares = _shares(parsed)
    language, share = LANGUAGES[int(shares.argmax())], float(shares.max())
    return _dialect(text, language), share


def _loss(ratio: float | None) -> float:
    """What a language loses by how a text parses in it."""
    return NO_GRAMMAR if ratio is None else ERRORS * ratio + (ANY_ERROR if ratio else 0)


def _dialect(text: str, language: str) -> str:
    """The superset instead of a language, where the text has less than half of its errors there; and JavaScript instead
    of TypeScript where it has none in JavaScript. Words and bytes hardly tell these pairs apart, grammars do."""
    superset = SUPERSETS.get(language)
    if superset:
        errors = error_ratio(text, language)
        if errors and (error_ratio(text, superset) or 0.0) < errors / 2:
            return superset
    if language == "typescript" and not error_ratio(text, "javascript"):
        return "javascript"
    return language


def _shares(evidence: Evidence) -> Evidence:
    """Evidence as shares that sum to one. All of it comes from the same text, so it is halved."""
    powers = np.exp((evidence - evidence.max()) / 2)
    return np.asarray(powers / powers.sum())
