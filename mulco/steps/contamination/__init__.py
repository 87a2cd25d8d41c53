"""Drop training and validation rows that hold a problem of an evaluation set, and flag those that may.

    humaneval:HumanEval/7          mbpp:124          codexglue:<set>

HumanEval, MBPP, HumanEval-X and MultiPL-E are known by the n-grams of what each problem says and of the code that
solves it (see grams.py), so a copy is found whose names were changed or that was edited here and there; the test sets
of CodeXGLUE are known by whole items. The index that ships with the package holds hashes and the names of problems, no
text; `python -m benchmarks.contamination_index` makes it from upstream's files.

N-grams that stand in many real rows are idiom and left out of a part, so what is left tells. A row holds a problem
when enough of them stand close together: all of a part of few, `most` of a part of some, `half` of a larger one; less
is enough (`both`) where what is said and what is done agree. A solution that is idiom throughout is known only as a
whole, every n-gram of it, and then only flagged: a function of one line is often nobody's copy.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mulco.steps.contamination.grams import SIZES, Grams, grams
from mulco.steps.step import FLAGS, Settings, judged

INDEX = Path(__file__).with_name("index.npz")
WORDS, CODE = 0, 1
ITEM_TOKENS = 30  # a text of CodeXGLUE counts alone, without the rest of its item, from so many words on
_FILTER_BITS = 22  # of a table that says which hashes cannot be in the index: 4 MB, and 30 times as fast as a search


@dataclass(frozen=True)
class Index:
    """Parts of problems: whose, whether words or code, how many n-grams; postings from hash to parts."""

    names: list[str]  # of problems
    problems: NDArray[np.uint16]  # part -> problem
    kinds: NDArray[np.uint8]
    whole: NDArray[np.bool_]  # known only by all its n-grams together
    sizes: NDArray[np.uint16]
    spans: NDArray[np.uint16]  # tokens from its first n-gram to its last
    hashes: tuple[NDArray[np.uint32], NDArray[np.uint32]]  # by kind, ascending
    offsets: tuple[NDArray[np.uint32], NDArray[np.uint32]]
    parts: tuple[NDArray[np.uint16], NDArray[np.uint16]]
    items: dict[bytes, str]  # digest of an item of a test set -> its name

    @functools.cached_property
    def maybe(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        tables = []
        for hashes in self.hashes:
            table = np.zeros(1 << _FILTER_BITS, bool)
            table[hashes >> np.uint32(32 - _FILTER_BITS)] = True
            tables.append(table)
        return tables[0], tables[1]


@functools.cache
def index(file: Path = INDEX) -> Index:
    """The index in a file; read once a process."""
    with np.load(file) as data:
        facts = json.loads(bytes(data["facts"]).decode())
        keys = data["items"]
        return Index(
            facts["names"], data["problems"], data["kinds"], data["whole"], data["sizes"], data["spans"],
            (data["hashes0"], data["hashes1"]), (data["offsets0"], data["offsets1"]), (data["parts0"], data["parts1"]),
            {keys[i].tobytes(): facts["sets"][which] for i, which in enumerate(data["item_sets"].tolist())},
        )  # fmt: skip


def contamination(table: pa.Table, settings: Settings) -> pa.Table:
    """Verdicts `<set>:<problem>`, and the flag `contamination:<set>:<problem>`; rows of the split test pass."""
    known = index()
    rows = shown(table)
    splits = table.column("split").to_pylist()
    verdicts: list[str | None] = [None] * len(rows)
    flags: list[list[str]] = [[] for _ in rows]
    for row, key in enumerate(rows):
        found = splits[row] != "test" and next((known.items[k] for k in item_keys(key) if k in known.items), None)
        if found:
            verdicts[row] = f"codexglue:{found}"
    for row, problem, whole in matches(known, rows, settings):
        if splits[row] != "test" and verdicts[row] is None:
            if whole:
                flags[row] = flags[row] or [f"contamination:{known.names[problem]}"]
            else:
                verdicts[row] = known.names[problem]
    return judged(table.append_column(f"{FLAGS}contamination", pa.array(flags, pa.list_(pa.string()))), verdicts)


def shown(table: pa.Table) -> list[list[str]]:
    """The texts of each row in which a problem may stand: its item's, and where others are shown beside it, these."""
    rows: list[list[str]] = table.column("payload").to_pylist()
    tasks = table.column("task").to_pylist()
    for row, task in enumerate(tasks):
        if task == "code_search":
            asked = table.column("instruction")[row].as_py(), table.column("input")[row].as_py()
            rows[row] = [*asked, *rows[row]]
    return rows


