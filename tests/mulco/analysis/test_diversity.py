"""How varied points are: each figure beside its definition, computed the long way."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco.analysis import diversity
from mulco.analysis.diversity import Points, clusters, coverage, farthest_first, mean_cosine, plane, vendi
from mulco.analysis.embedding import embed
from mulco.errors import UsageError


def sphere(rows: int, dimensions: int, seed: int = 0, groups: int = 0) -> Points:
    """Points of length 1, at random, or near to so many middles."""
    chance = np.random.default_rng(seed)
    found = chance.standard_normal((rows, dimensions))
    if groups:
        found = 0.1 * found + 3 * chance.standard_normal((groups, dimensions))[np.arange(rows) % groups]
    return (found / np.linalg.norm(found, axis=1)[:, None]).astype(np.float32)


def ids(rows: int) -> list[str]:
    return [f"row {n:05}" for n in range(rows)]


# Mean cosine.


def by_brute_force(points: Points) -> np.ndarray[Any, Any]:
    kernel = points.astype(np.float64) @ points.T.astype(np.float64)
    return (kernel.sum(1) - np.diag(kernel)) / (len(points) - 1)


@pytest.mark.parametrize(("rows", "dimensions", "groups"), [(2_000, 256, 0), (2_000, 64, 5), (2, 3, 0), (3, 2, 1)])
def test_the_mean_cosine_is_that_of_all_pairs(
    rows: int, dimensions: int, groups: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diversity, "BATCH", 700)
    points = sphere(rows, dimensions, 1, groups)
    np.testing.assert_allclose(mean_cosine(points), by_brute_force(points), atol=1e-12)


def test_the_mean_cosine_of_copies_is_one_and_a_row_alone_has_none() -> None:
    one, other = sphere(2, 16)
    np.testing.assert_allclose(mean_cosine(np.stack([one] * 5)), 1, atol=1e-6)
    np.testing.assert_allclose(mean_cosine(np.stack([one, one, -one])), [0, 0, -1], atol=1e-6)
    assert np.isnan(mean_cosine(other[None])).all()
    assert mean_cosine(np.zeros((0, 4), np.float32)).shape == (0,)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(1, 12), st.integers(0, 1000))
def test_the_mean_cosine_goes_with_its_row(rows: int, dimensions: int, seed: int) -> None:
    points = sphere(rows, dimensions, seed)
    order = np.random.default_rng(seed).permutation(rows)
    np.testing.assert_allclose(mean_cosine(points[order]), mean_cosine(points)[order], atol=1e-12)
    assert (np.abs(mean_cosine(points)) <= 1 + 1e-6).all()


def test_rows_of_one_kind_are_less_diverse_than_the_stranger_among_them() -> None:
    texts = [f"SELECT name FROM shop WHERE price > {n};" for n in range(8)] + ["用栈判断括号是否配对。"]
    found = mean_cosine(embed(texts))
    assert found.argmin() == 8
    assert found[:8].min() > found[8] + 0.3


# Vendi score.


def by_definition(points: Points) -> float:
    values = np.linalg.eigvalsh(points.astype(np.float64) @ points.T.astype(np.float64) / len(points))
    values = values[values > 1e-15]
    return math.exp(-(values * np.log(values)).sum())


@pytest.mark.parametrize(("rows", "dimensions", "groups"), [(300, 20, 0), (300, 20, 4), (20, 300, 0), (64, 64, 3)])
def test_the_vendi_score_is_that_of_the_kernel(rows: int, dimensions: int, groups: int) -> None:
    points = sphere(rows, dimensions, 2, groups)
    assert vendi(points) == pytest.approx(by_definition(points), rel=1e-6)


def test_the_vendi_score_counts_rows_that_are_all_unlike() -> None:
    unlike = np.eye(7, dtype=np.float32)
    assert vendi(unlike) == pytest.approx(7)
    assert vendi(np.repeat(unlike[:3], 50, axis=0)) == pytest.approx(3)
    assert vendi(unlike[:1]) == pytest.approx(1)
    assert vendi(unlike[:0]) == 0


# Clusters, and how many are hit.


def test_clusters_are_the_groups_that_are_there() -> None:
    points = sphere(3_000, 16, 3, groups=6)
    found = clusters(points, wanted=6)
    assert {len(set(found.label[n::6])) for n in range(6)} == {1}
    assert sorted(set(found.label.tolist())) == list(range(6))
    assert found.centers.shape == (6, 16)
    near = ((points[:, None] - found.centers[None]) ** 2).sum(2).argmin(1)
    assert (near == found.label).all()


def test_clusters_are_numbered_from_the_largest_and_none_is_empty() -> None:
    middles = np.eye(4, dtype=np.float32)
    points = np.repeat(middles, [5, 40, 20, 30], axis=0)  # but four different rows
    found = clusters(points, seed=4)
    assert found.label.tolist() == [3] * 5 + [0] * 40 + [2] * 20 + [1] * 30
    np.testing.assert_allclose(found.centers, middles[[1, 3, 2, 0]], atol=1e-6)


@pytest.mark.parametrize(("rows", "wanted"), [(1, 1), (9, 1), (35, 3), (600, 60), (5_000, 200)])
def test_a_small_set_has_fewer_clusters(rows: int, wanted: int) -> None:
    assert len(clusters(sphere(rows, 24)).centers) == wanted


def test_clusters_of_a_large_set_are_found_on_a_sample_and_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    points = sphere(3_000, 16, 3, groups=6)
    monkeypatch.setattr(diversity, "SAMPLE", 300)
    monkeypatch.setattr(diversity, "BATCH", 700)
    found = clusters(points, wanted=6)
    assert {len(set(found.label[n::6])) for n in range(6)} == {1}
    again = clusters(points.copy(), wanted=6)
    assert again.label.tobytes() + again.centers.tobytes() == found.label.tobytes() + found.centers.tobytes()
    assert len(clusters(points[:0]).label) == 0


def test_coverage_is_the_mean_over_all_samples() -> None:
    label = np.array([0, 0, 0, 1, 1, 4, 7])
    for sample in range(8):
        hit = [len(set(some)) for some in itertools.combinations(label.tolist(), sample)]
        assert coverage(label, sample) == pytest.approx(sum(hit) / len(hit))
    assert math.isnan(coverage(label, 8))


def test_coverage_of_a_large_set_is_that_of_samples_drawn() -> None:
    chance = np.random.default_rng(6)
    label = chance.geometric(0.02, 100_000)
    drawn = [len(set(chance.choice(label, 500, replace=False).tolist())) for _ in range(200)]
    assert coverage(label, 500) == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / math.sqrt(200))
    assert coverage(label, 100_000) == pytest.approx(len(set(label.tolist())))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.data())
def test_coverage_grows_with_the_sample(label: list[int], data: st.DataObject) -> None:
    sample = data.draw(st.integers(0, len(label) - 1))
    less, more = (coverage(np.array(label), size) for size in (sample, sample + 1))
    assert less <= more + 1e-9 <= min(sample + 1, len(set(label))) + 2e-9


# The map.


def test_the_plane_is_spanned_by_the_first_two_components() -> None:
    chance = np.random.default_rng(8)
    axes = np.linalg.qr(chance.standard_normal((10, 10)))[0]
    spread = chance.standard_normal((500, 10)) * [5, 2, *[0.1] * 8]
    points = (spread @ axes.T + 3).astype(np.float32)
    _, values, turns = np.linalg.svd(points - points.mean(0), full_matrices=False)
    turns *= np.sign([row[np.abs(row).argmax()] for row in turns])[:, None]
    np.testing.assert_allclose(plane(points), (points - points.mean(0)) @ turns[:2].T, atol=1e-3)
    assert plane(points).var(0) == pytest.approx(values[:2] ** 2 / 500, rel=1e-4)


def test_the_plane_keeps_its_sides() -> None:
    points = sphere(300, 12, 9, groups=3)
    np.testing.assert_allclose(plane(points[::-1])[::-1], plane(points), atol=1e-6)
    assert plane(points[:1]).tolist() == [[0, 0]]
    assert plane(points[:0]).shape == (0, 2)
    assert plane(np.ones((4, 1), np.float32)).tolist() == [[0, 0]] * 4


# Farthest first.


def by_hand(points: Points, wanted: int, names: list[str], start: int) -> list[int]:
    """Gonzalez, word by word."""
    kernel = points.astype(np.float64) @ points.T.astype(np.float64)
    picked = [start]
    while len(picked) < wanted:
        left = [n for n in range(len(points)) if n not in picked]
        picked.append(min(left, key=lambda n: (round(kernel[n, picked].max(), 6), names[n])))
    return picked


def test_each_pick_is_the_farthest_from_those_before() -> None:
    points = sphere(200, 8, 10)
    middle = int((points @ points.mean(0)).argmax())
    assert farthest_first(points, 60, ids(200)).tolist() == by_hand(points, 60, ids(200), middle)
    assert farthest_first(points, 60, ids(200), start=17).tolist() == by_hand(points, 60, ids(200), 17)
    assert sorted(farthest_first(points, 200, ids(200)).tolist()) == list(range(200))


def test_of_equals_the_smallest_id_is_picked_wherever_it_stands() -> None:
    points = np.repeat(np.eye(3, dtype=np.float32), 2, axis=0)
    names = ["f", "c", "a", "e", "d", "b"]
    assert [names[n] for n in farthest_first(points, 6, names)] == ["a", "b", "c", "d", "e", "f"]
    order = [4, 0, 5, 2, 1, 3]
    other = [names[n] for n in order]
    assert [other[n] for n in farthest_first(points[order], 6, other)] == ["a", "b", "c", "d", "e", "f"]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000), st.data())
def test_the_order_of_rows_does_not_matter_nor_does_how_many_are_wanted(
    rows: int, seed: int, data: st.DataObject
) -> None:
    points = sphere(rows, 6, seed)[np.random.default_rng(seed).integers(0, rows, rows)]  # some of them twice
    wanted = data.draw(st.integers(0, rows))
    whole = farthest_first(points, rows, ids(rows))
    assert farthest_first(points, wanted, ids(rows)).tolist() == whole[:wanted].tolist()
    order = np.random.default_rng(seed + 1).permutation(rows)
    moved = farthest_first(points[order], rows, [ids(rows)[n] for n in order], start=int((order == whole[0]).argmax()))
    assert order[moved].tolist() == whole.tolist()


def test_no_row_is_farther_than_twice_the_best_choice_could_leave_it() -> None:
    points = sphere(14, 3, 11)
    far = np.linalg.norm(points[:, None] - points[None], axis=2)
    best = min(far[:, list(some)].min(1).max() for some in itertools.combinations(range(14), 4))
    assert far[:, farthest_first(points, 4, ids(14))].min(1).max() <= 2 * best


def test_more_rows_than_there_are_cannot_be_picked() -> None:
    with pytest.raises(UsageError, match=r"5 rows are wanted of 4\."):
        farthest_first(sphere(4, 3), 5, ids(4))
    told: list[tuple[int, int]] = []
    farthest_first(sphere(4, 3), 2, ids(4), tick=lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]
