"""Equality, and how much of a text would have to be edited.

>>> em_token(["return  x ;"], ["return x ;"]).value, em_strict(["return  x ;"], ["return x ;"]).value
(100.0, 0.0)
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mulco.errors import UsageError
from mulco.evaluation.metrics.metric import Metric, References, Texts, alternatives, mean, rate

# CodeXGLUE's line completion hides literals; before it compares, it shows those that are frequent enough to be named.
NAMED_LITERAL = re.compile(r"<(?:STR|NUM|CHAR)_LIT:(.*?)>", re.S)
HIDDEN_LITERALS = {"<NUM_LIT>": "0", "<STR_LIT>": "", "<CHAR_LIT>": ""}


def em_strict(predictions: Texts, references: References) -> Metric:
    """Percent of items whose lines are equal but for blanks at both ends: repair and translation."""
    return _equal("em_strict", predictions, references, str.strip)


def em_token(predictions: Texts, references: References) -> Metric:
    """Percent of items whose whitespace tokens are equal: text-to-code and line completion."""
    return _equal("em_token", predictions, references, str.split)


def em_nospace(predictions: Texts, references: References) -> Metric:
    """Percent of items that are equal without any whitespace; never a primary metric."""
    return _equal("em_nospace", predictions, references, lambda text: "".join(text.split()))


def edit_sim(predictions: Texts, references: References, seed: int = 0, *, round_each: bool = False) -> Metric:
    """Mean of 100 times the normalised indel similarity; `round_each` rounds every pair first, as the original does.

    Two empty texts are alike, one empty text is like nothing.
    """
    values = [
        max(_similarity(prediction, text) for text in alternatives(reference))
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    if round_each:
        # the original's library rounds half to even, as round() does
        return mean("edit_sim_rounded", [round(v) for v in values], "fuzz.ratio|round:pair|scale:100", seed)
    return mean("edit_sim", values, "fuzz.ratio|scale:100", seed)


def shown_literals(text: str) -> str:
    """A line as line completion compares it: `x = <STR_LIT:utf-8> + <NUM_LIT>` is `x = utf-8 + 0`."""
    for hidden, shown in HIDDEN_LITERALS.items():
        text = text.replace(hidden, shown)
    return NAMED_LITERAL.sub(r"\1", text)


def _equal(name: str, predictions: Texts, references: References, form: Callable[[str], object]) -> Metric:
    hits = [
        prediction is not None and any(form(prediction) == form(text) for text in alternatives(reference))
        for prediction, reference in zip(predictions, references, strict=True)
    ]
    return rate(name, hits, "scale:100", scale=100)


def _similarity(prediction: str | None, reference: str) -> float:
    try:
        from rapidfuzz import fuzz
    except ImportError as err:
        raise UsageError('edit similarity needs rapidfuzz. Install it with: pip install "mulco[eval]"') from err
    if prediction is None or bool(prediction) != bool(reference):
        return 0.0
    return fuzz.ratio(prediction, reference) if prediction else 100.0
