"""Programs judged: what passes, what is said of the others, pass@k, and a run that is killed and goes on."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mulco.errors import OutputError, UsageError
from mulco.evaluation.execution import (
    Limits,
    Program,
    Sample,
    SandboxError,
    Verdict,
    find_sandbox,
    judge,
    judge_samples,
    pass_at_k,
    passes,
    program_of,
    read_samples,
    write_samples,
)
from mulco.evaluation.execution import sandbox as sandboxes
from mulco.evaluation.sets import Problem

PATIENT = Limits(seconds=60)  # a busy machine must not fail a sound program


def python(code: str, tests: str = "", name: str = "p") -> Program:
    return Program(name, "python", code, tests)


def status(program: Program, limits: Limits = PATIENT) -> str:
    return judge([program], limits=limits)[0].status


def problem(name: str = "HumanEval/0", suite: str = "humaneval", **fields: str) -> Problem:
    values = {"prompt": "def one():\n", "entry_point": "one", **fields}
    tests = ("def check(candidate):\n    assert candidate() == 1\n",)
    return Problem(suite, name, name, "python", "file", 1, tests, **values)


@pytest.mark.parametrize(
    ("code", "tests", "expected", "detail"),
    [
        ("def one(): return 1", "assert one() == 1", "passed", ""),
        ("def one(): return 2", "assert one() == 1, 'two'", "failed", "AssertionError: two"),
        ("def one(: return 1", "assert one() == 1", "failed", "SyntaxError: invalid syntax (candidate.py, line 1)"),
        ("def one(): return missing", "assert one() == 1", "failed", "NameError: name 'missing' is not defined"),
        ("def one(): exit()", "assert one() == 1", "failed", "SystemExit: None"),
        ("def one(): return input()", "assert one() == 1", "failed", "EOFError: EOF when reading a line"),
        ("import os\ndef one(): os._exit(0)", "assert one() == 1", "no_verdict", ""),
        ("x = '\ud800'", "", "failed", "UnicodeEncodeError: "),
        ("x = 'é' '中'\nassert x == '\u00e9\u4e2d'", "", "passed", ""),
        ("x = 1\r\ny = 2\r\n", "assert x + y == 3", "passed", ""),
    ],
)
def test_a_python_program_passes_only_with_its_tests(code: str, tests: str, expected: str, detail: str) -> None:
    [verdict] = judge([python(code, tests)], limits=PATIENT)
    assert (verdict.status, verdict.passed) == (expected, expected == "passed")
    assert verdict.detail.startswith(detail)


def test_dataclasses_pickle_and_type_hints_find_their_module() -> None:
    code = """
from __future__ import annotations
import dataclasses, pickle, typing
@dataclasses.dataclass
class Point:
    x: int
    y: int = 0
