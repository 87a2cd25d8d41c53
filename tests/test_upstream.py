"""The whole of the real excerpts, built once: complete, consistent, and no answer stands in its own question."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco.build import Result, build
from mulco.cards.check import check_card, differences
from mulco.cards.dataset import write_card
from mulco.cards.examples import example
from mulco.catalog import catalog
from mulco.check import check
from mulco.licenses import terms
from mulco.plan import Settings, make_plan
from mulco.source import SPLITS
from mulco.template import HAN

pytestmark = [pytest.mark.upstream, pytest.mark.slow]
NO_ANSWER_IN_THE_QUESTION = ("code_summarization", "code_generation", "code_repair")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A build of every config from every real source at hand, before any step judges."""
    folder = tmp_path_factory.mktemp("whole") / "mulco"
    plan = make_plan([], Settings(Path(os.environ["MULCO_UPSTREAM"]), "none"))
    return build(plan, folder, workers=2, finish=write_card)


def rows(result: Result, config: str) -> Iterator[dict[str, Any]]:
    for split in result.manifest.configs[config]["splits"].values():
        for file in split["files"]:
            yield from pq.read_table(result.folder / file["path"]).to_pylist()


def test_it_is_complete_and_passes_check(whole: Result) -> None:
    assert whole.problems == []
    assert list(check(whole.folder)) == []
    assert list(whole.manifest.configs) == list(catalog().configs)
    assert all(set(facts["splits"]) == set(SPLITS) for facts in whole.manifest.configs.values())


def test_every_item_read_is_a_row_or_unusable_and_serves_each_direction_once(whole: Result) -> None:
    for entry in whole.manifest.counts:
        directions = 2 if entry["config"].startswith("code_translation") else 1
        used = entry["read"] - sum(entry["unusable"].values())
        assert (entry["malformed"], entry["broken"], entry["dropped"]) == (0, 0, {})
        assert entry["rows"] == used * directions, entry


def test_every_source_at_hand_feeds_each_config_it_promises(whole: Result) -> None:
    at_hand = {name for name, facts in whole.manifest.sources.items() if facts["files"]}
    for config, want in catalog().configs.items():
        promised = {source.name for source in catalog().feeding(want)} & at_hand
        assert {source for source in promised if whole.manifest.rows(config, source=source)} == promised, config


@pytest.mark.parametrize("config", [c for c in catalog().configs if c.startswith(NO_ANSWER_IN_THE_QUESTION)])
def test_no_answer_stands_in_its_own_question(whole: Result, config: str) -> None:
    leaks = Counter[str]()
    for row in rows(whole, config):
        answer = row["output"].strip()
        # A repair that only deletes text is a part of its input, and no leak.
        if answer in row["instruction"] or (answer in row["input"] and row["task"] != "code_repair"):
            leaks[row["source"]] += 1
    assert leaks == {}


@pytest.mark.parametrize("config", ["cloze_test_en", "cloze_test_zh"])
def test_a_masked_token_is_one_word_that_its_wording_does_not_contain(whole: Result, config: str) -> None:
    wordings = {template.id: template for template in catalog().pool(catalog().configs[config]).templates}
    for row in rows(whole, config):
        assert "<mask>" in row["instruction"] + row["input"]
        assert re.search(r"\s", row["output"]) is None
        assert row["output"] not in wordings[row["template"]].words, row["id"]


@pytest.mark.parametrize("config", [config for config in catalog().configs if config.endswith("_zh")])
def test_chinese_configs_are_chinese(whole: Result, config: str) -> None:
    task = catalog().tasks[config.removesuffix("_zh")]
    not_chinese = [row["id"] for row in rows(whole, config) if not HAN.search(row["instruction"])]
    assert not_chinese == []
    if task.labels:
        assert {row["output"] for row in rows(whole, config)} == set(
            catalog().pool(catalog().configs[config]).labels.values()
        )
    if task.name in ("code_summarization", "code_qa"):
        answers = [bool(HAN.search(row["output"])) for row in rows(whole, config)]
        assert sum(answers) / len(answers) > 0.99


def test_ids_name_config_source_and_item_and_provenance_names_a_file(whole: Result, upstream: Path) -> None:
    for config in ("code_search_zh", "code_repair_en", "defect_detection_zh"):
        for row in rows(whole, config):
            assert row["id"].startswith(f"{config}/{row['source']}/{row['source_id']}")
            file = json.loads(row["provenance"])["file"]
            assert row["source"] == "starter" or (upstream / "/".join(file.split("/")[:3])).exists() or ".zip/" in file


def test_its_cards_agree_with_the_facts_and_the_facts_with_the_rows(whole: Result) -> None:
    assert list(check_card(whole.folder)) == []
    english, chinese = ((whole.folder / name).read_text("utf-8") for name in ("README.md", "README_zh.md"))
    for name in {entry["source"] for entry in whole.manifest.counts if entry["rows"]}:
        title = whole.manifest.sources[name]["title"]
        assert title in english
        assert title in chinese
    assert "license: other\nlicense_name: mixed\nlicense_link: LICENSE.md\n" in english
    assert f"{whole.manifest.rows():,} rows" in english
    assert f"{whole.manifest.rows():,} 行" in chinese


def test_its_cards_show_a_row_of_each_config_and_none_that_may_not_be_passed_on(whole: Result) -> None:
    shown = {config: example(whole.folder, facts) for config, facts in whole.manifest.configs.items()}
    assert [config for config, row in shown.items() if row is None] == []
    assert {row["license"] for row in shown.values() if row and not terms(row["license"]).redistribution} == set()


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_a_count_altered_in_its_card_is_caught(whole: Result, name: str) -> None:
    text = (whole.folder / name).read_text("utf-8")
    rows = f"{whole.manifest.rows():,}"
    found = list(differences(text.replace(rows, "1,234,567", 1), text))
    line = next(number for number, words in enumerate(text.splitlines(), 1) if rows in words)
    assert found == [(line, "count", f"a count differs: the card has '1,234,567', the facts give {rows!r}")]
