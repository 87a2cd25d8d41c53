"""Duplicates and leaks: nothing is missed, nothing goes that is not one, and the row that stays is always the same."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mulco.steps import leaks
from mulco.steps.duplicates import candidates, join_exact, join_near, sign_exact, sign_near
from mulco.steps.shingles import BANDS, ROWS, digests, jaccard, shingles

SETTINGS = {"threshold": 0.8, "across_splits": True}


def gone(signatures: pa.Table, join: Any = join_near) -> dict[str, str]:
    said = join(signatures, SETTINGS)
    return dict(zip(said.column("id").to_pylist(), said.column("verdict").to_pylist(), strict=True))


def sentence(chance: random.Random, words: int = 60) -> list[str]:
    return [f"w{chance.randrange(5_000)}" for _ in range(words)]


def copies(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows in families: each of a few texts with up to three words changed."""
    chance, made = random.Random(seed), []
    for family in range(count // 4):
        text = sentence(chance)
        for copy in range(4):
            changed = list(text)
            for _ in range(chance.randrange(0, 4)):
                changed[chance.randrange(len(changed))] = f"x{chance.randrange(5_000)}"
            split = chance.choice(["train", "train", "train", "test"])
            made.append({"source_id": f"{family}-{copy}", "fields": {"code": " ".join(changed)}, "split": split})
    return made


def brute_force(given: list[dict[str, Any]], ids: list[str]) -> dict[str, str]:
    """The same by comparing every pair: test rows stay first, then training rows, by id."""
    offsets, hashes = shingles([[row["fields"]["code"]] for row in given])
    sets = [set(hashes[offsets[n] : offsets[n + 1]].tolist()) for n in range(len(given))]
    order = sorted(range(len(given)), key=lambda n: (given[n]["split"] == "train", ids[n]))
    stay: list[int] = []
    found = {}
    for n in order:
        split = given[n]["split"]
        for other in stay:
            alike = len(sets[n] & sets[other]) / len(sets[n] | sets[other]) >= 0.8
            if alike and (split == "train" or split == given[other]["split"]):
                found[ids[n]] = "near_duplicate" if split == given[other]["split"] else "leak"
                break
        else:
            stay.append(n)
    return found


def test_near_duplicates_are_those_that_comparing_every_pair_finds(rows: Any) -> None:
    given = copies(800, 1)
    table = rows(*given)
    expected = brute_force(given, table.column("id").to_pylist())
    assert len(expected) > 100
    assert {row: reason.split(":")[0] for row, reason in gone(sign_near(table, SETTINGS)).items()} == expected


def test_neither_order_nor_shards_change_what_goes(rows: Any) -> None:
    given = copies(200, 2)
    whole = gone(sign_near(rows(*given), SETTINGS))
    for seed in range(5):
        shuffled = random.Random(seed).sample(given, len(given))
        cut = sorted(random.Random(seed).sample(range(1, len(given)), 3))
        shards = [shuffled[start:end] for start, end in itertools.pairwise([0, *cut, len(given)])]
        signed = pa.concat_tables([sign_near(rows(*shard), SETTINGS) for shard in shards])
        assert gone(signed) == whole


def test_the_row_with_the_smallest_id_stays(rows: Any) -> None:
    text = " ".join(sentence(random.Random(3)))
    given = [{"source_id": name, "fields": {"code": text}} for name in ("c", "a", "b")]
    assert gone(sign_exact(rows(*given), {}), join_exact) == {
        "code_generation_en/made/b": "exact_duplicate:code_generation_en/made/a",
        "code_generation_en/made/c": "exact_duplicate:code_generation_en/made/a",
    }
    assert set(gone(sign_near(rows(*given), SETTINGS))) == {"code_generation_en/made/b", "code_generation_en/made/c"}


@pytest.mark.parametrize(
    "other",
    [
        {"programming_language": "java"},
        {"id": "code_generation_en/made/1/python-java"},
        {"task": "defect_detection", "output": "Yes"},
    ],
    ids=["programming language", "direction", "label"],
)
def test_rows_of_another_kind_are_no_duplicates(rows: Any, other: dict[str, Any]) -> None:
    row = {
        "fields": {"code": " ".join(sentence(random.Random(4)))},
        "output": "No",
        "task": other.get("task", "code_qa"),
    }
    table = rows(row, {**row, **other})
    assert gone(sign_near(table, SETTINGS)) == {}
    assert gone(sign_exact(table, {}), join_exact) == {}


def test_both_directions_of_a_translation_lose_the_same_items(rows: Any) -> None:
    given = copies(100, 5)
    kept = []
    for direction, language in (("java-c#", "c#"), ("c#-java", "java")):
        made = [
            {**row, "id": f"t/made/{row['source_id']}/{direction}", "config": "t", "programming_language": language}
            for row in given
        ]
        kept.append({row.split("/")[2] for row in gone(sign_near(rows(*made), SETTINGS))})
    assert kept[0] == kept[1] != set()


def test_a_verdict_names_a_row_that_stays(rows: Any) -> None:
    found = gone(sign_near(rows(*copies(400, 6)), SETTINGS))
    assert {reason.split(":", 1)[1] for reason in found.values()} & set(found) == set()


@pytest.mark.parametrize("wanted", [0.5, 0.7, 0.8, 0.9])
def test_bands_collide_as_often_as_theory_says(wanted: float) -> None:
    """A hash family that is none, such as one multiplier for all permutations, fails this."""
    pairs, union = 400, 200
    common = round(wanted * union)
    half = (union - common) // 2
    texts = []
    for pair in range(pairs):
        words = [f"{pair}x{n}" for n in range(union)]
        texts += [
            [f"{w} y y y y" for w in words[: common + half]],
            [f"{w} y y y y" for w in words[:common] + words[common + half :]],
        ]
    # one text a word: each gives exactly one shingle, so the sets are known
    offsets, hashes = shingles(texts)
    index = [
        jaccard(hashes[offsets[n] : offsets[n + 1]], hashes[offsets[n + 1] : offsets[n + 2]])
        for n in range(0, 2 * pairs, 2)
    ]
    assert np.mean(index) == pytest.approx(wanted, abs=0.01)
    buckets = candidates(digests(offsets, hashes), np.repeat(np.arange(pairs, dtype=np.uint64), 2))
    hit = np.any([(b[0::2] == b[1::2]) & (b[0::2] >= 0) for b in buckets], axis=0)
    expected = 1 - (1 - wanted**ROWS) ** BANDS
    assert hit.mean() == pytest.approx(expected, abs=0.08)


def test_a_training_row_whose_item_stands_in_another_split_is_a_leak(rows: Any) -> None:
    fields = {"description": "Sum the rows.", "code": "return sum(rows)"}
    table = rows(
        {"source_id": "1", "fields": fields},
        {"source_id": "2", "fields": {"code": "return  sum(rows)", "description": "Sum the\nrows."}, "split": "test"},
        {"source_id": "3", "fields": {**fields, "code": "return max(rows)"}},
        {"source_id": "4#2", "fields": {"code": "x = 4"}},
        {"source_id": "4", "fields": {"code": "x = 4"}, "split": "validation"},
    )
    found = gone(leaks.sign(table, {}), leaks.join)
    assert found == {"code_generation_en/made/1": "leak:made/2"}  # 4#2 is item 4 itself


def test_empty_payloads_and_no_rows_at_all_are_no_error(rows: Any) -> None:
    assert gone(sign_near(rows({"fields": {"code": ""}}, {"fields": {"code": "   "}}).slice(0, 1), SETTINGS)) == {}
    assert gone(sign_near(rows({}).slice(0, 0), SETTINGS)) == {}
