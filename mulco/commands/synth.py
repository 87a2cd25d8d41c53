"""Commands around texts that a model writes: mulco synth plan, run and report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mulco.commands import AsJson, Upstream, app
from mulco.console import meter, money, note, print_json, table
from mulco.errors import MulcoError, UsageError

if TYPE_CHECKING:
    from mulco.synthesis.estimate import Prices
    from mulco.synthesis.items import Found
    from mulco.synthesis.jobs import Job
    from mulco.synthesis.prompts import Model

synth = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="Let a model write instructions, translations and labels, through any OpenAI-compatible endpoint.",
)  # fmt: skip
app.add_typer(synth, name="synth")

JobName = Annotated[str, typer.Argument(help="A job file, or one that comes with mulco: translate_zh, ...")]
BaseUrl = Annotated[str, typer.Option("--base-url", help="The endpoint, such as http://HOST:8000/v1.")]
ModelName = Annotated[str, typer.Option("--model", help="The name by which the endpoint knows the model.")]
LedgerFile = Annotated[
    Path | None, typer.Option("--ledger", help="The ledger. Default: MULCO_CACHE/synthesis/JOB.sqlite.")
]
PricesFile = Annotated[
    Path | None, typer.Option("--prices", help="Your prices for a million tokens: a YAML file, by model.")
]
Rows = Annotated[int | None, typer.Option("--rows", min=1, help="At most so many records of each source and task.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, help="Requests in flight at most.")]
Format = Annotated[
    str | None,
    typer.Option("--response-format", help="json_schema, json_object or none. Default: what the endpoint keeps to."),
]


@synth.command("plan")
def plan_job(
    job: JobName,
    base_url: BaseUrl,
    model: ModelName,
    upstream: Upstream = None,
    rows: Rows = None,
    prices: PricesFile = None,
    ledger: LedgerFile = None,
    concurrency: Concurrency = 64,
    response_format: Format = None,
    as_json: AsJson = False,
) -> None:
    """Say what a job would send, before it does: calls, cached and new, tokens, money, time, secrets. Sends nothing."""
    from mulco.synthesis.client import endpoint_of, is_local
    from mulco.synthesis.ledger import Ledger
    from mulco.synthesis.report import forecast

    endpoint = endpoint_of(base_url)
    read, found = _found(job, upstream, rows)
    with Ledger(ledger or _ledger(read), readonly=True) as opened:
        asked = _model(model, response_format, opened, endpoint)
        facts = forecast(read, found.items, asked, opened, _prices(prices, model), concurrency)
    facts = {"job": read.name, "endpoint": endpoint, "model": model, "skipped": dict(found.skipped), **facts}
    if not is_local(base_url):
        facts["withheld"] = _withheld(found)
    if as_json:
        print_json(facts)
        return
    _told(found)
    print(f"{read.title}: {facts['items']:,} texts, {facts['cached']:,} answered before, {facts['new_calls']:,} calls")
    print(f"{facts['tokens_in']:,} tokens in, {facts['tokens_out']:,} tokens out, estimated {facts['estimate']}")
    if facts["cost"] is None:
        print("Cost: not known without --prices")
    else:
        whole, batch = money(facts["cost"], facts["currency"]), money(facts["cost_batch"], facts["currency"])
        print(f"Cost: {whole}, as a batch {batch}, if no answer is refused")
    seconds = facts["seconds"]
    print("Time: not known before the first 50 answers" if seconds is None else f"Time: about {seconds / 60:,.1f} min")
    if facts.get("withheld"):
        note(f"{sum(facts['withheld'].values()):,} texts seem to hold secrets and would not be sent")


@synth.command("run")
def run_job(
    job: JobName,
    base_url: BaseUrl,
    model: ModelName,
    upstream: Upstream = None,
    rows: Rows = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the texts go. Default: out/synthesis/JOB.")] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Send to an endpoint that is not on this machine.")
    ] = False,
    max_requests: Annotated[int | None, typer.Option(min=1, help="Send at most so many requests.")] = None,
    max_cost: Annotated[float | None, typer.Option(min=0, help="Spend at most so much; needs --prices.")] = None,
    prices: PricesFile = None,
    ledger: LedgerFile = None,
    concurrency: Concurrency = 64,
    requests_per_minute: Annotated[int | None, typer.Option(min=1, help="The endpoint's limit.")] = None,
    tokens_per_minute: Annotated[int | None, typer.Option(min=1, help="The endpoint's limit.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds of silence before a request is given up.")] = 120,
    retry_ambiguous: Annotated[
        int, typer.Option(min=0, help="How often a request that may have been paid is sent again.")
    ] = 1,
    response_format: Format = None,
    batch: Annotated[bool, typer.Option("--batch", help="Send files to the endpoint's batch service instead.")] = False,
    poll: Annotated[float, typer.Option("--poll", min=0.1, help="Seconds between two looks at a batch.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Get every text of a job written, once; goes on where it stopped. Writes Parquet for mulco build --synthesis."""
    import asyncio
    import importlib

    from mulco.synthesis.client import endpoint_of, is_local
    from mulco.synthesis.engine import Limits
    from mulco.synthesis.ledger import Ledger
    from mulco.synthesis.output import write
    from mulco.synthesis.running import Request, run
    from mulco.synthesis.secrets import secret_in

    endpoint, local = endpoint_of(base_url), is_local(base_url)
    if not local and not allow_remote:
        raise UsageError(
            f"{endpoint} is not on this machine: upstream text would leave it. Look at what with mulco synth plan, "
            "then add --allow-remote"
        )
    if max_cost is not None and prices is None:
        raise UsageError("--max-cost needs --prices: mulco ships no prices")
    table_of_prices = _prices(prices, model)
    read, found = _found(job, upstream, rows)
    _told(found)
    limits = Limits(concurrency, requests_per_minute, tokens_per_minute, max_requests, max_cost, retry_ambiguous)
    with Ledger(ledger or _ledger(read)) as opened:
        request = Request(
            read, found.items, model, response_format, base_url, endpoint, limits, table_of_prices, timeout,
            None if local else secret_in, batch, poll, note,
        )  # fmt: skip
        with meter(read.name, table_of_prices.currency if table_of_prices else "") as watch:
            try:
                done = asyncio.run(run(request, opened, watch))
            except asyncio.CancelledError as err:
                raise KeyboardInterrupt from err
    lint = None
    if read.kind == "propose":
        lint = importlib.import_module("mulco.builders.lint").findings_on
    files = write(read, found.items, done.results, done.model, out or Path("out/synthesis") / read.name, lint)
    facts = done.facts()
    if as_json:
        print_json({**facts, "files": [str(file) for file in files]})
    else:
        _run_report(facts, files)
    if done.stopped == "interrupted":
        raise KeyboardInterrupt
    if done.stopped and done.fatal:
        raise MulcoError(f"{endpoint}: {done.stopped}. What was answered is kept; the same command goes on from there")
    if facts["unanswered"]:
        why = {"max_requests": "--max-requests is reached", "max_cost": "--max-cost is reached"}.get(done.stopped, "")
        failed = ", ".join(f"{count:,} {name}" for name, count in facts["failed"].items())
        note(f"{facts['unanswered']:,} texts without an answer ({why or failed}). The same command goes on from there.")
        raise typer.Exit(1)


