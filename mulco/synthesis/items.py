"""The items of a job: one for each text that a model is to write, out of the records that a build would read.

    for item in items_of(load_job("translate_zh"), upstream): item.source_id, item.subject

Records are read as a build reads them, with what was written before where the job names it. What has nothing to write,
such as a text that is code through and through, is no item; `skipped` counts it by reason.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mulco import pipeline
from mulco.catalog import Catalog, catalog
from mulco.errors import BrokenFileError, MulcoError
from mulco.pipeline import Outcome
from mulco.plan import Settings, make_plan
from mulco.source import Record
from mulco.synthesis.jobs import Job
from mulco.synthesis.masking import Masked, mask
from mulco.task import Task, stable_number
from mulco.template import Pool
from mulco.written import REWRITING, digest_of, subject

LONGEST = 12_000  # characters of text and code together: longer items are left out, as few models read them well
PROPOSED = 8  # wordings one request asks for


@dataclass(frozen=True, slots=True)
class Item:
    """One text to be written: the model is shown `subject`, whose digest is `shown`; `original` is what was there."""

    kind: str
    task: str
    source: str
    source_id: str
    field: str
    from_language: str
    language: str
    shown: str
    subject: Mapping[str, str]
    original: str = ""
    license: str = ""
    programming_language: str = ""

    @property
    def row(self) -> str:
        """The item in one line, for a report."""
        return "/".join(part for part in (f"{self.task}_{self.language}", self.source, self.source_id) if part)

    @property
    def masked(self) -> Masked:
        """The text of a translation with placeholders."""
        masked = mask(self.subject["text"])
        assert masked is not None, "items_of leaves out what cannot be masked"
        return masked


@dataclass
class Found:
    """All items of a job, and what was left out, by reason."""

    items: list[Item]
    skipped: Counter[str]
    problems: list[str]


def find(job: Job, upstream: Path | None, known: Catalog | None = None) -> Found:
    """Read the records of a job and make its items. Holds them in memory, about 2 kB each."""
    known = known or catalog()
    found = Found([], Counter(), [])
    if job.kind == "propose":
        found.items = [item for name in job.tasks for item in _proposals(job, known, name)]
        return found
    chosen: dict[tuple[str, str], list[tuple[int, int, list[Item]]]] = {}  # the `rows` smallest hashes, as heaps
    number = 0
    for config, spoken, record, source, own_license in _records(job, upstream, known, found):
        task = known.tasks[config.rpartition("_")[0]]
        items = list(_of(job, task, source, spoken, record, own_license, found.skipped))
        if not items:
            continue
        if job.rows is None:
            found.items += items
            continue
        number += 1
        heap = chosen.setdefault((task.name, source), [])
        entry = (-stable_number("recipe", f"{task.name}_{job.language}/{source}/{record.id}"), -number, items)
        if len(heap) < job.rows:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)
    for heap in chosen.values():
        for _, _, items in sorted(heap, key=lambda entry: -entry[1]):
            found.items += items
    return found


def _records(
    job: Job, upstream: Path | None, known: Catalog, found: Found
) -> Iterator[tuple[str, str, Record, str, str]]:
    """(config, language of the text, record, source, licence of the source), in the order of a build."""
    configs = [name for name in job.configs if name in known.configs]
    plan = make_plan(configs, Settings(upstream, sources=job.sources, synthesis=job.synthesis), known)
    if not plan.jobs:
        names = ", ".join(job.sources) or "any source"
        raise MulcoError(f"{job.name}: nothing at hand of {names} for {', '.join(configs)}. See: mulco sources")
    for shard in plan.jobs:
        if shard.shard.split not in job.splits:
            continue
        try:
            if shard.refusal:
                raise BrokenFileError(*shard.refusal)
            outcome = Outcome(shard.identity)
            items = pipeline.count_read(shard.source.read(shard.folder, shard.shard), outcome)
            if shard.written is not None:
                items = shard.written.apply(items)
            for item in items:
                if isinstance(item, Record):
                    own = item.license or shard.source.license.id
                    yield shard.config, shard.language, item, shard.source.name, own
                else:
                    found.skipped[getattr(item, "reason", "malformed")] += 1
            found.problems += outcome.problems
        except BrokenFileError as err:
            found.problems.append(str(err))


def _of(
    job: Job, task: Task, source: str, spoken: str, record: Record, own_license: str, skipped: Counter[str]
) -> Iterator[Item]:
    """The items of one record: one a text for the kinds that write texts, else one."""
    fields = record.fields
    base = Item(
        job.kind, task.name, source, record.id, "", job.from_language, job.language, "", {}, "", own_license,
        record.programming_language,
    )  # fmt: skip
    if job.kind in ("label", "judge"):
        about = subject(job.kind, fields, task)
        if all(isinstance(fields.get(name), str) and str(fields[name]).strip() for name in task.texts):
            yield from _fitting(replace(base, subject=about), skipped)
        else:
            skipped["empty_text"] += 1
        return
    for name in task.texts:
        text = str(fields.get(name) or "")
        if job.kind in REWRITING and not str(fields.get("code") or "").strip():
            skipped["no_code"] += 1
        elif not text.strip() and job.kind != "instruct":
            skipped["empty_text"] += 1
        elif job.kind == "translate" and (masked := mask(text)) is None:
            skipped["holds_placeholders"] += 1
        elif job.kind == "translate" and masked is not None and not _WORD.search(masked.words):
            skipped["nothing_to_translate"] += 1
        else:
            about = subject(job.kind, {**fields, name: text}, task, name)
            yield from _fitting(replace(base, field=name, subject=about, original=text), skipped)


_WORD = re.compile(r"[A-Za-z]{2}|[\u3400-\u9fff]")


def _fitting(item: Item, skipped: Counter[str]) -> Iterator[Item]:
    if sum(map(len, item.subject.values())) > LONGEST:
        skipped["too_long"] += 1
    else:
        yield replace(item, shown=digest_of(item.subject))


def _proposals(job: Job, known: Catalog, name: str) -> Iterator[Item]:
    """What a model is told when it proposes wordings: the task, its slots and the wordings there are."""
    task = known.tasks[name]
    pool: Pool = known.pool(known.configs[f"{name}_{job.language}"])
    slots = sorted({*task.fields, *task.optional, "programming_language"} - {task.answer})
    for part in range(-(-job.wordings // PROPOSED)):
        examples = [t.instruction for t in pool.templates if t.input == pool.templates[0].input][part::3][:6]
        about: dict[str, Any] = {
            "task": task.title, "slots": ", ".join(f"{{{slot}}}" for slot in slots), "part": str(part + 1),
            "input": pool.templates[0].input, "examples": "\n".join(examples),
        }  # fmt: skip
        yield Item(job.kind, name, "", f"part {part + 1}", "", job.language, job.language, digest_of(about), about)
