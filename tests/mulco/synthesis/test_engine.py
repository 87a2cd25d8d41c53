"""The engine against a server with scripted faults: each is met as it deserves, and nothing is paid twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dictionary import translate
from llm_server import Server

from mulco.synthesis import engine as engine_module
from mulco.synthesis.engine import Engine, Limits
from mulco.synthesis.estimate import Prices
from mulco.synthesis.secrets import secret_in

from .conftest import item_of, items_of

ROOT = Path(__file__).parent.parent.parent.parent
Run = Callable[..., Engine]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BACK_OFF", (0.02, 0.05))


def outcomes(server: Server) -> list[str]:
    return [asked.outcome for asked in server.log]


def test_every_item_is_answered_once_and_a_second_run_asks_nothing(run: Run) -> None:
    with Server(translate) as server:
        engine = run(server, items_of(40))
        assert engine.counts.accepted == 40
        assert len(server.log) == 40
        assert engine.results[3] is not None
        assert "`unit_3`" in str(engine.results[3].text)
        again = run(server, items_of(40))
        assert (again.counts.cached, again.counts.sent) == (40, 0)
        assert [r and r.text for r in again.results] == [r and r.text for r in engine.results]
        assert len(server.log) == 40
        more = run(server, items_of(41))
        assert (more.counts.cached, more.counts.sent) == (40, 1), "one more row pays for one row"


def test_texts_that_differ_only_in_what_is_masked_are_asked_for_once(run: Run) -> None:
    with Server(translate, latency=0.05) as server:
        engine = run(server, [item_of(f"Return all files of `a{n}`.", n) for n in range(5)])
    assert (engine.counts.accepted, len(server.log)) == (5, 1)
    assert [str(r and r.text).count(f"`a{n}`") for n, r in enumerate(engine.results)] == [1] * 5


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ("429", {"limited": 1, "ok": 1}), ("429:0.1", {"limited": 1, "ok": 1}), ("500", {"busy": 1, "ok": 1}),
        ("503", {"busy": 1, "ok": 1}), ("408", {"busy": 1, "ok": 1}), ("html", {"busy": 1, "ok": 1}),
        ("error200", {"busy": 1, "ok": 1}), ("empty", {"busy": 1, "ok": 1}), ("drop", {"dropped": 1, "ok": 1}),
        ("truncated", {"dropped": 1, "ok": 1}), ("stall:9", {"timeout": 1, "ok": 1}),
    ],
)  # fmt: skip
def test_a_passing_fault_is_noted_and_asked_again(
    run: Run, tmp_path: Path, fault: str, wanted: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "429":
        monkeypatch.setattr("mulco.synthesis.limiter.Limiter.limited", _at_once)
    with Server(translate, faults=[fault]) as server:
        engine = run(server, items_of(1), timeout=0.5 if "stall" in fault else 20)
    assert engine.counts.accepted == 1
    with sqlite3.connect(tmp_path / "test.sqlite") as ledger:
        assert dict(ledger.execute("select outcome, count(*) from intent group by 1")) == wanted


def _at_once(limiter: Any, retry_after: float | None) -> float:
    assert retry_after is None
    limiter.release()
    return 0.01


@pytest.mark.parametrize(("fault", "said"), [("quota", "exceeded your current quota"), ("401", "scripted 401"),
                                             ("403", "scripted 403"), ("404", "does not exist")])  # fmt: skip
def test_what_no_second_try_can_mend_stops_the_run_at_once(run: Run, fault: str, said: str) -> None:
    with Server(translate, faults=lambda number, body: fault) as server:
        engine = run(server, items_of(50), Limits(concurrency=4))
    assert engine.fatal
    assert said in engine.stopped
    assert len(server.log) <= 4


def test_a_request_that_is_wrong_leaves_its_item_and_no_other(run: Run) -> None:
    with Server(translate, faults=["400"]) as server:
        engine = run(server, items_of(3), Limits(concurrency=1))
    assert (engine.counts.accepted, dict(engine.counts.failed)) == (2, {"refused": 1})


def test_an_endpoint_that_refuses_everything_ends_the_run(run: Run) -> None:
    with Server(translate, faults=lambda number, body: "422") as server:
        engine = run(server, items_of(200), Limits(concurrency=2))
    assert engine.fatal
    assert len(server.log) < 25


def test_a_time_out_is_not_blindly_paid_twice(run: Run) -> None:
    with Server(translate, faults=lambda number, body: "stall:9") as server:
        engine = run(server, items_of(1), Limits(concurrency=1, retry_ambiguous=0), timeout=0.3)
        assert (len(server.log), engine.counts.ambiguous, dict(engine.counts.failed)) == (1, 1, {"timeout": 1})
        engine = run(server, items_of(1), Limits(concurrency=1), timeout=0.3, ledger="other.sqlite")
        assert (len(server.log), engine.counts.ambiguous) == (3, 2)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("ignored_format", "not_json"), ("wrong_schema", "schema"), ("refusal", "refusal"), ("length", "cut_off")],
)
def test_a_refused_answer_is_asked_for_twice_more_and_then_rejected(run: Run, fault: str, reason: str) -> None:
    with Server(translate, faults=lambda number, body: fault) as server:
        engine = run(server, items_of(1))
    [result] = engine.results
    assert result is not None
    assert (result.text, len(server.log), engine.counts.sent) == (None, 3, 3)
    assert result.problem == reason
    bodies = [asked.body for asked in server.log]
    assert [body["seed"] for body in bodies] == [1, 2, 3]
    assert len({asked.sha256 for asked in server.log}) == 3
    if fault == "length":
        assert bodies[1]["max_tokens"] == 2 * bodies[0]["max_tokens"]
    assert not any("As an AI" in str(body) for body in bodies), "a model's own words are never fed back"


def test_a_second_sample_may_be_accepted(run: Run) -> None:
    with Server(translate, faults=["wrong_schema"]) as server:
        engine = run(server, items_of(1))
    assert (engine.counts.accepted, engine.counts.sent) == (1, 2)
    assert "exactly the described shape" in server.log[1].body["messages"][0]["content"]
    assert set(engine.counts.spent) == {"useful", "rejected"}


def test_the_number_of_requests_is_a_hard_stop(run: Run) -> None:
    with Server(translate) as server:
        engine = run(server, items_of(40), Limits(concurrency=16, max_requests=7))
        assert (engine.stopped, engine.counts.sent, len(server.log)) == ("max_requests", 7, 7)
        engine = run(server, items_of(40), Limits(concurrency=16))
        assert (engine.counts.cached, engine.counts.sent) == (7, 33)


def test_the_money_is_a_hard_stop_that_counts_what_is_in_flight(run: Run) -> None:
    prices = Prices(1000.0, 1000.0, currency="USD")
    with Server(translate, latency=0.05) as server:
        engine = run(server, items_of(100), Limits(concurrency=16, max_cost=5.0), prices=prices)
    assert engine.stopped == "max_cost"
    assert 0 < engine.cost() <= 5.0
    assert 0 < len(server.log) < 100


def test_a_text_with_a_secret_is_not_sent(run: Run) -> None:
    secret = "ghp_" + "a1B2" * 9
    with Server(translate) as server:
        engine = run(server, [*items_of(2), item_of(f"Use the token {secret} to log in.", 9)], secret_in=secret_in)
    assert dict(engine.counts.withheld) == {"a token": 1}
    assert engine.counts.accepted == 2
    assert not any(secret in str(asked.body) for asked in server.log)


def test_an_endpoint_that_is_not_there_is_told_without_endless_waiting(run: Run) -> None:
    with Server(translate) as server:
        url = server.url
    started = time.monotonic()
    engine = run(url, items_of(60), Limits(concurrency=8))
    assert engine.fatal
    assert engine.counts.ambiguous == 0, "nothing was sent, so nothing can have been paid"
    assert time.monotonic() - started < 60


@pytest.mark.slow
def test_a_limit_of_a_hundred_a_second_costs_few_answers_429_and_no_item(run: Run) -> None:
    """The SDK's own two retries, same server and load: 168 of 800 failed for good, 735 answers 429 (measured)."""
    with Server(translate, rate=100, burst=100, latency=0.02) as server:
        engine = run(server, items_of(800), Limits(concurrency=256))
    found = Counter(outcomes(server))
    assert engine.counts.accepted == 800
    assert engine.counts.failed.total() == 0
    assert found["ok"] == 800
    assert found["rate"] <= 735 / 2, found


