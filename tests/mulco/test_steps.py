"""Steps: they drop rows with a reason and fill the columns meant for them; what they drop stays beside the build."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from mulco.build import Result, build
from mulco.check import check
from mulco.errors import UsageError
from mulco.row import ARROW_SCHEMA, COLUMNS
from mulco.steps import PROFILES, VERDICT, Step, profile

Rows = list[dict[str, Any]]


def measure(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """Fill `quality` and `difficulty`; keep every row."""
    quality = [json.dumps({"characters": len(text)}) for text in table.column("output").to_pylist()]
    difficulty = pa.array([settings["difficulty"]] * len(table), pa.string())
    table = table.set_column(COLUMNS.index("quality"), "quality", pa.array(quality, pa.string()))
    table = table.set_column(COLUMNS.index("difficulty"), "difficulty", difficulty)
    return table.append_column(VERDICT, pa.nulls(len(table), pa.string()))


def short(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """Drop answers longer than `characters`."""
    too_long = pc.greater(pc.utf8_length(table.column("output")), settings["characters"])
    return table.append_column(VERDICT, pc.if_else(too_long, "too_long", pa.scalar(None, pa.string())))


def once(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """Drop an answer that an earlier row gave, naming that row."""
    first: dict[str, str] = {}
    rows = zip(table.column("output").to_pylist(), table.column("id").to_pylist(), strict=True)
    verdict = [None if (id_ := first.setdefault(text, row)) == row else f"repeats:{id_}" for text, row in rows]
    return table.append_column(VERDICT, pa.array(verdict, pa.string()))


def verdict_first(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    return table.add_column(0, VERDICT, pa.array(["unwanted"] + [None] * (len(table) - 1), pa.string()))


def spoil(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    table = table.set_column(COLUMNS.index("quality"), "quality", pa.array(["no JSON"] * len(table), pa.string()))
    return table.append_column(VERDICT, pa.nulls(len(table), pa.string()))


def stumble(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """Fail on a table that holds the one answer `over`; else keep every row."""
    if settings["over"] in table.column("output").to_pylist():
        raise ZeroDivisionError("of this row")
    return table.append_column(VERDICT, pa.nulls(len(table), pa.string()))


@pytest.fixture
def questions(tiny: Any) -> Any:
    """A source of five answers in train, two of them long and two alike, and one in test."""
    answers = ["Yes.", "No.", "It depends on many things.", "Yes.", "It depends on more things."]
    for split, texts in {"train": answers, "test": ["Nobody can ever know."]}.items():
        tiny.write(
            split,
            *(
                {"id": f"{split}/{n}", "programming_language": "text", "fields": {"question": "Why?", "answer": text}}
                for n, text in enumerate(texts)
            ),
        )
    return tiny


def built(tiny: Any, out: Path, monkeypatch: pytest.MonkeyPatch, *steps: Step) -> Result:
    monkeypatch.setitem(PROFILES, "made up", steps)
    return build(tiny.plan("code_qa_zh", profile="made up"), out)


def rows_at(file: Path) -> Rows:
    return list(pq.read_table(file).to_pylist())


def test_dropped_rows_lie_beside_the_build_with_their_reason(
    questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "mulco"
    whole = build(questions.plan("code_qa_zh"), tmp_path / "whole")
    train = rows_at(whole.folder / "code_qa_zh" / "train-00000-of-00001.parquet")
    result = built(questions, out, monkeypatch, Step("once", once), Step("short", short, {"characters": 10}))
    assert result.complete
    assert rows_at(out / "code_qa_zh" / "train-00000-of-00001.parquet") == train[:2]
    assert {path.relative_to(out.parent).as_posix() for path in out.parent.rglob("*.parquet")} == {
        "mulco/code_qa_zh/train-00000-of-00001.parquet",
        "mulco.dropped/code_qa_zh/train.parquet",
        "mulco.dropped/code_qa_zh/test.parquet",
    }
    assert rows_at(out.parent / "mulco.dropped" / "code_qa_zh" / "train.parquet") == [
        {**train[3], "step": "once", "reason": "repeats:code_qa_zh/tiny/train/0"},
        {**train[2], "step": "short", "reason": "too_long"},
        {**train[4], "step": "short", "reason": "too_long"},
    ]
    [test] = rows_at(out.parent / "mulco.dropped" / "code_qa_zh" / "test.parquet")
    assert (test["source_id"], test["reason"]) == ("test/0", "too_long")
    counts = {entry["split"]: entry for entry in result.manifest.counts}
    assert counts == {
        "train": {
            "config": "code_qa_zh", "split": "train", "source": "tiny", "read": 5, "rows": 2, "malformed": 0,
            "unusable": {}, "programming_languages": {"text": 2}, "licenses": {"MIT": 2},
            "dropped": {"once": {"repeats": 1}, "short": {"too_long": 2}}, "flagged": {}, "broken": 0,
        },
        "test": {
            "config": "code_qa_zh", "split": "test", "source": "tiny", "read": 1, "rows": 0, "malformed": 0,
            "unusable": {}, "programming_languages": {}, "licenses": {},
            "dropped": {"short": {"too_long": 1}}, "flagged": {}, "broken": 0,
        },
    }  # fmt: skip
    assert list(result.manifest.configs["code_qa_zh"]["splits"]) == ["train"]
    assert list(check(out)) == []


def test_a_step_that_fails_on_one_row_drops_that_row_says_so_and_the_build_goes_on(
    questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Step("stumble", stumble, {"over": "It depends on many things."})
    result = built(questions, tmp_path / "out", monkeypatch, step)
    train = rows_at(tmp_path / "out" / "code_qa_zh" / "train-00000-of-00001.parquet")
    assert [row["source_id"] for row in train] == ["train/0", "train/1", "train/3", "train/4"]
    [dropped] = rows_at(tmp_path / "out.dropped" / "code_qa_zh" / "train.parquet")
    assert (dropped["source_id"], dropped["reason"]) == ("train/2", "step_error:stumble")
    assert result.manifest.dropped(config="code_qa_zh", split="train") == {"stumble": {"step_error": 1}}
    assert result.problems == [
        "code_qa_zh/tiny/train/2: step stumble failed: ZeroDivisionError: of this row",
    ]


def test_a_step_fills_quality_and_difficulty_for_the_steps_after_it(
    questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(table: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
        seen.append(table)
        return table.append_column(VERDICT, pa.nulls(len(table), pa.string()))

    out = tmp_path / "out"
    measured = Step("measure", measure, {"difficulty": "beginner"})
    built(questions, out, monkeypatch, Step("short", short, {"characters": 10}), measured, Step("look", look))
    rows = rows_at(out / "code_qa_zh" / "train-00000-of-00001.parquet")
    assert [(row["output"], row["quality"], row["difficulty"]) for row in rows] == [
        ("Yes.", '{"characters": 4}', "beginner"),
        ("No.", '{"characters": 3}', "beginner"),
        ("Yes.", '{"characters": 4}', "beginner"),
    ]
    assert [row for table in seen for row in table.select(COLUMNS).to_pylist()] == rows
    assert all(table.select(COLUMNS).schema.equals(ARROW_SCHEMA) for table in seen)


def test_dropped_rows_of_an_earlier_build_do_not_stay(
    questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    built(questions, out, monkeypatch, Step("short", short, {"characters": 10}))
    assert (tmp_path / "out.dropped").exists()
    built(questions, out, monkeypatch)
    assert not (tmp_path / "out.dropped").exists()
    assert len(rows_at(out / "code_qa_zh" / "train-00000-of-00001.parquet")) == 5


def test_a_config_of_which_every_row_is_dropped_is_not_listed(
    questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = built(questions, tmp_path / "out", monkeypatch, Step("short", short, {"characters": 0}))
    assert (result.complete, result.manifest.configs) == (True, {})
    assert sum(entry["dropped"]["short"]["too_long"] for entry in result.manifest.counts) == 6


def test_the_verdict_may_stand_in_any_column(questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(questions, tmp_path / "out", monkeypatch, Step("first", verdict_first))
    [row] = rows_at(tmp_path / "out.dropped" / "code_qa_zh" / "test.parquet")
    assert list(row) == [*COLUMNS, "step", "reason"]
    assert (row["output"], row["reason"]) == ("Nobody can ever know.", "unwanted")


def test_a_step_that_spoils_a_row_is_found_out(questions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = built(questions, tmp_path / "out", monkeypatch, Step("spoil", spoil))
    assert not result.complete
    assert "row 'code_qa_zh/tiny/train/0': quality: 'no JSON' is not a 'json-object'" in "\n".join(result.problems)


def test_name_function_settings_and_order_of_steps_decide_the_identity(
    questions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = Step("short", short, {"characters": 10}), Step("once", once)
    profiles = [
        (), (a,), (b,), (a, b), (b, a), (Step("short", short, {"characters": 11}),),
        (Step("brief", short, {"characters": 10}),), (Step("short", once, {"characters": 10}),),
    ]  # fmt: skip
    found = []
    for steps in profiles * 2:
        monkeypatch.setitem(PROFILES, "made up", steps)
        found.append(questions.plan("code_qa_zh", profile="made up").configs["code_qa_zh"].identity)
    assert found[: len(profiles)] == found[len(profiles) :]
    assert len(set(found)) == len(profiles)
    assert questions.plan("code_qa_zh").configs["code_qa_zh"].identity == found[0]


def test_the_facts_of_a_step_are_plain_values() -> None:
    facts = Step("short", short, {"characters": 10}).facts
    assert facts == {"name": "short", "function": f"{short.__module__}.short", "settings": {"characters": 10}}


def test_profile_none_has_no_step_and_an_unknown_profile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert profile("none") == ()
    monkeypatch.setattr("mulco.steps.PROFILES", {"none": (), "strict": ()})
    with pytest.raises(UsageError) as error:
        profile("strikt")
    assert str(error.value) == "no profile 'strikt'. Close matches: strict. Profiles: none, strict"
