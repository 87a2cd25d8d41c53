"""How much memory a run needs on one device, by part, before anything is loaded.

    parts = estimate(recipe, config, world=8, pass_tokens=2048)     # {"weights": bytes, "gradients": ..., ...}
    available("cuda")                                               # bytes

The model is made without weights (on the meta device), so a 7B model costs nothing here. Weights, gradients and
optimizer are exact; activations follow from counting what a Llama layer keeps for its backward pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mulco.training.config import Recipe

_NF4 = 0.516  # bytes a weight: 4 bits, and 0.127 for the doubly quantised scales (Dettmers et al. 2023, section 3)


def skeleton(config: Any) -> Any:
    """The model without its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config)


def parameters(recipe: Recipe, model: Any) -> dict[str, int]:
    """Parameters in all, those that move, and those that four-bit weights hold."""
    from mulco.training.model import linear_modules

    total = sum(p.numel() for p in model.parameters())
    linear = list(linear_modules(model))
    quantised = sum(model.get_submodule(name).weight.numel() for name in linear) if recipe.method.kind == "qlora" else 0
    if recipe.method.kind == "full":
        return {"total": total, "trained": total, "quantised": 0}
    targets = recipe.method.targets
    adapted = [n for n in linear if targets == ("all-linear",) or n.rpartition(".")[2] in targets]
    layers = (model.get_submodule(name) for name in adapted)
    trained = sum(recipe.method.r * (layer.in_features + layer.out_features) for layer in layers)
    return {"total": total, "trained": trained, "quantised": quantised}


def estimate(recipe: Recipe, config: Any, world: int, pass_tokens: int, model: Any = None) -> dict[str, int]:
    """Bytes on one device by part; `pass_tokens` is what one forward pass computes, padding included."""
    count = parameters(recipe, model if model is not None else skeleton(config))
    train, stage = recipe.train, _stage(recipe)
    half = 2 if train.precision != "fp32" else 4
    full = recipe.method.kind == "full"
    mixed = full and train.precision in ("bf16", "fp16")
    deepspeed = stage is not None
    weight = 4 if mixed and not deepspeed else half
    shard = {"weights": world if stage == 3 else 1, "gradients": world if stage in (2, 3) else 1}
    shard["optimizer"] = world if deepspeed else 1
    offloaded = "offload" in (recipe.dist.deepspeed or "")
    moved = weight if full else 4  # adapters are kept in fp32
    plain = count["total"] - count["quantised"]
    optimizer = count["trained"] * (8 + (4 if deepspeed and half == 2 else 0))
    if train.precision == "bf16_pure":
        optimizer = count["trained"] * 4
    parts = {
        "weights": (plain * weight + count["quantised"] * _NF4 + (0 if full else count["trained"] * 4))
        / shard["weights"],
        "gradients": count["trained"] * moved / shard["gradients"],
        "optimizer": 0 if offloaded else optimizer / shard["optimizer"],
        "half-precision copies": count["total"] * 2 if mixed and not deepspeed else 0,
        "activations": _activations(recipe, config, pass_tokens, half),
        "loss": _loss(recipe, config, pass_tokens, full),
    }
    return {name: int(size) for name, size in parts.items() if size}


def available(device: str) -> int:
    """Bytes a run may use: of the GPU, else of the machine as it is now (a container's limit counts)."""
    if device == "cuda":
        import torch

        return int(torch.cuda.get_device_properties(0).total_memory)
    free = []
    try:
        for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                free.append(int(line.split()[1]) * 1024)
        limit = Path("/sys/fs/cgroup/memory.max").read_text("utf-8").strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text("utf-8"))
        if limit != "max":
            free.append(int(limit) - used)
    except (OSError, ValueError):
        pass
    return max(0, min(free)) if free else 1 << 62  # where the machine does not say, nothing is refused


def _stage(recipe: Recipe) -> int | None:
    """The ZeRO stage, None without DeepSpeed."""
    import json

    from mulco.training.config import deepspeed_file

    file = deepspeed_file(recipe)
    if file is None:
        return None
    return int(json.loads(file.read_text("utf-8")).get("zero_optimization", {}).get("stage", 0))


def _activations(recipe: Recipe, config: Any, tokens: int, size: int) -> float:
    """What layers keep for the backward pass: per token about 10 widths, 4 feed-forwards, keys and values."""
    width, layers = config.hidden_size, config.num_hidden_layers
    heads = config.num_attention_heads
    key_values = 2 * width * getattr(config, "num_key_value_heads", heads) / heads
    ffn = getattr(config, "intermediate_size", None) or 4 * width
    # norm inputs (2 x fp32 + 2 x half), query, attention output and its projection, residuals; gate, up, act, product
    layer = (10 * width + key_values + 4 * ffn) * size
    if recipe.method.kind != "full":  # inputs of the adapters, and their dropout masks
        layer += 3 * (width + ffn) * size * (recipe.method.dropout > 0)
    if recipe.train.activation_checkpointing:
        return float(tokens * (layers * width * size + layer))
    return float(tokens * layers * layer)


def _loss(recipe: Recipe, config: Any, tokens: int, head_moves: bool) -> float:
    """Logits of one chunk and their gradient, the gradient of the hidden states and, if it moves, of the head."""
    chunk = min(recipe.train.loss_chunk, tokens)
    states = tokens * config.hidden_size * 4
    head = config.vocab_size * config.hidden_size * 4 if head_moves else 0
    return float(chunk * config.vocab_size * 8 + states + head)
