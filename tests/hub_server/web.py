"""HTTP for the Hub of the tests: one request in, one answer out, with faults between."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from .faults import Fault, Seen

if TYPE_CHECKING:
    from . import Hub

PIECE = 16_384  # bytes read at once, so that a fault can strike inside a body


@dataclass
class Answer:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """What was asked. `path` is split at slashes, each part unquoted."""

    method: str
    path: list[str]
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    endpoint: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def token(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


def reply(value: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"} | named)


def refuse(status: int, message: str, code: str | None = None) -> Answer:
    """An error as the Hub gives it: in the body, and in headers for HEAD."""
    headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
    return Answer(status, json.dumps({"error": message}).encode(), {"Content-Type": "application/json"} | headers)


def ranged(data: bytes, asked: str | None, headers: dict[str, str]) -> Answer:
    """The bytes a Range header asks for, or all of them."""
    headers = {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"} | headers
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked or "")
    if not found:
        return Answer(200, data, headers)
    if found[1]:
        start, end = int(found[1]), min(int(found[2] or len(data) - 1), len(data) - 1)
    else:
        start, end = max(len(data) - int(found[2]), 0), len(data) - 1
    if start > end:
        return Answer(416, b"", headers | {"Content-Range": f"bytes */{len(data)}"})
    return Answer(206, data[start : end + 1], headers | {"Content-Range": f"bytes {start}-{end}/{len(data)}"})


class _Dropped(Exception):
    """The connection was ended on purpose."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, lets faults strike, and sends what `api.answer` says."""

    hub: Hub
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one piece; without it each small answer waits 40 ms for an acknowledgement

    def handle_any(self) -> None:
        from . import api

        seen = Seen(self.command, self.path)
        with self.hub.lock:
            faults = [fault for fault in self.hub.faults if fault.takes(self.command, self.path)]
            self.hub.requests.append(seen)
            self.hub.busy += 1
        try:
            body = self._body(faults, seen)
            for fault in faults:
                time.sleep(fault.seconds)
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            path = [unquote(part) for part in parts.path.strip("/").split("/")]
            request = Request(self.command, path, query, self.headers, body, f"http://{self.headers['Host']}")
            account = self.hub.accounts.get(request.token or "")
            seen.account = account.name if account else None
            struck = next((fault for fault in faults if fault.status), None)
            if struck and struck.status:
                answer = refuse(struck.status, "Internal Error - we are working hard to fix this as soon as possible")
                answer.headers |= struck.headers
            else:
                answer = api.answer(self.hub, request, account)
            self._send(answer, faults, seen)
        except (_Dropped, ConnectionError):
            self.close_connection = True
        finally:
            with self.hub.lock:
                self.hub.busy -= 1

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def _body(self, faults: list[Fault], seen: Seen) -> bytes:
        """The body of the request; faults strike at the byte they name, or at its end if that comes first."""
        body = bytearray()
        waiting = [fault for fault in faults if fault.drop_at is not None or fault.call]
        for piece in self._pieces():
            body += piece
            seen.bytes_in = len(body)
            self._strike([fault for fault in waiting if _place(fault) <= len(body)], waiting)
        self._strike(list(waiting), waiting)
        torn = next((fault.torn_at for fault in faults if fault.torn_at is not None), None)
        return bytes(body[:torn])

    def _strike(self, now: list[Fault], waiting: list[Fault]) -> None:
        for fault in now:
            waiting.remove(fault)
            if fault.call:
                fault.call()
            if fault.drop_at is not None:
                raise _Dropped

    def _pieces(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            piece = self.rfile.read1(min(left, PIECE))
            if not piece:
                raise _Dropped
            left -= len(piece)
            yield piece

    def _send(self, answer: Answer, faults: list[Fault], seen: Seen) -> None:
        cut = next((fault.cut_at for fault in faults if fault.cut_at is not None), None)
        if cut == 0:
            raise _Dropped
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        seen.status = answer.status
        if self.command != "HEAD":
            self.wfile.write(answer.body[:cut])
            seen.bytes_out = len(answer.body[:cut])
        self.wfile.flush()
        if cut is not None:
            raise _Dropped

    def log_message(self, *_: object) -> None:
        """Nothing: `hub.requests` has it all."""


def _place(fault: Fault) -> int:
    return fault.at if fault.call else fault.drop_at or 0
