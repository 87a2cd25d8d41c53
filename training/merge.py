"""Adapters merged into their base, in full precision, and the proof that nothing else changed.

    facts = merge(Path("out/adapter"), Path("out/merged"))
    facts["merge"]["largest_logit_difference"]      # 4.8e-07: the merged model against base and adapter together

The base is loaded anew in fp32, also where the adapters were trained on four-bit weights: what is merged into those
stays four-bit. Weights are written in the precision asked for; the proof is made before that rounding, and after it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError, OutputError, UsageError, unknown
from mulco.training import publish, record
from mulco.training.quiet import quiet

TOLERANCE = 1e-5  # fp32 logits of the merged model against base plus adapter; measured 5e-7 on models up to 10M weights
DTYPES = ("fp32", "bf16", "fp16")
PROBE = ("def add(a, b):\n    return", "把两个数相加的 Python 函数：\n", "SELECT name FROM users WHERE id = 1;")


def merge(adapter: Path, out: Path, base: str | None = None, dtype: str = "fp32") -> dict[str, Any]:
    """Merge and write a plain model folder with its own run.json; raises MulcoError where the proof fails."""
    import torch
    from peft import PeftConfig, PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    quiet()
    if dtype not in DTYPES:
        raise UsageError(unknown("precision", dtype, DTYPES, "Choose one of: " + ", ".join(DTYPES)))
    if not (adapter / "adapter_config.json").is_file():
        raise MulcoError(f"{adapter}: no adapter_config.json, so no adapters. Train some with method.kind=lora")
    if out.exists() and (not (out / record.NAME).is_file() or out.resolve() == adapter.resolve()):
        raise OutputError(f"{out} holds what mulco did not train, or the adapters themselves. Name another with --out")
    settings = PeftConfig.from_pretrained(str(adapter))
    name = base or settings.base_model_name_or_path
    try:
        model = AutoModelForCausalLM.from_pretrained(
            name, revision=None if base else settings.revision, dtype=torch.float32, attn_implementation="sdpa"
        )
    except Exception as err:  # of many kinds: no such model, no network, a gate, a file that is broken
        said = " ".join(str(err).split())[:300]
        raise MulcoError(f"the base {name} cannot be loaded: {said}. Name it with --base") from err
    tokenizer = AutoTokenizer.from_pretrained(str(adapter))
    together = PeftModel.from_pretrained(model, str(adapter)).eval()
    probe = [tokenizer(text, return_tensors="pt") for text in PROBE]
    with torch.no_grad():
        before = [together(**ids).logits for ids in probe]
        merged = together.merge_and_unload(safe_merge=True).eval()
        after = [merged(**ids).logits for ids in probe]
        difference = max(float((a - b).abs().max()) for a, b in zip(before, after, strict=True))
        if difference > TOLERANCE:
            raise MulcoError(
                f"{adapter}: the merged model's logits differ by {difference:.1e} from those of base and adapters, "
                f"over the tolerance of {TOLERANCE:.0e}. Nothing is written; use base and adapters together instead"
            )
        kind = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[dtype]
        merged = merged.to(kind)
        rounded = [merged(**ids).logits.float() for ids in probe]
    same = [(a.argmax(-1) == b.argmax(-1)).float().mean().item() for a, b in zip(before, rounded, strict=True)]
    merged.config.use_cache = True
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    merged.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    proof = {
        "base": str(name), "adapter": adapter.name, "dtype": dtype, "largest_logit_difference": difference,
        "tolerance": TOLERANCE, "argmax_agreement_as_written": sum(same) / len(same),
        "tokens_compared": sum(ids["input_ids"].numel() for ids in probe),
    }  # fmt: skip
    facts = _record(adapter, merged, proof)
    record.write(partial, facts)
    publish.card(partial)
    if out.exists():
        shutil.rmtree(out)
    partial.rename(out)
    return facts


def _record(adapter: Path, model: Any, proof: dict[str, Any]) -> dict[str, Any]:
    """The record of the adapters, now of the merged model."""
    facts = record.read(adapter) if (adapter / record.NAME).is_file() else {}
    said = facts.get("model", {})
    count = sum(parameter.numel() for parameter in model.parameters())
    return {
        **facts, **record.head(), "merge": proof, "versions": record.versions(),
        "model": {
            **dict.fromkeys(("name_or_path", "revision", "license", "init")), **said,
            "name_or_path": said.get("name_or_path") or proof["base"], "parameters": count, "relation": "merge",
        },
    }  # fmt: skip
