"""What a job leaves: Parquet that a build reads, the rejected answers for a person to look at, or a file for review.

    write(job, items, results, Path("out/synthesis/translate_zh"))

The Parquet has the columns of `mulco.written`, rows in the order of the items; the same ledger gives the same bytes,
with or without a network. A row's date is the day its answer came, in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mulco.errors import OutputError
from mulco.synthesis.engine import Result
from mulco.synthesis.items import Item
from mulco.synthesis.jobs import Job
from mulco.synthesis.prompts import Model, prompt_digest
from mulco.written import SCHEMA

REJECTS = "rejects.jsonl"
Lint = Callable[[str, str, Sequence[str]], list[list[str]]]  # (task, language, wordings) -> findings on each


def write(
    job: Job, items: Sequence[Item], results: Sequence[Result | None], model: Model, out: Path, lint: Lint | None = None
) -> list[Path]:
    """Write what was accepted and what was rejected; returns the files. Each takes its place by rename."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        rejects = [
            (item, result) for item, result in zip(items, results, strict=True) if result and result.text is None
        ]
        files = [_rejects(rejects, out)]
        if job.kind == "propose":
            files.append(_review(job, items, results, out, lint))
        else:
            files.append(_parquet(job, items, results, model, out))
    except OSError as err:
        raise OutputError(
            f"cannot write {err.filename or out}: {err.strerror or err}. Name another with --out"
        ) from err
    return files


def _parquet(job: Job, items: Sequence[Item], results: Sequence[Result | None], model: Model, out: Path) -> Path:
    rows = [
        _row(item, result, model)
        for item, result in zip(items, results, strict=True)
        if result and result.text is not None
    ]
    unique = {tuple(row[name] for name in ("task", "source", "field", "shown")): row for row in reversed(rows)}
    table = pa.Table.from_pylist(list(unique.values())[::-1], SCHEMA)
    file = out / f"{job.name}.parquet"
    partial = file.with_suffix(".partial")
    pq.write_table(table, partial, compression="zstd")
    partial.replace(file)
    return file


def _row(item: Item, result: Result, model: Model) -> dict[str, Any]:
    answer = result.answer
    return {
        "task": item.task, "source": item.source, "source_id": item.source_id, "kind": item.kind, "field": item.field,
        "from_language": item.from_language, "language": item.language, "shown": item.shown, "original": item.original,
        "text": result.text, "license": item.license, "programming_language": item.programming_language,
        "model": model.name, "endpoint": answer.endpoint,
        "date": datetime.fromtimestamp(answer.received_at, UTC).date().isoformat(),
        "prompt": prompt_digest(item.kind, item.language, item.from_language), "request": result.key.hex()[:32],
    }  # fmt: skip


def _rejects(rejects: Sequence[tuple[Item, Result]], out: Path) -> Path:
    """One line an item: what was wrong with its last answer, and the answer, which was paid for."""
    file = out / REJECTS
    partial = file.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as stream:
        for item, result in rejects:
            entry = {
                "row": item.row, "reason": result.problem, "detail": result.detail, "request": result.key.hex(),
                "shown": dict(item.subject), "answer": _content(result.answer.raw),
            }  # fmt: skip
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
    partial.replace(file)
    return file


def _content(raw: bytes) -> str:
    """The text of an answer, or all of it where there is no text in it."""
    try:
        return str(orjson.loads(raw)["choices"][0]["message"]["content"])
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return raw.decode("utf-8", "replace")


def _review(job: Job, items: Sequence[Item], results: Sequence[Result | None], out: Path, lint: Lint | None) -> Path:
    """Wordings that a model proposed, with what the lint has against each; a person moves the good ones into a pool."""
    proposals: dict[str, list[str]] = {}
    for item, result in zip(items, results, strict=True):
        if result is not None and result.text is not None:
            told = proposals.setdefault(item.task, [])
            told += [text for text in json.loads(result.text) if text not in told]
    entries = {}
    for task, wordings in proposals.items():
        findings = lint(task, job.language, wordings) if lint is not None else [[] for _ in wordings]
        entries[task] = [
            {"accept": False, "instruction": text, **({"lint": found} if found else {})}
            for text, found in zip(wordings, findings, strict=True)
        ]
    file = out / f"{job.name}-review.yaml"
    head = (
        "# Wordings that a model proposed. None of them is used: a person decides, gives each an id and a split, and\n"
        f"# adds it to builders/templates/<task>/{job.language}.yaml. Below each stands what the lint has against it.\n"
    )
    partial = file.with_suffix(".partial")
    partial.write_text(head + yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=110), "utf-8")
    partial.replace(file)
    return file
