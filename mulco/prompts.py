"""From a row to what a model reads before its answer: the Alpaca prompt, or the conversation for a chat template.

    row = {"instruction": "把下面的代码译成 Java。", "input": "x = 1", "output": "int x = 1;", "language": "zh"}
    prompt(row)                              # "下面是一条描述任务的指令，…### 回答：\\n"
    prompt(row, "chat", tokenizer)           # what the tokenizer's own chat template makes of messages(row)
    messages(row)                            # [{"role": "user", "content": "把下面的代码译成 Java。\\n\\nx = 1"}]

Training, generation and evaluation share these, so a model is asked exactly as it was taught. The tokens that begin
and end a text are no part of it: `mulco.training.encode` puts them where a model expects them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mulco.errors import MulcoError, UsageError, unknown

STYLES = ("alpaca", "chat")
# The English prompt is Stanford Alpaca's, word for word, so that models taught by it elsewhere understand ours:
# github.com/tatsu-lab/stanford_alpaca. Keys: language, whether there is an input.
ALPACA = {
    ("en", True): (
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
    ),
    ("en", False): (
        "Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\n{instruction}\n\n### Response:\n"
    ),
    ("zh", True): (
        "下面是一条描述任务的指令，并附有提供背景的输入。请写出恰当完成这一要求的回答。\n\n"
        "### 指令：\n{instruction}\n\n### 输入：\n{input}\n\n### 回答：\n"
    ),
    ("zh", False): (
        "下面是一条描述任务的指令。请写出恰当完成这一要求的回答。\n\n### 指令：\n{instruction}\n\n### 回答：\n"
    ),
}


def prompt(row: Mapping[str, Any], style: str = "alpaca", tokenizer: Any = None) -> str:
    """The text before the answer, ending where the answer begins.

    `row` needs `instruction`; `input` and `language` (English where absent) are optional. The style "chat" needs a
    `tokenizer` that brings a chat template; raises MulcoError where it has none.
    """
    if style == "alpaca":
        pieces = ALPACA.get((_language(row), bool(row.get("input"))))
        if pieces is None:
            raise UsageError(f"no Alpaca prompt for the language {row['language']!r}; there is one for en and zh")
        # One pass over the template: braces inside the row's own code stay as they are.
        return pieces.format(instruction=row["instruction"], input=row.get("input") or "")
    if style != "chat":
        raise UsageError(unknown("prompt style", style, STYLES, "Styles: alpaca, chat"))
    if getattr(tokenizer, "chat_template", None) is None:
        name = getattr(tokenizer, "name_or_path", "") or "none given"
        raise MulcoError(
            f"the prompt style chat needs a tokenizer with a chat template, and this one ({name}) has none. "
            "Use the style alpaca, or a model whose tokenizer brings a template"
        )
    return str(tokenizer.apply_chat_template(messages(row), tokenize=False, add_generation_prompt=True))


def messages(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The conversation before the answer: one turn of the user, the input after a blank line."""
    asked = f"{row['instruction']}\n\n{row['input']}" if row.get("input") else str(row["instruction"])
    return [{"role": "user", "content": asked}]


def _language(row: Mapping[str, Any]) -> str:
    return str(row.get("language") or "en")
