"""CONCODE: a text and the members of a class in one string, and a test file without code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mulco.builders.code_generation import TASK
from mulco.builders.sources.concode import SOURCE
from mulco.errors import BrokenFileError
from mulco.pipeline import Outcome, usable
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "concode"
WANT = Want("code_generation", "en")
LISTS, NAME = "class members written as lists", "name of the method added"
REMEDY = "Correct or remove it, or fetch the file again"


def file(name: str) -> str:
    return f"dataset/concode/{name}.json"


def read(folder: Path, split: str, name: str) -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (file(name),))))


def method(name: str, line: int, description: str, code: str, *edits: str) -> Record:
    fields = {"description": description, "code": code}
    return Record(f"{name}/{line}", "java", fields, f"concode/{file(name)}", line, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "concode/dataset/concode").mkdir(parents=True)
    return tmp_path / "concode"


def test_a_shard_a_split() -> None:
    assert list(SOURCE.shards(FIXTURE, WANT)) == [
        Shard(WANT, "train", (file("train"),)),
        Shard(WANT, "validation", (file("dev"),)),
        Shard(WANT, "test", (file("test"),)),
    ]


def test_a_file_that_is_absent_gives_no_shard(folder: Path) -> None:
    (folder / file("dev")).write_text("{}\n")
    assert list(SOURCE.shards(folder, WANT)) == [Shard(WANT, "validation", (file("dev"),))]


def test_the_description_has_every_member_and_the_name_of_the_method() -> None:
    assert read(FIXTURE, "train", "train")[0] == method(
        "train", 1,
        "tells whether the garage is full .\n\nThe method is called `function`.\n\n"
        "Fields of its class:\n- int places\n- Map<Integer,? extends Car> cars\n\n"
        "Methods of its class:\n- void park\n- void park\n- int getPlaces",
        "boolean function ( ) { return places < 1 ; }", LISTS, NAME,
    )  # fmt: skip


def test_a_place_holder_is_no_member() -> None:
    _, fields, methods, neither, _ = read(FIXTURE, "train", "train")
    assert fields == method(
        "train", 2,
        "turns hours into minutes\n\nThe method is called `function`.\n\nMethods of its class:\n- int toSeconds",
        "int function ( int arg0 ) { return arg0 * 60 ; }", LISTS, NAME,
    )  # fmt: skip
    assert methods == method(
        "train", 3,
        "does nothing , on purpose .\n\nThe method is called `function`.\n\nFields of its class:\n- String name",
        "void function ( ) { }", LISTS, NAME,
    )  # fmt: skip
    assert neither == method(
        "train", 4, "gives an empty word\n\nThe method is called `function`.",
        'String function ( ) { return "" ; }', LISTS, NAME,
    )  # fmt: skip


def test_members_without_a_text_describe_nothing() -> None:
    assert read(FIXTURE, "train", "train")[4] == method("train", 5, "", "int function ( ) { return 1 ; }", LISTS)


def test_the_test_file_has_no_code() -> None:
    outcome = Outcome("")
    assert list(usable(TASK, read(FIXTURE, "test", "test"), outcome)) == []
    assert outcome.unusable == {"empty_code": 1}


def test_a_text_without_members_and_one_with_a_group_too_many(folder: Path) -> None:
    rows = [{"code": "a", "nl": "say so"}, {"code": "b", "nl": "say it concode_field_sep concode_field_sep int x "
            "concode_field_sep int y concode_elem_sep int z"}]  # fmt: skip
    (folder / file("dev")).write_text("".join(json.dumps(row) + "\n" for row in rows))
    called = "The method is called `function`."
    assert read(folder, "validation", "dev") == [
        Unusable("answer_in_question"),
        method("dev", 2, f"say it\n\n{called}\n\nMethods of its class:\n- int x\n- int y\n- int z", "b", LISTS, NAME),
    ]


def test_a_text_that_quotes_the_code_is_unusable_and_line_ends_become_lf(folder: Path) -> None:
    rows = [
        {"code": "int function ( ) { }", "nl": "write int function ( ) { } concode_field_sep int x"},
        {"code": "int function ( )\r\n{ }", "nl": "write\rit"},
    ]
    (folder / file("train")).write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read(folder, "train", "train") == [
        Unusable("answer_in_question"),
        method("train", 2, "write\nit\n\nThe method is called `function`.", "int function ( )\n{ }", "line ends", NAME),
    ]


def test_a_broken_line_is_named_and_the_rest_is_read(folder: Path) -> None:
    lines = ['{"code": "a ( )"}', '{"code": "a ( )", "nl": ["x"]}', "[]", '{"code": "a ( )", "nl": "do"}']
    (folder / file("train")).write_text("\n".join(lines) + "\n")
    name = f"concode/{file('train')}"
    assert read(folder, "train", "train") == [
        Malformed(name, 1, "field 'nl' is missing", REMEDY),
        Malformed(name, 2, "field 'nl' is list, expected str", REMEDY),
        Malformed(name, 3, "expected an object, found list", REMEDY),
        method("train", 4, "do\n\nThe method is called `function`.", "a ( )", NAME),
    ]


def test_an_empty_file_is_broken(folder: Path) -> None:
    (folder / file("train")).touch()
    with pytest.raises(BrokenFileError, match=r"concode/dataset/concode/train\.json: the file is empty"):
        read(folder, "train", "train")


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "concode"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert records
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records)
    published = {
        f"{path.stem}/{line}": json.loads(text)["nl"]
        for path in folder.glob("dataset/concode/*.json")
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1)
    }
    for record in records:
        description, code = record.fields["description"], record.fields["code"]
        assert "\r" not in description + code
        assert "_sep" not in description
        assert not code or code not in description
        assert not code or " function (" in code
        words = published[record.id].replace("PlaceHolder placeHolder", "").replace("placeholderType placeHolder", "")
        ours = {"-", "The", "method", "is", "called", "`function`.", "Fields", "of", "its", "class:", "Methods"}
        kept = description.split()
        assert [word for word in words.split() if not word.startswith("concode_") and word not in kept] == []
        assert set(kept) - set(words.split()) <= ours
