"""Accept or refuse what a model answered: first the shape, then the meaning. Nothing is guessed out of a broken answer.

    verdict = check(item, body, raw)     # the bytes of a completion, as the endpoint sent them
    verdict.text                         # what goes into the data: a text, or the JSON of labels
    verdict.problem, verdict.detail      # else why not: "placeholders", "missing: 2"

The same raw answer gives the same verdict on every machine, so a finished cache is judged anew offline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import jsonschema
import orjson

from mulco import chinese
from mulco.chinese import HAN
from mulco.synthesis.items import Item
from mulco.synthesis.masking import PLACEHOLDER, Masked, code_like
from mulco.synthesis.prompts import SCHEMAS, SYSTEMS


class Verdict(NamedTuple):
    """`text` is what was accepted, None where `problem` says why it was refused."""

    text: str | None
    problem: str = ""
    detail: str = ""


# Length of a translation by that of its original, placeholders left out; by judgement, from English to Chinese it is
# about .4 in the starter corpus. Short texts vary more.
RATIOS = {"zh": (0.15, 1.5), "en": (1.0, 9.0)}
SHORT, SHORT_RATIOS = 24, {"zh": (0.08, 3.0), "en": (0.5, 16.0)}
HAN_SHARE = 0.3  # of the letters of a Chinese text
WRITTEN = (10, 1500)  # characters of an instruction
COPIED = 0.4  # share of 5-grams of words that a text may have in common with the code
_REFUSAL = re.compile(
    r"\bas an? (?:ai|large language model|language model|assistant)\b|\bI(?:'m| am) (?:sorry|unable)"
    r"|\bI (?:cannot|can't|can not) (?:assist|help|comply|do|provide|translate)"
    r"|作为一?[个名位]?(?:人工智能|AI|语言模型|大模型)|(?:很|非常)?抱歉，?我|我(?:无法|不能)(?:协助|帮助|提供|翻译|完成)",
    re.I,
)
_LINK = re.compile(r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+", re.A)
_HAN, _LATIN = re.compile(f"[{HAN}]"), re.compile("[A-Za-z]")
_NUMBER = re.compile(r"\d+")
_CONTROL = re.compile(r"<\|[^|<>\n]{1,60}\|>|\[/?INST\]|<</?SYS>>|</?s>")


def check(item: Item, body: Mapping[str, Any], raw: bytes) -> Verdict:
    """The verdict on a completion for an item; `body` is the request it answers."""
    try:
        completion = orjson.loads(raw)
        choice = completion["choices"][0]
        content = choice["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return Verdict(None, "no_answer", "the completion has no choice with a text")
    if choice.get("finish_reason") == "length":
        return Verdict(None, "cut_off", "max_tokens was not enough")
    if not isinstance(content, str):
        return Verdict(None, "no_answer", "the content is not a text")
    try:
        value = orjson.loads(_unfenced(content))
    except orjson.JSONDecodeError as err:
        return Verdict(None, "refusal" if _REFUSAL.search(content) else "not_json", str(err)[:200])
    error = next(_validator(item.kind).iter_errors(value), None)
    if error is not None:
        return Verdict(None, "schema", error.message[:200])
    if item.kind in ("label", "judge"):
        return Verdict(json.dumps(value, ensure_ascii=False))
    if item.kind == "propose":
        return Verdict(json.dumps(value["wordings"], ensure_ascii=False))
    for problem, detail in (_translation if item.kind == "translate" else _instruction)(item, body, value["text"]):
        return Verdict(None, problem, detail[:200])
    text = value["text"].strip()
    return Verdict(item.masked.restore(text) if item.kind == "translate" else text)


def _unfenced(content: str) -> str:
    """The content without a byte-order mark and without one Markdown fence around all of it."""
    content = content.removeprefix("\ufeff").strip()
    fence = re.fullmatch(r"```(?:json)?\s*\n(.*?)\n?```", content, re.S)
    return fence[1] if fence else content


@cache
def _validator(kind: str) -> Any:
    return jsonschema.Draft202012Validator(SCHEMAS[kind])


Problems = Iterator[tuple[str, str]]


def _translation(item: Item, body: Mapping[str, Any], text: str) -> Problems:
    """What is wrong with a translation, its placeholders still in it."""
    masked = item.masked
    yield from _honest(item, body, text, masked.text)
    if wrong := masked.wrong(text):
        yield "placeholders", wrong
    words, original = PLACEHOLDER.sub(" ", text), masked.words
    yield from _script(item.language, words)
    low, high = (SHORT_RATIOS if len(original.strip()) < SHORT else RATIOS)[item.language]
    ratio = len("".join(words.split())) / max(1, len("".join(original.split())))
    if not low <= ratio <= high:
        yield "length", f"{ratio:.2f} times as long as the original, expected {low} to {high}"
    if more := set(_NUMBER.findall(words)) - set(_NUMBER.findall(original)):
        yield "numbers", f"not in the original: {', '.join(sorted(more))}"
    if more := {found for found in code_like(words) if found not in masked.text}:
        yield "invented", f"not in the original: {', '.join(sorted(more))}"
    if item.language == "zh":
        yield from _chinese(text)
        yield from _terms(masked, text)


def _instruction(item: Item, body: Mapping[str, Any], text: str) -> Problems:
    """What is wrong with an instruction that was written for code."""
    known = "\n".join(item.subject.values())
    yield from _honest(item, body, text, known)
    if not WRITTEN[0] <= len(text.strip()) <= WRITTEN[1]:
        yield "length", f"{len(text.strip())} characters, expected {WRITTEN[0]} to {WRITTEN[1]}"
    yield from _script(item.language, _without_code(text))
    if "```" in text or _copied(text, item.subject.get("code", "")) >= COPIED:
        yield "code", "the text holds code"
    more = {found for found in code_like(text) if found.strip("`") not in known and not _contained(found, known)}
    if more:
        yield "invented", f"neither in text nor code: {', '.join(sorted(more))}"
    if item.language == "zh":
        yield from _chinese(text)


def _script(language: str, words: str) -> Problems:
    """Whether a text is in the script of its language."""
    han, latin = len(_HAN.findall(words)), len(_LATIN.findall(words))
    if language == "zh" and han < HAN_SHARE * max(1, han + latin):
        yield "script", f"{han} Han characters and {latin} Latin letters"
    if language == "en" and (han or not latin):
        yield "script", f"{han} Han characters and {latin} Latin letters"


def _honest(item: Item, body: Mapping[str, Any], text: str, known: str) -> Problems:
    """Nothing of the prompt, no refusal, no new link, no control token, no phrase said over and over."""
    if _REFUSAL.search(text) and not _REFUSAL.search(known):
        yield "refusal", text[:80]
    if more := [link for link in _LINK.findall(text) if link.rstrip(".,;)") not in known]:
        yield "invented", f"a link that is not in the data: {more[0]}"
    if tokens := _CONTROL.findall(text):
        yield "invented", f"a control token: {tokens[0]}"
    user = str(body["messages"][-1]["content"])
    nonce = re.match(r'\{"(data_[0-9a-f]+)"', user)
    if (nonce and nonce[1] in text) or any(piece in text for piece in _prompt_pieces(item.kind)):
        yield "prompt", "the answer repeats the prompt"
    if found := re.search(r"(.{2,40}?)\1{7,}", text, re.S):
        yield "repetition", repr(found[1][:40])


@cache
def _prompt_pieces(kind: str) -> tuple[str, ...]:
    """Pieces of a system prompt that no honest answer contains: its sentences of some length."""
    return tuple(piece.strip() for piece in re.split(r"[.:;{}]", SYSTEMS[kind]) if len(piece.strip()) >= 24)


def _chinese(text: str) -> Problems:
    for rule, where in chinese.faults(text):
        yield "chinese", f"{rule}: {where}"


def _terms(masked: Masked, text: str) -> Problems:
    """Every term of the glossary that stands in the original stands in the translation."""
    words = masked.text.lower()
    for english, term in chinese.TERMS.items():
        if english in words and re.search(rf"\b{re.escape(english)}s?\b", words) and term.lower() not in text.lower():
            yield "glossary", f"{english} is {term}"


def _without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", " ", text)


def _contained(found: str, known: str) -> bool:
    """Whether the names in a piece of code all stand in what the model was shown."""
    return all(name in known for name in re.findall(r"[A-Za-z_]\w+", found, re.A))


def _copied(text: str, code: str) -> float:
    """The share of a text's 5-grams of words that stand in the code."""
    words = re.findall(r"\w+", text)
    grams = {tuple(words[i : i + 5]) for i in range(len(words) - 4)}
    of_code = re.findall(r"\w+", code)
    return len(grams & {tuple(of_code[i : i + 5]) for i in range(len(of_code) - 4)}) / len(grams) if grams else 0.0
