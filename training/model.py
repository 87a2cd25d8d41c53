"""The tokenizer and the model of a recipe, ready to train: loaded or made, in the right precision, with adapters.

    tokenizer = load_tokenizer(recipe)
    model = load_model(recipe, tokenizer, base=Path("out/model.base"), device="cpu")

Full training moves every weight; `lora` freezes them in the base's half precision and moves adapters in fp32; `qlora`
does so on weights of four bits (NF4, double quantisation: Dettmers et al. 2023, section 3). All run on a CPU as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError, UsageError, unknown
from mulco.prompts import prompt
from mulco.training import data, tiny
from mulco.training.config import Recipe


def load_tokenizer(recipe: Recipe) -> Any:
    """The tokenizer of the base, or one made of the rows for a tiny model."""
    if recipe.model.init == "tiny":
        return tokenizer_of(data.texts(recipe), recipe.model.vocabulary)
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(recipe.model.name, revision=recipe.model.revision)
    except Exception as err:  # of many kinds: no such model, no network, a gate, a file that is broken
        raise _not_loaded("tokenizer", recipe, err) from err
    if recipe.model.eos_token is not None:
        if tokenizer.convert_tokens_to_ids(recipe.model.eos_token) in (None, tokenizer.unk_token_id):
            raise UsageError(f"model.eos_token={recipe.model.eos_token!r} is no token of {recipe.model.name}")
        tokenizer.eos_token = recipe.model.eos_token
    return tokenizer


def tokenizer_of(rows: Iterable[Mapping[str, str]], vocabulary: int) -> Any:
    """A tokenizer made of these rows, prompts and answers alike."""
    return tiny.train_tokenizer((text for row in rows for text in (prompt(row), row["output"])), vocabulary)


def load_config(recipe: Recipe, tokenizer: Any) -> Any:
    """The shape of the model, without its weights."""
    if recipe.model.init == "tiny":
        return tiny.config(recipe, tokenizer)
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(recipe.model.name, revision=recipe.model.revision)
    except Exception as err:  # as above
        raise _not_loaded("config", recipe, err) from err


def load_model(recipe: Recipe, tokenizer: Any, base: Path, device: str = "cpu", write: bool = True) -> Any:
    """The model on the CPU, or on `device` where it is quantised; adapters added, the rest frozen.

    Adapters on a tiny model need a base that others can load: it is written to `base` first, by the process that may
    `write`; the others find it there.
    """
    adapters = recipe.method.kind != "full"
    name = recipe.model.name
    if recipe.model.init == "tiny":
        model = tiny.build(recipe, tokenizer)
        if not adapters:
            return model.to(_dtype(recipe))
        if write:
            model.save_pretrained(base)
            tokenizer.save_pretrained(base)
        _wait_for_all()
        name = str(base)
    model = _pretrained(recipe, str(name), device)
    return add_adapters(model, recipe) if adapters else model


def add_adapters(model: Any, recipe: Recipe) -> Any:
    """LoRA adapters on a frozen model; raises UsageError where a target does not exist."""
    import torch
    from peft import LoraConfig, get_peft_model

    targets: Any = list(recipe.method.targets)
    linear = sorted({name.rpartition(".")[2] for name in linear_modules(model)})
    for target in targets:
        if target != "all-linear" and target.rpartition(".")[2] not in linear:
            raise UsageError(unknown("module", target, linear, f"method.targets are among: {', '.join(linear)}"))
    settings = LoraConfig(
        r=recipe.method.r, lora_alpha=recipe.method.alpha, lora_dropout=recipe.method.dropout,
        target_modules="all-linear" if targets == ["all-linear"] else targets, task_type="CAUSAL_LM",
    )  # fmt: skip
    # Under ZeRO-3 every parameter keeps one dtype (trl#4416: adapters cast to fp32 are not gathered).
    zero3 = "zero3" in (recipe.dist.deepspeed or "")
    adapted = get_peft_model(model, settings, autocast_adapter_dtype=not zero3)
    if zero3 and recipe.train.precision == "fp32":
        adapted = adapted.to(torch.float32)
    if recipe.train.activation_checkpointing:
        adapted.enable_input_require_grads()  # reentrant checkpointing needs one input with a gradient
    return adapted


def linear_modules(model: Any) -> Iterator[str]:
    """The names of the linear layers inside the model, without its head: what all-linear means."""
    import torch

    head = model.get_output_embeddings()
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear) and module is not head:
            yield name


def tokenizer_digest(tokenizer: Any) -> str:
    """sha256 of what a tokenizer does: vocabulary, merges, special tokens, chat template."""
    from mulco.identity import digest

    backend = getattr(tokenizer, "_tokenizer", None)
    facts = backend.to_str() if backend is not None else sorted(tokenizer.get_vocab().items())
    return digest([facts, tokenizer.eos_token, tokenizer.bos_token, tokenizer.chat_template])


def _pretrained(recipe: Recipe, name: str, device: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    options: dict[str, Any] = {"dtype": _dtype(recipe), "attn_implementation": "sdpa"}
    if recipe.method.kind == "qlora":
        compute = torch.float32 if recipe.train.precision == "fp32" else _dtype(recipe)
        options["device_map"] = {"": device}
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=compute
        )
    revision = recipe.model.revision if name == recipe.model.name else None
    try:
        return AutoModelForCausalLM.from_pretrained(name, revision=revision, **options)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as err:  # as for the tokenizer
        raise _not_loaded("weights", recipe, err) from err


def _dtype(recipe: Recipe) -> Any:
    """The precision weights are loaded in. Weights that move stay fp32 unless DeepSpeed keeps fp32 copies itself."""
    import torch

    half = {"fp32": torch.float32, "bf16": torch.bfloat16, "bf16_pure": torch.bfloat16, "fp16": torch.float16}
    moves = recipe.method.kind == "full" and recipe.train.precision in ("bf16", "fp16") and not recipe.dist.deepspeed
    return torch.float32 if moves else half[recipe.train.precision]


def _not_loaded(what: str, recipe: Recipe, err: Exception) -> MulcoError:
    lines = str(err).strip().splitlines()
    said = " ".join(" ".join(lines[:2]).split()).rstrip(".") or type(err).__name__
    return MulcoError(
        f"the {what} of {recipe.model.name} cannot be loaded: {said}. Check model.name and model.revision, "
        "the network, and for a gated model the login of huggingface_hub"
    )


def _wait_for_all() -> None:
    import torch

    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()