@synth.command("report")
def report_job(
    job: JobName, ledger: LedgerFile = None, prices: PricesFile = None,
    model: Annotated[str | None, typer.Option("--model", help="Whose prices to use.")] = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say what all runs of a job together sent, got and spent: useful, rejected by reason, ambiguous."""
    from mulco.synthesis.jobs import load_job
    from mulco.synthesis.ledger import Ledger
    from mulco.synthesis.report import account

    if prices is not None and model is None:
        raise UsageError("--prices needs --model: whose prices?")
    read = load_job(job)
    path = ledger or _ledger(read)
    if not path.is_file():
        raise MulcoError(f"{path}: no ledger yet. Make it with: mulco synth run {job}")
    with Ledger(path, readonly=True) as opened:
        facts = account(opened, _prices(prices, model or ""))
    if as_json:
        print_json(facts)
        return
    rows = [
        (what, f"{e['answers']:,}", f"{e['tokens_in']:,}", f"{e['tokens_out']:,}", money(e["cost"], facts["currency"]))
        for what, e in facts["spent"].items()
    ]
    table(["spent on", "answers", "tokens in", "tokens out", "cost"], rows, right=(1, 2, 3, 4))
    for what in ("reasons", "attempts", "endpoints", "batches"):
        if facts[what]:
            print(f"{what}: " + ", ".join(f"{name} {count:,}" for name, count in facts[what].items()))


def _found(job: str, upstream: Path | None, rows: int | None) -> tuple[Job, Found]:
    from dataclasses import replace

    from mulco.plan import upstream_folder
    from mulco.synthesis.items import find
    from mulco.synthesis.jobs import load_job

    read = load_job(job)
    if rows is not None:
        read = replace(read, rows=rows)
    found = find(read, upstream_folder(upstream))
    if not found.items:
        raise MulcoError(f"{read.name}: nothing to write. Left out: {dict(found.skipped)}")
    return read, found


def _ledger(job: Job) -> Path:
    from mulco.plan import cache_folder

    return cache_folder() / "synthesis" / f"{job.name}.sqlite"


def _prices(file: Path | None, model: str) -> Prices | None:
    from mulco.synthesis.estimate import load_prices

    return load_prices(file, model)


def _model(name: str, response_format: str | None, ledger: Any, endpoint: str) -> Model:
    from mulco.synthesis.probe import noted_format
    from mulco.synthesis.prompts import FORMATS, Model

    return Model(name, response_format or noted_format(ledger, name, endpoint) or FORMATS[0])


def _withheld(found: Found) -> dict[str, int]:
    from collections import Counter

    from mulco.synthesis.secrets import secret_in

    seen: Counter[str] = Counter()
    for item in found.items:
        seen.update([secret for text in item.subject.values() if (secret := secret_in(text))][:1])
    return dict(seen)


def _told(found: Found) -> None:
    """What of the sources could not be read, and what has nothing to write."""
    for problem in found.problems:
        note(f"Left out: {problem}")
    if found.skipped:
        note("Nothing to write for: " + ", ".join(f"{count:,} {name}" for name, count in found.skipped.most_common()))


def _run_report(facts: dict[str, Any], files: list[Path]) -> None:
    rejected = ", ".join(f"{count:,} {name}" for name, count in facts["rejected"].items())
    print(
        f"{facts['accepted']:,} of {facts['items']:,} texts written, {facts['cached']:,} out of the ledger; "
        f"{sum(facts['rejected'].values()):,} rejected" + (f" ({rejected})" if rejected else "")
    )
    print(f"{facts['sent']:,} requests, {facts['limited']:,} of them told to wait, {facts['ambiguous']:,} perhaps paid")
    rows = [
        (what, f"{e['tokens_in']:,}", f"{e['tokens_out']:,}", money(e["cost"], facts["currency"]))
        for what, e in facts["spent"].items()
    ]
    if rows:
        table(["spent on", "tokens in", "tokens out", "cost"], rows, right=(1, 2, 3))
    if facts["withheld"]:
        note(f"Not sent, as it seems to hold a secret: {facts['withheld']}")
    for file in files:
        print(file)
