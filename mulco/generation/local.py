"""Text from a model in a folder or on the Hub, through transformers: a full model, a LoRA adapter, or a merged one.

    engine = Local.load("out/tiny")
    texts = {one.id: one.text for one in engine.generate(requests, Settings(max_new_tokens=64))}

Requests are sorted by length and padded on the left, so that a batch wastes little and every answer starts at the same
place. Greedy text is the same for any batch size (single precision; lower ones may differ where two tokens are as good
as equal).
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from mulco.errors import MulcoError, UsageError
from mulco.generation.base import STYLES, Generation, Prompt, Request, Settings, cut, seed_of

INSTALL = 'Install it with: pip install "mulco[train]"'
DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class _Row:
    """One answer to be made."""

    request: Request
    sample: int
    tokens: list[int]


class Local:
    """A loaded model and its tokenizer."""

    def __init__(
        self, model: Any, tokenizer: Any, name: str, batch_size: int = 16, revision: str | None = None
    ) -> None:
        self.model, self.tokenizer, self.name = model, tokenizer, name
        self.batch_size, self.revision = batch_size, revision
        known = _trained_style(name) or ("chat" if tokenizer.chat_template else None)
        self.default_style, self.code_style = known or "alpaca", known or "plain"
        self.ends = _end_tokens(model, tokenizer)
        self.window = getattr(model.config.get_text_config(), "max_position_embeddings", None)

    @classmethod
    def load(
        cls, name: str, revision: str | None = None, device: str = "auto", dtype: str = "auto", batch_size: int = 16
    ) -> Local:
        """Load a folder or Hub id; raises MulcoError with the reason where that fails."""
        if dtype not in DTYPES:
            raise UsageError(f"no number format {dtype!r}. Choose one of: {', '.join(DTYPES)}")
        try:
            import torch

            if not torch.cuda.is_available():
                os.environ.setdefault("DS_ACCELERATOR", "cpu")  # or DeepSpeed, if installed, warns that it found none
            from transformers import AutoModelForCausalLM, AutoTokenizer
            from transformers.utils import logging
        except ImportError as err:
            raise MulcoError(f"generating from a model needs {err.name}. {INSTALL}") from err
        device = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        folder = Path(name)
        if folder.exists() and not any((folder / file).is_file() for file in ("config.json", "adapter_config.json")):
            raise MulcoError(
                f"{name}: no config.json or adapter_config.json, so not a model. Name the folder of a model"
            )
        if not os.environ.get("MULCO_DEBUG"):
            logging.set_verbosity_error()
        if not sys.stderr.isatty():
            logging.disable_progress_bar()
        try:
            model = AutoModelForCausalLM.from_pretrained(name, revision=revision, dtype=dtype)
            tokenizer = AutoTokenizer.from_pretrained(_tokenizer_of(folder, name), revision=revision)
        except ImportError as err:
            package = err.name or "another package"
            raise MulcoError(f"{name}: needs {package} ({_first_line(err)}). {INSTALL}") from err
        except Exception as err:
            if isinstance(err, OSError) and not folder.exists():
                raise MulcoError(
                    f"{name}: no such folder, and no such model could be had from the Hub ({_first_line(err)}). "
                    "Name the folder of a model, or a Hub id such as ORG/NAME"
                ) from err
            raise MulcoError(f"{name}: cannot be loaded as a language model ({_first_line(err)})") from err
        try:
            model = model.to(device).eval()
        except (RuntimeError, AssertionError) as err:
            raise MulcoError(f"{name}: does not go on {device} ({_first_line(err)}). Try --device cpu") from err
        return cls(model, tokenizer, name, batch_size, getattr(model.config, "_commit_hash", None) or revision)

    def facts(self) -> dict[str, Any]:
        import torch
        import transformers

        return {
            "engine": "transformers", "name": self.name, "revision": self.revision, "device": str(self.model.device),
            "dtype": str(self.model.dtype).removeprefix("torch."), "batch_size": self.batch_size,
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        }  # fmt: skip

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        rows: list[_Row] = []
        for request in requests:
            tokens = self.encode(request.prompt)
            if self._room(tokens, settings) < 1:
                for sample in range(settings.num_samples):
                    problem = f"the prompt has {len(tokens):,} tokens, the model takes {self.window:,}"
                    yield Generation(request.id, sample, "", 0, "too_long", problem)
                continue
            rows.extend(_Row(request, sample, tokens) for sample in range(settings.num_samples))
        # Only rows with room for equally long answers share a batch, so none is shorter for its neighbours. The longest
        # prompts come first: where memory does not suffice, it shows at once.
        rows.sort(key=lambda row: (self._room(row.tokens, settings), len(row.tokens)), reverse=True)
        for _, alike in itertools.groupby(rows, lambda row: self._room(row.tokens, settings)):
            while batch := list(itertools.islice(alike, self.batch_size)):
                yield from self._batch(batch, settings)

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        from transformers.generation.streamers import BaseStreamer

        from mulco.generation.choosing import Unfolding, WhenTold

        tokens = self.encode(request.prompt)
        if self._room(tokens, settings) < 1:
            raise MulcoError(f"the prompt has {len(tokens):,} tokens, the model takes {self.window:,}. Shorten it")
        queue: SimpleQueue[list[int] | BaseException | None] = SimpleQueue()
        over = threading.Event()

        class Streamer(BaseStreamer):  # type: ignore[misc, unused-ignore]
            """Gets the prompt first, then each token as it is chosen."""

            prompt_seen = False

            def put(self, value: Any) -> None:
                if self.prompt_seen:
                    queue.put(value.reshape(-1).tolist())
                self.prompt_seen = True

            def end(self) -> None:
                queue.put(None)

        def work() -> None:
            try:
                self._tokens([_Row(request, 0, tokens)], settings, streamer=Streamer(), stopping=[WhenTold(over)])
            except BaseException as err:
                queue.put(err)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        text = Unfolding(self.tokenizer, settings.stop)
        try:
            while (item := queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                if piece := text.push([token for token in item if token not in self.ends]):
                    yield piece
            if piece := text.rest():
                yield piece
        finally:
            over.set()
            worker.join()

    def encode(self, prompt: Prompt) -> list[int]:
        """The tokens before the answer: a text with its opening mark and without an end mark, or the chat template."""
        if isinstance(prompt, str):
            tokens = list(self.tokenizer(prompt)["input_ids"])
            while (
                tokens and tokens[-1] == self.tokenizer.eos_token_id and not prompt.endswith(self.tokenizer.eos_token)
            ):
                tokens.pop()
            if not tokens:
                raise UsageError("an empty prompt, and the tokenizer has no mark to begin with. Give some text")
            return tokens
        if not self.tokenizer.chat_template:
            raise MulcoError(f"{self.name}: its tokenizer has no chat template. Use --style alpaca")
        messages = [dict(message) for message in prompt]
        return list(
            self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=True, return_dict=False)
        )

    def _room(self, tokens: Sequence[int], settings: Settings) -> int:
        """How many tokens an answer may have."""
        room = settings.max_new_tokens if self.window is None else self.window - len(tokens)
        return min(settings.max_new_tokens, room)

    def _batch(self, rows: list[_Row], settings: Settings) -> Iterator[Generation]:
        import torch

        try:
            made = self._tokens(rows, settings)
        except torch.cuda.OutOfMemoryError as err:
            if len(rows) == 1:
                raise MulcoError(
                    f"out of GPU memory for one prompt of {len(rows[0].tokens):,} tokens. Lower --max-new-tokens, or "
                    "try --dtype bfloat16"
                ) from err
            made = None
        if made is None:  # outside the handler, which keeps the memory of the failed call alive
            torch.cuda.empty_cache()
            self.batch_size = max(1, min(self.batch_size, len(rows) // 2))
            yield from self._batch(rows[: len(rows) // 2], settings)
            yield from self._batch(rows[len(rows) // 2 :], settings)
            return
        for row, tokens in zip(rows, made, strict=True):
            yield self._answer(row, tokens, settings)

    def _answer(self, row: _Row, tokens: list[int], settings: Settings) -> Generation:
        from mulco.generation.choosing import text_of

        end = next((place for place, token in enumerate(tokens) if token in self.ends), None)
        kept = tokens if end is None else tokens[:end]
        whole = text_of(self.tokenizer, kept)
        text = cut(whole, settings.stop)
        if text != whole:  # a batch goes on until its last row ends: count to the stop alone
            kept = kept[: _tokens_of_stop(self.tokenizer, kept, settings.stop)]
        finish = "length" if text == whole and end is None else "stop"
        counted = len(kept) + (end is not None and text == whole)
        return Generation(row.request.id, row.sample, text, counted, finish)

    def _tokens(
        self, rows: list[_Row], settings: Settings, streamer: Any = None, stopping: Sequence[Any] = ()
    ) -> list[list[int]]:
        """The tokens made for each row, as long as the longest."""
        import torch
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        from mulco.generation.choosing import AtStops, Draw

        longest = max(len(row.tokens) for row in rows)
        pad = self.tokenizer.pad_token_id
        pad = pad if pad is not None else min(self.ends, default=0)
        ids = torch.tensor([[pad] * (longest - len(row.tokens)) + row.tokens for row in rows])  # (rows, longest)
        mask = torch.tensor([[0] * (longest - len(row.tokens)) + [1] * len(row.tokens) for row in rows])
        criteria = StoppingCriteriaList(stopping)
        if settings.stop:
            criteria.append(AtStops(self.tokenizer, settings.stop, longest))
        processors = LogitsProcessorList()
        if settings.temperature > 0:
            seeds = [seed_of(settings.seed, row.request.id, row.sample) for row in rows]
            processors.append(Draw(seeds, settings.temperature, settings.top_p))
        config = GenerationConfig(
            max_new_tokens=self._room(rows[0].tokens, settings), do_sample=False, num_beams=1, use_cache=True,
            pad_token_id=pad, eos_token_id=sorted(self.ends) or None,
        )  # fmt: skip
        with torch.inference_mode(), _own_defaults(self.model):
            made = self.model.generate(
                input_ids=ids.to(self.model.device), attention_mask=mask.to(self.model.device),
                generation_config=config, logits_processor=processors, stopping_criteria=criteria, streamer=streamer,
            )  # fmt: skip
        return [list(row) for row in made[:, longest:].tolist()]


class _own_defaults:
    """While this is open a model's `generation_config` holds nothing: it would fill in penalties and the like."""

    def __init__(self, model: Any) -> None:
        self.model, self.kept = model, model.generation_config

    def __enter__(self) -> None:
        from transformers import GenerationConfig

        self.model.generation_config = GenerationConfig()

    def __exit__(self, *_: object) -> None:
        self.model.generation_config = self.kept