assert pickle.loads(pickle.dumps(Point(1))) == Point(1)
assert typing.get_type_hints(Point) == {"x": int, "y": int}
"""
    assert status(python(code)) == "passed"


def test_a_guard_for_scripts_does_not_run() -> None:
    assert status(python("x = 1\nif __name__ == '__main__':\n    x = input()", "assert x == 1")) == "passed"


def test_random_numbers_and_sets_are_the_same_in_every_run() -> None:
    code = "import random\nvalue = (random.random(), list({'a', 'b', 'c', 'd', 'e'}))\nraise ValueError(value)"
    details = {judge([python(code, name=str(n))], limits=PATIENT)[0].detail for n in range(3)}
    assert len(details) == 1


def test_the_standard_library_is_all_there_is() -> None:
    assert status(python("import numpy")) == "failed"
    assert status(python("import math, re, json, hashlib, sqlite3, decimal, collections, itertools, heapq")) == "passed"


def test_a_program_in_time_passes_and_one_over_time_does_not() -> None:
    assert status(python("while True: pass"), Limits(seconds=0.5)) == "timeout"


def test_verdicts_stand_in_the_order_of_the_programs() -> None:
    programs = [python(f"assert {n} % 3", name=f"p{n}") for n in range(9)]
    made = judge(programs, limits=PATIENT, workers=4)
    assert [v.id for v in made] == [p.id for p in programs]
    assert [v.passed for v in made] == [bool(n % 3) for n in range(9)]


def test_equal_programs_run_once(tmp_path: Path) -> None:
    heard: list[Verdict] = []
    programs = [python("x = 1", name=str(n)) for n in range(5)]
    judge(programs, limits=PATIENT, journal=tmp_path / "j.jsonl", progress=heard.append)
    assert len((tmp_path / "j.jsonl").read_text("utf-8").splitlines()) == 1
    assert [v.id for v in heard] == ["0", "1", "2", "3", "4"]


def test_a_journal_answers_for_what_it_knows_under_the_same_settings(tmp_path: Path) -> None:
    journal = tmp_path / "评测" / "verdicts 1.jsonl"
    first = judge([python("assert True"), python("assert False", name="q")], limits=PATIENT, journal=journal)
    content = journal.read_bytes()
    again = judge([python("assert False", name="other"), python("assert True")], limits=PATIENT, journal=journal)
    assert [v.status for v in first] == ["passed", "failed"]
    assert [(v.id, v.status) for v in again] == [("other", "failed"), ("p", "passed")]
    assert journal.read_bytes() == content
    judge([python("assert True")], limits=dataclasses.replace(PATIENT, seconds=50), journal=journal)
    assert journal.read_bytes().count(b"\n") == 3


def test_a_line_that_a_kill_cut_short_is_cut_off(tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    judge([python("assert True")], limits=PATIENT, journal=journal)
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[:40])
    judge([python("assert True")], limits=PATIENT, journal=journal)
    assert journal.read_bytes() == whole


def test_a_file_that_is_no_journal_is_not_touched(tmp_path: Path) -> None:
    journal = tmp_path / "notes.txt"
    journal.write_text("my notes\n", "utf-8")
    with pytest.raises(OutputError, match=r"notes\.txt, line 1: not a verdict of mulco"):
        judge([python("x = 1")], limits=PATIENT, journal=journal)
    assert journal.read_text("utf-8") == "my notes\n"


KILLED = """
import sys
from pathlib import Path
from mulco.evaluation.execution import Limits, Program, judge
programs = [Program(str(n), "python", f"import time\\ntime.sleep(0.2)\\nassert {n} >= 0", "") for n in range(20)]
made = judge(programs, limits=Limits(seconds=60), workers=2, journal=Path(sys.argv[1]))
print(sum(verdict.passed for verdict in made))
"""


def test_a_killed_run_leaves_nothing_behind_and_goes_on_where_it_was(tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(journal)], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not journal.exists() or journal.read_bytes().count(b"\n") < 4:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    below = {pid for pid in _below(run.pid) if pid != run.pid}
    run.send_signal(signal.SIGKILL)
    run.communicate()
    known = journal.read_bytes().count(b"\n")
    assert 4 <= known < 20
    assert below
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in below):
        assert time.monotonic() < deadline, below
        time.sleep(0.02)
    done = subprocess.run([sys.executable, "-c", KILLED, str(journal)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "20"
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert sorted(int(line["id"]) for line in lines) == list(range(20))  # each was run to its end once


def _below(pid: int) -> set[int]:
    """A process and all below it."""
    try:
        lists = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return set()
    return {pid}.union(*(_below(int(child)) for text in lists for child in text.split()))


ENDLESS = """
import sys
from pathlib import Path
from mulco.evaluation.execution import Limits, Program, judge
programs = [Program("0", "python", "x = 1", "")]
programs += [Program(str(n), "python", f"n = {n}\\nwhile True: pass", "") for n in range(1, 50)]
judge(programs, limits=Limits(seconds=600), journal=Path(sys.argv[1]))
"""


def test_an_interrupt_ends_what_runs(tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    run = subprocess.Popen([sys.executable, "-c", ENDLESS, str(journal)], stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not journal.exists() or not journal.stat().st_size:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert said.strip().endswith("KeyboardInterrupt")
    assert journal.read_bytes().count(b"\n") == 1


def test_an_unknown_programming_language_is_refused_before_anything_runs() -> None:
    with pytest.raises(UsageError, match="no way to run programs in 'cobol'"):
        judge([python("x = 1"), Program("1", "cobol", "", "")], limits=PATIENT)


def test_missing_tools_are_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match=r"programs in javascript need node\. Install nodejs"):
        judge([Program("1", "javascript", "", "")], limits=PATIENT)


def test_other_systems_get_a_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    for unsafe in (False, True):
        with pytest.raises(SandboxError, match=r"Linux namespaces, and Darwin has none\. Run this on Linux"):
            find_sandbox(unsafe)


def test_without_a_sandbox_nothing_runs_and_both_reasons_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxes, "probe", lambda sandbox: f"no {sandbox.kind} here")
    with pytest.raises(SandboxError, match="bubblewrap: no bubblewrap here; namespaces: no namespaces here"):
        judge([python("x = 1")], limits=PATIENT)


def test_without_a_sandbox_programs_are_judged_on_demand_only() -> None:
    unsafe = find_sandbox(unsafe=True)
    made = judge([python("x = 1"), python("assert False", name="q")], sandbox=unsafe, limits=PATIENT)
    assert [v.status for v in made] == ["passed", "failed"]


def test_a_sandbox_that_is_found_hides_the_machine() -> None:
    sandbox = find_sandbox()
    assert sandbox.kind in ("bubblewrap", "namespaces")
    assert sandbox.drops == (os.geteuid() == 0)


def test_pass_at_k_is_the_unbiased_estimate() -> None:
    # Chen et al. 2021; 1 - C(7, 5) / C(10, 5) = 1 - 21 / 252
    assert pass_at_k(10, 3, 5) == pytest.approx(0.9166666666666667)
    assert [pass_at_k(5, c, 1) for c in (0, 1, 5)] == pytest.approx([0, 0.2, 1])
    assert pass_at_k(5, 3, 3) == 1.0  # only two fail: three draws have one that passes
    assert pass_at_k(200, 1, 100) == pytest.approx(0.5)


def test_pass_at_k_wants_k_samples() -> None:
    with pytest.raises(UsageError, match="pass@10 needs at least 10 samples of every problem, here are 5"):
        pass_at_k(5, 1, 10)


def test_pass_at_k_is_the_mean_over_problems() -> None:
    made = passes({"a": [True, False], "b": [False, False], "c": [True, True], "d": [True, False]}, ks=(1, 2))
    assert [(m.name, m.value, m.n) for m in made] == [("pass@1", 0.5, 4), ("pass@2", 0.75, 4)]
    assert made[0].signature.startswith("unbiased|n:2|scale:1|ci:bootstrap1000")
    [one] = passes({"a": [True], "b": [False]})
    assert (one.value, one.signature) == (0.5, "unbiased|n:1|scale:1|ci:wilson")


def test_samples_of_a_set_are_judged_problem_by_problem() -> None:
    problems = [problem("HumanEval/0"), problem("HumanEval/1"), problem("HumanEval/2")]
    samples = {
        "HumanEval/0": [Sample("    return 1\n", False), Sample("    return 2\n", False)],
        "HumanEval/1": [Sample("def one(): return 1", True), Sample("one = 1", True)],
    }
    judged = judge_samples(problems, samples, ks=(1, 2), limits=PATIENT)
    assert {name: [v.passed for v in made] for name, made in judged.verdicts.items()} == {
        "HumanEval/0": [True, False], "HumanEval/1": [True, False], "HumanEval/2": [],
    }  # fmt: skip
    assert [v.id for v in judged.verdicts["HumanEval/0"]] == ["HumanEval/0#0", "HumanEval/0#1"]
    assert judged.missing == ["HumanEval/2"]
    assert [(m.name, round(m.value, 4)) for m in judged.metrics] == [("pass@1", 0.3333), ("pass@2", 0.6667)]


def test_a_whole_solution_gets_the_helpers_that_the_tests_call() -> None:
    prompt = "def helper(x):\n    return x + 1\n\n\ndef one():\n    '''One.'''\n"
    asked = dataclasses.replace(problem(prompt=prompt), tests=("def check(f):\n    assert helper(f()) == 2\n",))
    assert status(program_of(asked, "    return 1\n")) == "passed"
    assert status(program_of(asked, "def one():\n    return 1\n", whole=True)) == "passed"
    assert "helper(x)" not in program_of(problem(), "def one(): return 1", whole=True).code


def test_a_program_is_named_by_what_it_is_not_by_its_id() -> None:
    assert python("x", name="a").digest() == python("x", name="b").digest() != python("y", name="a").digest()


HUMAN_EVAL = [problem("HumanEval/0"), problem("HumanEval/1")]
MBPP = [dataclasses.replace(problem("2", "mbpp"), prompt=""), dataclasses.replace(problem("3", "mbpp"), prompt="")]


def test_samples_of_human_eval_are_read(tmp_path: Path) -> None:
    file = tmp_path / "samples 样本.jsonl"
    lines = ['{"task_id": "HumanEval/1", "completion": "  a"}', "", '{"task_id": "HumanEval/0", "completion": "b"}',
             '{"task_id": "HumanEval/1", "solution": "c", "completion": "x"}']  # fmt: skip
    file.write_text("\n".join(lines), "utf-8")
    assert read_samples(file, HUMAN_EVAL) == {
        "HumanEval/0": [Sample("b", False)], "HumanEval/1": [Sample("  a", False), Sample("c", True)],
    }  # fmt: skip


def test_mbpp_is_known_by_any_of_its_names(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text('{"task_id": "Mbpp/2", "solution": "a"}\n{"task_id": 3, "completion": "b"}\n', "utf-8")
    assert read_samples(file, MBPP) == {"2": [Sample("a", True)], "3": [Sample("b", True)]}


def test_generations_of_bigcode_go_by_their_order(tmp_path: Path) -> None:
    file = tmp_path / "generations.json"
    file.write_text('[["a", "b"], ["c"]]', "utf-8")
    assert read_samples(file, HUMAN_EVAL) == {
        "HumanEval/0": [Sample("a", True), Sample("b", True)], "HumanEval/1": [Sample("c", True)],
    }  # fmt: skip


SAMPLES = {"HumanEval/0": [Sample("    return 1", False)], "HumanEval/1": [Sample("def one(): ...", True)]}


@pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz"])
def test_written_samples_read_back(tmp_path: Path, name: str) -> None:
    write_samples(tmp_path / name, HUMAN_EVAL, SAMPLES, "humaneval")
    assert read_samples(tmp_path / name, HUMAN_EVAL) == SAMPLES
    whole = {"HumanEval/0": [Sample("def one():\n    return 1", True)], "HumanEval/1": SAMPLES["HumanEval/1"]}
    for format in ("evalplus", "bigcode"):
        write_samples(tmp_path / name, HUMAN_EVAL, SAMPLES, format)
        assert read_samples(tmp_path / name, HUMAN_EVAL) == whole


def test_evalplus_gets_its_own_name_of_an_mbpp_problem(tmp_path: Path) -> None:
    write_samples(tmp_path / "s.jsonl", MBPP, {"2": [Sample("a", True)], "3": []}, "evalplus")
    assert (tmp_path / "s.jsonl").read_text("utf-8") == '{"task_id": "Mbpp/2", "solution": "a"}\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "s.jsonl: no samples in it."),
        ('{"task_id": "HumanEval/0", "completion": ""}', "s.jsonl: no sample for 1 of 2 problems, such as "),
        ('{"task_id": "HumanEval/7", "completion": ""}', "s.jsonl, line 1: no problem 'HumanEval/7' among"),
        ('{"task_id": "HumanEval/0"}\n', "s.jsonl, line 1: neither 'completion' nor 'solution' is a string."),
        ('{"completion": ""}\n', "s.jsonl, line 1: no 'task_id'."),
        ("x\n", "s.jsonl, line 1: not JSON (Expecting value"),
        ('[["a"]]', "s.jsonl: 1 lists of generations for 2 problems; they go by their order."),
        ('[["a"], "b"]', "s.jsonl: the generations of HumanEval/1 are no list of strings"),
        ("代码".encode("gbk"), "s.jsonl: byte 0 is not UTF-8."),
    ],
)  # fmt: skip
def test_bad_sample_files_are_refused_in_a_sentence(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with pytest.raises(UsageError) as refused:
        read_samples(file, HUMAN_EVAL)
    assert str(refused.value).removeprefix(f"{tmp_path}/").startswith(message)


def test_problems_without_samples_can_be_allowed(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"task_id": "HumanEval/0", "completion": "x"}\n', "utf-8")
    made = read_samples(tmp_path / "s.jsonl", HUMAN_EVAL, allow_missing=True)
    assert made == {"HumanEval/0": [Sample("x", False)], "HumanEval/1": []}
