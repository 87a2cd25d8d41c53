"""From rows to tokens: the prompt, the answer, the token that ends it; learned is the answer alone.

    documents, counts = encode(rows, tokenizer, style="alpaca", max_tokens=2048, overlong="drop")
    ids, labels = documents[0]         # labels: -100 over the prompt, then the answer's tokens and EOS
    counts["dropped"]                  # {"too_long": 3}: never silent

- BOS stands once, first, where the tokenizer itself would put it; EOS once, last. Text such as `<s>` in a row's code
  is text: it never becomes a special token, or the row is left out and counted.
- A model that answers has read the prompt alone, so a row is the tokens of the prompt alone, then those of the answer.
  Where that differs from the tokens of the two together, the row is counted as `prompt_not_prefix`.
- With a chat template the answer ends as the template ends a turn, up to the first EOS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mulco.errors import MulcoError
from mulco.prompts import messages, prompt

IGNORED = -100  # the label that no loss looks at, as in torch.nn.functional.cross_entropy
_ANSWER = "mulcoanswer"  # stands for an answer while a chat template is read; no template contains it
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Documents:
    """Encoded rows in flat arrays: row i is `ids[starts[i]:starts[i + 1]]`, its first `prompts[i]` the prompt."""

    ids: Ids
    starts: npt.NDArray[np.int64]
    prompts: Ids

    def __len__(self) -> int:
        return len(self.prompts)

    def __getitem__(self, index: int) -> tuple[Ids, npt.NDArray[np.int64]]:
        """(ids, labels) of one row."""
        ids = self.ids[self.starts[index] : self.starts[index + 1]]
        labels = ids.astype(np.int64)
        labels[: self.prompts[index]] = IGNORED
        return ids, labels

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each row."""
        return np.diff(self.starts)

    @property
    def tokens(self) -> int:
        return int(self.starts[-1])

    @property
    def answer_tokens(self) -> int:
        """Tokens that are learned: answers and what ends them."""
        return self.tokens - int(self.prompts.sum())

    def select(self, indices: Sequence[int]) -> Documents:
        """These rows, in this order."""
        return documents_of([(self.ids[self.starts[i] : self.starts[i + 1]], int(self.prompts[i])) for i in indices])


def documents_of(rows: Iterable[tuple[Sequence[int] | Ids, int]]) -> Documents:
    """Documents from (ids, tokens of the prompt) of each row."""
    ids, prompts = [], []
    for row, length in rows:
        ids.append(np.asarray(row, np.int32))
        prompts.append(length)
    starts = np.zeros(len(ids) + 1, np.int64)
    np.cumsum([len(row) for row in ids], out=starts[1:])
    return Documents(np.concatenate(ids) if ids else np.zeros(0, np.int32), starts, np.asarray(prompts, np.int32))


def joined(parts: Sequence[Documents]) -> Documents:
    """The rows of several, one after the other."""
    starts = np.concatenate([np.zeros(1, np.int64), *(part.lengths for part in parts)]).cumsum()
    if not parts:
        return documents_of([])
    return Documents(
        np.concatenate([part.ids for part in parts]), starts, np.concatenate([part.prompts for part in parts])
    )


