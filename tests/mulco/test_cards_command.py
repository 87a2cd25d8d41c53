"""`mulco card` and `mulco check --card`: what they write, print and answer with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mulco.build import build
from mulco.cards.dataset import write_card
from mulco.plan import Settings, make_plan

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build(make_plan(["code_qa_zh"], Settings()), tmp_path / "我的 data", finish=write_card).folder


def test_card_writes_both_cards_of_a_dataset_and_check_passes_them(folder: Path, command: Command) -> None:
    (folder / "README_zh.md").unlink()
    done = command("card", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    files = ["README.md", "README_zh.md", "LICENSE.md"]
    assert json.loads(done.stdout) == {"kind": "dataset", "files": files, "problems": []}
    checked = command("check", "--card", str(folder))
    assert checked.returncode == 0
    assert checked.stderr == f"{folder}: the cards agree with the facts, and the facts with the files.\n"


def test_card_keeps_the_name_it_was_given_before(folder: Path, command: Command) -> None:
    assert command("card", str(folder), "--name", "ORG/mulco").returncode == 0
    assert command("card", str(folder)).returncode == 0
    assert 'load_dataset("ORG/mulco", "code_qa_zh"' in (folder / "README_zh.md").read_text("utf-8")


def test_card_writes_the_cards_of_a_model(tmp_path: Path, fixtures: Path, command: Command) -> None:
    at = tmp_path / "coder"
    shutil.copytree(fixtures / "model", at)
    done = command("card", str(at), "--name", "ORG/coder", "--benchmark", "humaneval=ORG/humaneval", "--json")
    assert done.returncode == 0, done.stderr
    files = ["README.md", "README_zh.md", "LICENSE.md", ".eval_results/humaneval.yaml"]
    assert json.loads(done.stdout) == {"kind": "model", "files": files, "problems": []}
    assert command("check", "--card", str(at)).returncode == 0


def test_check_names_an_altered_figure_and_fails(folder: Path, command: Command) -> None:
    card = folder / "README_zh.md"
    card.write_text(card.read_text("utf-8").replace("30 行", "300 行", 1), "utf-8")
    done = command("check", "--card", str(folder))
    assert done.returncode == 1
    assert "README_zh.md, line 5: a count differs: the card has '300', the facts give '30'\n" in done.stdout
    assert done.stderr == f"Error: {folder}: 1 problems. To write the cards anew from the facts: mulco card DIR\n"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("card", "nowhere"), 1, "nowhere: no such folder. Name one that mulco build or mulco train wrote"),
        (("card", "."), 1, "no manifest.json and no run.json, so no facts to write a card from"),
        (("card", "built", "--name", "mulco"), 2, "--name mulco: expected NAMESPACE/NAME as on the Hub"),
        (("card", "built", "--benchmark", "a=B/c"), 2, "--results and --benchmark are for models, and built is a"),
        (("check", "--card"), 1, "out/mulco: no such folder"),
        (("check", "--card", "ORG/none"), 1, "ORG/none: the Hub cannot be read"),
    ],
)
def test_wrong_use_is_one_sentence(
    folder: Path, tmp_path: Path, command: Command, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    if "built" in arguments:
        folder.rename(tmp_path / "built")
    done = command(*arguments)
    assert done.returncode == status
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
