"""Which language a record is in: what its source knows stays, the rest is detected before any wording names it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mulco.catalog import catalog
from mulco.pipeline import Outcome, tables
from mulco.plan import Settings, make_plan
from mulco.source import Record
from mulco.steps import language
from mulco.steps.language import as_quality, resolved

RUBY = "birds.each do |bird|\n  puts bird.name\nend\n"


def record(known: str, source: str = "detected", **fields: str) -> Record:
    return Record("1", known, fields or {"code": RUBY}, "file", language_source=source)


def test_a_record_in_doubt_gets_the_language_that_is_detected() -> None:
    (found,) = resolved([record("python")])
    assert (found.programming_language, found.language_source) == ("ruby", "detected")
    assert found.language_score is not None
    assert 0.5 < found.language_score <= 1
    assert found.language_score == round(found.language_score, 2)


@pytest.mark.parametrize("source", ["declared", "fence", "mention"])
def test_what_a_source_knows_stays(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "detect", lambda *given: pytest.fail("nobody asked"))
    records = [record("python", source), record("text"), record("rust"), record("python", question="Why?")]
    assert resolved(records) == records


def test_order_and_everything_else_stay() -> None:
    records = [record("python", "declared"), record("python"), record("swift"), record("java")]
    found = resolved(records)
    assert [r.programming_language for r in found] == ["python", "ruby", "swift", "ruby"]
    assert [r._replace(programming_language="", language_score=None) for r in found] == [
        r._replace(programming_language="") for r in records
    ]


def test_quality_says_how_a_language_is_known() -> None:
    assert json.loads(as_quality("declared", None)) == {"programming_language_source": "declared"}
    assert json.loads(as_quality("detected", 0.87)) == {
        "programming_language_source": "detected", "programming_language_score": 0.87,
    }  # fmt: skip


def test_the_wording_names_the_language_that_was_detected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "detect", lambda texts, believed: [("go", 0.934)] * len(texts))
    folder = tmp_path / "gpteacher" / "Codegen"
    folder.mkdir(parents=True)
    rows = [{"instruction": f"Print bird {n}.", "input": "", "response": f"# {n}\n{RUBY}"} for n in range(40)]
    rows += [
        {"instruction": f"Print bird {n} in PHP.", "input": "", "response": f"echo $bird[{n}];"} for n in range(40)
    ]
    (folder / "codegen-instruct.json").write_text(json.dumps(rows), "utf-8")
    found = rows_of("code_generation_en", tmp_path, "gpteacher", "none")
    known = Counter((row["programming_language"], row["quality"]) for row in found)
    assert known == {("go", as_quality("detected", 0.93)): 40, ("php", as_quality("mention", None)): 40}
    detected = [row["instruction"] for row in found if row["programming_language"] == "go"]
    assert any("Go " in text for text in detected)
    assert not any("Ruby" in text for text in detected)


def test_only_sources_without_labels_leave_a_language_to_be_detected() -> None:
    undeclared = {"codealpaca", "gpteacher", "evol-instruct-code", "instruct-to-code"}
    tokenised = {name for name, source in catalog().sources.items() if source.tokenized}
    assert not undeclared & tokenised


@pytest.mark.upstream
def test_real_rows_say_how_their_language_is_known(upstream: Path) -> None:
    found = rows_of("code_generation_en", upstream, "gpteacher", "none")
    known = Counter(json.loads(row["quality"])["programming_language_source"] for row in found)
    assert set(known) == {"fence", "mention", "detected"}
    assert known["mention"] > known["detected"] > known["fence"]
    declared = rows_of("code_translation_en", upstream, "codetrans", "none")
    assert {row["quality"] for row in declared} == {'{"programming_language_source": "declared"}'}


def rows_of(config: str, upstream: Path, source: str, profile: str) -> list[dict[str, Any]]:
    plan = make_plan([config], Settings(upstream, profile=profile, sources=(source,)))
    jobs = plan.configs[config].jobs
    return [row for job in jobs for table in tables(job, Outcome(job.identity)) for row in table.to_pylist()]
