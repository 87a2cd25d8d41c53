"""Evol-Instruct code: arrays without inputs, Code Alpaca's rows in that form, and Magicoder's lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.evol_instruct_code import SOURCE
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "evol-instruct-code"
GENERATION, QA = (Want(task, "en") for task in SOURCE.tasks)
ONE, TWO = (f"EvolInstruct-Code-8k/evol-codealpaca-2k-{n}.json" for n in (1, 2))
SEEDS, MAGICODER = "converted_alpaca_2k.json", "data-evol_instruct-decontaminated.jsonl"
CODE_ALPACA = ("../codealpaca/data/code_alpaca_2k.json", "../codealpaca/data/code_alpaca_20k.json")
NO_CODE, HAS_CODE, TWICE = map(Unusable, ("no_code_in_answer", "code_in_answer", "published_twice"))


def read(folder: Path, want: Want, split: str, file: str) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, want) if (shard.split, shard.files[0]) == (split, file))
    return list(map(without_origin, SOURCE.read(folder, shard)))


def without_origin(item: Item) -> Item:
    """An item without how its language is known and what steps are shown, which `test_alpaca` tells."""
    return item._replace(language_source="declared", item=None) if isinstance(item, Record) else item


def record(file: str, line: int, language: str, *edits: str, **fields: str) -> Record:
    name = f"evol-instruct-code/{file}"
    return Record(f"{file.rsplit('.', 1)[0]}/{line}", language, fields, name, line, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The fixture alone, without Code Alpaca beside it."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "evol-instruct-code"))


def test_a_shard_a_split_and_file_with_the_files_whose_rows_it_must_not_repeat() -> None:
    at_hand = (ONE, TWO, SEEDS, MAGICODER)
    assert list(SOURCE.shards(FIXTURE, QA)) == [
        Shard(QA, split, (file, *at_hand[:number], *CODE_ALPACA))
        for split in SPLITS
        for number, file in enumerate(at_hand)
    ]


def test_a_further_array_of_the_folder_is_read_as_well(folder: Path) -> None:
    (folder / ONE).rename(folder / ONE.replace("-1", "-3"))
    train = [shard.files for shard in SOURCE.shards(folder, QA) if shard.split == "train"]
    assert train[:2] == [(TWO,), (ONE.replace("-1", "-3"), TWO)]


def test_answers_with_code_among_sentences_or_in_a_fence_are_code_generation() -> None:
    halve = "Here it is:\n\n```python\ndef halve(number):\n    return number * 0.5\n```\n\nIt multiplies by one half."
    count = 'Count the owls in the list, without a loop.\n\nbirds = ["owl", "crow"]'
    harder = "Write a Python function that halves a number, but not with a slash."
    assert read(FIXTURE, GENERATION, "train", ONE) == [
        record(ONE, 1, "python", description=harder, code=halve),
        record(ONE, 2, "python", "code fence removed", description=count, code='birds.count("owl")'),
        NO_CODE,
    ]


def test_a_result_in_a_fence_is_no_code_and_the_question_shows_some() -> None:
    question = 'What does this Go program print, and why?\n\n```go\nfmt.Println(len("owl"))\n```'
    answer = "It prints the length of the word:\n\n```\n3\n```"
    assert read(FIXTURE, QA, "train", ONE) == [
        HAS_CODE, HAS_CODE, record(ONE, 3, "go", question=question, answer=answer),
    ]  # fmt: skip


def test_an_empty_answer_is_no_code_and_a_row_of_an_earlier_file_counts_there() -> None:
    harder = "Increase the difficulty: count the crows as well."
    assert read(FIXTURE, GENERATION, "train", TWO) == [NO_CODE, TWICE]
    assert read(FIXTURE, QA, "train", TWO) == [record(TWO, 1, "text", question=harder, answer=""), TWICE]


def test_code_alpacas_rows_count_there_where_it_is_at_hand(folder: Path) -> None:
    there = Unusable("published_in_codealpaca")
    code = 'Console.WriteLine("owl, crow");'
    birds = record(SEEDS, 3, "c#", description="Print the birds in C#.\nowl, crow", code=code)
    assert read(FIXTURE, GENERATION, "train", SEEDS) == [there, there, birds]
    halve = {
        "description": "Write a Python function that halves a number.",
        "code": "def halve(number):\n    return number / 2",
    }
    assert read(folder, GENERATION, "train", SEEDS) == [record(SEEDS, 1, "python", **halve), NO_CODE, birds]


def test_magicoders_lines_have_responses() -> None:
    storks = {"question": "Why do storks stand on one leg?", "answer": "To keep the other one warm."}
    assert read(FIXTURE, QA, "train", MAGICODER) == [
        TWICE, Unusable("text_not_english"), record(MAGICODER, 4, "text", **storks),
    ]  # fmt: skip
    larks = {
        "description": "Write a Python function that counts larks.\nUse a dictionary.",
        "code": "counts = {}\nfor bird in birds:\n    counts[bird] = counts.get(bird, 0) + 1",
    }
    edits = ("white space around the texts", "code fence removed")
    assert read(FIXTURE, GENERATION, "test", MAGICODER) == [record(MAGICODER, 1, "python", *edits, **larks)]


def test_a_broken_line_and_a_broken_field(folder: Path) -> None:
    (folder / MAGICODER).write_text('{"instruction": "Why?", "output": "So."}\n{"instruction"\n')
    name, remedy = f"evol-instruct-code/{MAGICODER}", "Correct or remove it, or fetch the file again"
    missing, broken = read(folder, QA, "train", MAGICODER)
    assert missing == Malformed(name, 1, "field 'response' is missing", remedy)
    assert isinstance(broken, Malformed)
    assert (broken.file, broken.line, broken.problem[:8]) == (name, 2, "not JSON")


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "evol-instruct-code"
    found: dict[str, set[str]] = {}
    for want in (GENERATION, QA):
        items = [item for shard in SOURCE.shards(folder, want) for item in SOURCE.read(folder, shard)]
        records = [item for item in items if isinstance(item, Record)]
        assert not [item for item in items if isinstance(item, Malformed)]
        found[want.task] = {record.id for record in records}
        assert len(found[want.task]) == len(records) > 0
        assert not [record.id for record in records if "\r" in "".join(record.fields.values())]
        if want == GENERATION:
            assert not [r.id for r in records if r.fields["code"].strip() in r.fields["description"]]
    assert not found["code_generation"] & found["code_qa"]
