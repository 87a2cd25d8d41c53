"""OSS-Instruct: problems, and answers in Markdown of which the one block of code counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.instructions import only_block
from mulco.builders.sources.oss_instruct import FILE, SOURCE
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "oss-instruct"
WANT = Want("code_generation", "en")
FENCE = "code taken out of its fence"


def read(folder: Path, split: str = "train") -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (FILE,))))


def problem(id_: str, language: str, description: str, code: str, *edits: str) -> Record:
    number = int(id_.split("/")[-1])
    fields = {"description": description, "code": code}
    return Record(id_, language, fields, f"oss-instruct/{FILE}", number, edits=(FENCE, *edits))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "oss-instruct"))


def test_the_one_file_is_a_shard_of_every_split(folder: Path) -> None:
    assert list(SOURCE.shards(folder, WANT)) == [Shard(WANT, split, (FILE,)) for split in SPLITS]
    (folder / FILE).unlink()
    assert list(SOURCE.shards(folder, WANT)) == []


def test_the_code_is_the_one_block_of_the_answer_and_its_language_that_of_the_fence() -> None:
    assert read(FIXTURE) == [
        problem(
            "python/1001/1", "python", "Write a function that doubles a number.",
            "def double(number):\n    return number * 2",
        ),
        problem("cpp/1002/2", "c++", "Count the words of a text.", "int count(const std::string& text);"),
        problem("csharp/1003/3", "c#", "Model a lamp.", "class Lamp\n{\n    bool on;\n}", "line ends"),
        problem("shell/1004/4", "bash", "List all files that changed today.", "find . -mtime 0"),
        problem("shell/1005/5", "python", "Print the size of a file.", "print(path.stat().st_size)"),
        problem("typescript/1006/6", "typescript", "Name a type for a point.", "type Point = { x: number; y: number }"),
        problem(
            "rust/1007/7", "rust", "Document a function that adds one.",
            "/// ```\n/// assert_eq!(next(1), 2);\n/// ```\nfn next(n: i32) -> i32 {\n    n + 1\n}",
        ),
        Unusable("several_code_blocks"),
        Unusable("no_code_block"),
        Unusable("code_block_not_closed"),
        Unusable("answer_in_question"),
        Unusable("unknown_programming_language"),
        problem("python/1014/14", "python", "Return nothing.", ""),
    ]  # fmt: skip


def test_the_words_of_the_problem_decide_the_split() -> None:
    level = problem("python/1013/13", "python", "Reset the level.", "level = 0")
    assert [read(FIXTURE, split) for split in SPLITS[1:]] == [[], [level]]


@pytest.mark.parametrize(
    ("answer", "block"),
    [
        ("```Python title=a.py\na\n```", ("python", "a")),
        ("``` python \n\n  a\n\n```", ("python", "  a")),
        ("Use `a` or ```a```.", Unusable("no_code_block")),
        ("```python\na\n```python\nb", Unusable("code_block_not_closed")),
        ("```\na\n```\n```\nb", Unusable("code_block_not_closed")),
        ("```\na\n```\n```\nb\n```", Unusable("several_code_blocks")),
    ],
)
def test_fences(answer: str, block: object) -> None:
    assert only_block(answer) == block


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"index": "1"}, "field 'index' is str, expected int"),
        ({"raw_index": True}, "field 'raw_index' is bool, expected int"),
        ({"solution": None}, "field 'solution' is NoneType, expected str"),
    ],
)
def test_a_broken_row_is_named_once_over_all_splits(folder: Path, fields: dict[str, Any], problem: str) -> None:
    first, *others = (folder / FILE).read_text().splitlines()
    (folder / FILE).write_text("\n".join([json.dumps({**json.loads(first), **fields}), *others]) + "\n")
    items = [item for split in SPLITS for item in read(folder, split)]
    assert [item for item in items if isinstance(item, Malformed)] == [
        Malformed(f"oss-instruct/{FILE}", 1, problem, "Correct or remove it, or fetch the file again")
    ]
    assert len(items) == len(others) + 1


def test_a_git_lfs_pointer_is_broken(folder: Path) -> None:
    (folder / FILE).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:f988\nsize 203201169\n")
    with pytest.raises(BrokenFileError, match="Git LFS pointer"):
        read(folder)
