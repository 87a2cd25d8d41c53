"""A Hub on this machine, for tests: what the real clients talk to when `HF_ENDPOINT` names it.

    with Hub() as hub:
        hub.user("alice", orgs={"ORG": "write"}, token="hf_alice")
        subprocess.run([...], env={**os.environ, **hub.environment("hf_alice")})
        hub.repo("datasets", "ORG/mulco").head.files["README.md"].data

It listens on a free port of 127.0.0.1 and keeps everything in memory, each commit with all of its files, so any branch,
tag or commit can be read. Faults are put into `hub.faults`; every request is noted in `hub.requests`. Not spoken: pull
requests, collections, gated repositories, webhooks, the dataset viewer.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Iterable
from http.server import ThreadingHTTPServer
from pathlib import Path

from .faults import Fault, Seen
from .store import Account, Repo
from .web import Handler
from .xet import Storage

__all__ = ["Fault", "Hub", "Repo", "Seen", "digests"]


def digests(folder: Path) -> dict[str, str]:
    """path -> sha256 of every file below a folder, to compare with `Commit.published`."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed leaves broken connections behind; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Hub:
    """The server and all it holds. `lock` guards every change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}  # by token
        self.repos: dict[tuple[str, str], Repo] = {}  # ("datasets", "ORG/mulco")
        self.storage = Storage()
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.busy = 0  # requests that are being answered
        self.quota: dict[str, int] = {}  # bytes a namespace may hold; none: no limit
        self.multipart = 5 * 2**20  # an LFS file above so many bytes goes in parts of that size
        self.page = 1000  # entries of a tree in one answer
        self._server = _Server(("127.0.0.1", 0), type("HubHandler", (Handler,), {"hub": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Hub:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settle(self) -> None:
        """Wait until every request that arrived has been answered, also those of clients that are gone."""
        while self.busy:
            time.sleep(0.01)

    def user(self, name: str, token: str, orgs: dict[str, str] | None = None, role: str = "write") -> str:
        """A user with a token, which may write or only read; `orgs` are organisations with the user's role in each."""
        self.accounts[token] = Account(name, role, orgs or {})
        return token

    def repo(self, kind: str, name: str) -> Repo:
        """A repository of `models` or `datasets`."""
        return self.repos[kind, name]

    def environment(self, token: str | None, home: Path | None = None, xet: bool = True) -> dict[str, str]:
        """What a new process needs to take this for the Hub; `home` is its HF_HOME."""
        named = {"HF_HOME": str(home)} if home else {}
        return named | {
            "HF_ENDPOINT": self.endpoint, "HF_TOKEN": token or "", "HF_HUB_DISABLE_XET": "0" if xet else "1",
            "HF_HUB_OFFLINE": "0", "HF_DATASETS_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
            "HF_XET_CLIENT_RETRY_BASE_DELAY": "50ms", "HF_XET_CLIENT_RETRY_MAX_DURATION": "5s",
        }  # fmt: skip

    def sent(self, method: str, part: str = "", since: int = 0) -> int:
        """Bytes of request bodies that arrived with one method at addresses that contain `part`."""
        return sum(one.bytes_in for one in self.requests[since:] if one.method == method and part in one.path)

    def asked(self, part: str, since: int = 0) -> Iterable[Seen]:
        return [one for one in self.requests[since:] if part in f"{one.method} {one.path}"]
