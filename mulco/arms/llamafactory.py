"""The arms for LLaMA-Factory: a list of rows and a training YAML for each, identical but for data and output.

    cd out/arms/llamafactory && llamafactory-cli train low.yaml

Every path is relative to that folder, so it can be moved. Keys are those of LLaMA-Factory 0.9 (`DataArguments`,
`FinetuningArguments`, `ModelArguments`, and transformers' `Seq2SeqTrainingArguments`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from mulco.export.formats import alpaca, dataset_info

FOLDER = "llamafactory"
VALIDATION = "validation"

_EPOCHS, _BATCH = 3, 8
_HEAD = """\
# One arm of a study of {factor}. Run in this folder: llamafactory-cli train ARM.yaml
# The files of the arms differ in dataset and output_dir alone; keep it so, whatever is changed here.
# Rank, rate and epochs are a usual start for LoRA and were not tuned.
"""
_BASE = """\
# Fill in the base model and its template, or pass both: llamafactory-cli train ARM.yaml model_name_or_path=...
# model_name_or_path:
"""


def write(folder: Path, tables: Mapping[str, pa.Table], validation: pa.Table | None, facts: Mapping[str, Any]) -> None:
    """Write `<arm>.json`, `<arm>.yaml` and `dataset_info.json` into a new folder.

    `facts` holds factor, seed, and base and template, either of which may be empty.
    """
    folder.mkdir()
    data = []
    for name, table in [*tables.items(), *([(VALIDATION, validation)] if validation is not None else [])]:
        items = [item for row in table.to_pylist() for item in alpaca(row)]
        data.append(folder / f"{name}.json")
        text = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        data[-1].write_text(f"[\n{text}\n]\n", "utf-8", newline="\n")
    name, text, _ = dataset_info(folder, data)
    (folder / name).write_text(text, "utf-8")
    rows = max(table.num_rows for table in tables.values())
    for arm in tables:
        (folder / f"{arm}.yaml").write_text(recipe(arm, rows, validation is not None, facts), "utf-8")


def recipe(arm: str, rows: int, evaluated: bool, facts: Mapping[str, Any]) -> str:
    """The YAML of one arm; `rows` are those of the largest arm, by which the warm-up is counted."""
    steps = max(1, _EPOCHS * rows // _BATCH)
    settings: dict[str, Any] = {
        **({"model_name_or_path": facts["base"]} if facts["base"] else {}),
        "stage": "sft", "do_train": True, "finetuning_type": "lora", "lora_rank": 8, "lora_target": "all",
        "dataset": arm, "dataset_dir": ".", "template": facts["template"], "cutoff_len": 2048,
        "output_dir": f"saves/{arm}", "logging_steps": 10, "save_strategy": "epoch", "plot_loss": True,
        "report_to": "none", "per_device_train_batch_size": 1, "gradient_accumulation_steps": _BATCH,
        "learning_rate": 1e-4, "num_train_epochs": float(_EPOCHS), "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, round(0.1 * steps)), "bf16": True, "seed": facts["seed"], "data_seed": facts["seed"],
    }  # fmt: skip
    if evaluated:
        settings |= {"eval_dataset": VALIDATION, "eval_strategy": "epoch", "per_device_eval_batch_size": 1}
    head = _HEAD.format(factor=facts["factor"]) + ("" if facts["base"] else _BASE)
    return head + yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
