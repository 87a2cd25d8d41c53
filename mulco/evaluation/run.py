"""A model, or answers at hand, on rows of a config: generate, read, measure, write.

    result = evaluate_config("code_search_zh", "test", rows, dataset, engine, out)
    result = score_answers("code_search_zh", "test", rows, dataset, read_answers(file), out)

Generation goes through the engines of `mulco generate` and resumes like it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError
from mulco.evaluation.judging import Judged, fingerprint, judge
from mulco.evaluation.result import Result, write_lines
from mulco.generation import Engine, Generation, Settings
from mulco.generation.answers import write_answers
from mulco.generation.asked import requests_of

Row = dict[str, Any]

# Most tokens of an answer where the command names none: a label or a number is short, code is not.
MAX_NEW_TOKENS = {
    "clone_detection": 16, "defect_detection": 16, "code_search": 16, "cloze_test": 32, "code_completion": 96,
    "code_summarization": 128, "code_qa": 512, "code_generation": 512, "code_repair": 512, "code_translation": 512,
}  # fmt: skip


def evaluate_config(
    config: str,
    split: str,
    rows: Sequence[Row],
    dataset: Mapping[str, Any],
    engine: Engine,
    out: Path,
    *,
    style: str | None = None,
    settings: Settings | None = None,
    tell: Callable[[Generation], None] = lambda one: None,
) -> Result:
    """Let the engine answer every row, and judge it; files go to `out`. Without `settings`: greedy, of usual length."""
    started = time.perf_counter()
    task = str(rows[0]["task"])
    settings = settings or Settings(max_new_tokens=MAX_NEW_TOKENS[task])
    style = style or engine.default_style
    made_with = {
        "model": engine.name, "revision": engine.facts()["revision"], "style": style, **settings.facts(),
        "fingerprint": fingerprint(rows),
    }  # fmt: skip
    file = out / f"{config}.answers.jsonl"
    answers = write_answers(file, engine, requests_of(rows, style), settings, made_with, tell)
    # what has no answer (a prompt too long for the model) is missing, not an empty answer
    texts = {row["id"]: row["text"] for row in answers if row["finish"] not in ("too_long", "rejected")}
    facts = engine.facts()
    model = {"name": facts.pop("name"), "revision": facts.pop("revision")}
    generation = {**settings.facts(), "style": style, **facts, "tokens": sum(row["tokens"] for row in answers)}
    return _written(config, split, rows, dataset, texts, model, generation, out, started)


def score_answers(
    config: str,
    split: str,
    rows: Sequence[Row],
    dataset: Mapping[str, Any],
    answers: Mapping[str, str],
    out: Path,
    *,
    source: str = "answers",
    allow_missing: bool = False,
) -> Result:
    """Judge answers at hand, by row id; raises MulcoError for unknown ids, and for missing ones unless allowed."""
    started = time.perf_counter()
    ids = {row["id"] for row in rows}
    unknown = sorted(answers.keys() - ids)
    if unknown:
        some = ", ".join(unknown[:3])
        raise MulcoError(
            f"{source}: {len(unknown):,} answers to no row of {config}, {split} ({some}). Is it this config?"
        )
    missing = len(ids) - len(answers)
    if missing and not allow_missing:
        some = ", ".join(sorted(ids - answers.keys())[:3])
        raise MulcoError(
            f"{source}: {missing:,} rows of {config}, {split}, have no answer ({some}). Add them, or count them as "
            "wrong with --allow-missing"
        )
    model = {"name": source, "revision": None}
    return _written(config, split, rows, dataset, answers, model, {"engine": "given", "file": source}, out, started)


def read_answers(file: Path, key: str = "id") -> dict[str, str]:
    """Answers by id out of JSON Lines with `id` and `text` (also `prediction`, `completion`); one a row."""
    found: dict[str, str] = {}
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else f"not UTF-8 ({err})"
        raise MulcoError(f"{file}: {reason}. Expected JSON Lines in UTF-8") from err
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name = str(row[key])
            text = next(row[field] for field in ("text", "prediction", "completion") if isinstance(row.get(field), str))
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as err:
            expected = 'Expected an object with "id" and "text"'
            raise MulcoError(f"{file}, line {number}: no answer in it. {expected}") from err
        if name in found:
            raise MulcoError(f"{file}, line {number}: the id {name!r} came before. Keep one answer a row")
        found[name] = text
    if not found:
        raise MulcoError(f"{file}: no answers in it. Make some: mulco generate --config CONFIG --out {file}")
    return found


def _written(
    config: str,
    split: str,
    rows: Sequence[Row],
    dataset: Mapping[str, Any],
    texts: Mapping[str, str],
    model: Mapping[str, Any],
    generation: Mapping[str, Any],
    out: Path,
    started: float,
) -> Result:
    judged = judge(rows, [texts.get(row["id"]) for row in rows])
    file = out / f"{config}.predictions.jsonl"
    write_lines(file, predictions_of(judged, texts))
    result = Result(
        "mulco", str(rows[0]["task"]), config, split, len(rows), judged.metrics,
        {**dataset, "fingerprint": fingerprint(rows)}, model, generation, judged.unparsed_rate, judged.missing,
        file.name, judged.parts,
    )  # fmt: skip
    result = replace(result, seconds=time.perf_counter() - started)
    result.write(out)
    return result


def predictions_of(judged: Judged, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each item as a line of the predictions file."""
    return [
        {
            "id": item.id, "text": texts.get(item.id), "prediction": item.prediction, "reference": item.reference,
            "programming_language": item.programming_language,
        }
        for item in judged.items
    ]  # fmt: skip
