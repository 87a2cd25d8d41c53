"""Text from any OpenAI-compatible endpoint: a hosted model, or vLLM, llama.cpp, `transformers serve` of one's own.

    engine = Endpoint("http://127.0.0.1:8000/v1", "out/tiny")     # the key, if any, is in OPENAI_API_KEY

A conversation goes to `chat/completions`, a text to continue to `completions`. Samples are asked for one by one, each
with its own seed: some servers ignore `n` without a word. Texts to be embedded go to `embeddings`, many in a request.
A few requests are in flight at a time; the SDK repeats those that fail for a passing reason.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from mulco.errors import MulcoError
from mulco.generation.base import Generation, Request, Settings, cut, seed_of

RETRIES = 5  # of the SDK: back-off from 0.5 to 8 seconds, or as long as Retry-After says
EMBEDDED = 64  # texts a request; the hosted services take 2,048 or less, small servers fewer tokens in all
REFUSED = (400, 413, 422)  # this request is wrong for the endpoint; the others may be right
# What a request of a kind that the endpoint lacks calls for, and any other fault.
COMPLETION = (
    "Check --model and --style: chat needs chat/completions, the others completions",
    "Run the same command again; finished answers are kept",
)
EMBEDDING = ("Name a model for embeddings that the endpoint serves", "Run the same command again")


class Endpoint:
    """One model behind one address. Raises MulcoError where the endpoint cannot be reached or serves no such model."""

    default_style = code_style = "chat"

    def __init__(self, base_url: str, model: str | None = None, concurrency: int = 8, retries: int = RETRIES) -> None:
        try:
            import openai
        except ImportError as err:
            raise MulcoError('an endpoint needs openai. Install it with: pip install "mulco[llm]"') from err
        self.base_url, self.concurrency = base_url, concurrency
        key = os.environ.get("OPENAI_API_KEY") or "EMPTY"  # the SDK refuses an empty key, local servers want none
        self.client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=retries)
        self.name = model or self._only_model()

    def facts(self) -> dict[str, Any]:
        import openai

        return {
            "engine": "openai", "name": self.name, "revision": None, "base_url": self.base_url,
            "versions": {"openai": openai.__version__},
        }  # fmt: skip

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        wanted = ((request, sample) for request in requests for sample in range(settings.num_samples))
        said: SimpleQueue[Generation | BaseException | None] = SimpleQueue()
        lock, over = threading.Lock(), threading.Event()

        def work() -> None:
            try:
                while not over.is_set():
                    with lock:
                        one = next(wanted, None)
                    if one is None:
                        break
                    said.put(self._answer(*one, settings))
            except BaseException as err:
                said.put(err)
            said.put(None)

        # daemons: Ctrl-C need not wait for the answers that are on their way
        for _ in range(self.concurrency):
            threading.Thread(target=work, name="endpoint", daemon=True).start()
        working, answered, rejected = self.concurrency, 0, None
        try:
            while working:
                one = said.get()
                if one is None:
                    working -= 1
                elif isinstance(one, BaseException):
                    raise one
                else:
                    answered += one.finish != "rejected"
                    rejected = one if one.finish == "rejected" else rejected
                    yield one
        finally:
            over.set()
        if rejected is not None and not answered:
            raise MulcoError(f"{self.base_url} refuses every request: {rejected.problem}")

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        call, body = self._call(request, 0, settings)
        try:
            with call.create(**body, stream=True) as chunks:
                for chunk in chunks:
                    if not getattr(chunk, "choices", None):
                        continue  # the last one may carry nothing but the usage
                    choice = chunk.choices[0]
                    piece = choice.text if isinstance(request.prompt, str) else choice.delta.content
                    if piece:
                        yield piece
        except Exception as err:
            raise self._explained(err) from err

    def embed(
        self, texts: Sequence[str], batch_size: int = EMBEDDED, tick: Callable[[int, int], None] = lambda done, of: None
    ) -> npt.NDArray[np.float32]:
        """(texts, dimensions) float32: a vector of each text as the endpoint gives it, in the order of the texts.

        Texts must not be empty: most endpoints refuse such ones. Raises MulcoError for what the endpoint refuses, and
        for an answer that has not one vector of the same length for each text.
        """
        starts = range(0, len(texts), batch_size)
        pool = ThreadPoolExecutor(self.concurrency, "endpoint")
        found: list[npt.NDArray[np.float32]] = []
        try:
            for start, part in zip(
                starts, pool.map(lambda at: self._vectors(texts[at : at + batch_size]), starts), strict=True
            ):
                tick(start, len(texts))
                if found and part.shape[1] != found[0].shape[1]:
                    sizes = f"{found[0].shape[1]} and {part.shape[1]}"
                    raise MulcoError(f"{self.base_url}: the vectors of {self.name!r} differ in length ({sizes})")
                found.append(part)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        tick(len(texts), len(texts))
        return np.concatenate(found) if found else np.zeros((0, 0), np.float32)

    def _vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One request of `embed`; servers answer in any order and say which vector is which."""
        try:
            # without the format the SDK asks for base64, which not every server knows
            said = self.client.embeddings.create(model=self.name, input=list(texts), encoding_format="float")
        except Exception as err:
            raise self._explained(err, EMBEDDING) from err
        data = getattr(said, "data", None)
        if not data:
            raise MulcoError(
                f"{self.base_url}: the answer holds no embeddings ({_shown(said)}). Is it the address of an "
                "OpenAI-compatible API? It often ends in /v1"
            )
        try:
            vectors = {one.index: one.embedding for one in data}
            found = np.array([vectors[number] for number in range(len(texts))], np.float32)
        except (AttributeError, KeyError, TypeError, ValueError):
            found = np.zeros(0, np.float32)
        if len(data) != len(texts) or found.ndim != 2 or not np.isfinite(found).all():
            raise MulcoError(
                f"{self.base_url}: the answer has not one vector of numbers for each of the {len(texts)} texts of a "
                f"request. Is {self.name!r} a model for embeddings?"
            )
        return found

    def _call(self, request: Request, sample: int, settings: Settings) -> tuple[Any, dict[str, Any]]:
        """The SDK's method for the prompt, and what it is called with."""
        body: dict[str, Any] = {
            "model": self.name, "max_tokens": settings.max_new_tokens, "temperature": settings.temperature,
            "seed": seed_of(settings.seed, request.id, sample),
        }  # fmt: skip
        if settings.temperature > 0:
            body["top_p"] = settings.top_p
        if settings.stop:
            body["stop"] = list(settings.stop)
        if isinstance(request.prompt, str):
            return self.client.completions, {**body, "prompt": request.prompt}
        return self.client.chat.completions, {**body, "messages": [dict(message) for message in request.prompt]}

    def _answer(self, request: Request, sample: int, settings: Settings) -> Generation:
        call, body = self._call(request, sample, settings)
        try:
            said = call.create(**body)
        except Exception as err:
            if getattr(err, "status_code", None) in REFUSED:
                return Generation(request.id, sample, "", 0, "rejected", _reason(err))
            raise self._explained(err) from err
        choices = getattr(said, "choices", None)
        if not choices:  # a page of HTML comes as a string, an error with status 200 as an answer without choices
            raise MulcoError(
                f"{self.base_url}: the answer is no completion ({_shown(said)}). Is it the address of an "
                "OpenAI-compatible API? It often ends in /v1"
            )
        choice = choices[0]
        text = choice.text if isinstance(request.prompt, str) else choice.message.content
        usage = getattr(said, "usage", None)
        finish = "length" if choice.finish_reason == "length" else "stop"
        return Generation(
            request.id, sample, cut(text or "", settings.stop), getattr(usage, "completion_tokens", 0) or 0, finish
        )

    def _only_model(self) -> str:
        """The model that is served, if it is one."""
        try:
            served = [model.id for model in self.client.models.list().data]
        except Exception as err:
            raise MulcoError(
                f"{self.base_url} does not say which models it serves ({_reason(err)}). Name one with --model"
            ) from err
        if len(served) != 1:
            some = ", ".join(sorted(served)[:10])
            raise MulcoError(f"{self.base_url} serves {len(served)} models. Name one with --model: {some}")
        return str(served[0])

    def _explained(self, err: Exception, calls: tuple[str, str] = COMPLETION) -> MulcoError:
        """`calls`: what a wrong kind of request and a passing fault call for."""
        import openai

        status = getattr(err, "status_code", None)
        if isinstance(err, MulcoError):
            return err
        if isinstance(err, openai.APIConnectionError):
            return MulcoError(
                f"{self.base_url}: no answer ({_reason(err)}). Is the server running, is the address right?"
            )
        if status in (401, 403):
            return MulcoError(f"{self.base_url} refuses the key ({status}). Put yours in OPENAI_API_KEY")
        if status == 404:
            return MulcoError(
                f"{self.base_url} has no model {self.name!r}, or not this kind of request ({_reason(err)}). {calls[0]}"
            )
        if isinstance(err, json.JSONDecodeError):
            return MulcoError(
                f"{self.base_url}: the answer is broken off or no JSON ({err}). Run the same command again"
            )
        return MulcoError(f"{self.base_url}: {_reason(err)}. {calls[1]}")


def _reason(err: BaseException) -> str:
    """What the server, or whatever failed, says; in one line."""
    body = getattr(err, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    cause = err.__cause__ if not said and err.__cause__ is not None else err
    return " ".join(str(said or cause or type(err).__name__).split())[:300].rstrip(".")


def _shown(said: Any) -> str:
    error = getattr(said, "error", None)
    return " ".join(str(error or said).split())[:120]
