"""One completion from an OpenAI-compatible endpoint: the exact bytes out, the exact bytes back, what became of them.

    async with Client("http://HOST:8000/v1", key, in_flight=64) as client:
        reply = await client.complete(body)      # reply.outcome is "ok", "limited", "busy", "timeout", ...

Built on the `openai` package with its retries off: it would send a request again after a time-out, which may have been
paid, and take an HTML page for an answer. Nothing here is retried; the engine decides that.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from mulco.errors import MulcoError, UsageError
from mulco.synthesis.ledger import Usage

if TYPE_CHECKING:
    import httpx2

PATH = "/chat/completions"
KEYS = ("MULCO_API_KEY", "OPENAI_API_KEY")  # where the key is looked for
# Codes and statuses that no second try can mend: a wrong key, no money, no such model.
_FATAL_CODES = (
    "insufficient_quota",
    "invalid_api_key",
    "model_not_found",
    "billing_hard_limit_reached",
    "access_terminated",
)
_HEADERS = {"Content-Type": "application/json"}


class Reply(NamedTuple):
    """What became of one request.

    `outcome`: ok; limited (429); busy (5xx, 408, 409, or no answer inside a 200), unreachable (surely not sent);
    timeout and dropped (perhaps paid); refused (this request is wrong); fatal (every request will fail).
    """

    outcome: str
    status: int | None = None
    content: bytes = b""
    headers: Mapping[str, str] = {}
    usage: Usage | None = None
    problem: str = ""
    milliseconds: int = 0


def endpoint_of(base_url: str) -> str:
    """The host of an endpoint, as it stands in rows and cards; raises UsageError for what is no http address."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--base-url {base_url!r} is no address such as http://HOST:8000/v1")
    return parts.hostname


def is_local(base_url: str) -> bool:
    """Whether an endpoint is on this machine, by its address alone: no name is looked up."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_of(base_url: str) -> str:
    """The key from the environment; an endpoint on this machine works without one."""
    key = next((os.environ[name] for name in KEYS if os.environ.get(name)), "")
    if not key and not is_local(base_url):
        raise UsageError(f"no key for {endpoint_of(base_url)}: set {' or '.join(KEYS)} in the environment")
    return key or "EMPTY"


class Client:
    """`timeout_seconds` is the longest silence of an endpoint; twice that is the longest a request may take in all."""

    def __init__(self, base_url: str, key: str, in_flight: int, timeout_seconds: float = 120) -> None:
        try:
            import httpx2
            import openai
        except ImportError as err:
            raise MulcoError('mulco synth run needs openai. Install it with: pip install "mulco[llm]"') from err
        self._openai, self._response = openai, httpx2.Response
        self._longest = 2 * timeout_seconds
        limits = httpx2.Limits(max_connections=in_flight + 8, max_keepalive_connections=in_flight + 8)
        timeout = httpx2.Timeout(timeout_seconds, connect=min(10.0, timeout_seconds), pool=None)
        self.api = openai.AsyncOpenAI(
            base_url=base_url, api_key=key, max_retries=0, timeout=timeout,
            http_client=openai.DefaultAioHttpClient(limits=limits, timeout=timeout),
        )  # fmt: skip

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.api.close()

    async def complete(self, body: bytes) -> Reply:
        """Send a body, once, and say what became of it."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._longest):
                response = await self.api.post(
                    PATH, cast_to=self._response, content=body, options={"headers": _HEADERS}
                )
        except (TimeoutError, self._openai.APITimeoutError) as err:
            outcome = "unreachable" if _before_sending(err) else "timeout"
            return Reply(outcome, problem=f"no answer within {self._longest / 2:g} s", milliseconds=_since(started))
        except self._openai.APIStatusError as err:
            return _refused(err.response, _since(started))
        except self._openai.APIConnectionError as err:
            cause = err.__cause__ or err
            outcome = "unreachable" if _before_sending(err) else "dropped"
            return Reply(outcome, problem=f"{type(cause).__name__}: {cause}", milliseconds=_since(started))
        return _answered(response, _since(started))


def _answered(response: httpx2.Response, milliseconds: int) -> Reply:
    """A reply with status 200: is there an answer in it?"""
    content, headers = response.content, response.headers
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        kind = headers.get("content-type", "")
        if "json" in kind:  # cut short on the way: the endpoint may have counted it
            return Reply("dropped", 200, content, headers, problem="the answer is cut short", milliseconds=milliseconds)
        problem = f"not an answer of a model but {kind or 'nothing'}"
        return Reply("busy", 200, content, headers, problem=problem, milliseconds=milliseconds)
    if not isinstance(value, dict) or not value.get("choices"):
        code, message = _error_in(value)
        problem = message or "an answer without choices"
        outcome = "fatal" if code in _FATAL_CODES else "busy"
        return Reply(outcome, 200, content, headers, problem=problem, milliseconds=milliseconds)
    return Reply("ok", 200, content, headers, usage_of(value), milliseconds=milliseconds)


def _refused(response: httpx2.Response, milliseconds: int) -> Reply:
    """A reply with another status."""
    status = response.status_code
    try:
        code, message = _error_in(orjson.loads(response.content))
    except orjson.JSONDecodeError:
        code, message = "", response.text[:200]
    problem = f"{status} {message}".strip()
    if code in _FATAL_CODES or status in (401, 402, 403, 404):
        outcome = "fatal"
    elif status == 429:
        outcome = "limited"
    else:
        outcome = "busy" if status >= 500 or status in (408, 409, 425) else "refused"
    return Reply(outcome, status, response.content, response.headers, problem=problem, milliseconds=milliseconds)


def _error_in(value: Any) -> tuple[str, str]:
    """(code, message) of an error, as far as the endpoint writes it in the usual form."""
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, str):
        return "", error[:200]
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("code") or error.get("type") or ""), str(error.get("message") or "")[:200]


def usage_of(completion: Mapping[str, Any]) -> Usage | None:
    """The tokens that an endpoint counted, None where it did not say."""
    usage = completion.get("usage")
    if not isinstance(usage, dict):
        return None
    counted = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not all(isinstance(number, int) for number in counted):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Usage(int(counted[0] or 0), int(counted[1] or 0), cached if isinstance(cached, int) else 0)


def _before_sending(err: BaseException) -> bool:
    """Whether a connection was never made, so that nothing can have been paid."""
    cause: BaseException | None = err
    while cause is not None:
        if type(cause).__name__ in ("ConnectError", "ConnectTimeout", "PoolTimeout", "ClientConnectorError"):
            return True
        cause = cause.__cause__
    return False


def _since(started: float) -> int:
    return round(1000 * (time.perf_counter() - started))
