"""Problems put to a model, and its answers made into programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mulco.errors import MulcoError, UsageError
from mulco.evaluation.sets import Problem
from mulco.evaluation.solving import balanced, prompt_of, restates, sample_of, stops_of
from mulco.evaluation.suites import Target, problems_of, targets


def problem(language: str = "python", prompt: str = "", **more: object) -> Problem:
    return Problem("s", "1", "1", language, "f", 1, ("assert add(1, 2) == 3",), prompt=prompt, **more)  # type: ignore[arg-type]


ADD = problem(
    "python", 'import math\n\ndef add(a, b):\n    """Adds."""\n', entry_point="add", stop_tokens=("\ndef", "\nprint")
)
TEXT = problem("python", text="Write a function that adds.")
JAVA = problem("java", "import java.util.*;\n\nclass Solution {\n    public int add(int a, int b) {\n")


def test_a_base_model_continues_the_prompt_and_any_other_is_asked_in_words() -> None:
    assert prompt_of(ADD, "plain") == ADD.prompt
    (message,) = prompt_of(ADD, "chat")
    assert message == {
        "role": "user",
        "content": "Complete the Python code below. Answer with the complete code in one code block.\n\n"
        f"```python\n{ADD.prompt.rstrip()}\n```",
    }
    alpaca = prompt_of(ADD, "alpaca")
    assert isinstance(alpaca, str)
    assert alpaca.endswith("```\n\n### Response:\n")
    assert prompt_of(TEXT, "plain") == '"""\nWrite a function that adds.\nassert add(1, 2) == 3\n"""\n'
    (message,) = prompt_of(TEXT, "chat")
    assert "assert add(1, 2) == 3" in message["content"]


def test_early_ends_are_those_that_every_problem_shares() -> None:
    other = problem("python", "def f():\n", stop_tokens=("\nprint", "\n#"))
    assert stops_of([ADD, other], "plain") == ("\nprint",)
    assert stops_of([ADD], "chat") == ()
    assert "\nassert" in stops_of([TEXT], "plain")


def test_a_continuation_ends_at_the_sets_stop_tokens() -> None:
    sample = sample_of(ADD, "    return a + b\n\nprint(add(1, 2))\n", "plain")
    assert sample is not None
    assert (sample.text, sample.whole) == ("    return a + b\n", False)
    assert sample_of(ADD, "\nprint('no code')", "plain") is None
    program = sample_of(TEXT, "def add(a, b):\n    return a + b\nassert add(1, 1) == 2", "plain")
    assert program is not None
    assert (program.text, program.whole) == ("def add(a, b):\n    return a + b", True)


def test_without_stop_tokens_it_ends_where_the_braces_balance() -> None:
    answer = '        String s = "}"; // }\n        return a + b;\n    }\n}\n\nclass Other {}\n'
    assert balanced(JAVA, answer) == '        String s = "}"; // }\n        return a + b;\n    }\n}\n'
    assert balanced(JAVA, "        return a + b;\n    }\n") == "        return a + b;\n    }\n"
    script = problem("javascript", "const add = (a, b) => {\n")
    assert balanced(script, "  return `}` + '}';\n}\n\nconsole.log(1)") == "  return `}` + '}';\n}\n"
    rust = problem("rust", "fn first<'a>(x: &'a str) -> &'a str {\n")
    assert balanced(rust, "    let brace = '}';\n    x\n}\nfn main() {}\n") == "    let brace = '}';\n    x\n}\n"
    sample = sample_of(JAVA, answer, "plain")
    assert sample is not None
    assert "Other" not in sample.text


@pytest.mark.parametrize("style", ["chat", "alpaca"])
def test_code_in_a_fence_is_a_whole_program_or_what_is_missing(style: str) -> None:
    whole = sample_of(ADD, "Sure:\n```python\ndef add(a, b):\n    return a + b\n```\nIt adds.", style)
    assert whole is not None
    assert (whole.text, whole.whole) == ("\ndef add(a, b):\n    return a + b\n", False)  # Python's prompt stays
    body = sample_of(ADD, "```python\n    return a + b\n```", style)
    assert body is not None
    assert body.text == "    return a + b"
    assert sample_of(ADD, "```python\n```", style) is None
    program = sample_of(TEXT, "```python\ndef add(a, b):\n    return a + b\n```", style)
    assert program is not None
    assert program.whole


def test_a_restated_class_gets_the_imports_that_it_left_out() -> None:
    code = "class Solution {\n    public int add(int a, int b) {\n        return a + b;\n    }\n}"
    assert restates(JAVA, code)
    assert not restates(JAVA, "        return a + b;\n    }\n}")
    sample = sample_of(JAVA, f"```java\n{code}\n```", "chat")
    assert sample is not None
    assert (sample.text, sample.whole) == (f"import java.util.*;\n{code}\n", True)
    again = sample_of(JAVA, f"```java\nimport java.util.*;\n{code}\n```", "chat")
    assert again is not None
    assert again.text.count("import java.util.*;") == 1
    rest = sample_of(JAVA, "```java\n        return a + b;\n    }\n}\n```", "chat")
    assert rest is not None
    assert not rest.whole


def test_suites_are_configs_sets_and_parts_of_sets() -> None:
    assert len(targets(["mulco"])) == 20
    assert targets(["all_zh", "code_qa_zh"]) == targets(["all_zh"])
    assert targets(["humaneval"]) == [Target("humaneval", "humaneval")]
    assert targets(["humaneval-x:cpp"]) == [Target("humaneval-x", "humaneval-x:c++", "c++")]
    assert [target.part for target in targets(["humaneval-x"])][:3] == ["python", "javascript", "java"]
    for name, expected in (
        ("humanevla", "Close matches: humaneval"),
        ("humaneval:java", "Python alone"),
        ("humaneval-x:cobol", "Its languages: python"),
    ):
        with pytest.raises(UsageError, match=expected):
            targets([name])


def test_a_set_that_is_not_at_hand_or_broken_is_told(tmp_path: Path) -> None:
    target = Target("humaneval", "humaneval")
    with pytest.raises(MulcoError, match=r"HumanEval: no humaneval in .*--download"):
        problems_of(target, tmp_path)
    (tmp_path / "mbpp").mkdir()
    (tmp_path / "mbpp" / "mbpp.jsonl").write_text('{"task_id": 11}\n')
    with pytest.raises(MulcoError, match=r"mbpp.jsonl, line 1: .*Scores need every problem"):
        problems_of(Target("mbpp", "mbpp"), tmp_path)


# Canonical solutions that go on after the brace that closes what their prompt opened: with a second function, mostly.
# CodeGeeX's own generation stops at that brace too.
TWO_PARTS = {"CPP/94", "Go/72", "Rust/10", "Rust/32", "Rust/38", "Rust/50", "Rust/137", "Rust/145"}


@pytest.mark.upstream
@pytest.mark.parametrize(
    "suite", ["humaneval", *(f"humaneval-x:{name}" for name in ("python", "java", "cpp", "js", "go", "rust"))]
)
def test_canonical_solutions_survive_the_way_through_an_answer(suite: str, upstream: Path) -> None:
    """What upstream wrote is neither cut short as a continuation nor lost in a fence."""
    (target,) = targets([suite])
    for one in problems_of(target, upstream):
        plain = sample_of(one, one.canonical_solution + "\n", "plain")
        assert plain is not None
        assert one.canonical_solution.startswith(plain.text.rstrip())
        assert (plain.text.rstrip() == one.canonical_solution.rstrip()) == (one.id not in TWO_PARTS), one.id
        fence = sample_of(one, f"```\n{one.prompt}{one.canonical_solution}\n```", "chat")
        assert fence is not None
        assert one.canonical_solution.strip() in fence.text
        assert fence.whole == (one.programming_language != "python")
