"""Evaluation suites on the models of a study: `mulco evaluate`, for models of our own, with results kept beside them.

    exams = exams_of(["humaneval", "code_search_zh"])      # before training: all is read, tools are looked for
    facts = exams[0].cached(folder) or exams[0].judge(engine, folder)

Answers are greedy, one a problem. Results go to `<folder>/results/`, where the card of a model looks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import MulcoError, UsageError
from mulco.evaluation import problems, run
from mulco.evaluation.execution import lacking
from mulco.evaluation.judging import fingerprint
from mulco.evaluation.problems import Running
from mulco.evaluation.result import read_results
from mulco.evaluation.suites import ROWS, Target, problems_of, targets

FOLDER = "results"
SPLIT = "test"


@dataclass(frozen=True)
class Exam:
    """A suite, or one part of it, with its problems or its rows."""

    target: Target
    items: Sequence[Any]
    dataset: dict[str, Any]
    fingerprint: str

    @property
    def name(self) -> str:
        return self.target.config

    def cached(self, folder: Path) -> dict[str, Any] | None:
        """The result that is there, if it is of these problems or rows. A folder holds one model's results, ever."""
        try:
            [facts] = read_results(folder / FOLDER / f"{self.name.replace(':', '-')}.json")
        except (MulcoError, ValueError):
            return None
        return facts if facts["dataset"].get("fingerprint") == self.fingerprint else None

    def judge(self, engine: Any, folder: Path) -> dict[str, Any]:
        """Let a model answer, judge it, write the result. An interrupted one goes on."""
        out, of_rows = folder / FOLDER, self.target.suite == ROWS
        self._clear_others(out)
        if of_rows:
            run.evaluate_config(self.name, SPLIT, self.items, self.dataset, engine, out)
        else:
            problems.evaluate_problems(self.target, self.items, engine, out)
        facts = self.cached(folder)
        assert facts is not None  # it was written just now
        return facts

    def _clear_others(self, out: Path) -> None:
        """Remove what the model answered to other problems or rows, as after another --limit."""
        stem = self.name.replace(":", "-")
        made_with = out / f"{stem}.answers.settings.yaml"
        if made_with.is_file() and yaml.safe_load(made_with.read_text("utf-8"))["fingerprint"] != self.fingerprint:
            for file in out.glob(f"{stem}.*"):
                file.unlink()


def exams_of(
    names: Sequence[str],
    upstream: Path | None = None,
    limit: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Exam]:
    """The exams that suites name, ready to be held; raises where a set, a tool or the sandbox is missing.

    Of a set in several programming languages those are left out, and told, whose tools are not here.
    """
    found = []
    for target in targets(names):
        if target.suite == ROWS:
            found.append(_of_rows(target, limit))
        elif target.part and (missing := lacking(target.part)) and target.config not in names:
            tell(f"{target.config}: left out, {missing} is not here.")
        else:
            items = problems_of(target, upstream, SPLIT, limit)
            problems.ready(items, Running(), 1)
            found.append(Exam(target, items, {}, problems.fingerprint(items)))
    if names and not found:
        raise UsageError(f"nothing of {', '.join(names)} can be judged here")
    return found


def _of_rows(target: Target, limit: int | None) -> Exam:
    import mulco
    from mulco.resolve import rows_of

    rows = list(islice(mulco.load_dataset("mulco", target.config, split=SPLIT), limit))
    return Exam(target, rows, {"id": "mulco", "revision": rows_of(target.config)[0].identity}, fingerprint(rows))
