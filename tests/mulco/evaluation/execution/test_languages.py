"""Every programming language: sound programs pass, wrong ones, empty ones and ones that leave early do not.

Here with programs of our own in the shapes of HumanEval-X and MultiPL-E; `upstream` tests take the real ones.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from mulco.evaluation.execution import Limits, Program, Verdict, judge, lacking, program_of
from mulco.evaluation.sets import SUITES, Problem

PATIENT = Limits(seconds=60)


@pytest.fixture(autouse=True)
def one_cache_for_all(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Go's packages are compiled once for all tests here, which takes 15 seconds of two cores."""
    folder = tmp_path_factory.getbasetemp() / "toolchains"
    monkeypatch.setenv("MULCO_CACHE", str(folder))


class Shape(NamedTuple):
    """A problem "one" in one language: the code before a body, bodies, and the tests after."""

    language: str
    prompt: str
    right: str
    wrong: str
    early: str  # leaves with status 0 before any test
    tests: str
    dialect: str = "multipl-e"


SHAPES = {
    "javascript, HumanEval-X": Shape(
        "javascript", "const one = () => {\n", "  return 1;\n}\n", "  return 2;\n}\n", "}\nprocess.exit(0);\n",
        "const testOne = () => {\n  console.assert(one() === 1)\n}\ntestOne()\n", "humaneval-x",
    ),
    "javascript, MultiPL-E": Shape(
        "javascript", "function one(){\n", "  return 1;\n}\n", "  return 2;\n}\n", "  process.exit(0);\n}\n",
        "const assert = require('node:assert');\nfunction test() {\n  assert.deepEqual(one(),1);\n}\ntest();",
    ),
    "java, HumanEval-X": Shape(
        "java", "import java.util.*;\nclass Solution {\n    public int one() {\n", "        return 1;\n    }\n}\n",
        "        return 2;\n    }\n}\n", "        System.exit(0);\n        return 1;\n    }\n}\n",
        "public class Main {\n    public static void main(String[] args) {\n        Solution s = new Solution();\n"
        "        if (s.one() != 1) { throw new AssertionError(); }\n    }\n}\n", "humaneval-x",
    ),
    "java, MultiPL-E": Shape(
        "java", "import java.util.*;\nclass Problem {\n    public static long one() {\n", "        return 1L;\n",
        "        return 2L;\n", "        Runtime.getRuntime().halt(0);\n        return 1L;\n",
        "    }\n    public static void main(String[] args) {\n    assert(one() == (1L));\n    }\n\n}\n",
    ),
    "c++, HumanEval-X": Shape(
        "c++", "#include<stdlib.h>\nusing namespace std;\nint one(){\n", "    return 1;\n}\n", "    return 2;\n}\n",
        "    exit(0);\n}\n",
        "#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert (one()==1);\n}\n", "humaneval-x",
    ),
    "c++, MultiPL-E": Shape(
        "c++", "#include<assert.h>\n#include<cstdlib>\nlong one() {\n", "    return 1;\n", "    return 2;\n",
        "    exit(0);\n", "}\nint main() {\n    auto candidate = one;\n    assert(candidate() == (1));\n}\n",
    ),
    "go, HumanEval-X": Shape(
        "go", "import (\n    \"strconv\"\n)\n\nfunc One() int {\n", "    return len(strings.TrimSpace(\" a\"))\n}\n",
        "    return len(strconv.Itoa(10))\n}\n", "    os.Exit(0)\n    return 1\n}\n",
        "func TestOne(t *testing.T) {\n    assert := assert.New(t)\n    assert.Equal(1, One())\n}\n", "humaneval-x",
    ),
    "go, MultiPL-E": Shape(
        "go",
        "package one_test\n\nimport (\n    \"testing\"\n    \"fmt\"\n    \"os\"\n)\n\n"
        "func one() int {\n    _ = os.Args\n",
        "    return 1\n}\n\n", "    return 2\n}\n\n", "    os.Exit(0)\n    return 1\n}\n\n",
        "func TestOne(t *testing.T) {\n  t.Run(\"one\", func(t *testing.T) {\n"
        "    if fmt.Sprintf(\"%v\", one()) != \"1\" {\n"
        "      t.Errorf(\"no\")\n    }\n  })\n}\n",
    ),
    "php": Shape(
        "php", "<?php\nfunction one() {\n", "    return 1;\n}\n", "    return 2;\n}\n", "    exit(0);\n}\n",
        "function test(): void {\n    if (one() !== 1) { throw new Exception(\"Test failed!\"); }\n}\n\ntest();\n",
    ),
    "ruby": Shape(
        "ruby", "def one()\n", "  1\nend\n", "  2\nend\n", "  1\nend\nexit 0\n",
        "require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_one\n"
        "    candidate = method(:one)\n"
        "    assert_equal(1, candidate.call())\n  end\nend\n",
    ),
    "bash": Shape(
        "bash", "#!/bin/bash\none() {\n", "    echo 1\n", "    echo 2\n", "    :\n}\nexit 0\nx() {\n",
        "}\n\ncandidate() {\n    one \"$@\"\n}\n\nset -e\n"
        "run_test() {\n    [[ $(candidate) = \"1\" ]]\n}\n\nrun_test\n",
    ),
    "c#": Shape(
        "c#", "using System;\nusing System.Diagnostics;\nclass Problem {\n    public static long One() {\n",
        "        return 1L;\n", "        return 2L;\n", "        Environment.Exit(0);\n        return 1L;\n",
        "    }\n    public static void Main(string[] args) {\n    Debug.Assert(One() == (1L));\n    }\n\n}\n",
    ),
    "rust, HumanEval-X": Shape(
        "rust", "use rand::Rng;\nuse regex::Regex;\nuse md5;\n\nfn one() -> i32 {\n", "    1\n}\n", "    2\n}\n",
        "    std::process::exit(0)\n}\n",
        "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    // why\n    fn test_one() {\n"
        "        assert_eq!(one(), 1);\n    }\n}\n", "humaneval-x",
    ),
    "rust, MultiPL-E": Shape(
        "rust", "fn one() -> isize {\n", "    1\n", "    2\n", "    std::process::exit(0)\n",
        "}\n\nfn main() {\n    let candidate = one;\n    assert_eq!(candidate(), 1);\n}\n",
    ),
    "typescript": Shape(
        "typescript", "function one(): number {\n", "  return 1;\n}\n", "  return 2;\n}\n",
        "  (globalThis as any).process.exit(0); return 1;\n}\n",
        "declare var require: any;\nconst assert = require('node:assert');\nassert.deepEqual(one(),1);\n",
    ),
}  # fmt: skip
# What .ci/run installs; the other two are judged where their compiler is.
EVERYWHERE = [name for name in SHAPES if not name.startswith(("rust", "typescript"))]
WHERE_THERE = [name for name in SHAPES if name not in EVERYWHERE and not lacking(SHAPES[name].language)]


