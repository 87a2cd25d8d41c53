"""What is read out of free text: labels, choices, tokens, code; and what is not guessed."""

from __future__ import annotations

import pytest

from mulco.evaluation.answers import cut, read_answer, read_choice, read_code, read_label, read_text, read_word
from mulco.evaluation.answers import unparsed_rate as rate


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Yes", 1), ("no.", 0), ("**No**", 0), ("1", 1), ("0.", 0), ("Label: 1", 1), ("The answer is: no", 0),
        ("Answer: yes, both sort the list.", 1), ("True", 1), ("false", 0), ("No, these two do **not** match.", 0),
        ("The code is not defective.", 0), ("So the final answer is yes.", 1), ("是", 1), ("否", 0), ("是。", 1),
        ("不是", 0), ("答案：是。", 1), ("答案是否", 0), ("答案是否定的", 0), ("我认为答案为是", 1), ("有缺陷", 1),
        ("没有缺陷", 0), ("不存在缺陷", 0), ("是的，存在缺陷", 1), ("这段代码是否有缺陷？有。", 1),
        ("这两段代码是否相同？不相同。", 0), ("这两个函数功能相同", 1), ("两段代码的行为不相同", 0),
        ("结论：否", 0), ("ＹＥＳ", 1), ("１", 1), ("<think>yes? maybe.</think>No", 0), ("> No", 0), ("`yes`", 1),
        ("\n\nYes\n", 1), ("", None), ("It depends.", None), ("I cannot tell.", None), ("Nothing to see", None),
        ("2", None), ("可能", None), ("north", None), ("eyes", None),
        ("看不出来。", None), ("无法判断这段代码是否有缺陷。", None), ("I'm not sure.", None), ("I don’t know", None),
        ("It is not possible to tell.", None), ("不确定，不过应该是。", 1), ("I'm not sure, but no.", 0),
    ],
)  # fmt: skip
def test_a_label_is_the_first_word_that_decides(text: str, label: int | None) -> None:
    assert read_label(text) == label


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), ("2.", 2), ("(3)", 3), ("[4]", 4), ("B", 2), ("(c)", 3), ("D.", 4), ("Snippet 2", 2),
        ("snippet (2) fits", 2), ("The answer is 4.", 4), ("Answer: **1**", 1), ("Option C is right.", 3),
        ("选 3。", 3), ("选第二个", 2), ("答案是第二个", 2), ("第3个代码片段", 3), ("答案：４", 4), ("片段[3]", 3),
        ("4）", 4), ("最符合的是第 2 段代码", 2), ("Snippet 2 fits; snippet 1 does not. Answer: 2", 2),
        ("It is 3", 3), ("<think>1?</think>\n2", 2), ("2 is the one", 2), ("", None), ("I am not sure.", None),
        ("5", None), ("0", None), ("12", None), ("1 and 2", None), ("2 or 3", None), ("Both 1 and 4 do.", None),
        ("About the list", None), ("snippet 7", None), ("1.5", None),
    ],
)  # fmt: skip
def test_a_choice_is_a_number_or_a_letter_that_is_named(text: str, number: int | None) -> None:
    assert read_choice(text) == number


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("max", "max"), ("`min`", "min"), ("The answer is: min.", "min"), ("```\nmin\n```", "min"),
        ("“max”。", "max"), ("答案：max", "max"), ("The token is `len`, as it counts.", "len"),
        ("min\nbecause", "min"), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_word_is_the_one_that_is_marked_or_the_first(text: str, word: str | None) -> None:
    assert read_word(text) == word


BLOCKS = "Two ways:\n```python\ndef f(x):\n    return x\n```\nor\n``` java \nint g() { return 1; }\n```\nDone."


def test_code_is_the_block_in_the_right_language() -> None:
    assert read_code(BLOCKS, "java") == "int g() { return 1; }"
    assert read_code(BLOCKS, "python") == read_code(BLOCKS) == "def f(x):\n    return x"


def test_code_is_the_block_with_the_asked_function() -> None:
    text = "```python\nimport math\n```\n```python\ndef area(r):\n    return math.pi * r\n```"
    assert read_code(text, "python", "area") == "def area(r):\n    return math.pi * r"


def test_a_block_that_the_end_leaves_open_counts() -> None:
    assert read_code("Sure:\n```python\nx = 1\n", "python") == "x = 1"


def test_code_without_a_fence_is_the_text() -> None:
    assert read_code("\nreturn x\n") == "return x"
    assert read_code(" \n") is None
    assert read_code("```python\n\n```") is None


def test_a_longer_fence_holds_a_shorter_one() -> None:
    assert read_code("````markdown\n```\ninner\n```\n````") == "```\ninner\n```"


def test_a_block_in_a_list_loses_its_indentation() -> None:
    assert read_code("1. First:\n   ```python\n   if x:\n       y()\n   ```") == "if x:\n    y()"


def test_a_task_says_how_its_answers_are_read() -> None:
    assert read_answer("defect_detection", "有") == 1
    assert read_answer("code_search", "第 2 个") == 2
    assert read_answer("cloze_test", "`max`") == "max"
    assert read_answer("code_completion", "```python\n\n    return x\n    y\n```", "python") == "return x"
    assert read_answer("code_repair", BLOCKS, "java") == "int g() { return 1; }"
    assert read_answer("code_summarization", "<think>hm</think>\nAdds two numbers.\n") == "Adds two numbers."
    assert read_text("<think>only thoughts</think>") is None


def test_a_completion_ends_before_the_first_stop_token() -> None:
    assert cut("    return x\n\ndef g():\n    pass\nclass A: ...", ("\nclass", "\ndef")) == "    return x\n"
    assert cut("    return x", ("\ndef",)) == "    return x"


def test_the_share_of_unreadable_answers_is_known() -> None:
    assert rate([1, None, 0, None]) == 0.5
    assert rate([]) == 0.0
