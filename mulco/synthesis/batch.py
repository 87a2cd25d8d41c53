"""The same requests through an endpoint's batch service: half the price, hours of patience, the same ledger.

    stopped = await in_batches(request, model, ledger, client)     # "" when every request has its answer

A batch goes prepared -> uploaded -> submitted -> fetched (or failed), and each step is committed before the next
begins. It is named by an id of our own, which travels as metadata, so a process killed between the creation of a batch
and its commit finds that batch again before it makes another. Results come in any order and are told apart by the
request's key. What expired or failed inside a batch is submitted again, at most `ROUNDS` times; a refused answer is
asked for with another seed in the next batch. Where the service takes less at once, smaller batches are made.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from mulco.errors import MulcoError
from mulco.synthesis.checks import check
from mulco.synthesis.client import Client, usage_of
from mulco.synthesis.engine import Needed, walk
from mulco.synthesis.estimate import tokens_of
from mulco.synthesis.items import Item
from mulco.synthesis.ledger import Ledger, Usage
from mulco.synthesis.prompts import Model, prompt_digest

if TYPE_CHECKING:
    from mulco.synthesis.running import Request

Value = TypeVar("Value")
MOST, MOST_BYTES = 50_000, 190_000_000  # requests and bytes of a file, as the service limits them
ROUNDS = 3  # how often a request may stand in a batch that gives no answer to it
TRIES = 6  # of one call to the service
MARK = "mulco"  # the metadata by which a batch is found again
_OPEN = ("prepared", "uploaded", "submitted")


async def in_batches(request: Request, model: Model, ledger: Ledger, client: Client) -> str:
    """Submit, wait and fetch until nothing is left to ask; returns why it stopped before, or an empty text."""
    most = MOST
    submitted = 0
    while True:
        for local, state in ledger.rows("select local, state from batch where state in (?, ?, ?)", _OPEN):
            if state != "submitted":
                await _submit(local, state, request, ledger, client)
        needed, stopped = _needed(request, model, ledger, submitted)
        opened = ledger.rows("select count(*) from batch where state in (?, ?, ?)", _OPEN)[0][0]
        if not needed and not opened:
            return stopped
        for shard in _shards(needed, most):
            submitted += len(shard)
            await _submit(_prepare(shard, request, model, ledger), "prepared", request, ledger, client)
        too_much = await _wait(request, model, ledger, client)
        if too_much:
            most = max(1, too_much // 2)
            request.say(f"the service takes less at once: batches of {most:,} from now on")
            await asyncio.sleep(request.poll_seconds)


def _needed(request: Request, model: Model, ledger: Ledger, submitted: int) -> tuple[list[tuple[Item, Needed]], str]:
    """The requests that no batch holds yet, within the budget, and why there are no more."""
    rounds = dict(ledger.rows("select key, count(*) from member group by key"))
    held = {key for (key,) in ledger.rows(
        "select key from member m join batch b on b.local = m.local where b.state in (?, ?, ?)", _OPEN
    )}  # fmt: skip
    found: dict[bytes, tuple[Item, Needed]] = {}
    cost, limits = 0.0, request.limits
    for item in request.items:
        step = walk(item, request.job, model, ledger)
        if not isinstance(step, Needed) or step.key in found or step.key in held or rounds.get(step.key, 0) >= ROUNDS:
            continue
        if request.secret_in is not None and any(map(request.secret_in, item.subject.values())):
            continue
        if limits.max_requests is not None and submitted + len(found) >= limits.max_requests:
            return list(found.values()), "max_requests"
        if limits.max_cost is not None and request.prices is not None:
            usage = tokens_of(item, step.body)
            room = int(step.body.get("max_tokens") or 4096)
            cost += request.prices.cost(1.5 * usage.tokens_in, room, batch=True)
            if _spent(request, ledger) + cost > limits.max_cost:
                return list(found.values()), "max_cost"
        found[step.key] = item, step
    return list(found.values()), ""


def _spent(request: Request, ledger: Ledger) -> float:
    """Money for the answers that batches have given so far, in all runs of this ledger."""
    assert request.prices is not None
    query = "select sum(tokens_in), sum(tokens_out), sum(tokens_cached) from response where batch"
    [(tokens_in, tokens_out, cached)] = ledger.rows(query)
    return request.prices.cost(tokens_in or 0, tokens_out or 0, cached or 0, batch=True)


def _shards(needed: list[tuple[Item, Needed]], most: int) -> Iterator[list[tuple[Item, Needed]]]:
    shard: list[tuple[Item, Needed]] = []
    size = 0
    for item, step in needed:
        if shard and (len(shard) == most or size + len(step.content) + 200 > MOST_BYTES):
            yield shard
            shard, size = [], 0
        shard.append((item, step))
        size += len(step.content) + 200
    if shard:
        yield shard


def _prepare(shard: list[tuple[Item, Needed]], request: Request, model: Model, ledger: Ledger) -> str:
    """Commit a batch with its members, before anything is sent."""
    local = uuid.uuid4().hex
    lines = b"".join(_line(step.key, step.content) for _, step in sorted(shard, key=lambda pair: pair[1].key))
    ledger.write_now(
        ("insert into batch values(?,?,?,?,?,?,?,?)",
         (local, None, "prepared", sha256(lines).hexdigest(), None, len(shard), request.endpoint, None)),
        *(
            ("insert or ignore into request(key, job, item, kind, prompt, model, sample, body) values(?,?,?,?,?,?,?,?)",
             (step.key, request.job.name, item.row, item.kind,
              prompt_digest(item.kind, item.language, item.from_language), model.name, step.sample, step.content))
            for item, step in shard
        ),
        *(("insert into member values(?,?)", (local, step.key)) for _, step in shard),
    )  # fmt: skip
    return local


def _line(key: bytes, content: bytes) -> bytes:
    return b'{"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":%s}\n' % (
        key.hex().encode(),
        content,
    )


async def _submit(local: str, state: str, request: Request, ledger: Ledger, client: Client) -> None:
    """Bring a prepared batch to the service; what was done before a kill is found again, not done twice."""
    api = client.api
    [(file,)] = ledger.rows("select input_file from batch where local = ?", (local,))
    if state == "prepared":
        members = ledger.rows(
            "select r.key, r.body from member m join request r on r.key = m.key where m.local = ? order by r.key",
            (local,),
        )
        lines = b"".join(_line(key, body) for key, body in members)
        uploaded = await _called(client, lambda: api.files.create(file=(f"{local}.jsonl", lines), purpose="batch"))
        file = uploaded.id
        ledger.write_now(("update batch set state = 'uploaded', input_file = ? where local = ?", (file, local)))

    async def create() -> str:
        """Looked for first: before a kill, or before a call whose answer was lost, it may have been made."""
        async for batch in api.batches.list(limit=100):
            if (batch.metadata or {}).get(MARK) == local:
                return str(batch.id)
        created = await api.batches.create(
            input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h", metadata={MARK: local}
        )
        return str(created.id)

    remote = await _called(client, create)
    ledger.write_now(
        (
            "update batch set state = 'submitted', remote = ?, submitted_at = ? where local = ?",
            (remote, time.time(), local),
        )
    )
    [(requests,)] = ledger.rows("select requests from batch where local = ?", (local,))
    request.say(f"batch {remote}: {requests:,} requests submitted")


async def _wait(request: Request, model: Model, ledger: Ledger, client: Client) -> int:
    """Look at the submitted batches until all are done; returns the size of one that was too large, else 0."""
    said: dict[str, str] = {}
    too_much = 0
    while True:
        opened = ledger.rows("select local, remote, requests from batch where state = 'submitted'")
        if not opened:
            return too_much
        for local, remote, requests in opened:
            batch = await _called(client, lambda remote=remote: client.api.batches.retrieve(remote))  # type: ignore[misc]
            if said.get(remote) != batch.status:
                said[remote] = batch.status
                request.say(f"batch {remote}: {batch.status}")
            if batch.status == "failed":
                too_much = max(too_much, _failed(batch, local, requests, ledger))
            elif batch.status in ("completed", "expired", "cancelled"):
                await _fetch(batch, local, request, model, ledger, client)
        if ledger.rows("select 1 from batch where state = 'submitted' limit 1"):
            await asyncio.sleep(request.poll_seconds)


def _failed(batch: Any, local: str, requests: int, ledger: Ledger) -> int:
    """A batch that was refused whole: too much at once is made smaller, anything else ends the run."""
    errors = list(batch.errors.data or []) if batch.errors else []
    codes = {error.code for error in errors}
    told = "; ".join(f"{error.code}: {error.message}" for error in errors) or "no reason given"
    # Its requests were never run: they may stand in another batch as often as any.
    ledger.write_now(
        ("update batch set state = 'failed' where local = ?", (local,)),
        ("delete from member where local = ?", (local,)),
    )
    if "token_limit_exceeded" not in codes or requests == 1:
        raise MulcoError(f"batch {batch.id} failed: {told}. What was answered is kept; run the same command again")
    return requests


async def _fetch(batch: Any, local: str, request: Request, model: Model, ledger: Ledger, client: Client) -> None:
    """Take over what a batch gave, all of it in one transaction with the batch's own state."""
    items = {step.key: (item, step) for item in request.items
             if isinstance(step := walk(item, request.job, model, ledger), Needed)}  # fmt: skip
    members = {key for (key,) in ledger.rows("select key from member where local = ?", (local,))}
    statements: list[tuple[str, Any]] = []
    for file in filter(None, (batch.output_file_id, batch.error_file_id)):
        content = (await _called(client, lambda file=file: client.api.files.content(file))).content  # type: ignore[misc]
        for line in content.splitlines():
            try:
                entry = orjson.loads(line)
                key, response = bytes.fromhex(entry["custom_id"]), entry.get("response") or {}
            except (orjson.JSONDecodeError, KeyError, ValueError):
                continue  # a line that is cut short: its request has no answer and is submitted again
            body = response.get("body") or {}
            if key not in members or response.get("status_code") != 200 or not body.get("choices"):
                continue
            statements.append(_answer(key, body, str(response.get("request_id") or ""), items, request, ledger))
    statements.append(("update batch set state = 'fetched' where local = ?", (local,)))
    ledger.write_now(*statements)
    request.say(f"batch {batch.id}: {len(statements) - 1:,} of {len(members):,} answered")


