"""What a job will cost and what it has cost: plain facts for the command line.

forecast(job, items, model, ledger, prices)      # before: calls, tokens, money, time
account(ledger, prices)                          # after: what was useful, rejected and ambiguous, over all runs
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mulco.synthesis.engine import Needed, walk
from mulco.synthesis.estimate import Prices, tokens_of
from mulco.synthesis.items import Item
from mulco.synthesis.jobs import Job
from mulco.synthesis.ledger import AMBIGUOUS, Ledger
from mulco.synthesis.prompts import Model


def forecast(
    job: Job, items: Sequence[Item], model: Model, ledger: Ledger, prices: Prices | None, concurrency: int
) -> dict[str, Any]:
    """Calls, cached and new, tokens and money of the new ones, and how long they take; None where that is not known.

    Tokens are estimates by script, corrected by what the ledger counted once it has 50 answers; so is the time. A
    share of answers is refused and asked for again: the share that the ledger saw, else it is not counted.
    """
    cached = accepted = tokens_in = tokens_out = 0
    new: set[bytes] = set()
    for item in items:
        step = walk(item, job, model, ledger)
        if not isinstance(step, Needed):
            cached += 1
            accepted += step.text is not None
        elif step.key not in new:
            new.add(step.key)
            usage = tokens_of(item, step.body)
            tokens_in, tokens_out = tokens_in + usage.tokens_in, tokens_out + usage.tokens_out
    measured = ledger.calibration()
    if measured is not None:
        tokens_in, tokens_out = round(tokens_in * measured[0]), round(tokens_out * measured[1])
    seconds = len(new) * measured[2] / concurrency if measured is not None else None
    return {
        "items": len(items), "cached": cached, "accepted": accepted, "new_calls": len(new), "tokens_in": tokens_in,
        "tokens_out": tokens_out, "estimate": "by the ledger" if measured else "by script",
        "cost": prices.cost(tokens_in, tokens_out) if prices else None,
        "cost_batch": prices.cost(tokens_in, tokens_out, batch=True) if prices else None,
        "currency": prices.currency if prices else None, "seconds": seconds,
    }  # fmt: skip


def account(ledger: Ledger, prices: Prices | None) -> dict[str, Any]:
    """What all runs together sent, got and spent; `reasons` are those of refused answers."""
    spent: dict[str, dict[str, Any]] = {}
    by_status = "select status, batch, count(*), sum(tokens_in), sum(tokens_out), sum(tokens_cached) from response"
    for status, batch, count, tokens_in, tokens_out, cached in ledger.rows(by_status + " group by status, batch"):
        entry = spent.setdefault("useful" if status == "ok" else "rejected", _nothing(prices))
        _add(entry, prices, count, tokens_in or 0, tokens_out or 0, cached or 0, bool(batch))
    marks = ", ".join("?" * len(AMBIGUOUS))
    query = f"select count(*), sum(estimated_in), sum(estimated_out) from intent where outcome in ({marks})"
    [(count, tokens_in, tokens_out)] = ledger.rows(query, AMBIGUOUS)
    entry = spent.setdefault("ambiguous", _nothing(prices))
    _add(entry, prices, count, tokens_in or 0, tokens_out or 0, 0, False)
    return {
        "spent": spent,
        "reasons": dict(
            ledger.rows("select reason, count(*) from response where status = 'reject' group by reason order by 2 desc")
        ),
        "attempts": dict(
            ledger.rows("select coalesce(outcome, 'open'), count(*) from intent group by 1 order by 2 desc")
        ),
        "endpoints": dict(ledger.rows("select endpoint, count(*) from response group by 1 order by 2 desc")),
        "batches": dict(ledger.rows("select state, count(*) from batch group by 1")),
        "currency": prices.currency if prices else None,
    }


def _nothing(prices: Prices | None) -> dict[str, Any]:
    return {"answers": 0, "tokens_in": 0, "tokens_out": 0, "cost": 0.0 if prices else None}


def _add(
    entry: dict[str, Any], prices: Prices | None, count: int, tokens_in: int, tokens_out: int, cached: int, batch: bool
) -> None:
    entry["answers"] += count
    entry["tokens_in"] += tokens_in
    entry["tokens_out"] += tokens_out
    if prices is not None:
        entry["cost"] += prices.cost(tokens_in, tokens_out, cached, batch)
