"""From a recipe to weights that others can load: full, LoRA, QLoRA, merged; what the record says; what goes wrong."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import weights  # type: ignore[import-not-found]
from transformers import AutoModelForCausalLM, AutoTokenizer

from mulco.errors import MulcoError, OutputError, UsageError
from mulco.prompts import prompt
from mulco.training import record
from mulco.training.config import load_recipe, with_
from mulco.training.merge import merge
from mulco.training.run import train

Trained = Callable[..., Path]


def answers(model: Any, tokenizer: Any, rows: list[dict[str, str]]) -> list[str]:
    """Greedy answers, one row at a time."""
    found = []
    for row in rows:
        ids = tokenizer(prompt(row), return_tensors="pt")["input_ids"]
        with torch.no_grad():
            made = model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=40, do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )  # fmt: skip
        found.append(tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True))
    return found


@pytest.mark.slow
def test_thirty_two_rows_are_learned_by_heart(trained: Trained, tmp_path: Path) -> None:
    words = (
        "red blue green pink gold gray cyan teal apple pear plum fig lime kiwi date nut cat dog cow hen fox owl bee "
    )
    rows = [
        {"instruction": f"{word}?", "input": "", "output": f"{word[0]}{n} = {word[::-1]}({n * 7})",
         "language": "zh" if n % 2 else "en"}
        for n, word in enumerate((words + "ant sun moon star rain snow wind fire 山").split())
    ]  # fmt: skip
    assert len(rows) == 32
    (tmp_path / "rows").mkdir()
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "rows" / "train.jsonl").write_text(text, "utf-8")
    folder = trained(
        "overfit", f"data.path={tmp_path / 'rows'}", "data.eval_rows=0", "model.hidden=128", "model.vocabulary=1200",
        "pack.tokens=4096", "train.max_steps=150", "train.accumulation=1", "train.lr=5e-3", "train.beta2=0.95",
        "train.warmup=0.1", "train.log_every=10", "save.every=null",
    )  # fmt: skip
    assert record.read(folder)["training"]["loss"][-1]["loss"] < 0.05
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    assert model.config.use_cache is True
    said = answers(model, tokenizer, rows)
    assert sum(one == row["output"] for one, row in zip(said, rows, strict=True)) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["lora", "qlora"])
def test_adapters_load_in_plain_peft_and_merge_without_a_change(
    kind: str, trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from peft import PeftModel

    folder = trained(
        "adapters", f"method.kind={kind}", "method.r=4", "train.max_steps=8", "train.lr=2e-2", "save.every=4"
    )
    facts = record.read(folder)
    assert facts["training"]["method"] == kind
    assert facts["model"]["relation"] == "adapter"
    assert facts["model"]["trainable_parameters"] < facts["model"]["parameters"] / 5
    assert facts["model"]["parameters"] == 155_968 + facts["model"]["trainable_parameters"]  # four-bit ones count whole
    losses = [point["loss"] for point in facts["training"]["loss"]]
    assert losses[-1] < losses[0] - 0.2
    base = AutoModelForCausalLM.from_pretrained(tmp_path / "adapters.base")
    plain = PeftModel.from_pretrained(base, folder).eval()
    merged = merge(folder, tmp_path / "merged")
    assert merged["merge"]["largest_logit_difference"] <= 1e-5
    assert merged["merge"]["argmax_agreement_as_written"] == 1.0
    assert merged["model"]["relation"] == "merge"
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").eval()
    assert type(loaded).__name__ == "LlamaForCausalLM"
    ids = torch.arange(3, 40)[None]
    with torch.no_grad():
        assert (loaded(ids).logits - plain(ids).logits).abs().max() <= 1e-5
    half = merge(folder, tmp_path / "half", dtype="bf16")
    assert half["merge"]["argmax_agreement_as_written"] >= 0.9
    assert {tensor.dtype for tensor in weights(tmp_path / "half").values()} == {torch.bfloat16}
    with pytest.raises(OutputError, match="or the adapters themselves"):
        merge(folder, folder)
    with pytest.raises(MulcoError, match=r"no adapter_config\.json"):
        merge(tmp_path / "merged", tmp_path / "again")


@pytest.mark.slow
def test_the_record_says_what_a_card_needs(trained: Trained, rows_folder: Path) -> None:
    folder = trained("run", "train.max_steps=4", "train.eval_every=2")
    facts = record.read(folder)
    assert set(facts) == {
        "version", "mulco", "created", "command", "recipe", "model", "data", "hardware", "versions", "training",
        "files",
    }  # fmt: skip
    assert facts["model"] == {
        "name_or_path": None, "revision": None, "license": "Apache-2.0", "init": "tiny", "parameters": 155_968,
        "trainable_parameters": 155_968, "relation": "finetune",
    }  # fmt: skip
    [part] = facts["data"]
    assert (part["path"], part["split"], part["rows"], part["mix"]) == (str(rows_folder), "train", 32, {})
    assert (part["licenses"], part["sources"]) == ({"Apache-2.0": 32}, {"ours": 32})
    assert part["languages"] == {"en": 22, "zh": 10}
    training = facts["training"]
    assert training["packing"]["mode"] == "pack"
    assert len(training["packing"]["digest"]) == 64
    assert training["attention"] == "mulco_documents"
    assert [point["step"] for point in training["loss"]] == [1, 2, 3, 4]
    assert [point["step"] for point in training["eval_loss"]] == [2, 4]
    assert training["loss"][-1]["tokens"] == training["tokens"] > 0
    assert all(math.isfinite(point["loss"]) for point in training["loss"])
    assert facts["versions"]["torch"] == torch.__version__.split("+")[0] or facts["versions"]["torch"]
    files = {entry["path"]: entry["sha256"] for entry in facts["files"]}
    assert set(files) == {path.name for path in folder.iterdir()} - {"run.json"}
    assert files["model.safetensors"] == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert (folder / "loss.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "training_args.bin" not in files


@pytest.mark.slow
def test_torchrun_trains_under_zero3_and_the_folder_loads_anywhere(recipe_file: Path, tmp_path: Path) -> None:
    torchrun = Path(sys.executable).with_name("torchrun")
    line = [torchrun, "--nproc_per_node", "2", "-m", "mulco.training", "--config", recipe_file, "train.max_steps=2",
            "dist.deepspeed=zero3", "train.precision=bf16", "method.kind=lora", "train.accumulation=1",
            "train.activation_checkpointing=true", f"save.dir={tmp_path / '零三 run'}"]  # fmt: skip
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=300,
                          env={**os.environ, "PYTHONUTF8": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"Weights, run.json and loss.png are in {tmp_path / '零三 run'}"
    facts = record.read(tmp_path / "零三 run")
    assert facts["hardware"]["world_size"] == 2
    assert facts["model"]["parameters"] > 155_968
    adapters = weights(tmp_path / "零三 run")
    assert sum(tensor.numel() for tensor in adapters.values()) == facts["model"]["trainable_parameters"]


def small(recipe_file: Path, *words: str) -> Any:
    return load_recipe(str(recipe_file), [*words])[0]


def test_a_run_that_cannot_work_is_refused_before_it_starts(
    recipe_file: Path, rows_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = f"save.dir={tmp_path / 'out'}"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "text.jsonl").write_text(json.dumps({"text": "x", "ouput": "y"}) + "\n", "utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", "utf-8")
    cases: list[tuple[list[str], type[Exception], str]] = [
        ([f"data.path={tmp_path / 'other'}"], UsageError, "no column 'instruction'. It has: text, ouput. "),
        (["data.split=trian"], MulcoError, "gives no rows: Unknown split"),
        ([f"data.path={tmp_path / 'absent'}"], MulcoError, "gives no rows: "),
        (["data.path=mulco", "data.configs=code_serach_zh"], UsageError, "Close matches: code_search_zh"),
        (["data.max_tokens=8"], MulcoError, "no row is left to learn from: 32 prompt_too_long. Raise data.max_tokens"),
        (["pack.mode=none", "train.accumulation=null", "train.batch_rows=10", "train.device_batch=4"], UsageError,
         "train.batch_rows=10 is no multiple of train.device_batch x devices = 4 x 1"),
        (["data.prompt=chat"], MulcoError, "needs a tokenizer with a chat template"),
        (["model.init=null", f"model.name={tmp_path / 'nothing'}"], MulcoError, "the tokenizer of "),
        (["method.kind=lora", "method.targets=q_projj"], UsageError, "no module 'q_projj'. Close matches: q_proj"),
        (["train.optimizer=adamm"], UsageError, "transformers refuses these settings: adamm is not a valid"),
        (["model.attention=varlen"], UsageError, "needs a CUDA device"),
        ([f"save.dir={tmp_path / 'mine'}"], OutputError, "holds what mulco did not train"),
        ([f"save.dir={tmp_path}"], UsageError, "is the current folder or holds it"),
    ]  # fmt: skip
    for words, kind, said in cases:
        with pytest.raises(kind) as refused:
            train(small(recipe_file, out, *words))
        assert said in str(refused.value), words
        assert "\n" not in str(refused.value)


def test_too_little_memory_is_told_before_and_during_a_run(
    recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mulco.training import memory, run

    recipe = with_(small(recipe_file), save__dir=str(tmp_path / "out"))
    monkeypatch.setattr(memory, "available", lambda device: 2_000_000)
    with pytest.raises(MulcoError, match=r"too little memory: about 0.0 GB are needed \(.*plan.check_memory=false"):
        train(recipe)

    def full(*_: Any) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.")

    monkeypatch.setattr(run, "_train", full)
    with pytest.raises(MulcoError, match=r"out of memory: .*9 bytes.*Lower pack.tokens or train.device_batch"):
        train(with_(recipe, plan__check_memory=False))


@pytest.mark.slow
def test_configs_are_mixed_by_rows_fraction_and_tokens_and_shortages_are_told() -> None:
    from mulco.training.data import load
    from mulco.training.model import load_tokenizer

    recipe = load_recipe(
        "tiny_cpu", ["pack.tokens=2048", "data.max_tokens=2048", "model.vocabulary=600", "data.eval_rows=9"]
    )[0]
    parts = [
        {"config": "code_qa_en", "rows": 5}, {"config": "code_qa_zh", "fraction": 0.5},
        {"config": "code_summarization_zh", "tokens": 6000}, {"config": "code_qa_en", "rows": 500},
    ]  # fmt: skip
    from mulco.training.config import Part

    recipe = with_(recipe, data__configs=tuple(Part(**part) for part in parts))
    tokenizer = load_tokenizer(recipe)
    data = load(recipe, tokenizer)
    rows = [part.facts["rows"] for part in data.parts]
    assert (rows[0], rows[1], rows[3]) == (5, 10, 20)
    assert 5000 < data.parts[2].facts["tokens"] <= 6000
    assert "code_qa_en: 500 rows wanted, 20 found" in data.notes
    assert any("are from the starter corpus" in note for note in data.notes)
    assert data.parts[0].facts["mix"] == {"rows": 5}
    assert data.parts[0].facts["identity"] == data.parts[3].facts["identity"]
    assert data.parts[0].facts["fingerprint"] != data.parts[3].facts["fingerprint"]
    assert data.evaluation is not None
    assert len(data.evaluation) == 8
    assert load(recipe, tokenizer).fingerprint == data.fingerprint
