"""The formats of `mulco export`: what each makes of a row, into which files, and what it writes beside them.

    FORMATS["messages"].items(row)
    # [{"messages": [{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}]}]

`FORMATS` is the one definition; the table in both READMEs is written from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import MulcoError
from mulco.export.pairs import COLUMNS, PARTS, TASK, pairs

Row = dict[str, Any]
Beside = Callable[[Path, list[Path]], tuple[str, str, str]]  # folder, data files -> name, text, how to use it


@dataclass(frozen=True)
class Format:
    """`items` makes JSON objects of one row, none where it cannot; `files` names where those of a split go.

    `columns` are those it reads (None: all), `task` the only one it is for. `beside` writes one more file, which tells
    the tool what the others are.
    """

    holds: str
    read_by: str
    items: Callable[[Row], list[Row]]
    files: Callable[[str, str], tuple[str, ...]]
    columns: tuple[str, ...] | None = PARTS
    task: str | None = None
    left_out: str = ""
    beside: Beside | None = None


def question(row: Row) -> str:
    """What a model is asked, in one text."""
    return f"{row['instruction']}\n\n{row['input']}" if row["input"] else str(row["instruction"])


def every_column(row: Row) -> list[Row]:
    return [row]


def alpaca(row: Row) -> list[Row]:
    return [{name: row[name] for name in PARTS}]


def sharegpt(row: Row) -> list[Row]:
    return [{"conversations": [{"from": "human", "value": question(row)}, {"from": "gpt", "value": row["output"]}]}]


def messages(row: Row) -> list[Row]:
    return [{"messages": [_said("user", question(row)), _said("assistant", row["output"])]}]


def prompt_completion(row: Row) -> list[Row]:
    """TRL's conversational form: the model's own chat template is applied, and the loss is on the completion."""
    return [{"prompt": [_said("user", question(row))], "completion": [_said("assistant", row["output"])]}]


def lines(config: str, split: str) -> tuple[str, ...]:
    return (f"{config}-{split}.jsonl",)


def lists(config: str, split: str) -> tuple[str, ...]:
    return (f"{config}-{split}.json",)


def original_lists(config: str, split: str) -> tuple[str, ...]:
    """Under the names that CoLLaMA gave its lists: the training rows of all configs, and those of each language."""
    language = config.rpartition("_")[2].upper()
    return ("MID_all_data.json", f"MID_train_{language}_data.json") if split == "train" else ()


def dataset_info(target: Path, files: list[Path]) -> tuple[str, str, str]:
    """LLaMA-Factory finds a data set by its name in `dataset_info.json`; what stands there already stays."""
    file = target / "dataset_info.json"
    try:
        known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    except ValueError as err:
        raise MulcoError(f"{file}: not JSON ({err}). Mend it, or name another folder with --out") from err
    if not isinstance(known, dict):
        raise MulcoError(f"{file}: expected a JSON object of data sets. Mend it, or name another folder with --out")
    columns = {"prompt": "instruction", "query": "input", "response": "output"}
    for data in files:
        known[data.stem] = {"file_name": data.name, "formatting": "alpaca", "columns": columns}
    use = f"In LLaMA-Factory: dataset_dir: {target}, dataset: {files[0].stem} (names as in {file.name})"
    return file.name, json.dumps(known, indent=2) + "\n", use


def axolotl_datasets(target: Path, files: list[Path]) -> tuple[str, str, str]:
    """The blocks that axolotl reads the files by: train to learn from, validation to look at, test in neither."""
    blocks: dict[str, list[Row]] = {"datasets": [], "test_datasets": []}
    for data in files:
        split = data.stem.rpartition("-")[2]
        entry = {
            "path": data.as_posix(), "ds_type": "json", "split": "train", "type": "chat_template",
            "field_messages": "messages", "message_property_mappings": {"role": "role", "content": "content"},
        }  # fmt: skip
        if split != "test":
            blocks["datasets" if split == "train" else "test_datasets"].append(entry)
    head = (
        "# Put these blocks into your axolotl config. Paths are as --out named them: run axolotl where you ran mulco.\n"
        '# "split: train" is what axolotl calls a whole file; the files *-test.jsonl are in neither block.\n'
    )
    name = "axolotl_datasets.yaml"
    text = head + yaml.safe_dump(
        {key: rows for key, rows in blocks.items() if rows}, allow_unicode=True, sort_keys=False
    )
    return name, text, f"For axolotl: put the blocks of {target / name} into its config"


def _said(role: str, content: str) -> Row:
    return {"role": role, "content": content}


FORMATS = {
    "jsonl": Format("every column", "`datasets`, pandas, anything", every_column, lines, columns=None),
    "alpaca": Format("one list of `instruction`, `input`, `output`", "most training tools", alpaca, lists),
    "sharegpt": Format("`conversations` of `human` and `gpt`", "tools for ShareGPT data", sharegpt, lines),
    "messages": Format("`messages` of `user` and `assistant`", "whatever applies a chat template", messages, lines),
    "llamafactory": Format(
        "as `alpaca`, with `dataset_info.json`", "LLaMA-Factory", alpaca, lists, beside=dataset_info
    ),
    "axolotl": Format(
        "as `messages`, with `axolotl_datasets.yaml` for its config", "axolotl", messages, lines,
        beside=axolotl_datasets,
    ),
    "trl": Format("conversational `prompt` and `completion`", "TRL", prompt_completion, lines),
    "pairs": Format(
        "`query`, `code`, `label`: each snippet of `code_search`, 1 if it answers the query", "trainers of encoders",
        pairs, lines, COLUMNS, task=TASK,
        left_out="because their text does not say for certain where a snippet ends",
    ),
    "collama": Format(
        "CoLLaMA's own lists `MID_all_data.json`, `MID_train_EN_data.json`, `MID_train_ZH_data.json`: training rows",
        "what reads CoLLaMA's files", alpaca, original_lists,
    ),
}  # fmt: skip
