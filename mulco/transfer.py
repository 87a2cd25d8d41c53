"""One address into one file: continued where it stopped, tried again with patience, refused where it is not the data.

    sha256 = fetch("https://example.org/data.jsonl", Path("data.jsonl.part"))

`hf://datasets/NS/NAME@REVISION/path`, and the address of the same file on huggingface.co, go through huggingface_hub,
which knows HF_ENDPOINT and the login; all others over HTTP, through the proxies that the environment names. Whoever
calls gives the file its final name: what stands there before is a part. Reasons for which a `DownloadError` is raised:

    gone  login  moved  html  pointer  checksum  disk            another try changes nothing
    busy  server  timeout  dropped  changed  unreachable         raised after some tries
    address  refused                                             anything else
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2

from mulco.errors import DownloadError
from mulco.identity import file_digest
from mulco.version import VERSION

Progress = Callable[[int, int | None], None]  # bytes so far, and in all where the server says

RETRIED = (408, 425, 429, 500, 502, 503, 504)
STEADY = 2**20  # bytes that a try must bring for the count of tries to begin anew
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS)
RESERVE = 64 * 2**20  # bytes of a disk that stay free
_LFS = b"version https://git-lfs.github.com/spec/"
_HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|title)\b", re.I | re.S)
_LOGIN = re.compile(r"\b(log-?in|sign-?in|accounts?|auth|sso)\b", re.I)
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_HUB = (
    re.compile(r"hf://datasets/(?P<repo>[^/@]+/[^/@]+)@(?P<revision>[^/]+)/(?P<path>.+)"),
    re.compile(r"https://huggingface\.co/datasets/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>[^?]+).*"),
)
_KEPT = "What is there already is kept, and the same command goes on from it"
_BY_HAND = "or get the file by hand and put it in its place"


@dataclass(frozen=True)
class Patience:
    """How long a download is tried. The clocks are fields, so that tests need not wait."""

    tries: int = 5
    first_wait_seconds: float = 1.0  # doubled from try to try
    longest_wait_seconds: float = 120.0  # a server that asks for more (Retry-After) is given up
    timeout_seconds: float = 30.0  # for a connection, and without a byte
    slowest: float = 1024.0  # bytes a second; less over `timeout_seconds` counts as a time-out
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


PATIENCE = Patience()


class _AgainError(DownloadError):
    """A try that failed in a way that may pass; `wait_seconds` is what the server asks for."""

    wait_seconds: float | None = None


class HubFile(NamedTuple):
    """A file of a data set on the Hub."""

    repo: str
    revision: str
    path: str


def hub_file(address: str) -> HubFile | None:
    """The file on the Hub that an address means, or None where it leads elsewhere."""
    for pattern in _HUB:
        if found := pattern.fullmatch(address):
            path = found["path"] if address.startswith("hf:") else unquote(found["path"])
            return HubFile(found["repo"], unquote(found["revision"]), path)
    if address.startswith("hf:"):
        raise DownloadError("address", address, "not hf://datasets/NS/NAME@REVISION/path", "Correct it in its source")
    return None


def fetch(
    address: str,
    part: Path,
    sha256: str | None = None,
    patience: Patience = PATIENCE,
    progress: Progress = lambda done, total: None,
) -> str:
    """Make `part` all that the address gives, and return its sha256; raises DownloadError.

    A part that is there is continued, if the server still has the same file. What turns out not to be the data, or to
    have another checksum than `sha256`, is removed.
    """
    failed = 0
    while True:
        before = _size(part)
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            get = _over_http if hub_file(address) is None else _from_hub
            came_from = get(address, part, patience, progress)
            return _accepted(address, came_from, part, sha256)
        except _AgainError as err:
            failed = 1 if _size(part) - before >= STEADY else failed + 1
            wait = err.wait_seconds or min(
                patience.first_wait_seconds * 2 ** (failed - 1), patience.longest_wait_seconds
            )
            if wait > patience.longest_wait_seconds:
                problem = f"{err.problem}, and asks to come back in {wait:,.0f} seconds"
                raise DownloadError(err.kind, address, problem, err.remedy) from err
            if failed >= patience.tries:
                problem = f"{err.problem}, {failed} times in a row" if failed > 1 else err.problem
                raise DownloadError(err.kind, address, problem, err.remedy) from err
            patience.sleep(wait)
        except OSError as err:
            raise _unwritable(address, part, err) from err


def ask(address: str, patience: Patience = PATIENCE) -> int | None:
    """The bytes an address gives, None where the server does not say; raises DownloadError where it gives no data.

    Asked once, with HEAD; with GET, unread, where the server knows no HEAD.
    """
    hub = hub_file(address)
    if hub is not None:
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        with _hub_errors(address, patience):
            url = hf_hub_url(hub.repo, hub.path, repo_type="dataset", revision=hub.revision)
            size: int | None = get_hf_file_metadata(url, timeout=patience.timeout_seconds).size
            return size
    with _http_errors(address), _client(patience) as client:
        for method in ("HEAD", "GET"):
            with client.stream(method, direct(address)) as response:
                if method == "HEAD" and response.status_code in (405, 501):
                    continue
                _refuse(address, response, patience)
                if "text/html" in response.headers.get("Content-Type", ""):
                    raise _page(address, str(response.url))
                return _length(response)
    return None


def remove(part: Path) -> None:
    """Remove a part, and what is known about it."""
    for path in (part, _note(part)):
        path.unlink(missing_ok=True)
    shutil.rmtree(_hub_folder(part), ignore_errors=True)


def need_space(address: str, folder: Path, size: int) -> None:
    """Raise DownloadError unless the disk of `folder` has room for so many bytes more."""
    free = shutil.disk_usage(folder).free
    if size + RESERVE > free:
        problem = f"disk full: {size:,} bytes are needed in {folder}, and {max(free - RESERVE, 0):,} are free"
        raise DownloadError("disk", address, problem, "Free some space, or name another folder with MULCO_CACHE")


def direct(address: str) -> str:
    """The address that gives the file itself: Google Drive's usual one shows a page where the file is large."""
    parts = urlsplit(address)
    ids = parse_qs(parts.query).get("id")
    if parts.hostname == "drive.google.com" and parts.path == "/uc" and ids:
        return f"https://drive.usercontent.google.com/download?id={ids[0]}&export=download&confirm=t"
    return address


