"""A table of rows as steps see it, made from what a test says of each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from mulco.row import COLUMNS

Rows = Callable[..., pa.Table]
DEFAULTS = {
    "instruction": "Write it.", "input": "", "output": "return 1", "task": "code_generation", "language": "en",
    "programming_language": "python", "source": "made", "license": "MIT", "template": "t", "difficulty": None,
    "paradigm": None, "provenance": "{}", "quality": "{}", "config": "code_generation_en", "split": "train",
    "tokenized": False,
}  # fmt: skip


@pytest.fixture
def rows() -> Rows:
    """`rows({...}, {...})`: one dict a row; `fields` are those of the upstream item, and give the payload."""

    def make(*given: dict[str, Any]) -> pa.Table:
        made = []
        for number, facts in enumerate(given):
            row = {**DEFAULTS, "source_id": str(number), **facts}
            row.setdefault("id", f"{row['config']}/{row['source']}/{row['source_id']}")
            fields = row.pop("fields", {"code": row["output"]})
            row.setdefault("payload", list(fields.values()))
            made.append({**row, **{f"field:{name}": text for name, text in fields.items()}})
        names = dict.fromkeys(name for row in made for name in row)
        types = {"payload": pa.list_(pa.string()), "tokenized": pa.bool_()}
        order = [*COLUMNS, *(name for name in names if name not in COLUMNS)]
        return pa.table(
            {name: pa.array([row.get(name) for row in made], types.get(name, pa.string())) for name in order}
        )

    return make
