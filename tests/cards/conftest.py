"""A small built folder and a model folder with their cards, whole, and copies of them to spoil."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from mulco.build import build
from mulco.cards import dataset, model
from mulco.plan import Settings, make_plan

CONFIGS = ("code_search_zh", "cloze_test_en", "code_qa_en", "code_qa_zh")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of four configs, with its cards; not to be changed."""
    out = tmp_path_factory.mktemp("cards") / "构建 built"
    return build(make_plan(CONFIGS, Settings()), out, finish=dataset.write_card).folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the build, to spoil."""
    shutil.copytree(made, tmp_path / "built")
    return tmp_path / "built"


@pytest.fixture
def coder(fixtures: Path, tmp_path: Path) -> Path:
    """A model folder: a made-up run record and results (see the fixture), weights of nine bytes, and the cards."""
    at = tmp_path / "模型 coder"
    shutil.copytree(fixtures / "model", at)
    (at / "adapter_model.safetensors").write_bytes(b"no tensor")
    run = json.loads((at / "run.json").read_text("utf-8"))
    digest = hashlib.sha256(b"no tensor").hexdigest()
    run["files"] = [{"path": "adapter_model.safetensors", "bytes": 9, "sha256": digest}]
    (at / "run.json").write_text(json.dumps(run), "utf-8")
    model.write_card(at, "ORG/coder", benchmarks=["humaneval=ORG/humaneval"])
    return at
