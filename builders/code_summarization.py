"""code_summarization: code -> a sentence or two that say what it does. A record has `code` and `summary`."""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "code_summarization",
    "code to a summary in words",
    fields=("code", "summary"),
    answer="summary",
    text_bound=True,
    texts=("summary",),
)
__getattr__ = lazy_builder(__name__, "CodeSummarization", TASK)
