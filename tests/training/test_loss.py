"""The chunked loss on label positions: the same value and gradients as full logits, in a fraction of the memory."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from transformers import Gemma2Config, Gemma2ForCausalLM, LlamaConfig, LlamaForCausalLM

from mulco.training.loss import ChunkedCrossEntropy, label_head, label_places, summed_loss

SHAPE: dict[str, Any] = {
    "vocab_size": 211, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 4,
}  # fmt: skip


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(3)
    ids = torch.randint(0, 211, (3, 19))
    labels = ids.clone()
    labels[torch.rand(3, 19) < 0.5] = -100
    return ids, labels


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_gradients_are_the_derivatives_of_the_loss(bias: bool, chunk: int) -> None:
    torch.manual_seed(0)
    hidden = torch.randn(9, 6, dtype=torch.float32, requires_grad=True)
    weight = torch.randn(11, 6, dtype=torch.float32, requires_grad=True)
    offset = torch.randn(11, requires_grad=True) if bias else None
    targets = torch.randint(0, 11, (9,))
    wanted = [tensor for tensor in (hidden, weight, offset) if tensor is not None]
    expected = F.cross_entropy(F.linear(hidden, weight, offset), targets, reduction="sum")
    total = ChunkedCrossEntropy.apply(hidden, weight, offset, targets, chunk)
    torch.testing.assert_close(total, expected)
    for ours, theirs in zip(
        torch.autograd.grad(total * 0.3, wanted), torch.autograd.grad(expected * 0.3, wanted), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("tied", [True, False])
def test_a_model_gives_the_loss_and_gradients_of_full_logits(tied: bool) -> None:
    torch.manual_seed(1)
    model = LlamaForCausalLM(LlamaConfig(**SHAPE, tie_word_embeddings=tied))
    ids, labels = batch()
    names = set(model.state_dict())
    logits = model(input_ids=ids).logits
    places, targets = label_places(labels)
    expected = F.cross_entropy(logits[:, :-1].reshape(-1, 211)[places], targets, reduction="sum")
    assert expected.item() == pytest.approx(
        F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum").item()
    )
    grads = torch.autograd.grad(expected, list(model.parameters()))
    head = label_head(model, chunk=4)
    total = summed_loss(model, {"input_ids": ids}, labels, head)
    torch.testing.assert_close(total, expected)
    for ours, theirs in zip(torch.autograd.grad(total, list(model.parameters())), grads, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    assert set(model.state_dict()) == names
    torch.testing.assert_close(model(input_ids=ids).logits, logits)  # without labels the head is what it was


def test_rows_without_labels_add_nothing_and_keep_the_graph() -> None:
    model = LlamaForCausalLM(LlamaConfig(**SHAPE))
    ids, labels = batch()
    total = summed_loss(model, {"input_ids": ids}, torch.full_like(labels, -100), label_head(model))
    total.backward()
    assert total.item() == 0
    assert all(float(p.grad.abs().sum()) == 0 for p in model.parameters() if p.grad is not None)
    assert model.model.layers[0].mlp.up_proj.weight.grad is not None


def test_half_precision_sums_in_full() -> None:
    torch.manual_seed(0)
    hidden, weight = torch.randn(700, 16), torch.randn(50, 16)
    targets = torch.randint(0, 50, (700,))
    exact = ChunkedCrossEntropy.apply(hidden.bfloat16().float(), weight.bfloat16().float(), None, targets, 64)
    half = ChunkedCrossEntropy.apply(hidden.bfloat16(), weight.bfloat16(), None, targets, 64)
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(exact.item(), rel=2e-3)


def test_a_model_that_bends_its_logits_takes_the_plain_way() -> None:
    config = Gemma2Config(**SHAPE, head_dim=8, final_logit_softcapping=2.0, pad_token_id=0)
    model = Gemma2ForCausalLM(config)
    assert label_head(model) is None
    ids, labels = batch()
    logits = model(input_ids=ids).logits
    expected = F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
    torch.testing.assert_close(summed_loss(model, {"input_ids": ids}, labels, None), expected)
