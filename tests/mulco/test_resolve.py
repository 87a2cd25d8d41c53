"""Which rows a config name means: the same on every route, never stale, never from a folder nobody named."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pytest
from typer.testing import CliRunner

import mulco
from mulco import resolve
from mulco.build import build
from mulco.catalog import catalog
from mulco.cli import app
from mulco.errors import MulcoError, OutputError, UsageError
from mulco.identity import file_digest
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan
from mulco.resolve import cache_folder, require_files, rows_of

Answer = Callable[..., Any]
Rows = dict[str, list[dict[str, Any]]]
BuiltRows = Callable[[Path, str], Rows]


def as_lists(found: Any) -> Rows:
    return {split: list(found[split]) for split in found}


@pytest.mark.parametrize("config", ["code_search_zh", "code_translation_en", "code_qa_zh"])
def test_every_route_gives_the_same_rows(
    config: str, built_rows: BuiltRows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = tmp_path / "构建 out", {"cache_dir": str(tmp_path / "hf")}
    done = CliRunner().invoke(app, ["build", config, "--workers", "1", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    rows = built_rows(folder, config)
    assert rows["train"]
    assert as_lists(datasets.load_dataset(str(folder), config, **cache)) == rows
    assert as_lists(datasets.load_dataset(str(folder), config, streaming=True)) == rows
    assert as_lists(datasets.load_dataset("mulco", config, **cache)) == rows
    assert as_lists(mulco.load_dataset("mulco", config, **cache)) == rows
    assert as_lists(mulco.load_dataset("mulco", config, streaming=True)) == rows
    monkeypatch.setenv("MULCO_DATA", str(folder))
    assert as_lists(datasets.load_dataset("mulco", config, **cache)) == rows
    assert as_lists(datasets.load_dataset("mulco", config, streaming=True)) == rows


def test_every_route_gives_the_same_joined_rows(
    starter_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_folder = as_lists(datasets.load_dataset(str(starter_build), "all_zh", cache_dir=str(tmp_path)))
    monkeypatch.setenv("MULCO_DATA", str(starter_build))
    by_data = as_lists(datasets.load_dataset("mulco", "all_zh", cache_dir=str(tmp_path)))
    monkeypatch.delenv("MULCO_DATA")
    by_build = as_lists(datasets.load_dataset("mulco", "all_zh", cache_dir=str(tmp_path)))
    assert by_build == by_data
    ids = {split: [row["id"] for row in rows] for split, rows in by_data.items()}
    assert {split: [row["id"] for row in rows] for split, rows in by_folder.items()} == ids
    assert by_folder == by_data


def test_the_folder_out_is_never_searched(
    answer: Answer, starter_build: Path, built_rows: BuiltRows, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    build(make_plan(["code_qa_zh"], Settings(limit=1)), here / "out" / "mulco")
    shutil.copytree(here / "out" / "mulco", here / "mulco")
    code = """
