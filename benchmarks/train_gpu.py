"""Training speed on one GPU, against ceilings measured there first. Ready to run; not measured by this project yet.

    python benchmarks/train_gpu.py                # everything, on the GPU at hand
    python benchmarks/train_gpu.py --only 1b --json

Random weights made on the GPU: a 1.1B Llama in full (padded, dense mask, varlen packing, then with torch.compile), a 7B
in full with activation checkpointing where 130 GB are there, and 7B LoRA and QLoRA under a cap of 24 GiB
(torch.cuda.set_per_process_memory_fraction). Rows are drawn with lengths like those of code instructions. Steps are
timed by CUDA events, 10 to warm up, the median of 30. MFU counts 6 FLOPs a weight and token in full training and 4 with
adapters, without recomputation, against the bf16 matmul speed measured in the same run.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
from collections.abc import Iterator
from typing import Any

# Shapes of a 1.1B Llama and of LLaMA-7B (Touvron et al. 2023, table 2).
ONE_B = {"vocab_size": 32000, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
         "num_attention_heads": 16, "num_key_value_heads": 8}  # fmt: skip
SEVEN_B = {"vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
           "num_attention_heads": 32, "num_key_value_heads": 32}  # fmt: skip
CAP = 24 * 2**30
RUNS: dict[str, dict[str, Any]] = {
    "1b full, padded": {"shape": ONE_B, "mode": "none", "attention": "sdpa", "tokens": 16384},
    "1b full, packed, dense mask": {"shape": ONE_B, "mode": "pack", "attention": "sdpa", "tokens": 8192},
    "1b full, packed, documents": {"shape": ONE_B, "mode": "pack", "attention": "documents", "tokens": 16384},
    "1b full, packed, varlen": {"shape": ONE_B, "mode": "pack", "attention": "varlen", "tokens": 16384},
    "1b full, packed, varlen, compiled": {
        "shape": ONE_B, "mode": "pack", "attention": "varlen", "tokens": 16384, "compile": True,
    },
    "7b lora, 24 GiB": {
        "shape": SEVEN_B, "mode": "pack", "attention": "varlen", "tokens": 2048, "kind": "lora", "cap": CAP,
        "checkpointing": True,
    },
    "7b qlora, 24 GiB": {
        "shape": SEVEN_B, "mode": "pack", "attention": "varlen", "tokens": 2048, "kind": "qlora", "cap": CAP,
        "checkpointing": True,
    },
    "7b lora": {"shape": SEVEN_B, "mode": "pack", "attention": "varlen", "tokens": 8192, "kind": "lora"},
    "7b full, checkpointing": {
        "shape": SEVEN_B, "mode": "pack", "attention": "varlen", "tokens": 8192, "checkpointing": True, "needs": 130e9,
    },
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only runs whose name holds this")
    parser.add_argument("--warmup", type=int, default=10)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    import torch

    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU; none is here. On a CPU: python benchmarks/train.py")
    properties = torch.cuda.get_device_properties(0)
    found: dict[str, Any] = {"gpu": properties.name, "memory": properties.total_memory, "torch": torch.__version__}
    found["ceilings"] = ceilings()
    found["runs"] = {}
    for name, run in RUNS.items():
        if options.only not in name:
            continue
        if run.get("needs", 0) > properties.total_memory:
            found["runs"][name] = {"left_out": f"needs {run['needs'] / 1e9:.0f} GB"}
            continue
        try:
            found["runs"][name] = measure(run, options, found["ceilings"]["matmul_bf16"])
        except torch.OutOfMemoryError as err:
            found["runs"][name] = {"out_of_memory": str(err).splitlines()[0]}
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)
            gc.collect()
            torch.cuda.empty_cache()
        if not options.json:
            print(name, json.dumps(found["runs"][name]), flush=True)
    print(json.dumps(found, indent=1) if options.json else json.dumps(found["ceilings"]))


def ceilings() -> dict[str, float]:
    """FLOP/s of a bf16 matmul of 8192 x 8192 and bytes/s of a copy, both of this GPU, now."""
    import torch

    left, right = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    matmul = statistics.median(timed(lambda: left @ right, 5, 20))
    source = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    copy = statistics.median(timed(lambda: target.copy_(source), 5, 20))
    return {"matmul_bf16": 2 * 8192**3 / matmul, "copy_bytes": 2 * source.numel() / copy}


def timed(work: Any, warmup: int, steps: int) -> list[float]:
    """Seconds of each call, by CUDA events."""
    import torch

    times = []
    for step in range(warmup + steps):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        torch.cuda.synchronize()
        if step >= warmup:
            times.append(start.elapsed_time(end) / 1e3)
    return times


def measure(run: dict[str, Any], options: Any, ceiling: float) -> dict[str, Any]:
    """Forward, backward and optimizer step of one setting: tokens/s, MFU, peak memory, the last loss."""
    import torch

    from mulco.training.loss import label_head, summed_loss

    if "cap" in run:
        torch.cuda.set_per_process_memory_fraction(
            min(1.0, run["cap"] / torch.cuda.get_device_properties(0).total_memory)
        )
    torch.cuda.reset_peak_memory_stats()
    torch.manual_seed(0)
    model, trained, total = made(run)
    optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=True)
    head = label_head(model)
    batches = feed(run)
    real: list[int] = []
    losses: list[float] = []
    forward = torch.compile(model) if run.get("compile") else model

    def step() -> None:
        inputs, tokens = next(batches)
        labels = inputs.pop("labels")
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = summed_loss(forward, inputs, labels, head) / (labels[:, 1:] != -100).sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        real.append(tokens)
        losses.append(float(loss.detach()))

    seconds = timed(step, options.warmup, options.steps)
    speeds = [tokens / second for tokens, second in zip(real[options.warmup :], seconds, strict=True)]
    flops = (4 if run.get("kind") else 6) * (total - run["shape"]["vocab_size"] * run["shape"]["hidden_size"])
    speed = statistics.median(speeds)
    return {
        "tokens_per_second": round(speed), "mfu_of_matmul": round(speed * flops / ceiling, 4),
        "step_seconds": statistics.median(seconds), "loss": losses[-1],
        "peak_memory_gib": torch.cuda.max_memory_allocated() / 2**30,
        "peak_reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
    }  # fmt: skip


def made(run: dict[str, Any]) -> tuple[Any, list[Any], int]:
    """(model, trained parameters, weights in all), on the GPU, in bf16, with random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from mulco.training import attention
    from mulco.training.config import load_recipe, with_
    from mulco.training.model import add_adapters

    kind = run.get("kind", "full")
    with torch.device("cuda"):
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.bfloat16)
        model = LlamaForCausalLM(LlamaConfig(**run["shape"], max_position_embeddings=4096))
        torch.set_default_dtype(before)
    total = sum(parameter.numel() for parameter in model.parameters())
    if kind == "qlora":
        quantise(model)
    recipe = with_(load_recipe("tiny_cpu")[0], method__kind=kind if kind != "full" else "lora", method__r=16)
    if kind != "full":
        model = add_adapters(model, recipe).to("cuda")
    attention.register()
    model.set_attn_implementation(attention.implementation(run["attention"], model, "cuda", run["mode"] == "pack"))
    if run.get("checkpointing"):
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.train()
    return model, [parameter for parameter in model.parameters() if parameter.requires_grad], total