class Encoder:
    """A tokenizer with the rules above worked out for it once."""

    def __init__(self, tokenizer: Any, style: str = "alpaca") -> None:
        self.tokenizer, self.style = tokenizer, style
        if tokenizer.eos_token_id is None:
            name = getattr(tokenizer, "name_or_path", "") or "the model"
            raise MulcoError(
                f"the tokenizer of {name} names no token that ends a text (EOS), so a model would never learn to stop. "
                "Name one of its tokens with model.eos_token=..."
            )
        self.eos = int(tokenizer.eos_token_id)
        self.begin: list[int] = []
        self.end = [self.eos]
        self.special: list[str] = []
        if style == "chat":
            self.end = self._turn_end()
            self.special = [text for text in map(str, tokenizer.all_special_tokens) if text]
        elif tokenizer.bos_token_id is not None and tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]:
            self.begin = [int(tokenizer.bos_token_id)]

    def prompts(self, rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
        """The tokens before the answer, of each row."""
        return self._prompts([prompt(row, self.style, self.tokenizer) for row in rows])

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[list[int], int, bool]]:
        """(ids with EOS, tokens of the prompt, whether the prompt is a prefix of both together) of each row."""
        asked = [prompt(row, self.style, self.tokenizer) for row in rows]
        alone = self._prompts(asked)
        together = self._prompts([text + str(row["output"]) for text, row in zip(asked, rows, strict=True)])
        made = []
        for row, text, before, both in zip(rows, asked, alone, together, strict=True):
            prefix = both[: len(before)] == before
            answer = both[len(before) :] if prefix else self._answer(str(row["output"]), text)
            made.append((before + answer + self.end, len(before), prefix))
        return made

    def unusable(self, row: Mapping[str, Any]) -> str | None:
        """Why a row cannot be learned from, before it is encoded."""
        if not row["output"]:
            return "empty_answer"
        if any(mark in f"{row['instruction']}{row.get('input') or ''}{row['output']}" for mark in self.special):
            return "special_token_in_text"  # inside a chat template it could not be told from the real one
        return None

    def strays(self, ids: Sequence[int]) -> bool:
        """Whether BOS or EOS stands inside the text: some vocabularies (unigram) spell them as words of their own."""
        inside = ids[len(self.begin) : -1]
        return self.style != "chat" and any(mark in inside for mark in {self.eos, *self.begin})

    def _prompts(self, texts: list[str]) -> list[list[int]]:
        return [self.begin + ids for ids in self._ids(texts)]

    def _ids(self, texts: list[str]) -> list[list[int]]:
        """Tokens without BOS and EOS; special tokens are read only where a chat template wrote them."""
        if not texts:
            return []
        split = self.style != "chat"
        found = self.tokenizer(texts, add_special_tokens=False, split_special_tokens=split)["input_ids"]
        return [list(map(int, ids)) for ids in found]

    def _answer(self, answer: str, before: str) -> list[int]:
        """Tokens of an answer that melts into its prompt: as it would stand behind something it does not melt into."""
        for context in (before[-1:], ":", "x"):
            start, both = self._ids([context, context + answer])
            if both[: len(start)] == start:
                return both[len(start) :]
        return self._ids([answer])[0]

    def _turn_end(self) -> list[int]:
        """What the chat template writes behind an answer, up to the first EOS; EOS itself where it writes none."""
        turns = [*messages({"instruction": "a"}), {"role": "assistant", "content": _ANSWER}]
        text = str(self.tokenizer.apply_chat_template(turns, tokenize=False)) if self.tokenizer.chat_template else ""
        prompt({"instruction": "a"}, "chat", self.tokenizer)  # refuses a tokenizer without a template
        ids = self._ids([text.rpartition(_ANSWER)[2]])[0]
        return ids[: ids.index(self.eos) + 1] if self.eos in ids else [*ids, self.eos]


def encode(rows: Iterable[Mapping[str, Any]], tokenizer: Any, *, style: str = "alpaca", max_tokens: int = 2048,
           overlong: str = "drop") -> tuple[Documents, dict[str, Any]]:  # fmt: skip
    """Encode rows with `instruction`, `output` and perhaps `input`, `language`.

    Counts are {"read", "rows", "truncated", "prompt_not_prefix", "dropped": {reason: rows}, "kept": [index of each row
    among those read]}. A row longer than `max_tokens` is dropped, or loses its end and with it its EOS; one whose
    prompt alone is that long is always dropped.
    """
    encoder = Encoder(tokenizer, style)
    dropped: Counter[str] = Counter()
    made: list[tuple[Sequence[int] | Ids, int]] = []
    kept: list[int] = []
    read = truncated = melted = 0
    for batch in _chunks(rows, 1000):
        usable = []
        for index, row in enumerate(batch, read):
            reason = encoder.unusable(row)
            if reason:
                dropped[reason] += 1
            else:
                usable.append((index, row))
        read += len(batch)
        for (index, _), (ids, length, prefix) in zip(usable, encoder.rows([row for _, row in usable]), strict=True):
            if encoder.strays(ids):
                dropped["special_token_in_text"] += 1
                continue
            if length >= max_tokens:
                dropped["prompt_too_long"] += 1
                continue
            if len(ids) > max_tokens:
                if overlong == "drop":
                    dropped["too_long"] += 1
                    continue
                truncated += 1
            melted += not prefix
            made.append((np.asarray(ids[:max_tokens], np.int32), length))
            kept.append(index)
    counts = {
        "read": read, "rows": len(made), "truncated": truncated, "prompt_not_prefix": melted,
        "dropped": dict(sorted(dropped.items())), "kept": kept,
    }  # fmt: skip
    return documents_of(made), counts


def _chunks(rows: Iterable[Mapping[str, Any]], size: int) -> Iterable[list[Mapping[str, Any]]]:
    chunk: list[Mapping[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