def _over_http(address: str, part: Path, patience: Patience, progress: Progress) -> str:
    """One try: append to `part` what it lacks. Returns the address that redirects led to."""
    known = _known(part)
    have = _size(part) if known.get("validator") else 0
    if have and have == known.get("total"):
        return address
    headers = {"Range": f"bytes={have}-", "If-Range": str(known["validator"])} if have else {}
    with (
        _http_errors(address),
        _client(patience) as client,
        client.stream("GET", direct(address), headers=headers) as response,
    ):
        if response.status_code == 416:
            remove(part)
            raise _AgainError("changed", address, "it is shorter than before on the server", _KEPT)
        _refuse(address, response, patience)
        encoded = response.headers.get("Content-Encoding", "identity") != "identity"
        start, total = 0, None if encoded else _length(response)
        if response.status_code == 206:
            start, total = have, _total(address, response, have, known, part)
        else:
            part.write_bytes(b"")
            validator = None if encoded else _validator(response)
            _note(part).write_text(json.dumps({"validator": validator, "total": total}), "utf-8")
        if total is not None:
            need_space(address, part.parent, total - start)
        _write(response.iter_bytes() if encoded else response.iter_raw(), part, start, total, patience, progress)
        if total is not None and _size(part) != total:
            raise _AgainError("dropped", address, f"{_size(part):,} of {total:,} bytes came", _KEPT)
        return str(response.url)


def _write(
    chunks: Iterator[bytes], part: Path, start: int, total: int | None, patience: Patience, progress: Progress
) -> None:
    """Append chunks as they come; raises ReadTimeout when they come too slowly."""
    done, since, before = start, time.monotonic(), start
    with part.open("ab") as out:
        for chunk in chunks:
            out.write(chunk)
            done += len(chunk)
            progress(done, total)
            passed = time.monotonic() - since
            if passed >= patience.timeout_seconds:
                if done - before < patience.slowest * passed:
                    raise httpx2.ReadTimeout(f"{done - before:,} bytes in {passed:.0f} seconds")
                since, before = time.monotonic(), done


