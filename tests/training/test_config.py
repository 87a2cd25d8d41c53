"""One tree of settings: recipes and overrides read into it, names of 2023 explained, what is wrong refused by name."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mulco.errors import MulcoError, UsageError
from mulco.training import prepare
from mulco.training.config import RECIPES, Part, deepspeed_file, load_recipe, settings, with_

GOOD = "data: {configs: [code_qa_en]}\nmodel: {init: tiny}\n"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "mine.yaml").write_text(text, "utf-8")
        return str(tmp_path / "mine.yaml")

    return write


@pytest.mark.parametrize("name", sorted(path.stem for path in RECIPES.glob("*.yaml")))
def test_every_recipe_that_comes_with_mulco_is_readable(name: str) -> None:
    recipe, renamed = load_recipe(name)
    assert recipe.title
    assert renamed == []
    text = (RECIPES / f"{name}.yaml").read_text("utf-8")
    assert f"mulco train --config {name}" in text  # it says how to run it
    assert recipe.model.init == "tiny" or "Not yet run" in recipe.note or "not yet run" in recipe.note
    assert json.loads(json.dumps(recipe.facts()))["train"]["lr"] == recipe.train.lr


def test_the_original_numbers_are_in_the_recipes() -> None:
    full, qlora, codeup = (load_recipe(n)[0] for n in ("collama_full_7b_8gpu", "collama_qlora_7b", "codeup_lora_24gb"))
    train = full.train
    assert (train.batch_rows, train.lr, train.warmup, train.epochs, train.weight_decay) == (256, 2e-5, 0.03, 3, 0)
    assert deepspeed_file(full) is not None
    assert (qlora.method.r, qlora.method.alpha, qlora.method.dropout, qlora.data.max_tokens) == (64, 16, 0.05, 512)
    assert (qlora.train.lr, qlora.train.warmup, qlora.train.batch_rows) == (1e-5, 500, 12)
    assert (codeup.method.r, codeup.method.alpha, codeup.data.max_tokens) == (32, 64, 4096)
    assert "gate_proj" not in codeup.method.targets


def test_words_are_laid_over_the_recipe_and_numbers_written_as_text_are_numbers(written: Callable[[str], str]) -> None:
    file = written(GOOD + "train: {lr: 2e-5, warmup: 1e2, seed: '7'}\nsave: {resume: no}\n")
    recipe, _ = load_recipe(file, ["train.lr=1e-3", "save.dir=out/有 空格", "data.configs=code_qa_zh,code_qa_en"])
    assert (recipe.train.lr, recipe.train.warmup, recipe.train.seed) == (1e-3, 100.0, 7)
    assert recipe.save.resume == "no"  # YAML reads a bare no as false
    assert recipe.save.dir == "out/有 空格"
    assert recipe.data.configs == (Part("code_qa_zh"), Part("code_qa_en"))
    mixed = written("data:\n  configs:\n  - {config: code_qa_en, fraction: 0.5}\n  - {config: code_qa_zh, rows: 1e1}\n"
                    "  - {config: code_repair_en, tokens: 2000}\nmodel: {init: tiny}\n")  # fmt: skip
    recipe, _ = load_recipe(mixed)
    assert [part.mix for part in recipe.data.configs] == [{"fraction": 0.5}, {"rows": 10}, {"tokens": 2000}]


def test_names_of_2023_are_read_as_todays_and_told(written: Callable[[str], str]) -> None:
    file = written(
        "model_name_or_path: huggyllama/llama-7b\nlearning_rate: 2e-5\nevaluation_strategy: 'no'\nwarmup_ratio: 0.03\n"
        "group_by_length: true\nfp16: false\nbf16: true\nsave_total_limit: 3\ndata: {configs: [code_qa_en]}\n"
    )
    recipe, renamed = load_recipe(
        file, ["--per_device_train_batch_size", "8", "--gradient_accumulation_steps=4", "--gradient_checkpointing"]
    )
    assert recipe.model.name == "huggyllama/llama-7b"
    assert (recipe.train.lr, recipe.train.warmup, recipe.train.device_batch, recipe.train.accumulation) == (
        2e-5, 0.03, 8, 4,
    )  # fmt: skip
    assert (recipe.pack.mode, recipe.train.precision, recipe.data.eval_rows, recipe.save.keep) == (
        "group",
        "bf16",
        0,
        3,
    )
    assert recipe.train.activation_checkpointing is True
    told = [str(one) for one in renamed]
    assert "evaluation_strategy is called data.eval_rows today; read as data.eval_rows=0" in told
    assert "per_device_train_batch_size is called train.device_batch today; read as train.device_batch=8" in told
    assert len(told) == 10


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (GOOD + "train: {learning: 1}\n", [], "no setting 'train.learning'. Below train are: epochs, max_steps"),
        (GOOD + "trian: {lr: 1}\n", [], "no setting 'trian'. Close matches: train"),
        (GOOD, ["train.lrr=1"], "no setting 'train.lrr'. Close matches: train.lr"),
        (GOOD, ["lr=1"], "no setting 'lr'. Close matches: train.lr."),
        (GOOD, ["train.lr"], "'train.lr': expected key=value"),
        (GOOD, ["train.lr=fast"], "train.lr is a number, not 'fast'"),
        (GOOD, ["train.seed=1.5"], "train.seed is a whole number, not 1.5"),
        (GOOD, ["train.lr.x=1"], "train.lr is a number, not {'x': 1}"),
        (GOOD, ["pack.mode=packed"], "no pack.mode 'packed'. Close matches: pack."),
        (GOOD, ["data.max_tokens=2"], "data.max_tokens is at least 8, not 2"),
        (GOOD, ["method.kind=lorra"], "no method.kind 'lorra'. Close matches: lora, qlora"),
        (GOOD, ["model.name=x/y"], "model.name=ORG/NAME, or ask for a new one with model.init=tiny"),
        ("data: {configs: [code_qa_en]}\n", [], "name the model with model.name=ORG/NAME"),
        ("model: {init: tiny}\n", [], "data.configs is empty"),
        (GOOD, ["train.batch_rows=8", "train.accumulation=2"], "train.batch_rows and train.accumulation both say"),
        (GOOD, ["pack.tokens=64"], "pack.tokens=64 is less than data.max_tokens=2048"),
        (GOOD, ["method.kind=qlora", "dist.deepspeed=zero3"], "four-bit weights cannot be sharded by ZeRO-3"),
        (GOOD, ["dist.deepspeed=zero4"], "no DeepSpeed config 'zero4'. Close matches: zero3, zero2"),
        (GOOD, ["--overwrite_output_dir", "true"], "overwrite_output_dir is gone: a run goes on from its checkpoints"),
        ("- 1\n", [], "expected a mapping"),
        ("a: [1\n", [], "not YAML"),
        ("data: {configs: [{rows: 5}]}\nmodel: {init: tiny}\n", [], "an entry names its config"),
        ("data: {configs: [{config: a, rows: 5, tokens: 9}]}\nmodel: {init: tiny}\n", [], "at most one of rows"),
        ("data: {configs: [{config: a, fraction: 1.5}]}\nmodel: {init: tiny}\n", [], "above 0 and at most 1, not 1.5"),
    ],
)  # fmt: skip
def test_a_wrong_recipe_is_refused_in_one_sentence(
    text: str, words: list[str], said: str, written: Callable[[str], str]
) -> None:
    file = written(text)
    with pytest.raises(UsageError) as refused:
        load_recipe(file, words)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_recipe_that_does_not_exist_offers_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"no recipe 'tiny_gpu'\. Close matches: tiny_cpu"):
        load_recipe("tiny_gpu")
    assert load_recipe("training/recipes/tiny_cpu.yaml")[0].model.init == "tiny"  # also where no clone is


def test_every_setting_has_a_line_of_help() -> None:
    rows = list(settings())
    assert len(rows) > 60
    assert [name for name, _, _, help_ in rows if not help_] == []
    assert ("train.lr", "number", "2e-05", "highest learning rate") in rows
    assert ("pack.mode", "none | group | pack", "pack") in [row[:3] for row in rows]


def test_only_what_decides_the_weights_has_to_stay_the_same_on_resume() -> None:
    recipe, _ = load_recipe("tiny_cpu")
    same = with_(recipe, save__dir="elsewhere", save__keep=5, plan__devices=8, title="", train__log_every=1)
    assert same.decisive() == recipe.decisive()
    for other in (with_(recipe, train__lr=1.0), with_(recipe, data__max_tokens=100), with_(recipe, pack__mode="none")):
        assert other.decisive() != recipe.decisive()


def test_deepspeed_configs_leave_every_number_to_the_recipe() -> None:
    for name in ("zero2", "zero3", "zero2_offload", "zero3_offload"):
        file = deepspeed_file(with_(load_recipe("tiny_cpu")[0], dist__deepspeed=name))
        assert file is not None
        content = json.loads(file.read_text("utf-8"))
        automatic = (
            "train_micro_batch_size_per_gpu",
            "train_batch_size",
            "gradient_accumulation_steps",
            "gradient_clipping",
        )
        assert [content[key] for key in automatic] == ["auto"] * 4
        assert "optimizer" not in content
        assert content["zero_optimization"]["stage"] == int(name[4])
        assert ("offload_optimizer" in content["zero_optimization"]) == name.endswith("offload")


@pytest.mark.parametrize(
    ("missing", "words", "extra"),
    [("torch", [], "train"), ("peft", ["method.kind=lora"], "train"), ("bitsandbytes", ["method.kind=qlora"], "qlora"),
     ("deepspeed", ["dist.deepspeed=zero2"], "deepspeed")],
)  # fmt: skip
def test_a_missing_package_is_named_with_the_way_to_get_it(
    missing: str, words: list[str], extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = prepare.importlib.util.find_spec
    monkeypatch.setattr(prepare.importlib.util, "find_spec", lambda name: None if name == missing else found(name))
    recipe, _ = load_recipe("tiny_cpu", words)
    with pytest.raises(MulcoError) as refused:
        prepare.need(recipe)
    assert str(refused.value) == f'training needs {missing}. Install it with: pip install "mulco[{extra}]"'


def test_the_command_line_lists_settings_and_refuses_wrong_use(
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    listed: list[dict[str, Any]] = json.loads(command("train", "--settings", "--json").stdout)
    assert listed[0] == {"name": "title", "type": "text", "default": "", "help": "what this recipe makes"}
    done = command("train", "train.lr=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: --config is missing: name a recipe file")
    done = command("train", "--config", "tiny_cpu", "--learning_rate", "fast")
    assert (done.returncode, done.stderr) == (2, "Error: tiny_cpu.yaml: train.lr is a number, not 'fast'\n")
