"""How good a row is, as far as that was measured: a score in [0, 1], and rows drawn with a weight that follows it.

    score(table)            # table of READ -> 1.0 where nothing speaks against a row

A row starts at 1. The share of its code that does not parse is taken off; each flag of a quality step, each verdict by
which the profile `strict` would drop it, and a judge's `partly` halves what is left; a judge's `poor` leaves nothing.
A row that mulco built says this in its `quality`; of other rows the steps that need no more than the text are asked.
This is no judgement of content: a wrong answer in clean code scores 1.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.errors import MulcoError
from mulco.row import TASKS
from mulco.steps import PROFILES

Floats = npt.NDArray[np.float64]

# A row with one flag is drawn a sixteenth as often as one without: weights in the proportion of the scores themselves
# left 3 in 4 of the flagged rows in a half of the data (measured on rows built with the profile none).
POWER = 4
ASKED = ("answers", "refusals", "fences", "syntax")  # steps of `strict` that judge a row by its text alone
_FIT = {"good": 1.0, "partly": 0.5, "poor": 0.0}


def score(read: pa.Table) -> Floats:
    """The score of each row of a table of READ, in [0, 1]."""
    scores = np.ones(read.num_rows)
    unsaid = []
    for row, text in enumerate(read["quality"].to_pylist()):
        facts = _object(text, read, row) if text else None
        if facts is None:
            unsaid.append(row)
            continue
        flags = len(facts.get("flags", ()))
        scores[row] = 0.5**flags * (1 - float(facts.get("syntax_errors") or 0)) * _FIT.get(facts.get("fit", ""), 1.0)
    if unsaid:
        scores[unsaid] = _measured(read.take(pa.array(unsaid)))
    return scores


def weighted(scores: Floats, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """All rows in the order in which they are drawn without replacement, weighted by score ** POWER.

    The first k are a weighted sample of k (Efraimidis, Spirakis 2006: the largest u ** (1 / weight)); u is the row's
    hash, so a row keeps its chance whatever other rows come or go.
    """
    uniform = ((hashes >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53  # in (0, 1)
    weights = scores**POWER
    with np.errstate(divide="ignore"):
        keys = np.where(weights > 0, np.log(uniform) / weights, -np.inf)
    return np.lexsort((hashes, -keys)).astype(np.int64)


def _measured(read: pa.Table) -> Floats:
    """The score of rows that say nothing of their quality, by the steps of `strict` that judge a text alone."""
    tasks = [task if task in TASKS else "code_generation" for task in read["task"].to_pylist()]
    table = read.set_column(read.schema.get_field_index("task"), "task", pa.array(tasks, pa.string()))
    scores = np.ones(read.num_rows)
    for step in PROFILES["strict"]:
        if step.name in ASKED:
            judged = step.run(table, step.settings)
            faults = np.array([verdict is not None for verdict in judged["verdict"].to_pylist()], np.int64)
            for name in judged.column_names:
                if name.startswith("flags:"):
                    faults += np.array([len(flags or ()) for flags in judged[name].to_pylist()], np.int64)
                if name == "quality:syntax_errors":
                    scores *= 1 - np.array([ratio or 0.0 for ratio in judged[name].to_pylist()])
            scores *= 0.5**faults
    return scores


def _object(text: str, read: pa.Table, row: int) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        where = f"row {read['id'][row].as_py()!r} of {read['dataset'][row].as_py()}"
        raise MulcoError(f"{where}: quality is no JSON object. Build the rows again, or leave the column out")
    return facts
