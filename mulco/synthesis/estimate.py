"""What a job costs: tokens by the script of a text, money by the user's own price table, time by what was measured.

    tokens("Return the path.")                     # 4
    prices = load_prices(Path("prices.yaml"), "NAME")
    prices.cost(1_000_000, 200_000)                # in the table's currency

    # prices.yaml: your contract's prices for a million tokens; mulco ships none
    NAME: {input: 0.15, output: 0.60, cached: 0.075, batch: 0.5, currency: USD}

No tokenizer is asked: the figures are bytes a token by script, corrected by the ledger after 50 answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import UsageError
from mulco.synthesis.items import Item
from mulco.synthesis.ledger import Usage
from mulco.synthesis.prompts import room

# Bytes a token, by judgement after the published figures of common tokenizers; corrected by the ledger.
ASCII_BYTES, OTHER_BYTES = 4.0, 2.6
# Tokens an answer takes, by kind; a translation takes them from its original.
_ANSWERS = {"rewrite": 120, "evolve": 160, "instruct": 140, "label": 45, "judge": 8, "propose": 500}


@dataclass(frozen=True)
class Prices:
    """Money for a million tokens; `batch` is the factor of a batch."""

    input: float
    output: float
    cached: float | None = None
    batch: float = 1.0
    currency: str = ""

    def cost(self, tokens_in: float, tokens_out: float, cached: float = 0, batch: bool = False) -> float:
        """What so many tokens cost; `cached` of those that go in are cheaper where the table says so."""
        cheap = self.input if self.cached is None else self.cached
        cost = ((tokens_in - cached) * self.input + cached * cheap + tokens_out * self.output) / 1e6
        return cost * self.batch if batch else cost


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    plain = len(text.encode("ascii", "ignore"))
    other = 0 if plain == len(text) else len(text.encode("utf-8")) - plain
    return round(plain / ASCII_BYTES + other / OTHER_BYTES) + 1


def tokens_of(item: Item, body: Mapping[str, Any]) -> Usage:
    """About how many tokens a request of an item takes in and out."""
    told = sum(tokens(message["content"]) + 4 for message in body["messages"])
    answer = _ANSWERS.get(item.kind) or 12 + round(1.1 * tokens(item.subject["text"]))
    return Usage(told, min(answer, room(item)), 0, True)


def load_prices(file: Path | None, model: str) -> Prices | None:
    """The prices of a model from a table, None where no table is named; raises UsageError."""
    if file is None:
        return None
    try:
        table = yaml.safe_load(file.read_text("utf-8"))
    except FileNotFoundError as err:
        raise UsageError(f"{file}: no such price table") from err
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise UsageError(f"{file.name}: not YAML: {' '.join(str(err).split())}") from err
    if not isinstance(table, Mapping) or model not in table:
        raise UsageError(
            f"{file.name}: no prices for the model {model!r}. Add a line: {model}: {{input: ..., output: ...}}"
        )
    entry = table[model]
    known = {"input": float, "output": float, "cached": float, "batch": float, "currency": str}
    if not isinstance(entry, Mapping) or not {"input", "output"} <= set(entry) or not set(entry) <= set(known):
        raise UsageError(f"{file.name}: {model} needs input and output, and may have cached, batch and currency")
    for name, value in entry.items():
        if name != "currency" and (not isinstance(value, int | float) or isinstance(value, bool) or value < 0):
            raise UsageError(f"{file.name}: {model}: {name} is a number of at least 0, not {value!r}")
    return Prices(**entry)
