"""The ledger: every request and every answer in one SQLite file, so that nothing is paid twice and nothing is lost.

    with Ledger(Path("translate_zh.sqlite")) as ledger:
        ledger.answer(key)                               # what was answered before, or None
        await ledger.intend(key, ...)                    # durable before the request is sent
        await ledger.respond(key, ...)                   # durable before its place is given to another

A request is named by the sha256 of its exact body. An intent without an outcome whose key has no response was cut off
by a kill: `ambiguous`, possibly paid. Writes of about 10 ms are committed together, with `synchronous=full` (measured:
groups of 32 write 4,800 rows a second, one by one 220). One process writes a file at a time; others are told so.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from mulco.errors import MulcoError, OutputError

WINDOW = 0.01  # seconds in which writes are gathered into one transaction
_TABLES = """
create table if not exists request(
  key blob primary key, job text, item text, kind text, prompt text, model text, sample int, body blob);
create table if not exists intent(
  key blob, attempt int, sent_at real, endpoint text, outcome text, http_status int, estimated_in int,
  estimated_out int, primary key(key, attempt)) without rowid;
create table if not exists response(
  key blob primary key, status text check(status in ('ok', 'reject')), reason text, detail text, raw blob,
  tokens_in int, tokens_out int, tokens_cached int, estimated int, endpoint text, request_id text, milliseconds int,
  batch int, received_at real);
create table if not exists batch(
  local text primary key, remote text, state text, digest text, input_file text, requests int, endpoint text,
  submitted_at real);
