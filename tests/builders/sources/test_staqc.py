"""StaQC: JSON arrays, a test file whose labels stand in CodePro, and blocks that both publish."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources import codepro
from mulco.builders.sources.staqc import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
WANT = Want("code_search", "en")
TRAIN, DEV, TEST = (f"codexglue/data/{name}_staqc.json" for name in ("train", "dev", "test"))
CODEPRO = "../codepro/data_hnn/python_hnn_qid2index_blocks_labeled.txt"
AFTER, TAKEN = "white space after the code", "label taken from CodePro"
REMEDY = "Correct or remove it, or fetch the file again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """StaQC with CodePro beside it."""
    shutil.copytree(FIXTURES / "codepro", tmp_path / "codepro")
    return Path(shutil.copytree(FIXTURES / "staqc", tmp_path / "staqc"))


def read(folder: Path, split: str) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, WANT) if shard.split == split)
    return list(SOURCE.read(folder, shard))


def block(id_: str, query: str, code: str, label: bool, line: int, *edits: str) -> Record:
    fields = {"query": query, "code": code, "label": label}
    file = f"staqc/codexglue/data/{id_.split('/')[0]}_staqc.json"
    return Record(id_, "python", fields, file, line, edits=edits)


def write(folder: Path, file: str, *rows: Any) -> None:
    (folder / file).write_text(json.dumps(rows, indent=1))


def test_a_shard_a_split_and_the_labels_of_codepro_where_they_are(folder: Path) -> None:
    shards = [
        Shard(WANT, "train", (TRAIN,)), Shard(WANT, "validation", (DEV,)), Shard(WANT, "test", (TEST, CODEPRO)),
    ]  # fmt: skip
    assert list(SOURCE.shards(folder, WANT)) == shards
    shutil.rmtree(folder.parent / "codepro")
    assert list(SOURCE.shards(folder, WANT)) == [*shards[:2], Shard(WANT, "test", (TEST,))]


def test_idx_counts_anew_in_each_split(folder: Path) -> None:
    water = "How do I water plants twice a day?"
    assert read(folder, "train") == [
        block("train/1", water, "for hour in (8, 20):\n    water(hour)", True, 1, AFTER),
        block("train/4", water, "Watered at 8\nWatered at 20", False, 2, AFTER),
    ]
    assert read(folder, "validation") == [
        block(
            "dev/1", "Mix two colours", "  red = mix(\n    blue)", True, 1,
            "line ends", AFTER, "white space around the title",
        )
    ]  # fmt: skip


def test_the_test_file_takes_the_labels_of_codepro(folder: Path) -> None:
    title = "open a file, and close it again?"
    assert read(folder, "test") == [
        block("test/staqc-test-1", title, "file = open(name)\nfile.close()", True, 1, AFTER, TAKEN),
        block("test/staqc-test-2", title, "Closed", False, 2, AFTER, TAKEN),
        Unusable("unlabelled"),
    ]


@pytest.mark.parametrize("text", [None, "[(1, 0),", "{}"], ids=["absent", "broken", "no list"])
def test_without_codepro_the_test_file_has_no_labels(folder: Path, text: str | None) -> None:
    (folder / CODEPRO).unlink() if text is None else (folder / CODEPRO).write_text(text)
    assert read(folder, "test") == [Unusable("unlabelled")] * 3


def test_codepro_leaves_to_staqc_what_both_publish(folder: Path) -> None:
    beside = folder.parent / "codepro"
    shards = [s for s in codepro.SOURCE.shards(beside, WANT) if "/python" in s.files[0]]
    assert [shard.files[1:] for shard in shards] == [tuple(f"../staqc/{file}" for file in (TRAIN, DEV, TEST))] * 3
    items = [item for shard in shards for item in codepro.SOURCE.read(beside, shard)]
    assert items.count(Unusable("published_in_staqc")) == 2
    assert [item.id for item in items if isinstance(item, Record)] == [
        "python/1002/0", "python/1005/2", "python/1001/0", "python/1001/1",
    ]  # fmt: skip


def test_codepro_keeps_what_only_a_broken_file_of_staqc_holds(folder: Path) -> None:
    beside = folder.parent / "codepro"
    (folder / TEST).write_text("[")
    items = [item for s in codepro.SOURCE.shards(beside, WANT) for item in codepro.SOURCE.read(beside, s)]
    assert Unusable("published_in_staqc") not in items


def test_white_space_does_not_tell_blocks_apart(folder: Path) -> None:
    write(folder, TEST, {"idx": "staqc-test-9", "doc": "open a file,  and close it again?", "code": "Closed \n\n"})
    assert read(folder, "test") == [
        block("test/staqc-test-9", "open a file,  and close it again?", "Closed", False, 1, AFTER, TAKEN)
    ]


def test_rows_that_break_the_format(folder: Path) -> None:
    good = {"idx": 7, "doc": "Go", "code": "go()", "label": 0}
    write(
        folder, TRAIN, {**good, "label": 2}, {**good, "label": True}, {**good, "idx": None}, {**good, "code": ["go()"]},
        "go", {**good, "label": None}, good,
    )  # fmt: skip
    name = f"staqc/{TRAIN}"
    assert read(folder, "train") == [
        Malformed(name, 1, "label is 2, expected 0 or 1", REMEDY),
        Malformed(name, 2, "label is True, expected 0 or 1", REMEDY),
        Malformed(name, 3, "field 'idx' is NoneType, expected int or str", REMEDY),
        Malformed(name, 4, "field 'code' is list, expected str", REMEDY),
        Malformed(name, 5, "expected an object, found str", REMEDY),
        Unusable("unlabelled"),
        block("train/7", "Go", "go()", False, 7),
    ]


def test_a_file_that_is_no_array_is_broken(folder: Path) -> None:
    (folder / DEV).write_text('{"idx": 1}')
    with pytest.raises(BrokenFileError, match=f"staqc/{DEV}: the file is not a JSON array"):
        read(folder, "validation")


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder, beside = upstream / "staqc", upstream / "codepro"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records) > 0
    assert not [record.id for record in records if "\r" in record.fields["code"]]
    assert {record.id.split("/")[0] for record in records} == {"train", "dev", "test"}
    others = [i for s in codepro.SOURCE.shards(beside, WANT) for i in codepro.SOURCE.read(beside, s)]
    ours, theirs = (
        {codepro.texts(r.fields["query"], r.fields["code"]) for r in of if isinstance(r, Record)}
        for of in (records, others)
    )
    assert not ours & theirs