def _from_hub(address: str, part: Path, patience: Patience, progress: Progress) -> str:
    """One try through huggingface_hub. A part is whole here: the library keeps what it has not finished to itself."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.utils.tqdm import tqdm

    class Forward(tqdm):
        """The library's progress bar, shown as ours."""

        def __init__(self, *args: Any, **options: Any) -> None:
            self.done, self.whole = options.get("initial") or 0, options.get("total")
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            self.done += int(n or 0)
            progress(self.done, self.whole)

    hub = hub_file(address)
    if hub is None or part.exists():
        return address
    folder = _hub_folder(part)
    with _hub_errors(address, patience):
        got = hf_hub_download(
            hub.repo, hub.path, repo_type="dataset", revision=hub.revision, local_dir=folder, tqdm_class=Forward,
            etag_timeout=patience.timeout_seconds,
        )  # fmt: skip
    Path(got).replace(part)
    shutil.rmtree(folder, ignore_errors=True)
    return address


def _accepted(address: str, came_from: str, part: Path, sha256: str | None) -> str:
    """The sha256 of a complete part, if it is data and what is expected; else it is removed."""
    with part.open("rb") as stream:
        head = stream.read(2048)
    found = file_digest(part)
    error = None
    if head.startswith(_LFS):
        remedy = f"Clone upstream's repository with Git LFS, {_BY_HAND}"
        error = DownloadError("pointer", address, "it gives a Git LFS pointer, not the data", remedy)
    elif _HTML.match(head) and not urlsplit(address).path.endswith((".html", ".htm")):
        error = _page(address, came_from)
    elif sha256 is not None and found != sha256:
        problem = f"the checksum changed: sha256 {found} came, {sha256} was expected"
        remedy = "Try again; if upstream changed it on purpose, renew it in its source, or remove it from sources.lock"
        error = DownloadError("checksum", address, problem, remedy)
    if error is not None:
        remove(part)
        raise error
    return found


def _page(address: str, came_from: str) -> DownloadError:
    """The error for an address that gives a web page."""
    moved = came_from not in (address, direct(address))
    parts = urlsplit(came_from)
    if moved and _LOGIN.search(f"{parts.hostname}{parts.path}"):
        remedy = f"Log in there in a browser, {_BY_HAND}"
        return DownloadError("login", address, f"it leads to a login page, {came_from}", remedy)
    where = f"it moved to a web page, {came_from}" if moved else "it gives a web page (HTML), not the data"
    return DownloadError("html", address, where, f"Look at it in a browser, {_BY_HAND}")


def _refuse(address: str, response: httpx2.Response, patience: Patience) -> None:
    """Raise for an answer that does not carry the file."""
    redirects = [str(r.url) for r in response.history]
    if response.url.scheme == "http" and any(url.startswith("https:") for url in redirects):
        problem = f"it moved to {response.url}, which is not encrypted"
        raise DownloadError("moved", address, problem, f"Look for the new address in a browser, {_BY_HAND}")
    if response.status_code not in (200, 206):
        raise _refusal(address, response.status_code, response.headers.get("Retry-After"), patience)


def _refusal(address: str, status: int, retry_after: str | None, patience: Patience) -> DownloadError:
    """The error that a status means."""
    if status in RETRIED:
        kind, problem = ("busy", "too many requests") if status == 429 else ("server", "the server failed")
        again = _AgainError(kind, address, f"{problem} ({status})", f"Try again later. {_KEPT}")
        again.wait_seconds = _seconds(retry_after, patience)
        return again
    if status in (404, 410):
        remedy = f"See on the source's homepage (mulco sources) where it went, {_BY_HAND}"
        return DownloadError("gone", address, f"gone ({status})", remedy)
    if status in (401, 403):
        remedy = f"Log in (on the Hub: hf auth login; accept the terms where there are any), {_BY_HAND}"
        return DownloadError("login", address, f"access denied ({status}): a login is needed, or it was shut", remedy)
    if 300 <= status < 400:
        remedy = f"Look for the new address in a browser, {_BY_HAND}"
        return DownloadError("moved", address, f"it moved, but the server does not say where ({status})", remedy)
    return DownloadError("refused", address, f"the server answers {status}", f"Try again later, {_BY_HAND}")


