"""Code Alpaca: three collections, and a fourth that GPTeacher publishes as well."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.codealpaca import SOURCE
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXTURE = FIXTURES / "codealpaca"
GENERATION, QA = (Want(task, "en") for task in SOURCE.tasks)
TWO, TWENTY, ROSETTA, NEW = (
    f"data/{name}.json" for name in ("code_alpaca_2k", "code_alpaca_20k", "rosetta_alpaca", "new_codealpaca")
)
GPTEACHER = "../gpteacher/Codegen/codegen-instruct.json"
NO_CODE, HAS_CODE, TWICE = (
    Unusable(f"{reason}") for reason in ("no_code_in_answer", "code_in_answer", "published_twice")
)


def read(folder: Path, want: Want, split: str, file: str) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, want) if (shard.split, shard.files[0]) == (split, file))
    return list(map(without_origin, SOURCE.read(folder, shard)))


def without_origin(item: Item) -> Item:
    """An item without how its language is known and what steps are shown, which `test_alpaca` tells."""
    return item._replace(language_source="declared", item=None) if isinstance(item, Record) else item


def record(file: str, line: int, language: str, *edits: str, **fields: str) -> Record:
    return Record(f"{file.removesuffix('.json')}/{line}", language, fields, f"codealpaca/{file}", line, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The fixture alone, without GPTeacher beside it."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "codealpaca"))


def test_a_shard_a_split_and_file_with_the_files_whose_rows_it_must_not_repeat() -> None:
    assert list(SOURCE.shards(FIXTURE, GENERATION)) == [
        Shard(GENERATION, split, files)
        for split in SPLITS
        for files in ((TWO,), (TWENTY, TWO), (ROSETTA, TWO, TWENTY), (NEW, TWO, TWENTY, ROSETTA, GPTEACHER))
    ]


def test_files_that_are_absent_decide_nothing(folder: Path) -> None:
    (folder / TWO).unlink()
    (folder / ROSETTA).unlink()
    train = [shard.files for shard in SOURCE.shards(folder, GENERATION) if shard.split == "train"]
    assert train == [(TWENTY,), (NEW, TWENTY)]
    assert list(SOURCE.shards(folder / "nowhere", GENERATION)) == []


def test_outputs_with_code_are_code_generation() -> None:
    halve = {
        "description": "Write a Python function that halves a number.",
        "code": "def halve(number):\n    return number / 2",
    }
    count = {
        "description": "Write a Python function that counts larks.",
        "code": 'def count(birds):\n    return birds.count("lark")',
    }
    assert read(FIXTURE, GENERATION, "train", TWO) == [
        record(TWO, 1, "python", **halve), NO_CODE, NO_CODE, Unusable("answer_in_question"),
    ]  # fmt: skip
    assert read(FIXTURE, GENERATION, "validation", TWO) == [NO_CODE]
    assert read(FIXTURE, GENERATION, "test", TWO) == [record(TWO, 5, "python", **count)]


def test_outputs_without_code_are_code_qa_in_the_language_of_the_code_asked_about() -> None:
    longest = {"question": "Find the longest word of the sentence.\n\nOwls hunt at night.", "answer": "night"}
    printed = "What does this JavaScript code print?\n\nlet owls = 3;\nconsole.log(owls * 2);"
    assert read(FIXTURE, QA, "train", TWO) == [
        HAS_CODE,
        record(TWO, 2, "text", **longest),
        record(TWO, 3, "javascript", question=printed, answer=""),
        HAS_CODE,
    ]
    nothing = "Nothing at all. A crane does not call itself."
    assert read(FIXTURE, QA, "validation", TWO) == [
        record(TWO, 6, "text", question="What do cranes teach about recursion?", answer=nothing)
    ]


def test_rows_of_the_2k_that_stand_in_the_20k_count_once(folder: Path) -> None:
    herons = record(
        TWENTY, 2, "sql", "placeholder for no input left out",
        description="Write an SQL query that lists all herons.", code="SELECT * FROM herons;",
    )  # fmt: skip
    assert read(folder, GENERATION, "train", TWENTY) == [TWICE, herons, TWICE, NO_CODE]
    (folder / TWO).unlink()
    halve = {
        "description": "Write a Python function that halves a number.",
        "code": "def halve(number):\n    return number / 2",
    }
    assert read(folder, GENERATION, "train", TWENTY) == [NO_CODE, herons, record(TWENTY, 3, "python", **halve), NO_CODE]


def test_rosetta_rows_may_have_no_input() -> None:
    add = {"description": "Write a Haskell function that adds one.", "code": "next :: Int -> Int\nnext n = n + 1"}
    assert read(FIXTURE, GENERATION, "train", ROSETTA) == [record(ROSETTA, 1, "haskell", **add)]


def test_what_gpteacher_publishes_counts_there_where_it_is_at_hand(folder: Path) -> None:
    there = Unusable("published_in_gpteacher")
    greet = record(NEW, 2, "perl", description="Write a Perl program that greets.", code='print "Hello\\n";')
    assert read(FIXTURE, GENERATION, "train", NEW) == [there, greet, there]
    assert read(FIXTURE, QA, "train", NEW) == [there, HAS_CODE, there]
    lines = {
        "description": "Create a shell script that counts the lines of a file.\n\nowls.txt",
        "code": '#!/bin/sh\n\nwc -l < "$1"',
    }
    assert read(folder, GENERATION, "train", NEW) == [NO_CODE, greet, record(NEW, 3, "bash", **lines)]


def test_the_two_answers_of_the_new_collection_must_be_equal(folder: Path) -> None:
    good = {"instruction": "Greet in PHP.", "input": "", "response": "echo 'Hello';", "output": "echo 'Hello';"}
    without = {name: text for name, text in good.items() if name != "response"}
    (folder / NEW).write_text(json.dumps([{**good, "output": "echo 'Bye';"}, without, good]))
    remedy = "Correct or remove it, or fetch the file again"
    assert read(folder, GENERATION, "train", NEW) == [
        Malformed(f"codealpaca/{NEW}", 1, "fields 'output' and 'response' differ", remedy),
        Malformed(f"codealpaca/{NEW}", 2, "field 'response' is missing", remedy),
        record(NEW, 3, "php", description="Greet in PHP.", code="echo 'Hello';"),
    ]


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "codealpaca"
    found: dict[str, set[str]] = {}
    for want in (GENERATION, QA):
        items = [item for shard in SOURCE.shards(folder, want) for item in SOURCE.read(folder, shard)]
        records = [item for item in items if isinstance(item, Record)]
        assert not [item for item in items if isinstance(item, Malformed)]
        found[want.task] = {record.id for record in records}
        assert len(found[want.task]) == len(records) > 0
        assert not [record.id for record in records if "\r" in "".join(record.fields.values())]
        assert not [record.id for record in records if want == GENERATION and leaks(record)]
    assert not found["code_generation"] & found["code_qa"]


def leaks(record: Record) -> bool:
    return record.fields["code"].strip() in record.fields["description"]
