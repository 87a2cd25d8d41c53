"""Text from any OpenAI-compatible endpoint: a hosted model, or vLLM, llama.cpp, `transformers serve` of one's own.

    engine = Endpoint("http://127.0.0.1:8000/v1", "out/tiny")     # the key, if any, is in OPENAI_API_KEY

A conversation goes to `chat/completions`, a text to continue to `completions`. Samples are asked for one by one, each
with its own seed: some servers ignore `n` without a word. A few requests are in flight at a time; the SDK repeats those
that fail for a passing reason.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import Any

from mulco.errors import MulcoError
from mulco.generation.base import Generation, Request, Settings, cut, seed_of

RETRIES = 5  # of the SDK: back-off from 0.5 to 8 seconds, or as long as Retry-After says
REFUSED = (400, 413, 422)  # this request is wrong for the endpoint; the others may be right


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

    def _explained(self, err: Exception) -> MulcoError:
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
                f"{self.base_url} has no model {self.name!r}, or not this kind of request ({_reason(err)}). Check "
                "--model and --style: chat needs chat/completions, the others completions"
            )
        if isinstance(err, json.JSONDecodeError):
            return MulcoError(
                f"{self.base_url}: the answer is broken off or no JSON ({err}). Run the same command again"
            )
        return MulcoError(f"{self.base_url}: {_reason(err)}. Run the same command again; finished answers are kept")


def _reason(err: BaseException) -> str:
    """What the server, or whatever failed, says; in one line."""
    body = getattr(err, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    cause = err.__cause__ if not said and err.__cause__ is not None else err
    return " ".join(str(said or cause or type(err).__name__).split())[:300].rstrip(".")


def _shown(said: Any) -> str:
    error = getattr(said, "error", None)
    return " ".join(str(error or said).split())[:120]
