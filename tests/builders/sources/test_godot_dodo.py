"""godot-dodo: one JSON array of functions and what a model says they do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mulco.builders.sources.godot_dodo import FILE, SOURCE
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "godot-dodo"
WANT = Want("code_generation", "en")


def read(folder: Path, split: str = "train") -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (FILE,))))


def function(number: int, description: str, code: str, *edits: str) -> Record:
    fields = {"description": description, "code": code}
    return Record(str(number), "gdscript", fields, f"godot-dodo/{FILE}", number, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "godot-dodo"))


def test_the_list_of_projects_alone_is_no_data(folder: Path) -> None:
    assert list(SOURCE.shards(folder, WANT)) == [Shard(WANT, split, (FILE,)) for split in SPLITS]
    (folder / FILE).unlink()
    assert list(SOURCE.shards(folder, WANT)) == []


def test_functions_with_their_instructions_and_pieces_that_are_none() -> None:
    assert read(FIXTURE) == [
        function(
            1, "Add the points to the score and show it.",
            "func add(points: int) -> void:\n\tscore += points # shown at once\n\tlabel.text = str(score)",
        ),
        function(2, "Describe the façade of the C house.", "func facade(house):\n\treturn house.walls[0]"),
        Unusable("not_a_function"),
        Unusable("answer_in_question"),
        function(6, "", "func wait():\n\tpass"),
    ]  # fmt: skip


def test_instructions_of_the_same_words_share_a_split() -> None:
    assert [read(FIXTURE, split) for split in SPLITS[1:]] == [
        [],
        [
            function(5, "Save the score.", "static func save(score):\n\tfile.store_line(score)", "line ends"),
            function(7, "Save the score!", "func save_all(score):\n\tsave(score)"),
        ],
    ]


def test_a_broken_element_is_named_once_over_all_splits(folder: Path) -> None:
    (folder / FILE).write_text(json.dumps([{"instruction": "Go."}, {"instruction": "Go.", "output": "func go():\n"}]))
    assert [item for split in SPLITS for item in read(folder, split)] == [
        Malformed(
            f"godot-dodo/{FILE}", 1, "field 'output' is missing", "Correct or remove it, or fetch the file again"
        ),
        function(2, "Go.", "func go():"),
    ]


@pytest.mark.parametrize(("text", "problem"), [("{}", "the file is not a JSON array"), ("[{", "not JSON")])
def test_a_file_that_is_no_array_is_broken(folder: Path, text: str, problem: str) -> None:
    (folder / FILE).write_text(text)
    with pytest.raises(BrokenFileError, match=f"godot-dodo/{FILE}: {problem}"):
        read(folder)


@pytest.mark.upstream
def test_the_real_folder_holds_no_rows_or_only_usable_ones(upstream: Path) -> None:
    items = [
        item
        for shard in SOURCE.shards(upstream / "godot-dodo", WANT)
        for item in SOURCE.read(upstream / "godot-dodo", shard)
    ]
    assert not [item for item in items if isinstance(item, Malformed)]
