"""CodePro: one Python list literal a file, and splits that follow from the title."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.codepro import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "codepro"
WANT = Want("code_search", "en")
PYTHON, SQL = (f"data_hnn/{language}_hnn_qid2index_blocks_labeled.txt" for language in ("python", "sql"))
AROUND_CODE, AROUND_TITLE = "white space around the code", "white space around the title"


def read(folder: Path, file: str, split: str) -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (file,))))


def record(id_: str, query: str, code: str, label: bool, line: int, *edits: str) -> Record:
    language = id_.split("/")[0]
    file = f"codepro/data_hnn/{language}_hnn_qid2index_blocks_labeled.txt"
    return Record(id_, language, {"query": query, "code": code, "label": label}, file, line, edits=edits)


def block(**parts: Any) -> list[Any]:
    """An element as upstream writes it, with some of its parts replaced."""
    good = {"iid": (7, 0), "texts": [[""], ["-10000"]], "code": [[" go()\n"]], "title": ["Go"], "blocks": 1, "label": 1}
    return list({**good, **parts}.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "codepro"))


def test_each_file_is_a_shard_of_every_split_and_lists_of_ids_are_not_read(folder: Path) -> None:
    assert list(SOURCE.shards(folder, WANT)) == [
        Shard(WANT, split, (file,)) for split in SPLITS for file in (PYTHON, SQL)
    ]


def test_a_file_that_is_absent_gives_no_shard(folder: Path) -> None:
    (folder / PYTHON).unlink()
    assert [shard.files for shard in SOURCE.shards(folder, WANT)] == [(SQL,), (SQL,), (SQL,)]


def test_the_blocks_of_a_question_and_of_its_title_share_a_split() -> None:
    assert read(FIXTURE, PYTHON, "train") == [
        record(
            "python/1002/0", "Open a file and close it again", "with open(name) as file:\n    read(file)",
            True, 3, AROUND_CODE, AROUND_TITLE,
        ),
        record(
            "python/1003/0", "open a file, and close it again?", "file = open(name)\nfile.close()",
            True, 4, AROUND_CODE,
        ),
        record("python/1003/2", "open a file, and close it again?", "Closed", False, 5, "line ends", AROUND_CODE),
    ]  # fmt: skip
    assert read(FIXTURE, PYTHON, "test") == [
        record(
            "python/1001/0", "Count orders per week in Python",
            "from collections import Counter\nCounter(order.week for order in orders)", True, 1, AROUND_CODE,
        ),
        record("python/1001/1", "Count orders per week in Python", "Counter({7: 2})", False, 2, AROUND_CODE),
    ]  # fmt: skip


def test_one_space_before_the_code_is_upstreams_and_the_indentation_below_it_the_posts() -> None:
    assert read(FIXTURE, PYTHON, "validation") == [
        record(
            "python/1005/2", "Group unpaid bills in Python",
            "        for bill in bills:\n            groups[bill.month].append(bill)", True, 6, AROUND_CODE,
        )
    ]  # fmt: skip
    assert read(FIXTURE, SQL, "train") == [
        record(
            "sql/2002/1", "Rotate a table by 90° or keep the <table> tag",
            '  SELECT week AS "Übersicht",\n          COUNT(*)\n     FROM orders\n GROUP BY week', True, 2, AROUND_CODE,
        )
    ]  # fmt: skip


def test_code_without_space_around_it_is_not_edited(folder: Path) -> None:
    (folder / SQL).write_text(repr([block(code=[["select 1"]])]))
    assert read(folder, SQL, "train") == [record("sql/7/0", "Go", "select 1", True, 1)]


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        (block()[:2], "expected an element of six parts, found [(7, 0), [[''], ['-10000']]]"),
        ("block", "expected an element of six parts, found 'block'"),
        (block(iid=(7, "0")), "part 1 should be the question id and the block index, found (7, '0')"),
        (block(iid=7), "part 1 should be the question id and the block index, found 7"),
        (
            block(texts=["before"]),
            "part 2 should be a list with the text before and one with the text after, found ['before']",
        ),
        (block(code=["go()"]), "part 3 should be the code in two lists, found ['go()']"),
        (block(code=[["go()", "went()"]]), "part 3 should be the code in two lists, found [['go()', 'went()']]"),
        (block(title=[]), "part 4 should be the title in a list, found []"),
        (block(title="x" * 90), f"part 4 should be the title in a list, found '{'x' * 76}..."),
        (block(blocks="1"), "part 5 should be the number of blocks, found '1'"),
        (block(label=True), "part 6 should be the label, found True"),
        (block(label=2), "the label is 2, expected 0 or 1"),
        (block(title=["\ud800"]), "it escapes half a surrogate pair, which is no character"),
        (block(title=["Went"]), "question 7 had the title 'Go' before, here it is 'Went'"),
    ],
)  # fmt: skip
def test_a_broken_element_is_named_once_over_all_splits(folder: Path, element: object, problem: str) -> None:
    (folder / SQL).write_text(repr([block(), element, block(iid=(7, 1))]))
    assert [item for split in SPLITS for item in read(folder, SQL, split)] == [
        record("sql/7/0", "Go", "go()", True, 1, AROUND_CODE),
        Malformed(f"codepro/{SQL}", 2, problem, "Correct or remove that element, or fetch the file again"),
        record("sql/7/1", "Go", "go()", True, 3, AROUND_CODE),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[(1, 0),", "not a Python literal"),
        ("__import__('os').getcwd()", "not a Python literal"),
        ("{'a': 1}", "the literal is a dict, expected a list"),
        ("", "the file is empty"),
    ],
)
def test_a_file_that_is_no_list_is_broken(folder: Path, text: str, problem: str) -> None:
    (folder / SQL).write_text(text)
    with pytest.raises(BrokenFileError, match=f"codepro/{SQL}: {problem}"):
        read(folder, SQL, "train")


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "codepro"
    splits: dict[str, list[Item]] = defaultdict(list)
    for shard in SOURCE.shards(folder, WANT):
        splits[shard.split] += SOURCE.read(folder, shard)
    records = [item for items in splits.values() for item in items if isinstance(item, Record)]
    others = [item for items in splits.values() for item in items if not isinstance(item, Record)]
    assert records
    assert set(others) <= {Unusable("published_in_staqc")}
    assert len({record.id for record in records}) == len(records)
    assert {type(record.fields["label"]) for record in records} == {bool}
    assert not [record.id for record in records if "\r" in record.fields["code"]]
    questions = [
        {record.id.rsplit("/", 1)[0] for record in items if isinstance(record, Record)} for items in splits.values()
    ]
    titles = [
        {record.fields["query"].lower() for record in items if isinstance(record, Record)} for items in splits.values()
    ]
    for groups in (questions, titles):
        assert sum(map(len, groups)) == len(set().union(*groups))
