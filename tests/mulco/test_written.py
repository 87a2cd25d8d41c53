"""Texts that a model wrote, in a build: they find their records by what was shown, and name their writer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.build import build
from mulco.catalog import Catalog, catalog
from mulco.errors import UsageError
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan
from mulco.recipe import Cell, Recipe
from mulco.source import Record, Unusable
from mulco.task import Task
from mulco.written import COLUMNS, SCHEMA, Written, read_texts, shown

TASK = catalog().tasks["code_generation"]
CODE = "def area(a, b):\n    return a * b\n"


def text(kind: str, fields: dict[str, Any], written: str, task: Task = TASK, **more: str) -> dict[str, str]:
    """One row of a file of texts."""
    field = "" if kind in ("label", "judge") else task.texts[0]
    row = dict.fromkeys(COLUMNS, "") | {
        "task": task.name, "source": "tiny", "source_id": "1", "kind": kind, "field": field, "from_language": "en",
        "language": "en", "text": written, "model": "some-model", "endpoint": "some.host", "date": "2026-11-02",
        "prompt": "p" * 16, "request": kind * 3, **more,
    }  # fmt: skip
    return row | {"shown": shown(kind, fields, task, field)}


def file_of(folder: Path, *rows: dict[str, str], name: str = "texts.parquet") -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows), SCHEMA), folder / name)
    return folder / name


def applied(file: Path, record: Record, language: str, from_language: str = "en") -> Record | Unusable:
    written = Written((file,), ("d",), TASK, "tiny", from_language, language)
    [found] = written.apply([record])
    assert isinstance(found, Record | Unusable)
    return found


def record(description: str = "The area.") -> Record:
    return Record("1", "python", {"description": description, "code": CODE}, "tiny/train.jsonl", 1)


def test_a_translation_takes_the_place_of_its_original(tmp_path: Path) -> None:
    fields = record().fields
    file = file_of(tmp_path, text("translate", fields, "面积。", language="zh"))
    found = applied(file, record(), "zh")
    assert isinstance(found, Record)
    assert (found.fields["description"], found.fields["code"]) == ("面积。", CODE)
    assert found.writing is not None
    assert found.writing.fields == {"description": "llm:translate"}
    assert found.writing.facts[0]["endpoint"] == "some.host"


def test_a_record_that_changed_or_was_never_translated_is_unusable(tmp_path: Path) -> None:
    file = file_of(tmp_path, text("translate", record().fields, "面积。", language="zh"))
    assert applied(file, record("The area of it."), "zh") == Unusable("not_translated")


def test_a_text_is_rewritten_then_evolved_then_translated(tmp_path: Path) -> None:
    fields = dict(record().fields)
    rewritten, evolved = {**fields, "description": "Write area."}, {**fields, "description": "Write area(a, b)."}
    rows = [
        text("rewrite", fields, "Write area."), text("evolve", rewritten, "Write area(a, b)."),
        text("translate", evolved, "写出 area(a, b)。", language="zh"),
    ]  # fmt: skip
    file = file_of(tmp_path, *rows)
    english, chinese = applied(file, record(), "en"), applied(file, record(), "zh")
    assert isinstance(english, Record)
    assert isinstance(chinese, Record)
    assert english.fields["description"] == "Write area(a, b)."
    assert chinese.fields["description"] == "写出 area(a, b)。"
    assert english.writing is not None
    assert chinese.writing is not None
    assert english.writing.fields == {"description": "llm:rewrite, llm:evolve"}
    assert chinese.writing.fields == {"description": "llm:rewrite, llm:evolve, llm:translate"}


def test_the_latest_stage_that_was_translated_counts(tmp_path: Path) -> None:
    fields = record().fields
    rows = [text("rewrite", fields, "Write area."), text("translate", fields, "面积。", language="zh")]
    found = applied(file_of(tmp_path, *rows), record(), "zh")
    assert isinstance(found, Record)
    assert found.writing is not None
    assert (found.fields["description"], found.writing.fields) == ("面积。", {"description": "llm:translate"})


def test_a_snippet_without_words_gets_its_instruction(tmp_path: Path) -> None:
    empty = record("")
    found = applied(file_of(tmp_path, text("instruct", empty.fields, "Write area.")), empty, "en")
    assert isinstance(found, Record)
    assert (found.fields["description"], found.fields["code"]) == ("Write area.", CODE)


def test_labels_fill_the_columns_and_what_is_judged_poor_is_left_out(tmp_path: Path) -> None:
    label = {"difficulty": "beginner", "paradigm": "procedural", "domain": "code", "category": "other"}
    rows = [text("label", record().fields, json.dumps(label)), text("judge", record().fields, '{"fit": "partly"}')]
    found = applied(file_of(tmp_path, *rows), record(), "en")
    assert isinstance(found, Record)
    assert (found.difficulty, found.paradigm) == ("beginner", "procedural")
    assert found.writing is not None
    assert [facts.get("fit") or facts.get("category") for facts in found.writing.facts] == ["other", "partly"]
    poor = file_of(tmp_path, text("judge", record().fields, '{"fit": "poor"}'), name="poor.parquet")
    assert applied(poor, record(), "en") == Unusable("judged_unfit")


def test_what_a_row_is_about_stands_in_its_quality(tmp_path: Path, tiny: Any) -> None:
    tiny.write("train", {"id": "1", "programming_language": "text", "fields": {"question": "Why?", "answer": "So."}})
    label = {"difficulty": "beginner", "paradigm": "other", "domain": "general", "category": "other"}
    fields = {"question": "Why?", "answer": "So."}
    file = file_of(tmp_path, text("label", fields, json.dumps(label), catalog().tasks["code_qa"]))
    build(tiny.plan("code_qa_en", synthesis=(file,)), tmp_path / "out")
    [row] = pq.read_table(tmp_path / "out/code_qa_en").to_pylist()
    assert json.loads(row["quality"]) == {
        "programming_language_source": "declared",
        "label": {"domain": "general", "category": "other", "difficulty": "beginner"},
    }
    assert json.loads(row["provenance"])["synthesis"][0]["model"] == "some-model"


def test_two_texts_for_one_item_are_refused(tmp_path: Path) -> None:
    one = file_of(tmp_path, text("translate", record().fields, "面积。", language="zh"), name="one.parquet")
    two = file_of(tmp_path, text("translate", record().fields, "面积大小。", language="zh"), name="two.parquet")
    with pytest.raises(UsageError, match=r"two\.parquet and one\.parquet: two texts for code_generation, tiny, '1'"):
        read_texts((one, two))
    assert len(read_texts((one, one)).digests) == 2, "the same text twice is no contradiction"


@pytest.mark.parametrize("what", ["nothing", "other", "damaged"])
def test_what_holds_no_texts_is_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / "texts.parquet"
    if what == "other":
        pq.write_table(pa.table({"a": ["b"]}), file)
    if what == "damaged":
        file.write_bytes(b"PAR1 and no more")
    with pytest.raises(UsageError, match="mulco synth run"):
        read_texts((file,))


def test_a_build_takes_texts_from_a_folder_and_its_manifest_names_the_model(
    tmp_path: Path, small_upstream: Path
) -> None:
    task = catalog().tasks["code_summarization"]
    summary = "Scale the reading of sensor {} to the unit of its display."
    rows = [
        text("translate", {"summary": summary.format(n)}, f"把传感器 {n} 的读数换算成它所显示的单位。", task,
             source="codesearchnet", language="zh", request=f"{n}")
        for n in range(50)
    ]  # fmt: skip
    (tmp_path / "译文 texts").mkdir()
    file_of(tmp_path / "译文 texts", *rows)
    settings = Settings(
        small_upstream, profile="none", sources=("codesearchnet",), synthesis=(tmp_path / "译文 texts",)
    )
    plan = make_plan(["code_summarization_zh", "code_summarization_en"], settings)
    plain = make_plan(
        ["code_summarization_zh", "code_summarization_en"],
        Settings(small_upstream, profile="none", sources=("codesearchnet",)),
    )
    assert plan.configs["code_summarization_en"].identity == plain.configs["code_summarization_en"].identity
    assert plan.configs["code_summarization_zh"].identity != plain.configs["code_summarization_zh"].identity

    result = build(plan, tmp_path / "out", workers=2)
    assert result.complete
    manifest = Manifest.load(tmp_path / "out")
    assert manifest.rows("code_summarization_zh") == 55, "five functions in Go have words that one in Python has"
    unusable = manifest.total("unusable", config="code_summarization_zh")
    assert unusable["not_translated"] == manifest.rows("code_summarization_en") - 55
    [facts] = manifest.synthesis
    assert facts["written"] == [
        {"kind": "translate", "task": "code_summarization", "source": "codesearchnet", "from_language": "en",
         "language": "zh", "model": "some-model", "endpoint": "some.host", "prompt": "p" * 16,
         "first_date": "2026-11-02", "last_date": "2026-11-02", "texts": 50}
    ]  # fmt: skip
    [file] = sorted((tmp_path / "out/code_summarization_zh").glob("train-*"))
    row = pq.read_table(file).to_pylist()[0]
    assert row["id"] == "code_summarization_zh/codesearchnet/https://example.org/python/0"
    origin = json.loads(row["provenance"])
    assert origin["written_by"] == {"instruction": "template", "input": "upstream", "output": "llm:translate"}
    assert origin["synthesis"] == [
        {"kind": "translate", "from": "en", "model": "some-model", "endpoint": "some.host", "date": "2026-11-02",
         "prompt": "p" * 16, "request": "0"}
    ]  # fmt: skip

    file_of(tmp_path / "译文 texts", *rows, text("translate", {"summary": summary.format(60)}, "六十号。", task,
            source="codesearchnet", language="zh"))  # fmt: skip
    again = make_plan(["code_summarization_zh"], settings)
    assert again.configs["code_summarization_zh"].identity != plan.configs["code_summarization_zh"].identity


def test_a_recipe_may_ask_for_translated_rows(tmp_path: Path, small_upstream: Path) -> None:
    task = catalog().tasks["code_summarization"]
    summary = "Scale the reading of sensor {} to the unit of its display."
    rows = [
        text(
            "translate",
            {"summary": summary.format(n)},
            f"第 {n} 号传感器。",
            task,
            source="codesearchnet",
            language="zh",
        )
        for n in range(50)
    ]
    cells = (Cell("code_summarization_zh", ("codesearchnet",), rows=30),)
    settings = Settings(
        small_upstream, profile="none", recipe=Recipe("The original table", cells),
        synthesis=(file_of(tmp_path, *rows),), sources=("codesearchnet",),
    )  # fmt: skip
    build(make_plan([], settings), tmp_path / "out")
    manifest = Manifest.load(tmp_path / "out")
    [cell] = manifest.configs["code_summarization_zh"]["recipe"]
    assert (cell["rows"], cell["missing"]) == (30, 0)
    assert manifest.rows("code_summarization_zh", "train", "codesearchnet") == 30


def test_load_dataset_takes_what_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mulco.plan import from_environment

    monkeypatch.setenv("MULCO_SYNTHESIS", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert from_environment().synthesis == (tmp_path / "a", tmp_path / "b")


def test_a_recipe_may_name_texts_beside_itself(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("title: T\nsynthesis: texts\ncells: [{config: code_search_zh, rows: 5}]\n", "utf-8")
    known: Catalog = catalog()
    assert known.recipe(str(recipe)).synthesis == (tmp_path / "texts",)
