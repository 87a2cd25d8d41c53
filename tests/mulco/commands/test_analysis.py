"""mulco analyze, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typed
from llm_server import Body, Server

from mulco.analysis.analyze import load
from mulco.errors import MulcoError, UsageError


def run(*arguments: object) -> Any:
    """mulco analyze in this process."""
    return typed.run("analyze", *arguments, "--workers", "1")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "我的 data.jsonl"
    rows = [
        {"instruction": f"Sort list {n} in Python.", "output": f"def f{n}(xs):\n    return sorted(xs)[{n}:]\n"}
        for n in range(12)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def test_a_table_for_each_factor_with_a_line_for_each_group(starter_build: Path, mine: Path) -> None:
    done = run(starter_build, mine, "--by", "task", "--limit", 500)
    for title in ("Domain", "Diversity", "Complexity", "What it is made of", "Tasks", "Categories"):
        assert any(line.startswith(title) for line in done.stdout.splitlines()), title
    lines = done.stdout.splitlines()
    assert sum(line.startswith(" mulco ") for line in lines) == 6
    assert sum(line.startswith("   code_repair ") for line in lines) == 6
    assert sum(line.startswith(" 我的 data.jsonl ") for line in lines) == 6
    assert "┃" in done.stdout
    assert "CPU seconds: domain" in done.stderr
    assert "Placed by tfidf/" in done.stderr


def test_tables_fit_a_hundred_columns(starter_build: Path) -> None:
    from rich.cells import cell_len

    some = (starter_build, "--limit", 500)
    assert max(map(cell_len, run(*some, "--by", "config").stdout.splitlines())) <= 100
    assert "…" not in run(*some, "--by", "task").stdout


def test_json_for_scripts_and_a_folder_for_later(mine: Path, tmp_path: Path) -> None:
    done = run(mine, "--json", "--out", tmp_path / "out", "--seed", 5)
    said = json.loads(done.stdout)
    written = load(tmp_path / "out")
    assert said == {"facts": written.facts, "summary": written.summary}
    assert (said["facts"]["seed"], said["summary"][0]["rows"]) == (5, 12)
    assert "mulco select --analysis" in done.stderr


def test_a_config_and_its_split(starter_build: Path) -> None:
    by_name = json.loads(run("code_qa_zh", "--split", "test", "--data", starter_build, "--json").stdout)
    in_folder = json.loads(run(starter_build, "--config", "code_qa_zh", "--split", "test", "--json").stdout)
    [whole, group] = by_name["summary"]
    assert (whole["dataset"], group["group"], whole["rows"]) == ("code_qa_zh", "code_qa_zh", 5)
    assert in_folder["summary"][0] == {**whole, "dataset": "mulco"}


def test_a_joined_config_is_one_data_set(starter_build: Path) -> None:
    found = json.loads(run("all_zh", "--data", starter_build, "--limit", 60, "--json").stdout)
    assert (found["summary"][0]["dataset"], found["summary"][0]["rows"]) == ("all_zh", 60)
    assert {entry["group"].rpartition("_")[2] for entry in found["summary"][1:]} == {"zh"}


def test_wrong_use_is_explained(mine: Path) -> None:
    with pytest.raises(UsageError, match=r"code_aq_zh: no such file or folder, and no config 'code_aq_zh'\. Close"):
        run("code_aq_zh")
    with pytest.raises(UsageError, match="--base-url is for --embedder NAME or --labels model"):
        run(mine, "--base-url", "http://127.0.0.1:9/v1")
    with pytest.raises(UsageError, match="needs an endpoint and a name"):
        run(mine, "--labels", "model")
    with pytest.raises(UsageError, match="--model is who is asked for labels"):
        run(mine, "--model", "x")
    with pytest.raises(MulcoError, match="is not on this machine"):
        run(mine, "--embedder", "x", "--base-url", "http://192.0.2.1/v1")


def test_a_model_labels_rows_within_a_limit_and_the_command_says_whom_it_asked(mine: Path) -> None:
    def answer(body: Body) -> str:
        said = body["messages"][-1]["content"]
        if "colour" in said:  # the probe of the format
            return '{"count": 1}'
        category = "Database & SQL" if "list 3 " in said else "Algorithmic & Data Structure"
        return json.dumps({"difficulty": "beginner", "paradigm": "other", "domain": "code", "category": category})

    with Server(answer) as server:
        options = (mine, "--labels", "model", "--base-url", server.url, "--model", "some-model")
        part = run(*options, "--max-requests", 5)
        whole = run(*options)
    assert "Domain and category by some-model at 127.0.0.1: 12 of 12 rows" in whole.stderr
    assert "have no answer, or one that was refused. The same command goes on from there." in part.stderr
    assert "Cohen's kappa with the rules: category 0.00." in whole.stderr  # rules say algorithms every time
    questions = [one for one in server.log if "colour" not in str(one.body["messages"])]
    assert len(questions) == 12, "none is asked twice"


def test_limits_without_a_model_to_ask_are_refused(mine: Path) -> None:
    with pytest.raises(UsageError, match="--max-cost and --prices are for --labels model"):
        run(mine, "--max-requests", 5)
