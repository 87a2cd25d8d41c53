"""Devign: three forms of the same functions."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.devign import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "devign"
WANT = Want("defect_detection", "en")
FFMPEG, QEMU = "C-UDA-1.0 AND LGPL-2.1-or-later", "C-UDA-1.0 AND GPL-2.0-only"
REMEDY = "Correct or remove it, or fetch the file again"
CODE = {
    0: "static int clamp(int value)\n\n{\n\n    if (value < 0)\n\n        return 0;\n\treturn value;\n\n}\n",
    2: "void copy_name(char *to, const char *from)\n\n{\n\n    strcpy(to, from);\n\n}\n",
    3: "static bool is_open(State *s)\n{\n    return s->fd >= 0;\n}\n",
    7: "int first(const int *list)\n\n{\n\n    return list[0]; /* café */\n\n}\n",
}


def read(folder: Path, split: str) -> list[Item]:
    return [
        item for shard in SOURCE.shards(folder, WANT) if shard.split == split for item in SOURCE.read(folder, shard)
    ]


def function(position: int, label: bool, license_: str, file: str, line: int) -> Record:
    return Record(str(position), "c", {"code": CODE[position], "label": label}, f"devign/{file}", line, license_)


def row(func: str, **other: Any) -> dict[str, Any]:
    return {"project": "qemu", "commit_id": "d4" * 20, "target": 0, "func": func, **other}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "devign"))


@pytest.fixture
def raw(folder: Path) -> Path:
    """Only `dataset/`, as upstream has it before preprocessing: the whole function.json with its three lists."""
    shutil.rmtree(folder / "dataset-rebased")
    (folder / "dataset/test.jsonl").unlink()
    (folder / "dataset/function.json").write_text(json.dumps([row(f"int f{i};") for i in range(9)]))
    return folder


def raw_function(position: int) -> Record:
    code = f"int f{position};"
    return Record(
        str(position), "c", {"code": code, "label": False}, "devign/dataset/function.json", position + 1, QEMU
    )


def test_the_jsonl_form_wins_over_the_rebased_one() -> None:
    assert read(FIXTURE, "test") == [
        function(3, False, QEMU, "dataset/test.jsonl", 1),
        function(7, True, FFMPEG, "dataset/test.jsonl", 2),
        Unusable("published_twice"),
        Unusable("published_twice"),
    ]


def test_the_rebased_form_has_upstream_positions_and_the_order_of_the_array() -> None:
    assert read(FIXTURE, "train") == [
        function(0, False, FFMPEG, "dataset-rebased/function.json", 1),
        function(2, True, QEMU, "dataset-rebased/function.json", 2),
    ]


def test_an_empty_list_is_an_empty_split() -> None:
    assert read(FIXTURE, "validation") == []


def test_a_shard_a_form_with_every_file_that_decides_its_rows(folder: Path) -> None:
    (folder / "dataset/function.json").write_text("[]")
    rebased = ("dataset-rebased/function.json", "dataset-rebased/test.txt", "dataset-rebased/upstream_positions.txt")
    assert [shard for shard in SOURCE.shards(folder, WANT) if shard.split == "test"] == [
        Shard(WANT, "test", ("dataset/test.jsonl",)),
        Shard(WANT, "test", ("dataset/function.json", "dataset/test.txt", "dataset/test.jsonl")),
        Shard(WANT, "test", (*rebased, "dataset/test.jsonl", "dataset/function.json", "dataset/test.txt")),
    ]


def test_the_raw_form_takes_positions_from_lists_in_random_order(raw: Path) -> None:
    assert read(raw, "train") == [raw_function(0), raw_function(2), raw_function(5), raw_function(8)]
    assert read(raw, "validation") == [raw_function(1), raw_function(4)]
    assert read(raw, "test") == [raw_function(3), raw_function(6), raw_function(7)]


def test_all_three_forms_count_each_position_once(raw: Path) -> None:
    shutil.copytree(FIXTURE, raw, dirs_exist_ok=True)
    twice = Unusable("published_twice")
    assert read(raw, "train") == [raw_function(0), raw_function(2), raw_function(5), raw_function(8), twice, twice]
    assert read(raw, "test") == [
        function(3, False, QEMU, "dataset/test.jsonl", 1),
        function(7, True, FFMPEG, "dataset/test.jsonl", 2),
        *(twice, raw_function(6), twice),
        *(twice, twice),
    ]


def test_a_broken_function_json_leaves_the_jsonl_form_alone(folder: Path) -> None:
    (folder / "dataset/function.json").write_text('[{"project": "qemu", ')
    jsonl, broken, rebased = (shard for shard in SOURCE.shards(folder, WANT) if shard.split == "test")
    assert list(SOURCE.read(folder, jsonl)) == [
        function(3, False, QEMU, "dataset/test.jsonl", 1),
        function(7, True, FFMPEG, "dataset/test.jsonl", 2),
    ]
    with pytest.raises(BrokenFileError, match=r"devign/dataset/function\.json: not JSON"):
        list(SOURCE.read(folder, broken))
    assert list(SOURCE.read(folder, rebased)) == [Unusable("published_twice")] * 2


def test_a_broken_jsonl_leaves_its_functions_to_the_next_form(folder: Path) -> None:
    (folder / "dataset/test.jsonl").write_text("version https://git-lfs.github.com/spec/v1\n")
    broken, rebased = (shard for shard in SOURCE.shards(folder, WANT) if shard.split == "test")
    with pytest.raises(BrokenFileError, match="Git LFS pointer"):
        list(SOURCE.read(folder, broken))
    assert list(SOURCE.read(folder, rebased)) == [
        function(3, False, QEMU, "dataset-rebased/function.json", 3),
        function(7, True, FFMPEG, "dataset-rebased/function.json", 4),
    ]


def test_rows_of_the_jsonl_form_that_break_the_format(folder: Path) -> None:
    shutil.rmtree(folder / "dataset-rebased")
    rows = [
        row("int a;", idx=1, target=2), row("int a;", idx=2, project="linux"), row("int a;", idx=-1), row("int a;"),
        row("int a;", idx=5, target="1"), row("", idx=6), row("int a;\r\nint b;\r", idx=8),
    ]  # fmt: skip
    (folder / "dataset/test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    file = "devign/dataset/test.jsonl"
    assert read(folder, "test") == [
        Malformed(file, 1, "target is 2, expected 0 or 1", REMEDY),
        Malformed(file, 2, "project 'linux' is none of FFmpeg, qemu, so its licence is not known", REMEDY),
        Malformed(file, 3, "idx -1 is not a position", REMEDY),
        Malformed(file, 4, "field 'idx' is missing", REMEDY),
        Malformed(file, 5, "field 'target' is str, expected int", REMEDY),
        Record("6", "c", {"code": "", "label": False}, file, 6, QEMU),
        Record("8", "c", {"code": "int a;\nint b;\n", "label": False}, file, 7, QEMU, edits=("line ends",)),
    ]


def test_lists_and_elements_that_break_the_format(raw: Path) -> None:
    elements = [row(f"int f{i};") for i in range(9)]
    elements[6] = {"project": "qemu"}
    (raw / "dataset/function.json").write_text(json.dumps(elements))
    (raw / "dataset/test.txt").write_text("7\n9\nseven\n\n-1\n6\n7\n")
    file = "devign/dataset/test.txt"
    assert read(raw, "test") == [
        Malformed(file, 2, "there is no position 9 among the 9 elements of devign/dataset/function.json", REMEDY),
        Malformed(file, 3, "'seven' is not a position", REMEDY),
        Malformed(file, 4, "'' is not a position", REMEDY),
        Malformed(file, 5, "'-1' is not a position", REMEDY),
        Malformed("devign/dataset/function.json", 7, "field 'target' is missing", REMEDY),
        raw_function(7),
    ]
    assert read(raw, "validation") == [raw_function(1), raw_function(4)]


def test_an_upstream_position_that_cannot_be_read(folder: Path) -> None:
    (folder / "dataset-rebased/upstream_positions.txt").write_text("0\ntwo\n3\n7\n")
    assert read(folder, "train") == [
        function(0, False, FFMPEG, "dataset-rebased/function.json", 1),
        Malformed("devign/dataset-rebased/upstream_positions.txt", 2, "'two' is not a position", REMEDY),
    ]


def test_positions_for_another_array_are_broken(folder: Path) -> None:
    (folder / "dataset-rebased/upstream_positions.txt").write_text("0\n2\n3\n")
    with pytest.raises(BrokenFileError, match="it has 3 lines for the 4 elements of devign/dataset-rebased/function"):
        read(folder, "train")


@pytest.mark.parametrize("missing", ["function.json", "train.txt", "upstream_positions.txt"])
def test_a_missing_part_of_the_rebased_form_is_broken(folder: Path, missing: str) -> None:
    (folder / "dataset-rebased" / missing).unlink()
    with pytest.raises(BrokenFileError, match=f"devign/dataset-rebased/{missing}: the file is missing"):
        read(folder, "train")


def test_a_function_json_without_its_list_is_broken(raw: Path) -> None:
    (raw / "dataset/valid.txt").unlink()
    with pytest.raises(BrokenFileError, match=r"devign/dataset/valid\.txt: the file is missing"):
        read(raw, "validation")


def test_lists_beside_the_jsonl_form_ask_for_no_function_json(folder: Path) -> None:
    shutil.rmtree(folder / "dataset-rebased")
    assert list(SOURCE.shards(folder, WANT)) == [Shard(WANT, "test", ("dataset/test.jsonl",))]


@pytest.mark.upstream
@pytest.mark.skipif("MULCO_UPSTREAM" not in os.environ, reason="MULCO_UPSTREAM is not set")
def test_the_real_excerpt() -> None:
    folder = Path(os.environ["MULCO_UPSTREAM"], "devign")
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records) > 0
    assert {record.fields["label"] for record in records} == {True, False}
    assert {record.license for record in records} == {FFMPEG, QEMU}
    assert not [record.id for record in records if "\r" in record.fields["code"]]


@pytest.mark.upstream
@pytest.mark.skipif("MULCO_UPSTREAM" not in os.environ, reason="MULCO_UPSTREAM is not set")
def test_every_real_row_is_in_the_upstream_list_of_its_split() -> None:
    folder = Path(os.environ["MULCO_UPSTREAM"], "devign")
    for shard in SOURCE.shards(folder, WANT):
        name = {"validation": "valid"}.get(shard.split, shard.split)
        listed = set((folder / f"dataset/{name}.txt").read_text().split())
        assert {item.id for item in SOURCE.read(folder, shard) if isinstance(item, Record)} <= listed
