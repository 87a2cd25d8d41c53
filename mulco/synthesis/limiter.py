"""How much is in flight: adaptive concurrency, token buckets for requests and tokens a minute, and one shared gate.

    limiter = Limiter(cap=64)
    await limiter.acquire(tokens=300)
    limiter.succeeded(headers)      # or limiter.limited(retry_after): gives back the place, and adapts

The number in flight starts small and doubles in a round trip until the first 429, then grows by about four in a round
trip and shrinks by a fifth at most once a second. A single 429 makes its own request wait. A burst of them, or an
endpoint that says that nothing remains, closes the gate for all: a gate that closes on every 429 took six times as
long in our measurements.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import deque
from collections.abc import Callable, Mapping

START = 8.0
BURST, BURST_SECONDS = 8, 1.0  # so many 429 within so many seconds close the gate
LONGEST_WAIT = 600.0  # seconds: what an endpoint may ask for at most before it is taken as down


class Limiter:
    """`cap` is the most in flight; `requests` and `tokens` are the most a minute, where they are known."""

    def __init__(
        self,
        cap: int,
        requests: int | None = None,
        tokens: int | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cap, self.limit, self.in_flight = cap, min(START, float(cap)), 0
        self.wasted = 0  # answers 429
        self._now = now
        self._starting = True  # no 429 yet: the limit doubles in a round trip
        self._shrunk = 0.0
        self._gate = 0.0  # closed until then
        self._recent: deque[float] = deque(maxlen=BURST)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._buckets = [Bucket(rate / 60, now) if rate else None for rate in (requests, tokens)]

    async def acquire(self, tokens: int = 0) -> None:
        """Wait for a place, for the buckets and for the gate."""
        while self.in_flight >= int(self.limit):
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self._wake()
                raise
        self.in_flight += 1
        try:
            for bucket, needed in zip(self._buckets, (1, tokens), strict=True):
                if bucket is not None:
                    while (wait := bucket.take(needed)) > 0:
                        await asyncio.sleep(wait)
            while (wait := self._gate - self._now()) > 0:
                await asyncio.sleep(wait + random.uniform(0, 0.25))
        except asyncio.CancelledError:
            self.release()
            raise

    def release(self) -> None:
        """Give back a place and learn nothing."""
        self.in_flight -= 1
        self._wake()

    def succeeded(self, headers: Mapping[str, str] | None = None) -> None:
        """An answer came: there may be more in flight."""
        step = 1.0 if self._starting else 4 / self.limit
        self.limit = min(float(self.cap), self.limit + step)
        if headers is not None:
            self._learn(headers)
        self.release()

    def limited(self, retry_after: float | None) -> float:
        """A 429 came: give back the place; returns the seconds that this request waits before it asks again."""
        now = self._now()
        self.wasted += 1
        self._starting = False
        if now - self._shrunk >= 1.0:
            self.limit, self._shrunk = max(1.0, 0.8 * self.limit), now
        wait = 1.0 if retry_after is None else min(retry_after, LONGEST_WAIT)
        self._recent.append(now)
        if len(self._recent) == BURST and now - self._recent[0] <= BURST_SECONDS:
            self._gate = max(self._gate, now + wait)
            self._recent.clear()
        self.release()
        return wait * random.uniform(1.0, 1.5)

    def _learn(self, headers: Mapping[str, str]) -> None:
        """Close the gate where an endpoint says that nothing remains until a time."""
        for what in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{what}") == "0":
                wait = seconds(headers.get(f"x-ratelimit-reset-{what}", ""))
                if wait is not None:
                    self._gate = max(self._gate, self._now() + min(wait, LONGEST_WAIT))

    def _wake(self) -> None:
        """Let in as many as there is room for."""
        room = int(self.limit) - self.in_flight
        while room > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                room -= 1


class Bucket:
    """A token bucket that holds what may pass in one second and a half, so that a start makes no burst of a minute."""

    def __init__(self, rate: float, now: Callable[[], float]) -> None:
        self.rate, self._now = rate, now
        self.size = max(1.0, 1.5 * rate)
        self.level, self._filled = self.size, now()

    def take(self, amount: float) -> float:
        """Take so much, or say how many seconds to wait; what is larger than the bucket passes when it is full."""
        now = self._now()
        self.level = min(self.size, self.level + (now - self._filled) * self.rate)
        self._filled = now
        if self.level >= min(amount, self.size):
            self.level -= amount
            return 0.0
        return (min(amount, self.size) - self.level) / self.rate


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `retry-after-ms` or `Retry-After` asks for, also where it is a date; None without either."""
    from email.utils import parsedate_to_datetime

    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after", "")
        if not value:
            return None
        if re.fullmatch(r"\d+(?:\.\d+)?", value.strip()):
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def seconds(text: str) -> float | None:
    """A duration as endpoints write it: `1s`, `6m0s`, `20ms`, or plain seconds."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit] for number, unit in parts)
