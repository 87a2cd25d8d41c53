"""How varied rows are, as points on a sphere: mean cosine, Vendi score, clusters hit, a map, and a spread-out choice.

    1 - mean_cosine(points)                     # of each row: how unlike the others it is
    vendi(points)                               # as many rows, all unlike, would be as varied
    coverage(clusters(points).label, 200, 1000) # clusters that 1,000 of these rows hit on average

`points` is what `embedding.embed` gives: (rows, dimensions) float32, each row of length 1. Sums are in float64.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma

import numpy as np
import numpy.typing as npt

from mulco.analysis.threads import one_thread
from mulco.errors import UsageError

CLUSTERS = 200  # measured: 2,000 rows of one upstream folder hit 3 to 140 of them
ROWS_A_CLUSTER = 10  # on average at least: a set of fewer than 2,000 rows has fewer clusters
SAMPLE = 20_000  # rows that clusters are found on; all rows are then told theirs
BATCH = 8_192  # rows at a time where float64 would double the memory

Points = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def mean_cosine(points: Points) -> Floats:
    """(rows,) the mean cosine of each row to all other rows; NaN for a row that is alone.

    Exact in O(rows x dimensions): the mean over the others of x.y is x.(sum - x) / (rows - 1). Equal rows count as any
    others: a set of copies has 1 throughout.
    """
    total = points.sum(0, dtype=np.float64)  # (dimensions,)
    found = np.full(len(points), np.nan)
    if len(points) > 1:
        for start, part in _parts(points):
            found[start : start + len(part)] = (part * (total - part)).sum(1) / (len(points) - 1)
    return found


def vendi(points: Points) -> float:
    """The Vendi score under the cosine: exp of the entropy of the eigenvalues of the kernel / rows; 0 without rows.

    From 1 (all rows alike) to the smaller of rows and dimensions. The rows x rows kernel has the eigenvalues of the
    dimensions x dimensions covariance and zeros beside them, so that is what is solved (Friedman and Dieng 2023).
    It grows with the number of rows: compare samples of one size.
    """
    if not len(points):
        return 0.0
    with one_thread():
        if len(points) < points.shape[1]:
            whole = points.astype(np.float64)
            gram = whole @ whole.T
        else:
            gram = _scatter(points, np.zeros(points.shape[1]))
        values = np.linalg.eigvalsh(gram / len(points))
    values = values[values > 0]
    return float(np.exp(-(values * np.log(values)).sum()))


@dataclass(frozen=True)
class Clusters:
    """`label` (rows,): the cluster of each row, numbered from the largest. `centers` (clusters, dimensions)."""

    label: Numbers
    centers: Points


def clusters(points: Points, seed: int = 0, wanted: int = CLUSTERS) -> Clusters:
    """Rows by the nearest of at most `wanted` centres, which k-means finds on at most SAMPLE rows, chosen by the seed.

    There are fewer centres where there are not ROWS_A_CLUSTER rows for each, or not as many different rows; one that no
    row is nearest to is left out. Same points and seed, same clusters. Measured: 100,000 rows in 256 dimensions take
    7 CPU seconds.
    """
    if not len(points):
        return Clusters(np.zeros(0, np.int64), np.zeros((0, points.shape[1]), np.float32))
    with one_thread():
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning

        chance = np.random.default_rng(seed)
        few = len(points) <= SAMPLE
        sample = points if few else points[np.sort(chance.choice(len(points), SAMPLE, replace=False))]
        size = max(1, min(wanted, len(points) // ROWS_A_CLUSTER))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different rows than centres
            found = KMeans(size, n_init=1, max_iter=50, random_state=seed).fit(sample).cluster_centers_
        near = np.concatenate([_nearest(part, found) for _, part in _parts(points)])
    counts = np.bincount(near, minlength=len(found))
    order = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
    number = np.empty(len(found), np.int64)
    number[order] = np.arange(len(order))
    return Clusters(number[near], found[order].astype(np.float32))


def coverage(label: Numbers, sample: int) -> float:
    """How many clusters `sample` of these rows hit on average, drawn without putting back; NaN where there are fewer.

    Exact, by the hypergeometric: the sum over clusters of 1 - C(rows - own, sample) / C(rows, sample) (Hurlbert 1971).
    Groups of different size compare at one `sample`.
    """
    rows = len(label)
    if sample > rows:
        return float("nan")
    own = np.unique(label, return_counts=True)[1].tolist()
    return sum(1 - exp(_ways(rows - one, sample) - _ways(rows, sample)) for one in own)


def _ways(of: int, some: int) -> float:
    """The logarithm of the binomial C(of, some)."""
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1) if of >= some else -inf


def plane(points: Points) -> Floats:
    """(rows, 2) the first two principal components; each points to where its largest loading is positive."""
    found = np.zeros((len(points), 2))
    if not len(points):
        return found
    mean = points.mean(0, dtype=np.float64)
    with one_thread():
        axes = np.linalg.eigh(_scatter(points, mean))[1][:, ::-1][:, :2]  # (dimensions, 2)
        axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
        for start, part in _parts(points):
            found[start : start + len(part), : axes.shape[1]] = (part - mean) @ axes
    return found


def farthest_first(
    points: Points,
    wanted: int,
    ids: Sequence[str],
    start: int | None = None,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> Numbers:
    """(wanted,) rows in the order they are picked: each is the one farthest from its nearest pick so far.

    Greedy k-center: no row is farther from its nearest pick than twice the least that any choice of as many could
    reach (Gonzalez 1985). It begins at `start`, or at the row nearest to the mean; of equals the smallest id is picked.
    Distances are compared as cosines, each a sum in one order, so equal rows are equally far. Time is rows x wanted x
    dimensions (measured: 1,000 of 100,000 rows in 256 dimensions take 12 CPU seconds), memory 16 bytes a row.
    Raises UsageError where more are wanted than there are.
    """
    if not 0 <= wanted <= len(points):
        raise UsageError(f"{wanted:,} rows are wanted of {len(points):,}. Ask for at most as many as there are")
    rank = np.empty(len(points), np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    if start is None:
        mean = points.mean(0, dtype=np.float64).astype(np.float32)
        start = _first(-_cosines(points, mean), rank) if wanted else 0
    picked = np.zeros(wanted, np.int64)
    nearest = np.full(len(points), -np.inf, np.float32)  # cosine to the nearest pick
    for number in range(wanted):
        tick(number, wanted)
        picked[number] = _first(nearest, rank) if number else start
        np.maximum(nearest, _cosines(points, points[picked[number]]), out=nearest)
        nearest[picked[number]] = np.inf  # and stays so
    tick(wanted, wanted)
    return picked


def _first(values: npt.NDArray[np.float32], rank: Numbers) -> int:
    """Where the least value is; of equals the one of the least rank."""
    equals = np.flatnonzero(values == values.min())
    return int(equals[rank[equals].argmin()])


def _cosines(points: Points, one: Points) -> Points:
    """(rows,) float32. Not by BLAS, which sums a row in an order that hangs on its place."""
    return np.einsum("ij,j->i", points, one)  # type: ignore[no-any-return]


def _scatter(points: Points, center: Floats) -> Floats:
    """(dimensions, dimensions) the sum of the products of what rows differ from `center` by."""
    found = np.zeros((points.shape[1], points.shape[1]))
    for _, part in _parts(points):
        found += (part - center).T @ (part - center)
    return found


def _nearest(part: Floats, centers: Points) -> Numbers:
    """(rows,) the nearest centre of each row, of equals the first."""
    nearest: Numbers = (part @ centers.T - (centers**2).sum(1) / 2).argmax(1)
    return nearest


def _parts(points: Points) -> Iterator[tuple[int, Floats]]:
    """Row from which, and the rows in float64."""
    for start in range(0, len(points), BATCH):
        yield start, points[start : start + BATCH].astype(np.float64)
