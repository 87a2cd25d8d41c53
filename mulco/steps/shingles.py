"""Texts as sets of numbers: tokens, the 5-token shingles they form, and MinHash digests of these sets.

    owners, hashes = shingles([["def f(x): return x"], ["def g(x): return x"]])   # two rows, one text each

Tokens are words of `[a-z0-9_]` in lower case, single Han characters and single other marks; white space separates and
nothing else. A shingle never crosses from one text of a row to the next, so the order of a row's texts means nothing. A
text of fewer than five tokens is one shingle. Hashes depend on the text alone: no seed, no order, no process.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 5  # tokens in a shingle
PERMUTATIONS, BANDS = 125, 25  # two rows of Jaccard J share a band with probability 1 - (1 - J**5)**25: 0.99995 at 0.8
ROWS = PERMUTATIONS // BANDS
SEED = 42
_TOKEN = re.compile(r"[a-z0-9_]+|[^\sa-z0-9_]")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd: Knuth's multiplicative hash

Numbers = NDArray[np.uint32]


class _Hashes(dict[str, int]):
    """Token -> a number other than 0, which pads short texts."""

    def __missing__(self, token: str) -> int:
        data = token.encode("utf-8", "surrogatepass")
        value = self[token] = 1 + (zlib.crc32(data) | zlib.adler32(data) << 32)
        return value


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _TOKEN.findall(text.lower())


def shingles(rows: Iterable[Sequence[str]]) -> tuple[NDArray[np.int64], Numbers]:
    """(offsets, hashes): the distinct shingles of row i, ascending, are `hashes[offsets[i]:offsets[i + 1]]`."""
    known = _Hashes()
    numbers: list[int] = []
    text_of: list[int] = []  # tokens in each text
    row_of: list[int] = []  # the row of each text
    count = 0
    for row, texts in enumerate(rows):
        count += 1
        for text in texts:
            found = list(map(known.__getitem__, tokens(text)))
            if found:
                if len(found) < SIZE:
                    found += [0] * (SIZE - len(found))
                numbers += found
                text_of.append(len(found))
                row_of.append(row)
    if not numbers:
        return np.zeros(count + 1, np.int64), np.zeros(0, np.uint32)
    values = np.fromiter(numbers, np.uint64, len(numbers))
    lengths = np.array(text_of, np.int64)
    texts_ = np.repeat(np.arange(len(lengths)), lengths)
    windows = len(values) - SIZE + 1
    mixed = np.zeros(windows, np.uint64)
    for place in range(SIZE):
        mixed = (mixed ^ values[place : place + windows]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    whole = texts_[:windows] == texts_[SIZE - 1 :]
    owner = np.array(row_of, np.uint64)[texts_[:windows][whole]]
    keys = np.sort(owner << np.uint64(32) | mixed[whole] >> np.uint64(32))
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    offsets = np.searchsorted(keys, np.arange(count + 1, dtype=np.uint64) << np.uint64(32))
    return offsets.astype(np.int64), keys.astype(np.uint32)


def digests(offsets: NDArray[np.int64], hashes: Numbers) -> Numbers:
    """MinHash digests of rows of shingles.  # (rows, PERMUTATIONS)"""
    from rensa import RMinHash

    count = len(offsets) - 1
    if count == 0:
        return np.zeros((0, PERMUTATIONS), np.uint32)
    # rensa permutes what it is given linearly, so it is given well mixed 64-bit numbers
    mixed = (hashes.astype(np.uint64) + np.uint64(1)) * _MULTIPLIER
    mixed ^= mixed >> np.uint64(32)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(mixed, offsets.astype(np.uint64), PERMUTATIONS, SEED)
    return np.array(matrix.to_rows(), np.uint32).reshape(count, PERMUTATIONS)


def band_keys(made: Numbers, band: int, groups: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each row that stands for its group and one band of its digest.  # (rows,)"""
    key = groups.copy()
    for column in range(band * ROWS, (band + 1) * ROWS):
        key = (key ^ made[:, column].astype(np.uint64)) * _MULTIPLIER
        key ^= key >> np.uint64(31)
    return key


def jaccard(a: Numbers, b: Numbers) -> float:
    """The Jaccard index of two ascending arrays of distinct numbers; two empty ones are alike."""
    if len(a) > len(b):
        a, b = b, a
    if len(a) == 0:
        return float(len(b) == 0)
    found = np.searchsorted(b, a)
    found[found == len(b)] = 0
    common = int(np.count_nonzero(b[found] == a))
    return common / (len(a) + len(b) - common)


def group_numbers(names: Iterable[Any]) -> NDArray[np.uint64]:
    """A number for each name that depends on the name alone."""
    known = _Hashes()
    return np.array([known[str(name)] for name in names], np.uint64)
