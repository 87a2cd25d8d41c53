"""code_generation: a description in words -> code. A record has `description` and `code`."""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "code_generation",
    "a description to code",
    fields=("description", "code"),
    answer="code",
    text_bound=True,
    texts=("description",),
)
__getattr__ = lazy_builder(__name__, "CodeGeneration", TASK)
