"""Domain, category and difficulty of any rows as a model sees them: each row asked about once, kept in a ledger.

    asked = labels.Asked("http://127.0.0.1:8000/v1", "NAME", Path("cache"))
    found = labels.label(read, asked)               # Labelled: found.labels[("train", "train/17")].category
    rows = labels.put(rows, found.labels)           # ROWS, with category_by "model" where the model said something
    labels.agreement(rules, found.labels)           # {"rows": 500, "domain": 0.81, "category_rows": 410, ...}

The questions are those of `mulco synth run` with a job of kind `label`, through the same engine: a key is asked for
once, an answer outside the lists is refused and asked for anew, and rows that are the same text are one request. A
second run over the same rows reads the ledger and needs neither network nor key. Rows that mulco built with labels of
a model (`--synthesis`) have them in `quality`: `from_rows` takes them as they are.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from mulco.analysis.result import CATEGORIES, DOMAINS, ROWS
from mulco.categories import OTHER
from mulco.errors import MulcoError, UsageError

if TYPE_CHECKING:
    from mulco.synthesis.items import Item
    from mulco.synthesis.jobs import Job
    from mulco.synthesis.running import Done, Watch

LEDGER = "labels.sqlite"
LONGEST = 4_000  # characters of each text that are shown: three of them make what `mulco.synthesis` sends at most
MODEL = "model"  # of category_by


class Label(NamedTuple):
    """What a model said of a row; `category` is None where it is of none of the ten."""

    domain: str
    category: str | None
    difficulty: str | None = None


Labels = Mapping[tuple[str, str], Label]  # (dataset, id) of a row -> its label


@dataclass(frozen=True)
class Asked:
    """Who is asked, and what it may cost. `cache` is the folder of the ledger; `max_cost` needs `prices`."""

    base_url: str
    model: str
    cache: Path
    allow_remote: bool = False
    max_requests: int | None = None
    max_cost: float | None = None
    prices: Path | None = None
    concurrency: int = 64
    timeout_seconds: float = 120
    response_format: str | None = None  # None: what the endpoint keeps to


@dataclass
class Labelled:
    """The labels, by whom, and what became of the rows without one.

    `facts` are the same whether answers came now or out of the ledger; `spent` tells of this run alone, as the report
    of `mulco synth run --json` does.
    """

    labels: dict[tuple[str, str], Label]
    facts: dict[str, Any]
    spent: dict[str, Any] = field(default_factory=dict)

    @property
    def unanswered(self) -> int:
        """Rows that have no answer yet: a limit was reached, or requests failed. The same call goes on from there."""
        return int(self.spent.get("unanswered", 0))


def label(read: pa.Table, asked: Asked, watch: Watch | None = None) -> Labelled:
    """Ask a model about each row of a table of READ.

    Raises UsageError for an endpoint elsewhere without `allow_remote`, KeyboardInterrupt where it was interrupted, and
    MulcoError where the endpoint refuses for good; what was answered till then is in the ledger. A row that seems to
    hold a secret is not sent to an endpoint elsewhere.
    """
    from mulco.synthesis.client import endpoint_of, is_local
    from mulco.synthesis.engine import Limits
    from mulco.synthesis.estimate import load_prices
    from mulco.synthesis.ledger import Ledger
    from mulco.synthesis.prompts import prompt_digest
    from mulco.synthesis.running import Request, run
    from mulco.synthesis.secrets import secret_in

    endpoint, local = endpoint_of(asked.base_url), is_local(asked.base_url)
    if not local and not asked.allow_remote:
        raise UsageError(f"{endpoint} is not on this machine: the rows would leave it. Add --allow-remote to send them")
    if asked.max_cost is not None and asked.prices is None:
        raise UsageError("--max-cost needs --prices: mulco ships no prices")
    items = list(_items(read))
    request = Request(
        _job(), items, asked.model, asked.response_format, asked.base_url, endpoint,
        Limits(asked.concurrency, max_requests=asked.max_requests, max_cost=asked.max_cost),
        load_prices(asked.prices, asked.model), asked.timeout_seconds, None if local else secret_in,
    )  # fmt: skip
    with Ledger(asked.cache / LEDGER) as ledger:
        try:
            done = asyncio.run(run(request, ledger, watch))
        except asyncio.CancelledError as err:
            raise KeyboardInterrupt from err
    if done.stopped == "interrupted":
        raise KeyboardInterrupt
    if done.stopped and done.fatal:
        raise MulcoError(f"{endpoint}: {done.stopped}. What was answered is kept; the same command goes on from there")
    found = _found(items, done)
    facts = {
        "by": MODEL, "model": asked.model, "endpoint": endpoint, "prompt": prompt_digest("label", "en", "en"),
        "rows": len(items), "labelled": len(found), "rejected": dict(sorted(done.counts.rejected.items())),
        "withheld": dict(sorted(done.counts.withheld.items())),
    }  # fmt: skip
    return Labelled(found, facts, done.facts())


def from_rows(read: pa.Table) -> dict[tuple[str, str], Label]:
    """The labels that rows already carry in `quality`; words of other vocabularies are no labels."""
    found = {}
    columns = [read.column(name).to_pylist() for name in ("dataset", "id", "quality")]
    for dataset, id_, quality in zip(*columns, strict=True):
        if quality and '"label"' in quality and (said := _said(json.loads(quality).get("label"))) is not None:
            found[dataset, id_] = said
    return found


def put(rows: pa.Table, labels: Labels) -> pa.Table:
    """A table of ROWS with domain and category of the model wherever it spoke; other rows keep what they have.

    A row of which the model says that it is of none of the ten has no category, and none that rules had for it.
    """
    values = {name: rows.column(name).to_pylist() for name in ("dataset", "id", "domain", "category", "category_by")}
    for row, key in enumerate(zip(values["dataset"], values["id"], strict=True)):
        if (said := labels.get(key)) is not None:
            values["domain"][row], values["category"][row] = said.domain, said.category
            values["category_by"][row] = MODEL if said.category is not None else None
    for name in ("domain", "category", "category_by"):
        rows = rows.set_column(rows.schema.get_field_index(name), ROWS.field(name), pa.array(values[name], pa.string()))
    return rows


def agreement(rows: pa.Table, labels: Labels) -> dict[str, float | int | None]:
    """Cohen's kappa between the rows as rules labelled them and a model, over the rows that have both.

    `rows` is a table of ROWS from before `put`. A category is compared where a rule gave one; "other" of the model is
    then a category of its own. `rows` and `category_rows` say over how many. None is left out: there is no row.
    """
    domains: tuple[list[str], list[str]] = ([], [])
    categories: tuple[list[str], list[str]] = ([], [])
    columns = [rows.column(name).to_pylist() for name in ("dataset", "id", "domain", "category", "category_by")]
    for dataset, id_, domain, category, by in zip(*columns, strict=True):
        if (said := labels.get((dataset, id_))) is None or by == MODEL:
            continue
        domains[0].append(domain)
        domains[1].append(said.domain)
        if by == "rule":
            categories[0].append(category)
            categories[1].append(said.category or OTHER)
    return {
        "rows": len(domains[0]), "domain": kappa(*domains),
        "category_rows": len(categories[0]), "category": kappa(*categories),
    }  # fmt: skip


def kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Cohen's kappa of two lists of labels (Cohen 1960): 1 is the same, 0 as chance has it; None of no labels.

    Where both give every row the same one label, chance explains all of it: kappa is not defined, None.
    """
    pairs, count = Counter(zip(one, other, strict=True)), len(one)
    if not count:
        return None
    mine, theirs = Counter(one), Counter(other)
    observed = sum(n for (a, b), n in pairs.items() if a == b)  # out of count
    expected = sum(n * theirs[a] for a, n in mine.items())  # out of count * count
    if expected == count * count:
        return None
    return (observed * count - expected) / (count * count - expected)


