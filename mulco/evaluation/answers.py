"""What a model meant, out of its free text, in English and Chinese; None where that cannot be told.

>>> read_label("No, these two do **not** do the same."), read_label("答案：是。"), read_label("It depends.")
(0, 1, None)
>>> read_choice("选 3。"), read_choice("Snippet (2) answers the question."), read_choice("I am not sure.")
(3, 2, None)

An answer that cannot be read is wrong, and is counted: a score goes with `unparsed_rate`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from mulco.languages import canonical

# Negatives first: 是 stands inside 不是, 有 inside 没有.
NO = (
    "没有", "不存在", "不含", "不相同", "不同", "不一样", "不是", "不会", "并非", "并不", "不(?!过)", "否", "无", "没",
)  # fmt: skip
YES = ("是的", "是", "有", "存在", "相同", "一样", "对", "会")
LABEL = re.compile(
    rf"\b(?P<no>no|not|false)\b|(?P<no_zh>{'|'.join(NO)})|\b(?P<yes>yes|true)\b|(?P<yes_zh>{'|'.join(YES)})"
)
LEAD = re.compile(
    r"^(?:so[, ]+)?(?:the\s+)?(?:final\s+)?(?:answer|label|verdict|result)\s*(?:is|:|=)*\s*|^(?:所以|因此)?(?:最终)?"
    r"(?:答案|结论|结果|标签)(?:是|为|:)*\s*"
)
QUESTION = re.compile(r"[^.!?;,\n]*\?")  # an answer that repeats the question
WHETHER = re.compile(r"是否|是不是|有没有|有无|会不会|whether or not")  # repeats the question, decides nothing
UNSURE = re.compile(  # decides nothing either, up to the end of its clause; apostrophes are gone by then
    r"(?:看不出|说不准|不(?:太)?(?:确定|知道|清楚|好说|能确定|能判断)|(?:无法|难以)(?:判断|确定|得知|看出|回答)"
    r"|\b(?:not|isnt|arent)\s+(?:sure|certain|clear|known|possible to (?:tell|say|determine))"
    r"|\bcan(?:t|not| not)\s+(?:tell|say|determine|decide|be (?:determined|decided))|\bdo(?:nt| not) know)[^.!?;,\n]*"
)
LAST_ANSWER = re.compile(r"(?:final\s+answer|answer|答案|结论)\s*(?:is|是|为|:)+\s*(?P<rest>.+)$", re.M)
NUMBER = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
CHOSEN = (
    r"(?:\b(?:answer|option|choice|choose|snippet|number|candidate|no\.)(?![a-z])"
    r"|答案|选项|选择|选|编号|片段|代码|第)"
)
ITEM = r"(?P<item>\d+|[a-z](?![a-z])|[一二三四五六七八九])"
FIRST_CHOICE = re.compile(rf"^[(\[]?{ITEM}(?:[)\].:](?!\d)|\s*$|\s(?!\s*(?:and|or|和|或|与|\d)))")
NAMED_CHOICE = re.compile(rf"{CHOSEN}\s*(?:is|are|would be|应该是|应为|是|为|:|#)*\s*[(\[]?{ITEM}(?![\d.]\d)")
FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<tag>[^\n`]*)\n(?P<code>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)",
    re.M | re.S,
)
THOUGHT = re.compile(r"\A.*?</think(?:ing)?>", re.S)


def read_label(text: str) -> int | None:
    """1 for yes, 0 for no: the first word that decides, after a leading "the answer is"; None for neither."""
    plain = _plain(text)
    plain = QUESTION.sub("", plain).strip() or plain
    for candidate in (_lead(plain), plain):
        if candidate.strip(" .:") in ("0", "1"):
            return int(candidate.strip(" .:"))
        found = LABEL.search(UNSURE.sub("", WHETHER.sub("", candidate)))
        if found:
            return 0 if found["no"] or found["no_zh"] else 1
    return None


def read_choice(text: str, count: int = 4) -> int | None:
    """The number of the chosen one of `count`, from 1: `2`, `(2)`, `B`, `snippet 2`, `选第二个`; None for none.

    A number that stands first decides, else the last one that a word such as "answer" or 选 names.
    """
    plain = _plain(text)
    first = FIRST_CHOICE.match(plain)
    found = [first] if first else list(NAMED_CHOICE.finditer(plain))[-1:]
    if not found:
        numbers = {int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.]*\d)", plain)}
        chosen = numbers & set(range(1, count + 1))
        return chosen.pop() if len(chosen) == 1 and len(numbers) == 1 else None
    item = found[0]["item"]
    number = int(item) if item.isdigit() else NUMBER.get(item) or ord(item) - ord("a") + 1
    return number if 1 <= number <= count else None


def read_word(text: str) -> str | None:
    """The one token an answer names: in backticks, or quotes, or the first word of its first line."""
    text = _without_thought(text).strip()
    code = read_code(text) if "```" in text else None
    quoted = re.search(r"`([^`\n]+)`", text) if code is None else None
    if code is not None:
        text = code
    elif quoted:
        text = quoted[1]
    else:
        text = re.sub(r"^(?:the\s+)?(?:answer|token|word|答案|单词|词)\s*(?:is|是|为|[:：])+\s*", "", text, flags=re.I)
    words = text.split()
    if not words:
        return None
    word = words[0].strip("\"'“”‘’*").rstrip("。，,;；").strip("\"'“”‘’*")
    return re.sub(r"(?<=\w)\.$", "", word) or None  # the end of a sentence, but `...` is a token


def read_code(text: str, programming_language: str | None = None, entry_point: str | None = None) -> str | None:
    """The code of an answer: a fenced block, else the text itself where it has no fence; None where that is blank.

    Of several blocks the first that defines `entry_point` counts, else the first in the right programming language,
    else the first. A block that the end of the text leaves open counts too.
    """
    text = _without_thought(text)
    blocks = list(FENCE.finditer(text if text.endswith("\n") else text + "\n"))
    if not blocks:
        return text.strip("\n") if text.strip() else None
    chosen = blocks[0]
    tagged = [b for b in blocks if b["tag"].split() and canonical(b["tag"].split()[0]) == programming_language]
    if programming_language and tagged:
        chosen = tagged[0]
    if entry_point:
        named = re.compile(rf"\b{re.escape(entry_point)}\b\s*[(=<]")
        chosen = next((b for b in tagged or blocks if named.search(b["code"])), chosen)
    code = chosen["code"]
    if chosen["indent"]:
        code = re.sub(rf"^{chosen['indent']}", "", code, flags=re.M)
    return code.strip("\n") if code.strip() else None


def read_text(text: str) -> str | None:
    """A textual answer: without thoughts and the blanks around it; None where nothing is left."""
    return _without_thought(text).strip() or None


def read_answer(task: str, text: str, programming_language: str | None = None, choices: int = 4) -> Any:
    """What the answer to a row of one task says, in the form that `metrics.score` takes; None if it cannot be read."""
    if task in ("clone_detection", "defect_detection"):
        return read_label(text)
    if task == "code_search":
        return read_choice(text, choices)
    if task == "cloze_test":
        return read_word(text)
    if task in ("code_summarization", "code_qa"):
        return read_text(text)
    code = read_code(text, programming_language)
    if task == "code_completion" and code is not None:
        return next((line.strip() for line in code.split("\n") if line.strip()), None)
    return code


def cut(completion: str, stop_tokens: Sequence[str]) -> str:
    """A completion up to the first of the stop tokens."""
    ends = [completion.find(token) for token in stop_tokens if token and token in completion]
    return completion[: min(ends)] if ends else completion


def unparsed_rate(values: Sequence[Any]) -> float:
    """The share of answers that could not be read, in [0, 1]."""
    return sum(value is None for value in values) / len(values) if values else 0.0


def _plain(text: str) -> str:
    """Lower case, half-width, without thoughts and markdown."""
    text = unicodedata.normalize("NFKC", _without_thought(text)).lower()
    return re.sub(r"[*_`#>\"'“”‘’]+", "", text.replace("。", ".")).strip()


def _lead(plain: str) -> str:
    """The text after "the answer is", where it opens with that or says it later."""
    stripped = LEAD.sub("", plain, count=1)
    if stripped != plain:
        return stripped
    found = list(LAST_ANSWER.finditer(plain))
    return found[-1]["rest"] if found else plain


def _without_thought(text: str) -> str:
    """The answer after a reasoning model's thoughts."""
    return THOUGHT.sub("", text)
