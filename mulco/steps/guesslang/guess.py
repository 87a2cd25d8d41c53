"""The public face of guesslang, and its network: counts of byte pairs -> 54 probabilities.

    Guess().probabilities_batch(["print(1)"])  # (1, 54) float64

What the network sees (read in guesslang's `model.py` and its graph): the text's first 10,001 bytes of UTF-8, their
pairs, each pair hashed into one of 5,000 buckets. A wide part sums a row of weights over the pairs, a deep part takes
the mean of an embedding and passes it through layers of 512, 32 and 54; the sum of both goes through a softmax.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# In the order of the model's classes, which is that of guesslang's languages.json.
LANGUAGES = (
    "Assembly", "Batchfile", "C", "C#", "C++", "Clojure", "CMake", "COBOL", "CoffeeScript", "CSS", "CSV", "Dart", "DM",
    "Dockerfile", "Elixir", "Erlang", "Fortran", "Go", "Groovy", "Haskell", "HTML", "INI", "Java", "JavaScript", "JSON",
    "Julia", "Kotlin", "Lisp", "Lua", "Makefile", "Markdown", "Matlab", "Objective-C", "OCaml", "Pascal", "Perl", "PHP",
    "PowerShell", "Prolog", "Python", "R", "Ruby", "Rust", "Scala", "Shell", "SQL", "Swift", "TeX", "TOML",
    "TypeScript", "Verilog", "Visual Basic", "XML", "YAML",
)  # fmt: skip
MOST_BYTES = 10_001  # that is 10,000 pairs, guesslang's NB_TOKENS
BUCKETS, EMBEDDING = 5000, 70
ORDERED = 2_000  # bytes from which on the wide part is added up in the original's order, see `_wide`
CHUNK = 64  # texts at a time; measured: 62,000 texts a CPU second with 8, 73,000 with 64, 46,000 with 512

EXACT = 0  # bits of weights that are stored as they are
WEIGHTS = Path(__file__).parent / "weights.npz"
# Of WEIGHTS: as a part of this text it is a part of every identity.
SHA256 = "79fa1dfe4295fdd34a61511c11e2293b039cd34d60f0e2e593d949aedf08b4bb"
SHAPES = {
    "embedding": (BUCKETS, EMBEDDING), "wide": (BUCKETS, 54), "wide_bias": (54,),
    "kernel0": (EMBEDDING, 512), "bias0": (512,), "kernel1": (512, 32), "bias1": (32,),
    "kernel2": (32, 54), "bias2": (54,),
}  # fmt: skip

Floats = npt.NDArray[np.float32]


class Guess:
    """Guesses the programming language of source code, as guesslang's class of the same name does."""

    is_trained = True

    @property
    def supported_languages(self) -> list[str]:
        """The 54 names, in the order of `probabilities_batch`."""
        return list(LANGUAGES)

    def language_name(self, source_code: str) -> str | None:
        """The name of the language, or None for a blank text or one where no language stands out."""
        return self.language_names([source_code])[0]

    def language_names(self, texts: Sequence[str]) -> list[str | None]:
        """`language_name` of many texts.

        A language stands out where its probability is above the mean plus two sample standard deviations of the 54:
        guesslang's rule, which is met by nearly every text, so it is no test of confidence.
        """
        found = self.probabilities_batch(texts)
        best = found.argmax(axis=1) if len(found) else []
        reliable = found.max(axis=1, initial=0) > found.mean(axis=1) + 2 * found.std(axis=1, ddof=1)
        return [
            LANGUAGES[index] if stands_out and text.strip() else None
            for text, index, stands_out in zip(texts, best, reliable, strict=True)
        ]

    def probabilities(self, source_code: str) -> list[tuple[str, float]]:
        """Each language with its probability, the most probable first."""
        values = _probabilities_of_one(source_code).tolist()
        return sorted(zip(LANGUAGES, values, strict=True), key=itemgetter(1), reverse=True)

    def probabilities_batch(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The probabilities of many texts: (texts, 54), in the order of `supported_languages`."""
        found = np.empty((len(texts), len(LANGUAGES)))
        for start in range(0, len(texts), CHUNK):
            found[start : start + CHUNK] = _probabilities(texts[start : start + CHUNK])
        return found


class Model(NamedTuple):
    """The network: `rows` holds embedding and wide weights of each bucket side by side, `layers` kernels
    and biases, the last with that of the wide part."""

    rows: Floats  # (5000, 124)
    wide: Floats  # (5000, 54): the same wide weights once more, for `_wide`
    layers: tuple[tuple[Floats, Floats], ...]


def _probabilities(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """The probabilities of a chunk of texts: (texts, 54)."""
    network = model()
    data = list(map(_seen, texts))
    lengths = np.fromiter(map(len, data), np.int64, len(data))
    sums = _sums(data, lengths, network.rows)  # (texts, 124)
    for index in np.flatnonzero(lengths > ORDERED):
        sums[index, EMBEDDING:] = _wide(data[index], network.wide)
    return _outcome(sums, np.maximum(lengths - 1, 1).astype(np.float32)[:, None], network)


def _probabilities_of_one(text: str) -> npt.NDArray[np.float64]:
    """The probabilities of one text: (54,). In one dimension throughout, which saves a third of the time."""
    network = model()
    data = _seen(text)
    sums = _sum(data, network.rows)  # (124,)
    if len(data) > ORDERED:
        sums[EMBEDDING:] = _wide(data, network.wide)
    return _outcome(sums, np.float32(max(len(data) - 1, 1)), network)


def _seen(text: str) -> bytes:
    """What the model sees of a text. Half a surrogate pair cannot be encoded, and must not stop a build."""
    return text[:MOST_BYTES].encode("utf-8", "surrogatepass")[:MOST_BYTES]


def _outcome(sums: Floats, pairs: Floats | np.float32, network: Model) -> npt.NDArray[np.float64]:
    """From the sums over the pairs of each text (..., 124) and their number to probabilities (..., 54)."""
    deep = sums[..., :EMBEDDING] / pairs  # the mean; zero without any pair
    *hidden, (kernel, bias) = network.layers
    for inner_kernel, inner_bias in hidden:
        deep = deep @ inner_kernel  # (..., 512), then (..., 32)
        deep += inner_bias
        np.maximum(deep, 0, out=deep)
    logits = deep @ kernel
    logits += bias
    logits += sums[..., EMBEDDING:]
    logits = logits.T.astype(np.float64)  # (54, ...): reductions along the first axis need no keepdims, which is slow
    logits -= logits.max(axis=0)
    powers = np.exp(logits, out=logits)
    powers /= powers.sum(axis=0)
    return powers.T


def _sums(data: Sequence[bytes], lengths: npt.NDArray[np.int64], rows: Floats) -> Floats:
    """The sum of `rows` over the byte pairs of each text: (texts, 124)."""
    joined = np.frombuffer(b"".join(data), np.uint8)
    owner = np.repeat(np.arange(len(data), dtype=np.int32), lengths)
    inside = owner[:-1] == owner[1:]  # not the last byte of a text with the first of the next
    buckets, owner = _buckets(joined)[inside], owner[:-1][inside]
    # Counts of only those buckets that occur in these texts, times their rows. Measured: as fast as a sparse matrix,
    # and two to ten times as fast as all 5,000 buckets or as adding up the rows one by one.
    occurs = np.zeros(BUCKETS, bool)
    occurs[buckets] = True
    used = np.flatnonzero(occurs)
    place = np.empty(BUCKETS, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    cells = owner * np.int32(len(used)) + place[buckets]
    counts = np.bincount(cells, minlength=len(data) * len(used)).astype(np.float32).reshape(len(data), len(used))
    return np.asarray(counts @ rows[used])


def _sum(data: bytes, rows: Floats) -> Floats:
    """The sum of `rows` over the byte pairs of one text: (124,). Sorting its pairs is the fastest way to count them."""
    buckets = _buckets(np.frombuffer(data, np.uint8))
    if not len(buckets):
        return np.zeros(rows.shape[1], np.float32)
    buckets.sort()
    edges = np.ones(len(buckets) + 1, bool)
    np.not_equal(buckets[1:], buckets[:-1], out=edges[1:-1])
    starts = edges.nonzero()[0]
    counts = (starts[1:] - starts[:-1]).astype(np.float32)
    return np.asarray(counts @ rows.take(buckets[starts[:-1]], axis=0, mode="clip"))


def _wide(data: bytes, wide: Floats) -> Floats:
    """The sum of `wide` over the byte pairs of one long text, rounded as TensorFlow rounds it: (54,).

    TensorFlow adds float32 numbers in the order of the text, eight at a time, the odd ones first. Over 10,000 pairs
    that rounding moves a probability by up to 1.7e-5 (measured); in the same order the same rounding comes out.
    """
    terms = wide.take(_buckets(np.frombuffer(data, np.uint8)), axis=0, mode="clip")  # (pairs, 54)
    odd = (len(terms) - 2) % 8 + 2  # 2 to 9
    eights = terms[odd:].reshape(-1, 8, terms.shape[1])
    groups = np.empty((1 + len(eights), terms.shape[1]), np.float32)
    groups[0] = np.add.reduce(terms[:odd], axis=0)
    np.add.reduce(eights, axis=1, out=groups[1:])
    return np.asarray(np.add.reduce(groups, axis=0))  # along the first axis NumPy adds one row after the other


def _buckets(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """The bucket of each pair of neighbouring bytes."""
    pairs = (data[:-1].astype(np.uint16) << 8) | data[1:]
    found: npt.NDArray[np.uint16] = pair_buckets().take(pairs, mode="clip")  # no index is out of bounds: none checked
    return found


@functools.cache
def pair_buckets() -> npt.NDArray[np.uint16]:
    """The bucket of each byte pair a, b at position 256 a + b: (65536,).

    TensorFlow joins the pair by a space and hashes the three bytes: FarmHash64's fingerprint modulo 5,000, written out
    for that length (both constants are FarmHash's own); equal to TensorFlow's for all 65,536 pairs.
    """
    k0, k2 = np.uint64(0xC3A5C85C97CB3127), np.uint64(0x9AE16A3B2F90404F)
    pairs = np.arange(65536, dtype=np.uint64)
    first, second = pairs >> np.uint64(8), pairs & np.uint64(255)
    with np.errstate(over="ignore"):  # all modulo 2^64
        mixed = ((first + np.uint64(0x2000)) * k2) ^ ((np.uint64(3) + np.uint64(4) * second) * k0)
        mixed = (mixed ^ (mixed >> np.uint64(47))) * k2
    return np.asarray(mixed % np.uint64(BUCKETS), np.uint16)


@functools.cache
def model() -> Model:
    """The network, read when it is first asked for (measured: 30 ms)."""
    data = WEIGHTS.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise OSError(f"{WEIGHTS}: not the weights that this version was made with. Install mulco again")
    with np.load(WEIGHTS) as stored:
        arrays = {name: unpack(stored[name], shape, int(stored[f"{name}_bits"])) for name, shape in SHAPES.items()}
    rows = np.hstack([arrays["embedding"], arrays["wide"]])
    layers = tuple((arrays[f"kernel{i}"], arrays[f"bias{i}"]) for i in range(2))
    return Model(rows, arrays["wide"], (*layers, (arrays["kernel2"], arrays["bias2"] + arrays["wide_bias"])))


def pack(weights: Floats, bits: int = EXACT) -> npt.NDArray[np.uint8]:
    """Weights as four planes of bytes, which deflate well: (4, weights).

    They are rounded to multiples of 2^-bits, the sign in the lowest bit; or kept as they are, for `EXACT`.
    """
    if bits == EXACT:
        words = np.ascontiguousarray(weights, "<f4").view("<u4")
    else:
        whole = np.rint(weights.astype(np.float64) * 2.0**bits).astype(np.int64)
        words = ((whole << 1) ^ (whole >> 63)).astype("<u4")
    return np.ascontiguousarray(words.ravel().view(np.uint8).reshape(-1, 4).T)


def unpack(planes: npt.NDArray[np.uint8], shape: tuple[int, ...], bits: int = EXACT) -> Floats:
    """What `pack` has packed, in its shape."""
    words = np.ascontiguousarray(planes.T).view("<u4").reshape(shape)
    if bits == EXACT:
        return words.view("<f4")
    folded = words.astype(np.int64)
    return (((folded >> 1) ^ -(folded & 1)) * 2.0**-bits).astype(np.float32)
