"""Identity: a change of anything that decides rows changes the identity of exactly the configs concerned."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from mulco import steps
from mulco.build import build
from mulco.catalog import Catalog, catalog
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan
from mulco.row import LANGUAGES, TASKS
from mulco.steps import VERDICT, Step

CONFIGS = [f"{task}_{language}" for task in TASKS for language in LANGUAGES]


def identities(settings: Settings, known: Catalog | None = None) -> dict[str, str]:
    return {name: config.identity for name, config in make_plan([], settings, known).configs.items()}


def rows_of(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of a built folder by config and id."""
    return {
        config: {
            row["id"]: row
            for split in facts["splits"].values()
            for file in split["files"]
            for row in pq.read_table(folder / file["path"]).to_pylist()
        }
        for config, facts in Manifest.load(folder).configs.items()
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


# Wordings


@pytest.fixture
def templates(tmp_path: Path) -> Catalog:
    """The catalog over a copy of the wordings."""
    shutil.copytree(catalog().templates, tmp_path / "templates")
    return replace(catalog(), templates=tmp_path / "templates")


def test_one_wording_changes_its_config_and_the_rows_that_wear_it(
    tmp_path: Path, templates: Catalog, starter_build: Path
) -> None:
    before = identities(Settings())
    file = templates.templates / "code_qa" / "zh.yaml"
    text = file.read_text("utf-8")
    edited_id, old = next(
        (entry["id"], entry["instruction"])
        for entry in yaml.safe_load(text)["templates"]
        if entry["split"] == "train" and "{" not in entry["instruction"]
    )
    new = old.removesuffix("。") + "！"
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    assert changed(before, identities(Settings(), templates)) == {"code_qa_zh"}

    build(make_plan([], Settings(), templates), tmp_path / "built")
    rows, edited = rows_of(starter_build), rows_of(tmp_path / "built")
    assert changed(rows, edited) == {"code_qa_zh"}
    worn = {id_: row for id_, row in rows["code_qa_zh"].items() if row["template"] == edited_id}
    assert changed(rows["code_qa_zh"], edited["code_qa_zh"]) == set(worn)
    assert {id_: {**row, "instruction": new} for id_, row in worn.items()} == {
        id_: edited["code_qa_zh"][id_] for id_ in worn
    }


@pytest.mark.parametrize(
    ("old", "new"), [("是", "有"), ("\n- id:", "\n- id: further\n  split: test\n  instruction: 答？\n- id:")]
)
def test_a_label_word_or_a_further_wording_changes_its_config(templates: Catalog, old: str, new: str) -> None:
    before = identities(Settings())
    file = templates.templates / "defect_detection" / "zh.yaml"
    text = file.read_text("utf-8")
    at = text.index("labels:") if old == "是" else 0
    file.write_text(text[:at] + text[at:].replace(old, new, 1), "utf-8")
    assert changed(before, identities(Settings(), templates)) == {"defect_detection_zh"}


def test_a_comment_in_a_template_changes_nothing(templates: Catalog) -> None:
    before = identities(Settings())
    for file in templates.templates.rglob("*.yaml"):
        file.write_text("# one more remark\n" + file.read_text("utf-8") + "\n# and another\n", "utf-8")
    assert identities(Settings(), templates) == before


# Source bytes

CODE = ["code_summarization_en", "code_generation_en", "code_search_en", "code_completion_en", "code_completion_zh"]
GZIP = "codesearchnet/resources/data/go/final/jsonl/test/go_test_0.jsonl.gz"


@pytest.mark.parametrize(
    ("name", "old", "new", "configs"),
    [
        ("codetrans/data/train.java-cs.txt.cs", b"Get7()", b"Put7()", ["code_translation_en", "code_translation_zh"]),
        ("bigclonebench/dataset/data.jsonl", b"add55(", b"sum55(", ["clone_detection_en", "clone_detection_zh"]),
        ("devign/dataset-rebased/train.txt", b"2\n", b"3\n", ["defect_detection_en", "defect_detection_zh"]),
        ("codepro/data_hnn/python_hnn_qid2index_blocks_labeled.txt", b"row 9'", b"row 8'", ["code_search_en"]),
        (GZIP, b"Scale3", b"Shift3", CODE),
    ],
)  # fmt: skip
def test_one_source_byte_changes_the_configs_that_read_it(
    tmp_path: Path, small_upstream: Path, small_build: Path, name: str, old: bytes, new: bytes, configs: list[str]
) -> None:
    copy, sources = tmp_path / "upstream", tuple(sorted(path.name for path in small_upstream.iterdir()))
    shutil.copytree(small_upstream, copy)
    before = identities(Settings(small_upstream, "none", sources))
    assert identities(Settings(copy, "none", sources)) == before  # where it lies is no part of it
    data = (copy / name).read_bytes()
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    assert old in plain
    plain = plain.replace(old, new, 1)
    (copy / name).write_bytes(gzip.compress(plain) if name.endswith(".gz") else plain)

    concerned = {
        config
        for config, want in catalog().configs.items()
        if name.split("/")[0] in {source.name for source in catalog().feeding(want)}
    }
    assert changed(before, identities(Settings(copy, "none", sources))) == concerned
    build(make_plan([], Settings(copy, "none", sources)), tmp_path / "built")
    rows, edited = rows_of(small_build), rows_of(tmp_path / "built")
    assert set(configs) <= changed(rows, edited) <= concerned


def test_one_line_changes_the_rows_made_from_it(tmp_path: Path, small_upstream: Path, small_build: Path) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    file = tmp_path / "upstream/codetrans/data/train.java-cs.txt.cs"
    file.write_bytes(file.read_bytes().replace(b"Get7()", b"Put7()"))
    build(
        make_plan(["code_translation_zh"], Settings(tmp_path / "upstream", "none", ("codetrans",))), tmp_path / "built"
    )
    rows, edited = (rows_of(folder)["code_translation_zh"] for folder in (small_build, tmp_path / "built"))
    item = "code_translation_zh/codetrans/train/8"
    assert changed(rows, edited) == {f"{item}/java-c#", f"{item}/c#-java"}
    assert edited[f"{item}/java-c#"] == {
        **rows[f"{item}/java-c#"],
        "output": "public int Put7(){return 7;}",
    }


# Steps


def short_answers(table: pa.Table, settings: dict[str, Any]) -> pa.Table:
    """Drops rows with an answer beyond so many characters."""
    long = pc.greater(pc.utf8_length(table.column("output")), settings["characters"])
    return table.append_column(VERDICT, pc.if_else(long, "too_long", pa.scalar(None, pa.string())))


def test_one_setting_of_a_step_changes_every_config_of_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none, kept = identities(Settings()), {}
    for characters in (20, 40):
        step = Step("short_answers", short_answers, {"characters": characters})
        monkeypatch.setitem(steps.PROFILES, "short", (step,))
        plan = make_plan(["code_completion_en"], Settings(profile="short"))
        result = build(plan, tmp_path / str(characters))
        rows = rows_of(result.folder)["code_completion_en"]
        assert max(len(row["output"]) for row in rows.values()) <= characters
        kept[characters] = identities(Settings(profile="short")), set(rows)
    assert changed(kept[20][0], kept[40][0]) == set(CONFIGS)
    assert changed(none, kept[20][0]) == set(CONFIGS)
    assert kept[20][1] < kept[40][1]
    assert identities(Settings()) == none


def test_a_limit_is_part_of_the_identity(small_upstream: Path) -> None:
    assert changed(identities(Settings(limit=5)), identities(Settings(limit=6))) == set(CONFIGS)


# Code

OF_TASK = {
    "builders/code_search.py": ["code_search_en", "code_search_zh"],
    "builders/sources/codetrans.py": ["code_translation_en", "code_translation_zh"],
    "builders/sources/codegpt_cn.py": ["code_summarization_zh", "code_generation_zh", "code_search_zh", "code_qa_zh"],
    "reading.py": CONFIGS,
    "template.py": CONFIGS,
    "pipeline.py": CONFIGS,
}
OFF_THE_PATH = [
    "cli.py",
    "check.py",
    "build.py",
    "manifest.py",
    "load.py",
    "export/__init__.py",
    "cards/dataset.py",
    "errors.py",
]


@pytest.mark.slow
def test_an_edit_of_a_module_changes_the_configs_on_whose_path_it_lies(
    installed: Path,
    small_upstream: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(installed))

    def planned() -> dict[str, str]:
        done = command("plan", "--upstream", small_upstream, "--json")
        assert done.returncode == 0, done.stderr
        return {name: facts["identity"] for name, facts in json.loads(done.stdout)["configs"].items()}

    before = planned()
    found = {}
    for name in OF_TASK:
        file = installed / "mulco" / name
        good = file.read_bytes()
        file.write_bytes(good + b"\nFURTHER = 1\n")
        found[name] = changed(before, planned())
        file.write_bytes(good)
    assert found == {name: set(configs) for name, configs in OF_TASK.items()}
    for name in OFF_THE_PATH:
        with (installed / "mulco" / name).open("a") as stream:
            stream.write("\nFURTHER = 1\n")
    assert planned() == before
