"""Drop answers in which an assistant refuses, apologises or speaks of itself instead of answering.

    "I'm sorry, but as an AI language model I cannot ..."  ->  refusal
    "作为一个人工智能语言模型，我无法……"                      ->  refusal
    "Sure! Here is the code:"  (and nothing else)          ->  nothing_but_a_preface

Code is full of words such as `sorry` and `assistant`, so a phrase counts only where prose has it: outside fenced blocks
and, where the answer is code, only at its very beginning. Phrases that merely open a real answer are flagged.
"""

from __future__ import annotations

import re

import pyarrow as pa

from mulco.steps.step import FLAGS, Settings, judged

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
_REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial intelligence|language model|large language model|llm|ai language model)\b"
    r"|\bi(?:'m| am) (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model|chatbot)\b"
    r"|\bi(?:'m| am) (?:very |so )?(?:sorry|afraid),? (?:but )?(?:that )?(?:i|this|there|we|it)\b"
    r"|\b(?:i|we) "
    r"(?:apologi[sz]e|cannot|can't|can not|am unable to|'m unable to|am not able to|won't|will not be able to)"
    r" (?:for|assist|help|answer|fulfil|fulfill|provide|comply|generate|complete|write|do that|create)\b"
    r"|\bmy (?:knowledge cut-?off|training data)\b|\bopenai's\b.{0,40}\bpolic|\bchatgpt\b.{0,20}\b(?:cannot|can't)\b"
    r"|作为(?:一个|一名|一款)?(?:人工智能|ai|大型?语言模型|语言模型|智能助手|聊天机器人)"
    r"|我(?:只)?是(?:一个|一名|一款)?(?:人工智能|ai(?:助手|模型)|语言模型|大语言模型)"
    r"|(?:很抱歉|抱歉|对不起)[，,!！。 ]{0,2}(?:我|但|这|您|无法)"
    r"|我(?:无法|不能|没有办法)(?:提供|回答|满足|完成|帮助|生成|协助)"
    r"|我的知识截止",
    re.I | re.S,
)  # fmt: skip
_PREFACE = re.compile(
    r"\s*(?:sure|certainly|of course|absolutely|okay|ok|好的|当然(?:可以)?|没问题)[!,.，。！ ]*"
    r"(?:here (?:is|are)|here's|below is|i(?:'d| would| will|'ll) be happy|以下是|下面是|这是)?"
    r"[^\n]{0,80}[:：!！.。]?\s*",
    re.I,
)
_OPENS = re.compile(r"\s*(?:sure|certainly|of course|absolutely|好的|当然)[!,，！]", re.I)
_NEAR_THE_START = 200  # characters: where a refusal stands; later on somebody may well quote one
LABELS = ("clone_detection", "defect_detection", "cloze_test", "code_search", "code_completion")


def refusals(table: pa.Table, settings: Settings) -> pa.Table:
    """Verdicts `refusal` and `nothing_but_a_preface`; the flag `assistant_phrase` where one opens a real answer."""
    within = int(settings["within"])
    verdicts: list[str | None] = []
    flags: list[list[str]] = []
    for answer, task in zip(table.column("output").to_pylist(), table.column("task").to_pylist(), strict=True):
        flag: list[str] = []
        verdict = None
        if task not in LABELS:
            head = answer[: 4 * within]
            prose = _FENCE.sub(" ", head) if "```" in head else head
            if _REFUSAL.search(prose[:within]):
                verdict = "refusal"
            elif len(answer) < 160 and _PREFACE.fullmatch(answer) and _OPENS.match(answer):
                verdict = "nothing_but_a_preface"
            elif _OPENS.match(prose):
                flag = ["assistant_phrase"]
        verdicts.append(verdict)
        flags.append(flag)
    return judged(table.append_column(f"{FLAGS}refusals", pa.array(flags, pa.list_(pa.string()))), verdicts)
