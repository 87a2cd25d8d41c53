"""A conversation with a model: turn after turn, with what was said before.

    talk = Conversation(engine, Settings(), "chat")
    for piece in talk.answer("你好"): print(piece, end="")

With the style `alpaca` a model sees one instruction at a time, as it was trained; with `plain`, the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from mulco.errors import UsageError, unknown
from mulco.generation.asked import prompt_of
from mulco.generation.base import STYLES, Engine, Prompt, Request, Settings


class Conversation:
    """`messages` is what was said so far."""

    def __init__(self, engine: Engine, settings: Settings, style: str, system: str | None = None) -> None:
        if style not in STYLES:
            raise UsageError(unknown("style", style, STYLES, f"Styles: {', '.join(STYLES)}"))
        self.engine, self.settings, self.style, self.system = engine, settings, style, system
        self.messages: list[dict[str, str]] = []
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.messages = [{"role": "system", "content": self.system}] if self.system else []

    def answer(self, said: str) -> Iterator[str]:
        """The answer to what is said, piece by piece. An answer that is ended early counts as far as it came."""
        self.messages.append({"role": "user", "content": said})
        answered = ""
        try:
            for piece in self.engine.stream(Request(str(len(self.messages)), self._prompt(said)), self.settings):
                answered += piece
                yield piece
        finally:
            self.messages.append({"role": "assistant", "content": answered})

    def _prompt(self, said: str) -> Prompt:
        return list(self.messages) if self.style == "chat" else prompt_of({"prompt": said}, self.style)