PROGRAM = """
import asyncio, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from tests.mulco.synthesis.conftest import JOB, items_of
from mulco.synthesis.client import Client
from mulco.synthesis.engine import Engine, Limits
from mulco.synthesis.ledger import Ledger
from mulco.synthesis.prompts import Model

async def main():
    async with Client(sys.argv[1], "EMPTY", 64) as client:
        with Ledger(Path(sys.argv[2])) as ledger:
            engine = Engine(JOB, items_of(int(sys.argv[3])), Model("test-model"), ledger, client, "host", Limits(64))
            await engine.run()
            print(engine.stopped or "done", engine.counts.accepted, engine.counts.sent, engine.limiter.in_flight)

asyncio.run(main())
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[Server, int], subprocess.Popen[str]]]:
    """`process(server, count)` runs an engine with 64 in flight in a process of its own."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(root=str(ROOT), tests=str(ROOT / "tests")), "utf-8")
    running: list[subprocess.Popen[str]] = []

    def start(server: Server, count: int) -> subprocess.Popen[str]:
        call = [sys.executable, str(program), server.url, str(tmp_path / "test.sqlite"), str(count)]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        running.append(
            subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.communicate()


def committed(tmp_path: Path) -> dict[bytes, bytes]:
    if not (tmp_path / "test.sqlite").exists():
        return {}
    with sqlite3.connect(tmp_path / "test.sqlite", timeout=20) as ledger:
        try:
            return dict(ledger.execute("select key, raw from response"))
        except sqlite3.OperationalError:
            return {}


@pytest.mark.slow
def test_ten_kills_lose_at_most_what_was_in_flight(
    run: Run, tmp_path: Path, process: Callable[[Server, int], subprocess.Popen[str]]
) -> None:
    count, chosen = 900, random.Random(5)
    moments = sorted(chosen.sample(range(30, 860), 10))
    in_flight_at_kills = 0
    kept: dict[bytes, bytes] = {}
    with Server(translate, latency=0.15) as server:
        for moment in moments:
            one = process(server, count)
            while len(committed(tmp_path)) < moment and one.poll() is None:
                time.sleep(0.02)
            assert one.poll() is None, one.communicate()
            os.kill(one.pid, signal.SIGKILL)
            one.wait()
            with sqlite3.connect(tmp_path / "test.sqlite") as ledger:
                assert ledger.execute("pragma integrity_check").fetchone() == ("ok",)
                opened = "select count(*) from intent i where outcome is null and not exists " \
                         "(select 1 from response r where r.key = i.key)"  # fmt: skip
                in_flight_at_kills += ledger.execute(opened).fetchone()[0]
            now = committed(tmp_path)
            assert all(now[key] == raw for key, raw in kept.items()), "a committed answer changed"
            kept = now
        time.sleep(0.3)
        asked_before = Counter(asked.sha256 for asked in server.log)
        done = {key.hex() for key in kept}
        last = process(server, count)
        output, errors = last.communicate(timeout=240)
        assert output.startswith(f"done {count} "), errors
        asked_after = Counter(asked.sha256 for asked in server.log) - asked_before
    assert not done & set(asked_after), "a committed answer was requested again"
    twice = sum(times - 1 for times in server.answered.values())
    assert 0 < in_flight_at_kills <= 64 * 10
    assert twice <= in_flight_at_kills, (twice, in_flight_at_kills)
    with Server(translate) as undisturbed:
        whole = run(undisturbed, items_of(count), Limits(64), ledger="undisturbed.sqlite")
        resumed = run(undisturbed, items_of(count), Limits(64))
    assert resumed.counts.cached == count
    assert [r and r.text for r in resumed.results] == [r and r.text for r in whole.results]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_drains_and_leaves_nothing_ambiguous(
    tmp_path: Path, process: Callable[[Server, int], subprocess.Popen[str]], number: signal.Signals
) -> None:
    with Server(translate, latency=0.2) as server:
        one = process(server, 2000)
        while len(committed(tmp_path)) < 150 and one.poll() is None:
            time.sleep(0.02)
        one.send_signal(number)
        output, errors = one.communicate(timeout=60)
    stopped, accepted, sent, in_flight = output.split()
    assert (stopped, in_flight) == ("interrupted", "0"), errors
    assert 150 <= int(accepted) == int(sent) == len(server.log) < 2000
    with sqlite3.connect(tmp_path / "test.sqlite") as ledger:
        assert dict(ledger.execute("select outcome, count(*) from intent group by 1")) == {"ok": int(sent)}
