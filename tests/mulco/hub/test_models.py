"""Models on the Hub: full weights, a LoRA adapter and merged weights load there as they load here, bit for bit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_server import Hub

from mulco.identity import file_digest

OnHub = Callable[..., subprocess.CompletedProcess[str]]

MAKE = """
import sys, torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from peft import LoraConfig, get_peft_model
out = sys.argv[1]
torch.manual_seed(0)
words = Tokenizer(models.WordLevel({"<unk>": 0, "def": 1, "f": 2, "return": 3}, unk_token="<unk>"))
words.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>")
shape = dict(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4)
model = LlamaForCausalLM(LlamaConfig(**shape, num_key_value_heads=2))
model.save_pretrained(f"{out}/full", max_shard_size="20KB")
tokenizer.save_pretrained(f"{out}/full")
model.name_or_path = model.config._name_or_path = "ORG/full"
adapted = get_peft_model(model, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
adapted.peft_config["default"].base_model_name_or_path = "ORG/full"
adapted.save_pretrained(f"{out}/adapter")
adapted.merge_and_unload().save_pretrained(f"{out}/merged")
tokenizer.save_pretrained(f"{out}/merged")
"""

COMPARE = """
import sys, json, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from peft import PeftModel
here = sys.argv[1]
tokens = torch.arange(12).reshape(2, 6)

@torch.no_grad()
def same(one, other):
    pairs = zip(one.named_parameters(), other.named_parameters(), strict=True)
    equal = all(a == b and torch.equal(x, y) for (a, x), (b, y) in pairs)
    return equal and torch.equal(one(tokens).logits, other(tokens).logits)

full = AutoModelForCausalLM.from_pretrained(f"{here}/full")
print(json.dumps({
    "full": same(full, AutoModelForCausalLM.from_pretrained("ORG/full", revision="v1")),
    "merged": same(AutoModelForCausalLM.from_pretrained(f"{here}/merged"),
                   AutoModelForCausalLM.from_pretrained("ORG/merged")),
    "adapter": same(PeftModel.from_pretrained(full, f"{here}/adapter"), PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained("ORG/full"), "ORG/adapter")),
    "alone": same(AutoModelForCausalLM.from_pretrained("ORG/adapter"), PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(f"{here}/full"), f"{here}/adapter").base_model.model),
    "tokens": AutoTokenizer.from_pretrained("ORG/full")("def f return")["input_ids"],
}))
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tiny random models with cards and the record of a run: full in several files, adapter, merged."""
    folder = tmp_path_factory.mktemp("模型 models")
    done = subprocess.run([sys.executable, "-c", MAKE, str(folder)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for kind in ("full", "adapter", "merged"):
        (folder / kind / "README.md").write_text(f"---\nlicense: apache-2.0\n---\n\n# {kind}\n", "utf-8")
        record(folder / kind)
    return folder


def record(folder: Path) -> None:
    files = [
        {"path": file.name, "bytes": file.stat().st_size, "sha256": file_digest(file)}
        for file in sorted(folder.glob("*.safetensors"))
    ]
    data = [{"path": "out/mulco", "config": "code_qa_zh", "licenses": {"Apache-2.0": 20}}]
    (folder / "run.json").write_text(json.dumps({"version": 1, "data": data, "files": files}), "utf-8")


def good(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
def test_full_adapter_and_merged_weights_load_from_the_hub_bit_for_bit(
    hub: Hub, on_hub: OnHub, models: Path, tmp_path: Path
) -> None:
    for kind in ("full", "adapter", "merged"):
        good(on_hub("push", models / kind, f"ORG/{kind}", "--yes", "--tag", "v1"))
    assert sorted(path for path in hub.repo("models", "ORG/full").head.files if path.startswith("model-"))
    environment = {**os.environ, **hub.environment(None, tmp_path / "fresh")}
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(models)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "full": True, "merged": True, "adapter": True, "alone": True, "tokens": [1, 2, 3],
    }  # fmt: skip


def test_every_file_comes_back_over_large_files_as_well(on_hub: OnHub, models: Path, tmp_path: Path) -> None:
    for kind in ("full", "adapter"):
        good(on_hub("push", models / kind, f"ORG/{kind}", "--yes", xet=False))
        good(on_hub("pull", f"ORG/{kind}", "--out", f"pulled/{kind}", xet=False))
        for file in sorted((models / kind).iterdir()):
            assert (tmp_path / "pulled" / kind / file.name).read_bytes() == file.read_bytes()


def test_weights_in_other_files_take_the_place_of_the_old_ones(
    hub: Hub, on_hub: OnHub, models: Path, tmp_path: Path
) -> None:
    good(on_hub("push", models / "full", "ORG/model", "--yes"))
    done = good(on_hub("push", models / "merged", "ORG/model", "--yes", "--json"))
    deleted = json.loads(done.stdout)["plan"]["delete"]
    assert "model.safetensors.index.json" in deleted
    assert all(path.startswith("model") for path in deleted)
    weights = {path for path in hub.repo("models", "ORG/model").head.files if "safetensors" in path}
    assert weights == {"model.safetensors"}


def broken(models: Path, tmp_path: Path, how: str) -> Path:
    folder = tmp_path / how
    shutil.copytree(models / "merged", folder)
    weights = folder / "model.safetensors"
    if how == "cut":
        weights.write_bytes(weights.read_bytes()[:-10])
        record(folder)
    elif how == "other":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    elif how == "pickled":
        weights.rename(folder / "pytorch_model.bin")
    elif how == "no card":
        (folder / "README.md").unlink()
    elif how == "shard":
        index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut", "model.safetensors: "),
        ("other", "model.safetensors: the bytes differ from the sha256 in run.json"),
        ("pickled", "there is only pytorch_model.bin, a pickle, which can run code when it is loaded"),
        ("no card", "the model has no card (README.md)"),
        ("shard", "names model-00002-of-00002.safetensors, which is missing"),
    ],
)
def test_a_model_that_is_not_whole_is_not_published(models: Path, tmp_path: Path, how: str, said: str) -> None:
    from mulco.errors import HubError
    from mulco.hub.folder import read_folder

    with pytest.raises(HubError) as refused:
        read_folder(broken(models, tmp_path, how))
    assert said in str(refused.value)


def test_checkpoints_and_pickles_stay_at_home_and_a_local_base_is_told(models: Path, tmp_path: Path) -> None:
    from mulco.hub.folder import read_folder

    folder = tmp_path / "adapter"
    shutil.copytree(models / "adapter", folder)
    (folder / "checkpoint-5").mkdir()
    (folder / "checkpoint-5" / "optimizer.pt").write_bytes(b"x")
    (folder / "training_args.bin").write_bytes(b"x")
    config = folder / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "base_model_name_or_path": str(tmp_path)}), "utf-8")
    read = read_folder(folder)
    assert read.left_out == ["checkpoint-5/optimizer.pt", "training_args.bin"]
    assert "a place on this machine" in read.notes[0]
    assert read.licenses == {"Apache-2.0": 20}
