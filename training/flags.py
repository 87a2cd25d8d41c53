"""The names that recipes used in 2023, under what they are today; and the words of a command line.

    read_flags(["train.lr=1e-4", "--warmup_ratio", "0.03"], met)    # ("train.lr", "1e-4"), ("train.warmup", 0.03)

Many of these names are gone from transformers as well: `evaluation_strategy`, `warmup_ratio` and `group_by_length` are
a TypeError there. Here each is read as what it meant, and the reader is told today's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from mulco.errors import UsageError

Change = Callable[[Any], tuple[str, Any]]


@dataclass(frozen=True)
class Renamed:
    """A name of 2023 that was met, and what it was read as."""

    old: str
    new: str
    value: Any

    def __str__(self) -> str:
        shown = str(self.value).lower() if isinstance(self.value, bool) else self.value
        return f"{self.old} is called {self.new} today; read as {self.new}={'null' if shown is None else shown}"


def _when(name: str, value: Any) -> Change:
    """For a switch that became one value of a setting."""
    return lambda on: (name, value if _truth(on) else None)


def _precision(value: str) -> Change:
    return lambda on: ("train.precision", value if _truth(on) else None)


# transformers, alpaca, alpaca-lora, LLaMA-Factory and QLoRA named these so.
NEW_NAMES: dict[str, str] = {
    "model_name_or_path": "model.name", "base_model": "model.name", "model_name": "model.name",
    "data_path": "data.path", "dataset_name": "data.path", "dataset": "data.path",
    "dataset_config_name": "data.configs",
    "output_dir": "save.dir", "num_train_epochs": "train.epochs", "num_epochs": "train.epochs",
    "per_device_train_batch_size": "train.device_batch", "per_gpu_train_batch_size": "train.device_batch",
    "micro_batch_size": "train.device_batch", "batch_size": "train.batch_rows",
    "gradient_accumulation_steps": "train.accumulation", "max_steps": "train.max_steps",
    "learning_rate": "train.lr", "lr_scheduler_type": "train.scheduler", "warmup_ratio": "train.warmup",
    "warmup_steps": "train.warmup", "weight_decay": "train.weight_decay", "max_grad_norm": "train.max_grad_norm",
    "adam_beta2": "train.beta2", "optim": "train.optimizer", "seed": "train.seed",
    "gradient_checkpointing": "train.activation_checkpointing", "torch_compile": "train.compile",
    "logging_steps": "train.log_every", "eval_steps": "train.eval_every", "report_to": "train.report_to",
    "save_steps": "save.every", "save_total_limit": "save.keep", "resume_from_checkpoint": "save.resume",
    "deepspeed": "dist.deepspeed", "model_max_length": "data.max_tokens", "cutoff_len": "data.max_tokens",
    "max_seq_length": "data.max_tokens", "max_length": "data.max_tokens", "source_max_len": "data.max_tokens",
    "template": "data.prompt", "prompt_template_name": "data.prompt", "max_eval_samples": "data.eval_rows",
    "lora_r": "method.r", "lora_alpha": "method.alpha", "lora_dropout": "method.dropout",
    "lora_target_modules": "method.targets", "lora_rank": "method.r", "lora_target": "method.targets",
    "finetuning_type": "method.kind", "hub_model_id": "push", "attn_implementation": "model.attention",
}  # fmt: skip
CHANGED: dict[str, Change] = {
    "evaluation_strategy": lambda how: ("data.eval_rows", 0) if how in (False, "no") else ("train.eval_every", None),
    "eval_strategy": lambda how: ("data.eval_rows", 0) if how in (False, "no") else ("train.eval_every", None),
    "save_strategy": lambda how: ("save.every", None),
    "group_by_length": _when("pack.mode", "group"),
    "packing": _when("pack.mode", "pack"),
    "neat_packing": _when("pack.mode", "pack"),
    "bf16": _precision("bf16"),
    "fp16": _precision("fp16"),
    "load_in_4bit": _when("method.kind", "qlora"),
}
GONE: dict[str, str] = {
    "overwrite_output_dir": "a run goes on from its checkpoints; to start anew say save.resume=no",
    "load_in_8bit": "four-bit weights are what there is: method.kind=qlora",
    "use_auth_token": "the login of huggingface_hub is used, or HF_TOKEN in the environment",
    "push_to_hub_token": "the login of huggingface_hub is used, or HF_TOKEN in the environment",
    "ddp_find_unused_parameters": "every trained weight has a gradient here",
    "no_cuda": "a GPU is used where there is one; CUDA_VISIBLE_DEVICES= hides it",
    "train_on_inputs": "the loss is on the answer only",
    "tf32": "set NVIDIA_TF32_OVERRIDE in the environment",
    "fsdp": "sharding is dist.deepspeed=zero3 here",
}


def today(content: Mapping[str, Any], sections: set[str], met: list[Renamed]) -> dict[str, Any]:
    """A recipe's tree with the flat names of 2023 moved to where they belong."""
    tree: dict[str, Any] = {}
    moved: list[tuple[str, Any]] = []
    for key, value in content.items():
        if str(key) in sections:
            tree[str(key)] = dict(value) if isinstance(value, Mapping) else value
        elif _is_old(str(key)):
            moved += _moved(str(key), value, met)
        else:
            tree[str(key)] = value
    for name, value in moved:
        section, _, key = name.partition(".")
        if key:
            tree.setdefault(section, {})[key] = value
        else:
            tree[section] = value
    return tree


def read_flags(words: Sequence[str], met: list[Renamed]) -> Iterator[tuple[str, Any]]:
    """(dotted name, value) of each `key=value`, and of each `--old_name value` of 2023."""
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        key, equals, text = word.lstrip("-").partition("=")
        if not equals:
            if not word.startswith("--"):
                raise UsageError(
                    f"{word!r}: expected key=value, such as train.lr=1e-4. All settings: mulco train --settings"
                )
            text = waiting.pop(0) if waiting and not waiting[0].startswith("--") and "=" not in waiting[0] else "true"
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as err:
            raise UsageError(f"{word!r}: the value is not readable: {' '.join(str(err).split())}") from err
        key = key.strip().replace("-", "_")
        if _is_old(key):
            yield from _moved(key, value, met)
        else:
            yield key, value


def _is_old(key: str) -> bool:
    return key in NEW_NAMES or key in CHANGED or key in GONE


def _moved(key: str, value: Any, met: list[Renamed]) -> Iterator[tuple[str, Any]]:
    if key in GONE:
        raise UsageError(f"{key} is gone: {GONE[key]}. Take it out of the recipe")
    name, value = (NEW_NAMES[key], value) if key in NEW_NAMES else CHANGED[key](value)
    switched_off = key in CHANGED and value is None and name in ("pack.mode", "train.precision", "method.kind")
    if not switched_off:  # `--fp16 false` asks for nothing
        met.append(Renamed(key, name, value))
        yield name, value


def _truth(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
