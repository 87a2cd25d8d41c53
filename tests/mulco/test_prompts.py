"""What a model reads before its answer: the Alpaca prompt in both languages, the conversation of a chat template."""

from __future__ import annotations

from typing import Any

import pytest

from mulco.errors import MulcoError, UsageError
from mulco.export.formats import FORMATS
from mulco.prompts import messages, prompt

ROW = {"instruction": "Add two numbers.", "input": "a, b", "output": "a + b", "language": "en"}


class Template:
    """As much of a tokenizer as a chat prompt needs."""

    name_or_path = "ours"
    chat_template: str | None = "a template"

    def apply_chat_template(self, turns: list[dict[str, str]], tokenize: bool, add_generation_prompt: bool) -> str:
        assert not tokenize
        said = "".join(f"<{turn['role']}>{turn['content']}</>" for turn in turns)
        return said + "<assistant>" * add_generation_prompt


def test_the_english_prompt_is_alpacas_word_for_word() -> None:
    assert prompt(ROW) == (
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nAdd two numbers.\n\n### Input:\na, b\n\n### Response:\n"
    )


def test_a_row_without_input_has_no_heading_for_one() -> None:
    expected = (
        "task. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd two numbers.\n\n"
    )
    assert prompt({**ROW, "input": ""}).endswith(f"{expected}### Response:\n")


def test_the_chinese_prompt_follows_the_rows_language() -> None:
    row = {"instruction": "把两个数相加。", "input": "a, b", "language": "zh"}
    assert prompt(row) == (
        "下面是一条描述任务的指令，并附有提供背景的输入。请写出恰当完成这一要求的回答。\n\n"
        "### 指令：\n把两个数相加。\n\n### 输入：\na, b\n\n### 回答：\n"
    )
    assert "输入" not in prompt({**row, "input": ""})


def test_braces_in_a_row_are_code_and_no_slots() -> None:
    assert "### Input:\n{instruction} {0} {}\n\n" in prompt({**ROW, "input": "{instruction} {0} {}"})


def test_a_row_that_names_no_language_is_asked_in_english() -> None:
    assert prompt({"instruction": "Go."}).endswith("### Instruction:\nGo.\n\n### Response:\n")


def test_a_chat_prompt_is_the_tokenizers_own_up_to_the_answer() -> None:
    assert prompt(ROW, "chat", Template()) == "<user>Add two numbers.\n\na, b</><assistant>"


@pytest.mark.parametrize("given", ["a, b", ""])
def test_the_users_turn_is_the_one_that_exports_write(given: str) -> None:
    row = {**ROW, "input": given}
    [exported] = FORMATS["messages"].items(row)
    assert messages(row) == exported["messages"][:-1]


@pytest.mark.parametrize(
    ("row", "style", "tokenizer", "error", "said"),
    [
        (ROW, "aplaca", None, UsageError, "no prompt style 'aplaca'. Close matches: alpaca."),
        ({**ROW, "language": "fr"}, "alpaca", None, UsageError, "no Alpaca prompt for the language 'fr'"),
        (ROW, "chat", None, MulcoError, "needs a tokenizer with a chat template"),
    ],
)
def test_a_prompt_that_cannot_be_made_says_why(
    row: dict[str, str], style: str, tokenizer: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said.replace(".", r"\.")):
        prompt(row, style, tokenizer)
