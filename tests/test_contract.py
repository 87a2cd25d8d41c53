"""The contract of every config: schema, unique ids, filled slots, disjoint splits, labels in the right language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco.catalog import catalog
from mulco.check import check
from mulco.manifest import Manifest
from mulco.row import LANGUAGES, TASKS, check_row
from mulco.source import SPLITS
from mulco.template import HAN

CONFIGS = [f"{task}_{language}" for task in TASKS for language in LANGUAGES]
LABELS = {"en": {"Yes", "No"}, "zh": {"是", "否"}}
TEXT_ANSWER = ("code_summarization", "code_qa")


def rows_of(folder: Path, config: str) -> dict[str, list[dict[str, Any]]]:
    splits = Manifest.load(folder).configs[config]["splits"]
    return {
        s: [r for f in facts["files"] for r in pq.read_table(folder / f["path"]).to_pylist()]
        for s, facts in splits.items()
    }


def keeps_contract(config: str, splits: dict[str, list[dict[str, Any]]]) -> None:
    task, language = config.rsplit("_", 1)
    pool = catalog().pool(catalog().configs[config])
    wordings = {template.id: template for template in pool.templates}
    ids: set[str] = set()
    items: dict[str, set[tuple[str, str]]] = {}
    for split, rows in splits.items():
        items[split] = {(row["source"], row["source_id"]) for row in rows}
        for row in rows:
            check_row(row)
            assert row["id"].startswith(f"{config}/{row['source']}/{row['source_id']}")
            assert row["id"] not in ids
            ids.add(row["id"])
            assert (row["task"], row["language"]) == (task, language)
            assert wordings[row["template"]].split == split
            assert bool(HAN.search(row["instruction"])) or language == "en"
            assert json.loads(row["provenance"])["written_by"]["instruction"] == "template"
            if pool.labels:
                assert row["output"] in LABELS[language]
            if language == "zh" and task in TEXT_ANSWER and row["source"] != "codegpt-cn":
                assert HAN.search(row["output"])
            if task == "code_search":
                assert row["output"] in {"1", "2", "3", "4"}
    names = list(items)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert not items[first] & items[second], (first, second)


@pytest.mark.parametrize("config", CONFIGS)
def test_starter_keeps_the_contract(config: str, starter_build: Path) -> None:
    splits = rows_of(starter_build, config)
    assert list(splits) == list(SPLITS)
    keeps_contract(config, splits)


@pytest.mark.parametrize("config", CONFIGS)
def test_no_slot_of_a_wording_is_left_unfilled(config: str, starter_build: Path) -> None:
    task = catalog().tasks[config[:-3]]
    slots = re.compile(r"\{(?:" + "|".join([*task.fields, *task.optional, "programming_language"]) + r")\}")
    for rows in rows_of(starter_build, config).values():
        assert not [row["id"] for row in rows if slots.search(row["instruction"])]


def test_starter_build_passes_check(starter_build: Path) -> None:
    assert list(check(starter_build)) == []


@pytest.mark.parametrize("config", CONFIGS)
def test_each_pool_has_twenty_four_wordings_in_three_splits(config: str) -> None:
    by_split = catalog().pool(catalog().configs[config]).by_split
    assert all(len(by_split[split]) >= least for split, least in (("train", 16), ("validation", 4), ("test", 4)))


def test_chinese_and_english_are_fed_by_the_same_items_where_only_the_wording_differs(starter_build: Path) -> None:
    for task in (t for t in catalog().tasks.values() if not t.text_bound):
        english, chinese = (rows_of(starter_build, config) for config in task.configs)
        for split in english:
            assert [row["source_id"] for row in english[split]] == [row["source_id"] for row in chinese[split]]


def test_search_answers_are_spread_over_the_four_places(starter_build: Path) -> None:
    answers = [row["output"] for rows in rows_of(starter_build, "code_search_en").values() for row in rows]
    shares = {place: answers.count(place) / len(answers) for place in "1234"}
    assert all(0.15 < share < 0.35 for share in shares.values()), shares


def test_yes_and_no_are_balanced(starter_build: Path) -> None:
    for config in ("clone_detection_en", "defect_detection_zh"):
        answers = [row["output"] for rows in rows_of(starter_build, config).values() for row in rows]
        assert 0.4 < answers.count(answers[0]) / len(answers) < 0.6
