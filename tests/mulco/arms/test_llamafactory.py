"""The arms for LLaMA-Factory: files it finds, keys it knows, YAML files that differ in data and output alone."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from transformers import Seq2SeqTrainingArguments

from mulco.analysis.result import Analysis
from mulco.arms.llamafactory import recipe
from mulco.arms.select import select
from mulco.arms.spec import Spec

# What LLaMA-Factory 0.9 adds to transformers' arguments, read in its src/llamafactory/hparams: any other key stops it.
OWN = {
    "model_name_or_path", "stage", "finetuning_type", "lora_rank", "lora_target", "dataset", "dataset_dir", "template",
    "cutoff_len", "eval_dataset", "plot_loss",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(made: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("arms") / "arms"
    select(made, Spec("complexity", rows=80, seed=7), out, base="example/base-7b", template="alpaca")
    return out / "llamafactory"


def test_each_arm_has_its_rows_and_its_name(folder: Path) -> None:
    info = json.loads((folder / "dataset_info.json").read_text("utf-8"))
    assert sorted(info) == ["high", "low", "middle", "validation"]
    assert info["low"] == {
        "file_name": "low.json", "formatting": "alpaca",
        "columns": {"prompt": "instruction", "query": "input", "response": "output"},
    }  # fmt: skip
    rows = json.loads((folder / "low.json").read_text("utf-8"))
    columns = ["instruction", "input", "output"]
    assert rows == pq.read_table(folder.parent / "low" / "train-00000-of-00001.parquet", columns=columns).to_pylist()
    assert len(json.loads((folder / "validation.json").read_text("utf-8"))) == 50


def test_the_yaml_of_the_arms_differs_in_data_and_output_alone(folder: Path) -> None:
    texts = {arm: (folder / f"{arm}.yaml").read_text("utf-8") for arm in ("low", "middle", "high")}
    settings = {arm: yaml.safe_load(text) for arm, text in texts.items()}
    of_transformers = {field.name for field in fields(Seq2SeqTrainingArguments)}
    for arm, facts in settings.items():
        assert facts.keys() - OWN <= of_transformers
        assert (facts.pop("dataset"), facts.pop("output_dir")) == (arm, f"saves/{arm}")
    assert settings["low"] == settings["middle"] == settings["high"]
    assert settings["low"]["model_name_or_path"] == "example/base-7b"
    assert (settings["low"]["learning_rate"], settings["low"]["seed"]) == (1e-4, 7)
    lines = zip(texts["low"].splitlines(), texts["high"].splitlines(), strict=True)
    assert [pair for pair in lines if len(set(pair)) > 1] == [
        ("dataset: low", "dataset: high"), ("output_dir: saves/low", "output_dir: saves/high"),
    ]  # fmt: skip


def test_without_a_base_model_the_place_for_it_is_a_comment() -> None:
    text = recipe("low", 800, False, {"factor": "complexity", "seed": 0, "base": "", "template": "default"})
    settings = yaml.safe_load(text)
    assert "model_name_or_path" not in settings
    assert "# model_name_or_path:\n" in text
    assert "eval_dataset" not in settings
    assert settings["warmup_steps"] == 30  # a tenth of 3 epochs of 100 steps


def test_it_can_be_left_out(made: Analysis, tmp_path: Path) -> None:
    select(made, Spec("complexity", rows=50), tmp_path / "arms", for_llamafactory=False)
    assert not (tmp_path / "arms" / "llamafactory").exists()