def _job() -> Job:
    from mulco.synthesis.jobs import Job

    # temperature 0: of a label the likeliest answer is wanted, not one of several
    return Job("labels", "Labels of analysed rows", "label", (), temperature=0.0)


def _items(read: pa.Table) -> Iterator[Item]:
    from mulco.synthesis.items import Item
    from mulco.written import digest_of

    names = ("dataset", "id", "instruction", "input", "output", "language", "license", "programming_language")
    for row in zip(*(read.column(name).to_pylist() for name in names), strict=True):
        dataset, id_, *texts, language, license_, programming_language = row
        subject = {
            name: _cut(text) for name, text in zip(("instruction", "input", "output"), texts, strict=True) if text
        }
        yield Item(
            "label", "", dataset, id_, "", language, language, digest_of(subject), subject, "", license_,
            programming_language,
        )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"


def _found(items: Sequence[Item], done: Done) -> dict[tuple[str, str], Label]:
    found = {}
    for item, result in zip(items, done.results, strict=True):
        if result is not None and result.text is not None:
            said = _said(json.loads(result.text))
            assert said is not None, "the engine accepts no other words"
            found[item.source, item.source_id] = said
    return found


def _said(value: Any) -> Label | None:
    """A label out of JSON, None where its words are not ours."""
    if not isinstance(value, dict) or value.get("domain") not in DOMAINS:
        return None
    category = value.get("category")
    if category not in (*CATEGORIES, OTHER):
        return None
    return Label(value["domain"], None if category == OTHER else category, value.get("difficulty"))