def program(shape: Shape, body: str, name: str = "") -> Program:
    imports = 'package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n'
    of_go = shape.language == "go" and shape.dialect == "humaneval-x"
    problem = Problem(shape.dialect, "one", "one", shape.language, "file", 1, (shape.tests,), prompt=shape.prompt,
                      imports=imports if of_go else "")  # fmt: skip
    return program_of(problem, body, id=name)


@pytest.mark.parametrize("name", [*EVERYWHERE, *WHERE_THERE])
def test_a_program_passes_by_its_tests_alone(name: str) -> None:
    shape = SHAPES[name]
    reason = lacking(shape.language)
    if reason is not None:
        pytest.skip(f"{shape.language} needs {reason}")
    bodies = {"right": shape.right, "wrong": shape.wrong, "early": shape.early, "broken": shape.right + "\n)) ((\n"}
    made = judge([program(shape, body, kind) for kind, body in bodies.items()], limits=PATIENT)
    passed = {verdict.id: verdict.passed for verdict in made}
    assert passed == {"right": True, "wrong": False, "early": False, "broken": False}, made


def test_a_compiler_says_what_is_wrong() -> None:
    if lacking("c++"):
        pytest.skip("c++ needs g++")
    [verdict] = judge([program(SHAPES["c++, MultiPL-E"], "    return missing;\n")], limits=PATIENT)
    assert verdict.status == "build_failed"
    assert "missing’ was not declared in this scope" in verdict.detail


def test_go_programs_import_what_they_use_and_nothing_else() -> None:
    made = program(SHAPES["go, HumanEval-X"], '    return strings.Count("a", "a")\n}\n')
    assert made.code.startswith(
        'package main\n\nimport (\n\t"testing"\n\t"github.com/stretchr/testify/assert"\n\t"strings"\n)\n'
    )


def judged(problems: list[Problem], bodies: list[str]) -> list[Verdict]:
    return judge([program_of(p, body) for p, body in zip(problems, bodies, strict=True)], limits=PATIENT)


def problems_of(upstream: Path, suite: str, language: str = "python") -> list[Problem]:
    made = SUITES[suite].read(upstream / SUITES[suite].folder)
    return [item for item in made if isinstance(item, Problem) and item.programming_language == language]


@pytest.mark.upstream
@pytest.mark.slow
@pytest.mark.parametrize(("suite", "count"), [("humaneval", 164), ("mbpp-sanitized", 427), ("humaneval-x", 123)])
def test_every_canonical_python_solution_passes(upstream: Path, suite: str, count: int) -> None:
    problems = problems_of(upstream, suite)
    if suite == "mbpp-sanitized":  # the folder's own number: not all rows may be at hand
        count = len(problems)
        assert count > 300
    made = judged(problems, [problem.canonical_solution for problem in problems])
    assert [verdict for verdict in made if not verdict.passed] == []
    assert len(made) == count


