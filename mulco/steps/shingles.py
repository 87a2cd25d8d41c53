"""Texts as sets of numbers: tokens, the 5-token shingles they form, and MinHash digests of these sets.

    owners, hashes = shingles([["def f(x): return x"], ["def g(x): return x"]])   # two rows, one text each

Tokens are words of `[a-z0-9_]` in lower case, other characters one by one; ASCII white space separates
and nothing else. A shingle never crosses from one text of a row to the next, and those of the first text are others
than those of the second: two functions the other way round are another question. A text of fewer than five tokens is
one shingle. Hashes depend on the text alone: no seed, no order, no process.

All is done on the bytes of many rows at once: a token is hashed as a polynomial in an odd number, whose value for any
stretch of bytes follows from two running sums, as Karp and Rabin have it.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 5  # tokens in a shingle
PERMUTATIONS, BANDS = 125, 25  # two rows of Jaccard J share a band with probability 1 - (1 - J**5)**25: 0.99995 at 0.8
ROWS = PERMUTATIONS // BANDS
SEED = 42
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd: Knuth's multiplicative hash
_BASE = 0x5851F42D4C957F2D  # odd, so it has an inverse: Knuth's MMIX generator
_CHUNK = 1 << 20  # bytes hashed at once; the arrays made of them stay in the cache
_WORD, _CONTINUES = 1, 4  # kinds of bytes; the others are 0 white space, 2 a mark, 3 the first byte of a character
_KINDS = np.full(256, 2, np.uint8)
_KINDS[:33] = 0
_KINDS[[*b"abcdefghijklmnopqrstuvwxyz0123456789_"]] = _WORD
_KINDS[128:192] = _CONTINUES
_KINDS[192:] = 3

Numbers = NDArray[np.uint32]
Digests = NDArray[np.uint16]


def shingles(rows: Iterable[Sequence[str]]) -> tuple[NDArray[np.int64], Numbers]:
    """(offsets, hashes): the distinct shingles of row i, ascending, are `hashes[offsets[i]:offsets[i + 1]]`."""
    keys = []
    count = 0
    for first, chunk in _chunks(rows):
        count = first + len(chunk)
        keys.append(_keys(chunk) + (np.uint64(first) << np.uint64(32)))
    found = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
    offsets = np.searchsorted(found, np.arange(count + 1, dtype=np.uint64) << np.uint64(32))
    return offsets.astype(np.int64), found.astype(np.uint32)


def _chunks(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[list[bytes]]]]:
    """(number of the first row, texts in lower case as bytes) of rows that fit in a chunk; always at least one row."""
    chunk: list[list[bytes]] = []
    size = first = 0
    for row in rows:
        texts = [text.lower().encode("utf-8", "surrogatepass") for text in row]
        more = sum(map(len, texts)) + len(texts)
        if chunk and size + more > _CHUNK:
            yield first, chunk
            first, chunk, size = first + len(chunk), [], 0
        chunk.append(texts)
        size += more
    if chunk:
        yield first, chunk


def _keys(rows: list[list[bytes]]) -> NDArray[np.uint64]:
    """row << 32 | shingle for each distinct shingle of each row, ascending."""
    texts = [text for row in rows for text in row]
    hashes, text_of = _tokens(texts)
    # a text with fewer tokens than a shingle has is filled up with zeros
    tokens = np.bincount(text_of, minlength=len(texts))
    padded = np.where((tokens > 0) & (tokens < SIZE), SIZE, tokens)
    before, shift = np.cumsum(tokens) - tokens, np.cumsum(padded) - padded
    values = np.zeros(int(padded.sum()), np.uint64)
    values[np.arange(len(hashes)) - before[text_of] + shift[text_of]] = hashes
    owner = np.repeat(np.arange(len(texts)), padded)
    windows = len(values) - SIZE + 1
    if windows <= 0:
        return np.zeros(0, np.uint64)
    row_of = np.repeat(np.arange(len(rows), dtype=np.uint64), [len(row) for row in rows])
    place_of = np.array([place for row in rows for place in range(len(row))], np.uint64)
    start = np.flatnonzero(owner[:windows] == owner[SIZE - 1 :])
    mixed = place_of[owner[start]]
    for place in range(SIZE):
        mixed = (mixed ^ values[start + place]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    keys = np.sort(row_of[owner[start]] << np.uint64(32) | mixed >> np.uint64(32))
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))]


def _tokens(texts: list[bytes]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(hash, number of the text) of each token."""
    data = np.frombuffer(b"\0".join([*texts, b""]), np.uint8)  # a zero byte after each text
    kinds = _KINDS[data]
    continues = kinds == _CONTINUES
    continues[1:] |= (kinds[1:] == _WORD) & (kinds[:-1] == _WORD)
    edges = np.flatnonzero(~continues)
    starts = kinds[edges] != 0
    ends = np.append(edges[1:], len(data))[starts]
    begins = edges[starts]
    powers, inverses = _powers(1 << max(16, (len(data)).bit_length()))
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[: len(data)], out=sums[1:])
    hashes = (sums[ends] - sums[begins]) * inverses[begins]
    hashes = (hashes ^ hashes >> np.uint64(31)) * _MULTIPLIER
    text_of = np.searchsorted(np.cumsum([len(text) + 1 for text in texts]), begins, side="right")
    return hashes, text_of


@functools.cache
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The powers of the base, and of its inverse, modulo 2**64."""
    inverse = pow(_BASE, -1, 1 << 64)
    return tuple(  # type: ignore[return-value]
        np.cumprod(np.concatenate(([np.uint64(1)], np.full(count - 1, base, np.uint64)))) for base in (_BASE, inverse)
    )


def digests(offsets: NDArray[np.int64], hashes: Numbers) -> Digests:
    """MinHash digests of rows of shingles, 16 bits of each minimum.  # (rows, PERMUTATIONS)

    Two minima that differ agree in 16 bits once in 65,536 times: against the estimate's own error that is nothing.
    """
    from rensa import RMinHash

    count = len(offsets) - 1
    if count == 0:
        return np.zeros((0, PERMUTATIONS), np.uint16)
    # rensa permutes what it is given linearly, so it is given well mixed 64-bit numbers
    mixed = (hashes.astype(np.uint64) + np.uint64(1)) * _MULTIPLIER
    mixed ^= mixed >> np.uint64(32)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(mixed, offsets.astype(np.uint64), PERMUTATIONS, SEED)
    minima = np.array(matrix.to_rows(), np.uint32).reshape(count, PERMUTATIONS)
    # the smallest minima of long rows have no high bits to tell them apart by
    return (minima ^ minima >> np.uint32(16)).astype(np.uint16)


def band_keys(made: Digests, band: int, groups: NDArray[np.uint64]) -> NDArray[np.uint64]:
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
    return np.array([_number(str(name)) for name in names], np.uint64)


@functools.lru_cache(maxsize=4096)
def _number(name: str) -> int:
    data = name.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) | zlib.adler32(data) << 32
