"""CoSQA and WebQueryTest: four forms of the same pairs, and functions that lost their line breaks."""

from __future__ import annotations

import ast
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.cosqa import SOURCE, with_line_breaks
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "cosqa"
WANT = Want("code_search", "en")
TRAIN, DEV = "CoSQA/cosqa-train.json", "CoSQA/cosqa-dev.json"
RETRIEVAL, WEBQUERY = "retrieval/cosqa-retrieval-dev-500.json", "data/test_webquery.json"
FIRST = "first-release/data/test_search.txt"
CUT, RESTORED = "documentation cut out of the code", "line breaks restored from runs of spaces"
TOTAL = "def total(prices):\n    result = 0\n    for price in prices:\n        result += price\n\n    return result"
REMEDY = "Correct or remove it, or fetch the file again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "cosqa"))


def read(folder: Path, file: str) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, WANT) if shard.files[0] == file)
    return list(SOURCE.read(folder, shard))


def pair(id_: str, query: str, code: str, label: bool, file: str, line: int, *edits: str) -> Record:
    return Record(id_, "python", {"query": query, "code": code, "label": label}, f"cosqa/{file}", line, edits=edits)


def row(idx: Any, **other: Any) -> dict[str, Any]:
    return {"idx": idx, "doc": "python go", "code": "def go():\n    pass", "label": 1, **other}


def write(folder: Path, file: str, *rows: Any) -> None:
    (folder / file).write_text(json.dumps(rows, indent=1))


def test_a_shard_a_file_with_the_forms_it_must_not_repeat() -> None:
    assert list(SOURCE.shards(FIXTURE, WANT)) == [
        Shard(WANT, "validation", (DEV,)),
        Shard(WANT, "validation", (RETRIEVAL, DEV)),
        Shard(WANT, "test", (WEBQUERY, DEV, RETRIEVAL)),
        Shard(WANT, "test", (FIRST, DEV, RETRIEVAL, WEBQUERY)),
    ]


def test_files_of_every_split_are_read_but_not_those_that_scripts_rewrite(folder: Path) -> None:
    for name in ("train-19604", "test-500", "train-19604-qra-switch-28624"):
        write(folder, f"retrieval/cosqa-retrieval-{name}.json", row("cosqa-train-1"))
    write(folder, TRAIN, row("cosqa-train-2"))
    assert [(shard.split, shard.files[0]) for shard in SOURCE.shards(folder, WANT)] == [
        ("train", TRAIN),
        ("train", "retrieval/cosqa-retrieval-train-19604.json"),
        ("validation", DEV),
        ("validation", RETRIEVAL),
        ("test", "retrieval/cosqa-retrieval-test-500.json"),
        ("test", WEBQUERY),
        ("test", FIRST),
    ]


def test_documentation_is_cut_out_of_the_functions() -> None:
    oven = "def is_hot(oven, limit=200):\n    return oven.degrees > limit"
    assert read(FIXTURE, DEV) == [
        pair("cosqa-dev-0", "python is my oven too hot", oven, True, DEV, 1, CUT),
        pair("cosqa-dev-1", "sum of prices in python", TOTAL, True, DEV, 2, CUT),
        pair("cosqa-dev-2", "python last element", "def first(items):\n    return items[0]", False, DEV, 3, CUT),
    ]


def test_the_form_for_retrieval_counts_a_pair_of_the_other_form_once() -> None:
    code = "def last(items):\n    return items[-1]"
    assert read(FIXTURE, RETRIEVAL) == [
        pair("cosqa-train-41", "python get last list item", code, True, RETRIEVAL, 1, CUT),
        Unusable("published_twice"),
    ]


def test_a_pair_of_another_split_counts_there(folder: Path) -> None:
    write(folder, TRAIN, row("cosqa-train-41", doc="python get last list item"))
    assert read(folder, RETRIEVAL) == [Unusable("published_twice")] * 2


def test_webquery_has_no_labels() -> None:
    assert read(FIXTURE, WEBQUERY) == [Unusable("unlabelled")] * 2


def test_the_first_release_has_line_breaks_again_and_repeats_no_labelled_pair() -> None:
    assert read(FIXTURE, FIRST) == [
        pair(
            "first-release/data/test_search/1", "python first element", "def first(items):\n    return items[0]", True,
            FIRST, 1, RESTORED, CUT,
        ),
        Unusable("published_twice"),
        pair(
            "first-release/data/test_search/3", "close a file in python", "def close(self):\n\tself.file.close()",
            False, FIRST, 3, RESTORED, CUT,
        ),
    ]  # fmt: skip


