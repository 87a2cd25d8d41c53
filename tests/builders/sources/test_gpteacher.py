"""GPTeacher Codegen: one array, whose answers are called `response`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.gpteacher import SOURCE
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "gpteacher"
GENERATION, QA = (Want(task, "en") for task in SOURCE.tasks)
FILE = "Codegen/codegen-instruct.json"


def read(folder: Path, want: Want, split: str) -> list[Item]:
    return list(map(without_origin, SOURCE.read(folder, Shard(want, split, (FILE,)))))


def without_origin(item: Item) -> Item:
    """An item without how its language is known and what steps are shown, which `test_alpaca` tells."""
    return item._replace(language_source="declared", item=None) if isinstance(item, Record) else item


def record(line: int, language: str, *edits: str, **fields: str) -> Record:
    return Record(f"Codegen/codegen-instruct/{line}", language, fields, f"gpteacher/{FILE}", line, edits=edits)


def test_a_shard_a_split_and_none_without_the_file(tmp_path: Path) -> None:
    assert list(SOURCE.shards(FIXTURE, QA)) == [Shard(QA, split, (FILE,)) for split in SPLITS]
    assert list(SOURCE.shards(tmp_path, QA)) == []


def test_responses_with_code_are_code_generation() -> None:
    lines = "Create a shell script that counts the lines of a file.\n\nowls.txt"
    birds = 'Sort the birds in Ruby.\n\nbirds = ["owl",\n"crow"]'
    each = "birds.sort.each do |bird|\n  puts bird\nend"
    assert read(FIXTURE, GENERATION, "train") == [
        record(1, "bash", description=lines, code='#!/bin/sh\n\nwc -l < "$1"'),
        Unusable("no_code_in_answer"),
        record(3, "ruby", "line ends", "white space around the texts", description=birds, code=each),
        Unusable("answer_in_question"),
    ]
    feed = "fn feed(quails: &mut Vec<Quail>) {\n    quails.iter_mut().for_each(Quail::eat);\n}"
    assert read(FIXTURE, GENERATION, "validation") == [
        record(4, "rust", description="Write a Rust function that feeds quails.", code=feed)
    ]
    assert read(FIXTURE, GENERATION, "test") == []


def test_responses_without_code_are_code_qa() -> None:
    question = "What is the output of this C++ code?\n\n#include <iostream>\n\nint main() {\n    std::cout << 3 + 4;\n}"
    has_code = Unusable("code_in_answer")
    assert read(FIXTURE, QA, "train") == [
        has_code,
        record(2, "c++", question=question, answer="The output is 7, the sum of the two numbers."),
        has_code,
        has_code,
    ]


def test_an_output_is_no_response(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FIXTURE, tmp_path / "gpteacher"))
    (folder / FILE).write_text(json.dumps([{"instruction": "Greet.", "input": "", "output": "Hello."}]))
    assert read(folder, QA, "train") == [
        Malformed(
            f"gpteacher/{FILE}", 1, "field 'response' is missing", "Correct or remove it, or fetch the file again"
        )
    ]


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "gpteacher"
    items = {want: [i for split in SPLITS for i in read(folder, want, split)] for want in (GENERATION, QA)}
    records = {want: [i for i in found if isinstance(i, Record)] for want, found in items.items()}
    assert not [item for found in items.values() for item in found if isinstance(item, Malformed)]
    ids = [{record.id for record in found} for found in records.values()]
    assert [len(found) for found in ids] == [len(found) for found in records.values()]
    assert not ids[0] & ids[1]
    assert not [r.id for found in records.values() for r in found if "\r" in "".join(r.fields.values())]
    assert not [r.id for r in records[GENERATION] if r.fields["code"].strip() in r.fields["description"]]
    assert len(items[GENERATION]) == len(items[QA])


@pytest.mark.upstream
def test_languages_that_the_request_names_alone_are_those_of_the_code(upstream: Path) -> None:
    """Nearly all requests name one language, which the recognised one may contradict in few rows."""
    folder = upstream / "gpteacher"
    found = [item for split in SPLITS for item in read(folder, GENERATION, split) if isinstance(item, Record)]
    for name, language in (("Python", "python"), ("JavaScript", "javascript"), ("C++", "c++"), ("shell", "bash")):
        others = [
            other for other in ("Python", "JavaScript", "Java ", "C++", "Ruby", "HTML", "PHP", "C#") if other != name
        ]
        asked = [
            r for r in found
            if name in r.fields["description"] and not any(other in r.fields["description"] for other in others)
        ]  # fmt: skip
        assert sum(record.programming_language == language for record in asked) > 0.97 * len(asked) > 0
