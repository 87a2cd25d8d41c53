"""code_qa: a question about programming -> an explanation. A record has `question` and `answer`."""

from __future__ import annotations

from mulco.task import Task, lazy_builder

TASK = Task(
    "code_qa",
    "a question to an explanation",
    fields=("question", "answer"),
    answer="answer",
    text_bound=True,
    texts=("question", "answer"),
)
__getattr__ = lazy_builder(__name__, "CodeQa", TASK)
