"""A model, or samples at hand, on an evaluation set: generate, run in the sandbox, count, write.

    result = evaluate_problems(target, problems, engine, out, settings=Settings(temperature=0.8, num_samples=10))
    result = score_samples(target, problems, Path("samples.jsonl"), out)

Verdicts are those of `mulco.evaluation.execution`; they are kept in a journal, so a run that was killed goes on.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mulco.errors import UsageError
from mulco.evaluation.execution import (
    Judged,
    Limits,
    Sample,
    Verdict,
    find_sandbox,
    judge_samples,
    lacking,
    read_samples,
    write_samples,
)
from mulco.evaluation.result import Result, write_lines
from mulco.evaluation.sets import SUITES, Problem
from mulco.evaluation.solving import prompt_of, sample_of, stops_of
from mulco.evaluation.suites import Target
from mulco.generation import STYLES, Engine, Generation, Request, Settings
from mulco.generation.answers import write_answers
from mulco.identity import digest

MAX_NEW_TOKENS = 512  # measured: the longest canonical solutions have 864 (HumanEval) to 2,157 characters (HumanEval-X)
FAILED = Sample("", whole=False)  # what stands for an answer without code


@dataclass(frozen=True)
class Running:
    """How programs are run, and which pass@k are asked for. None: 1, and 10 and 100 where there are as many samples."""

    unsafe: bool = False
    timeout_seconds: float = 3.0  # as HumanEval's own checker
    ks: tuple[int, ...] = ()
    told: Callable[[Verdict], None] = lambda verdict: None


def evaluate_problems(
    target: Target,
    problems: Sequence[Problem],
    engine: Engine,
    out: Path,
    *,
    style: str | None = None,
    settings: Settings | None = None,
    running: Running | None = None,
    tell: Callable[[Generation], None] = lambda one: None,
) -> Result:
    """Let the engine solve the problems and run what it wrote; files go to `out`."""
    started = time.perf_counter()
    running = running or Running()
    settings = settings or Settings(max_new_tokens=MAX_NEW_TOKENS)
    style = style or engine.code_style
    if style not in STYLES:
        raise UsageError(f"no style {style!r}. Styles: {', '.join(STYLES)}")
    ready(problems, running, settings.num_samples)  # before hours of generation
    settings = replace(settings, stop=settings.stop or stops_of(problems, style))
    name = target.config.replace(":", "-")
    made_with = {
        "model": engine.name, "revision": engine.facts()["revision"], "style": style, **settings.facts(),
        "fingerprint": fingerprint(problems),
    }  # fmt: skip
    requests = [Request(problem.id, prompt_of(problem, style)) for problem in problems]
    answers = write_answers(out / f"{name}.answers.jsonl", engine, requests, settings, made_with, tell)
    texts: dict[str, list[str]] = {}
    for row in answers:
        texts.setdefault(row["id"], []).append(row["text"])
    read = {p.id: [sample_of(p, text, style) for text in texts.get(p.id, ())] for p in problems}
    unparsed = sum(sample is None for samples in read.values() for sample in samples) / max(1, len(answers))
    samples = {name: [sample or FAILED for sample in of_one] for name, of_one in read.items()}
    write_samples(out / f"{name}.samples.jsonl", problems, samples)
    facts = engine.facts()
    model = {"name": facts.pop("name"), "revision": facts.pop("revision")}
    generation = {**settings.facts(), "style": style, **facts, "tokens": sum(row["tokens"] for row in answers)}
    return _judged(target, problems, samples, model, generation, unparsed, out, running, started)


def score_samples(
    target: Target,
    problems: Sequence[Problem],
    file: Path,
    out: Path,
    *,
    running: Running | None = None,
    allow_missing: bool = False,
) -> Result:
    """Run the samples of a file (formats: see `mulco.evaluation.execution.samples`)."""
    started = time.perf_counter()
    running = running or Running()
    samples = read_samples(file, problems, allow_missing=allow_missing)
    ready(problems, running, min(len(of_one) for of_one in samples.values() if of_one))
    model = {"name": file.name, "revision": None}
    generation = {"engine": "given", "file": file.name, "sha256": digest(file.read_bytes().hex())}
    return _judged(target, problems, samples, model, generation, None, out, running, started)


def ready(problems: Sequence[Problem], running: Running, num_samples: int) -> None:
    """Raise what would stop the run later: no sandbox, no tools for the language, fewer samples than a k asks for."""
    find_sandbox(running.unsafe)
    for language in sorted({problem.programming_language for problem in problems}):
        if missing := lacking(language):
            raise UsageError(f"programs in {language} need {missing}, which is not here. Install it, or leave this out")
    too_many = [k for k in running.ks if k > num_samples]
    if too_many:
        raise UsageError(
            f"pass@{too_many[0]} needs at least {too_many[0]} samples of every problem, there are {num_samples}. "
            f"Give --num-samples {too_many[0]}"
        )


def fingerprint(problems: Sequence[Problem]) -> str:
    """sha256 of the problems and their tests, in order."""
    return digest([[p.id, p.prompt, p.text, p.imports, p.test_setup, list(p.tests), p.entry_point] for p in problems])


def _judged(
    target: Target,
    problems: Sequence[Problem],
    samples: dict[str, list[Sample]],
    model: Mapping[str, Any],
    generation: Mapping[str, Any],
    unparsed: float | None,
    out: Path,
    running: Running,
    started: float,
) -> Result:
    name = target.config.replace(":", "-")
    sandbox = find_sandbox(running.unsafe)
    limits = Limits(seconds=running.timeout_seconds)
    fewest = min((len(of_one) for of_one in samples.values() if of_one), default=1)
    judged = judge_samples(
        problems, samples, ks=running.ks or [k for k in (1, 10, 100) if k <= fewest], sandbox=sandbox, limits=limits,
        journal=out / f"{name}.verdicts.jsonl", progress=running.told,
    )  # fmt: skip
    file = out / f"{name}.predictions.jsonl"
    write_lines(file, lines_of(problems, judged, max(map(len, samples.values()), default=1)))
    suite = SUITES[target.suite]
    statuses = Counter(verdict.status for of_one in judged.verdicts.values() for verdict in of_one)
    result = Result(
        target.suite, "code_generation", target.config, problems[0].split, len(problems), judged.metrics,
        {"id": suite.homepage, "revision": suite.revision, "fingerprint": fingerprint(problems)}, model, generation,
        unparsed, len(judged.missing), file.name,
        more={"sandbox": str(sandbox), "limits": asdict(limits), "verdicts": dict(sorted(statuses.items()))},
        seconds=time.perf_counter() - started,
    )  # fmt: skip
    result.write(out)
    return result


def lines_of(problems: Sequence[Problem], judged: Judged, num_samples: int) -> list[dict[str, Any]]:
    """Each problem as a line of the predictions file; one without samples failed all of them."""
    lines = []
    for problem in problems:
        verdicts = judged.verdicts[problem.id]
        lines.append(
            {
                "id": problem.id, "task_id": problem.task_id,
                "passed": [verdict.passed for verdict in verdicts] or [False] * (num_samples or 1),
                "status": [verdict.status for verdict in verdicts],
                "detail": [verdict.detail[:200] for verdict in verdicts],
            }
        )  # fmt: skip
    return lines
