"""What every engine takes and gives: requests, settings, generations.

Settings(max_new_tokens=64, stop=("\\nclass",), temperature=0.8, num_samples=5, seed=1)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mulco.errors import UsageError
from mulco.task import stable_number

Message = Mapping[str, str]  # {"role": "user", "content": "..."}
Prompt = str | Sequence[Message]  # a text to continue, or a conversation to answer
STYLES = ("alpaca", "chat", "plain")


@dataclass(frozen=True)
class Request:
    """One prompt under an id: it names the answer, and with seed and sample number it decides what is sampled."""

    id: str
    prompt: Prompt


@dataclass(frozen=True)
class Settings:
    """How answers are made. `temperature` 0 takes the most probable token at each step (greedy)."""

    max_new_tokens: int = 256
    stop: tuple[str, ...] = ()  # an answer ends before the first of them
    num_samples: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1 or self.num_samples < 1:
            raise UsageError("an answer has at least one token, and there is at least one sample of it")
        if self.temperature < 0 or not 0 < self.top_p <= 1:
            raise UsageError(
                f"temperature {self.temperature} and top_p {self.top_p}: expected temperature >= 0 and 0 < top_p <= 1"
            )
        if self.num_samples > 1 and self.temperature == 0:
            raise UsageError(
                "greedy samples of one prompt are all equal. Give a temperature, such as --temperature 0.8"
            )
        if "" in self.stop:
            raise UsageError("an empty stop string would end every answer at once. Leave it out")

    def facts(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        return {**dataclasses.asdict(self), "stop": list(self.stop)}


@dataclass(frozen=True)
class Generation:
    """One answer. `finish` says why it ends: `stop`, `length`, `too_long` (the prompt does not fit: no text) or
    `rejected` (the endpoint refuses the prompt: no text, the reason is in `problem`)."""

    id: str
    sample: int  # from 0
    text: str
    tokens: int  # generated, the end mark included; 0 where an endpoint does not say
    finish: str
    problem: str = ""


class Engine(Protocol):
    """Whatever makes text. Answers come in the engine's own order, each as soon as it is there."""

    name: str
    default_style: str  # the style a row is shown in where none is named
    code_style: str  # the same for a problem that asks to complete code

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        """`num_samples` answers to every request; raises MulcoError where the engine gives up."""
        ...

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        """One answer, piece by piece. Closing the iterator ends it."""
        ...

    def facts(self) -> dict[str, Any]:
        """`name` and `revision` of the model and whatever else repeats its answers; plain JSON values."""
        ...


def seed_of(seed: int, request: str, sample: int) -> int:
    """The seed of one answer: 31 bits, which every endpoint takes."""
    return stable_number("sample", str(seed), request, str(sample)) >> 33


def cut(text: str, stop: Sequence[str]) -> str:
    """The text before the first stop string."""
    found = [place for place in (text.find(mark) for mark in stop) if place >= 0]
    return text[: min(found)] if found else text