create table if not exists member(local text, key blob, primary key(local, key)) without rowid;
create table if not exists note(name text primary key, value text);
"""
# Outcomes of an attempt that may have been paid though no answer came; `lost` is a process killed meanwhile.
AMBIGUOUS = ("timeout", "dropped", "lost")


class Answer(NamedTuple):
    """A stored answer. `status` is how it was judged when it came; the raw bytes are judged anew by who reads them."""

    status: str
    reason: str
    raw: bytes
    endpoint: str
    received_at: float
    tokens_in: int
    tokens_out: int


class Usage(NamedTuple):
    """Tokens of an answer; `estimated` where the endpoint did not say."""

    tokens_in: int
    tokens_out: int
    cached: int = 0
    estimated: bool = False


class Ledger:
    """`readonly` takes no lock and writes nothing; a file that is not there yet is then an empty ledger."""

    def __init__(self, path: Path, readonly: bool = False) -> None:
        self.path, self.readonly = path, readonly
        self._waiting: list[tuple[list[tuple[str, Sequence[Any]]], asyncio.Future[None] | None]] = []
        self._wake: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock: FileLock | None = None

    def __enter__(self) -> Ledger:
        try:
            if self.readonly:
                target = f"{self.path.resolve().as_uri()}?mode=ro" if self.path.is_file() else ":memory:"
                self._read = sqlite3.connect(target, uri=True)
                if target == ":memory:":
                    self._read.executescript(_TABLES)
                return self
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.path.with_name(self.path.name + ".lock"))
            self._lock.acquire(timeout=0)
            self._write = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            self._write.execute("pragma journal_mode=wal")
            self._write.execute("pragma synchronous=full")
            self._write.executescript(_TABLES)
            # What a killed process had sent and not heard of. Batches keep their own account.
            self._write.execute(
                "update intent set outcome = 'lost' where outcome is null "
                "and not exists (select 1 from response r where r.key = intent.key)"
            )
            self._read = sqlite3.connect(self.path)
        except Timeout as err:
            raise MulcoError(
                f"{self.path}: another process is writing this ledger. Wait for it, or name another file with --ledger"
            ) from err
        except sqlite3.DatabaseError as err:
            raise MulcoError(
                f"{self.path}: not a ledger of mulco synth ({err}). Name another file with --ledger"
            ) from err
        except OSError as err:
            raise OutputError(
                f"cannot write {self.path}: {err.strerror or err}. Name another file with --ledger"
            ) from err
        return self

    def __exit__(self, *_: object) -> None:
        self._read.close()
        if not self.readonly:
            self._write.close()
        if self._lock is not None:
            self._lock.release()

    # Reading.

    def answer(self, key: bytes) -> Answer | None:
        """What was answered to a request before."""
        found = self._read.execute(
            "select status, coalesce(reason, ''), raw, endpoint, received_at, tokens_in, tokens_out from response "
            "where key = ?",
            (key,),
        ).fetchone()
        return Answer(*found) if found else None

    def attempts(self, key: bytes) -> int:
        """How often a request was sent."""
        return int(self._read.execute("select count(*) from intent where key = ?", (key,)).fetchone()[0])

    def note(self, name: str) -> str | None:
        """A fact that was noted, such as which format of replies an endpoint keeps to."""
        found = self._read.execute("select value from note where name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The result of a query, for reports and batches."""
        return self._read.execute(query, values).fetchall()

    def ambiguous(self) -> int:
        """Attempts that may have been paid though no answer came."""
        marks = ", ".join("?" * len(AMBIGUOUS))
        return int(self.rows(f"select count(*) from intent where outcome in ({marks})", AMBIGUOUS)[0][0])

    def calibration(self) -> tuple[float, float, float] | None:
        """(tokens in, tokens out) by their estimates, and seconds a request; None with fewer than 50 answers."""
        [(count, told_in, told_out, guessed_in, guessed_out, milliseconds)] = self.rows(
            "select count(*), sum(r.tokens_in), sum(r.tokens_out), sum(i.estimated_in), sum(i.estimated_out), "
            "avg(r.milliseconds) from response r join intent i on i.key = r.key and i.outcome = 'ok' "
            "where not r.estimated"
        )
        if count < 50 or not guessed_in or not guessed_out:
            return None
        return told_in / guessed_in, told_out / guessed_out, (milliseconds or 0) / 1000

    # Writing: awaited where it must be durable, else gathered with the next group.

    async def intend(
        self, key: bytes, attempt: int, endpoint: str, estimate: Usage, request: Sequence[Any], body: bytes
    ) -> None:
        """Make durable that a request is about to be sent. `request`: job, item, kind, prompt, model, sample."""
        await self._commit(
            (_REQUEST, (key, *request, body)),
            (_INTENT, (key, attempt, time.time(), endpoint, None, None, estimate.tokens_in, estimate.tokens_out)),
        )

    async def respond(
        self, key: bytes, attempt: int, status: int, verdict: tuple[str, str, str], raw: bytes, usage: Usage,
        endpoint: str, request_id: str, milliseconds: int,
    ) -> None:  # fmt: skip
        """Make an answer durable. `verdict` is ok or reject, the reason, and its detail."""
        await self._commit(
            (_OUTCOME, ("ok", status, key, attempt)),
            (
                _RESPONSE,
                (key, *verdict, raw, *usage[:3], usage.estimated, endpoint, request_id, milliseconds, 0, time.time()),
            ),
        )

    def outcome(self, key: bytes, attempt: int, outcome: str, status: int | None) -> None:
        """Note that an attempt gave no answer; a kill before it is written only makes it look `lost`."""
        self._add([(_OUTCOME, (outcome, status, key, attempt))], None)

    async def write(self, *statements: tuple[str, Sequence[Any]]) -> None:
        """Make some statements durable, all or none."""
        await self._commit(*statements)

    def write_now(self, *statements: tuple[str, Sequence[Any]]) -> None:
        """The same where no loop runs."""
        self._write_group([list(statements)])

    async def start(self) -> None:
        """Begin to write in the running loop."""
        self._wake = asyncio.Event()
        self._pool = ThreadPoolExecutor(1, "ledger")
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what waits, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            if self._waiting:
                self._write_group([statements for statements, _ in self._waiting])
            self._pool.shutdown()
            self._task = None

    async def _commit(self, *statements: tuple[str, Sequence[Any]]) -> None:
        done = asyncio.get_running_loop().create_future()
        self._add(list(statements), done)
        await done

    def _add(self, statements: list[tuple[str, Sequence[Any]]], done: asyncio.Future[None] | None) -> None:
        self._waiting.append((statements, done))
        if self._wake is not None:
            self._wake.set()

    async def _run(self) -> None:
        assert self._wake is not None
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            await asyncio.sleep(WINDOW)
            group, self._waiting = self._waiting, []
            self._wake.clear()
            writing = loop.run_in_executor(self._pool, self._write_group, [statements for statements, _ in group])
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.wait([writing])
                raise
            except Exception as err:  # a full disk, most often: whoever waits must know
                for _, done in group:
                    if done is not None and not done.done():
                        done.set_exception(self._explained(err))
                continue
            finally:
                if writing.done() and writing.exception() is None:
                    for _, done in group:
                        if done is not None and not done.done():
                            done.set_result(None)

    def _write_group(self, groups: Iterable[list[tuple[str, Sequence[Any]]]]) -> None:
        """One transaction; statements of one text are executed together, as none of them depends on another's."""
        by_text: dict[str, list[Sequence[Any]]] = {}
        for statements in groups:
            for text, values in statements:
                by_text.setdefault(text, []).append(values)
        self._write.execute("begin immediate")
        try:
            for text in sorted(by_text, key=lambda text: _ORDER.get(text, 9)):
                self._write.executemany(text, by_text[text])
            self._write.execute("commit")
        except BaseException:
            self._write.execute("rollback")
            raise

    def _explained(self, err: Exception) -> Exception:
        remedy = "Free some space and run the same command again; what was answered is kept"
        return OutputError(f"cannot write {self.path}: {err}. {remedy}") if isinstance(err, sqlite3.Error) else err


_REQUEST = "insert or ignore into request(key, job, item, kind, prompt, model, sample, body) values(?,?,?,?,?,?,?,?)"
_INTENT = "insert or replace into intent values(?,?,?,?,?,?,?,?)"
_OUTCOME = "update intent set outcome = ?, http_status = ? where key = ? and attempt = ?"
_RESPONSE = "insert or replace into response values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_ORDER = {_REQUEST: 0, _INTENT: 1, _OUTCOME: 2, _RESPONSE: 3}
