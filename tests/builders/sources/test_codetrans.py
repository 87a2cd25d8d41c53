"""CodeTrans: parallel files, one function a line."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mulco.builders.code_translation import TASK
from mulco.builders.sources.codetrans import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "codetrans"
WANT = Want("code_translation", "en")
JAVA, CSHARP = "data/test.java-cs.txt.java", "data/test.java-cs.txt.cs"


def read(folder: Path, split: str) -> list[Item]:
    shards = [shard for shard in SOURCE.shards(folder, WANT) if shard.split == split]
    return [item for shard in shards for item in SOURCE.read(folder, shard)]


def record(id_: str, java: str, csharp: str) -> Record:
    name, line = id_.split("/")
    fields = {"code": java, "translation": csharp, "target_language": "c#"}
    return Record(id_, "java", fields, f"codetrans/data/{name}.java-cs.txt.java", int(line))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "codetrans"))


def test_each_line_is_a_pair_also_where_it_repeats_another_or_reads_the_same() -> None:
    assert read(FIXTURE, "train") == [
        record(
            "train/1",
            "public void write(Sink out) {out.put(size);}",
            "public override void Write(ISink out1){out1.Put(size);}",
        ),
        record("train/2", "public int size() {return size;}", "public virtual int Size(){return size;}"),
        record("train/3", "public int size() {return size;}", "public virtual int Size(){return size;}"),
        record("train/4", "public Counter() {total = 0;}", "public Counter() {total = 0;}"),
    ]


def test_lines_that_are_not_ascii() -> None:
    assert read(FIXTURE, "validation") == [
        record("valid/1", 'public String currency() {return "€";}', 'public virtual string Currency(){return "€";}')
    ]


def test_a_pair_serves_both_directions() -> None:
    (pair,) = read(FIXTURE, "test")
    assert isinstance(pair, Record)
    java, csharp = pair.fields["code"], pair.fields["translation"]
    assert list(TASK.prepare([pair])) == [
        pair._replace(
            programming_language="c#",
            direction="java-c#",
            fields={"code": java, "translation": csharp, "programming_language": "Java", "target_language": "C#"},
        ),
        pair._replace(
            programming_language="java",
            direction="c#-java",
            fields={"code": csharp, "translation": java, "programming_language": "C#", "target_language": "Java"},
        ),
    ]


@pytest.mark.parametrize("missing", [JAVA, CSHARP])
def test_a_missing_half_is_broken(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    assert [shard.files for shard in SOURCE.shards(folder, WANT) if shard.split == "test"] == [(JAVA, CSHARP)]
    with pytest.raises(BrokenFileError, match=f"codetrans/{missing}: the file is missing"):
        read(folder, "test")


def test_a_split_without_files_is_absent(folder: Path) -> None:
    (folder / JAVA).unlink()
    (folder / CSHARP).unlink()
    assert [shard.split for shard in SOURCE.shards(folder, WANT)] == ["train", "validation"]


def test_files_of_unequal_length_are_broken(folder: Path) -> None:
    with (folder / CSHARP).open("a") as stream:
        stream.write("public void Extra(){}\n")
    with pytest.raises(BrokenFileError, match=f"codetrans/{JAVA}, line 2: it ends before line 2"):
        read(folder, "test")


def test_a_line_that_is_not_utf8_is_left_out_with_its_other_half(folder: Path) -> None:
    (folder / JAVA).write_bytes(b'int a() {}\nString b() {return "\xe9";}\nint c() {}\n')
    (folder / CSHARP).write_bytes(b"int A(){}\nstring B(){return null;}\nint C(){}\n")
    remedy = "Correct or remove it, or fetch the file again"
    assert read(folder, "test") == [
        record("test/1", "int a() {}", "int A(){}"),
        Malformed(f"codetrans/{JAVA}", 2, "byte 21 is not UTF-8", remedy),
        record("test/3", "int c() {}", "int C(){}"),
    ]


def test_an_empty_line_keeps_the_lines_after_it_in_step(folder: Path) -> None:
    (folder / JAVA).write_text("\nint b() {}\n")
    (folder / CSHARP).write_text("int A(){}\nint B(){}\n")
    assert read(folder, "test") == [record("test/1", "", "int A(){}"), record("test/2", "int b() {}", "int B(){}")]


def test_line_ends_become_lf(folder: Path) -> None:
    (folder / JAVA).write_bytes(b"int a() {}\r\nint b() {}\n")
    (folder / CSHARP).write_bytes(b"int A(){}\nint B()\r{}\n")
    assert read(folder, "test") == [
        record("test/1", "int a() {}", "int A(){}")._replace(edits=("line ends",)),
        record("test/2", "int b() {}", "int B()\n{}")._replace(edits=("line ends",)),
    ]


@pytest.mark.upstream
@pytest.mark.skipif("MULCO_UPSTREAM" not in os.environ, reason="MULCO_UPSTREAM is not set")
def test_the_real_excerpt() -> None:
    folder = Path(os.environ["MULCO_UPSTREAM"], "codetrans")
    shards = list(SOURCE.shards(folder, WANT))
    items = [item for shard in shards for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) == sum((folder / shard.files[0]).read_bytes().count(b"\n") for shard in shards) > 0
    assert len(items) == len(records)
    assert len({record.id for record in records}) == len(records)
    assert not [r.id for r in records if "\r" in r.fields["code"] + r.fields["translation"]]
    assert all(r.fields["code"].strip() and r.fields["translation"].strip() for r in records)
