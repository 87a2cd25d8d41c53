"""How arms come about from strata: rows that are parted, exchanged by shares, or drawn beside a pick.

    matched = Split([low, high]).match(rows, strata, draw=0)
    matched.most                    # rows that each arm can have
    matched.arms(200, None)         # two arms of 200 rows, equally many of each stratum

Rows inside a stratum, and the strata that give way when fewer rows are wanted, are chosen by a stable hash of seed and
id. Where tokens are wanted, rows are exchanged for others of their stratum until the sums are equal.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]

LEVEL = 0.005  # an arm's tokens may be off by this share, so two arms by 1 %


@dataclass(frozen=True)
class Rows:
    """The rows that may be chosen, as arrays of one length: `numbers` NaN where not measured, `names` as codes."""

    hashes: Hashes
    tokens: Index
    numbers: Mapping[str, Floats]  # of the spec's NUMBERS; tokens as logarithm
    names: Mapping[str, Index]  # of its NAMES; -1 where null


class Matched(Protocol):
    """Rows matched under one fineness of bins and one draw."""

    @property
    def most(self) -> int:
        """Rows that each arm can have."""

    def rows_for(self, tokens: int) -> int:
        """Rows of arms with these tokens."""

    def arms(self, size: int, tokens: int | None) -> list[Index]:
        """Arms of `size` rows, which come as near to `tokens` as exchanges within a stratum bring them."""


class Design(Protocol):
    """A way in which arms come about."""

    def match(self, rows: Rows, strata: Index, draw: int) -> Matched: ...


@dataclass(frozen=True)
class Split:
    """Arms that part the rows: each takes from its own pool, equally many of each stratum."""

    pools: Sequence[Index]

    def match(self, rows: Rows, strata: Index, draw: int) -> Matched:
        return _SplitMatched(rows, strata, self.pools, _sets(rows, strata, self.pools, draw))


@dataclass
class _SplitMatched:
    rows: Rows
    strata: Index
    pools: Sequence[Index]
    sets: Index  # (sets, pools)

    @property
    def most(self) -> int:
        return len(self.sets)

    def rows_for(self, tokens: int) -> int:
        return _rows_for(self, self.rows, tokens)

    def arms(self, size: int, tokens: int | None) -> list[Index]:
        arms = [self.sets[:size, pool] for pool in range(len(self.pools))]
        if tokens is not None:
            spare = [np.setdiff1d(pool, arm) for pool, arm in zip(self.pools, arms, strict=True)]
            limit = LEVEL * tokens
            arms = [
                _levelled(arm, s, self.rows, self.strata, tokens, limit) for arm, s in zip(arms, spare, strict=True)
            ]
        return arms


@dataclass(frozen=True)
class Shares:
    """Arms of which a share comes from `other`, the rest from `base`: rows are exchanged for others that match them.

    The arm with the larger share holds all rows of `other` that the one with the smaller share holds, and no row of
    `base` that the latter lacks. `shares` ascend and begin with 0.
    """

    base: Index
    other: Index
    shares: Sequence[Fraction]

    def match(self, rows: Rows, strata: Index, draw: int) -> Matched:
        pairs = _sets(rows, strata, [self.base, self.other], draw)
        paired = np.isin(self.base, pairs[:, 0])
        by_hash = np.argsort(mixed(rows.hashes[self.base], 3 * draw + 2), kind="stable")
        return _SharesMatched(rows, strata, self, pairs, self.base[by_hash], paired.sum())

    def counts(self, size: int) -> list[int]:
        """How many rows of `other` each arm of `size` rows has; halves round up."""
        return [math.floor(share * size + Fraction(1, 2)) for share in self.shares]


@dataclass
class _SharesMatched:
    rows: Rows
    strata: Index
    design: Shares
    pairs: Index  # (pairs, 2): base, other
    base: Index  # all of it, in the order of the draw
    paired: int

    @property
    def most(self) -> int:
        size = min(len(self.base), math.floor(len(self.pairs) / self.design.shares[-1]))
        while size and self.design.counts(size)[-1] > len(self.pairs):
            size -= 1
        return size

    def rows_for(self, tokens: int) -> int:
        return _rows_for(self, self.rows, tokens)

    def arms(self, size: int, tokens: int | None) -> list[Index]:
        counts = self.design.counts(size)
        base, other = self.pairs[: counts[-1], 0], self.pairs[: counts[-1], 1].copy()
        common = self.base[~np.isin(self.base, base)][: size - counts[-1]]  # what every arm holds
        if tokens is not None:
            limit = LEVEL * tokens / 2
            whole = np.concatenate([base, common])
            spare = np.setdiff1d(self.base, whole)
            whole = _levelled(whole, spare, self.rows, self.strata, tokens, limit)
            base, common = whole[: len(base)], whole[len(base) :]
            spare = np.setdiff1d(self.design.other, other)
            for start, end in pairwise(counts):  # each exchange of rows leaves the sum as it is
                wanted = int(self.rows.tokens[base[start:end]].sum())
                part, room = other[start:end], limit / len(counts)
                other[start:end] = _levelled(part, spare, self.rows, self.strata, wanted, room)
                spare = np.setdiff1d(self.design.other, other)
        return [np.concatenate([other[:count], base[count:], common]) for count in counts]


@dataclass(frozen=True)
class Picked:
    """An arm that was picked, in the order of picking, beside one drawn at random from the strata of the picked rows.

    What is drawn may have been picked as well: random rows stand for all rows like the picked ones.
    """

    picks: Index

    def match(self, rows: Rows, strata: Index, draw: int) -> Matched:
        return _PickedMatched(rows, strata, self.picks, draw)


@dataclass
class _PickedMatched:
    rows: Rows
    strata: Index
    picks: Index
    draw: int

    @property
    def most(self) -> int:
        return len(self.picks)

    def rows_for(self, tokens: int) -> int:
        return self.most  # what was picked has them

    def arms(self, size: int, tokens: int | None) -> list[Index]:
        picked = self.picks[:size]
        wanted = np.bincount(self.strata[picked], minlength=int(self.strata.max()) + 1)
        order, place = _in_strata(np.arange(len(self.strata)), self.strata, mixed(self.rows.hashes, 3 * self.draw))
        drawn = order[place < wanted[self.strata[order]]]
        if tokens is not None:
            spare = np.setdiff1d(np.arange(len(self.strata)), drawn)
            same = int(self.rows.tokens[picked].sum())
            drawn = _levelled(drawn, spare, self.rows, self.strata, same, LEVEL * tokens)
        return [picked, drawn]


def mixed(hashes: Hashes, salt: int) -> Hashes:
    """Other hashes of the same rows, independent of these (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = hashes + np.uint64((salt + 1) * 0x9E3779B97F4A7C15 % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _sets(rows: Rows, strata: Index, pools: Sequence[Index], draw: int) -> Index:
    """(sets, pools): one row of each pool, all of one stratum; as many as there are, in the order of the draw."""
    count = int(strata.max()) + 1 if len(strata) else 0
    least = np.min([np.bincount(strata[pool], minlength=count) for pool in pools], axis=0)
    drawn, columns = mixed(rows.hashes, 3 * draw), []
    for pool in pools:
        order, place = _in_strata(pool, strata, drawn)
        kept = order[place < least[strata[order]]]
        columns.append(kept[np.lexsort((rows.tokens[kept], strata[kept]))])  # partners are near in length
    sets = np.column_stack(columns)
    return sets[np.argsort(mixed(rows.hashes[sets[:, 0]], 3 * draw + 1), kind="stable")]


def _in_strata(pool: Index, strata: Index, hashes: Hashes) -> tuple[Index, Index]:
    """The pool stratum by stratum, by hash within each, and the place of each row in its stratum, from 0."""
    order = pool[np.lexsort((hashes[pool], strata[pool]))]
    starts = np.searchsorted(strata[order], strata[order], side="left")
    return order, np.arange(len(order)) - starts


def _rows_for(matched: Matched, rows: Rows, tokens: int) -> int:
    """Rows of arms that have these tokens on average; more than match where the tokens of all are too few."""
    size = matched.most
    for _ in range(8):  # rows differ in length, so the number is approached step by step
        if size < 2:
            break
        mean = float(np.mean([rows.tokens[arm].sum() for arm in matched.arms(size, None)])) / size
        nearer = max(2, round(tokens / mean))
        if nearer == size or size == matched.most < nearer:
            return nearer
        size = min(nearer, matched.most)
    return size


def _levelled(chosen: Index, spare: Index, rows: Rows, strata: Index, tokens: int, limit: float) -> Index:
    """Exchange chosen rows for spare ones of their stratum until the sum of tokens is within `limit` of the wanted.

    Steps are small, so that many rows each change a little; the order of the chosen rows stays.
    """
    missing = tokens - int(rows.tokens[chosen].sum())
    if abs(missing) <= limit:
        return chosen
    shelves: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in spare.tolist():
        shelves[int(strata[row])].append((int(rows.tokens[row]), row))
    for shelf in shelves.values():
        shelf.sort()
    found = chosen.copy()
    for place, row in enumerate(chosen.tolist()):
        if abs(missing) <= limit:
            break
        shelf, now = shelves[int(strata[row])], int(rows.tokens[row])
        step = math.copysign(max(1, math.ceil(2 * abs(missing) / (len(chosen) - place))), missing)
        at = bisect.bisect_left(shelf, (now + int(step), -1))
        near = [i for i in (at - 1, at) if 0 <= i < len(shelf) and abs(missing - (shelf[i][0] - now)) < abs(missing)]
        if near:
            best = min(near, key=lambda i: abs(now + step - shelf[i][0]))
            length, other = shelf.pop(best)
            bisect.insort(shelf, (now, row))
            found[place], missing = other, missing - (length - now)
    return found
