"""The builder that `datasets` sees: one class a task, one for all, no work of its own."""

from __future__ import annotations

import importlib
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

from mulco.builder import InstructionBuilder
from mulco.builders.code_search import CodeSearch
from mulco.builders.facade import Mulco
from mulco.catalog import JOINED, catalog
from mulco.errors import ConfigNotFoundError
from mulco.row import LANGUAGES, TASKS, features

BuiltRows = Callable[[Path, str], dict[str, list[dict[str, Any]]]]
CLASSES = {task: "".join(word.capitalize() for word in task.split("_")) for task in TASKS}


@pytest.fixture(autouse=True)
def built(starter_build: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder built before, so that the rows need not be built again for each test."""
    monkeypatch.setenv("MULCO_DATA", str(starter_build))
    return starter_build


def prepared(builder: datasets.DatasetBuilder, folder: Path, **options: Any) -> dict[str, list[dict[str, Any]]]:
    builder.download_and_prepare(**options)
    found = builder.as_dataset()
    return {split: list(found[split]) for split in found}


@pytest.mark.parametrize("task", TASKS)
def test_each_task_has_a_builder_class_of_its_own(
    task: str, built: Path, built_rows: BuiltRows, tmp_path: Path
) -> None:
    made = getattr(importlib.import_module(f"mulco.builders.{task}"), CLASSES[task])
    assert issubclass(made, InstructionBuilder)
    assert (made.__name__, made.__module__) == (CLASSES[task], f"mulco.builders.{task}")
    assert pickle.loads(pickle.dumps(made)) is made
    assert list(made.builder_configs) == [f"{task}_en", f"{task}_zh"]
    config = f"{task}_zh"
    builder = made(config_name=config, cache_dir=str(tmp_path / "cache"))
    assert prepared(builder, tmp_path) == built_rows(built, config)
    assert builder.info.features == features()
    assert (builder.info.description, builder.dataset_name) == (catalog().tasks[task].title, "mulco")


def test_a_task_module_offers_its_builder_class_and_nothing_made_up() -> None:
    module = importlib.import_module("mulco.builders.code_search")
    assert module.CodeSearch is CodeSearch
    with pytest.raises(AttributeError, match=r"^module 'mulco\.builders\.code_search' has no attribute 'CodeSerach'$"):
        _ = module.CodeSerach


def test_a_task_builder_knows_only_its_own_configs() -> None:
    with pytest.raises(ConfigNotFoundError) as error:
        CodeSearch(config_name="code_repair_zh")
    assert (
        str(error.value)
        == "no config 'code_repair_zh'. Close matches: code_search_zh, code_search_en. All configs: mulco list"
    )
    with pytest.raises(ConfigNotFoundError) as error:
        CodeSearch()
    assert str(error.value) == "no config named. Choose one of: code_search_en, code_search_zh"
    again: ConfigNotFoundError = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.name, again.known) == (str(error.value), None, ["code_search_en", "code_search_zh"])


def test_the_facade_is_the_only_builder_class_of_its_module() -> None:
    import mulco.builders.facade as module

    assert [
        value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__
    ] == [Mulco]


def test_the_facade_and_the_task_share_one_cache(tmp_path: Path) -> None:
    one = CodeSearch(config_name="code_search_en", cache_dir=str(tmp_path))
    other = Mulco(config_name="code_search_en", cache_dir=str(tmp_path))
    assert one.cache_dir == other.cache_dir == str(tmp_path / "mulco" / "code_search_en" / "1.0.0" / one.hash)


@pytest.mark.parametrize("joined", JOINED)
def test_a_joined_config_holds_the_rows_of_its_members(joined: str, built: Path, built_rows: BuiltRows) -> None:
    members = [f"{task}_{language}" for task in TASKS for language in LANGUAGES if language in JOINED[joined]]
    builder = Mulco(config_name=joined)
    assert [rows.config for rows in builder.rows] == members
    rows = {config: built_rows(built, config) for config in members}
    assert prepared(builder, built) == {
        split: [row for config in members for row in rows[config][split]] for split in ("train", "validation", "test")
    }


def test_splits_and_sizes_are_recorded(built: Path, built_rows: BuiltRows, tmp_path: Path) -> None:
    builder = Mulco(config_name="code_qa_zh", cache_dir=str(tmp_path))
    builder.download_and_prepare()
    expected = {split: len(rows) for split, rows in built_rows(built, "code_qa_zh").items()}
    assert {name: split.num_examples for name, split in builder.info.splits.items()} == expected
    assert list(expected) == ["train", "validation", "test"]
    assert (
        json.loads((Path(builder.cache_dir) / "dataset_info.json").read_text("utf-8"))["features"].keys()
        == features().keys()
    )


def test_parquet_as_the_file_format(built: Path, built_rows: BuiltRows, tmp_path: Path) -> None:
    builder = Mulco(config_name="code_repair_zh", cache_dir=str(tmp_path / "cache"))
    builder.download_and_prepare(str(tmp_path / "out"), file_format="parquet")
    rows = built_rows(built, "code_repair_zh")
    assert {file.name: pq.read_table(file).to_pylist() for file in (tmp_path / "out").glob("*.parquet")} == {
        f"mulco-{split}.parquet": rows[split] for split in rows
    }


def test_a_builder_travels_by_pickle(built: Path, built_rows: BuiltRows, tmp_path: Path) -> None:
    for made, config in ((Mulco, "all_zh"), (CodeSearch, "code_search_zh")):
        builder = pickle.loads(pickle.dumps(made(config_name=config, cache_dir=str(tmp_path))))
        assert type(builder) is made
        assert (
            prepared(builder, tmp_path)["test"][0]
            == built_rows(built, config if made is CodeSearch else "code_summarization_zh")["test"][0]
        )


@pytest.mark.parametrize("data", [True, False], ids=["rows built before", "rows built now"])
def test_builder_and_stream_travel_to_a_process_that_never_imported_mulco(
    data: bool,
    built: Path,
    built_rows: BuiltRows,
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not data:
        monkeypatch.delenv("MULCO_DATA")
    builder = CodeSearch(config_name="code_search_zh", cache_dir=str(tmp_path / "cache"))
    stream = datasets.load_dataset("mulco", "code_search_zh", split="test", streaming=True)
    (tmp_path / "objects.pickle").write_bytes(pickle.dumps((builder, stream)))
    code = """
import json, pickle, sys
builder, stream = pickle.load(open(sys.argv[1], "rb"))
builder.download_and_prepare()
print(json.dumps([list(builder.as_dataset(split="test")), list(stream)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "objects.pickle")],
        env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip
    rows = built_rows(built, "code_search_zh")["test"]
    assert json.loads(done.stdout) == [rows, rows]


def test_a_broken_read_leaves_no_half_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Mulco(config_name="code_qa_en", cache_dir=str(tmp_path))

    def broken(files: list[str]) -> Any:
        raise OSError("the disk is gone")
        yield

    monkeypatch.setattr(builder, "_generate_tables", broken)
    with pytest.raises(datasets.exceptions.DatasetGenerationError) as error:
        builder.download_and_prepare()
    assert isinstance(error.value.__cause__, OSError)
    assert [path for path in tmp_path.rglob("*") if path.suffix in (".arrow", ".json")] == []
