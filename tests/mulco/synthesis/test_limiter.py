"""The limiter: it grows while answers come, shrinks on 429, and closes the gate only for a burst of them."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate

import pytest

from mulco.synthesis.limiter import Bucket, Limiter, retry_after, seconds


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def _take(limiter: Limiter, count: int) -> None:
    for _ in range(count):
        await limiter.acquire()


def test_the_limit_doubles_until_the_first_429_and_then_grows_slowly() -> None:
    async def go() -> None:
        clock = Clock()
        limiter = Limiter(64, now=clock)
        await _take(limiter, 8)
        for _ in range(8):
            limiter.succeeded()
        assert limiter.limit == 16
        await _take(limiter, 2)
        limiter.limited(None)
        assert limiter.limit == pytest.approx(12.8)
        limiter.limited(None)
        assert limiter.limit == pytest.approx(12.8), "at most one step a second"
        await _take(limiter, 1)
        limiter.succeeded()
        assert limiter.limit == pytest.approx(12.8 + 4 / 12.8)

    asyncio.run(go())


def test_who_waits_is_let_in_when_a_place_is_free() -> None:
    async def go() -> None:
        limiter = Limiter(1)
        await limiter.acquire()
        waiting = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        assert not waiting.done()
        limiter.release()
        await asyncio.wait_for(waiting, 1)
        assert limiter.in_flight == 1

    asyncio.run(go())


def test_one_429_makes_its_own_request_wait_and_a_burst_closes_the_gate() -> None:
    async def go() -> None:
        clock = Clock()
        limiter = Limiter(64, now=clock)
        await _take(limiter, 8)
        for number in range(8):
            assert 2 <= limiter.limited(2) <= 3
            assert (limiter._gate > clock.now) == (number == 7)

    asyncio.run(go())


def test_the_gate_closes_where_an_endpoint_says_that_nothing_remains() -> None:
    async def go() -> None:
        clock = Clock()
        limiter = Limiter(8, now=clock)
        await limiter.acquire()
        limiter.succeeded({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"})
        assert limiter._gate == clock.now + 360

    asyncio.run(go())


def test_a_bucket_says_how_long_to_wait() -> None:
    clock = Clock()
    bucket = Bucket(10.0, clock)  # holds 15
    assert bucket.take(15) == 0
    assert bucket.take(5) == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take(5) == 0
    clock.now += 100
    assert bucket.take(100) == 0, "what is larger than the bucket passes when it is full"
    assert bucket.take(1) > 0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, None), ({"retry-after": "3"}, 3.0), ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
     ({"retry-after": "soon"}, None), ({"retry-after": "200"}, 200.0)],
)  # fmt: skip
def test_how_long_to_wait_is_read_from_either_header(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(headers) == expected


def test_how_long_to_wait_may_be_a_date() -> None:
    assert retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)}) == pytest.approx(30, abs=2)


@pytest.mark.parametrize(("text", "expected"), [("1s", 1), ("6m0s", 360), ("20ms", 0.02), ("3", 3), ("soon", None)])
def test_durations_as_endpoints_write_them(text: str, expected: float | None) -> None:
    assert seconds(text) == expected