def _seconds(retry_after: str | None, patience: Patience) -> float | None:
    """What Retry-After asks for, in seconds from now; it may be a number or a date."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(parsedate_to_datetime(retry_after).timestamp() - patience.now(), 0.0)
    except ValueError:
        return None


@contextlib.contextmanager
def _http_errors(address: str) -> Iterator[None]:
    """What the HTTP client raises, as DownloadError."""
    network = "Check the network and the proxy (HTTPS_PROXY). " + _KEPT
    try:
        yield
    except httpx2.TooManyRedirects as err:
        remedy = f"Look for the new address in a browser, {_BY_HAND}"
        raise DownloadError("moved", address, "it redirects in a circle", remedy) from err
    except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as err:
        raise DownloadError(
            "address", address, f"no address to fetch from ({err})", "Correct it in its source"
        ) from err
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as err:
        raise _AgainError("unreachable", address, f"no connection ({err or type(err).__name__})", network) from err
    except httpx2.TimeoutException as err:
        raise _AgainError("timeout", address, f"time-out: too little came ({err or 'nothing'})", network) from err
    except httpx2.RequestError as err:
        raise _AgainError("dropped", address, f"the connection broke ({err})", network) from err


@contextlib.contextmanager
def _hub_errors(address: str, patience: Patience) -> Iterator[None]:
    """What huggingface_hub raises, as DownloadError. It wraps the first reason, which is the one to tell."""
    from huggingface_hub import errors as hub

    try:
        yield
    except DownloadError:
        raise
    except Exception as err:
        chain: list[BaseException] = [err]
        while (cause := chain[-1].__cause__) is not None:
            chain.append(cause)
        for reason in chain:
            if isinstance(reason, hub.OfflineModeIsEnabled):
                problem = "HF_HUB_OFFLINE forbids requests"
                raise DownloadError("unreachable", address, problem, "Unset HF_HUB_OFFLINE") from err
            if isinstance(reason, hub.RepositoryNotFoundError) and not isinstance(reason, hub.GatedRepoError):
                problem = "gone: no such data set on the Hub, or a private one"
                remedy = f"Log in if it is private (hf auth login), {_BY_HAND}"
                raise DownloadError("gone", address, problem, remedy) from err
            if (response := getattr(reason, "response", None)) is not None:
                headers = response.headers
                raise _refusal(address, response.status_code, headers.get("Retry-After"), patience) from err
        if isinstance(err, OSError) and err.errno in DISK:
            raise
        network = "Check the network, the proxy and HF_ENDPOINT. " + _KEPT
        raise _AgainError("unreachable", address, f"no answer from the Hub ({chain[-1]})", network) from err


def _client(patience: Patience) -> httpx2.Client:
    headers = {"User-Agent": f"mulco/{VERSION}", "Accept-Encoding": "identity"}
    try:
        return httpx2.Client(
            follow_redirects=True, timeout=patience.timeout_seconds, headers=headers, verify=_certificates()
        )
    except (ImportError, ValueError, OSError) as err:
        remedy = "Correct or unset what the environment says of proxies and certificates"
        raise DownloadError("unreachable", "HTTP client", f"it does not start ({err})", remedy) from err


@functools.cache
def _certificates() -> Any:
    """Read once: it takes longer than a small file (measured: 60 ms)."""
    return httpx2.create_ssl_context()


def _unwritable(address: str, part: Path, err: OSError) -> DownloadError:
    full = "disk full: " if err.errno in DISK[:3] else ""
    problem = f"{full}cannot write {err.filename or part} ({err.strerror})"
    return DownloadError("disk", address, problem, f"Free some space, or name another folder with MULCO_CACHE. {_KEPT}")


def _total(address: str, response: httpx2.Response, have: int, known: dict[str, Any], part: Path) -> int | None:
    """Bytes in all of a partial answer that fits what is there; another one is refused, and the part given up."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    total = int(found[2]) if found and found[2] != "*" else None
    before = known.get("total")
    same = _validator(response) in (None, known.get("validator")) and before in (None, total or before)
    if not found or int(found[1]) != have or not same:
        remove(part)
        raise _AgainError("changed", address, "it changed on the server between two parts", _KEPT)
    return total or before


def _validator(response: httpx2.Response) -> str | None:
    """What tells whether a later answer is of the same file. A weak ETag may not be used with Range (RFC 9110)."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def _length(response: httpx2.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _known(part: Path) -> dict[str, Any]:
    """What an earlier try noted about a part."""
    try:
        note = json.loads(_note(part).read_text("utf-8"))
        return note if isinstance(note, dict) and {"validator", "total"} <= set(note) else {}
    except (OSError, ValueError):
        return {}


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _hub_folder(part: Path) -> Path:
    return part.with_name(part.name + ".hub")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
