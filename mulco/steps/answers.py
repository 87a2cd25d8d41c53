"""Drop answers that say nothing: empty ones, what a template left open, one mark or word over and over.

    "TODO: write your code here"  ->  unfinished
    "N/A"                         ->  placeholder
    "aaaaaaaaaaaaaaaaaaaa..."     ->  repetitive

Label tasks and one-word tasks answer in one word by design; there only an empty answer is refused.
"""

from __future__ import annotations

import re

import pyarrow as pa

from mulco.steps.step import Settings, judged

# The whole answer is one of these; a part of an answer may well be.
_PLACEHOLDER = re.compile(
    r"[\s`*_\"'([{<]*"
    r"(?:n/?a|none|null|nil|undefined|todo|tbd|fixme|xxx+|lorem ipsum.*|placeholder|no ?output|no ?answer|"
    r"(?:your|the) (?:code|answer|solution)(?: goes)? here|insert (?:code|answer) here|无|暂无|空|待补充|待定|略|省略|"
    r"(?:此处|这里)(?:填写|填入|写)(?:代码|答案)|答案)[\s`*_\"')\]}>.!。！…]*",
    re.I | re.S,
)
# An instruction's own braces or marks of a template that nobody filled: the answer as a whole is about them.
_OPEN_SLOT = re.compile(
    r"\s*(?:\{\{?\s*\w+\s*\}?\}|<\s*(?:output|answer|response|code|input)\s*>|\[(?:output|answer|code)\])\s*", re.I
)
_UNFINISHED = re.compile(
    r"\s*(?:#|//|/\*|--|<!--)?\s*"
    r"(?:todo\b[^\n]*|(?:your|add|write|put|insert)\b[^\n]{0,20}\bcode\b[^\n]{0,20}\bhere\b[^\n]*|"
    r"(?:在此|在这里|此处)(?:处)?(?:填写|编写|添加|写)[^\n]{0,10}代码[^\n]*)\s*(?:\*/|-->)?\s*",
    re.I,
)
_WORD = re.compile(r"\w+|[^\w\s]")
SHORT = ("clone_detection", "defect_detection", "cloze_test", "code_search", "code_completion")


def answers(table: pa.Table, settings: Settings) -> pa.Table:
    """Verdicts `empty`, `placeholder`, `template_left_open`, `unfinished` and `repetitive`.

    Repetitive is an answer of at least `repeats` tokens of which one makes up more than `share`, or whose lines are
    the same one at least `repeats` times with hardly another beside it.
    """
    least, share = int(settings["repeats"]), float(settings["share"])
    tasks = table.column("task").to_pylist()
    return judged(
        table,
        [
            _verdict(answer, task in SHORT, least, share)
            for answer, task in zip(table.column("output").to_pylist(), tasks, strict=True)
        ],
    )


def _verdict(answer: str, short: bool, least: int, share: float) -> str | None:
    if not answer.strip():
        return "empty"
    if short:
        return None
    if len(answer) < 200:
        if _PLACEHOLDER.fullmatch(answer):
            return "placeholder"
        if _OPEN_SLOT.fullmatch(answer):
            return "template_left_open"
        if _UNFINISHED.fullmatch(answer):
            return "unfinished"
    return "repetitive" if _repetitive(answer, least, share) else None


def _repetitive(answer: str, least: int, share: float) -> bool:
    lines = [line.strip() for line in answer.split("\n") if len(line.strip()) > 3]
    if len(lines) >= least and len(lines) - len(set(lines)) > share * len(lines):
        return max(map(lines.count, set(lines))) > share * len(lines)
    if len(answer) < 2 * least or len(set(answer)) > 40:  # so many different characters: no need to count tokens
        return False
    tokens = _WORD.findall(answer)
    return (len(tokens) >= least and max(map(tokens.count, set(tokens))) > share * len(tokens)) or (
        len(tokens) < 4 and len(set(answer.strip())) <= 2 and len(answer.strip()) >= least
    )
