"""`--plan`: rows, tokens, fill, steps, memory by part, time and licences, before a weight loads and without a GPU."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import small_rows  # type: ignore[import-not-found]
from transformers import LlamaConfig
from typer.testing import CliRunner

from mulco.cli import app
from mulco.training import memory
from mulco.training.config import load_recipe
from mulco.training.plan import plan
from mulco.training.prepare import prepare
from mulco.training.tiny import train_tokenizer


@pytest.fixture(scope="session")
def llama_7b(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shape of LLaMA-7B and a small tokenizer, without weights."""
    folder = tmp_path_factory.mktemp("llama") / "7b"
    LlamaConfig(vocab_size=32000).save_pretrained(folder)
    train_tokenizer((row["instruction"] + row["output"] for row in small_rows(32)), 400).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "trained", "fits"),
    [("collama_full_7b_8gpu", 6_738_415_616, True), ("collama_qlora_7b", 159_907_840, True),
     ("codeup_lora_24gb", 64_487_424, True)],
)  # fmt: skip
def test_a_7b_recipe_is_planned_without_its_weights(
    name: str, trained: int, fits: bool, llama_7b: Path, rows_folder: Path
) -> None:
    words = [f"model.name={llama_7b}", f"data.path={rows_folder}", "data.configs=[]"]
    recipe, _ = load_recipe(name, words)
    facts = plan(prepare(recipe, recipe.plan.devices or 1))
    assert (facts["parameters"], facts["trainable_parameters"]) == (6_738_415_616, trained)
    parts = facts["memory"]["parts"]
    assert facts["memory"]["total"] == sum(parts.values())
    assert facts["memory"]["fits"] is fits
    if name == "collama_full_7b_8gpu":  # bf16 weights, bf16 gradients, fp32 copies and two moments, over eight
        assert [round(parts[part] / 1e9, 1) for part in ("weights", "gradients", "optimizer")] == [1.7, 1.7, 10.1]
        assert facts["licenses"]["restrictions"] == ["research-only"]
    if name == "collama_qlora_7b":
        assert 3.5e9 < parts["weights"] < 4.7e9
    assert facts["speed"]["measured"] is False
    assert facts["expected_seconds"] > 0
    json.dumps(facts)


def test_a_recipe_that_does_not_fit_says_so(llama_7b: Path, rows_folder: Path) -> None:
    words = [f"model.name={llama_7b}", f"data.path={rows_folder}", "data.configs=[]", "method.kind=full"]
    recipe, _ = load_recipe("codeup_lora_24gb", words)
    facts = plan(prepare(recipe))
    assert facts["memory"]["fits"] is False
    assert facts["memory"]["available"] == 24_000_000_000


def test_the_estimate_counts_what_torch_holds() -> None:
    """Weights, gradients and Adam's moments of a real model, against the estimate."""
    import torch

    from mulco.training import tiny

    recipe, _ = load_recipe("tiny_cpu")
    tokenizer = train_tokenizer(["some text"], 300)
    model = tiny.build(recipe, tokenizer)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.zeros(1, 2, dtype=torch.long)).logits.sum().backward()
    optimizer.step()
    moments = sum(
        value.numel() * value.element_size()
        for state in optimizer.state.values()
        for key, value in state.items()
        if key != "step"
    )
    parts = memory.estimate(recipe, tiny.config(recipe, tokenizer), 1, 1024)
    held = sum(parameter.numel() * 4 for parameter in model.parameters())
    assert (parts["weights"], parts["gradients"], parts["optimizer"]) == (held, held, moments)


def test_steps_are_those_the_trainer_makes(rows_folder: Path) -> None:
    words = [f"data.path={rows_folder}", "data.configs=[]", "model.vocabulary=400", "model.hidden=64"]
    padded = [*words, "pack.mode=none", "train.device_batch=4", "train.accumulation=null", "train.batch_rows=16"]
    run = prepare(load_recipe("tiny_cpu", padded)[0], 2)
    assert (run.passes, run.accumulation, run.steps_an_epoch, run.steps) == (4, 2, 2, 8)
    assert run.padded_tokens > 0
    grouped = prepare(load_recipe("tiny_cpu", [*padded, "pack.mode=group"])[0], 2)
    assert grouped.padded_tokens < run.padded_tokens
    packed = prepare(load_recipe("tiny_cpu", [*words, "train.accumulation=null", "train.batch_rows=16"])[0], 1)
    rows_a_step = len(packed.data.train) / packed.steps_an_epoch
    assert 10 <= rows_a_step <= 22
    assert packed.padded_tokens == 0


def test_the_command_prints_the_plan_and_trains_nothing(
    rows_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "--config", "tiny_cpu", "--plan", f"data.path={rows_folder}", "data.configs=[]"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "32 rows, " in done.stdout
    assert "memory of a device" in done.stdout
    assert "licence of the base: Apache-2.0; restrictions of data and base: none" in done.stdout
    facts = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert (facts["rows"], facts["packing"]["mode"], facts["devices"]) == (32, "pack", 1)
    assert not (tmp_path / "out").exists()
