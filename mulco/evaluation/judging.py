"""Answers to the rows of a config, judged: read out of free text, then measured by the metrics of the task.

    judged = judge(rows, ["Snippet 2", "3", None])       # None: the row has no answer
    judged.metrics[0].name, judged.unparsed_rate, judged.missing

Every way to a number goes through here: `mulco evaluate`, the baselines, the tasks for lm-evaluation-harness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mulco.errors import UsageError
from mulco.evaluation.answers import read_answer
from mulco.evaluation.metrics import Metric, score
from mulco.evaluation.metrics.codebleu.keywords import KEYWORDS
from mulco.identity import digest

CODE_TASKS = ("code_generation", "code_repair", "code_translation")  # judged by CodeBLEU as well
GROUPED = "cloze_test"  # its accuracy is told by programming language


@dataclass(frozen=True)
class Item:
    """One row's answer as it was read, beside the right one, in the form that the metrics take."""

    id: str
    prediction: Any  # None: missing, or not to be read
    reference: Any
    programming_language: str
    missing: bool = False


@dataclass(frozen=True)
class Judged:
    """The metrics of a task over its items, the primary one first; `parts` are those of each programming language."""

    metrics: list[Metric]
    parts: dict[str, list[Metric]]
    items: list[Item]

    @property
    def missing(self) -> int:
        """Rows without an answer; they count as wrong."""
        return sum(item.missing for item in self.items)

    @property
    def unparsed_rate(self) -> float:
        """The share of answers out of which none could be read; they count as wrong."""
        answered = [item for item in self.items if not item.missing]
        return sum(item.prediction is None for item in answered) / len(answered) if answered else 0.0


def judge(rows: Sequence[Mapping[str, Any]], answers: Sequence[str | None], parts: bool = True) -> Judged:
    """Judge one answer a row, in the order of the rows, which are all of one task and language."""
    return measure(*_task_of(rows), list(map(read, rows, answers)), parts=parts)


def read(row: Mapping[str, Any], answer: str | None) -> Item:
    """What an answer to a row says."""
    task, spoken = row["task"], row["programming_language"]
    reference = read_answer(task, row["output"], spoken)
    prediction = None if answer is None else read_answer(task, answer, spoken)
    return Item(
        row["id"], prediction, row["output"] if reference is None else reference, spoken, missing=answer is None
    )


def measure(task: str, language: str, items: Sequence[Item], seed: int = 0, parts: bool = True) -> Judged:
    """The metrics over what was read. CodeBLEU stands with one programming language, so mixed rows have it in parts."""
    by_language: dict[str, list[Item]] = {}
    for item in items:
        by_language.setdefault(item.programming_language, []).append(item)
    only = next(iter(by_language)) if len(by_language) == 1 else None
    each = {
        name: _score(task, language, part, name, seed)
        for name, part in sorted(by_language.items())
        if parts and only is None and task != GROUPED
    }
    return Judged(_score(task, language, items, only, seed), each, list(items))


def _score(task: str, language: str, items: Sequence[Item], spoken: str | None, seed: int) -> list[Metric]:
    return score(
        task,
        [item.prediction for item in items],
        [item.reference for item in items],
        language=language,
        programming_language=spoken if task in CODE_TASKS and spoken in KEYWORDS else None,
        groups=[item.programming_language for item in items] if task == GROUPED else None,
        seed=seed,
    )


def fingerprint(rows: Iterable[Mapping[str, Any]]) -> str:
    """sha256 of what the rows ask and what is right, in their order: the same for the same rows from any place."""
    return digest([[row["id"], row["instruction"], row["input"], row["output"]] for row in rows])


def _task_of(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    kinds = sorted({(row["task"], row["language"]) for row in rows})
    if len(kinds) != 1:
        found = ", ".join(f"{task}_{language}" for task, language in kinds) or "no rows"
        raise UsageError(f"one judgement is about rows of one config, found {found}")
    return kinds[0]
