"""What a model is asked: a text, a file of JSON Lines, or rows of a config; each becomes a request under an id.

    {"id": "a", "instruction": "Explain this.", "input": "x = 1"}       # a row: shown in the style that is asked for
    {"id": "b", "prompt": "Write a haiku about tabs."}                   # a text: an instruction without input
    {"id": "c", "messages": [{"role": "user", "content": "Hello"}]}      # a conversation, for models that chat

Lines without `id` go by their number. In the style `plain` a text is continued as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mulco import prompts
from mulco.errors import MulcoError, UsageError, unknown
from mulco.generation.base import STYLES, Prompt, Request

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def requests_of(rows: Iterable[Mapping[str, Any]], style: str) -> list[Request]:
    """A request for each row, under its `id`; raises UsageError where an id comes twice."""
    if style not in STYLES:
        raise UsageError(unknown("style", style, STYLES, f"Styles: {', '.join(STYLES)}"))
    found: dict[str, Request] = {}
    for row in rows:
        name = str(row["id"])
        if name in found:
            raise UsageError(
                f"the id {name!r} comes twice, but an answer goes by its id. Give every row one of its own"
            )
        found[name] = Request(name, prompt_of(row, style))
    return list(found.values())


def prompt_of(row: Mapping[str, Any], style: str) -> Prompt:
    """What the model sees of a row."""
    if "messages" in row:
        return [dict(message) for message in row["messages"]]
    if "prompt" in row:
        if style == "plain":
            return str(row["prompt"])
        row = {"instruction": row["prompt"], "input": "", "language": language_of(str(row["prompt"])), **row}
    if style == "plain":
        return str(prompts.messages(row)[0]["content"])
    return prompts.messages(row) if style == "chat" else prompts.prompt(row, "alpaca")


def language_of(text: str) -> str:
    """`zh` for a text with Han characters, else `en`: which of the two Alpaca prompts it is put into."""
    return "zh" if HAN.search(text) else "en"


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON Lines; raises MulcoError naming file and line."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else f"not UTF-8 ({err})"
        raise MulcoError(f"{path}: {reason}. Expected JSON Lines in UTF-8") from err
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield {"id": str(number), **_checked(path, number, line)}


def _checked(path: Path, number: int, line: str) -> dict[str, Any]:
    expected = 'Expected an object with "instruction" (and "input"), "prompt" or "messages"'
    try:
        row = json.loads(line)
    except ValueError as err:
        raise MulcoError(f"{path}, line {number}: not JSON ({err}). {expected}") from err
    if not isinstance(row, dict):
        raise MulcoError(f"{path}, line {number}: no JSON object. {expected}")
    texts = [row[name] for name in ("instruction", "prompt") if name in row]
    messages = row.get("messages")
    said = isinstance(messages, list) and messages and all(
        isinstance(m, dict) and isinstance(m.get("role"), str) and isinstance(m.get("content"), str) for m in messages
    )  # fmt: skip
    if not said and not (texts and all(isinstance(text, str) and text for text in texts)):
        raise MulcoError(f"{path}, line {number}: nothing to ask. {expected}")
    return row