def quantise(model: Any) -> None:
    """Replace every linear layer but the head by four-bit weights, layer by layer: no fp copy of the whole stays."""
    import bitsandbytes as bnb
    import torch

    from mulco.training.model import linear_modules

    for name in list(linear_modules(model)):
        parent = model.get_submodule(name.rpartition(".")[0])
        old = getattr(parent, name.rpartition(".")[2])
        new = bnb.nn.Linear4bit(
            old.in_features, old.out_features, bias=False, quant_type="nf4", compress_statistics=True,
            compute_dtype=torch.bfloat16,
        )  # fmt: skip
        new.weight = bnb.nn.Params4bit(
            old.weight.data.cpu(), requires_grad=False, quant_type="nf4", compress_statistics=True
        )
        setattr(parent, name.rpartition(".")[2], new.to("cuda"))
    model.is_loaded_in_4bit = True


def feed(run: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    """Batches of about run["tokens"] tokens on the GPU, and the real tokens of each; the same every time."""
    import numpy as np
    import torch

    from mulco.training.batches import Batches, Order, collate_packed, collate_padded, items_of
    from mulco.training.encode import documents_of

    random = np.random.default_rng(0)
    lengths = np.clip(np.round(random.lognormal(4.7, 0.8, 20_000)), 16, 2048).astype(int)
    documents = documents_of(
        (random.integers(3, run["shape"]["vocab_size"], length).astype(np.int32), length // 2) for length in lengths
    )
    items = items_of(documents, run["mode"], run["tokens"])
    # Padded to the longest of a batch, such rows take about three times their tokens.
    rows = 1 if run["mode"] == "pack" else max(1, round(run["tokens"] / float(lengths.mean()) / 3))
    batches, collate = Batches(items), collate_packed if run["mode"] == "pack" else collate_padded
    for epoch in range(1000):
        order = Order(items, rows, seed=epoch)
        for places in order:
            batch = collate([batches[place] for place in places])
            tokens = int(batch["attention_mask"].sum()) if "attention_mask" in batch else batch["input_ids"].numel()
            yield (
                {name: value.to("cuda") if torch.is_tensor(value) else value for name, value in batch.items()},
                tokens,
            )


if __name__ == "__main__":
    main()
