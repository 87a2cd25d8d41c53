"""Bugs2Fix: parallel files, one method a line, in two parts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.bugs2fix import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "bugs2fix"
WANT = Want("code_repair", "en")
BUGGY, FIXED = "data/small/test.buggy-fixed.buggy", "data/small/test.buggy-fixed.fixed"
SPACE = "space at the end of the line"


def read(folder: Path, split: str) -> list[Item]:
    shards = [shard for shard in SOURCE.shards(folder, WANT) if shard.split == split]
    return [item for shard in shards for item in SOURCE.read(folder, shard)]


def record(id_: str, code: str, fixed: str, *edits: str) -> Record:
    part, name, line = id_.split("/")
    file = f"bugs2fix/data/{part}/{name}.buggy-fixed.buggy"
    return Record(id_, "java", {"code": code, "fixed": fixed}, file, int(line), edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "bugs2fix"))


def test_each_line_is_a_pair_without_the_space_that_ends_it_in_small() -> None:
    size = "public int METHOD_1 ( ) { return VAR_1 ; }", "public int METHOD_1 ( ) { return VAR_1 . size ( ) ; }"
    assert read(FIXTURE, "train") == [
        record("small/train/1", *size, SPACE),
        Unusable("nothing_repaired"),
        record("small/train/3", *size, SPACE),
        record(
            "medium/train/1",
            "public void METHOD_1 ( int VAR_1 ) { if ( VAR_1 > 0 ) { METHOD_2 ( VAR_1 ) ; } }",
            "public void METHOD_1 ( int VAR_1 ) { if ( VAR_1 >= 0 ) { METHOD_2 ( VAR_1 ) ; } }",
        ),
    ]


def test_both_parts_of_each_split_are_read_where_they_are_there() -> None:
    assert list(SOURCE.shards(FIXTURE, WANT)) == [
        Shard(WANT, split, (f"data/{part}/{name}.buggy-fixed.buggy", f"data/{part}/{name}.buggy-fixed.fixed"))
        for split, part, name in [
            ("train", "small", "train"),
            ("train", "medium", "train"),
            ("validation", "small", "valid"),
            ("validation", "medium", "valid"),
            ("test", "small", "test"),
        ]
    ]


@pytest.mark.parametrize("missing", [BUGGY, FIXED])
def test_a_missing_half_is_broken(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(BrokenFileError, match=f"bugs2fix/{missing}: the file is missing"):
        read(folder, "test")


def test_files_of_unequal_length_are_broken(folder: Path) -> None:
    with (folder / BUGGY).open("a") as stream:
        stream.write("void METHOD_1 ( ) { } \n")
    with pytest.raises(BrokenFileError, match=f"bugs2fix/{FIXED}, line 2: it ends before line 2"):
        read(folder, "test")


def test_a_line_that_is_not_utf8_is_left_out_with_its_other_half(folder: Path) -> None:
    (folder / BUGGY).write_bytes(b"int METHOD_1 ( ) { } \nint \xff ( ) { } \n")
    (folder / FIXED).write_bytes(b"void METHOD_1 ( ) { } \nvoid METHOD_2 ( ) { } \n")
    assert read(folder, "test") == [
        record("small/test/1", "int METHOD_1 ( ) { }", "void METHOD_1 ( ) { }", SPACE),
        Malformed(f"bugs2fix/{BUGGY}", 2, "byte 5 is not UTF-8", "Correct or remove it, or fetch the file again"),
    ]


def test_an_empty_line_keeps_the_lines_after_it_in_step(folder: Path) -> None:
    (folder / BUGGY).write_text("int METHOD_1 ( ) { }\n\n\nint METHOD_2 ( ) { }\n")
    (folder / FIXED).write_text("\n\nvoid METHOD_1 ( ) { }\nvoid METHOD_2 ( ) { }\n")
    assert read(folder, "test") == [
        record("small/test/1", "int METHOD_1 ( ) { }", ""),
        record("small/test/2", "", ""),
        record("small/test/3", "", "void METHOD_1 ( ) { }"),
        record("small/test/4", "int METHOD_2 ( ) { }", "void METHOD_2 ( ) { }"),
    ]


def test_line_ends_become_lf(folder: Path) -> None:
    (folder / BUGGY).write_bytes(b"int METHOD_1 ( ) { } \r\nint METHOD_2 ( )\r{ }\n")
    (folder / FIXED).write_bytes(b"void METHOD_1 ( ) { }\r\nvoid METHOD_2 ( ) { }\n")
    assert read(folder, "test") == [
        record("small/test/1", "int METHOD_1 ( ) { }", "void METHOD_1 ( ) { }", "line ends", SPACE),
        record("small/test/2", "int METHOD_2 ( )\n{ }", "void METHOD_2 ( ) { }", "line ends"),
    ]


def test_a_pair_that_differs_in_the_last_space_alone_repairs_nothing(folder: Path) -> None:
    (folder / BUGGY).write_text("int METHOD_1 ( ) { } \n")
    (folder / FIXED).write_text("int METHOD_1 ( ) { }\n")
    assert read(folder, "test") == [Unusable("nothing_repaired")]


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "bugs2fix"
    shards = list(SOURCE.shards(folder, WANT))
    items = [item for shard in shards for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert len(items) == sum((folder / shard.files[0]).read_bytes().count(b"\n") for shard in shards) > 0
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records) > 0.9 * len(items)
    for record in records:
        code, fixed = record.fields["code"], record.fields["fixed"]
        assert code == code.strip() != fixed == fixed.strip()
        assert "\r" not in code + fixed
