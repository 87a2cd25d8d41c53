"""TSSB-3M-instructions: two sides of a diff, cut apart, with the answer in the question.

The fixture's gzip file is written by `tests/fixtures/pack_tssb_3m.py`, where its diffs can be read.
"""

from __future__ import annotations

import gzip
import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.tssb_3m import FILE, SOURCE
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXTURE = FIXTURES / "tssb-3m"
PACKED = runpy.run_path(str(FIXTURES / "pack_tssb_3m.py"))
WANT = Want("code_repair", "en")
SHA = "0123456789abcdef0123456789abcdef01234567"
DIFF = "what was left of the diff cut off"
REMEDY = "Correct or remove it, or fetch the file again"


def read(folder: Path, split: str = "train") -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (FILE,))))


def record(place: str, line: int, code: str, fixed: str, message: str = "", edits: tuple[str, ...] = (DIFF,)) -> Record:
    project, path = place.rsplit("/", 1)
    fields = {"code": code, "fixed": fixed, **({"message": message} if message else {})}
    id_ = f"https://github.com/{project}@{SHA}:{path}"
    return Record(id_, "python", fields, f"tssb-3m/{FILE}", line, edits=edits)


def row(wrong: str, correct: str, **other: Any) -> dict[str, Any]:
    """A row with both sides as they are given, and with some of its fields replaced."""
    about = {"project_url": "https://github.com/ana/shop", "file_path": "a.py", "commit_sha": SHA}
    return {
        "INSTRUCTION": f"{wrong}\n{correct}\n", "RESPONSE": f"The fixed code is:\n```\n{correct}\n```\n",
        "SOURCE": "TSSM-3M", "METADATA": about, **other,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The source's folder, empty."""
    (tmp_path / "tssb-3m").mkdir()
    return tmp_path / "tssb-3m"


def write(folder: Path, *rows: dict[str, Any]) -> None:
    (folder / FILE).write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def test_the_packed_fixture_holds_the_rows_of_its_script() -> None:
    assert gzip.decompress((FIXTURE / FILE).read_bytes()) == PACKED["packed"]()


def test_the_one_file_is_a_shard_of_every_split(folder: Path) -> None:
    assert list(SOURCE.shards(FIXTURE, WANT)) == [Shard(WANT, split, (FILE,)) for split in SPLITS]
    assert list(SOURCE.shards(folder, WANT)) == []


def test_both_sides_come_whole_again_out_of_what_was_left_of_the_diff() -> None:
    net = (
        "class Shop:\n    def net(self, gross):\n        if gross:\n            return gross {} rate\n        return 0"
    )
    usage = 'USAGE = """\n```\nshop {}open\n```\n"""'
    call = "    send(first,\n         second,\n         {})\n    wait()"
    assert read(FIXTURE) == [
        record("ana/shop/prices.py", 1, net.format("*"), net.format("/"), "divide by the rate of the Übernahme"),
        record("ana/shop/stock.py", 2, "import shelf\n\nboxes = shelf.box", "import shelf\n\nboxes = shelf.boxes"),
        record("ana/shop/one.py", 3, "limit = 10", "limit = 100"),
        record(
            "ana/shop/tabs.py", 4, "def day(n):\n\tif n:\n\t\treturn n\n\treturn 1",
            "def day(n):\n\tif n:\n\t\treturn n + 1\n\treturn 1",
        ),
        record(
            "ana/shop/dos.py", 5, "def area(a, b):\n    return a + b", "def area(a, b):\n    return a * b",
            edits=(DIFF, "line ends"),
        ),
        record("ana/shop/docs.py", 6, usage.format(""), usage.format("--"), "option, not command"),
        record("ana/shop/call.py", 7, call.format("thrid"), call.format("third"), "send(third)"),
        record("ana/shop/name.py", 8, "name", "names"),  # whose message would give the answer away
        Unusable("nothing_repaired"),
        record("ana/shop/gone.py", 10, "wait()", ""),
    ]  # fmt: skip


def test_the_commits_of_a_project_share_a_split() -> None:
    kitchen = record("ana/kitchen/oven.py", 11, "heat = 18", "heat = 180")
    assert [read(FIXTURE, split) for split in SPLITS[1:]] == [[kitchen], []]


@pytest.mark.parametrize("url", ["https://github.com/ana/kitchen.git", "https://GitHub.com/Ana/Kitchen/"])
def test_all_spellings_of_a_project_share_a_split(folder: Path, url: str) -> None:
    about = {"project_url": url, "file_path": "a.py", "commit_sha": SHA}
    write(folder, row("heat = 18", "heat = 180", METADATA=about))
    assert [len(read(folder, split)) for split in SPLITS] == [0, 1, 0]


@pytest.mark.parametrize(
    "lines", ["def net(gross):\n    return gross {} rate", "        net = gross {} rate\n        return net"]
)
def test_code_in_which_no_mark_of_a_diff_shows_stays_as_it_is(folder: Path, lines: str) -> None:
    write(folder, row(lines.format("*"), lines.format("/")))
    assert read(folder) == [record("ana/shop/a.py", 1, lines.format("*"), lines.format("/"), edits=())]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"METADATA": {"project_url": "p", "file_path": "f"}}, "METADATA: field 'commit_sha' is missing"),
        (
            {"METADATA": {"project_url": "p", "file_path": "f", "commit_sha": ""}},
            "METADATA: field 'commit_sha' is empty, and it is part of the row's identity",
        ),
        ({"METADATA": "p"}, "field 'METADATA' is str, expected dict"),
        ({"RESPONSE": "names"}, "RESPONSE is no fence after 'The fixed code is:'"),
        ({"RESPONSE": "The fixed code is:\n```\nnames\n"}, "RESPONSE is no fence after 'The fixed code is:'"),
        ({"INSTRUCTION": "name\n"}, "INSTRUCTION does not end with the code of RESPONSE"),
        ({"INSTRUCTION": None}, "field 'INSTRUCTION' is NoneType, expected str"),
    ],
)
def test_a_broken_row_is_named_once_over_all_splits(folder: Path, fields: dict[str, Any], problem: str) -> None:
    write(folder, row("name", "names", **fields), row("a", "b"))
    assert [item for split in SPLITS for item in read(folder, split)] == [
        Malformed(f"tssb-3m/{FILE}", 1, problem, REMEDY),
        record("ana/shop/a.py", 2, "a", "b", edits=()),
    ]


def test_a_file_cut_short_is_broken(folder: Path) -> None:
    (folder / FILE).write_bytes((FIXTURE / FILE).read_bytes()[:-20])
    with pytest.raises(BrokenFileError, match=rf"tssb-3m/{FILE}: the gzip data is damaged or cut short"):
        read(folder)
