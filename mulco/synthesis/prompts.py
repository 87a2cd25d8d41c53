"""What a model is told: for each kind of work a system prompt, a JSON Schema of the answer, and the request made of it.

    body = body_of(item, Model("NAME"), job, sample=0)        # a mapping; canonical(body) are the bytes that are sent
    sha256(canonical(body)).digest()                          # the key of the request

What comes from upstream is data: it is JSON inside the user message, under a label that its author cannot know, with
the control tokens of chat formats broken up. All that changes an answer is in the body, so its digest is the request's
identity; another sample has another seed. The words are in `prompts.yaml`. No function is ever called.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mulco.categories import CATEGORIES, DOMAINS, OTHER
from mulco.chinese import TERMS
from mulco.synthesis.items import PROPOSED, Item
from mulco.synthesis.jobs import Job

LANGUAGES = {"en": "English", "zh": "Simplified Chinese"}
DIFFICULTIES = ("beginner", "intermediate", "advanced")
PARADIGMS = ("procedural", "object-oriented", "functional", "declarative", "event-driven", "other")
FITS = ("good", "partly", "poor")

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("prompts.yaml").read_text("utf-8"))
SYSTEMS: dict[str, str] = WORDS["kinds"]
FEEDBACK: dict[str, str] = WORDS["feedback"]


def _object(**properties: Any) -> dict[str, Any]:
    """A strict schema: every property is required, nothing else is allowed."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_TEXT = _object(text={"type": "string"})
SCHEMAS: dict[str, dict[str, Any]] = {
    "translate": _TEXT, "rewrite": _TEXT, "evolve": _TEXT, "instruct": _TEXT,
    "label": _object(
        difficulty={"type": "string", "enum": list(DIFFICULTIES)},
        paradigm={"type": "string", "enum": list(PARADIGMS)},
        domain={"type": "string", "enum": list(DOMAINS)},
        category={"type": "string", "enum": [*CATEGORIES, OTHER]},
    ),
    "judge": _object(fit={"type": "string", "enum": list(FITS)}),
    "propose": _object(wordings={"type": "array", "items": {"type": "string"}}),
}  # fmt: skip
# What a format of the reply is called on the wire, from the strictest down.
FORMATS = ("json_schema", "json_object", "none")


@dataclass(frozen=True)
class Model:
    """The model asked, and how it is held to the shape of the reply."""

    name: str
    format: str = "json_schema"


def prompt_digest(kind: str, language: str, from_language: str) -> str:
    """The digest of all that mulco itself tells the model for a kind of work; it stands in every row made by it."""
    facts = [
        SYSTEMS[kind],
        WORDS["data"],
        WORDS["chinese"] if language == "zh" else "",
        SCHEMAS[kind],
        from_language,
        language,
        *([DOMAINS, CATEGORIES] if kind == "label" else []),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]


def body_of(item: Item, model: Model, job: Job, sample: int = 0, problem: str = "") -> dict[str, Any]:
    """The request for one sample of an item; `problem` is the class of what was wrong with the sample before."""
    data = _data(item)
    nonce = "data_" + hashlib.blake2b(json.dumps([job.seed, data]).encode(), digest_size=6).hexdigest()
    system = f"{system_of(item)} {WORDS['data'].format(nonce=nonce)}"
    if problem in FEEDBACK:
        system += f" An earlier reply was refused. {FEEDBACK[problem]}"
    body: dict[str, Any] = {
        "model": model.name,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": json.dumps({nonce: data}, ensure_ascii=False)},
        ],
        "temperature": job.temperature,
        "seed": job.seed + sample,
        "max_tokens": room(item) * (2 if problem == "cut_off" else 1),
    }
    if model.format == "json_schema":
        schema = {"name": f"mulco_{item.kind}", "schema": SCHEMAS[item.kind], "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif model.format == "json_object":
        body["response_format"] = {"type": "json_object"}
    body.update(job.extra)
    return {key: value for key, value in body.items() if value is not None}


def system_of(item: Item) -> str:
    """The system prompt without what it says of the data."""
    words = " ".join(str(value) for value in item.subject.values()).lower()
    used = tuple(english for english in TERMS if _said(english, words)) if item.language == "zh" else ()
    return _system(item.kind, item.from_language, item.language, used)


@functools.lru_cache(maxsize=1024)
def _system(kind: str, from_language: str, language: str, used: tuple[str, ...]) -> str:
    """A system prompt; `used` are the terms of the glossary that stand in the text."""
    system = SYSTEMS[kind].format(
        source=LANGUAGES[from_language],
        target=LANGUAGES[language],
        style=WORDS["chinese"] if language == "zh" else "",
        terms=f"Terms: {'; '.join(f'{english} = {TERMS[english]}' for english in used)}." if used else "",
        difficulties=_listed(DIFFICULTIES),
        paradigms=_listed(PARADIGMS),
        domains=_told(DOMAINS),
        categories=_told(CATEGORIES),
        other=OTHER,
        fits=_listed(FITS),
        proposed=PROPOSED,
    )
    return " ".join(system.split())


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one form of a body, which is hashed and sent."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def room(item: Item) -> int:
    """`max_tokens` of an item: about four times what a sound answer takes, so that a model run wild stays cheap."""
    if item.kind in ("label", "judge"):
        return 160 if item.kind == "label" else 100
    if item.kind == "propose":
        return 2000
    length = len(item.subject.get("text", "")) if item.kind == "translate" else 600
    return 128 + 64 * -(-length // 64)


def _data(item: Item) -> dict[str, str]:
    """What the model is shown: of a text to translate no code, of everything else no control token that is whole."""
    if item.kind == "translate":
        return {"text": item.masked.text}
    return {name: _CONTROL.sub(lambda m: m[0][0] + " " + m[0][1:], value) for name, value in item.subject.items()}


_CONTROL = re.compile(r"<\|(?=[^|<>\n]{1,60}\|>)|\[(?=/?INST\])|<(?=</?SYS>>)|<(?=/?s>)")


def _said(term: str, words: str) -> bool:
    return term in words and re.search(rf"\b{re.escape(term)}s?\b", words) is not None


def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(list(names))


def _told(meanings: Mapping[str, str]) -> str:
    return "; ".join(f'"{name}" is {meaning}' for name, meaning in meanings.items())
