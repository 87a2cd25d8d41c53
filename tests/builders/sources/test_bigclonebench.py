"""BigCloneBench: lists of pairs over one file of functions."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.bigclonebench import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "bigclonebench"
WANT = Want("clone_detection", "en")
HALF = "    public static int half(int number) {\n        return number / 2;\n    }\n"
SHIFT = "    private int halve(int n) {\n        return n >> 1;\n    }\n"
GREET = '    String greet(String name) {\n        return "Grüß dich, " + name;\n    }\n'
REMEDY = "Correct or remove it, or fetch the file again"


def read(folder: Path, split: str) -> list[Item]:
    shards = [shard for shard in SOURCE.shards(folder, WANT) if shard.split == split]
    return [item for shard in shards for item in SOURCE.read(folder, shard)]


def pair(id_: str, code: str, other_code: str, label: bool, split: str, line: int) -> Record:
    fields = {"code": code, "other_code": other_code, "label": label}
    return Record(id_, "java", fields, f"bigclonebench/dataset/{split}.txt", line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "bigclonebench"))


def test_the_pair_is_the_identity_and_functions_of_one_text_stay_apart() -> None:
    assert read(FIXTURE, "train") == [
        pair("7050-118", SHIFT, HALF, True, "train", 1),
        pair("9-118", GREET, HALF, False, "train", 2),
        pair("40021-118", HALF, HALF, True, "train", 3),
    ]
    assert read(FIXTURE, "test") == [pair("118-9", HALF, GREET, False, "test", 1)]


def test_an_empty_list_is_an_empty_split() -> None:
    assert read(FIXTURE, "validation") == []


def test_tiny_is_not_read() -> None:
    assert [(shard.split, shard.files) for shard in SOURCE.shards(FIXTURE, WANT)] == [
        ("train", ("dataset/train.txt", "dataset/data.jsonl")),
        ("validation", ("dataset/valid.txt", "dataset/data.jsonl")),
        ("test", ("dataset/test.txt", "dataset/data.jsonl")),
    ]


def test_a_list_that_is_absent_gives_no_shard(folder: Path) -> None:
    (folder / "dataset/train.txt").unlink()
    (folder / "dataset/valid.txt").unlink()
    assert [shard.split for shard in SOURCE.shards(folder, WANT)] == ["test"]


def test_pairs_that_cannot_be_asked_or_read(folder: Path) -> None:
    (folder / "dataset/test.txt").write_bytes(
        b"118\t118\t1\n118\t31\t1\n118\t9\n118\t9\t2\n\n118 9 0\n\xff\t9\t0\n9\t7050\t0\n"
    )
    file = "bigclonebench/dataset/test.txt"
    expected = "expected two ids and 0 or 1, separated by tabs, found"
    assert read(folder, "test") == [
        Unusable("pair_with_itself"),
        Malformed(file, 2, "no function in dataset/data.jsonl has the idx '31'", REMEDY),
        Malformed(file, 3, f"{expected} '118\\t9'", REMEDY),
        Malformed(file, 4, f"{expected} '118\\t9\\t2'", REMEDY),
        Malformed(file, 5, f"{expected} ''", REMEDY),
        Malformed(file, 6, f"{expected} '118 9 0'", REMEDY),
        Malformed(file, 7, "byte 1 is not UTF-8", REMEDY),
        pair("9-7050", GREET, SHIFT, False, "test", 8),
    ]


def test_a_broken_function_is_named_and_so_are_the_pairs_that_need_it(folder: Path) -> None:
    with (folder / "dataset/data.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"func": "void f() {}", "idx": 31}\n')
        stream.write(json.dumps({"idx": "9", "func": "void other() {}"}) + "\n")
        stream.write(json.dumps({"idx": "9", "func": GREET}) + "\n")
    (folder / "dataset/test.txt").write_text("9\t118\t0\n9\t31\t0\n")
    assert read(folder, "test") == [
        Malformed("bigclonebench/dataset/data.jsonl", 5, "field 'idx' is int, expected str", REMEDY),
        Malformed("bigclonebench/dataset/data.jsonl", 6, "idx '9' already names another function", REMEDY),
        pair("9-118", GREET, HALF, False, "test", 1),
        Malformed(
            "bigclonebench/dataset/test.txt", 2, "no function in dataset/data.jsonl has the idx '31'", REMEDY
        ),
    ]  # fmt: skip


def test_pairs_without_their_functions_are_broken(folder: Path) -> None:
    (folder / "dataset/data.jsonl").unlink()
    with pytest.raises(BrokenFileError, match=r"bigclonebench/dataset/data\.jsonl: the file is missing"):
        read(folder, "test")


def test_line_ends_in_code_become_lf_and_those_of_a_list_do_not_matter(folder: Path) -> None:
    rows = [{"func": "int a() {\r\n}\r", "idx": "1"}, {"func": "int b() {\n}", "idx": "2"}]
    (folder / "dataset/data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "dataset/test.txt").write_bytes(b"1\t2\t1\r\n")
    assert read(folder, "test") == [
        pair("1-2", "int a() {\n}\n", "int b() {\n}", True, "test", 1)._replace(edits=("line ends",))
    ]


@pytest.mark.upstream
@pytest.mark.skipif("MULCO_UPSTREAM" not in os.environ, reason="MULCO_UPSTREAM is not set")
def test_the_real_excerpt() -> None:
    folder = Path(os.environ["MULCO_UPSTREAM"], "bigclonebench")
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    lines = sum((folder / f"dataset/{name}.txt").read_bytes().count(b"\n") for name in _lists(folder))
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len(items) == lines > 0
    assert len({record.id for record in records}) == len(records)
    assert {record.fields["label"] for record in records} == {True, False}
    assert not [r.id for r in records if "\r" in r.fields["code"] + r.fields["other_code"]]


def _lists(folder: Path) -> list[str]:
    return [name for name in ("train", "valid", "test") if (folder / f"dataset/{name}.txt").is_file()]
