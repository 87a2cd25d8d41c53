"""Quality steps: pure functions on an Arrow table of rows, each in a file of its own, and the profiles made of them.

What a step gets and may say is told in `mulco/steps/step.py`. A profile is a tuple of steps, in the order in which they
judge; those that compare rows with each other come after those that look at one row at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mulco.errors import UsageError, unknown
from mulco.steps import leaks
from mulco.steps.answers import answers
from mulco.steps.contamination import INDEX, contamination
from mulco.steps.duplicates import join_exact, join_near, sign_exact, sign_near
from mulco.steps.fences import fences
from mulco.steps.length import length
from mulco.steps.metadata import metadata
from mulco.steps.refusals import refusals
from mulco.steps.script import script
from mulco.steps.secrets import secrets
from mulco.steps.step import VERDICT, Step
from mulco.steps.syntax import syntax

__all__ = ["DEFAULT", "PROFILES", "VERDICT", "Step", "profile"]

DEFAULT = "strict"  # what `mulco build` and `load_dataset("mulco", ...)` take

PROFILES: dict[str, tuple[Step, ...]] = {
    "none": (),
    "strict": (
        Step("answers", answers, {"repeats": 20, "share": 0.8}),
        Step("length", length, {"shortest": 1, "longest": 24_000, "code_qa": 2, "code_generation": 3}),
        Step("refusals", refusals, {"within": 200}),
        Step("script", script, {"share": 0.15}),
        Step("fences", fences, {"tasks": ["code_generation", "code_qa", "code_repair", "code_translation"]}),
        Step("syntax", syntax, {"drop": 0.2, "flag": 0.01}),
        Step("secrets", secrets, {"off": []}),
        Step(
            "contamination",
            contamination,
            {"half": 0.5, "most": 0.75, "both": 0.3, "few": 12, "some": 24},
            data=(INDEX,),
        ),
        Step(
            "metadata",
            metadata,
            {
                "beginner_decisions": 1,
                "beginner_lines": 8,
                "advanced_decisions": 6,
                "advanced_nesting": 3,
                "advanced_lines": 30,
            },  # fmt: skip
        ),
        Step("exact_duplicates", sign_exact, join=join_exact),
        Step("leaks", leaks.sign, join=leaks.join, evaluation=True),
        Step("near_duplicates", sign_near, {"threshold": 0.8, "across_splits": True}, join=join_near),
    ),
}


def profile(name: str, changes: Mapping[str, Any] | None = None) -> tuple[Step, ...]:
    """The steps of a profile, in order; `changes` switches some off (`False`) or gives them other settings."""
    if name not in PROFILES:
        raise UsageError(unknown("profile", name, PROFILES, f"Profiles: {', '.join(PROFILES)}"))
    steps, changes = PROFILES[name], changes or {}
    names = [step.name for step in steps]
    for step, change in changes.items():
        if step not in names:
            raise UsageError(
                f"profile {name}: {unknown('step', step, names, 'Steps: ' + (', '.join(names) or 'none'))}"
            )
        if not isinstance(change, bool | Mapping):
            raise UsageError(f"step {step}: expected false, true or a mapping of its settings, not {change!r}")
    kept = (step for step in steps if changes.get(step.name, True) is not False)
    return tuple(
        step.adjusted(change) if isinstance(change := changes.get(step.name), Mapping) else step for step in kept
    )
