"""Every canonical solution of the evaluation sets judged, and every empty body: what passes, what does not, how fast.

    python benchmarks/functional.py --upstream DIR [--suite NAME] [--language NAME] [--workers N] [--json FILE]

A canonical solution that fails, or an empty body that passes, is listed; those known as published stand in the files of
`mulco/evaluation/sets`. The tests take all of Python and JavaScript, and a sample of the languages that compile slowly.
Seconds are wall time on the machine at hand, and mean little where it has other work.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from mulco.evaluation.execution import Limits, find_sandbox, judge, lacking, program_of
from mulco.evaluation.sets import SUITES, Problem

# A body that compiles and is no answer; MBPP's answers are whole programs.
EMPTY = {
    "python": "    pass\n",
    "javascript": "}\n",
    "java": "        throw new RuntimeException();\n    }\n}\n",
    "c++": "    throw 1;\n}\n",
    "go": '\tpanic("empty")\n}\n',
    "rust": '\tpanic!("empty")\n}\n',
}
# Of MultiPL-E there are no solutions in its languages, so only the empty bodies can be judged.
SETS = ("humaneval", "mbpp-sanitized", "mbpp", "humaneval-x")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", type=Path, required=True, help="folder with humaneval/, mbpp/, humaneval-x/")
    parser.add_argument("--suite", choices=SETS, action="append")
    parser.add_argument("--language", help="only this programming language")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--seconds", type=float, default=30, help="time for one program (default: 30)")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = []
    for suite in given.suite or SETS:
        problems = [
            item for item in SUITES[suite].read(given.upstream / SUITES[suite].folder) if isinstance(item, Problem)
        ]
        for language in dict.fromkeys(problem.programming_language for problem in problems):
            if given.language not in (None, language):
                continue
            if lacking(language):
                print(f"{suite} {language}: needs {lacking(language)}, not measured")
                continue
            mine = [problem for problem in problems if problem.programming_language == language]
            rows += [measure(suite, language, mine, kind, given) for kind in ("canonical", "empty")]
    if given.json:
        facts = {"python": platform.python_version(), "machine": platform.platform(), "rows": rows}
        given.json.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    return 0


def measure(suite: str, language: str, problems: list[Problem], kind: str, given: argparse.Namespace) -> dict[str, Any]:
    bodies = [_body(problem, kind) for problem in problems]
    started = time.perf_counter()
    made = judge(
        [program_of(problem, body) for problem, body in zip(problems, bodies, strict=True)],
        limits=Limits(seconds=given.seconds),
        workers=given.workers,
    )
    seconds = time.perf_counter() - started
    passed = sum(verdict.passed for verdict in made)
    odd = [verdict.id for verdict in made if verdict.passed != (kind == "canonical")]
    statuses = dict(Counter(verdict.status for verdict in made))
    print(f"{suite} {language} {kind}: {passed} of {len(made)} pass in {seconds:.1f} s ({find_sandbox()}) {statuses}")
    if odd:
        print(f"    {'fail' if kind == 'canonical' else 'pass'}: {', '.join(odd)}", flush=True)
    return {"suite": suite, "language": language, "kind": kind, "n": len(made), "passed": passed, "odd": odd,
            "statuses": statuses, "seconds": round(seconds, 1)}  # fmt: skip


def _body(problem: Problem, kind: str) -> str:
    if kind == "canonical":
        return problem.canonical_solution
    return EMPTY[problem.programming_language] if problem.prompt else "pass\n"


if __name__ == "__main__":
    sys.exit(main())
