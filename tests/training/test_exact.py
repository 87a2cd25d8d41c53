"""The same rows give the same loss and gradients however a step is cut: batches, accumulation, ranks, ZeRO."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import weights  # type: ignore[import-not-found]

from mulco.training import record

# One step of plain gradient descent with rate 1: the weights move by exactly the gradient.
STEP = ("train.optimizer=sgd", "train.lr=1", "train.scheduler=constant", "train.max_grad_norm=0", "train.max_steps=1",
        "data.eval_rows=6")  # fmt: skip
CUTS: dict[str, tuple[int, tuple[str, ...]]] = {
    "8 x 1": (1, ("pack.mode=none", "train.device_batch=8", "train.accumulation=1")),
    "2 x 4": (1, ("pack.mode=none", "train.device_batch=2", "train.accumulation=4")),
    "2 ranks": (2, ("pack.mode=none", "train.device_batch=2", "train.accumulation=2")),
    "zero2": (2, ("pack.mode=none", "train.device_batch=2", "train.accumulation=2", "dist.deepspeed=zero2")),
    "zero3": (2, ("pack.mode=none", "train.device_batch=2", "train.accumulation=2", "dist.deepspeed=zero3")),
}


@pytest.fixture
def step(trained: Callable[..., Path]) -> Callable[[str], tuple[float, float, dict[str, Any]]]:
    """(loss, held-out loss after the step, weights after the step) under one of the cuts."""

    def take(cut: str) -> tuple[float, float, dict[str, Any]]:
        world, words = CUTS[cut]
        folder = trained(cut.replace(" ", ""), *STEP, *words, world=world)
        training = record.read(folder)["training"]
        return training["loss"][0]["loss"], training["eval_loss"][0]["loss"], weights(folder)

    return take


@pytest.mark.slow
def test_loss_and_gradients_do_not_depend_on_how_a_step_is_cut(
    step: Callable[[str], tuple[float, float, dict[str, Any]]],
) -> None:
    loss, held_out, whole = step("8 x 1")
    for cut in list(CUTS)[1:]:
        other_loss, other_held_out, other = step(cut)
        assert abs(other_loss - loss) <= 1e-5, cut
        assert abs(other_held_out - held_out) <= 1e-5, cut
        assert other.keys() == whole.keys()
        difference = max(float((other[name] - whole[name]).abs().max()) for name in whole)
        assert difference <= 1e-5, (cut, difference)
