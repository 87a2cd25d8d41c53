"""Matching: pools of equal strata, arms within the tolerance, shares that are exact, tokens within one per cent."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mulco.arms.designs import Design, Picked, Rows, Shares, Split, mixed
from mulco.arms.effects import cohen_d, cohen_h, share_difference
from mulco.arms.matching import Found, Unreachable, search
from mulco.arms.spec import Spec

SEEDS = st.integers(0, 2**32 - 1)
PROPERTY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made(seed: int, count: int = 800) -> tuple[Rows, np.ndarray]:
    """Rows whose length goes with a hidden value, as complexity does; and that value, in [0, 1]."""
    random = np.random.default_rng(seed)
    value = random.random(count)
    tokens = (20 + random.gamma(3, 20, count) * (1 + value)).astype(np.int64)
    diversity = np.where(random.random(count) < 0.1, np.nan, random.normal(0.1 * value, 1))
    numbers = {"tokens": np.log(tokens), "diversity": diversity, "complexity": value}
    names = {name: random.integers(-1, 2, count) for name in ("group", "language", "programming_language", "category")}
    names["domain"] = random.integers(0, 2, count)
    return Rows(random.integers(0, 2**64, count, np.uint64), tokens, numbers, names), value


def halves(value: np.ndarray) -> Split:
    every = np.arange(len(value))
    return Split([every[value < 0.5], every[value >= 0.5]])


def found_or_not(design: Design, rows: Rows, spec: Spec) -> Found:
    try:
        return search(design, rows, spec, spec.rows, spec.tokens)
    except Unreachable:
        assume(False)
        raise


def names_of(rows: Rows, arm: np.ndarray, spec: Spec) -> Counter[tuple[int, ...]]:
    columns = [rows.names[name][arm].tolist() for name in spec.names]
    columns += [np.isnan(rows.numbers[name][arm]).tolist() for name in spec.numbers]
    return Counter(zip(*columns, strict=True))


@PROPERTY
@given(SEEDS, st.integers(10, 150))
def test_arms_that_part_the_rows_have_equal_strata_and_keep_the_tolerance(seed: int, size: int) -> None:
    rows, value = made(seed)
    spec = Spec("complexity", rows=size, parts=2)
    low, high = found_or_not(halves(value), rows, spec).arms
    assert len(low) == len(high) == size
    assert not set(low.tolist()) & set(high.tolist())
    assert value[low].max() < 0.5 <= value[high].min()
    assert names_of(rows, low, spec) == names_of(rows, high, spec)
    for name in spec.numbers:
        assert abs(cohen_d(rows.numbers[name][low], rows.numbers[name][high])) <= 0.1


@PROPERTY
@given(SEEDS, st.integers(2000, 12_000))
def test_tokens_of_the_arms_are_equal_within_one_per_cent(seed: int, tokens: int) -> None:
    rows, value = made(seed)
    found = found_or_not(halves(value), rows, Spec("complexity", tokens=tokens, parts=2))
    sums = [int(rows.tokens[arm].sum()) for arm in found.arms]
    assert abs(sums[0] - sums[1]) <= 0.01 * tokens
    assert all(abs(total - tokens) <= 0.01 * tokens for total in sums)
    assert all(len(set(arm.tolist())) == found.rows for arm in found.arms)


@PROPERTY
@given(SEEDS, st.integers(20, 200), st.booleans())
def test_shares_are_exact_and_a_larger_share_holds_the_smaller(seed: int, size: int, by_tokens: bool) -> None:
    rows, value = made(seed)
    shares = [Fraction(0), Fraction(1, 4), Fraction(3, 5)]
    every = np.arange(len(value))
    design = Shares(every[value < 0.5], every[value >= 0.5], shares)
    agree = ("tokens", "diversity", "group", "domain")
    rows_, tokens = (None, 80 * size) if by_tokens else (size, None)
    spec = Spec("algorithmic", rows_, tokens, agree=agree)
    found = found_or_not(design, rows, spec)
    others = [set(arm[value[arm] >= 0.5].tolist()) for arm in found.arms]
    bases = [set(arm[value[arm] < 0.5].tolist()) for arm in found.arms]
    assert [len(other) for other in others] == [int(share * found.rows + Fraction(1, 2)) for share in shares]
    assert others[0] <= others[1] <= others[2]
    assert bases[0] >= bases[1] >= bases[2]
    assert {len(set(arm.tolist())) for arm in found.arms} == {found.rows}
    if by_tokens:
        sums = [int(rows.tokens[arm].sum()) for arm in found.arms]
        assert max(sums) - min(sums) <= 0.01 * 80 * size


@PROPERTY
@given(SEEDS, st.integers(20, 300))
def test_random_rows_beside_a_pick_come_from_its_strata(seed: int, size: int) -> None:
    rows, value = made(seed)
    spec = Spec("coverage", rows=size, agree=("tokens", "group", "domain"))
    picks = np.argsort(-value - rows.numbers["tokens"] / 10)
    picked, drawn = found_or_not(Picked(picks), rows, spec).arms
    assert picked.tolist() == sorted(picks[:size].tolist())
    assert len(set(drawn.tolist())) == size
    assert names_of(rows, picked, spec) == names_of(rows, drawn, spec)


def test_fewer_rows_of_the_same_match_are_a_part_of_more() -> None:
    rows, value = made(1, 4000)
    spec = Spec("complexity", tolerance=10)  # the first draw will do
    small, large = (search(halves(value), rows, spec, size) for size in (100, 200))
    assert (small.bins, small.draw) == (large.bins, large.draw)
    for few, many in zip(small.arms, large.arms, strict=True):
        assert set(few.tolist()) <= set(many.tolist())


def test_bins_stay_coarse_where_nothing_asks_for_more() -> None:
    rows, value = made(2, 2000)
    unlike = search(halves(value), rows, Spec("complexity"))
    assert unlike.bins == {"tokens": 4, "diversity": 1}
    assert search(halves(value), rows, Spec("complexity", tolerance=10)).bins == {"tokens": 1, "diversity": 1}


def test_what_cannot_match_is_refused_with_the_tightest_tolerance() -> None:
    rows, value = made(3)
    spec = Spec("complexity", tolerance=0.0001)
    with pytest.raises(Unreachable) as refused:
        search(halves(value), rows, spec, 100)
    tightest = refused.value.tolerance
    assert tightest is not None
    assert tightest > 0.0001
    assert search(halves(value), rows, Spec("complexity", tolerance=tightest), 100).rows == 100
    with pytest.raises(Unreachable) as refused:
        search(halves(value), rows, spec, 500)
    assert refused.value.tolerance is None


def test_effects() -> None:
    assert cohen_d([1, 2, 3], [2, 3, 4]) == pytest.approx(1)
    assert cohen_d([1, np.nan, 3], [3, 1]) == 0
    assert cohen_d([1, 1], [1, 1]) == 0
    assert cohen_d([1, 1], [2, 2]) == float("inf")
    assert cohen_d([], [1]) == 0
    assert cohen_h(0.25, 0.5) == pytest.approx(np.pi / 6)
    assert share_difference(np.array([-1, 0, 0, 1]), np.array([0, 0, 0, 1])) == 25


def test_hashes_of_two_salts_are_independent() -> None:
    hashes = np.arange(20_000, dtype=np.uint64)
    first, second = (mixed(hashes, salt).astype(np.float64) for salt in (0, 1))
    assert len(set(mixed(hashes, 0).tolist())) == 20_000
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
