r"""Instruct-to-Code: a Parquet file whose texts have `\n` as two characters where lines end.

The fixture's Parquet file is written by `tests/fixtures/pack_instruct_to_code.py`, where its rows can be read.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.builders.sources.instruct_to_code import SOURCE, with_line_breaks
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXTURE = FIXTURES / "instruct-to-code"
PACKED = runpy.run_path(str(FIXTURES / "pack_instruct_to_code.py"))
FILE = "default/train/0000.parquet"
WANT = Want("code_generation", "en")
LINE_ENDS, READ_AS, FENCE = "line ends", r"\n read as the end of a line", "code taken out of its fence"


def read(folder: Path, split: str = "train") -> list[Item]:
    return list(map(without_origin, SOURCE.read(folder, Shard(WANT, split, (FILE,)))))


def without_origin(item: Item) -> Item:
    """An item without how its language is known and what steps are shown, which `test_alpaca` tells."""
    return item._replace(language_source="declared", item=None) if isinstance(item, Record) else item


def request_(number: int, language: str, description: str, code: str, *edits: str) -> Record:
    fields = {"description": description, "code": code}
    return Record(f"0000/{number}", language, fields, f"instruct-to-code/{FILE}", number, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The source's folder, empty."""
    (tmp_path / "instruct-to-code" / "default" / "train").mkdir(parents=True)
    return tmp_path / "instruct-to-code"


def write(folder: Path, **columns: list[Any]) -> None:
    pq.write_table(pa.table(columns), folder / FILE)


def test_the_packed_fixture_holds_the_rows_of_its_script() -> None:
    rows = pq.read_table(FIXTURE / FILE).to_pylist()
    assert [(row["instruction"], row["answer"]) for row in rows] == PACKED["ROWS"]


def test_line_ends_are_read_fences_removed_and_languages_recognised() -> None:
    assert read(FIXTURE) == [
        request_(
            1, "python", "Write a Python function that greets a friend.",
            'def greet(friend):\n    """Say hello.\n    Politely."""\n    print("Hello,\\n" + friend)', READ_AS,
        ),
        request_(
            2, "javascript", "Count all the words.\nUse JavaScript.",
            "function count(text) {\n\treturn text.split(' ').length;\n}", READ_AS,
        ),
        request_(
            3, "python", "Sort a list in Python.",
            "def ordered(items):\n    # lines end with \\n\n    return sorted(items)",
        ),
        request_(4, "go", "Open a file in Go.", "file, err := os.Open(name)", LINE_ENDS, FENCE),
        Unusable("no_code"),
        Unusable("several_code_blocks"),
        Unusable("answer_in_question"),
    ]  # fmt: skip


def test_the_words_of_the_instruction_decide_the_split() -> None:
    level = request_(8, "python", "Reset the level.", "def reset(self):\n    self.level = 0", READ_AS)
    assert [read(FIXTURE, split) for split in SPLITS[1:]] == [[], [level]]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (r"a\nb", "a\nb"),
        (r"a\r\nb\n", "a\nb\n"),
        (r"if a:\n\t\tb", "if a:\n\t\tb"),
        (r"say('a\n')\nsay(f\"\n\")", "say('a\\n')\nsay(f\\\"\n\\\")"),
        (r"# don't\nsay('a')", "# don't\nsay('a')"),
        ('a = "\\n"', 'a = "\\n"'),
        ("a\\n\nb", "a\\n\nb"),
        (r"a\tb", r"a\tb"),
    ],
)
def test_which_of_the_sequences_end_a_line(text: str, read_as: str) -> None:
    assert with_line_breaks(text) == read_as


def test_each_file_is_a_shard_of_every_split(folder: Path) -> None:
    assert list(SOURCE.shards(folder, WANT)) == []
    for part in (1, 0):
        write(folder, instruction=["a"], answer=["b"])
        (folder / FILE).rename(folder / f"default/train/000{part}.parquet")
    assert [(shard.split, shard.files) for shard in SOURCE.shards(folder, WANT)] == [
        (split, (f"default/train/000{part}.parquet",)) for split in SPLITS for part in (0, 1)
    ]


def test_a_broken_row_is_named_once_over_all_splits(folder: Path) -> None:
    write(folder, instruction=["Go on.", "Go on."], answer=[None, "import go\ngo.on()"], other=[1, 2])
    assert [item for split in SPLITS for item in read(folder, split)] == [
        Malformed(
            f"instruct-to-code/{FILE}", 1, "field 'answer' is NoneType, expected str",
            "Correct or remove it, or fetch the file again",
        ),
        request_(2, "python", "Go on.", "import go\ngo.on()"),
    ]  # fmt: skip


def test_a_file_without_a_column_is_broken(folder: Path) -> None:
    write(folder, instruction=["Go on."], output=["go"])
    with pytest.raises(BrokenFileError, match=rf"instruct-to-code/{FILE}: column 'answer' is missing"):
        read(folder)


@pytest.mark.parametrize("cut", [slice(0, -30), slice(0, 3), slice(3, None)])
def test_a_damaged_file_is_broken(folder: Path, cut: slice) -> None:
    (folder / FILE).write_bytes((FIXTURE / FILE).read_bytes()[cut])
    with pytest.raises(BrokenFileError, match=rf"instruct-to-code/{FILE}: the Parquet data is damaged"):
        read(folder)
