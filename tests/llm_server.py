"""An OpenAI-compatible server on the loopback interface, with faults on demand: no model, no network, no library.

    with Server(answer=lambda body: "hello", faults=["429:1", "html"]) as server:
        client = openai.OpenAI(base_url=server.url, api_key="EMPTY")     # the first answer is a 429, the second HTML

It answers `/v1/chat/completions` (also streamed), `/v1/embeddings`, `/v1/models`, `/v1/files` and `/v1/batches`.
`answer(body)` gives the text of a completion, `vector(text)` the embedding of a text. `faults` are taken one a request,
in order, or asked for by `faults(number, body)`; None is a sound answer. `log` holds every completion and every list of
embeddings asked for. As a program it serves until it is killed, and prints its address:

    python tests/llm_server.py --latency 0.1 --rate 100
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Body = dict[str, Any]
Faults = Sequence[str | None] | Callable[[int, Body], str | None]


class Asked(NamedTuple):
    """One completion that was asked for: when, the sha256 of the body as sent, and what became of it."""

    at: float
    sha256: str
    outcome: str  # "ok", or the name of the fault
    body: Body


def echo(body: Body) -> str:
    """The last message, upper case: an answer that depends on the request alone."""
    return str(body["messages"][-1]["content"]).upper()


def lengths(text: str) -> list[float]:
    """Three numbers that depend on the text alone: its characters, bytes and words."""
    return [float(len(text)), float(len(text.encode())), float(len(text.split()))]


@dataclass
class Server:
    """`latency` in seconds; `rate` answers a second at most (a token bucket with `burst`), the rest gets a 429."""

    answer: Callable[[Body], str] = echo
    faults: Faults = ()
    latency: float = 0.0
    rate: float | None = None
    burst: int = 1
    retry_after: str | None = "1"  # of the token bucket
    models: tuple[str, ...] = ("test-model",)
    vector: Callable[[str], list[float]] = lengths
    batch_polls: int = 1  # how often a batch is looked at before it is done
    batch_faults: dict[str, str] = field(
        default_factory=dict
    )  # custom_id -> "error", "expired once"; "*": a whole batch
    key: str | None = None  # where set, any other bearer token gets a 401
    usage: bool = True
    log: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)  # "POST /v1/files" -> how often

    def __post_init__(self) -> None:
        self._tokens, self._filled = float(self.burst), time.monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._port = 0

    def __enter__(self) -> Server:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the test server did not start within 10 seconds")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        """The base URL that a client is given."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def answered(self) -> Counter[str]:
        """How often each body was answered well, and so would have been paid."""
        return Counter(asked.sha256 for asked in self.log if asked.outcome == "ok")

    async def _serve(self, ready: threading.Event | None = None, port: int = 0) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listening = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", port, backlog=2048)
        self._port = listening.sockets[0].getsockname()[1]
        if ready is not None:
            ready.set()
        else:
            print(self.url, flush=True)
        await self._stop.wait()
        listening.close()

    async def respond(self, method: str, path: str, headers: dict[str, str], content: bytes) -> _Reply:
        """The reply to one request."""
        path = path.split("?")[0].rstrip("/")
        if path != "/v1/chat/completions":
            self.calls[f"{method} {path}"] += 1
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "Incorrect API key provided", "invalid_api_key")
        if path == "/v1/models":
            return _ok({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
        if path == "/v1/chat/completions" and method == "POST":
            return await self._completion(content)
        if path == "/v1/embeddings" and method == "POST":
            return self._embeddings(content)
        if path.startswith("/v1/files"):
            return self._files(method, path, headers, content)
        if path.startswith("/v1/batches"):
            return self._batches(method, path, content)
        return _error(404, f"no such path: {path}", "not_found")

    async def _completion(self, content: bytes) -> _Reply:
        try:
            body = json.loads(content)
        except ValueError:
            return _error(400, "the body is not JSON", "invalid_request_error")
        number = len(self.log)
        fault = self._fault(number, body)
        if fault is None and not self._take():
            fault = "rate"
        self.log.append(Asked(time.monotonic(), hashlib.sha256(content).hexdigest(), fault or "ok", body))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.latency and fault is None:
                await asyncio.sleep(self.latency)
            if fault is not None:
                return await self._faulty(fault, body)
            if body.get("stream"):
                return _streamed(self.completion(body))
            return _ok(self.completion(body))
        finally:
            self.in_flight -= 1

    def completion(self, body: Body) -> dict[str, Any]:
        """A sound answer, as an endpoint gives it."""
        text = self.answer(body)
        asked = sum(len(str(message.get("content"))) for message in body["messages"])
        usage = {"prompt_tokens": asked // 4 + 1, "completion_tokens": len(text) // 4 + 1}
        usage["total_tokens"] = sum(usage.values())
        return {
            "id": "chatcmpl-" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16],
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body.get("model"),
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            **({"usage": usage} if self.usage else {}),
        }

    def _embeddings(self, content: bytes) -> _Reply:
        """Vectors in another order than that of the texts; `faults` are taken as for completions."""
        body = json.loads(content)
        fault = self._fault(len(self.log), body)
        self.log.append(Asked(time.monotonic(), hashlib.sha256(content).hexdigest(), fault or "ok", body))
        if fault == "html":
            return _Reply(200, b"<html><body>Service page</body></html>", {"content-type": "text/html"})
        if fault is not None and fault[:3].isdigit():
            return _error(int(fault[:3]), f"scripted {fault[:3]}", "server_error", {"retry-after": "0"})
        if body["model"] not in self.models:
            return _error(404, f"The model {body['model']!r} does not exist", "model_not_found")
        if not all(body["input"]):
            return _error(400, "'input' must not hold an empty string", "invalid_request_error")
        data = [
            {"object": "embedding", "index": index, "embedding": self.vector(text)}
            for index, text in enumerate(body["input"])
        ][::-1]
        if fault == "short":
            data.pop()
        return _ok(
            {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        )

    def _fault(self, number: int, body: Body) -> str | None:
        if callable(self.faults):
            return self.faults(number, body)
        return self.faults[number] if number < len(self.faults) else None

    def _take(self) -> bool:
        """One token of the bucket, if there is one."""
        if self.rate is None:
            return True
        now = time.monotonic()
        self._tokens = min(float(self.burst), self._tokens + (now - self._filled) * self.rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    async def _faulty(self, fault: str, body: Body) -> _Reply:
        name, _, value = fault.partition(":")
        if name == "rate":
            more = {"retry-after": self.retry_after} if self.retry_after else {}
            return _error(429, "Rate limit reached", "rate_limit_exceeded", more)
        if name == "429":
            return _error(429, "Rate limit reached", "rate_limit_exceeded", {"retry-after": value} if value else {})
        if name == "quota":
            return _error(429, "You exceeded your current quota", "insufficient_quota")
        if name in ("400", "401", "403", "408", "409", "422", "500", "502", "503"):
            codes = {"401": "invalid_api_key", "400": "invalid_request_error"}
            return _error(int(name), f"scripted {name}", codes.get(name, "server_error"))
        if name == "404":
            return _error(404, f"The model {body.get('model')!r} does not exist", "model_not_found")
        if name == "stall":
            await asyncio.sleep(float(value or 30))
            return _Reply(200, b"", drop=True)
        sound = self.completion(body)
        if name == "late":  # a sound answer that takes long
            await asyncio.sleep(float(value or 1))
            return _ok(sound)
        if name == "drop":
            return _Reply(200, json.dumps(sound).encode(), drop=True)
        if name == "truncated":
            return _Reply(200, json.dumps(sound).encode()[:-20])
        if name == "html":
            return _Reply(200, b"<html><body>Service page</body></html>", {"content-type": "text/html"})
        if name == "error200":
            return _ok({"error": {"message": "upstream failed", "type": "server_error", "code": None}})
        if name == "empty":
            return _ok({**sound, "choices": []})
        text = {
            "ignored_format": "Sure! Here is what you asked for.",
            "wrong_schema": '{"something": ["else"]}',
            "refusal": '{"text": "As an AI language model, I cannot do that."}',
            "length": sound["choices"][0]["message"]["content"][: int(value or 10)],
        }[name]
        sound["choices"][0]["message"]["content"] = text
        sound["choices"][0]["finish_reason"] = "length" if name == "length" else "stop"
        return _ok(sound)

    def _files(self, method: str, path: str, headers: dict[str, str], content: bytes) -> _Reply:
        parts = path.split("/")[3:]
        if method == "POST" and not parts:
            boundary = re.search(r'boundary="?([^";]+)', headers.get("content-type", ""))
            sections = content.split(b"--" + boundary[1].encode()) if boundary else []
            data = next((part for part in sections if b'name="file"' in part.split(b"\r\n\r\n", 1)[0]), None)
            if data is None:
                return _error(400, "no part named 'file'", "invalid_request_error")
            name = f"file-{len(self.files) + 1}"
            self.files[name] = data.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
            return _ok(self._file(name))
        if not parts or parts[0] not in self.files:
            return _error(404, "no such file", "not_found")
        if parts[1:] == ["content"]:
            return _Reply(200, self.files[parts[0]], {"content-type": "application/octet-stream"})
        return _ok(self._file(parts[0]))

    def _file(self, name: str) -> dict[str, Any]:
        size = len(self.files[name])
        return {"id": name, "object": "file", "bytes": size, "created_at": int(time.time()), "filename": "in.jsonl",
                "purpose": "batch", "status": "processed"}  # fmt: skip

    def _batches(self, method: str, path: str, content: bytes) -> _Reply:
        parts = path.split("/")[3:]
        if method == "POST" and not parts:
            asked = json.loads(content)
            name = f"batch-{len(self.batches) + 1}"
            self.batches[name] = {
                "id": name, "object": "batch", "endpoint": asked["endpoint"], "input_file_id": asked["input_file_id"],
                "completion_window": asked["completion_window"], "status": "validating", "created_at": int(time.time()),
                "metadata": asked.get("metadata"), "output_file_id": None, "error_file_id": None, "polls": 0,
            }  # fmt: skip
            return _ok(self.batches[name])
        if method == "GET" and not parts:
            data = list(self.batches.values())
            return _ok({"object": "list", "data": data, "has_more": False, "first_id": None, "last_id": None})
        batch = self.batches.get(parts[0])
        if batch is None:
            return _error(404, "no such batch", "not_found")
        if parts[1:] == ["cancel"]:
            batch["status"] = "cancelled"
            return _ok(batch)
        if batch["status"] in ("validating", "in_progress"):
            batch["polls"] += 1
            batch["status"] = "in_progress"
            if batch["polls"] > self.batch_polls:
                self._finish(batch)
        return _ok(batch)

    def _finish(self, batch: dict[str, Any]) -> None:
        """Answer a batch, in another order than it was asked; what `batch_faults` names fails or expires."""
        whole = self.batch_faults.pop("*", None)
        if whole == "failed":
            batch["status"] = "failed"
            error = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
            batch["errors"] = {"object": "list", "data": [error]}
            return
        good, bad = [], []
        for line in reversed(self.files[batch["input_file_id"]].splitlines()):
            asked = json.loads(line)
            id_, body = asked["custom_id"], asked["body"]
            fault = self.batch_faults.get(id_)
            if fault is not None and fault.endswith(" once"):
                fault = self.batch_faults.pop(id_).removesuffix(" once")
            outcome = "batch " + (fault or "ok")
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
            self.log.append(Asked(time.monotonic(), hashlib.sha256(content).hexdigest(), outcome, body))
            if fault == "expired":
                error = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append({"id": f"r-{id_[:8]}", "custom_id": id_, "response": None, "error": error})
            elif fault == "error":
                response = {"status_code": 500, "request_id": "q", "body": {"error": {"message": "scripted"}}}
                bad.append({"id": f"r-{id_[:8]}", "custom_id": id_, "response": response, "error": None})
            else:
                response = {"status_code": 200, "request_id": "q", "body": self.completion(body)}
                good.append({"id": f"r-{id_[:8]}", "custom_id": id_, "response": response, "error": None})
        for lines, key in ((good, "output_file_id"), (bad, "error_file_id")):
            if lines:
                batch[key] = f"file-{len(self.files) + 1}"
                self.files[batch[key]] = b"".join(json.dumps(entry).encode() + b"\n" for entry in lines)
        batch["status"] = "expired" if whole == "expired" else "completed"


class _Reply(NamedTuple):
    status: int
    content: bytes
    headers: dict[str, str] = {}  # noqa: RUF012
    drop: bool = False  # promise the whole content, send half of it, and close


def _ok(value: Any) -> _Reply:
    return _Reply(200, json.dumps(value, ensure_ascii=False).encode())


def _error(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> _Reply:
    error = {"message": message, "type": code, "param": None, "code": code}
    return _Reply(status, json.dumps({"error": error}).encode(), headers or {})


def _streamed(completion: dict[str, Any]) -> _Reply:
    """The same answer as server-sent events, a few characters each."""
    [choice] = completion.pop("choices")
    usage = completion.pop("usage", None)
    text = choice["message"]["content"]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[i : i + 8]} for i in range(0, len(text), 8)]
    chunk = {**completion, "object": "chat.completion.chunk"}
    events = [{**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    if usage:
        events.append({**chunk, "choices": [], "usage": usage})
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events] + ["data: [DONE]\n\n"]
    return _Reply(200, "".join(lines).encode(), {"content-type": "text/event-stream"})


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive: one request at a time, as clients send them."""

    def __init__(self, server: Server) -> None:
        self.server, self.buffer = server, bytearray()
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        for task in self.tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            content = _chunks(bytes(self.buffer[end + 4 :]))
            if content is None:
                return
            self.buffer.clear()
        else:
            length = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                return
            content = bytes(self.buffer[end + 4 : end + 4 + length])
            del self.buffer[: end + 4 + length]
        method, path, _ = first.split(" ", 2)
        task = asyncio.get_running_loop().create_task(self.answer(method, path, headers, content))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, method: str, path: str, headers: dict[str, str], content: bytes) -> None:
        try:
            reply = await self.server.respond(method, path, headers, content)
        except Exception as err:  # a defect of the test must show as an answer, not as silence
            reply = _error(500, f"{type(err).__name__}: {err}", "test_server_error")
        names = {"content-type": "application/json", "content-length": str(len(reply.content)),
                 "x-request-id": f"req-{len(self.server.log)}", **reply.headers}  # fmt: skip
        head = f"HTTP/1.1 {reply.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in names.items())
        sent = reply.content[: len(reply.content) // 2] if reply.drop else reply.content
        self.transport.write(head.encode() + b"\r\n" + sent)
        if reply.drop:
            self.transport.abort() if not sent else self.transport.close()


def _chunks(data: bytes) -> bytes | None:
    """The content of a chunked body, None while it is not complete."""
    content = b""
    while True:
        size, found, data = data.partition(b"\r\n")
        if not found:
            return None
        length = int(size.split(b";")[0], 16)
        if length == 0:
            return content
        if len(data) < length + 2:
            return None
        content, data = content + data[:length], data[length + 2 :]


def main() -> None:
    parser = argparse.ArgumentParser(description="An OpenAI-compatible test server on the loopback interface.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds an answer takes")
    parser.add_argument("--rate", type=float, help="answers a second at most")
    parser.add_argument("--answer", help="every answer; without it the last message, upper case")
    options = parser.parse_args()
    answer = (lambda body: options.answer) if options.answer is not None else echo
    server = Server(answer, latency=options.latency, rate=options.rate, burst=int(options.rate or 1))
    asyncio.run(server._serve(port=options.port))


if __name__ == "__main__":
    main()
