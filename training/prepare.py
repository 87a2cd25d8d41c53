"""What a run is before a weight is loaded: tokenizer, rows as tokens, items, steps. `--plan` shows it, `train` goes on.

run = prepare(recipe, world=8)
run.steps, run.accumulation, run.items.plan.fill
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from typing import Any

from mulco.errors import MulcoError, UsageError
from mulco.training.config import Recipe


@dataclass(frozen=True)
class Run:
    """A recipe with its rows, and the shape of its steps on `world` devices."""

    recipe: Recipe
    tokenizer: Any
    data: Any  # mulco.training.data.TrainingData
    items: Any  # mulco.training.batches.Items
    held_out: Any  # Items or None
    world: int
    accumulation: int

    @property
    def passes(self) -> int:
        """Forward passes of each device in an epoch."""
        together = self.recipe.train.device_batch * self.world
        return -(-len(self.items) // int(together))

    @property
    def steps_an_epoch(self) -> int:
        return max(1, math.ceil(self.passes / self.accumulation))

    @property
    def steps(self) -> int:
        """Optimizer steps of the whole run."""
        train = self.recipe.train
        return int(train.max_steps or math.ceil(train.epochs * self.steps_an_epoch))

    @property
    def epochs(self) -> float:
        """Passes over the rows, as the steps make them."""
        return self.steps / self.steps_an_epoch

    @property
    def step_tokens(self) -> float:
        """Real tokens of an optimizer step, on average."""
        return float(self.data.train.tokens / self.steps_an_epoch)

    @property
    def padded_tokens(self) -> int:
        """Tokens an epoch computes beside the real ones, in the padded modes; 0 when packed: nothing is padded."""
        if self.items.plan is not None:
            return 0
        from mulco.training.batches import Order

        train = self.recipe.train
        lengths, padded = self.items.documents.lengths, 0
        group = self.recipe.pack.mode == "group"
        for batch in Order(self.items, train.device_batch, seed=train.seed, group=group):
            rows = [int(lengths[item]) for item in batch]
            padded += max(rows) * len(rows) - sum(rows)
        return padded


def need(recipe: Recipe) -> None:
    """Refuse a run whose packages are not installed, in one sentence that says how to get them."""
    wanted = [("train", name) for name in ("torch", "transformers", "accelerate", "safetensors", "matplotlib")]
    if recipe.method.kind != "full":
        wanted.append(("train", "peft"))
    if recipe.method.kind == "qlora":
        wanted.append(("qlora", "bitsandbytes"))
    if recipe.dist.deepspeed:
        wanted.append(("deepspeed", "deepspeed"))
    for extra, package in wanted:
        if importlib.util.find_spec(package) is None:
            raise MulcoError(f'training needs {package}. Install it with: pip install "mulco[{extra}]"')


def prepare(recipe: Recipe, world: int = 1) -> Run:
    """Load the tokenizer and the rows, and plan the steps."""
    from mulco.training import data
    from mulco.training.batches import items_of
    from mulco.training.model import load_tokenizer

    need(recipe)
    tokenizer = load_tokenizer(recipe)
    loaded = data.load(recipe, tokenizer)
    items = items_of(loaded.train, recipe.pack.mode, recipe.bin_tokens)
    held_out = None
    if loaded.evaluation is not None:
        held_out = items_of(loaded.evaluation, recipe.pack.mode, recipe.bin_tokens)
    return Run(recipe, tokenizer, loaded, items, held_out, world, _accumulation(recipe, items, world))


def _accumulation(recipe: Recipe, items: Any, world: int) -> int:
    """Forward passes of a device to a step, from whichever of the three names the global batch."""
    train = recipe.train
    together = train.device_batch * world  # items of one forward pass over all devices
    if train.accumulation is not None:
        return int(train.accumulation)
    if train.batch_rows is not None and items.plan is None:
        if train.batch_rows % together:
            raise UsageError(
                f"train.batch_rows={train.batch_rows} is no multiple of train.device_batch x devices = "
                f"{train.device_batch} x {world}. Change one of them"
            )
        return int(train.batch_rows // together)
    if train.batch_rows is not None:
        return int(max(1, round(train.batch_rows / (len(items.documents) / len(items) * together))))
    if train.batch_tokens is not None:
        return int(max(1, round(train.batch_tokens / (items.documents.tokens / len(items) * together))))
    return 1
