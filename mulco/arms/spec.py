"""What arms are asked for: the factor in which they differ, how many rows, and how closely they must agree otherwise.

    Spec("complexity", rows=2000, parts=2)                       # arms low and high
    Spec("domain", tokens=1_000_000, other="mathematics")        # code alone, and with 3, 10 and 30 % mathematics

A spec is recorded in `arms.json`; with the rows it decides every byte of the arms.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from mulco.analysis.result import DOMAINS
from mulco.errors import UsageError, unknown

# How the arms of each factor come about: rows split by a measure, rows exchanged by shares, or rows picked.
SPLIT, SHARES, PICKED = "split", "shares", "picked"
KINDS = {
    "domain": SHARES, "diversity": SPLIT, "complexity": SPLIT, "algorithmic": SHARES, "coverage": PICKED,
    "quality": PICKED,
}  # fmt: skip
PARTS = {2: ("low", "high"), 3: ("low", "middle", "high")}
# The shares of the study: code with another domain 97:3, 9:1 and 7:3; algorithmic tasks in five steps.
SHARES_OF = {"domain": ("0", "97:3", "9:1", "7:3"), "algorithmic": ("0", "25", "50", "75", "100")}

NUMBERS = ("tokens", "complexity", "diversity")  # held in bins, by standardised mean difference; tokens as logarithm
NAMES = ("group", "language", "programming_language", "category", "domain")  # held exactly
# What comes with a factor cannot be held against it: mathematics has no programming language, and rows that are far
# from one another are diverse by definition.
_COMES_WITH = {
    "domain": ("domain", "group", "programming_language", "category", "complexity", "diversity"),
    "diversity": ("diversity",),
    "complexity": ("complexity",),
    "algorithmic": ("category",),
    "coverage": ("diversity",),
    "quality": (),
}
# Cohen (1988), p. 24: d = 0.8 is a large effect, 0.2 a small one. Rows that are picked among like ones differ less.
EFFECT = {SPLIT: 0.8, SHARES: 0.0, PICKED: 0.2}


@dataclass(frozen=True)
class Spec:
    """One set of arms. Raises UsageError for what cannot be meant."""

    factor: str
    rows: int | None = None  # in each arm; neither rows nor tokens: as many rows as match
    tokens: int | None = None  # in each arm, within 1 %
    parts: int = 3  # of diversity and complexity: 2 or 3 equal parts
    shares: tuple[str, ...] = ()  # of domain (97:3, or 3) and algorithmic (25); none: those of the study
    other: str = "general"  # the domain that code is mixed with
    agree: tuple[str, ...] = ()  # what the arms agree in; none: all that does not come with the factor
    tolerance: float = 0.1  # largest standardised mean difference; 0.1 is usual after matching (Austin 2009)
    effect: float | None = None  # least Cohen's d between neighbouring arms; None: EFFECT
    seed: int = 0
    eval_rows: int = 500  # at most so many rows for validation, and for test

    def __post_init__(self) -> None:
        if self.factor not in KINDS:
            raise UsageError(unknown("factor", self.factor, KINDS, f"Factors: {', '.join(KINDS)}"))
        if self.rows is not None and self.tokens is not None:
            raise UsageError("--rows and --tokens both say how large an arm is: give one of them")
        for name, value in (("rows", self.rows), ("tokens", self.tokens), ("eval-rows", self.eval_rows)):
            if value is not None and value < 1:
                raise UsageError(f"--{name} {value}: expected a whole number above 0")
        if self.parts not in PARTS:
            raise UsageError(f"--parts {self.parts}: expected 2 (low, high) or 3 (low, middle, high)")
        if self.shares and KINDS[self.factor] != SHARES:
            raise UsageError(f"--shares is for domain and algorithmic, not for {self.factor}")
        if self.factor == "domain" and (self.other not in DOMAINS or self.other == "code"):
            known = [domain for domain in DOMAINS if domain != "code"]
            raise UsageError(unknown("domain", self.other, known, f"--with one of: {', '.join(known)}"))
        for name in self.agree:
            if name not in (*NUMBERS, *NAMES):
                hint = f"--agree with some of: {', '.join((*NUMBERS, *NAMES))}"
                raise UsageError(unknown("factor", name, (*NUMBERS, *NAMES), hint))
            if name in _COMES_WITH[self.factor][:1]:
                raise UsageError(f"--agree {name}: arms that differ in {self.factor} cannot agree in {name}")
        for what, number in (("tolerance", self.tolerance), ("effect", self.effect)):
            if number is not None and not number >= 0:
                raise UsageError(f"--{what} {number}: expected a number that is not negative")
        if KINDS[self.factor] == SHARES:
            _ = self.fractions

    @property
    def kind(self) -> str:
        return KINDS[self.factor]

    @property
    def least(self) -> float:
        """Cohen's d that neighbouring arms must reach in the chosen factor."""
        return EFFECT[self.kind] if self.effect is None else self.effect

    @property
    def numbers(self) -> tuple[str, ...]:
        """The measures in which the arms agree."""
        return tuple(name for name in NUMBERS if name in self._held)

    @property
    def names(self) -> tuple[str, ...]:
        """The properties of which the arms have equal shares."""
        return tuple(name for name in NAMES if name in self._held)

    @property
    def fractions(self) -> tuple[Fraction, ...]:
        """The shares of the arms, ascending; that of the baseline, 0, is always among them."""
        given = self.shares or SHARES_OF[self.factor]
        return tuple(sorted({Fraction(0), *(share(text) for text in given)}))

    @property
    def arms(self) -> tuple[str, ...]:
        """The names of the arms: low, high; or by percent, mathematics-03; or the pick beside random."""
        if self.kind == SPLIT:
            return PARTS[self.parts]
        if self.kind == PICKED:
            return (self.factor, "random")
        name = self.other if self.factor == "domain" else self.factor
        percents = [100 * fraction for fraction in self.fractions]
        digits = len(str(int(max(percents))))
        return tuple(f"{name}-{_percent(percent, digits)}" for percent in percents)

    @property
    def facts(self) -> dict[str, Any]:
        """The spec as JSON has it, with what was left to the default filled in."""
        shown = asdict(self) | {"agree": [*self.numbers, *self.names], "effect": self.least}
        shown["shares"] = [_percent(100 * fraction) for fraction in self.fractions] if self.kind == SHARES else None
        unused = {SPLIT: ("shares", "other"), SHARES: ("parts",), PICKED: ("shares", "other", "parts")}[self.kind]
        if self.factor == "algorithmic":
            unused += ("other",)
        return {name: value for name, value in shown.items() if name not in unused}

    @property
    def _held(self) -> tuple[str, ...]:
        return self.agree or tuple(n for n in (*NUMBERS, *NAMES) if n not in _COMES_WITH[self.factor])


def share(text: str) -> Fraction:
    """The share that a text names: 97:3 and 3 are both three in a hundred. Raises UsageError."""
    try:
        if ratio := re.fullmatch(r"\s*(\d+):(\d+)\s*", text):
            base, other = int(ratio[1]), int(ratio[2])
            return Fraction(other, base + other)
        found = Fraction(text.strip().removesuffix("%")) / 100
        if 0 <= found <= 1:
            return found
    except (ValueError, ZeroDivisionError):
        pass
    raise UsageError(f"--shares {text}: expected percents such as 25, or ratios such as 97:3")


def _percent(percent: Fraction, digits: int = 0) -> str:
    """3 -> 3, or 03 with two digits; an eighth of a hundred -> 12.5."""
    whole, rest = divmod(percent, 1)
    tail = f"{float(round(rest, 2)):g}".removeprefix("0") if rest else ""
    return f"{int(whole):0{max(digits, 1)}d}{tail}"
