"""Training tests: small rows of our own, tokenizers built on the spot, child processes from a fork server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DS_ACCELERATOR", "cpu")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
sys.path.insert(0, str(Path(__file__).parent))  # children import `workers` by its name

import workers

NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]


def small_rows(count: int) -> list[dict[str, str]]:
    """Rows of unlike lengths in both languages, each with an answer of its own."""
    rows = []
    for number in range(count):
        name = NUMBERS[number % len(NUMBERS)]
        english = number % 3 != 2
        code = "\n".join(f"    {name}_{i} = {i} * {number}" for i in range(number % 5))
        rows.append(
            {
                "instruction": f"Name the constant of {name}." if english else f"写出 {name} 的常量。",
                "input": f"def f():\n{code}" if code else "",
                "output": f"{name.upper()}_{number} = {number}",
                "id": f"row-{number}", "language": "en" if english else "zh", "license": "Apache-2.0",
                "source": "ours",
            }
        )  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def rows_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `load_dataset` reads: 32 rows to learn from, 6 held out."""
    folder = tmp_path_factory.mktemp("rows") / "三十二 rows"
    folder.mkdir()
    rows = small_rows(38)
    for split, part in (("train", rows[:32]), ("validation", rows[32:])):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (folder / f"{split}.jsonl").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def recipe_file(rows_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe over these rows: a model of 64 x 2, packed, 16 steps over four epochs at most."""
    file = tmp_path_factory.mktemp("recipes") / "small.yaml"
    file.write_text(
        f"""
title: a small run for tests
data: {{path: "{rows_folder}", max_tokens: 256, eval_rows: 6}}
model: {{init: tiny, hidden: 64, layers: 2, heads: 4, vocabulary: 400}}
pack: {{mode: pack, tokens: 384}}
train: {{epochs: 4, accumulation: 2, lr: 1e-2, warmup: 0, log_every: 1, threads: 1}}
save: {{every: 2}}
""",
        "utf-8",
    )
    return file


@pytest.fixture
def trained(recipe_file: Path, tmp_path: Path) -> Callable[..., Path]:
    """`trained("name", "train.lr=1e-3", world=2)` trains in child processes into tmp_path/name, which must succeed."""

    def run(name: str, *words: str, world: int = 1) -> Path:
        log = tmp_path / f"{name}.log"
        line = ["--config", str(recipe_file), f"save.dir={tmp_path / name}", *words]
        statuses = workers.finished(workers.start(world, workers.train, line, log=log))
        said = "".join(Path(f"{log}.{rank}").read_text("utf-8") for rank in range(world))
        assert statuses == [0] * world, said
        return tmp_path / name

    return run


@pytest.fixture
def line(recipe_file: Path, tmp_path: Path) -> Callable[..., list[str]]:
    """The words of a command that trains into tmp_path/name."""

    def words(name: str, *more: str) -> list[str]:
        return ["--config", str(recipe_file), f"save.dir={tmp_path / name}", *more]

    return words


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def weights(folder: Path) -> dict[str, Any]:
    """All tensors of a folder of weights."""
    from safetensors.torch import load_file

    [file] = folder.glob("*.safetensors")
    loaded: dict[str, Any] = load_file(file)
    return loaded
