"""clone_detection: two pieces of code -> do they behave the same. A record has `code`, `other_code` and `label`."""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "clone_detection", "two pieces of code to whether they behave the same",
    fields=("code", "other_code", "label"), answer="label", text_bound=False, labels=("positive", "negative"),
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "CloneDetection", TASK)
