"""Samples of an evaluation set judged: which problems they solve, and pass@k.

judged = judge_samples(problems, read_samples(Path("samples.jsonl"), problems), ks=(1, 10))
print(judged.metrics[0].name, judged.metrics[0].value)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mulco.evaluation.execution.job import Limits
from mulco.evaluation.execution.judging import Progress, Verdict, judge
from mulco.evaluation.execution.passes import passes
from mulco.evaluation.execution.program import program_of
from mulco.evaluation.execution.samples import Samples
from mulco.evaluation.execution.sandbox import Sandbox
from mulco.evaluation.metrics.metric import Metric
from mulco.evaluation.sets import Problem


@dataclass(frozen=True)
class Judged:
    """The verdicts of every problem's samples, pass@k, and the problems that had none: those count as failed."""

    verdicts: dict[str, list[Verdict]]
    metrics: list[Metric]
    missing: list[str]


def judge_samples(
    problems: Sequence[Problem],
    samples: Samples,
    *,
    ks: Sequence[int] = (1,),
    seed: int = 0,
    sandbox: Sandbox | None = None,
    limits: Limits | None = None,
    workers: int | None = None,
    journal: Path | None = None,
    progress: Progress | None = None,
) -> Judged:
    """Judge the samples of problems; what the settings mean stands at `judge` and `passes`."""
    programs = [
        program_of(problem, sample.text, whole=sample.whole, id=f"{problem.id}#{number}")
        for problem in problems
        for number, sample in enumerate(samples.get(problem.id, ()))
    ]
    settled = iter(judge(programs, sandbox=sandbox, limits=limits, workers=workers, journal=journal, progress=progress))
    verdicts = {p.id: [next(settled) for _ in samples.get(p.id, ())] for p in problems}
    missing = [problem.id for problem in problems if not verdicts[problem.id]]
    # a problem without samples failed as often as it could have been asked
    most = max((len(of_one) for of_one in verdicts.values()), default=0) or 1
    passed = {name: [v.passed for v in of_one] or [False] * most for name, of_one in verdicts.items()}
    return Judged(verdicts, passes(passed, ks, seed), missing)
