"""mulco's own small model for short snippets: hashed n-grams of bytes and words -> 13 programming languages.

    log_probabilities(["puts x"])  # (1, 13), in the order of LANGUAGES

A text becomes the presence of its runs of one to five bytes, of its words and marks, and of neighbouring words and
marks, each hashed into one of 65,536 buckets. A language's score is the sum of its weights over these, divided by the
root of their number; a softmax makes probabilities of the scores. `README.md` beside this file is the model's card,
`benchmarks/language_model.py` trains it.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

LANGUAGES = ("python", "java", "javascript", "go", "php", "ruby", "c", "c++", "c#", "sql", "typescript", "bash", "html")
BUCKETS = 2**16
MOST_BYTES = 3_000  # of a text; what stands further down tells little that is new
RUNS = (1, 2, 3, 4, 5)  # bytes
CHUNK = 64  # texts at a time

WEIGHTS = Path(__file__).parent / "weights.npz"
# Of WEIGHTS: as a part of this text it is a part of every identity.
SHA256 = "5605c08aca36f6e6d3dfd07ed8b55c5a289b9c88dba8d12d0b80189d96c5dd12"

_PRIME = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: multiplying by it spreads bits (Knuth)
_BASE = np.uint64(1_000_003)  # of the polynomial that hashes a word
_POWERS = np.cumprod(np.full(MOST_BYTES, _BASE), dtype=np.uint64)
_SPACES = np.zeros(256, bool)
_SPACES[list(b" \t\r\n\f\v")] = True
_IN_WORD = np.zeros(256, bool)
_IN_WORD[[*b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$", *range(128, 256)]] = True

Floats = npt.NDArray[np.float32]


def log_probabilities(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """The logarithm of each language's probability: (texts, 13)."""
    found = np.empty((len(texts), len(LANGUAGES)))
    for start in range(0, len(texts), CHUNK):
        found[start : start + CHUNK] = _scores(texts[start : start + CHUNK])
    found -= found.max(axis=1, keepdims=True, initial=-np.inf)
    return np.asarray(found - np.log(np.exp(found).sum(axis=1, keepdims=True)))


def features(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(text, bucket) of every feature that is present, each pair once, sorted."""
    data = [text[:MOST_BYTES].encode("utf-8", "surrogatepass")[:MOST_BYTES] for text in texts]
    lengths = np.fromiter(map(len, data), np.int64, len(data))
    joined = np.frombuffer(b"".join(data), np.uint8)
    owner = np.repeat(np.arange(len(data), dtype=np.int64), lengths)
    owners, hashes = [], []
    packed = np.zeros(len(joined), np.uint64)
    for size in RUNS:
        whole = len(joined) - size + 1
        if whole <= 0:
            break
        packed = (packed[:whole] << np.uint64(8)) | joined[size - 1 :].astype(np.uint64)
        inside = owner[:whole] == owner[size - 1 :]
        owners.append(owner[:whole][inside])
        hashes.append(packed[inside] + np.uint64(size << 48))
    word_owner, word = _words(joined, owner)
    owners.append(word_owner)
    hashes.append(word)
    together = word_owner[1:] == word_owner[:-1]
    owners.append(word_owner[1:][together])
    with np.errstate(over="ignore"):
        hashes.append((word[:-1] * np.uint64(31) + word[1:])[together])
        buckets = (np.concatenate(hashes) * _PRIME) >> np.uint64(48)
    cells = np.concatenate(owners) * BUCKETS + buckets.astype(np.int64)
    cells = np.unique(cells)
    return cells // BUCKETS, cells % BUCKETS


def _words(
    joined: npt.NDArray[np.uint8], owner: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Text and hash of every word and every mark, in order; spaces part them."""
    kept = ~_SPACES[joined]
    if not kept.any():
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    letters = _IN_WORD[joined]
    first = np.ones(len(joined), bool)
    # a byte goes on with a word if it and the byte before it are letters of one text
    first[1:] = ~(letters[1:] & letters[:-1] & (owner[1:] == owner[:-1]))
    starts = np.flatnonzero(first)
    place = np.arange(len(joined)) - np.repeat(starts, np.diff(starts, append=len(joined)))
    with np.errstate(over="ignore"):
        terms = (joined.astype(np.uint64) + np.uint64(1)) * _POWERS[np.minimum(place, MOST_BYTES - 1)]
        hashed = np.add.reduceat(terms, starts) * _PRIME
    real = kept[starts]
    return owner[starts][real], hashed[real]


def _scores(texts: Sequence[str]) -> Floats:
    """The score of each language: (texts, 13)."""
    weights, bias = model()
    rows, buckets = features(texts)
    sums = np.zeros((len(texts), len(LANGUAGES)), np.float32)
    count = np.bincount(rows, minlength=len(texts))
    present = np.flatnonzero(count)
    if len(present):
        starts = np.cumsum(count[present]) - count[present]
        sums[present] = np.add.reduceat(weights[buckets], starts, axis=0)
        sums[present] /= np.sqrt(count[present]).astype(np.float32)[:, None]
    return sums + bias


@functools.cache
def model() -> tuple[Floats, Floats]:
    """Weights (65536, 13) and biases (13,), read when first asked for."""
    data = WEIGHTS.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise OSError(f"{WEIGHTS}: not the weights that this version was made with. Install mulco again")
    with np.load(WEIGHTS) as stored:
        return stored["weights"].astype(np.float32) * stored["scale"], stored["bias"]
