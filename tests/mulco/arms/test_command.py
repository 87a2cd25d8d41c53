"""mulco select as it is typed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typed import run

from mulco.analysis.analyze import write
from mulco.analysis.result import Analysis
from mulco.errors import MulcoError, UsageError


@pytest.fixture(scope="module")
def analysed(made: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mulco analyze --out leaves of the rows made up for the tests."""
    folder = tmp_path_factory.mktemp("分析 analysis") / "made"
    write(made, folder)
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files of rows that say nothing but what is asked and answered: code, and words."""
    folder = tmp_path_factory.mktemp("files")
    code, words = folder / "code.jsonl", folder / "general.jsonl"
    rows = []
    for number in range(240):
        depth = number % 6
        body = "".join(f"{'    ' * (level + 1)}if x > {number + level}:\n" for level in range(depth))
        answer = f"def f{number}(x):\n{body}{'    ' * (depth + 1)}return x + {number}\n"
        rows.append({"instruction": f"Write function number {number} in Python.", "output": answer})
    code.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    talk = [
        {"instruction": f"Who was king number {n}?", "output": f"King {n} ruled a country for {n} years."}
        for n in range(150)
    ]
    words.write_text("".join(json.dumps(row) + "\n" for row in talk), "utf-8")
    return [code, words]


def test_tables_say_arms_effects_and_what_comes_next(analysed: Path, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    done = run("select", "--analysis", analysed, "--factor", "complexity", "--parts", 2, "--rows", 200, "--out", out)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines if line[:1] in (["low"], ["high"]) and line[1] == "200"] == [
        ["low", "200"], ["high", "200"],
    ]  # fmt: skip
    assert "low - high" in done.stdout
    assert "d = " in done.stdout
    assert "largest difference (at most 0.1)" in done.stdout
    assert "Equal shares in all arms: group, language, programming language, category, domain." in done.stdout
    assert f"mulco train --config tiny_cpu --arms {out}" in done.stderr
    assert "llamafactory-cli train low.yaml" in done.stderr
    assert run("check", out).exit_code == 0


def test_json_is_what_arms_json_holds(analysed: Path, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    words = ("--factor", "algorithmic", "--shares", "0,50", "--tokens", 6000, "--agree", "tokens,domain", "--json")
    done = run("select", "--analysis", analysed, *words, "--no-llamafactory", "--seed", 3, "--out", out)
    facts = json.loads(done.stdout)
    assert facts == json.loads((out / "arms.json").read_text("utf-8"))
    assert [arm["name"] for arm in facts["arms"]] == ["algorithmic-00", "algorithmic-50"]
    assert facts["spec"]["agree"] == ["tokens", "domain"]
    assert sorted(path.name for path in out.iterdir()) == ["algorithmic-00", "algorithmic-50", "arms.json"]


def test_files_are_measured_and_mixed(files: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "arms"
    words = ("--factor", "domain", "--shares", "9:1", "--agree", "language", "--rows", 60, "--workers", 1)
    facts = json.loads(run("select", *files, *words, "--out", out, "--json").stdout)
    assert [(arm["name"], arm["rows"], arm["factor"]) for arm in facts["arms"]] == [
        ("general-00", 60, 0.0), ("general-10", 60, 0.1),
    ]  # fmt: skip
    assert facts["evaluation"]["rows"] == {"validation": 100}  # 50 of each file


def test_a_built_folder_gives_its_own_validation(starter_build: Path, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    words = ("--factor", "complexity", "--parts", 2, "--limit", 800, "--eval-rows", 30, "--workers", 1)
    facts = json.loads(run("select", starter_build, *words, "--out", out, "--json").stdout)
    assert facts["evaluation"]["rows"] == {"validation": 30, "test": 30}
    assert "held_out" not in facts["excluded"]


def test_what_cannot_be_done_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to select from is named"):
        run("select", "--factor", "complexity")
    with pytest.raises(UsageError, match="no factor 'size'"):
        run("select", tmp_path, "--factor", "size")
    with pytest.raises(MulcoError, match="no analysis"):
        run("select", "--analysis", tmp_path, "--factor", "complexity")


def test_an_analysis_by_task_takes_the_validation_of_its_build(starter_build: Path, tmp_path: Path) -> None:
    """Groups of validation were once formed by config, whatever the analysis had grouped by: none of them was found."""
    run("analyze", starter_build, "--config", "code_repair_en", "--by", "task", "--out", tmp_path / "one")
    options = ("--factor", "complexity", "--parts", 2, "--tolerance", 0.3, "--out", tmp_path / "arms")
    said = json.loads(run("select", starter_build, "--analysis", tmp_path / "one", *options, "--json").stdout)
    ids = pq.read_table(tmp_path / "arms" / "low" / "validation-00000-of-00001.parquet")["id"].to_pylist()
    kept = pq.read_table(starter_build / "code_repair_en", columns=["id"])["id"].to_pylist()
    assert said["arms"]
    assert set(ids) <= set(kept)
    assert len(ids) == 40, "the whole validation split of code_repair_en, and no row of train"


def test_a_damaged_validation_file_is_told_and_not_replaced_by_train(starter_build: Path, tmp_path: Path) -> None:
    folder = tmp_path / "构建 built"
    shutil.copytree(starter_build, folder)
    [file] = (folder / "code_repair_en").glob("validation-*.parquet")
    file.write_bytes(b"PAR1")
    with pytest.raises(MulcoError, match="damaged"):
        run("select", folder, "--factor", "complexity", "--parts", 2, "--limit", 300, "--out", tmp_path / "arms")
