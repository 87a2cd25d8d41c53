"""The ledger: what is committed stays, what a kill cut off is ambiguous, and one process writes at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from mulco.errors import MulcoError
from mulco.synthesis.ledger import Ledger, Usage

KEY = b"k" * 32
REQUEST = ("job", "row", "translate", "p" * 16, "model", 0)


def test_an_answer_is_durable_before_its_place_is_free(tmp_path: Path) -> None:
    async def go() -> None:
        with Ledger(tmp_path / "l.sqlite") as ledger:
            await ledger.start()
            await ledger.intend(KEY, 1, "host", Usage(10, 5), REQUEST, b"{}")
            with sqlite3.connect(tmp_path / "l.sqlite") as other:
                assert other.execute("select key, attempt, outcome from intent").fetchall() == [(KEY, 1, None)]
            await ledger.respond(KEY, 1, 200, ("ok", "", ""), b"raw", Usage(11, 4), "host", "r", 20)
            with sqlite3.connect(tmp_path / "l.sqlite") as other:
                assert other.execute("select status, raw, tokens_in from response").fetchall() == [("ok", b"raw", 11)]
                assert other.execute("select outcome from intent").fetchall() == [("ok",)]
            answer = ledger.answer(KEY)
            assert answer is not None
            assert (answer.status, answer.raw, answer.endpoint) == ("ok", b"raw", "host")
            await ledger.stop()

    asyncio.run(go())


def test_an_intent_that_a_kill_cut_off_is_ambiguous(tmp_path: Path) -> None:
    async def go() -> None:
        ledger = Ledger(tmp_path / "l.sqlite").__enter__()
        await ledger.start()
        await ledger.intend(KEY, 1, "host", Usage(10, 5), REQUEST, b"{}")
        await ledger.stop()
        ledger.__exit__()

    asyncio.run(go())
    with Ledger(tmp_path / "l.sqlite") as ledger:
        assert ledger.ambiguous() == 1
        assert ledger.attempts(KEY) == 1
        assert ledger.answer(KEY) is None


def test_a_second_process_is_told_that_the_ledger_is_taken(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite"), pytest.raises(MulcoError, match="another process is writing this ledger"):
        Ledger(tmp_path / "l.sqlite").__enter__()


def test_who_only_reads_needs_no_file_and_no_lock(tmp_path: Path) -> None:
    with Ledger(tmp_path / "none.sqlite", readonly=True) as ledger:
        assert ledger.answer(KEY) is None
    assert not (tmp_path / "none.sqlite").exists()
    with Ledger(tmp_path / "l.sqlite") as writing, Ledger(tmp_path / "l.sqlite", readonly=True) as reading:
        writing.write_now(("insert into note values('a', 'b')", ()))
        assert reading.note("a") == "b"


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "l.sqlite").write_text("not a database, but long enough to be read as a page of one " * 20)
    with pytest.raises(MulcoError, match="not a ledger of mulco synth"):
        Ledger(tmp_path / "l.sqlite").__enter__()