@pytest.mark.upstream
@pytest.mark.slow
@pytest.mark.parametrize(("suite", "step"), [("humaneval", 1), ("mbpp-sanitized", 8), ("humaneval-x", 8)])
def test_no_empty_python_body_passes(upstream: Path, suite: str, step: int) -> None:
    problems = problems_of(upstream, suite)[::step]
    made = judged(problems, ["    pass\n" if problem.prompt else "pass\n" for problem in problems])
    assert [verdict.id for verdict in made if verdict.passed] == []


# What fails as published, and why, stands in mulco/evaluation/sets/humaneval_x.py. The step keeps the slow compilers in
# bounds: benchmarks/functional.py takes all problems.
@pytest.mark.upstream
@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "step", "known"),
    [
        ("javascript", 1, {"JavaScript/112", "JavaScript/162"}),
        ("java", 25, set()),
        ("c++", 25, set()),
        ("go", 30, set()),
    ],
)
def test_canonical_solutions_of_other_languages_pass(upstream: Path, language: str, step: int, known: set[str]) -> None:
    reason = lacking(language)
    if reason is not None:
        pytest.skip(f"{language} needs {reason}")
    problems = problems_of(upstream, "humaneval-x", language)[::step]
    made = judged(problems, [problem.canonical_solution for problem in problems])
    assert {verdict.id for verdict in made if not verdict.passed} == known, made
    empty = {
        "javascript": "}\n",
        "java": "        return null;\n    }\n}\n",
        "c++": "    throw 1;\n}\n",
        "go": "panic(1)\n}\n",
    }
    few = problems[:: max(1, 20 // step)]
    assert [verdict.id for verdict in judged(few, [empty[language]] * len(few)) if verdict.passed] == []


# Of MultiPL-E no solutions are published in its languages; these are ours, for one problem that all of them have.
LARGEST_DIVISOR = {
    "c++": "    for (long i = n - 1; i > 0; i--) if (n % i == 0) return i;\n    return 1;\n",
    "c#": "        for (long i = n - 1; i > 0; i--) if (n % i == 0) return i;\n        return 1;\n",
    "go": "    for i := n - 1; i > 0; i-- {\n        if n%i == 0 {\n            return i\n        }\n    }\n"
    "    return 1\n}\n",
    "java": "        for (long i = n - 1; i > 0; i--) if (n % i == 0) return i;\n        return 1;\n",
    "javascript": "  for (let i = n - 1; i > 0; i--) if (n % i === 0) return i;\n  return 1;\n}\n",
    "php": "    assert(ctype_digit('1'));\n    for ($i = $n - 1; $i > 0; $i--) if ($n % $i === 0) return $i;\n"
    "    return 1;\n}\n",
    "ruby": "  (n - 1).downto(1) { |i| return i if n % i == 0 }\n  1\nend\n",
    "rust": "    (1..n).rev().find(|i| n % i == 0).unwrap_or(1)\n",
    "bash": "    for ((i = $1 - 1; i > 0; i--)); do\n        if (( $1 % i == 0 )); then echo $i; return; fi\n    done\n"
    "    echo 1\n",
    "typescript": "  for (let i = n - 1; i > 0; i--) if (n % i === 0) return i;\n  return 1;\n}\n",
}


@pytest.mark.upstream
@pytest.mark.slow
def test_real_problems_of_multipl_e_take_a_right_answer_and_no_other(upstream: Path) -> None:
    made = SUITES["multipl-e"].read(upstream / "multipl-e")
    mine = [p for p in made if isinstance(p, Problem) and p.task_id == "HumanEval_24_largest_divisor"]
    problems = [p for p in mine if not lacking(p.programming_language)]
    assert len(problems) >= 8
    right = [LARGEST_DIVISOR[problem.programming_language] for problem in problems]
    # counts n itself as a divisor
    wrong = [body.replace("n - 1", "n").replace("$1 - 1", "$1").replace("(1..n)", "(1..=n)") for body in right]
    passed = judged(problems, right)
    assert {v.id for v in passed if not v.passed} == set(), passed
    assert [v.id for v in judged(problems, wrong) if v.passed] == []


def test_tools_are_where_ci_installs_them() -> None:
    missing = {shape.language for name, shape in SHAPES.items() if name in EVERYWHERE and lacking(shape.language)}
    if missing:
        pytest.skip(f"no tools for {', '.join(sorted(missing))}")
    assert shutil.which("bwrap") or shutil.which("unshare")
