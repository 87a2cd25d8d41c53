"""Job files are checked before anything is read, and the jobs that come with mulco are sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mulco.catalog import catalog
from mulco.categories import CATEGORIES
from mulco.errors import UsageError
from mulco.synthesis.items import find
from mulco.synthesis.jobs import jobs_folder, load_job
from mulco.synthesis.prompts import SCHEMAS, SYSTEMS, prompt_digest


def written(folder: Path, text: str) -> str:
    file = folder / "作业 job.yaml"
    file.write_text(text, "utf-8")
    return str(file)


@pytest.mark.parametrize("name", sorted(path.stem for path in jobs_folder(catalog()).glob("*.yaml")))
def test_the_jobs_that_come_with_mulco_load(name: str) -> None:
    job = load_job(name)
    assert job.kind in SYSTEMS
    assert job.kind in SCHEMAS
    assert len(prompt_digest(job.kind, job.language, job.from_language)) == 16


def test_what_a_category_is_said_to_hold_is_part_of_the_prompt_of_labels_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {kind: prompt_digest(kind, "en", "en") for kind in ("label", "judge")}
    monkeypatch.setitem(CATEGORIES, "Domain-Specific", "what is left")
    assert prompt_digest("label", "en", "en") != before["label"]
    assert prompt_digest("judge", "en", "en") == before["judge"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "expected a mapping"),
        ("title: T\nkind: translate\n", "'tasks' is missing"),
        ("title: T\nkind: transalte\ntasks: [code_search]", "no kind 'transalte'. Close matches: translate"),
        ("title: T\nkind: translate\ntasks: [code_search]\nform: en", "no key 'form'. Close matches: from"),
        ("title: T\nkind: translate\ntasks: [code_search]\nfrom: en", "'translate' goes from one language to another"),
        ("title: T\nkind: rewrite\ntasks: [code_generation]\nfrom: en\nto: zh", "all other kinds stay in one"),
        ("title: T\nkind: rewrite\ntasks: [code_search]", "the answer of code_search is not code"),
        ("title: T\nkind: translate\ntasks: [code_repair]\nto: zh\nfrom: en", "no text in a natural language"),
        ("title: T\nkind: label\ntasks: [code_qa]\nsources: [nowhere]", "no source 'nowhere'"),
        ("title: T\nkind: label\ntasks: [code_qa]\nrows: many", "rows is a whole number of at least 1"),
        ("title: T\nkind: label\ntasks: [code_qa]\ntemperature: 3", "temperature is a number from 0 to 2"),
        ("title: [T", "not YAML"),
    ],
)
def test_a_wrong_job_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        load_job(written(tmp_path, text))


def test_an_unknown_job_offers_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no job 'translate_cn'\. Close matches: translate_"):
        load_job("translate_cn")


def test_more_rows_contain_the_fewer_and_sources_are_read_in_their_own_language(small_upstream: Path) -> None:
    few, more = ({item.source_id for item in find(_job(rows), small_upstream).items} for rows in (10, 40))
    assert (len(few), len(more)) == (10, 40)
    assert few < more
    for item in find(_job(3), small_upstream).items:
        assert (item.from_language, item.language, item.field) == ("en", "zh", "summary")
        assert item.subject == {"text": item.original}


def _job(rows: int):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(load_job("translate_zh"), rows=rows, tasks=("code_summarization",), sources=("codesearchnet",))
