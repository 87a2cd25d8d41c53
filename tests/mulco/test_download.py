"""Downloads against a real HTTP server on 127.0.0.1 that has every fault: each has its own message, nothing
half-written stays, and a second run goes on where the first stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import datasets
import httpx2
import pytest
from typer.testing import CliRunner

from mulco import download as downloads
from mulco import transfer
from mulco.cli import app
from mulco.doctor import examine
from mulco.download import PARTS, download, feeding, forecast_for, lacking, without_address
from mulco.errors import DownloadError, OutputError, SourceError, UsageError
from mulco.source import License, Source, UpstreamFile
from mulco.transfer import Patience, ask, direct, fetch, hub_file

DATA = b"".join(b'{"id": %d, "text": "a line of the file"}\n' % n for n in range(30_000))  # 1.3 MB: several reads
SHA256 = hashlib.sha256(DATA).hexdigest()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"a" * 64)
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>Not here.</body></html>"
KEPT = "What is there already is kept, and the same command goes on from it"
LOG_IN = "Log in (on the Hub: hf auth login; accept the terms where there are any)"
BY_HAND = "or get the file by hand and put it in its place"
Fault = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files` with ETag, Range and If-Range, or the next fault of `server.faults`."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        path, self.number = urlsplit(self.path).path, len(self.server.requests)
        self.server.requests.append((self.command, self.path, dict(self.headers)))
        faults = self.server.faults.get(path)
        if faults:
            (faults[0] if faults[0] in self.server.always else faults.pop(0))(self, self.server.files.get(path, b""))
        elif path in self.server.files:
            serve(self, self.server.files[path])
        else:
            status(404)(self, b"")

    do_HEAD = do_GET

    def answer(self, code: int, body: bytes, length: int | None = None, **headers: str) -> None:
        """Send an answer; `length` is what Content-Length claims where that is not the truth."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if length is not None:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.send(body)

    def send(self, body: bytes) -> None:
        if self.command != "HEAD":
            self.server.served[urlsplit(self.path).path] += len(body)  # first: the client may be quicker than this
            self.server.sent[self.number] += len(body)
            self.wfile.write(body)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Nothing: pytest's output stays readable."""


class Server(ThreadingHTTPServer):
    """`files` by path, `faults` by path (used up one by one, those in `always` for good), and what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.always: list[Fault] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.served: Counter[str] = Counter()  # bytes by path
        self.sent: Counter[int] = Counter()  # bytes by request
        self.over = threading.Event()  # ends the answers that would hang

    def handle_error(self, *_: Any) -> None:
        """Clients hang up here, on purpose."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.requests]

    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, _, headers in self.requests]


def serve(handler: Handler, data: bytes, etag: str = '"v1"', start: int | None = None) -> None:
    """The honest answer: whole, or the rest where the client's part is of this file."""
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    if asked and handler.headers.get("If-Range", etag) == etag:
        start = int(asked[1])
        if start >= len(data):
            handler.answer(416, b"", Content_Range=f"bytes */{len(data)}")
            return
        found = f"bytes {start}-{len(data) - 1}/{len(data)}"
        handler.answer(206, data[start:], ETag=etag, Content_Range=found)
    else:
        handler.answer(200, data, ETag=etag, Content_Type="application/octet-stream")


def status(code: int, **headers: str) -> Fault:
    return lambda handler, data: handler.answer(code, b"no", **headers)


def page(handler: Handler, data: bytes) -> None:
    handler.answer(200, PAGE, Content_Type="text/html; charset=utf-8")


