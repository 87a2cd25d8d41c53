"""Quality steps: pure functions on an Arrow table of rows, each in a file of its own, and the profiles made of them.

A step gets the table and its settings (plain values) and returns the table with a column `verdict`: null keeps the
row, a text such as `too_long` drops it and says why. It may fill `quality`, `difficulty` and `paradigm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from mulco.errors import UsageError, unknown

VERDICT = "verdict"


@dataclass(frozen=True)
class Step:
    """One step: its name, an importable function `(table, settings) -> table with a verdict`, and its settings."""

    name: str
    run: Callable[[pa.Table, Mapping[str, Any]], pa.Table]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What decides the step's result besides the rows: a part of every config's identity."""
        function = f"{self.run.__module__}.{self.run.__qualname__}"
        return {"name": self.name, "function": function, "settings": dict(self.settings)}


PROFILES: dict[str, tuple[Step, ...]] = {"none": ()}


def profile(name: str) -> tuple[Step, ...]:
    """The steps of a profile, in order."""
    if name not in PROFILES:
        raise UsageError(unknown("profile", name, PROFILES, f"Profiles: {', '.join(PROFILES)}"))
    return PROFILES[name]
