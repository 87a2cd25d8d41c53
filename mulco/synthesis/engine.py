"""The engine: every item is answered once, out of the ledger if it can be, else by the endpoint, within the limits.

    engine = Engine(job, items, Model("NAME"), ledger, client, Limits())
    await engine.run()
    engine.results[0].text, engine.counts.accepted

The path of one request: claim it from the budget, commit the intent, send, judge, commit the answer, and only then give
its place to another. So a kill loses at most what was in flight, and nothing that was committed is asked again. An
answer that is refused is asked for anew with another seed, at most twice; then the item is rejected and its paid text
kept. What no second try can mend (a wrong key, no quota, no such model) stops the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from mulco.synthesis.checks import Verdict, check
from mulco.synthesis.client import Client, Reply
from mulco.synthesis.estimate import Prices, tokens_of
from mulco.synthesis.items import Item
from mulco.synthesis.jobs import Job
from mulco.synthesis.ledger import Answer, Ledger, Usage
from mulco.synthesis.limiter import Limiter, retry_after
from mulco.synthesis.prompts import Model, body_of, canonical, prompt_digest

RESAMPLES = 2  # further samples of an item whose answer was refused
TRIES, LIMITED_TRIES = 6, 60  # of one request: after 5xx and lost connections; after 429
BACK_OFF = (0.5, 30.0)  # seconds: the first wait at most, and the longest
HOPELESS = 20  # requests that failed for good with none answered: the endpoint is down or refuses us


@dataclass(frozen=True)
class Limits:
    """What a run may use. `max_cost` is in the currency of the price table."""

    concurrency: int = 64
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    max_requests: int | None = None
    max_cost: float | None = None
    retry_ambiguous: int = 1  # how often a request that may have been paid is sent again


@dataclass
class Counts:
    """What a run has done so far; the ledger has the same for all runs together."""

    total: int = 0
    cached: int = 0  # items done out of the ledger
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # items, by what was wrong with the last answer
    failed: Counter[str] = field(default_factory=Counter)  # items without an answer, by outcome
    withheld: Counter[str] = field(default_factory=Counter)  # items that must not be sent, by secret
    sent: int = 0  # requests
    limited: int = 0  # of them answered 429
    ambiguous: int = 0  # of them perhaps paid without an answer
    spent: dict[str, Usage] = field(default_factory=dict)  # useful, rejected, ambiguous, saved -> tokens

    @property
    def done(self) -> int:
        return self.accepted + self.rejected.total() + self.failed.total() + self.withheld.total()

    def spend(self, what: str, usage: Usage) -> None:
        before = self.spent.get(what, Usage(0, 0))
        self.spent[what] = Usage(
            before.tokens_in + usage.tokens_in,
            before.tokens_out + usage.tokens_out,
            before.cached + usage.cached,
            before.estimated or usage.estimated,
        )


class Needed(NamedTuple):
    """A request whose answer is not in the ledger yet."""

    key: bytes
    content: bytes
    body: dict[str, Any]
    sample: int


class Result(NamedTuple):
    """What came of an item: the text, or why there is none; `answer` is the one that was judged last."""

    text: str | None
    problem: str
    detail: str
    key: bytes
    answer: Answer


def request_of(item: Item, job: Job, model: Model, sample: int, problem: str) -> Needed:
    """The request for one sample of an item."""
    body = body_of(item, model, job, sample, problem)
    content = canonical(body)
    return Needed(sha256(content).digest(), content, body, sample)


def walk(item: Item, job: Job, model: Model, ledger: Ledger) -> Needed | Result:
    """Follow an item through the ledger: its result, or the first request that is still to be made."""
    step = request_of(item, job, model, 0, "")
    while (answer := ledger.answer(step.key)) is not None:
        verdict = check(item, step.body, answer.raw)
        if verdict.text is not None or step.sample == RESAMPLES:
            return Result(*verdict, step.key, answer)
        step = request_of(item, job, model, step.sample + 1, verdict.problem)
    return step


class Engine:
    """`secret_in` is asked of every text before it is sent, where the endpoint is not on this machine."""

    def __init__(
        self,
        job: Job,
        items: Sequence[Item],
        model: Model,
        ledger: Ledger,
        client: Client | None,
        endpoint: str,
        limits: Limits | None = None,
        prices: Prices | None = None,
        secret_in: Callable[[str], str | None] | None = None,
    ) -> None:
        self.job, self.items, self.model, self.ledger, self.client = job, items, model, ledger, client
        self.endpoint, self.limits, self.prices = endpoint, limits or Limits(), prices
        self.secret_in = secret_in
        self.counts = Counts(total=len(items))
        self.results: list[Result | None] = [None] * len(items)
        self.limiter = Limiter(self.limits.concurrency, self.limits.requests_per_minute, self.limits.tokens_per_minute)
        self.stopped = ""  # why no more is sent: interrupted, max_requests, max_cost, or what cannot be mended
        self.fatal = False
        self._stop = asyncio.Event()
        self._reserved = 0.0  # money of what is in flight, at most
        self._asking: dict[bytes, asyncio.Future[None]] = {}
        self._answered = 0
        self._prompts: dict[tuple[str, str, str], str] = {}

    async def run(self, watch: Callable[[], None] | None = None) -> None:
        """Answer all items, or stop in order; `watch` is called a few times a second."""
        waiting = deque(range(len(self.items)))
        await self.ledger.start()
        watching = asyncio.create_task(self._watch(watch)) if watch is not None else None
        try:
            with self._signals():
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self.limits.concurrency, len(waiting))):
                        group.create_task(self._worker(waiting))
        except* OSError as errors:  # the ledger cannot be written: what was answered before is in it
            raise errors.exceptions[0] from None
        finally:
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            await self.ledger.stop()
        if watch is not None:
            watch()

    def stop(self, reason: str, fatal: bool = False) -> None:
        """Send no more; what is in flight is waited for."""
        self.stopped = self.stopped or reason
        self.fatal = self.fatal or fatal
        self._stop.set()

    async def _worker(self, waiting: deque[int]) -> None:
        while waiting and not self._stop.is_set():
            number = waiting.popleft()
            await self._one(number, self.items[number])
            if number % 32 == 0:
                await asyncio.sleep(0)  # what comes out of the ledger never waits, and the others must have their turn

    async def _one(self, number: int, item: Item) -> None:
        """Bring one item to its result, or leave it where the run was stopped."""
        step = walk(item, self.job, self.model, self.ledger)
        if isinstance(step, Result):
            self.counts.cached += 1
            self.counts.spend("saved", Usage(step.answer.tokens_in, step.answer.tokens_out))
        while isinstance(step, Needed):
            if step.key in self._asking:  # the same text, asked for by another item
                await self._asking[step.key]
                key, step = step.key, walk(item, self.job, self.model, self.ledger)
                if isinstance(step, Needed) and (step.key == key or self._stop.is_set()):
                    self.counts.failed["like another"] += not self._stop.is_set()
                    return
                continue
            if self.client is None:
                return
            if self.secret_in is not None and (secret := self._secret(item)):
                self.counts.withheld[secret] += 1
                return
            asking = self._asking[step.key] = asyncio.get_running_loop().create_future()
            try:
                found = await self._ask(item, step)
            finally:
                del self._asking[step.key]
                asking.set_result(None)
            if found is None:
                return
            verdict, answer = found
            if verdict.text is not None or step.sample == RESAMPLES:
                step = Result(*verdict, step.key, answer)
            else:
                step = request_of(item, self.job, self.model, step.sample + 1, verdict.problem)
        self.results[number] = step
        if step.text is not None:
            self.counts.accepted += 1
        else:
            self.counts.rejected[step.problem] += 1

    async def _ask(self, item: Item, step: Needed) -> tuple[Verdict, Answer] | None:
        """Get one request answered, durably; None where that failed for good or the run was stopped."""
        assert self.client is not None
        estimate = tokens_of(item, step.body)
        reserve = self._cost(Usage(round(1.5 * estimate.tokens_in), int(step.body.get("max_tokens") or 4096)))
        attempt = self.ledger.attempts(step.key)
        tries: Counter[str] = Counter()
        while True:
            await self.limiter.acquire(estimate.tokens_in + estimate.tokens_out)
            if not self._claim(reserve):
                self.limiter.release()
                return None
            attempt += 1
            request = (self.job.name, item.row, item.kind, self._prompt(item), self.model.name, step.sample)
            try:
                await self.ledger.intend(step.key, attempt, self.endpoint, estimate, request, step.content)
                reply = await self.client.complete(step.content)
                if reply.outcome == "ok":
                    return await self._keep(item, step, attempt, reply, estimate)
            finally:
                self._reserved -= reserve
            self.ledger.outcome(step.key, attempt, reply.outcome, reply.status)
            wait = self._after(reply, tries, estimate)
            if wait is None:
                return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)
            if self._stop.is_set():
                return None

    async def _keep(
        self, item: Item, step: Needed, attempt: int, reply: Reply, estimate: Usage
    ) -> tuple[Verdict, Answer]:
        """Judge an answer and make it durable; only then its place is free."""
        verdict = check(item, step.body, reply.content)
        usage = reply.usage or estimate
        status = "ok" if verdict.text is not None else "reject"
        told = (status, verdict.problem, verdict.detail)
        request_id = reply.headers.get("x-request-id", "")
        await self.ledger.respond(
            step.key, attempt, reply.status or 200, told, reply.content, usage, self.endpoint, request_id,
            reply.milliseconds,
        )  # fmt: skip
        self.limiter.succeeded(reply.headers)
        self._answered += 1
        self.counts.spend("useful" if status == "ok" else "rejected", usage)
        return verdict, Answer(
            status, verdict.problem, reply.content, self.endpoint, time.time(), usage.tokens_in, usage.tokens_out
        )

    def _after(self, reply: Reply, tries: Counter[str], estimate: Usage) -> float | None:
        """What follows an attempt without an answer: seconds to wait before the next, None for no more."""
        outcome = reply.outcome
        tries[outcome] += 1
        if outcome == "limited":
            self.counts.limited += 1
            wait = self.limiter.limited(retry_after(reply.headers))
            if tries[outcome] < LIMITED_TRIES:
                return wait
            self._fail("limited", reply)
            return None
        self.limiter.release()
        if outcome == "fatal":
            self.stop(reply.problem, fatal=True)
            return None
        if outcome in ("timeout", "dropped"):
            self.counts.ambiguous += 1
            self.counts.spend("ambiguous", estimate)
            if tries["timeout"] + tries["dropped"] <= self.limits.retry_ambiguous:
                return random.uniform(0, BACK_OFF[0])
        count = tries["busy"] + tries["unreachable"]
        if outcome in ("timeout", "dropped", "refused") or count >= TRIES:
            self._fail(outcome, reply)
            return None
        asked = retry_after(reply.headers)
        return max(asked or 0.0, random.uniform(0, min(BACK_OFF[1], BACK_OFF[0] * 2**count)))

    def _fail(self, outcome: str, reply: Reply) -> None:
        """An item stays without an answer in this run; when nothing works, the run ends."""
        self.counts.failed[outcome] += 1
        if not self._answered and self.counts.failed.total() >= HOPELESS:
            self.stop(
                f"{self.counts.failed.total()} requests failed and none was answered: {reply.problem}", fatal=True
            )

    def _claim(self, reserve: float) -> bool:
        """Take one request out of the budget, counting what is in flight; False ends the run."""
        if self._stop.is_set():
            return False
        limits = self.limits
        if limits.max_requests is not None and self.counts.sent >= limits.max_requests:
            self.stop("max_requests")
            return False
        if limits.max_cost is not None and self.cost() + self._reserved + reserve > limits.max_cost:
            self.stop("max_cost")
            return False
        self.counts.sent += 1
        self._reserved += reserve
        return True

    def cost(self, *what: str) -> float:
        """Money spent in this run, on all that may have been paid or on the kinds named."""
        kinds = what or ("useful", "rejected", "ambiguous")
        return sum(self._cost(self.counts.spent[kind]) for kind in kinds if kind in self.counts.spent)

    def _cost(self, usage: Usage) -> float:
        return self.prices.cost(usage.tokens_in, usage.tokens_out, usage.cached) if self.prices else 0.0

    def _prompt(self, item: Item) -> str:
        which = (item.kind, item.language, item.from_language)
        if which not in self._prompts:
            self._prompts[which] = prompt_digest(*which)
        return self._prompts[which]

    def _secret(self, item: Item) -> str | None:
        assert self.secret_in is not None
        return next((secret for text in item.subject.values() if (secret := self.secret_in(text))), None)

    async def _watch(self, watch: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(0.25)
            watch()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM drain: nothing more is sent, what is in flight is kept. A second one ends at once."""
        loop = asyncio.get_running_loop()
        current = asyncio.current_task()

        def drain() -> None:
            if self._stop.is_set() and current is not None:
                current.cancel()
            self.stop("interrupted")

        wanted = (signal.SIGINT, signal.SIGTERM)
        try:
            for number in wanted:
                loop.add_signal_handler(number, drain)
        except (NotImplementedError, ValueError, RuntimeError):  # another thread than the main one, or Windows
            yield
            return
        try:
            yield
        finally:
            for number in wanted:
                loop.remove_signal_handler(number)
