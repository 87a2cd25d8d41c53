"""How complex an answer is: decisions, nesting and lines of its code, and how little its text can be foreseen.

    shapes(read)                     # decisions, nesting, lines of each row, null where nothing says
    perplexity(["for i in x:", ...]) # per character, under n-grams of the other half of the texts
    complexity(...)                  # mean of the ranks of the four, in [0, 1]

Decisions, nesting and lines are those that `mulco.steps.metadata` counts on tree-sitter's nodes: of the answer where
its task or its look says that it is code, of its fences where it has some. Code that parses badly (more than a fifth of
its bytes are errors, the bound of the strict profile) has no decisions and no nesting; code published as tokens has no
lines either.

Perplexity is that of the characters of the answer under 4-grams of characters, counted in the other half of the
answers, so no text is asked about itself. Runs of white space count as one space, or else deep indentation would read
as easy. P(c | h) = (n(hc) + A P(c | h')) / (n(h) + A), where h' is h without its first character: Bayesian smoothing by
the next shorter context (MacKay and Peto 1995), down to a uniform alphabet. The halves follow from a hash of the text:
equal answers lie in the same half, and are counted once.

Ranks are joint over all rows that are measured together, whatever their data set, so data sets compare; 0.5 is the
middle. Decisions, nesting and lines are ranked among all rows that have them, for a count means the same everywhere.
Perplexity is ranked among answers of the same kind (code, code as tokens, English prose, Chinese prose): a Chinese
character says more than a Latin letter, so their figures do not compare. They are not ranked inside a task or a natural
language, as the study's notes would have it: each data set of one language or task would then be as complex as any
other. A row without code has perplexity alone. The length of the instruction is no part of it: it tells templates
apart, not problems.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.analysis.domain import holds_code
from mulco.languages import TEXT
from mulco.steps.metadata import metadata
from mulco.steps.script import is_chinese
from mulco.steps.step import QUALITY
from mulco.steps.syntax import ANSWERS, codes_of, syntax

SHAPES = ("decisions", "nesting", "lines")
ERRORS = 0.2  # of the bytes of code that may be errors: what the strict profile drops above
ORDER = 4  # characters of an n-gram
SMOOTHING = 4.0  # A: how many characters the shorter context counts for
ALPHABET = 4_096  # characters that the uniform distribution tells apart
BUCKETS = 1 << 22  # of a table of counts: 16 MB each
CHARACTERS = 1 << 20  # looked at in one go
SHORTEST, LONGEST = 8, 4_000  # characters of an answer: a label is not complex, and so much says it
KINDS = ("code", "tokens", "en", "zh")

# Thresholds of `difficulty`, which is not asked for here.
_SETTINGS = {"beginner_decisions": 1, "beginner_lines": 8, "advanced_decisions": 6, "advanced_nesting": 3,
             "advanced_lines": 30}  # fmt: skip
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd: Knuth's multiplicative hash

Floats = npt.NDArray[np.float64]
Tick = Callable[[int, int], None]  # characters done, characters there are


def has_code(task: str | None, output: str, programming_language: str) -> bool:
    """Whether an answer is code that ought to be whole, or holds some in fences."""
    if programming_language == TEXT or not output.strip():
        return False
    if task in ANSWERS:
        return True
    return task in (None, "code_qa") and holds_code(output)


def shapes(read: pa.Table) -> dict[str, list[int | None]]:
    """Decisions, nesting and lines of each row of READ."""
    outputs, languages = read["output"].to_pylist(), read["programming_language"].to_pylist()
    coded = [
        has_code(task, output, language)
        for task, output, language in zip(read["task"].to_pylist(), outputs, languages, strict=True)
    ]
    # The steps judge a row as if its answer were asked to be code, or no code at all
    empty = pa.nulls(len(outputs), pa.string())
    table = pa.table({
        "task": ["code_generation" if one else "code_qa" for one in coded],
        "output": read["output"],
        "programming_language": read["programming_language"],
        "tokenized": read["tokenized"],
        "difficulty": empty,
        "paradigm": empty,
    })  # fmt: skip
    table = table.set_column(1, "output", pa.array([code or "" for code in codes_of(table)], pa.string()))
    counted = metadata(table, _SETTINGS)
    errors = syntax(table, {"drop": 1.0, "flag": 1.0})[f"{QUALITY}syntax_errors"].to_pylist()
    found = {name: counted[QUALITY + name].to_pylist() for name in SHAPES}
    for row, share in enumerate(errors):
        if share is not None and share > ERRORS:
            found["decisions"][row] = found["nesting"][row] = None
    return found


def kinds(read: pa.Table, lines: Sequence[int | None]) -> list[str]:
    """Of what kind each answer is: code, tokens, en or zh."""
    return [
        "code" if counted else "tokens" if tokenized else "zh" if is_chinese(output[:LONGEST]) else "en"
        for counted, tokenized, output in zip(
            lines, read["tokenized"].to_pylist(), read["output"].to_pylist(), strict=True
        )
    ]


def perplexity(texts: Sequence[str], tick: Tick | None = None) -> Floats:
    """The perplexity per character of each text, at least 1; NaN for one of fewer than `SHORTEST` characters.

    Measured: 22,000 rows a CPU-second.
    """
    shown = [" ".join(text[:LONGEST].split()) for text in texts]
    shown = [text if len(text) >= SHORTEST else "" for text in shown]
    place: dict[str, int] = {}
    index = np.array([place.setdefault(text, len(place)) for text in shown], np.int64)
    distinct = list(place)
    half = np.array([_half(text) for text in distinct], bool)
    sums = np.zeros(len(distinct))
    total = 2 * sum(map(len, distinct))
    done = 0
    for learned in (False, True):
        model = _Model()
        for rows in _chunks(distinct, np.flatnonzero(half == learned)):
            model.learn(*_characters(distinct, rows))
            done += sum(len(distinct[row]) for row in rows)
            if tick is not None:
                tick(done, total)
        for rows in _chunks(distinct, np.flatnonzero(half != learned)):
            characters, owner = _characters(distinct, rows)
            sums[rows] = np.bincount(owner, model.surprise(characters, owner), len(rows))
            done += len(characters)
            if tick is not None:
                tick(done, total)
    lengths = np.array([len(text) for text in distinct])
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.exp(np.where(lengths > 0, sums / lengths, np.nan))
    return np.asarray(found[index])


def complexity(shape: dict[str, list[int | None]], perplexities: Floats, kind: Sequence[str]) -> Floats:
    """The mean of the ranks that each row has, in [0, 1]; NaN for a row that has none."""
    count = len(kind)
    columns = [
        ranks(np.array([np.nan if value is None else value for value in shape[name]], np.float64)) for name in SHAPES
    ]
    foreseen = np.full(count, np.nan)
    of_kind = np.array(kind)
    for name in KINDS:
        rows = np.flatnonzero(of_kind == name)
        foreseen[rows] = ranks(perplexities[rows])
    table = np.stack([*columns, foreseen]) if count else np.zeros((len(SHAPES) + 1, 0))  # (4, rows)
    known = ~np.isnan(table)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, table, 0).sum(axis=0) / known.sum(axis=0))


def ranks(values: Floats) -> Floats:
    """Ranks of the values in [0, 1], the mean rank for equal ones; NaN stays NaN, and one value alone is 0.5."""
    found = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if len(known):
        _, inverse, counts = np.unique(values[known], return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        middle = last - (counts + 1) / 2  # mean of the places of equal values, from 0
        found[known] = middle[inverse] / (len(known) - 1) if len(known) > 1 else 0.5
    return found


class _Model:
    """Counts of n-grams in hashed tables, one a length; a context is an n-gram that is one shorter."""

    def __init__(self) -> None:
        self.tables = [np.zeros(BUCKETS, np.int32) for _ in range(ORDER)]
        self.characters = self.texts = 0

    def learn(self, characters: npt.NDArray[np.uint64], owner: npt.NDArray[np.int64]) -> None:
        """Count the n-grams of some texts."""
        self.characters += len(characters)
        self.texts += len(np.unique(owner))
        for table, grams in zip(self.tables, _grams(characters, owner), strict=True):
            table += np.bincount(grams, minlength=BUCKETS).astype(np.int32)

    def surprise(self, characters: npt.NDArray[np.uint64], owner: npt.NDArray[np.int64]) -> Floats:
        """-log P of each character after those before it."""
        share = np.full(len(characters), 1 / ALPHABET)
        before = np.full(len(characters), float(self.characters))  # n(h): of the empty context
        first = np.ones(len(characters), bool)
        first[1:] = owner[1:] != owner[:-1]
        for length, (table, grams) in enumerate(zip(self.tables, _grams(characters, owner), strict=True), 1):
            seen = table[grams].astype(np.float64)
            share = (seen + SMOOTHING * share) / (before + SMOOTHING)
            if length < ORDER:
                # the context of the next length ends one character earlier
                before = np.concatenate(([0.0], seen[:-1]))
                before[first] = self.texts
        return np.asarray(-np.log(share))


def _grams(characters: npt.NDArray[np.uint64], owner: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """The bucket of the n-gram that ends in each character, for each length; nothing stands before a text."""
    found = []
    packed = np.zeros(len(characters), np.uint64)
    for length in range(ORDER):
        earlier = np.zeros(len(characters), np.uint64)
        earlier[length:] = characters[: len(characters) - length]
        if length:
            earlier[length:][owner[length:] != owner[: len(owner) - length]] = 0
            earlier[:length] = 0
        packed = (packed + earlier + np.uint64(1)) * _MIX
        packed ^= packed >> np.uint64(29)
        found.append(((packed * _MIX) >> np.uint64(64 - 22)).astype(np.int64))
    return found


def _characters(
    texts: Sequence[str], rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Code points of some texts, one text after the other, and to which of them each belongs."""
    chosen = [texts[row] for row in rows]
    points = np.frombuffer("".join(chosen).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return points, np.repeat(np.arange(len(chosen)), [len(text) for text in chosen])


def _chunks(texts: Sequence[str], rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Rows in groups of about `CHARACTERS` characters."""
    if not len(rows):
        return []
    sizes = np.cumsum([len(texts[row]) for row in rows])
    return np.split(rows, np.flatnonzero(np.diff(sizes // CHARACTERS)) + 1)


def _half(text: str) -> bool:
    return bool(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] & 1)
