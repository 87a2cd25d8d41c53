"""The field's own metrics, and which of them each task is judged by.

    for metric in score("code_repair", predictions, references, programming_language="java"):
        print(metric.name, metric.value, metric.low, metric.high)

The first metric of a task is its primary one. Values are as CodeXGLUE's evaluators compute them, before they round.
Nothing here loads torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mulco.errors import UsageError, unknown
from mulco.evaluation.metrics import bleu, classes, exact, ranking, text
from mulco.evaluation.metrics.codebleu import code_bleu
from mulco.evaluation.metrics.metric import Metric

__all__ = ["FORMS", "TASKS", "Metric", "score"]

# The forms in which a task is judged, the usual one first.
FORMS: dict[str, tuple[str, ...]] = {
    "code_summarization": ("texts",),
    "code_generation": ("texts",),
    "code_search": ("choice", "pairs", "ranking"),
    "clone_detection": ("pairs", "retrieval"),
    "defect_detection": ("labels",),
    "cloze_test": ("words",),
    "code_completion": ("line",),
    "code_repair": ("texts",),
    "code_translation": ("texts",),
    "code_qa": ("texts",),
}
TASKS = tuple(FORMS)


def score(
    task: str,
    predictions: Sequence[Any],
    references: Sequence[Any],
    *,
    form: str | None = None,
    language: str = "en",
    programming_language: str | None = None,
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> list[Metric]:
    """The metrics of one task over predictions and references in the same order; the primary one first.

    What an item is depends on the form:
      texts, line      a string; a reference may be a list of strings, each right
      choice, words    any value, equal or not (the number of a snippet, a token)
      labels, pairs    0 or 1
      ranking          a list of ids, best first; the reference is the one right id
      retrieval        a list of exactly R ids; the reference is the list of the R right ones
    A prediction of None was missing or could not be read: it is wrong. `language` is that of the texts,
    `programming_language` that of code (CodeBLEU needs it), `groups` what cloze items are averaged by.
    """
    if task not in FORMS:
        raise UsageError(unknown("task", task, TASKS, f"All tasks: {', '.join(TASKS)}"))
    form = form or FORMS[task][0]
    if form not in FORMS[task]:
        raise UsageError(unknown("form", form, FORMS[task], f"{task} is judged as: {', '.join(FORMS[task])}"))
    if len(predictions) != len(references):
        raise UsageError(
            f"{len(predictions)} predictions for {len(references)} references. Each reference needs one prediction, in "
            f"the same order"
        )
    if not references:
        raise UsageError(f"no references to judge {task} by. Give at least one item")
    if form in ("labels", "pairs"):
        _check_labels(predictions, references)
        return classes.binary(predictions, references, seed)
    if form == "choice":
        return [classes.accuracy(predictions, references)]
    if form == "words":
        if groups is None:
            return [classes.accuracy(predictions, references)]
        return classes.accuracy_by_group(predictions, references, groups, seed)
    if form == "ranking":
        return [ranking.mrr(predictions, references, seed)]
    if form == "retrieval":
        return [ranking.map_at_r(predictions, references, seed)]
    return _texts(task, predictions, references, language, programming_language, seed)


def _texts(
    task: str,
    predictions: Sequence[str | None],
    references: Sequence[Any],
    language: str,
    programming_language: str | None,
    seed: int,
) -> list[Metric]:
    bleu4: Callable[[], Metric] = lambda: bleu.corpus_bleu(predictions, references, seed)  # noqa: E731
    if task in ("code_summarization", "code_qa"):
        if language == "zh":
            first = [text.bleu_zh(predictions, references, seed), text.chrf(predictions, references, seed)]
            return [*first, text.rouge_l(predictions, references, seed)]
        first = [bleu.smoothed_bleu4(predictions, references, seed), text.rouge_l(predictions, references, seed)]
        return [*first, text.chrf(predictions, references, seed)]
    if task == "code_completion":
        lines = [None if line is None else exact.shown_literals(line.strip()) for line in predictions]
        right = [
            exact.shown_literals(line) if isinstance(line, str) else [exact.shown_literals(one) for one in line]
            for line in references
        ]
        return [
            exact.edit_sim(lines, right, seed),
            exact.edit_sim(lines, right, seed, round_each=True),
            exact.em_token(lines, right),
        ]
    code = code_bleu(predictions, references, programming_language, seed) if programming_language else []
    if task == "code_generation":
        return [
            bleu4(),
            exact.em_token(predictions, references),
            exact.edit_sim(predictions, references, seed),
            *code,
        ]
    strict = exact.em_strict(predictions, references)
    first = [strict, bleu4()] if task == "code_repair" else [bleu4(), strict]
    return [*first, exact.em_nospace(predictions, references), *code]


def _check_labels(predictions: Sequence[Any], references: Sequence[Any]) -> None:
    for name, values, allowed in (("prediction", predictions, (0, 1, None)), ("reference", references, (0, 1))):
        for number, value in enumerate(values, 1):
            if value not in allowed:
                raise UsageError(f"{name} {number} is {value!r}, expected the label 0 or 1")