def test_a_broken_form_leaves_its_pairs_to_the_next_one(folder: Path) -> None:
    (folder / DEV).write_text("[{")
    with pytest.raises(BrokenFileError, match=f"cosqa/{DEV}: not JSON"):
        read(folder, DEV)
    assert read(folder, RETRIEVAL)[1] == pair("cosqa-dev-1", "sum of prices in python", TOTAL, True, RETRIEVAL, 2, CUT)
    assert Unusable("published_twice") in read(folder, FIRST)
    (folder / RETRIEVAL).unlink()
    assert read(folder, FIRST)[1] == pair(
        "first-release/data/test_search/2", "sum of prices in python", TOTAL, True, FIRST, 2, RESTORED, CUT
    )


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    if x:\n        return 1\n\n    return 2",
        "def f(self):\n        x = 1  # one\n        # it's two\n        return 'a    b' + \"c    d\"",
        "def f(a,\n      b):\n    return a",
        'def f():\n    """\n    Do.  Then stop.\n\n        >>> f()\n    """\n    pass',
        "def f(s):\n\tif s:\n\t\treturn 1\n\n\treturn 2",
        "def f(x): return x",
    ],
)
def test_line_breaks_come_back(code: str) -> None:
    assert with_line_breaks(code.replace("\n", " ")) == code


def test_rows_that_break_the_format(folder: Path) -> None:
    write(
        folder, DEV, row("", doc="x"), row(7), row("cosqa-dev-1", label="1"), row("cosqa-dev-2", label=2),
        row("cosqa-dev-3", doc=" python go "), row("cosqa-dev-4", code="def go():\r\n    pass"), row("n", label=None),
    )  # fmt: skip
    code, name = "def go():\n    pass", f"cosqa/{DEV}"
    assert read(folder, DEV) == [
        Malformed(name, 1, "field 'idx' is empty, and it is the identity of the pair", REMEDY),
        Malformed(name, 2, "field 'idx' is int, expected str", REMEDY),
        Malformed(name, 3, "label is '1', expected 0 or 1", REMEDY),
        Malformed(name, 4, "label is 2, expected 0 or 1", REMEDY),
        pair("cosqa-dev-3", "python go", code, True, DEV, 5, "white space around the query"),
        pair("cosqa-dev-4", "python go", code, True, DEV, 6, "line ends"),
        Unusable("unlabelled"),
    ]


def test_lines_that_break_the_format(folder: Path) -> None:
    lines = ["1<CODESPLIT>python go", "2<CODESPLIT>python go<CODESPLIT>def go(): pass", "", "0<CODESPLIT>a<CODESPLIT>b"]
    (folder / FIRST).write_text("\n".join(lines) + "\n")
    name = f"cosqa/{FIRST}"
    assert read(folder, FIRST) == [
        Malformed(name, 1, "expected label<CODESPLIT>query<CODESPLIT>code, found '1<CODESPLIT>python go'", REMEDY),
        Malformed(name, 2, "label is '2', expected 0 or 1", REMEDY),
        Malformed(name, 3, "expected label<CODESPLIT>query<CODESPLIT>code, found ''", REMEDY),
        pair("first-release/data/test_search/4", "a", "b", False, FIRST, 4),
    ]


def python_3(code: str) -> Any:
    """The function that some code defines, or None where it is Python 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that Python 2 allowed
        try:
            return ast.parse(code).body[0]
        except SyntaxError:
            return None


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "cosqa"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records) > 0
    pairs = {(record.fields["query"], " ".join(record.fields["code"].split())) for record in records}
    assert len(pairs) == len(records)
    for record in records:
        code = record.fields["code"]
        assert "\r" not in code
        assert "\n" in code
        function = python_3(code)
        assert function is None or ast.get_docstring(function) is None
    assert sum(CUT in record.edits for record in records) > 0.9 * len(records)


@pytest.mark.upstream
def test_real_functions_get_their_line_breaks_back(upstream: Path) -> None:
    folder = upstream / "cosqa"
    shards = (shard for shard in SOURCE.shards(folder, WANT) if shard.files[0].startswith(("CoSQA", "retrieval")))
    items = (item for shard in shards for item in SOURCE.read(folder, shard))
    codes = {item.fields["code"] for item in items if isinstance(item, Record)}
    same = [code for code in codes if with_line_breaks(code.replace("\n", " ")) == code]
    assert len(same) > 0.8 * len(codes)