import json, mulco, datasets
print(json.dumps({split: list(rows) for split, rows in datasets.load_dataset("mulco", "code_qa_zh").items()}))
"""
    assert answer(code, here) == built_rows(starter_build, "code_qa_zh")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MULCO_CACHE", str(tmp_path / "a"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert cache_folder() == tmp_path / "a"
    monkeypatch.delenv("MULCO_CACHE")
    assert cache_folder() == tmp_path / "b" / "mulco"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "mulco"


@pytest.mark.parametrize("name", ["MULCO_CACHE", "XDG_CACHE_HOME"])
def test_rows_are_built_once_into_the_cache_under_their_identity(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MULCO_CACHE")
    monkeypatch.setenv(name, str(tmp_path / "cache"))
    [rows] = rows_of("code_qa_en")
    base = tmp_path / "cache" if name == "MULCO_CACHE" else tmp_path / "cache" / "mulco"
    assert rows.folder == base / "builds" / rows.identity
    assert rows.identity == make_plan(["code_qa_en"], Settings()).configs["code_qa_en"].identity
    assert not base.exists()
    folder = rows.folder / "code_qa_en"
    splits = ("test", "train", "validation")
    assert rows.files() == {split: [str(folder / f"{split}-00000-of-00001.parquet")] for split in splits}
    built = [path.stat().st_mtime_ns for path in sorted(folder.iterdir())]
    assert rows_of("code_qa_en")[0].files() == rows.files()
    assert [path.stat().st_mtime_ns for path in sorted(folder.iterdir())] == built
    assert {path.name for path in base.iterdir()} == {"builds"}


def test_mulco_data_comes_first_and_what_it_lacks_is_built(
    built_rows: BuiltRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    build(make_plan(["code_qa_zh"], Settings(limit=2)), folder)
    monkeypatch.setenv("MULCO_DATA", str(folder))
    [given], [built] = rows_of("code_qa_zh"), rows_of("code_qa_en")
    assert (given.folder, given.plan, str(given)) == (folder, None, f"the folder {folder} (MULCO_DATA)")
    assert built.folder == tmp_path / "mulco-cache" / "builds" / built.identity
    loaded = as_lists(datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf")))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 2, "validation": 2, "test": 2}
    assert loaded == built_rows(folder, "code_qa_zh")


def test_a_folder_of_mulco_data_that_is_built_anew_gives_the_new_rows(
    built_rows: BuiltRows, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("MULCO_DATA", str(folder))
    for limit in (1, 3, 1):
        build(make_plan(["code_qa_zh"], Settings(limit=limit)), folder)
        rows = as_lists(datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf")))
        assert len(rows["train"]) == limit
        assert rows == built_rows(folder, "code_qa_zh")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, ": no manifest.json, so not a folder built by mulco. Build one: mulco build"),
        ("{", "/manifest.json: damaged (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)). "
         "Build the folder again: mulco build"),
    ],
)  # fmt: skip
def test_a_folder_of_mulco_data_that_is_no_build_is_refused(
    text: str | None, problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if text is not None:
        (folder / "manifest.json").write_text(text, "utf-8")
    monkeypatch.setenv("MULCO_DATA", str(folder))
    with pytest.raises(MulcoError) as error:
        datasets.load_dataset("mulco", "code_qa_zh")
    assert str(error.value) == f"{folder}{problem}"


def test_an_upstream_folder_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MULCO_UPSTREAM", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=f"^the upstream folder '{tmp_path / 'nowhere'}' does not exist"):
        datasets.load_dataset("mulco", "code_qa_zh")


def test_a_cache_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("MULCO_CACHE", str(tmp_path / "file"))
    with pytest.raises(OutputError) as error:
        require_files(rows_of("code_qa_zh"))
    problem = "Not a directory. Name another folder with MULCO_CACHE"
    assert str(error.value) == f"cannot write {tmp_path / 'file' / 'builds'}: {problem}"


def test_a_config_without_a_source_at_hand_says_how_to_see_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    without = dataclasses.replace(catalog(), sources={k: v for k, v in catalog().sources.items() if k != "starter"})
    monkeypatch.setattr("mulco.plan.catalog", lambda: without)
    with pytest.raises(MulcoError) as error:
        require_files(rows_of("code_qa_zh"))
    expected = "code_qa_zh: no source at hand gives a row. See what is missing: mulco plan code_qa_zh"
    assert str(error.value) == expected
    assert str(rows_of("code_qa_zh")[0]).startswith("rows built before from no source at hand, in ")


def test_a_changed_wording_gives_new_rows_in_the_same_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(catalog().templates, templates)
    monkeypatch.setattr("mulco.plan.catalog", lambda: dataclasses.replace(catalog(), templates=templates))

    def load(config: str) -> tuple[Rows, str]:
        loaded = datasets.load_dataset("mulco", config, cache_dir=str(tmp_path / "hf"))
        return as_lists(loaded), str(Path(loaded["train"].cache_files[0]["filename"]).parent)

    before, cache = load("defect_detection_zh")
    others = [load(config) for config in ("defect_detection_en", "clone_detection_zh")]
    file = templates / "defect_detection" / "zh.yaml"
    text = file.read_text("utf-8")
    file.write_text(text + "- {id: brand-new, split: train, instruction: 全新的问法：这段代码有缺陷吗？}\n", "utf-8")
    after, new_cache = load("defect_detection_zh")
    assert new_cache != cache
    assert {row["template"] for row in after["train"]} - {row["template"] for row in before["train"]} == {"brand-new"}
    assert [row["id"] for row in after["train"]] == [row["id"] for row in before["train"]]
    assert {split: after[split] for split in ("validation", "test")} == {s: before[s] for s in ("validation", "test")}
    assert [load(config) for config in ("defect_detection_en", "clone_detection_zh")] == others
    file.write_text("# 只是一条注释\n" + text, "utf-8")
    assert load("defect_detection_zh") == (before, cache)


def test_a_changed_wording_gives_new_rows_on_every_route(answer: Answer, installed: Path) -> None:
    """In processes that share one HF_HOME and one cache of mulco, as a user's do."""
    code = """
import json
import mulco
from datasets import load_dataset
from typer.testing import CliRunner
from mulco.cli import app
done = CliRunner().invoke(app, ["build", "code_qa_en", "code_qa_zh", "--workers", "1", "--out", "out/mulco"])
assert done.exit_code == 0, done.output
routes = {
    "folder": lambda config: load_dataset("out/mulco", config, split="train"),
    "name": lambda config: load_dataset("mulco", config, split="train"),
    "mulco.load_dataset": lambda config: mulco.load_dataset("mulco", config, split="train"),
}
print(json.dumps({
    config: {name: list(load(config)["instruction"]) for name, load in routes.items()}
    for config in ("code_qa_en", "code_qa_zh")
}))
"""
    before = answer(code, PYTHONPATH=str(installed))
    file = installed / "mulco" / "builders" / "templates" / "code_qa" / "zh.yaml"
    file.write_text(file.read_text("utf-8").replace("。", "！"), "utf-8")
    after = answer(code, PYTHONPATH=str(installed))
    expected = [text.replace("。", "！") for text in before["code_qa_zh"]["folder"]]
    assert expected != before["code_qa_zh"]["folder"]
    assert (
        after["code_qa_en"] == before["code_qa_en"] == dict.fromkeys(after["code_qa_en"], before["code_qa_en"]["name"])
    )
    assert before["code_qa_zh"] == dict.fromkeys(after["code_qa_zh"], before["code_qa_zh"]["name"])
    assert after["code_qa_zh"] == dict.fromkeys(after["code_qa_zh"], expected)