def _answer(
    key: bytes, body: dict[str, Any], request_id: str, items: dict[bytes, tuple[Item, Needed]], request: Request,
    ledger: Ledger,
) -> tuple[str, Any]:  # fmt: skip
    """The statement that stores one answer of a batch."""
    raw = orjson.dumps(body)
    status, reason, detail = "ok", "", ""
    usage = usage_of(body)
    if key in items:
        item, step = items[key]
        verdict = check(item, step.body, raw)
        status, reason, detail = ("ok" if verdict.text is not None else "reject"), verdict.problem, verdict.detail
        usage = usage or tokens_of(item, step.body)
    usage = usage or Usage(0, 0, 0, True)
    values = (key, status, reason, detail, raw, *usage[:3], usage.estimated, request.endpoint, request_id, None, 1)
    return "insert or replace into response values(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", (*values, time.time())


async def _called(client: Client, call: Callable[[], Awaitable[Value]]) -> Value:
    """A call to the service; a bad moment is waited out, what cannot be mended is told."""
    import openai

    for attempt in range(1, TRIES + 1):
        try:
            return await call()
        except openai.APIStatusError as err:
            if err.status_code == 404 and attempt == 1:
                raise MulcoError(
                    f"{err.request.url.host} has no batch service ({err.request.url.path}: 404). Run without --batch"
                ) from err
            if (err.status_code < 500 and err.status_code not in (408, 409, 429)) or attempt == TRIES:
                raise MulcoError(f"the batch service refuses: {err.status_code} {err.message}") from err
        except openai.APIConnectionError as err:
            if attempt == TRIES:
                raise MulcoError(f"the batch service cannot be reached: {err.__cause__ or err}") from err
        await asyncio.sleep(min(30.0, 0.25 * 2**attempt))
    raise AssertionError("the loop returns or raises")
