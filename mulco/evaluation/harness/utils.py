"""What the YAML files call: rows with their prompts, what is kept of an answer, and a function for each metric.

lm-evaluation-harness loads this file by its path. A metric's function judges all answers together, by the same code as
`mulco evaluate`; asked for as `utils.bleu`, it is made when it is asked for.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mulco import prompts
from mulco.errors import MulcoError, UsageError, unknown
from mulco.evaluation.judging import GROUPED, Judged, judge, measure, read
from mulco.manifest import Manifest, read_batches

Kept = tuple[dict[str, Any], str]  # a row and its answer
KEPT_COLUMNS = ("id", "task", "language", "programming_language", "output")
UNPARSED = "unparsed_rate"


def rows(config: str, mulco_data: str | None = None, mulco_style: str = "alpaca", **_: Any) -> dict[str, Any]:
    """The test split of a config of a built folder, with the column `prompt`: what the model is shown."""
    import datasets

    folder = Path(mulco_data or os.environ.get("MULCO_DATA") or "out/mulco")
    facts = Manifest.load(folder).configs.get(config, {}).get("splits", {}).get("test")
    if facts is None:
        raise MulcoError(f"{folder}: no test rows of {config}. Build them: mulco build {config} --out {folder}")
    if mulco_style not in prompts.STYLES:
        raise UsageError(unknown("prompt style", mulco_style, prompts.STYLES, "Styles: alpaca, chat"))
    found = []
    for part in facts["files"]:
        for batch in read_batches(folder / part["path"]):
            found.extend(batch.to_pylist())
    shown = (lambda row: prompts.messages(row)[0]["content"]) if mulco_style == "chat" else prompts.prompt
    return {"test": datasets.Dataset.from_list([{**row, "prompt": shown(row)} for row in found])}


def results(doc: dict[str, Any], answers: Sequence[str]) -> dict[str, Kept]:
    """Of one answer: the row and the text, for every metric of its task."""
    kept = {name: doc[name] for name in KEPT_COLUMNS}, answers[0]
    return dict.fromkeys(metrics_of(doc["task"], doc["language"]), kept)


@functools.cache
def metrics_of(task: str, language: str) -> tuple[str, ...]:
    """The metrics of a task that it has for any rows."""
    row = {"id": "0", "task": task, "language": language, "programming_language": "python", "output": "1"}
    item = read({**row, "output": "Yes"}, "Yes") if task.endswith("_detection") else read(row, "1")
    # two programming languages: what is told by language alone has no place in one number
    other = type(item)("1", item.prediction, item.reference, "java")
    names = [metric.name for metric in measure(task, language, [item, other], parts=False).metrics]
    return (*(name for name in names if not (task == GROUPED and ":" in name)), UNPARSED)


def __getattr__(name: str) -> Callable[[Sequence[Kept]], float]:
    if name.startswith("_"):
        raise AttributeError(name)
    return functools.partial(_value, name)


def _value(name: str, kept: Sequence[Kept]) -> float:
    """One metric over the rows and answers of a task."""
    judged = _judged(tuple((row["id"], text) for row, text in kept), _Rows([row for row, _ in kept]))
    if name == UNPARSED:
        return judged.unparsed_rate
    return next(metric.value for metric in judged.metrics if metric.name == name)


class _Rows(list[dict[str, Any]]):
    """Rows that a cache takes for the same, since the ids stand beside them."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows)


@functools.lru_cache(maxsize=1)
def _judged(answers: tuple[tuple[str, str], ...], rows: _Rows) -> Judged:
    """Judged once for all metrics of a task: they are asked for one after the other, with the same answers."""
    return judge(rows, [text for _, text in answers], parts=False)