def item_keys(texts: list[str]) -> Iterator[bytes]:
    """Digests of an item as a whole and of each of its texts that is long enough to be known alone."""
    words = [text.split() for text in texts]
    yield _key(" \0 ".join(sorted(" ".join(text) for text in words)))
    for text in words:
        if len(text) >= ITEM_TOKENS:
            yield _key(" ".join(text))


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def matches(known: Index, rows: list[list[str]], settings: Settings) -> list[tuple[int, int, bool]]:
    """(row, problem, whether only as a whole) for each problem that a row holds, in order."""
    few, some = settings["few"], settings["some"]
    shares: dict[tuple[int, int], list[float]] = {}  # of words and of code
    wholes: set[tuple[int, int]] = set()
    certain: set[tuple[int, int]] = set()
    for kind, found in enumerate(grams(rows)):
        for row, part, places in _candidates(known, kind, found, float(settings["both"])):
            size = int(known.sizes[part])
            pair = row, int(known.problems[part])
            width = int(1.3 * int(known.spans[part])) + 2 * SIZES[kind]
            share = _densest(places, width) / size
            best = shares.setdefault(pair, [0.0, 0.0])
            best[kind] = max(best[kind], share)
            if known.whole[part]:
                if share >= 1.0:
                    wholes.add(pair)
                continue
            if share >= (1.0 if size < few else settings["most"] if size < some else settings["half"]):
                certain.add(pair)
    certain |= {pair for pair, found in shares.items() if min(found) >= settings["both"]}
    return sorted([(*pair, False) for pair in certain] + [(*pair, True) for pair in wholes - certain])


def _candidates(
    known: Index, kind: int, found: Grams, share: float
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """(row, part, [(place, hash)]) where a row has enough n-grams of a part, wherever they stand."""
    hashes, offsets, parts = known.hashes[kind], known.offsets[kind], known.parts[kind]
    hit = np.flatnonzero(known.maybe[kind][found.hashes >> np.uint32(32 - _FILTER_BITS)])
    at = np.searchsorted(hashes, found.hashes[hit])
    at[at == len(hashes)] = 0
    hit, at = hit[hashes[at] == found.hashes[hit]], at[hashes[at] == found.hashes[hit]]
    counts = (offsets[at + 1] - offsets[at]).astype(np.int64)
    gram = np.repeat(np.arange(len(hit)), counts)
    if not len(gram):
        return
    posting = np.arange(len(gram)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(offsets[at], counts)
    part = parts[posting].astype(np.int64)
    pair = found.rows[hit][gram] * len(known.sizes) + part
    order = np.argsort(pair, kind="stable")
    pair, gram = pair[order], gram[order]
    starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    ends = np.append(starts[1:], len(pair))
    which = pair[starts] % len(known.sizes)
    least = np.ceil(share * known.sizes[which])
    for i in np.flatnonzero(ends - starts >= least).tolist():
        places = [(int(found.places[hit[g]]), int(at[g])) for g in gram[starts[i] : ends[i]].tolist()]
        row, of = divmod(int(pair[starts[i]]), len(known.sizes))
        yield row, of, places


def _densest(places: list[tuple[int, int]], width: int) -> int:
    """The most distinct n-grams that stand within `width` tokens."""
    best, first = 0, 0
    inside: dict[int, int] = {}
    for place, gram in places:
        inside[gram] = inside.get(gram, 0) + 1
        while places[first][0] < place - width:
            gone = places[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        best = max(best, len(inside))
    return best
