"""Quality steps: pure functions on an Arrow table of rows, each in a file of its own, and the profiles made of them.

What a step gets and may say is told in `mulco/steps/step.py`. A profile is a tuple of steps, in the order in which they
judge; those that compare rows with each other come after those that look at one row at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mulco.errors import UsageError, unknown
from mulco.steps.answers import answers
from mulco.steps import leaks
from mulco.steps.codeup import codeup
from mulco.steps.duplicates import join_exact, join_near, sign_exact, sign_near
from mulco.steps.length import length
from mulco.steps.refusals import refusals
from mulco.steps.step import VERDICT, Step

__all__ = ["DEFAULT", "PROFILES", "VERDICT", "Step", "profile"]

DEFAULT = "strict"  # what `mulco build` and `load_dataset("mulco", ...)` take

PROFILES: dict[str, tuple[Step, ...]] = {
    "none": (),
    "codeup": (Step("codeup", codeup),),
    "strict": (
        Step("answers", answers, {"repeats": 20, "share": 0.8}),
        Step("length", length, {"shortest": 1, "longest": 24_000, "code_qa": 2, "code_generation": 3}),
        Step("refusals", refusals, {"within": 200}),
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
