"""The steps that look at one row at a time: what they drop and why, and what they must let pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mulco.judging import judge
from mulco.pipeline import Outcome
from mulco.steps import PROFILES, Step

STEPS = {step.name: step for step in PROFILES["strict"]}


def verdict(rows: Any, name: str, **facts: Any) -> str | None:
    step = STEPS[name]
    table = step.run(rows(facts), step.settings)
    found: str | None = table.column("verdict")[0].as_py()
    return found


def kept(rows: Any, step: Step, *given: dict[str, Any]) -> list[dict[str, Any]]:
    table, _ = judge(rows(*given), [step], Outcome("x"))
    return list(table.to_pylist())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("   \n", "empty"),
        ("N/A", "placeholder"),
        ("待补充", "placeholder"),
        ("{{ answer }}", "template_left_open"),
        ("# TODO: write your code here", "unfinished"),
        ("// 在此处编写代码", "unfinished"),
        ("na " * 60, "repetitive"),
        ("print(1)\n" * 60, "repetitive"),
        ("def f():\n    # TODO: faster\n    return None", None),
        ("return None", None),
        ("答案是 42，因为循环执行了 42 次。", None),
        ("\n".join(f"print({n})" for n in range(60)), None),
    ],
)
def test_answers_that_say_nothing(rows: Any, answer: str, reason: str | None) -> None:
    assert verdict(rows, "answers", output=answer) == reason


def test_one_word_answers_are_what_label_tasks_ask_for(rows: Any) -> None:
    assert verdict(rows, "answers", task="cloze_test", output="None") is None
    assert verdict(rows, "length", task="defect_detection", output="是", fields={"code": "int x;"}) is None


def test_length_counts_the_upstream_texts_and_has_bounds_by_task(rows: Any) -> None:
    assert verdict(rows, "length", output="x", fields={"code": "x"}) == "too_short"
    assert verdict(rows, "length", output="x = 1", fields={"code": "x" * 24_001}) == "too_long"
    assert verdict(rows, "length", output="x = 1", fields={"code": "x" * 12_000, "description": "y" * 12_000}) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I'm sorry, but I cannot help with that.", "refusal"),
        ("As an AI language model, I do not have access to files.", "refusal"),
        ("很抱歉，我无法提供这样的代码。", "refusal"),
        ("作为一个人工智能语言模型，我没有个人观点。", "refusal"),
        ("Sure! Here is the code:", "nothing_but_a_preface"),
        ("Sure! Here is the code:\n```python\nprint(1)\n```", None),
        ('print("I\'m sorry, Dave")\n', None),
        ('```python\nreply = "I\'m sorry, but I cannot do that"\n```', None),
        ("We cannot use a list here, since look-ups are linear.", None),
        ("这段代码无法运行，因为缺少括号。", None),
    ],
)
def test_refusals(rows: Any, answer: str, reason: str | None) -> None:
    assert verdict(rows, "refusals", output=answer, task="code_qa", fields={"answer": answer}) == reason


def test_an_assistant_phrase_before_a_real_answer_is_a_flag(rows: Any) -> None:
    [row] = kept(rows, STEPS["refusals"], {"output": "Sure! Here it is:\n```python\nprint(sum([1, 2]))\n```"})
    assert json.loads(row["quality"]) == {"flags": ["assistant_phrase"]}


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("zh", "Reverse a linked list in place, please.", "not_chinese"),
        ("zh", "反转链表", None),
        ("zh", "用 Python 实现 LRU 缓存，capacity 由参数给出", None),
        ("zh", "```python\nprint('hello world again and again')\n```\n这段代码输出什么？", None),
        ("en", "反转一个链表", "not_english"),
        ("en", "Translate 你好 into English", None),
    ],
)
def test_script_of_the_text(rows: Any, language: str, text: str, reason: str | None) -> None:
    assert verdict(rows, "script", language=language, fields={"description": text, "code": "x = 1"}) == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Here:\n```python\nprint(1)\n", "fence_not_closed"),
        ("Here:\n```python\n```\n", "fence_empty"),
        ("Here:\n```python\nprint(1)\n```\nand\n```\n1\n```", None),
        ('text = """\n    ```inside code, indented by four\n"""', None),
    ],
)
def test_fences(rows: Any, answer: str, reason: str | None) -> None:
    assert verdict(rows, "fences", output=answer) == reason


GOOD = {
    "python": "def f(x):\n    return x + 1\n", "java": "public int f(int x) { return x + 1; }",
    "c#": "public int F(int x) => x + 1;", "php": "function f($x) { return $x + 1; }",
    "javascript": "const f = (x) => x + 1;", "typescript": "const f = (x: number): number => x + 1;",
    "go": "func F(x int) int { return x + 1 }", "ruby": "def f(x)\n  x + 1\nend", "c": "int f(int x) { return x + 1; }",
    "c++": "template <class T> T f(T x) { return x + 1; }", "bash": 'f() { echo "$(( $1 + 1 ))"; }',
}  # fmt: skip


@pytest.mark.parametrize("language", GOOD)
def test_code_parses_in_every_language_with_a_grammar_and_prose_does_not(rows: Any, language: str) -> None:
    assert verdict(rows, "syntax", output=GOOD[language], programming_language=language) is None
    broken = "this ) is { no ] code, but :: a (( sentence =>> that } somebody typed [[ in the dark !! ;;"
    assert str(verdict(rows, "syntax", output=broken, programming_language=language)).startswith("syntax_error:")


@pytest.mark.parametrize(
    "facts",
    [
        {"tokenized": True},
        {"programming_language": "haskell"},
        {"programming_language": "text"},
        {"task": "code_qa"},
        {"task": "code_repair", "output": GOOD["python"], "fields": {"code": "def ((", "fixed": GOOD["python"]}},
        {"output": "Like this:\n```python\nx = 1\n```\nThat (is [all."},
    ],
    ids=["tokenized", "no grammar", "no code", "an explanation", "the buggy side", "prose around a fence"],
)
def test_syntax_does_not_judge(rows: Any, facts: dict[str, Any]) -> None:
    assert verdict(rows, "syntax", **{"output": "def (( return ]]", **facts}) is None


@pytest.mark.parametrize(
    ("language", "code", "facts"),
    [
        (
            "python",
            "def f(x):\n    for i in x:\n        if i and x:\n            print(i)\n",
            ({"lines": 4, "decisions": 3, "nesting": 2, "functions": 1, "loops": 1}, "intermediate", "procedural"),
        ),
        (
            "java",
            "int f(int x) {\n if (x > 1) { return 1; } else if (x > 2) { return 2; }\n return 3;\n}",
            ({"lines": 4, "decisions": 2, "nesting": 1, "functions": 1}, "intermediate", "procedural"),
        ),
        ("javascript", "const f = (xs) => xs.map((x) => x + 1);", ({"lambdas": 2}, "beginner", "functional")),
        ("python", "class A(B):\n    def f(self):\n        return self.x\n", ({"classes": 1}, "beginner", "object-oriented")),
        ("javascript", "node.addEventListener('click', go);", ({"events": 1}, "beginner", "event-driven")),
        ("sql", "SELECT 1", ({"lines": 1}, None, "declarative")),
        ("haskell", "f x = x + 1", ({"lines": 1, "tokens": 6}, None, None)),
    ],
)  # fmt: skip
def test_metadata_counts(rows: Any, language: str, code: str, facts: tuple[dict[str, int], str, str]) -> None:
    [row] = kept(rows, STEPS["metadata"], {"output": code, "programming_language": language})
    quality = json.loads(row["quality"])
    assert ({name: quality[name] for name in facts[0]}, row["difficulty"], row["paradigm"]) == facts


def test_metadata_leaves_what_the_source_declared(rows: Any) -> None:
    given = {"output": "x = 1", "difficulty": "advanced", "paradigm": "functional"}
    [row] = kept(rows, STEPS["metadata"], given)
    assert (row["difficulty"], row["paradigm"]) == ("advanced", "functional")
