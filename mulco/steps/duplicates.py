"""Drop rows that repeat another row of their config: word for word, or almost.

    exact_duplicate:code_qa_en/starter/12          near_duplicate:code_qa_en/starter/12

What is compared is the payload, the texts of the upstream item before any wording: the wording would make short rows
look alike. Only rows of one split, programming language and direction are compared, and in a task with labels only
rows with the same label (a function before and after its fix is no repetition). The row with the smallest id stays, so
what goes depends neither on the order of rows, nor on how shards are cut, nor on how many processes ran.

Near duplicates are rows whose 5-token shingles have a Jaccard index of at least `threshold`. Candidates come from
MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4), and each is
confirmed by its exact index, so no row goes on an estimate; nor does one go because it resembles a row that went.
A training row that so repeats a validation or test row of its config goes as `leak:<row id>`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mulco.steps.shingles import (
    BANDS,
    PERMUTATIONS,
    Digests,
    Numbers,
    band_keys,
    digests,
    group_numbers,
    jaccard,
    shingles,
)
from mulco.steps.step import VERDICT, Settings

LABELS = ("clone_detection", "defect_detection")  # tasks whose answer is one of two words
_ORDER = ("test", "validation", "train")  # the order in which rows may stay
_SLACK = 0.2  # 5.6 standard errors of an estimate over 125 permutations at 0.8: a pair below is not looked at again


def sign_exact(table: pa.Table, settings: Settings) -> pa.Table:
    """id, group and a digest of the payload, white space aside."""
    return pa.table(
        {
            "id": table.column("id"),
            "group": _groups(table),
            "key": pa.array(payload_keys(table, in_order=True), pa.binary(16)),
        }
    )


def join_exact(signatures: pa.Table, settings: Settings) -> pa.Table:
    """The verdict `exact_duplicate:<row id>` for every row but the one with the smallest id."""
    first = signatures.group_by(["group", "key"]).aggregate([("id", "min")])
    joined = signatures.join(first, ["group", "key"])
    joined = joined.filter(pc.not_equal(joined.column("id"), joined.column("id_min")))
    verdict = pc.binary_join_element_wise("exact_duplicate", joined.column("id_min"), ":")
    return pa.table({"id": joined.column("id"), VERDICT: verdict})


def sign_near(table: pa.Table, settings: Settings) -> pa.Table:
    """id, group, split, shingles and MinHash digest of each row."""
    offsets, hashes = shingles(table.column("payload").to_pylist())
    digest = digests(offsets, hashes)
    return pa.table(
        {
            "id": table.column("id"),
            "group": _groups(table, with_split=False),
            "split": table.column("split"),
            "shingles": pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(hashes, pa.uint32())),
            "digest": pa.FixedSizeListArray.from_arrays(pa.array(digest.reshape(-1), pa.uint16()), PERMUTATIONS),
        }
    )


def join_near(signatures: pa.Table, settings: Settings) -> pa.Table:
    """The verdicts `near_duplicate:<row id>`, and `leak:<row id>` for a training row near one of another split."""
    place = pc.index_in(signatures.column("split"), value_set=pa.array(_ORDER))
    keys = pa.table({"split": place, "id": signatures.column("id")})
    order = pc.sort_indices(keys, [("split", "ascending"), ("id", "ascending")]).to_numpy()
    ids, splits = keys.take(order).column("id"), place.to_numpy()[order]
    groups = signatures.column("group").to_numpy()[order]
    made: Digests = _column(signatures, "digest").flatten().to_numpy().reshape(-1, PERMUTATIONS)[order]
    lists = _column(signatures, "shingles")
    offsets, hashes = lists.offsets.to_numpy(), lists.values.to_numpy()

    def rows(i: int) -> Numbers:
        at = order[i]
        found: Numbers = hashes[offsets[at] : offsets[at + 1]]
        return found

    verdicts = {}
    for i, kept in _repeats(made, groups, splits, rows, float(settings["threshold"]), bool(settings["across_splits"])):
        kind = "near_duplicate" if splits[i] == splits[kept] else "leak"
        verdicts[ids[i].as_py()] = f"{kind}:{ids[kept].as_py()}"
    return pa.table(
        {"id": pa.array(list(verdicts), pa.string()), VERDICT: pa.array(list(verdicts.values()), pa.string())}
    )


def candidates(made: Digests, groups: NDArray[np.uint64]) -> list[NDArray[np.int64]]:
    """For each band the bucket of each row, counted from 0; -1 where it has its bucket for itself."""
    found = []
    for band in range(BANDS):
        _, bucket, size = np.unique(band_keys(made, band, groups), return_inverse=True, return_counts=True)
        found.append(np.where(size[bucket] > 1, bucket, -1))
    return found


def payload_keys(table: pa.Table, in_order: bool = False) -> list[bytes]:
    """A digest of each payload, white space aside; as a set of texts, unless their order counts."""
    arrange = list if in_order else sorted
    return [
        hashlib.blake2b("\0".join(arrange(" ".join(text.split()) for text in texts)).encode(), digest_size=16).digest()
        for texts in table.column("payload").to_pylist()
    ]


def _repeats(
    made: Digests,
    groups: NDArray[np.uint64],
    splits: NDArray[np.int32],
    rows: Callable[[int], Numbers],
    threshold: float,
    across: bool,
) -> Iterator[tuple[int, int]]:
    """(row, the row that stays) for each that repeats one that stays; rows come in the order in which they may stay."""
    if not len(made):
        return
    buckets = np.stack(candidates(made, groups), axis=1)  # (rows, BANDS)
    stay: dict[tuple[int, int], list[int]] = defaultdict(list)
    sizes: dict[int, Numbers] = {}
    for i in np.flatnonzero((buckets >= 0).any(axis=1)).tolist():
        places = [(band, bucket) for band, bucket in enumerate(buckets[i].tolist()) if bucket >= 0]
        near = np.array(sorted({row for place in places for row in stay.get(place, ())}), np.int64)
        if len(near):
            # a training row may repeat any row; rows of validation and test only those of their own split
            near = near[(splits[near] == splits[i]) | (across and _ORDER[splits[i]] == "train")]
            estimate = (made[near] == made[i]).mean(axis=1)
            near = near[estimate >= threshold - _SLACK]
        own = rows(i)
        for other in near.tolist():
            if jaccard(own, sizes.setdefault(other, rows(other))) >= threshold:
                yield i, other
                break
        else:
            for place in places:
                stay[place].append(i)


def _groups(table: pa.Table, with_split: bool = True) -> pa.Array:
    """A number for what rows must share to be compared: programming language, direction, label, and the split."""
    columns = ("id", "config", "source", "source_id", "task", "output", "programming_language", "split")
    names = []
    for id_, config, source, item, task, output, language, split in zip(
        *(table.column(name).to_pylist() for name in columns), strict=True
    ):
        direction = id_[len(config) + len(source) + len(item) + 2 :]
        names.append(f"{language}\0{direction}\0{output if task in LABELS else ''}\0{split if with_split else ''}")
    return pa.array(group_numbers(names), pa.uint64())


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)