def test_a_changed_byte_of_a_source_gives_new_rows_in_the_same_process(
    tiny: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("mulco.plan.catalog", lambda: tiny.catalog)
    monkeypatch.setenv("MULCO_UPSTREAM", str(tiny.upstream))
    caches = []
    for answer in ("Yes.", "Yes!", "Yes."):
        tiny.write(
            "train", {"id": "a", "programming_language": "text", "fields": {"question": "Why?", "answer": answer}}
        )
        loaded = datasets.load_dataset("mulco", "code_qa_zh", cache_dir=str(tmp_path / "hf"))
        caches.append(loaded["train"].cache_files[0]["filename"])
        streamed = datasets.load_dataset("mulco", "code_qa_zh", streaming=True)
        for rows in (as_lists(loaded), as_lists(streamed)):
            assert {split: [row["output"] for row in rows[split]] for split in rows} == {"train": [answer]}
    assert caches[0] == caches[2] != caches[1]


def test_rows_left_out_for_a_wrong_checksum_come_back_when_it_is_corrected(
    tiny: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mulco.plan.catalog", lambda: tiny.catalog)
    monkeypatch.setenv("MULCO_UPSTREAM", str(tiny.upstream))
    for split, question, answer in (
        ("train", "列表怎么反转？", "用 reverse 方法就地反转。"), ("test", "字典怎么合并？", "用竖线合成新的一个。")
    ):  # fmt: skip
        fields = {"question": question, "answer": answer}
        tiny.write(split, {"id": split, "programming_language": "text", "fields": fields})
    sha256 = file_digest(tiny.upstream / "tiny" / "train.jsonl")
    lock = tiny.upstream / "sources.lock"
    lock.write_text(json.dumps({"tiny/train.jsonl": "0" * 64}), "utf-8")
    assert list(require_files(rows_of("code_qa_zh"))) == ["test"]
    assert capsys.readouterr().err == (
        f"mulco: left out: tiny/train.jsonl: its sha256 is {sha256}, but sources.lock expects {'0' * 64}. "
        "Fetch the file again, or correct sources.lock if the change is meant\n"
    )
    lock.write_text(json.dumps({"tiny/train.jsonl": sha256}), "utf-8")
    assert list(require_files(rows_of("code_qa_zh"))) == ["train", "test"]
    assert capsys.readouterr().err == ""


def test_two_processes_that_ask_at_once_get_the_same_rows(
    environment: dict[str, str], starter_build: Path, built_rows: BuiltRows, tmp_path: Path
) -> None:
    code = """
import json, sys
import mulco
from datasets import load_dataset
from mulco.catalog import catalog
catalog()
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps({split: list(rows) for split, rows in load_dataset("mulco", "clone_detection_zh").items()}))
"""
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        for process in asking:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in asking:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [json.loads(process.communicate(timeout=120)[0]) for process in asking]
    finally:
        for process in asking:
            process.kill()
            process.wait()
    rows = built_rows(starter_build, "clone_detection_zh")
    assert answers == [rows, rows]
    assert len(list((tmp_path / "cache" / "mulco" / "builds").glob("[0-9a-f]*"))) == 1


def test_who_asks_while_another_builds_waits_and_does_not_build_again(monkeypatch: pytest.MonkeyPatch) -> None:
    together, builds = threading.Barrier(2, timeout=60), []

    def counted(*args: Any, **options: Any) -> Any:
        builds.append(args)
        return build(*args, **options)

    monkeypatch.setattr(resolve, "build", counted)
    [rows] = rows_of("code_qa_zh")
    found: list[dict[str, list[str]]] = []

    def ask() -> None:
        together.wait()
        found.append(rows.files())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == [rows.files()] * 2
    assert len(builds) == 1
    assert all(Path(path).is_file() for paths in found[0].values() for path in paths)


def test_what_was_left_out_is_said_each_time_the_rows_are_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = (
        tmp_path / "codesearchnet" / "resources" / "data" / "ruby" / "final" / "jsonl" / "test" / "ruby_test_0.jsonl.gz"
    )
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    monkeypatch.setenv("MULCO_UPSTREAM", str(tmp_path))
    require_files(rows_of("code_search_en"))
    assert capsys.readouterr().err == (
        f"mulco: left out: codesearchnet/{file.relative_to(tmp_path / 'codesearchnet').as_posix()}: the file is empty. "
        "Fetch the file again from its upstream address (mulco sources)\n"
    )
    [rows] = rows_of("code_search_en")
    assert {entry["source"] for entry in Manifest.load(rows.folder).counts} == {"codesearchnet", "starter"}
