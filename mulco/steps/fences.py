"""Drop rows whose fenced code is broken: a fence that never closes, or one with nothing in it.

    "```python\\nprint(1)"   ->  fence_not_closed
    "```python\\n```"        ->  fence_empty

A fence is a line that opens with three marks, as Markdown has it; one inside a string or comment of code is none.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from mulco.steps.step import Settings, judged

_FENCE = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)$", re.M)


def fences(table: pa.Table, settings: Settings) -> pa.Table:
    """Verdicts `fence_not_closed` and `fence_empty` for answers of the tasks that `settings` names."""
    outputs = table.column("output")
    marked = pc.match_substring_regex(outputs, "```|~~~").to_pylist()
    tasks = table.column("task").to_pylist()
    verdicts: list[str | None] = [None] * len(table)
    for row, (has, task) in enumerate(zip(marked, tasks, strict=True)):
        if has and task in settings["tasks"]:
            verdicts[row] = _verdict(outputs[row].as_py())
    return judged(table, verdicts)


def _verdict(answer: str) -> str | None:
    opened: re.Match[str] | None = None
    empty = True
    for fence in _FENCE.finditer(answer):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1][:3]) and len(fence[1]) >= len(opened[1]) and not fence[2].strip():
            empty = empty and not answer[opened.end() : fence.start()].strip()
            if not answer[opened.end() : fence.start()].strip():
                return "fence_empty"
            opened = None
    return "fence_not_closed" if opened is not None else None
