"""How the next token is chosen, when an answer ends, and how tokens become text while they come.

Sampling draws one number a token, by inversion of the distribution, from a generator that each answer has for itself:
what is sampled depends on seed, request and sample number, not on the batch an answer happened to be in.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Any

import torch
from transformers import LogitsProcessor, StoppingCriteria

from mulco.generation.base import cut


class Draw(LogitsProcessor):
    """Leaves of each row's scores only the token that is drawn, so that the most probable one is the drawn one."""

    def __init__(self, seeds: Sequence[int], temperature: float, top_p: float) -> None:
        self.generators = [random.Random(seed) for seed in seeds]
        self.temperature, self.top_p = temperature, top_p

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        probabilities, tokens = torch.softmax(scores.float() / self.temperature, -1).sort(-1, descending=True)
        total = probabilities.cumsum(-1)  # (rows, vocabulary)
        # the smallest set of tokens that reaches top_p: a token is in it if those before it do not reach it
        kept = (total - probabilities < self.top_p).sum(-1, keepdim=True)
        drawn = torch.tensor([[one.random()] for one in self.generators], device=scores.device)
        place = torch.searchsorted(total, drawn * total.gather(-1, kept - 1), right=True).minimum(kept - 1)
        chosen = tokens.gather(-1, place)  # (rows, 1)
        return torch.full_like(scores, -torch.inf).scatter_(-1, chosen, 0.0)


class AtStops(StoppingCriteria):
    """Ends a row as soon as its text holds a stop string; only the end of the text is decoded at each step."""

    def __init__(self, tokenizer: Any, stop: Sequence[str], prompt_tokens: int) -> None:
        self.tokenizer, self.stop, self.start = tokenizer, stop, prompt_tokens
        # a token is at least a byte; special ones show nothing, so a few more
        self.tail = max(len(mark.encode("utf-8")) for mark in stop) + 8

    def __call__(self, input_ids: torch.LongTensor, scores: Any, **kwargs: Any) -> torch.BoolTensor:
        made = input_ids[:, self.start :]
        ends = self.tokenizer.batch_decode(made[:, -self.tail :], skip_special_tokens=True)
        over = [self._in(end) and self._in(text_of(self.tokenizer, made[row])) for row, end in enumerate(ends)]
        return torch.tensor(over, device=input_ids.device)

    def _in(self, text: str) -> bool:
        return any(mark in text for mark in self.stop)


class WhenTold(StoppingCriteria):
    """Ends every row once the event is set."""

    def __init__(self, event: threading.Event) -> None:
        self.event = event

    def __call__(self, input_ids: torch.LongTensor, scores: Any, **kwargs: Any) -> torch.BoolTensor:
        return torch.full((input_ids.shape[0],), self.event.is_set(), device=input_ids.device)


def text_of(tokenizer: Any, tokens: Any) -> str:
    """Tokens of an answer as text, without special tokens, exactly as they spell it."""
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class Unfolding:
    """Tokens in, text out, piece by piece: never half a character, nor what may become a stop string.

    The pieces, joined, are the text of the whole answer.
    """

    def __init__(self, tokenizer: Any, stop: Sequence[str]) -> None:
        self.tokenizer, self.stop = tokenizer, stop
        self.tokens: list[int] = []
        self.shown = 0

    def push(self, tokens: Sequence[int]) -> str:
        """The text that these tokens settle."""
        self.tokens.extend(tokens)
        text = text_of(self.tokenizer, self.tokens)
        settled = cut(text, self.stop)
        if settled == text:
            settled = text[: len(text) - self._open(text)]
        return self._show(settled)

    def rest(self) -> str:
        """What is left when no token follows."""
        return self._show(cut(text_of(self.tokenizer, self.tokens), self.stop))

    def _show(self, text: str) -> str:
        piece = text[self.shown :]
        self.shown = max(self.shown, len(text))
        return piece

    def _open(self, text: str) -> int:
        """How many characters at the end may still change."""
        half = len(text) - len(text.rstrip("\ufffd"))  # bytes of a character whose others have not come
        prefixes = [n for mark in self.stop for n in range(1, len(mark)) if text.endswith(mark[:n])]
        return max([half, *prefixes])
