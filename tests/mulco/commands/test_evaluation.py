"""mulco evaluate and what stands below it, as they are typed."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typed import run

from mulco.errors import MulcoError, UsageError
from mulco.evaluation.harness import FOLDER
from mulco.evaluation.sets import SUITES
from mulco.evaluation.sets.humaneval import DATA

ASKED = ("--suite", "code_qa_zh", "--limit", 3, "--max-new-tokens", 6)


@pytest.fixture(scope="module", autouse=True)
def environment_as_before() -> Iterator[None]:
    """`--data` sets MULCO_DATA, here in the process of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MULCO_DATA", "")
        patch.delenv("MULCO_DATA")
        yield


@pytest.fixture(autouse=True)
def no_data_from_the_test_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MULCO_DATA", raising=False)


@pytest.fixture(scope="module")
def evaluated(tiny_model: Path, starter_build: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The folder of one evaluation, and what --json printed of it."""
    out = tmp_path_factory.mktemp("评测 evaluated") / "tiny"
    line = ("evaluate", "--model", tiny_model, *ASKED, "--data", starter_build, "--out", out, "--json")
    return out, json.loads(run(*line).stdout)


def test_a_model_is_judged_on_a_config(evaluated: tuple[Path, Any], tiny_model: Path) -> None:
    out, (result,) = evaluated
    assert result == json.loads((out / "code_qa_zh.json").read_text("utf-8"))
    assert (result["config"], result["n"], result["model"]["name"]) == ("code_qa_zh", 3, str(tiny_model))
    assert [metric["name"] for metric in result["metrics"]] == ["bleu_zh", "chrf", "rouge_l"]
    assert result["generation"]["max_new_tokens"] == 6


def test_answers_of_mulco_generate_score_as_the_model_did(
    evaluated: tuple[Path, Any], tiny_model: Path, starter_build: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.jsonl"
    asked = ("--config", "code_qa_zh", "--limit", 3, "--max-new-tokens", 6, "--data", starter_build)
    run("generate", "--model", tiny_model, *asked, "--out", answers)
    line = ("evaluate", "--samples", answers, "--suite", "code_qa_zh", "--limit", 3, "--data", starter_build)
    (given,) = json.loads(run(*line, "--out", tmp_path / "given", "--json").stdout)
    (result,) = evaluated[1]
    assert given["metrics"] == result["metrics"]
    assert given["dataset"] == result["dataset"]
    table = run(*line, "--out", tmp_path / "given")
    assert "code_qa_zh" in table.stdout
    assert "bleu_zh" in table.stdout
    assert str(tmp_path / "given") in table.stderr


def test_runs_are_compared_and_drawn(evaluated: tuple[Path, Any], tmp_path: Path) -> None:
    other = shutil.copytree(evaluated[0], tmp_path / "other")
    line = ("evaluate", "compare", evaluated[0], other, "--plot", tmp_path / "p.png", "--out", tmp_path / "c.json")
    done = run(*line)
    assert "paired bootstrap" in done.stdout
    assert "p is not corrected for their number" in done.stderr
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    written = json.loads((tmp_path / "c.json").read_text("utf-8"))
    assert [one["metric"] for one in written["lines"]] == ["bleu_zh", "chrf", "rouge_l"]
    assert json.loads(run(*line[:4], "--json").stdout) == written["lines"]


def test_baselines_are_written_beside_the_rows(starter_build: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(starter_build, tmp_path / "built")
    done = run("evaluate", "baselines", folder, "--config", "code_search_en", "--limit", 5)
    assert "most_similar" in done.stdout
    assert [one["n"] for one in json.loads((folder / "baselines.json").read_text())["results"]] == [5, 5]


def test_the_folder_of_tasks_is_printed() -> None:
    assert run("evaluate", "lm-eval").stdout == f"{FOLDER}\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "name what to judge"),
        (("--model", "m", "--samples", "s"), "name what to judge"),
        (("--samples", "s"), "one file of answers is for one suite"),
        (("--model", "m", "--suite", "humanevla"), "Close matches: humaneval"),
    ],
)
def test_wrong_use_is_refused_before_a_model_is_loaded(arguments: tuple[str, ...], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        run("evaluate", "--limit", "3", *arguments)


def test_a_config_has_one_answer_a_row(tiny_model: Path) -> None:
    with pytest.raises(UsageError, match="judged by one answer a row"):
        run("evaluate", "--model", tiny_model, *ASKED, "--num-samples", 2, "--temperature", 1)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """HumanEval with one problem, on the loopback."""
    row = {"task_id": "HumanEval/0", "prompt": "def one():\n", "entry_point": "one",
           "canonical_solution": "    return 1\n", "test": "def check(f):\n    assert f() == 1\n"}  # fmt: skip
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "HumanEval.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "www")
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/HumanEval.jsonl.gz"
    suite = SUITES["humaneval"]
    monkeypatch.setitem(SUITES, "humaneval", replace(suite, files=(replace(suite.files[0], url=address, sha256=None),)))
    yield
    server.shutdown()
    server.server_close()


def test_a_set_that_is_missing_is_fetched_when_asked(published: None, tmp_path: Path) -> None:
    samples = tmp_path / "samples.jsonl"
    samples.write_text('{"task_id": "HumanEval/0", "completion": "    return 1\\n"}\n')
    line = ("evaluate", "--suite", "humaneval", "--samples", samples, "--out", tmp_path / "out", "--json")
    with pytest.raises(MulcoError, match=r"HumanEval: no upstream folder.*fetch it with --download"):
        run(*line)
    (result,) = json.loads(run(*line, "--download").stdout)
    assert result["metrics"][0]["value"] == 1.0
    assert (tmp_path / "mulco-cache" / "upstream" / "humaneval" / DATA).is_file()
    (again,) = json.loads(run(*line).stdout)  # what was fetched is found
    assert again["metrics"] == result["metrics"]


def test_of_several_configs_those_without_the_split_are_left_out_and_told(
    starter_build: Path, tiny_model: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(starter_build, tmp_path / "built")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["configs"]["code_qa_en"]["splits"]["test"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    line = (
        "evaluate",
        "--model",
        tiny_model,
        "--suite",
        "code_qa_en",
        "--limit",
        1,
        "--max-new-tokens",
        2,
        "--data",
        folder,
    )
    done = run(*line, "--suite", "code_qa_zh", "--out", tmp_path / "out")
    assert "code_qa_en: left out, it has no rows in the split test." in done.stderr
    assert [path.name for path in (tmp_path / "out").glob("*.json")] == ["code_qa_zh.json"]
    with pytest.raises(UsageError, match="no split 'test'"):
        run(*line, "--out", tmp_path / "out")
