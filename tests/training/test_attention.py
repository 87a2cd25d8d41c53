"""A packed row gives every document the logits it has alone, on every path that runs here; what leaks is caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM

from mulco.errors import MulcoError, UsageError
from mulco.training import attention
from mulco.training.batches import collate_packed, collate_padded

SHAPE: dict[str, Any] = {
    "vocab_size": 300, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
}  # fmt: skip
MODELS = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SHAPE)),
    "llama, grouped heads": lambda: LlamaForCausalLM(LlamaConfig(**SHAPE, num_key_value_heads=2)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**SHAPE, num_key_value_heads=2)),
    "mistral": lambda: MistralForCausalLM(MistralConfig(**SHAPE, num_key_value_heads=2, sliding_window=64)),
}
PATHS = (attention.DOCUMENTS, "sdpa", "eager")  # varlen and flash_attention_2 need CUDA
LENGTHS = (7, 1, 23, 12, 5)


def made(name: str) -> Any:
    """The model with weights large enough that its logits are far apart."""
    torch.manual_seed(0)
    model = MODELS[name]().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4 if parameter.dim() > 1 else 1)
    return model


def documents() -> list[tuple[Any, Any]]:
    random = np.random.default_rng(1)
    ids = [random.integers(3, 300, length).astype(np.int32) for length in LENGTHS]
    return [(row, row.astype(np.int64)) for row in ids]


def alone(model: Any) -> torch.Tensor:
    """Logits of each document by itself, one after the other: (tokens, vocabulary)."""
    model.set_attn_implementation("sdpa")
    return torch.cat([model(torch.from_numpy(ids).long()[None]).logits[0] for ids, _ in documents()])


def packed(model: Any, path: str, **changed: Any) -> torch.Tensor:
    attention.register()
    model.set_attn_implementation(path)
    batch = collate_packed([documents()])
    del batch["labels"]
    batch = {name: value for name, value in {**batch, "use_cache": False, **changed}.items() if value is not None}
    logits: torch.Tensor = model(**batch).logits[0]
    return logits


@torch.no_grad()
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", MODELS)
def test_packed_logits_are_those_of_each_document_alone(name: str, path: str) -> None:
    model = made(name)
    expected = alone(model)
    assert expected.abs().max() > 1
    assert (packed(model, path) - expected).abs().max() <= 1e-5


@torch.no_grad()
@pytest.mark.parametrize("path", ["sdpa", "eager"])
@pytest.mark.parametrize(
    "mutant",
    [
        {"attention_mask": torch.ones(1, sum(LENGTHS), dtype=torch.long)},
        {"use_cache": True},
        {"position_ids": None},
    ],
    ids=["all-ones mask", "cache", "no position_ids"],
)
def test_what_leaks_without_a_word_in_transformers_is_seen_by_this_test(path: str, mutant: dict[str, Any]) -> None:
    model = made("llama")
    assert (packed(model, path, **mutant) - alone(model)).abs().max() > 0.1


@torch.no_grad()
def test_our_own_path_refuses_a_packed_row_that_would_leak() -> None:
    model = made("llama")
    with pytest.raises(MulcoError, match=r"needs an attention_mask .* or cu_seq_lens_q"):
        packed(model, attention.DOCUMENTS, cu_seq_lens_q=None)
    ones = torch.ones(1, sum(LENGTHS), dtype=torch.long)
    leaking = packed(
        model, attention.DOCUMENTS, attention_mask=ones
    )  # a padded batch of one row, as far as it can tell
    assert (leaking - alone(model)).abs().max() > 0.1


def test_no_gradient_crosses_a_boundary() -> None:
    model = made("llama, grouped heads")
    attention.register()
    model.set_attn_implementation(attention.DOCUMENTS)
    batch = collate_packed([documents()])
    inputs = model.get_input_embeddings()(batch.pop("input_ids")).detach().requires_grad_()
    del batch["labels"]
    logits = model(inputs_embeds=inputs, use_cache=False, **batch).logits
    start, end = sum(LENGTHS[:2]), sum(LENGTHS[:3])
    logits[0, start:end].sum().backward()
    moved = inputs.grad[0].abs().sum(-1) > 0
    assert moved.nonzero().squeeze(1).tolist() == list(range(start, end))


@torch.no_grad()
def test_padded_batches_are_exact_too_and_eos_as_padding_is_seen() -> None:
    model = made("llama")
    expected = alone(model)
    attention.register()
    model.set_attn_implementation(attention.DOCUMENTS)
    batch = collate_padded([[row] for row in documents()], pad=5)
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], use_cache=False).logits
    assert (logits[batch["attention_mask"].bool()] - expected).abs().max() <= 1e-5
    ids = np.asarray([9, 5, 5], np.int32)  # 5 is the padding token, and here it is text
    batch = collate_padded([[(ids, ids.astype(np.int64))], [documents()[0]]], pad=5)
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0, 0, 0, 0], [1] * 7]
    assert batch["labels"][0].tolist() == [9, 5, 5, -100, -100, -100, -100]


def test_a_document_longer_than_the_window_is_refused() -> None:
    model = made("mistral")
    model.config.sliding_window = 16
    model = MistralForCausalLM(model.config).eval()
    with pytest.raises(UsageError, match="a row has 23 tokens, and the model attends over a sliding window of 16"):
        packed(model, attention.DOCUMENTS)


def test_the_path_is_chosen_for_the_device_and_the_model() -> None:
    model = MODELS["llama"]()
    assert attention.implementation("auto", model, "cpu", packed=True) == attention.DOCUMENTS
    assert attention.implementation("auto", model, "cuda", packed=True) == attention.VARLEN
    assert attention.implementation("auto", model, "cpu", packed=False) == "sdpa"
    model.config.attn_logit_softcapping = 50.0
    assert attention.implementation("auto", model, "cpu", packed=True) == "eager"
    for wanted in ("varlen", "flash_attention_2"):
        with pytest.raises(UsageError, match="needs a CUDA device"):
            attention.implementation(wanted, model, "cpu", packed=True)
