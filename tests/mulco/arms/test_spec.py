"""A spec: names of arms, shares as they are typed, what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mulco.arms.spec import Spec, share
from mulco.errors import UsageError


@pytest.mark.parametrize(
    ("spec", "arms"),
    [
        (Spec("complexity"), ("low", "middle", "high")),
        (Spec("diversity", parts=2), ("low", "high")),
        (Spec("domain", other="mathematics"), ("mathematics-00", "mathematics-03", "mathematics-10", "mathematics-30")),
        (Spec("domain", shares=("7:1",)), ("general-00", "general-12.5")),
        (Spec("algorithmic"), tuple(f"algorithmic-{percent:03}" for percent in (0, 25, 50, 75, 100))),
        (Spec("coverage"), ("coverage", "random")),
        (Spec("quality"), ("quality", "random")),
    ],
)
def test_arms_have_names(spec: Spec, arms: tuple[str, ...]) -> None:
    assert spec.arms == arms


def test_shares_are_percents_or_ratios() -> None:
    assert [share(text) for text in ("97:3", "3", "3%", "0", "100")] == [
        Fraction(3, 100), Fraction(3, 100), Fraction(3, 100), 0, 1,
    ]  # fmt: skip
    assert Spec("algorithmic", shares=("50", "1:1")).fractions == (0, Fraction(1, 2))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"factor": "complexty"}, "no factor 'complexty'. Close matches: complexity"),
        ({"factor": "complexity", "rows": 5, "tokens": 5}, "give one of them"),
        ({"factor": "complexity", "rows": 0}, "--rows 0: expected a whole number above 0"),
        ({"factor": "complexity", "parts": 4}, r"--parts 4: expected 2 \(low, high\) or 3"),
        ({"factor": "complexity", "shares": ("3",)}, "--shares is for domain and algorithmic, not for complexity"),
        ({"factor": "domain", "other": "code"}, "no domain 'code'"),
        ({"factor": "domain", "shares": ("lots",)}, "--shares lots: expected percents such as 25, or ratios"),
        ({"factor": "domain", "shares": ("101",)}, "--shares 101"),
        ({"factor": "domain", "shares": ("0:0",)}, "--shares 0:0"),
        ({"factor": "quality", "agree": ("lenght",)}, "no factor 'lenght'"),
        ({"factor": "complexity", "agree": ("complexity",)}, "arms that differ in complexity cannot agree in"),
        ({"factor": "complexity", "tolerance": -1}, "--tolerance -1: expected a number that is not negative"),
        ({"factor": "complexity", "effect": float("nan")}, "--effect nan"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Spec(**given)


def test_its_facts_name_what_was_left_to_the_default() -> None:
    assert Spec("domain", rows=10).facts == {
        "factor": "domain", "rows": 10, "tokens": None, "shares": ["0", "3", "10", "30"], "other": "general",
        "agree": ["tokens", "language"], "tolerance": 0.1, "effect": 0.0, "seed": 0, "eval_rows": 500,
    }  # fmt: skip