def _tokens_of_stop(tokenizer: Any, tokens: list[int], stop: Sequence[str]) -> int:
    """How many tokens it takes until the text holds a stop string: by bisection, since the text only grows."""
    from mulco.generation.choosing import text_of

    low, high = 1, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if any(mark in text_of(tokenizer, tokens[:middle]) for mark in stop):
            high = middle
        else:
            low = middle + 1
    return low


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    """The tokens that end an answer: those of the model's generation config, and the tokenizer's own."""
    named = model.generation_config.eos_token_id
    named = [named] if isinstance(named, int) else list(named or [])
    return {token for token in [*named, tokenizer.eos_token_id] if token is not None}


def _tokenizer_of(folder: Path, name: str) -> str:
    """Where the tokenizer is: beside the weights; for an adapter without one, with its base model."""
    adapter = folder / "adapter_config.json"
    if adapter.is_file() and not (folder / "tokenizer_config.json").is_file():
        return str(json.loads(adapter.read_text("utf-8"))["base_model_name_or_path"])
    return name


def _trained_style(name: str) -> str | None:
    """The style of prompt a model was trained in, if its run record says."""
    record = Path(name) / "run.json"
    try:
        recipe = json.loads(record.read_text("utf-8")).get("recipe", {})
    except (OSError, ValueError):
        return None
    data = recipe.get("data") if isinstance(recipe, dict) else None
    style = data.get("prompt") if isinstance(data, dict) else None
    return style if style in STYLES else None


def _first_line(err: BaseException) -> str:
    return (str(err).strip().splitlines() or [type(err).__name__])[0].rstrip(".")
