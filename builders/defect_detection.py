"""defect_detection: code -> is it defective. A record has `code` and `label`, True where it is defective."""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "defect_detection", "code to whether it is defective",
    fields=("code", "label"), answer="label", text_bound=False, labels=("positive", "negative"),
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "DefectDetection", TASK)
