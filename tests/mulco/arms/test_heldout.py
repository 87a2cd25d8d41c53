"""What is held out: the same rows for every arm, chosen before any arm, and no text of theirs in train."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mulco.analysis.result import READ, Analysis
from mulco.arms.heldout import hold_out
from mulco.arms.spec import Spec
from mulco.errors import MulcoError

Row = dict[str, Any]


def row(number: int, **values: Any) -> Row:
    return {
        "dataset": "made", "group": "a", "id": str(number), "instruction": f"Do {number}.", "input": "",
        "output": f"return {number}", "task": None, "language": "en", "programming_language": "python",
        "source": "s", "license": "MIT", "quality": None, "tokenized": False, **values,
    }  # fmt: skip


def table(*rows: Row) -> pa.Table:
    return pa.Table.from_pylist(list(rows), READ)


def usable(read: pa.Table) -> np.ndarray:
    return np.ones(read.num_rows, bool)


def test_a_data_set_without_splits_gives_up_a_fiftieth_but_at_least_fifty(made: Analysis) -> None:
    held = hold_out(made.read, usable(made.read), {}, Spec("complexity"))
    assert len(held.own) == 60
    few = made.read.slice(0, 400)
    assert len(hold_out(few, usable(few), {}, Spec("complexity")).own) == 50
    assert len(hold_out(few, usable(few), {}, Spec("complexity", eval_rows=10)).own) == 10
    assert held.excluded == {"held_out": 60}
    assert not set(held.own.tolist()) & set(held.free.tolist())


def test_only_rows_that_an_arm_may_come_from_are_held_out(made: Analysis) -> None:
    mask = np.arange(made.read.num_rows) % 2 == 0
    assert set(hold_out(made.read, mask, {}, Spec("complexity")).own % 2) == {0}


def test_each_of_several_data_sets_gives_up_its_own(make_analysis: Callable[..., Analysis]) -> None:
    read = make_analysis(200, datasets=("one", "two")).read
    held = hold_out(read, usable(read), {}, Spec("complexity"))
    given = [read["dataset"][int(number)].as_py() for number in held.own]
    assert {name: given.count(name) for name in given} == {"one": 50, "two": 50}


def test_too_few_rows_are_refused() -> None:
    read = table(*(row(number) for number in range(50)))
    with pytest.raises(MulcoError, match="made: of 50 rows that an arm may come from, 50 would be held out"):
        hold_out(read, usable(read), {}, Spec("complexity"))


def test_splits_of_a_data_set_are_taken_by_the_groups_of_the_arms() -> None:
    read = table(*(row(number) for number in range(100)))
    validation = table(*(row(1000 + n, group="ab"[n % 2]) for n in range(60)))
    spec = Spec("complexity", eval_rows=20)
    held = hold_out(read, usable(read), {"validation": validation, "test": validation.slice(0, 8)}, spec)
    assert len(held.own) == 0
    assert held.excluded == {}
    assert held.tables["validation"].num_rows == 20
    assert set(held.tables["validation"]["group"].to_pylist()) == {"a"}
    assert held.tables["test"].num_rows == 4


LONG = "return 'a long answer that nothing else gives by chance'"


@pytest.mark.parametrize(
    ("train", "excluded"),
    [
        ({"instruction": "Other words.", "output": LONG}, True),  # the wording varies, the answer is the same
        ({"instruction": "Other words.", "output": "Yes"}, False),  # a short answer says nothing
        ({"instruction": "Is it?", "output": "Yes"}, True),
        ({"instruction": "Other words.", "input": "code", "output": "Yes"}, True),
        ({"instruction": "Other words.", "input": "other code", "output": "Yes"}, False),
    ],
)
def test_a_text_that_is_held_out_is_in_no_arm(train: Row, excluded: bool) -> None:
    validation = table(
        row(1000, output=LONG), row(1001, instruction="Is it?", output="Yes"), row(1002, input="code", output="Yes")
    )
    held = hold_out(table(row(0), row(1, **train)), np.ones(2, bool), {"validation": validation}, Spec("complexity"))
    assert held.excluded == ({"held_out_text": 1} if excluded else {})
    assert held.free.tolist() == ([0] if excluded else [0, 1])


def test_a_row_that_repeats_another_is_in_no_arm() -> None:
    validation = table(row(1000))
    held = hold_out(table(row(0), row(1), {**row(0), "id": "2"}), np.ones(3, bool), {"validation": validation},
                    Spec("complexity"))  # fmt: skip
    assert (held.free.tolist(), held.excluded) == ([0, 1], {"repeated": 1})
