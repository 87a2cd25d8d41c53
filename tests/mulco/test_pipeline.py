"""The straight path of one shard, on a source of a few made-up lines: what goes in, what comes out, what is counted."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco import pipeline
from mulco.errors import RowError
from mulco.pipeline import Outcome, load_outcome, run, tables
from mulco.row import ARROW_SCHEMA, check_row

DECLARED = '{"programming_language_source": "declared"}'


def question(id_: str, answer: str | None = "Because.", **more: Any) -> dict[str, Any]:
    fields = {"question": f"Why {id_}?"} | ({} if answer is None else {"answer": answer})
    return {"id": id_, "programming_language": "text", "fields": fields, **more}


def rows_in(folder: Path, outcome: Outcome) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / f"{outcome.identity}.parquet").to_pylist())


def without_time(outcome: Outcome) -> Outcome:
    return dataclasses.replace(outcome, seconds=0.0)


def test_a_record_becomes_this_row(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", question("a", edits=["trailing newline cut"], license="CC0-1.0", difficulty="beginner"))
    outcome = run(tiny.job("code_qa_zh"), tmp_path)
    assert rows_in(tmp_path, outcome) == [
        {
            "instruction": "请回答：Why a?",
            "input": "",
            "output": "Because.",
            "id": "code_qa_zh/tiny/a",
            "task": "code_qa",
            "language": "zh",
            "programming_language": "text",
            "source": "tiny",
            "source_id": "a",
            "license": "CC0-1.0",
            "template": "train-1",
            "difficulty": "beginner",
            "paradigm": None,
            "provenance": '{"file": "tiny/train.jsonl", "line": 1, "edits": ["trailing newline cut"], '
            '"revision": "r1", "written_by": {"instruction": "template", "input": "upstream", "output": "upstream"}}',
            "quality": DECLARED,
        }
    ]


def test_a_label_becomes_a_word_written_by_the_template(tiny: Any, tmp_path: Path) -> None:
    code = 'char *f(void) { return "{code} {}"; }\n'
    tiny.write(
        "test",
        {"id": "0", "programming_language": "c", "fields": {"code": code, "label": True}, "paradigm": "procedural"},
        {"id": "1", "programming_language": "c++", "fields": {"code": "int x;", "label": False}},
    )
    rows = rows_in(tmp_path, run(tiny.job("defect_detection_zh", "test"), tmp_path))
    constant = {"task": "defect_detection", "language": "zh", "source": "tiny", "license": "MIT", "template": "test-1",
                "difficulty": None, "quality": DECLARED}  # fmt: skip
    written = '"revision": "r1", "written_by": {"instruction": "template", "input": "upstream", "output": "template"}}'
    assert rows == [
        {
            **constant,
            "instruction": "这段 C 代码有缺陷吗？",
            "input": code,
            "output": "是",
            "id": "defect_detection_zh/tiny/0",
            "programming_language": "c",
            "source_id": "0",
            "paradigm": "procedural",
            "provenance": '{"file": "tiny/test.jsonl", "line": 1, ' + written,
        },
        {
            **constant,
            "instruction": "这段 C++ 代码有缺陷吗？",
            "input": "int x;",
            "output": "否",
            "id": "defect_detection_zh/tiny/1",
            "programming_language": "c++",
            "source_id": "1",
            "paradigm": None,
            "provenance": '{"file": "tiny/test.jsonl", "line": 2, ' + written,
        },
    ]


def test_one_item_gives_two_rows_where_it_has_two_directions(tiny: Any, tmp_path: Path) -> None:
    fields = {"code": "int a;", "translation": "a: int", "target_language": "python"}
    tiny.write("train", {"id": "7", "programming_language": "java", "fields": fields})
    rows = rows_in(tmp_path, run(tiny.job("code_translation_en"), tmp_path))
    names = "id", "source_id", "instruction", "input", "output", "programming_language"
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("code_translation_en/tiny/7/java-python", "7", "Java to Python.", "int a;", "a: int", "python"),
        ("code_translation_en/tiny/7/python-java", "7", "Python to Java.", "a: int", "int a;", "java"),
    ]


def test_a_repeated_item_keeps_an_identity_of_its_own(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", question("a"), question("b"), question("a", "Because of b."), question("a"), question("c", ""))
    rows = rows_in(tmp_path, run(tiny.job("code_qa_en"), tmp_path))
    assert [(row["id"], row["source_id"], row["output"], json.loads(row["provenance"])["line"]) for row in rows] == [
        ("code_qa_en/tiny/a", "a", "Because.", 1),
        ("code_qa_en/tiny/b", "b", "Because.", 2),
        ("code_qa_en/tiny/a#2", "a#2", "Because of b.", 3),
        ("code_qa_en/tiny/a#3", "a#3", "Because.", 4),
    ]


def test_a_repeated_item_with_two_directions_counts_each_direction(tiny: Any, tmp_path: Path) -> None:
    fields = {"code": "int a;", "translation": "a: int", "target_language": "python"}
    tiny.write("train", *[{"id": "7", "programming_language": "java", "fields": fields}] * 2)
    rows = rows_in(tmp_path, run(tiny.job("code_translation_en"), tmp_path))
    assert [row["id"].removeprefix("code_translation_en/tiny/") for row in rows] == [
        "7/java-python", "7/python-java", "7#2/java-python", "7#2/python-java",
    ]  # fmt: skip


def test_everything_that_is_no_row_is_counted(tiny: Any, tmp_path: Path) -> None:
    tiny.write(
        "train",
        question("a"), question("b", ""), question("c", " \n\t"), question("d", None), {"unusable": "no_statement"},
        "no JSON", question("e", license="CC0-1.0"), "[1]", question("f", programming_language="python"),
    )  # fmt: skip
    job = tiny.job("code_qa_en")
    outcome = run(job, tmp_path)
    assert without_time(outcome) == Outcome(
        job.identity,
        read=9,
        rows=3,
        bytes=outcome.bytes,
        unusable=Counter(empty_answer=3, no_statement=1),
        malformed=2,
        programming_languages=Counter(text=2, python=1),
        licenses=Counter({"MIT": 2, "CC0-1.0": 1}),
        problems=[
            "tiny/train.jsonl, line 6: not JSON (invalid literal, expected 'null': line 1 column 1 (char 0)). "
            "Correct or remove it, or fetch the file again",
            "tiny/train.jsonl, line 8: expected an object, found list. Correct or remove it, or fetch the file again",
        ],
    )
    assert load_outcome(job.identity, tmp_path) == outcome
    assert [row["source_id"] for row in rows_in(tmp_path, outcome)] == ["a", "e", "f"]
    assert {path.name for path in tmp_path.glob(f"{job.identity}*")} == {
        f"{job.identity}.json",
        f"{job.identity}.parquet",
    }


def test_only_the_first_problems_are_kept_but_all_are_counted(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", *["no JSON"] * 30)
    outcome = run(tiny.job("code_qa_en"), tmp_path)
    assert (outcome.malformed, len(outcome.problems)) == (30, pipeline.PROBLEMS_KEPT)
    assert not (tmp_path / f"{outcome.identity}.parquet").exists()


def test_a_file_that_breaks_half_way_gives_no_row(tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 2)
    tiny.write("train", *(question(str(n)) for n in range(5)), {"broken": "it is torn"})
    job = tiny.job("code_qa_en")
    outcome = run(job, tmp_path)
    assert without_time(outcome) == Outcome(job.identity, broken="tiny/train.jsonl, line 6: it is torn. Mend it")
    assert {path.name for path in tmp_path.glob(f"{job.identity}*")} == {f"{job.identity}.json"}


def test_a_shard_that_is_done_is_not_run_again(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", question("a"))
    job = tiny.job("code_qa_en")
    outcome = run(job, tmp_path)

    def refuse(*_: Any) -> Any:
        raise AssertionError("read again")

    again = dataclasses.replace(job, source=dataclasses.replace(job.source, read=refuse))
    assert run(again, tmp_path) == outcome


def test_the_same_job_gives_the_same_bytes_also_by_pickle(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", *(question(str(n)) for n in range(50)))
    job = tiny.job("code_qa_zh")
    found = []
    for name, same in (("a", job), ("b", pickle.loads(pickle.dumps(job))), ("c", tiny.job("code_qa_zh"))):
        folder = tmp_path / name
        folder.mkdir()
        outcome = run(same, folder)
        found.append((without_time(outcome), (folder / f"{outcome.identity}.parquet").read_bytes()))
    assert found[0] == found[1] == found[2]


def test_batches_change_nothing_but_the_row_groups(tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write("train", *(question(str(n % 4)) for n in range(7)))
    job = tiny.job("code_qa_zh")
    whole = [row for table in tables(job, Outcome("")) for row in table.to_pylist()]
    monkeypatch.setattr(pipeline, "BATCH", 3)
    outcome = run(job, tmp_path)
    assert rows_in(tmp_path, outcome) == whole
    assert outcome.rows == len(whole) == 7
    metadata = pq.read_metadata(tmp_path / f"{outcome.identity}.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [3, 3, 1]
    assert pq.read_schema(tmp_path / f"{outcome.identity}.parquet").equals(ARROW_SCHEMA)
    for row in whole:
        check_row(row)


def test_a_limit_counts_rows_of_a_shard(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", question("a", ""), *(question(str(n)) for n in range(9)))
    outcome = run(tiny.job("code_qa_zh", limit=2), tmp_path)
    assert [row["source_id"] for row in rows_in(tmp_path, outcome)] == ["0", "1"]
    assert outcome.unusable == Counter(empty_answer=1)


def test_a_row_that_breaks_the_schema_is_refused_by_name(tiny: Any, tmp_path: Path) -> None:
    tiny.write("train", question("a"), question("b", license=""), question("", license="MIT"))
    job = tiny.job("code_qa_zh")
    with pytest.raises(RowError) as error:
        list(tables(job, Outcome("")))
    assert str(error.value) == "row 'code_qa_zh/tiny/': source_id: '' should be non-empty"
    outcome = run(job, tmp_path)
    assert (outcome.rows, outcome.final) == (0, False)
    assert outcome.broken is not None
    assert outcome.broken.startswith("tiny/train.jsonl: unexpected RowError: row 'code_qa_zh/tiny/': source_id: ")
    assert list(tmp_path.glob(f"{job.identity}*")) == []


def test_the_identity_follows_bytes_wordings_settings_and_nothing_else(tiny: Any) -> None:
    tiny.write("train", question("a"))
    tiny.write("test", question("b"))
    configs = "code_qa_en", "code_qa_zh"

    def identities(**settings: Any) -> dict[str, str]:
        return {name: config.identity for name, config in tiny.plan(*configs, **settings).configs.items()}

    first = identities()
    assert identities() == first
    assert len(set(first.values())) == 2
    file = tiny.templates / "code_qa" / "zh.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + "# a comment\n", "utf-8")
    assert identities() == first
    file.write_text(text.replace("请回答", "请答"), "utf-8")
    assert {name for name, identity in identities().items() if identity != first[name]} == {"code_qa_zh"}
    file.write_text(text, "utf-8")
    tiny.write("test", question("b", "Because!"))
    assert {name for name, identity in identities().items() if identity != first[name]} == set(configs)
    tiny.write("test", question("b"))
    (tiny.upstream / "another").mkdir()
    assert identities() == first
    assert set(identities(limit=5).values()).isdisjoint(first.values())
