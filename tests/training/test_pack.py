"""Bins: full, deterministic, complete, and quick for a hundred thousand rows."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulco.errors import MulcoError
from mulco.training.pack import Plan, pack


def test_each_row_goes_into_the_fullest_bin_it_fits() -> None:
    assert pack([30, 50, 20, 70], 100) == Plan(((3, 0), (1, 2)), 170, 100)
    assert pack([], 100) == Plan((), 0, 100)


@given(st.lists(st.integers(1, 64), max_size=60))
def test_every_row_is_in_one_bin_and_no_bin_is_too_full(lengths: list[int]) -> None:
    plan = pack(lengths, 64)
    assert sorted(row for members in plan.bins for row in members) == list(range(len(lengths)))
    assert all(sum(lengths[row] for row in members) <= 64 for members in plan.bins)
    assert plan.fill == (sum(lengths) / (64 * len(plan.bins)) if lengths else 0.0)


def test_the_digest_names_the_plan() -> None:
    lengths = [30, 50, 20, 70]
    assert pack(lengths, 100).digest == pack(list(lengths), 100).digest
    assert pack([50, 30, 20, 70], 100).digest != pack(lengths, 100).digest
    assert pack(lengths, 101).digest != pack(lengths, 100).digest


def test_a_row_that_fits_into_no_bin_is_named() -> None:
    with pytest.raises(MulcoError, match="row 1 has 101 tokens, and a bin holds 100"):
        pack([5, 101], 100)


def test_a_hundred_thousand_rows_are_planned_in_under_two_seconds_and_fill_their_bins() -> None:
    # Lengths as code instructions have them: median about 110 tokens, a long tail (log-normal), cut at 2,048.
    draw = random.Random(0)
    lengths = [min(2048, max(8, round(draw.lognormvariate(4.7, 0.8)))) for _ in range(100_000)]
    began = time.process_time()
    plan = pack(lengths, 2048)
    assert time.process_time() - began < 2
    assert plan.fill >= 0.98