def cut(sent: int, *, etag: str = '"v1"') -> Fault:
    """Content-Length says all, then the connection drops after `sent` bytes of the file or of its rest."""

    def fault(handler: Handler, data: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        headers = {"Content_Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if asked else {}
        handler.answer(206 if asked else 200, data[start : start + sent], len(data) - start, ETag=etag, **headers)

    return fault


def drip(handler: Handler, data: bytes) -> None:
    """A byte now and then, for ever."""
    handler.answer(200, b"", len(data), ETag='"v1"')
    for number in range(len(data)):
        if handler.server.over.wait(0.02):
            return
        handler.send(data[number : number + 1])


def silence(handler: Handler, data: bytes) -> None:
    handler.server.over.wait(20)


@pytest.fixture(autouse=True)
def nothing_but_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request leaves the machine, whatever a test does wrong."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX or address[0] == "127.0.0.1", f"a test wants to reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.files["/data.jsonl"] = DATA
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.over.set()
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "parts" / "data.part"


def quick(waits: list[float] | None = None, **more: Any) -> Patience:
    """Patience that only notes how long it would have waited."""
    return Patience(**{"timeout_seconds": 10.0, "sleep": (waits if waits is not None else []).append, **more})


def refused(address: str, part: Path, kind: str, sha256: str | None = None, **patience: Any) -> str:
    """The message with which an address is refused, without the address in front of it."""
    with pytest.raises(DownloadError) as error:
        fetch(address, part, sha256, quick(**patience))
    assert (error.value.kind, error.value.address) == (kind, address)
    return str(error.value).removeprefix(f"{address}: ")


def test_a_file_is_fetched_whole_and_its_sha256_returned(server: Server, part: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    address = server.url("/data.jsonl")
    assert fetch(address, part, SHA256, quick(), lambda done, total: steps.append((done, total))) == SHA256
    assert part.read_bytes() == DATA
    assert steps[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    _, _, headers = server.requests[0]
    assert (headers["Accept-Encoding"], headers["User-Agent"].split("/")[0]) == ("identity", "mulco")
    assert fetch(address, part, None, quick()) == SHA256
    assert server.methods() == ["GET"], "a part that is whole is not fetched again"


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        (404, "gone", f"gone (404). See on the source's homepage (mulco sources) where it went, {BY_HAND}"),
        (410, "gone", f"gone (410). See on the source's homepage (mulco sources) where it went, {BY_HAND}"),
        (401, "login", f"access denied (401): a login is needed, or it was shut. {LOG_IN}, {BY_HAND}"),
        (403, "login", f"access denied (403): a login is needed, or it was shut. {LOG_IN}, {BY_HAND}"),
        (300, "moved", "it moved, but the server does not say where (300). Look for the new address in a browser, "
         f"{BY_HAND}"),
        (418, "refused", f"the server answers 418. Try again later, {BY_HAND}"),
    ],
)  # fmt: skip
def test_an_answer_that_another_try_does_not_change(
    code: int, kind: str, message: str, server: Server, part: Path
) -> None:
    server.faults["/data.jsonl"] = [status(code)]
    assert refused(server.url("/data.jsonl"), part, kind) == message
    assert len(server.requests) == 1
    assert not part.exists()


def test_a_chain_of_redirects_is_followed(server: Server, part: Path) -> None:
    server.faults = {"/a": [status(301, Location="/b")], "/b": [status(301, Location="/c")],
                     "/c": [status(302, Location=server.url("/data.jsonl"))]}  # fmt: skip
    assert fetch(server.url("/a"), part, SHA256, quick()) == SHA256
    assert [path for _, path, _ in server.requests] == ["/a", "/b", "/c", "/data.jsonl"]


def test_redirects_in_a_circle(server: Server, part: Path) -> None:
    for here, there in ("/a", "/b"), ("/b", "/a"):
        server.faults[here] = [status(301, Location=there)] * 30
    message = f"it redirects in a circle. Look for the new address in a browser, {BY_HAND}"
    assert refused(server.url("/a"), part, "moved") == message


def test_a_redirect_to_a_login_page(server: Server, part: Path) -> None:
    server.faults = {"/data.jsonl": [status(302, Location="/login?next=/data.jsonl")], "/login": [page]}
    where = server.url("/login?next=/data.jsonl")
    message = f"it leads to a login page, {where}. Log in there in a browser, {BY_HAND}"
    assert refused(server.url("/data.jsonl"), part, "login") == message
    assert not part.exists()


def test_a_redirect_to_another_page(server: Server, part: Path) -> None:
    server.faults = {"/data.jsonl": [status(301, Location="/news/")], "/news/": [page]}
    message = f"it moved to a web page, {server.url('/news/')}. Look at it in a browser, {BY_HAND}"
    assert refused(server.url("/data.jsonl"), part, "html") == message


@pytest.mark.parametrize(
    "body", [PAGE, b"\n<html>", b'<?xml version="1.0"?>\n<!DOCTYPE HTML PUBLIC "x">', b"<!-- -->\n<HTML>"]
)
def test_a_web_page_instead_of_data(body: bytes, server: Server, part: Path) -> None:
    server.files["/data.jsonl"] = body
    message = f"it gives a web page (HTML), not the data. Look at it in a browser, {BY_HAND}"
    assert refused(server.url("/data.jsonl"), part, "html") == message
    assert list(part.parent.iterdir()) == []


def test_a_git_lfs_pointer(server: Server, part: Path) -> None:
    server.files["/data.jsonl"] = POINTER
    message = f"it gives a Git LFS pointer, not the data. Clone upstream's repository with Git LFS, {BY_HAND}"
    assert refused(server.url("/data.jsonl"), part, "pointer") == message
    assert list(part.parent.iterdir()) == []


def test_another_checksum_names_both(server: Server, part: Path) -> None:
    message = refused(server.url("/data.jsonl"), part, "checksum", "0" * 64)
    assert message == (
        f"the checksum changed: sha256 {SHA256} came, {'0' * 64} was expected. Try again; if upstream changed it on "
        "purpose, renew it in its source, or remove it from sources.lock"
    )
    assert list(part.parent.iterdir()) == []


def test_a_body_that_is_shorter_under_a_right_content_length_is_found_by_its_checksum(
    server: Server, part: Path
) -> None:
    server.faults["/data.jsonl"] = [lambda handler, data: handler.answer(200, data[:1000], ETag='"v1"')]
    message = refused(server.url("/data.jsonl"), part, "checksum", SHA256)
    assert hashlib.sha256(DATA[:1000]).hexdigest() in message
    assert SHA256 in message
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256


@pytest.mark.parametrize(
    ("form", "expected"),
    [("7", 7.0), ("date", 90.0), ("0", 1.0), ("soon", 1.0), ("-5", 1.0), ("nan", 1.0)],
)
def test_too_many_requests_waits_as_long_as_the_server_asks(
    form: str, expected: float, server: Server, part: Path
) -> None:
    now = 1_800_000_000.0
    asked = formatdate(now + 90, usegmt=True) if form == "date" else form
    server.faults["/data.jsonl"] = [status(429, Retry_After=asked)]
    waits: list[float] = []
    assert fetch(server.url("/data.jsonl"), part, None, quick(waits, now=lambda: now)) == SHA256
    assert waits == [expected]


def test_a_server_that_asks_for_too_much_time_is_given_up(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [status(429, Retry_After="3600")]
    message = f"too many requests (429), and asks to come back in 3,600 seconds. Try again later. {KEPT}"
    assert refused(server.url("/data.jsonl"), part, "busy") == message
    assert len(server.requests) == 1


def test_a_server_that_fails_twice_is_tried_three_times(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [status(500), status(503)]
    waits: list[float] = []
    assert fetch(server.url("/data.jsonl"), part, None, quick(waits)) == SHA256
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("code", [408, 500, 502, 503, 504])
def test_a_server_that_goes_on_failing_is_given_up(code: int, server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [status(code)] * 9
    waits: list[float] = []
    message = refused(server.url("/data.jsonl"), part, "server", waits=waits, longest_wait_seconds=5.0)
    assert message == f"the server failed ({code}), 5 times in a row. Try again later. {KEPT}"
    assert waits == [1.0, 2.0, 4.0, 5.0]


def test_a_connection_that_drops_in_the_middle_goes_on_from_there(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [cut(400_000), cut(300_000)]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.ranges() == [None, "bytes=400000-", "bytes=700000-"]
    assert server.requests[1][2]["If-Range"] == '"v1"'
    assert server.served["/data.jsonl"] == len(DATA)


def test_a_connection_that_always_drops_is_given_up_and_a_second_run_goes_on(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [cut(1000) for _ in range(5)]
    message = refused(server.url("/data.jsonl"), part, "dropped")
    assert re.fullmatch(
        rf"the connection broke \(.*\), 5 times in a row\. Check the network and the proxy \(HTTPS_PROXY\)\. {KEPT}",
        message,
    )
    assert part.read_bytes() == DATA[:5000]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.served["/data.jsonl"] == len(DATA)


def test_a_try_that_brought_much_does_not_count(server: Server, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "STEADY", 100_000)
    server.faults["/data.jsonl"] = [cut(100_000) for _ in range(8)]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256


def test_a_server_that_ignores_range_sends_all_anew(server: Server, part: Path) -> None:
    whole: Fault = lambda handler, data: handler.answer(200, data, ETag='"v1"')  # noqa: E731
    server.faults["/data.jsonl"] = [cut(400_000), whole]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert part.read_bytes() == DATA
    assert server.served["/data.jsonl"] == 400_000 + len(DATA)


def test_a_file_that_changed_between_two_parts_is_fetched_anew(server: Server, part: Path) -> None:
    new: Fault = lambda handler, data: serve(handler, DATA, '"v2"')  # noqa: E731
    server.files["/data.jsonl"] = b"x" * len(DATA)
    server.faults["/data.jsonl"] = [cut(400_000), new]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.requests[1][2]["If-Range"] == '"v1"'
    assert len(server.requests) == 2, "the server sees from If-Range that the part is of no use"


@pytest.mark.parametrize("wrong", ["etag", "place", "total", "header"])
def test_a_rest_that_does_not_fit_the_part_is_not_put_behind_it(wrong: str, server: Server, part: Path) -> None:
    def rest(handler: Handler, data: bytes) -> None:
        start = 300_000 if wrong == "place" else 400_000
        total = len(DATA) + (1 if wrong == "total" else 0)
        place = "bytes or so" if wrong == "header" else f"bytes {start}-{total - 1}/{total}"
        handler.answer(206, DATA[start:], ETag='"v2"' if wrong == "etag" else '"v1"', Content_Range=place)

    server.faults["/data.jsonl"] = [cut(400_000), rest]
    waits: list[float] = []
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick(waits)) == SHA256
    assert server.ranges() == [None, "bytes=400000-", None]


def test_a_rest_that_nobody_asked_for_is_not_taken_for_the_file(server: Server, part: Path) -> None:
    def rest(handler: Handler, data: bytes) -> None:
        handler.answer(206, data[100:], ETag='"v1"', Content_Range=f"bytes 100-{len(data) - 1}/{len(data)}")

    server.faults["/data.jsonl"] = [rest]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256


def test_a_redirect_out_of_encryption_is_refused() -> None:
    asked = httpx2.Response(301, request=httpx2.Request("GET", "https://example.org/a"))
    answer = httpx2.Response(200, request=httpx2.Request("GET", "http://example.org/b"), history=[asked])
    with pytest.raises(DownloadError, match=r"it moved to http://example\.org/b, which is not encrypted"):
        transfer._refuse("https://example.org/a", answer, quick())


def test_a_part_longer_than_the_file_has_become_is_fetched_anew(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [cut(400_000)]
    refused(server.url("/data.jsonl"), part, "dropped", tries=1)
    server.files["/data.jsonl"] = DATA[:1000]
    assert fetch(server.url("/data.jsonl"), part, None, quick()) == hashlib.sha256(DATA[:1000]).hexdigest()


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
def test_without_a_strong_validator_a_part_is_not_continued(etag: str, server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [cut(400_000, etag=etag)]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.ranges() == [None, None]


def test_a_body_without_length_that_breaks_off_is_not_taken_for_whole(server: Server, part: Path) -> None:
    def chunked(handler: Handler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("ETag", '"v1"')
        handler.end_headers()
        handler.send(b"%x\r\n%s\r\n" % (1000, data[:1000]))
        handler.close_connection = True

    server.faults["/data.jsonl"] = [chunked]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.ranges() == [None, "bytes=1000-"]


def test_a_compressed_answer_is_unpacked(server: Server, part: Path) -> None:
    import gzip

    packed = gzip.compress(DATA)
    server.faults["/data.jsonl"] = [
        lambda handler, data: handler.answer(200, packed, Content_Encoding="gzip", ETag='"z"')
    ]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256


def test_a_server_that_says_nothing_times_out(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [silence] * 2
    message = refused(server.url("/data.jsonl"), part, "timeout", tries=2, timeout_seconds=0.3)
    assert re.fullmatch(
        r"time-out: too little came \(.*\), 2 times in a row\. Check the network and the proxy \(HTTPS_PROXY\)\. "
        rf"{KEPT}", message,
    )  # fmt: skip


def test_a_server_that_drips_times_out(server: Server, part: Path) -> None:
    server.faults["/data.jsonl"] = [drip]
    started = time.monotonic()
    message = refused(server.url("/data.jsonl"), part, "timeout", tries=1, timeout_seconds=0.3)
    assert "time-out: too little came (" in message
    assert time.monotonic() - started < 5
    have = part.stat().st_size
    assert part.read_bytes() == DATA[:have]
    assert fetch(server.url("/data.jsonl"), part, SHA256, quick()) == SHA256
    assert server.ranges()[-1] == f"bytes={have}-"


def test_a_server_that_cannot_be_reached(part: Path) -> None:
    address = f"http://127.0.0.1:{closed_port()}/data.jsonl"
    message = refused(address, part, "unreachable", tries=2)
    assert re.fullmatch(
        rf"no connection \(.*refused.*\), 2 times in a row\. Check the network and the proxy \(HTTPS_PROXY\)\. {KEPT}",
        message,
    )


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/data", "data.jsonl", "hf://datasets/name/data.jsonl"])
def test_what_is_no_address_is_refused(address: str, part: Path) -> None:
    assert refused(address, part, "address").endswith(". Correct it in its source")


def test_a_proxy_of_the_environment_is_used(server: Server, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url(""))
    assert fetch("http://upstream.invalid/data.jsonl", part, SHA256, quick()) == SHA256
    assert server.requests[0][1] == "http://upstream.invalid/data.jsonl"


def test_a_proxy_that_cannot_be_used_is_named(part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:1")
    with pytest.raises(DownloadError, match=r"does not start \(.*\)\. Correct or unset what the environment says of"):
        fetch("http://127.0.0.1:1/data.jsonl", part, None, quick())


def test_too_little_disk_is_found_before_a_byte_is_written(
    server: Server, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": transfer.RESERVE + 1000})
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda folder: usage)
    message = refused(server.url("/data.jsonl"), part, "disk")
    assert message == (
        f"disk full: {len(DATA):,} bytes are needed in {part.parent}, and 1,000 are free. Free some space, or name "
        "another folder with MULCO_CACHE"
    )
    assert part.stat().st_size == 0


def test_a_disk_that_fills_up_is_named(server: Server, part: Path) -> None:
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    message = refused(server.url("/data.jsonl"), part, "disk")
    assert message == (
        f"disk full: cannot write {part} (No space left on device). Free some space, or name another folder with "
        f"MULCO_CACHE. {KEPT}"
    )


def test_the_size_is_asked_with_head(server: Server) -> None:
    assert ask(server.url("/data.jsonl"), quick()) == len(DATA)
    assert server.methods() == ["HEAD"]
    server.faults["/data.jsonl"] = [status(405)]
    assert ask(server.url("/data.jsonl"), quick()) == len(DATA)
    assert server.methods() == ["HEAD", "HEAD", "GET"]
    server.faults["/data.jsonl"] = [page]
    with pytest.raises(DownloadError, match="a web page"):
        ask(server.url("/data.jsonl"), quick())


def test_drive_is_asked_for_the_file_and_not_for_its_page() -> None:
    address = "https://drive.google.com/uc?id=1x6h-_"
    assert direct(address) == "https://drive.usercontent.google.com/download?id=1x6h-_&export=download&confirm=t"
    for other in ("https://drive.google.com/drive/folders/1x", "https://example.org/uc?id=1"):
        assert direct(other) == other


def test_addresses_on_the_hub_are_known_in_both_forms() -> None:
    expected = ("org/set-1", "refs/convert/parquet", "a/b c++.jsonl")
    assert hub_file("hf://datasets/org/set-1@refs%2Fconvert%2Fparquet/a/b c++.jsonl") == expected
    web = "https://huggingface.co/datasets/org/set-1/resolve/refs%2Fconvert%2Fparquet/a/b%20c%2B%2B.jsonl?download=true"
    assert hub_file(web) == expected
    assert hub_file("https://example.org/datasets/org/set-1/resolve/main/a") is None


HUB = """
import json, sys
from pathlib import Path
from mulco.errors import DownloadError
from mulco.transfer import Patience, ask, fetch
found = []
for number, address in enumerate(json.loads(sys.argv[1])):
    part, steps = Path(f"part-{number}"), []
    try:
        size = ask(address, Patience(timeout_seconds=5))
        sha256 = fetch(address, part, None, Patience(tries=2, timeout_seconds=5, sleep=lambda s: None),
                       lambda done, total: steps.append((done, total)))
        found.append([size, sha256, part.stat().st_size, steps[-1], sorted(p.name for p in Path(".").glob(f"{part}*"))])
    except DownloadError as err:
        found.append([err.kind, str(err)])
print(json.dumps(found))
"""


def test_the_hub_is_reached_through_its_library_at_hf_endpoint(server: Server, tmp_path: Path) -> None:
    commit = "c" * 40
    at = f"/datasets/org/set/resolve/{commit}"

    def stored(handler: Handler, data: bytes) -> None:
        handler.answer(200, DATA, ETag=f'"{"e" * 40}"', X_Repo_Commit=commit)

    def refusing(code: int, error: str) -> Fault:
        return status(code, X_Error_Code=error, X_Error_Message=error)

    server.faults = {
        f"{at}/data.jsonl": [stored], f"{at}/gone.jsonl": [refusing(404, "EntryNotFound")],
        f"{at}/gated.jsonl": [refusing(403, "GatedRepo")], f"{at}/none.jsonl": [refusing(401, "RepoNotFound")],
    }  # fmt: skip
    server.always = [fault for faults in server.faults.values() for fault in faults]
    names = ["data", "gone", "gated", "none"]
    asked = [f"hf://datasets/org/set@{commit}/{name}.jsonl" for name in names]
    asked.append(f"https://huggingface.co{at}/data.jsonl")
    home = {"HF_HOME": str(tmp_path / "hf"), "HF_ENDPOINT": server.url(""), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, **home}
    environment.pop("HF_HUB_OFFLINE")
    call = [sys.executable, "-c", HUB, json.dumps(asked)]
    done = subprocess.run(call, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    fetched, gone, gated, none, web = json.loads(done.stdout)
    assert fetched == [len(DATA), SHA256, len(DATA), [len(DATA), len(DATA)], ["part-0"]]
    assert web == [*fetched[:-1], ["part-4"]]
    assert gone == [
        "gone",
        f"{asked[1]}: gone (404). See on the source's homepage (mulco sources) where it went, {BY_HAND}",
    ]
    assert gated[0] == "login"
    assert "access denied (403): a login is needed" in gated[1]
    assert none[0] == "gone"
    assert "gone: no such data set on the Hub, or a private one. Log in if it is private (hf auth login)" in none[1]
    offline = subprocess.run(
        call, env={**environment, "HF_HUB_OFFLINE": "1"}, cwd=tmp_path, capture_output=True, text=True
    )
    assert json.loads(offline.stdout)[1][1] == f"{asked[1]}: HF_HUB_OFFLINE forbids requests. Unset HF_HUB_OFFLINE"


# Sources: what is fetched, locked, unpacked and left alone.


def made_of(name: str, *files: UpstreamFile) -> Source:
    return Source(
        name=name, title=name.title(), homepage="https://example.org", paper="", citation="Nobody.", revision="r1",
        license=License("MIT", "https://example.org/license"), natural_languages=("en",), programming_languages=(),
        tasks=("code_qa",), files=files, shards=lambda folder, want: iter(()), read=lambda folder, shard: iter(()),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "upstream"


def below(folder: Path) -> list[str]:
    """Every file there, but for the locks."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name not in ("sources.lock", ".lock"))


def locked(folder: Path) -> dict[str, str]:
    return dict(json.loads((folder / "sources.lock").read_text("utf-8")))


def test_the_first_download_is_locked_and_a_later_one_must_match(server: Server, folder: Path) -> None:
    source = made_of("one", UpstreamFile("a/data.jsonl", server.url("/data.jsonl")))
    assert download([source], folder, quick()) == []
    assert (folder / "one/a/data.jsonl").read_bytes() == DATA
    assert locked(folder) == {"one/a/data.jsonl": SHA256, server.url("/data.jsonl"): SHA256}
    assert below(folder) == ["one/a/data.jsonl"]
    assert download([source], folder, quick()) == []
    assert len(server.requests) == 1, "what is there is not fetched again"

    (folder / "one/a/data.jsonl").unlink()
    server.files["/data.jsonl"] = b"other"
    [problem] = download([source], folder, quick())
    assert problem.startswith(f"one/a/data.jsonl: {server.url('/data.jsonl')}: the checksum changed: sha256 ")
    assert hashlib.sha256(b"other").hexdigest() in problem
    assert SHA256 in problem
    assert below(folder) == []
    server.files["/data.jsonl"] = DATA
    assert download([source], folder, quick()) == []


def test_a_file_whose_bytes_changed_in_the_folder_is_fetched_again(server: Server, folder: Path) -> None:
    source = made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl")))
    download([source], folder, quick())
    (folder / "one/data.jsonl").write_bytes(DATA[:-1])
    assert [str(one) for one in lacking([source], folder)] == ["one/data.jsonl"]
    assert download([source], folder, quick()) == []
    assert (folder / "one/data.jsonl").read_bytes() == DATA


def test_a_pinned_checksum_is_checked(server: Server, folder: Path) -> None:
    pinned = made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl"), SHA256))
    wrong = made_of("two", UpstreamFile("data.jsonl", server.url("/data.jsonl"), "0" * 64))
    [problem] = download([wrong, pinned], folder, quick())
    assert problem.startswith("two/data.jsonl: ")
    assert below(folder) == ["one/data.jsonl"]
    server.files["/data.jsonl"] = b"new"
    renewed = made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl"), hashlib.sha256(b"new").hexdigest()))
    assert download([renewed], folder, quick()) == []
    assert (folder / "one/data.jsonl").read_bytes() == b"new"


def test_another_address_is_another_first_download(server: Server, folder: Path) -> None:
    server.files["/v2.jsonl"] = b"second revision"
    for path in ("/data.jsonl", "/v2.jsonl"):
        assert download([made_of("one", UpstreamFile("data.jsonl", server.url(path)))], folder, quick()) == []
        assert (folder / "one/data.jsonl").read_bytes() == server.files[path]
        assert locked(folder)["one/data.jsonl"] == hashlib.sha256(server.files[path]).hexdigest()


def test_a_file_put_there_by_hand_is_left_alone(server: Server, folder: Path) -> None:
    source = made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl"), SHA256))
    (folder / "one").mkdir(parents=True)
    (folder / "one/data.jsonl").write_bytes(b"an excerpt")
    assert download([source], folder, quick()) == []
    assert (server.requests, (folder / "one/data.jsonl").read_bytes()) == ([], b"an excerpt")


def test_a_file_without_an_address_is_told_and_skipped(server: Server, folder: Path) -> None:
    source = made_of("one", UpstreamFile("a.txt", ""), UpstreamFile("b/*.txt", server.url("/page")),
                     UpstreamFile("data.jsonl", server.url("/data.jsonl")))  # fmt: skip
    assert without_address([source], folder) == {"one": ["a.txt", "b/*.txt"]}
    assert download([source], folder, quick()) == []
    assert below(folder) == ["one/data.jsonl"]


def test_one_that_fails_does_not_take_the_rest_down(server: Server, folder: Path) -> None:
    for name, fault in {"gone": status(404), "page": page, "login": status(403), "slow": silence}.items():
        server.faults[f"/{name}"] = [fault] * 5
    bad = [made_of(name, UpstreamFile("x", server.url(f"/{name}"))) for name in ("gone", "page", "login", "slow")]
    good = made_of("good", UpstreamFile("data.jsonl", server.url("/data.jsonl")))
    problems = download([*bad, good], folder, quick(tries=1, timeout_seconds=1.0))
    assert [problem.split("/")[0] for problem in problems] == ["gone", "page", "login", "slow"]
    assert [
        word in problem for problem, word in zip(problems, ["gone (404)", "HTML", "denied", "time-out"], strict=True)
    ]
    assert below(folder) == ["good/data.jsonl", *below_parts(folder)]
    assert not any((folder / source.name).exists() for source in bad)
    server.faults.clear()
    server.files.update({f"/{source.name}": b"now" for source in bad})
    assert download([*bad, good], folder, quick()) == []
    assert server.served["/data.jsonl"] == len(DATA)


def below_parts(folder: Path) -> list[str]:
    return [name for name in below(folder) if name.startswith(PARTS)]


def test_a_host_that_cannot_be_reached_is_not_tried_for_every_file(server: Server, folder: Path) -> None:
    host = f"127.0.0.1:{closed_port()}"
    dead = made_of("dead", UpstreamFile("a", f"http://{host}/a"), UpstreamFile("b", f"http://{host}/b"))
    good = made_of("good", UpstreamFile("data.jsonl", server.url("/data.jsonl")))
    first, second = download([dead, good], folder, quick(tries=2))
    assert "no connection" in first
    assert second == f"dead/b: http://{host}/b: not tried, since {host} could not be reached"
    assert below(folder) == ["good/data.jsonl"]


def test_a_download_that_was_killed_goes_on_where_it_stopped(server: Server, folder: Path, tmp_path: Path) -> None:
    def slowly(handler: Handler, data: bytes) -> None:
        handler.answer(200, b"", len(data), ETag='"v1"')
        for start in range(0, len(data), 20_000):
            handler.send(data[start : start + 20_000])
            if handler.server.over.wait(0.05):
                return

    server.faults["/data.jsonl"] = [slowly]
    address = server.url("/data.jsonl")
    code = (
        "import sys, pathlib, mulco.download as d, mulco.catalog as c, dataclasses as x, mulco.source as s\n"
        "source = x.replace(next(iter(c.catalog().sources.values())), name='one', folder=None, "
        "files=(s.UpstreamFile('data.jsonl', sys.argv[1]),))\n"
        "d.download([source], pathlib.Path(sys.argv[2]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, address, str(folder)])
    try:
        deadline = time.monotonic() + 20
        while sum(path.stat().st_size for path in folder.glob(f"{PARTS}/*.jsonl")) < 100_000:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    [stopped] = folder.glob(f"{PARTS}/*.jsonl")
    have = stopped.stat().st_size
    assert 100_000 <= have < len(DATA)
    assert not (folder / "one").exists()
    assert download([made_of("one", UpstreamFile("data.jsonl", address))], folder, quick()) == []
    assert server.ranges() == [None, f"bytes={have}-"]
    assert server.sent[1] == len(DATA) - have
    assert (folder / "one/data.jsonl").read_bytes() == DATA
    assert below(folder) == ["one/data.jsonl"]


def test_a_download_killed_before_its_last_rename_needs_no_byte_more(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl")))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(downloads, "_write_lock", killed)
        with pytest.raises(KeyboardInterrupt):
            download([source], folder, quick())
    assert not (folder / "one").exists()
    assert download([source], folder, quick()) == []
    assert server.served["/data.jsonl"] == len(DATA)


def test_a_damaged_lock_is_named_and_nothing_is_fetched(server: Server, folder: Path) -> None:
    folder.mkdir()
    (folder / "sources.lock").write_text("[1", "utf-8")
    with pytest.raises(SourceError, match=r"^sources\.lock: not a JSON object of checksums"):
        download([made_of("one", UpstreamFile("data.jsonl", server.url("/data.jsonl")))], folder, quick())
    assert server.requests == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(
        OutputError, match=r"Not a directory\. Free some space, or name another folder with MULCO_CACHE$"
    ):
        download([], tmp_path / "file" / "upstream", quick())


# Archives.


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def archived(server: Server, *paths: str, sha256: str | None = None) -> Source:
    return made_of("set", *(UpstreamFile(path, server.url("/go.zip"), sha256) for path in paths))


TRAIN, TEST, EXTRA = "resources/data/go/final/train/go_*.gz", "resources/data/go/final/test/go_*.gz", "go_licenses.pkl"
MEMBERS = {
    "go/final/train/go_0.gz": b"t0", "go/final/train/go_1.gz": b"t1", "go/final/test/go_0.gz": b"e0",
    "go_licenses.pkl": b"pickle", "go_dedupe.pkl": b"not wanted", "__MACOSX/go/final/train/._go_0.gz": b"x",
}  # fmt: skip


def test_an_archive_of_several_files_is_fetched_once_and_only_what_is_wanted_unpacked(
    server: Server, folder: Path
) -> None:
    server.files["/go.zip"] = zipped(**MEMBERS)
    source = archived(server, TRAIN, TEST, EXTRA)
    assert download([source], folder, quick()) == []
    at = "set/resources/data/go/final"
    assert below(folder) == ["set/go_licenses.pkl", f"{at}/test/go_0.gz", f"{at}/train/go_0.gz", f"{at}/train/go_1.gz"]
    assert (folder / at / "train/go_1.gz").read_bytes() == b"t1"
    assert len(server.requests) == 1
    digest = hashlib.sha256(server.files["/go.zip"]).hexdigest()
    assert locked(folder) == {
        **{name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in below(folder)},
        **{f"{server.url('/go.zip')}#{path}": digest for path in (TRAIN, TEST, EXTRA)},
    }
    assert download([source], folder, quick()) == []
    assert len(server.requests) == 1

    (folder / at / "train/go_1.gz").unlink()
    assert download([source], folder, quick()) == []
    assert len(server.requests) == 2
    assert (folder / at / "train/go_1.gz").read_bytes() == b"t1"


def test_a_file_that_a_source_names_later_is_unpacked_then(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**MEMBERS)
    assert download([archived(server, TRAIN)], folder, quick()) == []
    assert download([archived(server, TRAIN, TEST)], folder, quick()) == []
    assert (folder / "set/resources/data/go/final/test/go_0.gz").read_bytes() == b"e0"


def test_what_an_archive_does_not_hold_is_absent_and_not_asked_for_again(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**{"go_licenses.pkl": b"pickle"})
    for _ in range(2):
        assert download([archived(server, TRAIN, EXTRA)], folder, quick()) == []
    assert below(folder) == ["set/go_licenses.pkl"]
    assert len(server.requests) == 1


def test_members_of_an_earlier_archive_do_not_stay(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**MEMBERS)
    download([archived(server, TRAIN)], folder, quick())
    server.files["/new.zip"] = zipped(**{"go/final/train/go_0.gz": b"new"})
    assert download([made_of("set", UpstreamFile(TRAIN, server.url("/new.zip")))], folder, quick()) == []
    assert below(folder) == ["set/resources/data/go/final/train/go_0.gz"]


def test_folders_above_the_path_in_an_archive_are_cut_off(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**{"repository-abc/data/small/x.txt": b"s", "repository-abc/data/big/x.txt": b"b",
                                        "repository-abc/x.txt": b"other"})  # fmt: skip
    assert download([archived(server, "data/small/x.txt", "data/big/x.txt")], folder, quick()) == []
    assert (folder / "set/data/small/x.txt").read_bytes() == b"s"
    assert below(folder) == ["set/data/big/x.txt", "set/data/small/x.txt"]


def test_a_source_that_reads_an_archive_as_it_is_gets_it_so(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**MEMBERS)
    assert download([archived(server, "go.zip")], folder, quick()) == []
    assert (folder / "set/go.zip").read_bytes() == server.files["/go.zip"]


@pytest.mark.parametrize("name", ["../evil.gz", "/evil.gz", "a/../../evil.gz", "..\\evil.gz"])
def test_an_archive_that_points_outside_is_refused(name: str, server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**{**MEMBERS, name: b"evil"})
    [problem] = download([archived(server, TRAIN, "*.gz")], folder, quick())
    assert problem == (
        f"set/{TRAIN} and 1 more: {server.url('/go.zip')}: the archive cannot be unpacked (member {name!r} points "
        "outside the archive). Try again; if it stays so, get its files by hand and put them in their place"
    )
    assert below(folder) == []
    assert not (folder / "sources.lock").exists()
    assert not list(folder.parent.rglob("evil*"))


def test_an_archive_that_unpacks_to_absurdly_much_is_refused(server: Server, folder: Path) -> None:
    bomb = zipped(**{"go/final/train/go_0.gz": bytes(50_000_000)})
    server.files["/go.zip"] = bomb
    [problem] = download([archived(server, TRAIN)], folder, quick())
    assert re.search(r"cannot be unpacked \(it would unpack [\d,]+ bytes to 50,000,000\)", problem)
    assert below(folder) == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "nothing wanted"])
def test_a_damaged_archive_is_refused_and_fetched_anew(damage: str, server: Server, folder: Path) -> None:
    whole = zipped(**{"go/final/train/go_0.gz": os.urandom(5000)})
    broken = {"cut": whole[:-60], "flipped": whole[:100] + b"????" + whole[104:], "text": b"no archive at all",
              "nothing wanted": zipped(readme=b"moved")}  # fmt: skip
    server.files["/go.zip"] = broken[damage]
    [problem] = download([archived(server, TRAIN)], folder, quick())
    assert "the archive cannot be unpacked (" in problem
    assert below(folder) == []
    server.files["/go.zip"] = whole
    assert download([archived(server, TRAIN)], folder, quick()) == []


def test_an_archive_has_the_checksum_its_files_pin(server: Server, folder: Path) -> None:
    server.files["/go.zip"] = zipped(**MEMBERS)
    right = hashlib.sha256(server.files["/go.zip"]).hexdigest()
    assert download([archived(server, TRAIN, TEST, sha256=right)], folder, quick()) == []
    [problem] = download([archived(server, TRAIN, TEST, sha256="0" * 64)], folder, quick())
    assert "the checksum changed" in problem


# The command line, load_dataset and the doctor.


def question(split: str) -> bytes:
    fields = {"question": f"Why {split}?", "answer": f"Because of {split}."}
    return json.dumps({"id": split, "programming_language": "text", "fields": fields}).encode() + b"\n"


@pytest.fixture
def published(tiny: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A catalog of one source whose files the server publishes; /validation.jsonl is gone."""
    server.files = {f"/{split}.jsonl": question(split) for split in ("train", "test")}
    files = [UpstreamFile(f"{split}.jsonl", server.url(f"/{split}.jsonl")) for split in ("train", "validation", "test")]
    source = dataclasses.replace(tiny.catalog.sources["tiny"], files=(*files, UpstreamFile("notes.txt", "")))
    known = dataclasses.replace(tiny.catalog, sources={"tiny": source})
    for module in ("mulco.catalog", "mulco.plan", "mulco.download", "mulco.doctor", "mulco.resolve"):
        monkeypatch.setattr(f"{module}.catalog", lambda: known)
    monkeypatch.setattr(downloads, "ASKING", quick(tries=1))
    return server


def test_nothing_is_asked_for_without_being_told(published: Server, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out")]
    for call in (["plan"], ["sources"], ["doctor", "--offline"], ["build", "code_qa_zh", "--workers", "1", *out]):
        done = CliRunner().invoke(app, call)
        assert done.exit_code == (1 if call[0] == "build" else 0), done.output  # nothing at hand, nothing built
    with pytest.raises(Exception, match="no source at hand"):
        datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf"))
    assert published.requests == []
    assert not (tmp_path / "mulco-cache" / "upstream").exists()


def test_plan_says_what_a_download_would_fetch_and_fetches_nothing(published: Server, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["plan", "code_qa_zh", "--download", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["download"]
    assert found["folder"] == str(tmp_path / "mulco-cache" / "upstream")
    assert [(file["paths"], file["bytes"], file["license"]) for file in found["files"]] == [
        (["train.jsonl"], len(question("train")), "MIT"), (["validation.jsonl"], None, "MIT"),
        (["test.jsonl"], len(question("test")), "MIT"),
    ]  # fmt: skip
    assert "gone (404)" in found["files"][1]["problem"]
    assert found["by_hand"] == {"tiny": ["notes.txt"]}
    assert found["disk_needed"] == found["bytes"] == len(question("train")) + len(question("test"))
    assert set(published.methods()) == {"HEAD"}
    assert not (tmp_path / "mulco-cache").exists()
    told = CliRunner().invoke(app, ["plan", "code_qa_zh", "--download"])
    assert "Cannot be fetched: tiny/validation.jsonl: " in told.stderr
    assert "Nobody publishes: tiny/notes.txt" in told.stderr
    assert "3 addresses, 0.0 MB as far as servers say" in told.stdout


def test_build_fetches_first_and_ends_with_1_where_a_file_failed(published: Server, tmp_path: Path) -> None:
    call = ["build", "code_qa_zh", "--workers", "1", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*call, "--download"])
    assert done.exit_code == 1, done.output
    gone = f"tiny/validation.jsonl: {published.url('/validation.jsonl')}: gone (404)"
    assert f"Not downloaded: {gone}" in done.stderr
    rows = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["configs"]["code_qa_zh"]["splits"]
    assert {split: facts["rows"] for split, facts in rows.items()} == {"train": 1, "test": 1}
    asked = len(published.requests)
    again = CliRunner().invoke(app, call)  # what was downloaded before is read, without a request
    assert again.exit_code == 0, again.output
    assert (
        json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["configs"]["code_qa_zh"]["splits"] == rows
    )
    assert len(published.requests) == asked
    published.files["/validation.jsonl"] = question("validation")
    assert CliRunner().invoke(app, [*call, "--download"]).exit_code == 0
    assert published.methods().count("GET") == asked + 1


def test_a_changed_download_is_left_out_of_a_build_that_does_not_fetch(published: Server, tmp_path: Path) -> None:
    published.files["/validation.jsonl"] = question("validation")
    call = ["build", "code_qa_zh", "--workers", "1", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, [*call, "--download"]).exit_code == 0
    (tmp_path / "mulco-cache" / "upstream" / "tiny" / "test.jsonl").write_bytes(question("other"))
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 1
    assert "tiny/test.jsonl: its sha256 is" in done.stderr
    assert CliRunner().invoke(app, [*call, "--download"]).exit_code == 0


def test_load_dataset_fetches_where_the_environment_asks_for_it(
    published: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MULCO_DOWNLOAD", "1")
    loaded = datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf"))
    assert {split: list(loaded[split]["output"]) for split in loaded} == {
        "train": ["Because of train."], "test": ["Because of test."],
    }  # fmt: skip
    assert "mulco: not downloaded: tiny/validation.jsonl: " in capsys.readouterr().err
    monkeypatch.setenv("MULCO_DOWNLOAD", "0")
    asked = len(published.requests)
    assert set(datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf"))) == {"train", "test"}
    assert len(published.requests) == asked


def test_a_named_upstream_folder_is_not_mixed_with_downloads(
    published: Server, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(app, ["build", "code_qa_zh", "--download", "--workers", "1", "--out", str(tmp_path / "out")])
    tiny.write("train", json.loads(question("by hand")))
    call = ["build", "code_qa_zh", "--upstream", str(tiny.upstream), "--profile", "none", "--workers", "1",
            "--out", str(tmp_path / "out")]  # fmt: skip
    assert CliRunner().invoke(app, call).exit_code == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert {split: facts["rows"] for split, facts in manifest["configs"]["code_qa_zh"]["splits"].items()} == {
        "train": 1
    }
    done = CliRunner().invoke(app, [*call, "--download"])
    assert isinstance(done.exception, UsageError)
    assert str(done.exception) == (
        f"a download goes to {tmp_path / 'mulco-cache' / 'upstream'}, which is read only where no other upstream "
        f"folder is named. Leave out either the download (--download, MULCO_DOWNLOAD) or {tiny.upstream} (--upstream, "
        "MULCO_UPSTREAM)"
    )
    monkeypatch.setenv("MULCO_DOWNLOAD", "1")
    monkeypatch.setenv("MULCO_UPSTREAM", str(tiny.upstream))
    with pytest.raises(UsageError, match="a download goes to"):
        datasets.load_dataset("mulco", "code_qa_zh")


def test_only_the_sources_that_feed_a_config_are_fetched() -> None:
    named = {source.name for source in feeding(["clone_detection_zh"])}
    assert "starter" in named
    assert named < {source.name for source in feeding([])}
    assert [source.name for source in feeding([], ["starter"])] == ["starter"]
    with pytest.raises(UsageError, match="no source 'startr'"):
        feeding([], ["startr"])
    assert downloads.addresses(feeding([], ["starter"])) == []


def test_an_archive_needs_room_beside_what_comes_out_of_it(published: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    published.files["/go.zip"] = zipped(**MEMBERS)
    monkeypatch.setattr(downloads, "feeding", lambda configs, only: [archived(published, TRAIN, TEST)])
    forecast = forecast_for([])
    size = len(published.files["/go.zip"])
    assert (len(forecast.wanted), forecast.bytes, forecast.disk) == (1, size, 2 * size)
    assert forecast.free > 0


def states(offline: bool = False) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in examine(offline):
        found.setdefault(finding.what, []).append((finding.state, finding.found))
    return found


def test_the_doctor_looks_at_the_machine_and_asks_no_one_when_offline(
    published: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MULCO_UPSTREM", "x")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@127.0.0.1:1")
    found = states(offline=True)
    assert found["Python"] == [("ok", sys.version.split()[0])]
    assert found["datasets"] == [("ok", datasets.__version__)]
    assert found["cache"][0][1].startswith(f"{tmp_path / 'mulco-cache'}: ")
    assert found["tiny"] == [("ok", "0 of 4 files at hand")]
    assert found["MULCO_UPSTREM"] == [("note", "mulco reads no such variable: is MULCO_UPSTREAM meant?")]
    assert found["HTTPS_PROXY"] == [("ok", "set")]
    assert published.requests == []


def test_the_doctor_finds_an_address_that_is_gone(published: Server, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 1
    found = [(f["state"], f["found"]) for f in json.loads(done.stdout) if f["what"] == "tiny"]
    assert found[0] == ("ok", "0 of 4 files at hand, 2 of 3 addresses answer")
    assert found[1][0] == "wrong"
    assert found[1][1].startswith(f"{published.url('/validation.jsonl')}: gone (404)")
    upstream = tmp_path / "mulco-cache" / "upstream" / "tiny"
    upstream.mkdir(parents=True)
    for split in ("train", "validation", "test"):
        (upstream / f"{split}.jsonl").write_bytes(question(split))
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 0, done.output  # nothing that is needed is wrong
    assert re.search(r"note +tiny +http.*gone", done.stdout)
    assert set(published.methods()) == {"HEAD"}


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        ("MULCO_UPSTREAM", "no such folder"),
        ("MULCO_DATA", "no manifest.json there, so not a folder built by mulco"),
        ("MULCO_CACHE", "cannot be written (Not a directory). Name another with MULCO_CACHE"),
    ],
)
def test_the_doctor_names_a_setting_that_leads_nowhere(
    variable: str, problem: str, published: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    nowhere = tmp_path / "file" if variable == "MULCO_CACHE" else tmp_path / "nowhere"
    monkeypatch.setenv(variable, str(nowhere))
    wrong = [found for found in states(offline=True).values() if found[0][0] == "wrong"]
    assert wrong == [[("wrong", f"{nowhere}: {problem}")]]


def test_the_doctor_compares_files_with_their_lock(published: Server, tmp_path: Path) -> None:
    folder = tmp_path / "mulco-cache" / "upstream"
    download(feeding([]), folder, quick())
    assert states(offline=True)["sources.lock"] == [("ok", f"2 files in {folder} are as they were")]
    (folder / "tiny" / "test.jsonl").write_bytes(b"other")
    [(state, found)] = states(offline=True)["sources.lock"]
    assert (state, found.split(":")[0]) == ("wrong", "tiny/test.jsonl")
    (folder / "sources.lock").write_text("{", "utf-8")
    [(state, found)] = states(offline=True)["sources.lock"]
    assert (state, found.split(" (")[0]) == ("wrong", "sources.lock: not a JSON object of checksums")
    assert states()["tiny"][0][0] == "ok"


def test_the_doctor_finds_a_dependency_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "4.0" if name == "datasets" else version(name))
    [(state, found)] = states(offline=True)["datasets"]
    assert (state, found.split(":")[0]) == ("wrong", "4.0, but <6,>=5.2 is needed")
