"""`mulco train --plan`: what a recipe will do, before a weight is loaded and without a GPU.

    facts = plan(prepare(recipe, world=8))
    facts["steps"], facts["memory"]["total"], facts["expected_seconds"]

Rows, tokens, fill or padding, steps, memory by part, expected time, licences of data and base.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from mulco.licenses import traits
from mulco.training import memory
from mulco.training.config import Recipe
from mulco.training.prepare import Run

# Share of a device's matmul speed that training is taken to reach, for the expected time: an assumption, not measured.
UTILISATION = 0.4


def plan(run: Run) -> dict[str, Any]:
    """All facts as plain values, ready for JSON."""
    from mulco.training.model import load_config

    recipe = run.recipe
    config = load_config(recipe, run.tokenizer)
    model = memory.skeleton(config)
    count = memory.parameters(recipe, model)
    parts = memory.estimate(recipe, config, run.world, pass_tokens(run), model)
    device = _device()
    room = int(recipe.plan.memory_gb * 1e9) if recipe.plan.memory_gb else memory.available(device)
    flops = flops_a_token(recipe, count, config) * (run.data.train.tokens + run.padded_tokens) * run.epochs
    speed, measured = _speed(recipe, device)
    licenses: Counter[str] = Counter()
    for part in run.data.parts:
        licenses.update(part.facts["licenses"])
    base = base_license(recipe)
    return {
        "data": [part.facts for part in run.data.parts],
        "rows": len(run.data.train), "tokens": run.data.train.tokens, "answer_tokens": run.data.train.answer_tokens,
        "packing": packing_facts(run),
        "devices": run.world, "passes_an_epoch": run.passes, "accumulation": run.accumulation,
        "steps": run.steps, "epochs": round(run.epochs, 4), "tokens_a_step": round(run.step_tokens),
        "parameters": count["total"], "trainable_parameters": count["trained"],
        "memory": {"parts": parts, "total": sum(parts.values()), "available": room,
                   "fits": sum(parts.values()) <= room},
        "flops": flops, "expected_seconds": flops / (speed * UTILISATION * run.world),
        "speed": {"flops_a_second": speed, "measured": measured, "utilisation": UTILISATION},
        "licenses": {
            "data": dict(licenses), "base": base,
            "restrictions": sorted({trait for name in (*licenses, base or "unknown") for trait in traits(name)}),
        },
        "notes": list(run.data.notes),
    }  # fmt: skip


def pass_tokens(run: Run) -> int:
    """Tokens that the largest forward pass computes, padding included."""
    lengths = run.items.documents.lengths
    if run.items.plan is not None:
        return int(run.items.plan.size * run.recipe.train.device_batch)
    return int(lengths.max() * run.recipe.train.device_batch)


def packing_facts(run: Run) -> dict[str, Any]:
    """How rows come into batches, for the plan and the run record."""
    tokens, padded = run.data.train.tokens, run.padded_tokens
    facts: dict[str, Any] = {"mode": run.recipe.pack.mode, "max_tokens": run.recipe.data.max_tokens}
    facts |= {"rows": len(run.data.train), "bins": len(run.items), "padding": round(padded / (tokens + padded), 4)}
    made = run.items.plan
    facts["fill"] = round(made.fill, 4) if made is not None else round(tokens / (tokens + padded), 4)
    return {**facts, "digest": made.digest if made is not None else None}


def flops_a_token(recipe: Recipe, count: dict[str, int], config: Any) -> float:
    """Forward 2, backward 4 a weight (2 where only adapters move), 2 more with activation checkpointing."""
    weights = count["total"] - config.vocab_size * config.hidden_size  # looking up an embedding costs nothing
    each = 6 if recipe.method.kind == "full" else 4
    return float(weights) * (each + (2 if recipe.train.activation_checkpointing else 0))


def base_license(recipe: Recipe) -> str | None:
    """The licence of the base: as the recipe says, else as its card says, else None."""
    if recipe.model.init is not None:
        return "Apache-2.0"  # random weights made by this project's code
    if recipe.model.license is not None:
        return str(recipe.model.license)
    from pathlib import Path

    from huggingface_hub import ModelCard, model_info
    from huggingface_hub.errors import HfHubHTTPError

    name = str(recipe.model.name)
    try:
        if Path(name).is_dir():
            said = ModelCard.load(Path(name) / "README.md").data.license
        else:
            card = model_info(name, revision=recipe.model.revision, timeout=10).card_data
            said = card.license if card is not None else None
    except (OSError, ValueError, HfHubHTTPError):
        return None
    return _SPDX.get(said, said) if isinstance(said, str) else None


# The Hub writes its identifiers in lower case.
_SPDX = {"apache-2.0": "Apache-2.0", "mit": "MIT", "bsd-3-clause": "BSD-3-Clause", "cc-by-4.0": "CC-BY-4.0",
         "cc-by-nc-4.0": "CC-BY-NC-4.0", "cc-by-sa-4.0": "CC-BY-SA-4.0", "gpl-3.0": "GPL-3.0-only"}  # fmt: skip


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _speed(recipe: Recipe, device: str) -> tuple[float, bool]:
    """(FLOP/s of one device, whether it was measured here): the recipe's, else the best of a few matmuls now."""
    if recipe.plan.tflops:
        return recipe.plan.tflops * 1e12, False
    import torch

    size, dtype = (4096, torch.bfloat16) if device == "cuda" else (768, torch.float32)
    left, right = (
        torch.randn(size, size, device=device, dtype=dtype),
        torch.randn(size, size, device=device, dtype=dtype),
    )
    times = []
    for _ in range(6):
        began = time.perf_counter()
        (left @ right)[0, 0].item()  # waits for the device
        times.append(time.perf_counter() - began)
    return 2 * size**3 / min(times[1:]), True
