"""code_repair: code with a bug -> the corrected code.

A record has `code` and `fixed`; it may have the `message` of the commit that turned the one into the other.
"""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "code_repair", "code with a bug to the corrected code",
    fields=("code", "fixed"), answer="fixed", text_bound=False, optional=("message",),
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "CodeRepair", TASK)
