"""One run of a job from beginning to end: settle the format, answer everything, now or in batches, and say what it was.

done = asyncio.run(run(request, ledger, watch))
done.results, done.facts()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mulco.errors import UsageError, unknown
from mulco.synthesis.client import Client, key_of
from mulco.synthesis.engine import Counts, Engine, Limits, Needed, Result, walk
from mulco.synthesis.estimate import Prices
from mulco.synthesis.items import Item
from mulco.synthesis.jobs import Job
from mulco.synthesis.ledger import Ledger
from mulco.synthesis.probe import noted_format, settle_format
from mulco.synthesis.prompts import FORMATS, Model

Watch = Callable[[Counts, "Engine"], None]


@dataclass(frozen=True)
class Request:
    """All that a run needs to know. `format` None: what the endpoint was found to keep to."""

    job: Job
    items: Sequence[Item]
    model: str
    format: str | None
    base_url: str
    endpoint: str
    limits: Limits
    prices: Prices | None = None
    timeout_seconds: float = 120
    secret_in: Callable[[str], str | None] | None = None
    batch: bool = False
    poll_seconds: float = 30
    say: Callable[[str], None] = print  # what happens to batches


@dataclass
class Done:
    """What a run gave."""

    results: list[Result | None]
    model: Model
    counts: Counts
    engine: Engine
    stopped: str
    fatal: bool

    def facts(self) -> dict[str, Any]:
        """The run as plain values."""
        counts, prices = self.counts, self.engine.prices
        return {
            "items": counts.total, "cached": counts.cached, "accepted": counts.accepted,
            "rejected": dict(counts.rejected), "failed": dict(counts.failed), "withheld": dict(counts.withheld),
            "unanswered": counts.total - counts.accepted - counts.rejected.total() - counts.withheld.total(),
            "sent": counts.sent, "limited": counts.limited, "ambiguous": counts.ambiguous,
            "spent": {
                what: {"tokens_in": usage.tokens_in, "tokens_out": usage.tokens_out,
                       "estimated": usage.estimated, "cost": self.engine.cost(what) if prices else None}
                for what, usage in counts.spent.items()
            },
            "currency": prices.currency if prices else None, "stopped": self.stopped,
        }  # fmt: skip


async def run(request: Request, ledger: Ledger, watch: Watch | None = None) -> Done:
    """Answer all items of a request. A job whose answers are all in the ledger needs neither network nor key."""
    if request.format is not None and request.format not in FORMATS:
        raise UsageError(unknown("response format", request.format, FORMATS, f"Formats: {', '.join(FORMATS)}"))
    format_ = request.format or noted_format(ledger, request.model, request.endpoint)
    if format_ is not None and _complete(request, Model(request.model, format_), ledger):
        return await _answer(request, Model(request.model, format_), ledger, None, watch)
    key = key_of(request.base_url)
    async with Client(request.base_url, key, request.limits.concurrency, request.timeout_seconds) as client:
        format_ = format_ or await settle_format(client, ledger, request.model, request.endpoint)
        model = Model(request.model, format_)
        if request.batch:
            from mulco.synthesis.batch import in_batches

            stopped = await in_batches(request, model, ledger, client)
            done = await _answer(request, model, ledger, None, watch)
            done.stopped = stopped
            return done
        return await _answer(request, model, ledger, client, watch)


async def _answer(request: Request, model: Model, ledger: Ledger, client: Client | None, watch: Watch | None) -> Done:
    engine = Engine(
        request.job, request.items, model, ledger, client, request.endpoint, request.limits, request.prices,
        request.secret_in,
    )  # fmt: skip
    await engine.run((lambda: watch(engine.counts, engine)) if watch is not None else None)
    return Done(engine.results, model, engine.counts, engine, engine.stopped, engine.fatal)


def _complete(request: Request, model: Model, ledger: Ledger) -> bool:
    """Whether the ledger answers every item."""
    return not any(isinstance(walk(item, request.job, model, ledger), Needed) for item in request.items)
