"""Alpaca's form: what holds for every source that reads through it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources import alpaca
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FILE = "rows.json"
FIELDS = {"instruction": str, "input": str, "output": str}
REMEDY = "Correct or remove it, or fetch the file again"
ASK, CODE = "Double a number in Python.", "def double(x):\n    return 2 * x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "birds").mkdir()
    return tmp_path / "birds"


def row(instruction: str, output: str, input_: str = "", **other: str) -> dict[str, str]:
    return {"instruction": instruction, "input": input_, "output": output, **other}


def write(folder: Path, *rows: Any) -> None:
    (folder / FILE).write_text(json.dumps(rows), "utf-8")


def read(folder: Path, task: str = "code_generation", *others: str) -> list[Item]:
    shards = (Shard(Want(task, "en"), split, (FILE, *others)) for split in SPLITS)
    return list(map(without_origin, (item for shard in shards for item in alpaca.read(folder, shard, FIELDS))))


def without_origin(item: Item) -> Item:
    """An item without how its language is known and what steps are shown, which `test_alpaca` tells."""
    return item._replace(language_source="declared", item=None) if isinstance(item, Record) else item


def generation(description: str, code: str, language: str, *edits: str, line: int = 1) -> Record:
    fields = {"description": description, "code": code}
    return Record(f"rows/{line}", language, fields, f"birds/{FILE}", line, edits=edits)


def test_code_and_prose_stand_in_one_task_each(folder: Path) -> None:
    write(folder, row(ASK, CODE), row("What is a heron?", "A grey bird with long legs."))
    assert read(folder) == [generation(ASK, CODE, "python"), Unusable("no_code_in_answer")]
    fields = {"question": "What is a heron?", "answer": "A grey bird with long legs."}
    prose = Record("rows/2", "text", fields, f"birds/{FILE}", 2)
    assert read(folder, "code_qa") == [Unusable("code_in_answer"), prose]


def test_an_input_follows_the_instruction_after_a_blank_line(folder: Path) -> None:
    write(folder, row(ASK, CODE, "    x = 3"))
    assert read(folder) == [generation(f"{ASK}\n\n    x = 3", CODE, "python")]


@pytest.mark.parametrize("placeholder", ["< noinput >", "<noinput>", "No input", "<NO_INPUT>"])
def test_a_placeholder_is_no_input(folder: Path, placeholder: str) -> None:
    write(folder, row(ASK, CODE, placeholder))
    assert read(folder) == [generation(ASK, CODE, "python", "placeholder for no input left out")]


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "```\n{}\n```", "```py  \n{}```"])
def test_one_fenced_block_loses_its_fence(folder: Path, fence: str) -> None:
    write(folder, row(ASK, fence.format(CODE)))
    assert read(folder) == [generation(ASK, CODE, "python", "code fence removed")]


def test_fences_among_sentences_stay(folder: Path) -> None:
    answer = f"Here:\n\n```python\n{CODE}\n```\n\nAnd again:\n\n```python\ndouble(3)\n```"
    write(folder, row(ASK, answer))
    assert read(folder) == [generation(ASK, answer, "python")]
    two = f"```python\n{CODE}\n```\n```python\ndouble(3)\n```"
    write(folder, row(ASK, two))
    assert read(folder) == [generation(ASK, two, "python")]


def test_line_ends_and_the_space_around_texts(folder: Path) -> None:
    write(folder, row(f"{ASK}\r\n", "\n    x = 3\r\n    print(2 * x)\r\n \n", "x\r= 3"))
    edits = ("line ends", "white space around the texts")
    assert read(folder) == [generation(f"{ASK}\n\nx\n= 3", "    x = 3\n    print(2 * x)", "python", *edits)]


@pytest.mark.parametrize(
    ("instruction", "output"),
    [
        (f"Format this code:\n{CODE}", CODE),
        (f"Format this code:\n{CODE}", f"```python\n{CODE}\n```"),
        (f"Format: {' '.join(CODE.split())}", CODE),
    ],
)
def test_an_answer_that_stands_in_its_question_is_unusable(folder: Path, instruction: str, output: str) -> None:
    write(folder, row(instruction, output))
    assert read(folder) == [Unusable("answer_in_question")]
    write(folder, row("Format the code.", output, instruction))
    assert read(folder) == [Unusable("answer_in_question")]


@pytest.mark.parametrize(
    "instruction",
    [
        "用Python写一个函数，把数字加倍。",
        "Pythonで数を2倍にする関数を書いてください。",
        "Напишите функцию, которая удваивает число.",
        "Escribe una función que duplica el número y los resultados del usuario.",
        "Écris une fonction qui double les nombres pour le calcul des totaux.",
        "Schreibe eine Funktion, die das Doppelte der Zahl und nicht mehr ausgibt.",
    ],
)
def test_instructions_in_another_language_are_unusable_in_both_tasks(folder: Path, instruction: str) -> None:
    write(folder, row(instruction, CODE))
    assert read(folder) == read(folder, "code_qa") == [Unusable("text_not_english")]


def test_words_of_other_languages_within_english_stay(folder: Path) -> None:
    rows = [
        row("Print the word 你好 in Python, and say what it means.", "print('你好')"),
        row("Count the words el, los and las in a text with Python.\nlos = 3", "text.count('los')\n"),
    ]
    write(folder, *rows)
    records = {item.line for item in read(folder) if isinstance(item, Record)}
    assert records == {1, 2}


def test_what_begins_with_the_same_line_shares_a_split(folder: Path) -> None:
    instructions = [f"Write a Python function that counts bird {n}." for n in range(200)]
    write(folder, *(row(text, CODE) for text in instructions))
    longer = folder / "longer"
    longer.mkdir()
    merged = [f"{text.upper()}!\n\nbirds = [{n}, 3]" for n, text in enumerate(instructions)]
    write(longer, *(row(text, CODE) for text in merged))

    def lines(at: Path, split: str) -> list[int]:
        shard = Shard(Want("code_generation", "en"), split, (FILE,))
        return [item.line for item in alpaca.read(at, shard, FIELDS) if isinstance(item, Record)]

    assert [len(lines(folder, split)) for split in SPLITS] == [195, 4, 1]
    assert [lines(folder, split) for split in SPLITS] == [lines(longer, split) for split in SPLITS]


def test_json_lines_are_read_as_well(folder: Path) -> None:
    text = json.dumps(row(ASK, CODE)).replace("/", "\\/") + '\n{"instruction": 3}\n'
    (folder / FILE).write_text(text)
    assert read(folder) == [
        generation(ASK, CODE, "python"),
        Malformed(f"birds/{FILE}", 2, "field 'instruction' is int, expected str", REMEDY),
    ]


def test_rows_that_break_the_format_are_named_once(folder: Path) -> None:
    missing = {"instruction": ASK, "output": CODE}
    bad = [missing, {**missing, "input": None}, "row", row(ASK, CODE, response="other"), row("\ud800", CODE)]
    write(folder, *bad, row(ASK, CODE))
    problems = [
        "field 'input' is missing", "field 'input' is NoneType, expected str", "expected an object, found str",
        "fields 'output' and 'response' differ", "it escapes half a surrogate pair, which is no character",
    ]  # fmt: skip
    malformed = [Malformed(f"birds/{FILE}", line, problem, REMEDY) for line, problem in enumerate(problems, 1)]
    assert read(folder) == [*malformed, generation(ASK, CODE, "python", line=6)]


def test_an_input_that_may_be_missing_must_be_text_all_the_same(folder: Path) -> None:
    write(folder, {"instruction": ASK, "input": 3, "output": CODE})
    shard = Shard(Want("code_generation", "en"), "train", (FILE,))
    assert list(alpaca.read(folder, shard, {"instruction": str, "output": str})) == [
        Malformed(f"birds/{FILE}", 1, "field 'input' is int, expected str", REMEDY)
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "the file is empty"), ("[{", "not JSON"), ('"rows"', "the file is not a JSON array"), ("<html>", "not JSON")],
)
def test_a_file_that_is_no_array_is_broken(folder: Path, text: str, problem: str) -> None:
    (folder / FILE).write_text(text)
    with pytest.raises(BrokenFileError, match=f"birds/{FILE}: {problem}"):
        read(folder)


def test_what_other_files_publish_is_unusable_however_it_is_merged(folder: Path) -> None:
    write(folder, row("Add  them.\nx = 3", "x + 3\n"), row(ASK, CODE))
    (folder / "earlier.json").write_text(json.dumps([row("Add them.", "x + 3", "x = 3"), {"instruction": 3}]))
    assert read(folder, "code_generation", "earlier.json") == [
        Unusable("published_twice"),
        generation(ASK, CODE, "python", line=2),
    ]
    (folder.parent / "crows").mkdir()
    (folder.parent / "crows" / FILE).write_text(json.dumps([{"instruction": ASK, "response": CODE}]))
    assert read(folder, "code_generation", f"../crows/{FILE}")[1:] == [Unusable("published_in_crows")]


@pytest.mark.parametrize("text", [None, "", "[{"])
def test_a_broken_winner_wins_nothing(folder: Path, text: str | None) -> None:
    write(folder, row(ASK, CODE))
    if text is not None:
        (folder / "earlier.json").write_text(text)
    assert read(folder, "code_generation", "earlier.json") == [generation(ASK, CODE, "python")]


def test_how_a_language_is_known_and_what_upstream_gave_go_with_the_record(tmp_path: Path) -> None:
    given = [
        ("Print an owl in Ruby.", "< noinput >", "puts 'owl'\n"),
        ("Print an owl.", "", "```python\nprint('owl')\n```"),
        ("Print an owl.", "", "puts 'owl'"),
    ]
    file = tmp_path / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [dict(zip(("instruction", "input", "output"), row, strict=True)) for row in given]
    file.write_text(json.dumps(rows), "utf-8")
    shards = (Shard(Want("code_generation", "en"), split, (FILE,)) for split in SPLITS)
    found = [item for shard in shards for item in alpaca.read(tmp_path, shard, FIELDS) if isinstance(item, Record)]
    found.sort(key=lambda record: record.line)
    assert [(record.programming_language, record.language_source) for record in found] == [
        ("ruby", "mention"), ("python", "fence"), ("ruby", "detected"),
    ]  # fmt: skip
    kept = [tuple((record.item or {})[name] for name in ("instruction", "input", "output")) for record in found]
    assert kept == given
