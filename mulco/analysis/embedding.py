"""Rows as points on a sphere, where near means alike: what diversity, clusters and the map are computed from.

    points = embed(texts_of(read))                       # (rows, dimensions) float32, each of length 1
    points = embed(texts_of(read, "row"), open_embedder(base_url="http://127.0.0.1:8000/v1"))

The default needs no model: TF-IDF of character n-grams, reduced by an SVD. Two embedders give two spaces; a figure of
one says nothing in the other, so the embedder's `id` stands beside every figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from mulco.analysis.threads import needs_sklearn, one_thread
from mulco.analysis.wording import asked
from mulco.errors import UsageError, unknown
from mulco.steps.secrets import redact

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

TEXTS = ("solution", "row")
CHARACTERS = 2048  # of a text are read: the study's 512 tokens, at about four characters each
LABEL = 8  # bytes; an answer below that is a label, a number or a token (measured: "Yes", "2", "否", "len")

Vectors = npt.NDArray[np.float32]
Tick = Callable[[int, int], None]  # texts done, texts there are


def texts_of(read: pa.Table, text: str = "solution") -> list[str]:
    """What is embedded of each row of READ, at most CHARACTERS long.

    "solution" is the answer, as in the study. Where the answer is but a label ("Yes", "2") all such rows would fall on
    a few points: there it is the whole row. "row" is instruction, input and output of every row; of a row that mulco
    built the wording is left out, or all rows of a task would look alike. Raises UsageError for another text.
    """
    if text not in TEXTS:
        raise UsageError(unknown("text", text, TEXTS, f"Texts: {', '.join(TEXTS)}"))
    found = []
    parts = (read.column(name).to_pylist() for name in ("task", "language", "instruction", "input", "output"))
    for task, language, instruction, given, output in zip(*parts, strict=True):
        if text == "row" or len(output.encode("utf-8")) < LABEL:
            output = "\n".join(part for part in (*asked(task, language, instruction, given), output) if part)
        found.append(output[:CHARACTERS])
    return found


class Embedder(Protocol):
    """Gives each text a vector of any length, zero where it can say nothing. `id` says in a record what made it."""

    @property
    def id(self) -> str: ...

    def vectors(self, texts: Sequence[str], seed: int, tick: Tick) -> Vectors:
        """(texts, dimensions) float32 for distinct texts, none of them blank."""
        ...


def open_embedder(model: str | None = None, base_url: str | None = None, *, allow_remote: bool = False) -> Embedder:
    """The embedder for what is named: `base_url` an endpoint, `model` alone sentence-transformers, nothing TF-IDF.

    Raises MulcoError or UsageError at once where it cannot be had: a package or a model is missing, or an endpoint does
    not embed.
    """
    if base_url:
        return Endpoint(base_url, model, allow_remote)
    return Tfidf() if model in (None, "tfidf") else SentenceTransformers(str(model))


def embed(
    texts: Sequence[str],
    embedder: Embedder | None = None,
    *,
    seed: int = 0,
    tick: Tick = lambda done, of: None,
) -> Vectors:
    """(texts, dimensions) float32, each row of length 1; without `embedder` by `Tfidf()`.

    Each distinct text is embedded once, so equal texts have equal rows. A text of which the embedder can say nothing
    (it is blank, or none of its n-grams is known) stands in the direction of the mean of all others: nowhere would it
    add less diversity, so no row is picked for being empty. Same texts, seed and embedder, same bytes. Raises
    MulcoError where the embedder cannot be had.
    """
    embedder = embedder or Tfidf()
    places: dict[str, int] = {}
    index = np.array([places.setdefault(text, len(places)) for text in texts], np.int64)
    known = [number for text, number in places.items() if text.strip()]
    said = embedder.vectors([text for text in places if text.strip()], seed, tick) if known else _nothing(0, 1)
    points = np.zeros((len(places), said.shape[1]), np.float32)
    points[known] = said
    lengths = np.sqrt(np.einsum("ij,ij->i", points, points, dtype=np.float64))
    points /= np.where(lengths > 0, lengths, 1)[:, None].astype(np.float32)
    if not lengths.all():
        points[lengths == 0] = _direction(np.bincount(index, minlength=len(places)), points)
    return points[index]


def _nothing(rows: int, dimensions: int) -> Vectors:
    return np.zeros((rows, dimensions), np.float32)


def _direction(weights: npt.NDArray[np.int64], points: Vectors) -> Vectors:
    """The direction of the weighted mean of points, the first axis where they have none."""
    mean = np.einsum("i,ij->j", weights, points, dtype=np.float64)
    length = np.sqrt(mean @ mean)
    direction: Vectors = (mean / length if length > 0 else np.eye(1, len(mean))[0]).astype(np.float32)
    return direction


# The default: TF-IDF of character n-grams.

SIZES = (2, 3, 4)  # characters of an n-gram
BUCKETS = 20  # bits of an n-gram's hash (measured: 52,695 real texts have 352,048 n-grams)
BATCH = 512  # texts at a time: their n-grams fit into the processor's cache
SPREAD, MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd, with bits all over

Grams = tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]  # of which text, and its bucket or column


@dataclass(frozen=True)
class Tfidf:
    """TF-IDF of the 2- to 4-grams of characters inside words, on the directions that say most of a sample of texts.

    N-grams are those of scikit-learn's `char_wb`: of lower-cased words between two blanks, and of runs of Han
    characters, which need no cutting into words. A weight is (1 + ln count) x (1 + ln((1 + texts) / (1 + texts with
    it))), texts have length 1. The directions are the first right singular vectors of the sample by randomised subspace
    iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4). The sample is chosen by a hash of the text alone, so
    the space does not hang on the order of rows; a set with no more rows than `dimensions` keeps every cosine.

    N-grams are hashed in NumPy (measured on one core: 17,000 texts of 480 characters a second with their weights, where
    scikit-learn's TfidfVectorizer does 1,200). Memory beside the result: about 400 MB.
    """

    dimensions: int = 256
    features: int = 32_768  # the n-grams that stand in most texts of the sample
    sample: int = 10_000  # texts (measured: half as many keep .441 of the squared length of real texts, these .452)

    def __post_init__(self) -> None:
        needs_sklearn()

    @property
    def id(self) -> str:
        return f"tfidf/char_wb-2-4/{self.features}/svd-{self.dimensions}/{self.sample}"

    def vectors(self, texts: Sequence[str], seed: int, tick: Tick) -> Vectors:
        with one_thread():
            chosen = sorted(texts, key=lambda text: (_hash(text, seed), text))[: self.sample]
            space = _Space.of(chosen, self.features)
            directions = _directions(space.weights(chosen), self.dimensions, seed)  # (features, dimensions)
            found = _nothing(len(texts), directions.shape[1])
            for start in range(0, len(texts), BATCH):
                tick(start, len(texts))
                found[start : start + BATCH] = space.weights(texts[start : start + BATCH]) @ directions
        tick(len(texts), len(texts))
        return found


def _hash(text: str, seed: int) -> int:
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"), seed)


@dataclass(frozen=True)
class _Space:
    """The n-grams that count, and what each is worth."""

    column: npt.NDArray[np.int32]  # of each bucket, -1 for n-grams that do not count
    worth: Vectors  # (features,)

    @classmethod
    def of(cls, texts: Sequence[str], features: int) -> _Space:
        frequency = np.zeros(1 << BUCKETS, np.int64)  # in how many texts
        for start in range(0, len(texts), BATCH):
            _, buckets, _ = _counted(*_grams(texts[start : start + BATCH]), BUCKETS)
            frequency += np.bincount(buckets, minlength=1 << BUCKETS)
        used = np.flatnonzero(frequency)
        kept = np.sort(used[np.argsort(-frequency[used], kind="stable")[:features]])  # of equals the first bucket
        column = np.full(1 << BUCKETS, -1, np.int32)
        column[kept] = np.arange(len(kept))
        worth = 1 + np.log((1 + len(texts)) / (1 + frequency[kept]))
        return cls(column, worth.astype(np.float32))

    def weights(self, texts: Sequence[str]) -> csr_matrix:
        """(texts, features) float32, rows of length 1 or 0."""
        from scipy.sparse import csr_matrix, vstack

        if len(texts) > BATCH:
            parts = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
            return vstack([self.weights(part) for part in parts], format="csr")
        rows, buckets = _grams(texts)
        columns = self.column[buckets]
        counts = columns >= 0
        row, column, count = _counted(rows[counts], columns[counts].astype(np.uint32), BUCKETS)
        weight = (1 + np.log(count)) * self.worth[column]
        length = np.sqrt(np.bincount(row, weight**2, len(texts)))
        ends = np.cumsum(np.bincount(row, minlength=len(texts)))
        return csr_matrix(
            ((weight / length[row]).astype(np.float32), column.astype(np.int32), np.concatenate([[0], ends])),
            (len(texts), len(self.worth)),
        )


def _grams(texts: Sequence[str]) -> Grams:
    """Every n-gram of the texts, as often as it stands there."""
    spaced = [f" {' '.join(text.lower().split())} " for text in texts]
    codes = np.frombuffer("".join(spaced).encode("utf-32-le", "surrogatepass"), np.uint32)
    row = np.repeat(np.arange(len(texts), dtype=np.uint32), [len(text) for text in spaced])
    blank = codes == ord(" ")
    rows, buckets = [], []
    hashes = codes.astype(np.uint64)
    inside = blank  # no blank but at the ends; two texts are two blanks apart
    for size in SIZES:
        hashes = hashes[:-1] * SPREAD + codes[size - 1 :]  # of the n-gram that begins here
        inside = inside[:-1] & ~blank[size - 2 : -1] if size > 2 else ~(blank[:-1] & blank[1:])
        mixed = hashes[inside] + np.uint64(size)
        mixed = (mixed ^ (mixed >> np.uint64(32))) * MIX >> np.uint64(64 - BUCKETS)
        rows.append(row[: len(inside)][inside])
        buckets.append(mixed.astype(np.uint32))
    return np.concatenate(rows), np.concatenate(buckets)


def _counted(
    rows: npt.NDArray[np.uint32], columns: npt.NDArray[np.uint32], bits: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Each pair of row and column once, in order, and how often it was there."""
    pairs = np.sort(rows << np.uint32(bits) | columns)
    starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
    pairs, counts = pairs[starts], np.diff(starts, append=len(pairs))
    return pairs >> np.uint32(bits), pairs & np.uint32((1 << bits) - 1), counts


def _directions(matrix: csr_matrix, wanted: int, seed: int, rounds: int = 2) -> Vectors:
    """(features, at most `wanted`) float32: the first right singular vectors, largest first.

    `rounds` of subspace iteration (measured: two keep .449 of the squared length of real texts, three .452).
    """
    texts, features = matrix.shape
    size = min(wanted + 10, texts, features)  # ten more than wanted: Halko et al., section 4.2
    across = matrix.T.tocsr()
    guess = np.random.default_rng(seed).standard_normal((features, size)).astype(np.float32)
    basis, _ = np.linalg.qr(matrix @ guess)  # (texts, size)
    for _ in range(rounds):
        other, _ = np.linalg.qr(across @ basis)  # (features, size)
        basis, _ = np.linalg.qr(matrix @ other)
    small = (across @ basis).astype(np.float64)  # (features, size)
    squares, turns = np.linalg.eigh(small.T @ small)
    order = [n for n in np.argsort(-squares, kind="stable")[:wanted] if squares[n] > 1e-9 * squares[-1]]
    return np.ascontiguousarray(small @ (turns[:, order] / np.sqrt(squares[order])), np.float32)


# Embedders that ask a model.

TRIED = "return a + b"  # what an endpoint is asked for first
_HARMLESS = frozenset({"ipv4"})  # addresses of machines, as in mulco synth


class SentenceTransformers:
    """A model of sentence-transformers, a folder or a Hub id, loaded. It cuts texts at its own length.

    Raises MulcoError where the package or the model is missing.
    """

    def __init__(self, name: str, revision: str | None = None) -> None:
        from mulco.generation.sentences import Sentences

        self.id = f"sentence-transformers/{name}" + (f"@{revision}" if revision else "")
        self._model = Sentences(name, revision)

    def vectors(self, texts: Sequence[str], seed: int, tick: Tick) -> Vectors:
        return self._model.embed(texts, tick)


class Endpoint:
    """An OpenAI-compatible endpoint. Without `model` the one that it serves.

    Raises UsageError for an endpoint that is not on this machine without `allow_remote`, as `mulco synth run` does, and
    MulcoError where it does not embed, which one request tries. What looks like a secret is blotted out before a text
    leaves the machine.
    """

    def __init__(self, base_url: str, model: str | None = None, allow_remote: bool = False) -> None:
        from mulco.generation.remote import Endpoint as Remote
        from mulco.synthesis.client import endpoint_of, is_local

        self.host, self.local = endpoint_of(base_url), is_local(base_url)
        if not self.local and not allow_remote:
            raise UsageError(
                f"{self.host} is not on this machine: texts of rows would leave it. If they may, add --allow-remote"
            )
        self._remote = Remote(base_url, model)
        self._remote.embed([TRIED])
        self.id = f"endpoint/{self._remote.name}"

    def vectors(self, texts: Sequence[str], seed: int, tick: Tick) -> Vectors:
        if not self.local:
            texts = [redact(text, {}, _HARMLESS) for text in texts]
        return self._remote.embed(texts, tick=tick)
