"""Batches: the same ledger, results in any order, and a kill between any two steps makes nothing twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from dictionary import translate
from llm_server import Server

from mulco.errors import MulcoError
from mulco.synthesis import batch as batch_module
from mulco.synthesis.engine import Limits, request_of
from mulco.synthesis.estimate import Prices
from mulco.synthesis.items import Item
from mulco.synthesis.ledger import Ledger
from mulco.synthesis.prompts import Model
from mulco.synthesis.running import Done, Request, run

from .conftest import JOB, items_of

Go = Callable[..., Done]


@pytest.fixture
def go(tmp_path: Path) -> Go:
    """`go(server, items)` runs a job in batches, as the command line does."""

    def start(server: Server, items: Sequence[Item], limits: Limits | None = None, **more: Any) -> Done:
        request = Request(
            JOB, items, "test-model", "json_schema", server.url, "host", limits or Limits(), batch=True,
            poll_seconds=0.01, say=lambda text: None, **more,
        )  # fmt: skip
        with Ledger(tmp_path / "test.sqlite") as ledger:
            return asyncio.run(run(request, ledger))

    return start


def id_of(item: Item, sample: int = 0, problem: str = "") -> str:
    return request_of(item, JOB, Model("test-model"), sample, problem).key.hex()


def states(tmp_path: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(tmp_path / "test.sqlite") as ledger:
        return ledger.execute("select state, requests from batch order by rowid").fetchall()


def test_a_batch_gives_what_single_requests_give_and_is_paid_once(go: Go, tmp_path: Path) -> None:
    with Server(translate) as server:
        done = go(server, items_of(20))
        assert done.counts.accepted == 20
        assert {asked.outcome for asked in server.log} == {"batch ok"}
        assert states(tmp_path) == [("fetched", 20)]
        again = go(server, items_of(21))
        assert (again.counts.accepted, len(server.log)) == (21, 21)
        assert states(tmp_path) == [("fetched", 20), ("fetched", 1)]
    assert [r and r.text for r in again.results[:20]] == [r and r.text for r in done.results]


def test_what_failed_or_expired_in_a_batch_is_submitted_again(go: Go, tmp_path: Path) -> None:
    items = items_of(6)
    faults = {id_of(items[1]): "error once", id_of(items[2]): "expired once"}
    with Server(translate, batch_faults=faults) as server:
        done = go(server, items)
    assert done.counts.accepted == 6
    assert states(tmp_path) == [("fetched", 6), ("fetched", 2)]


def test_what_never_gets_an_answer_is_given_up(go: Go, tmp_path: Path) -> None:
    items = items_of(3)
    with Server(translate, batch_faults={id_of(items[0]): "error"}) as server:
        done = go(server, items)
    assert (done.counts.accepted, done.facts()["unanswered"]) == (2, 1)
    assert states(tmp_path) == [("fetched", 3), ("fetched", 1), ("fetched", 1)]


def test_an_expired_batch_keeps_what_it_gave(go: Go, tmp_path: Path) -> None:
    items = items_of(4)
    with Server(translate, batch_faults={"*": "expired", id_of(items[3]): "expired once"}) as server:
        done = go(server, items)
    assert done.counts.accepted == 4
    assert states(tmp_path) == [("fetched", 4), ("fetched", 1)]


def test_a_refused_answer_is_asked_for_again_in_the_next_batch(go: Go, tmp_path: Path) -> None:
    with Server(lambda body: translate(body) if body["seed"] == 2 else "no JSON") as server:
        done = go(server, items_of(3))
    assert done.counts.accepted == 3
    assert states(tmp_path) == [("fetched", 3), ("fetched", 3)]


def test_a_batch_that_is_too_large_for_the_service_is_made_smaller(go: Go, tmp_path: Path) -> None:
    with Server(translate, batch_faults={"*": "failed"}) as server:
        done = go(server, items_of(8))
    assert done.counts.accepted == 8
    assert states(tmp_path) == [("failed", 8), ("fetched", 4), ("fetched", 4)]


@pytest.mark.parametrize("moment", ["files.create", "batches.create", "after", "files.content"])
def test_a_kill_between_two_steps_makes_no_second_batch(
    go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The call is made, and then the process is gone before it can note what came of it."""
    called = batch_module._called
    count = 0

    async def killed(client: Any, call: Any) -> Any:
        nonlocal count
        count += 1
        found = await called(client, call)
        if count == {"files.create": 1, "batches.create": 2, "after": 3, "files.content": 5}[moment]:
            raise KeyboardInterrupt
        return found

    with Server(translate) as server:
        monkeypatch.setattr(batch_module, "_called", killed)
        with pytest.raises(KeyboardInterrupt):
            go(server, items_of(5))
        monkeypatch.setattr(batch_module, "_called", called)
        done = go(server, items_of(5))
        assert done.counts.accepted == 5
        assert server.calls["POST /v1/batches"] == 1
        assert len(server.log) == 5
    assert states(tmp_path) == [("fetched", 5)]


def test_the_budget_holds_for_batches(go: Go, tmp_path: Path) -> None:
    with Server(translate) as server:
        done = go(server, items_of(9), Limits(max_requests=4))
        assert (done.stopped, len(server.log), done.counts.accepted) == ("max_requests", 4, 4)
        dear = go(server, items_of(9), Limits(max_cost=0.000001), prices=Prices(1000.0, 1000.0))
        assert (dear.stopped, len(server.log)) == ("max_cost", 4)


def test_an_endpoint_without_a_batch_service_says_so(go: Go) -> None:
    with Server(translate) as server:
        server.respond = _no_files  # type: ignore[method-assign]
        with pytest.raises(MulcoError, match="no batch service"):
            go(server, items_of(2))


async def _no_files(*_: object) -> Any:
    from llm_server import _error

    return _error(404, "no such path", "not_found")
