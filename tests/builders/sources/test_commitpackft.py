"""CommitPackFT: two layouts, licences row by row, and commits that stand in them more than once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.commitpackft import LICENSES, SOURCE
from mulco.errors import BrokenFileError
from mulco.licenses import TERMS
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "commitpackft"
WANT = Want("code_repair", "en")
JAVA, EARLIER = "data/java/data.jsonl", "smallcommits_v2/Java/data.jsonl"
UNKNOWN = "LicenseRef-unknown"
REMEDY = "Correct or remove it, or fetch the file again"


def read(folder: Path, file: str, split: str = "train") -> list[Item]:
    (shard,) = (s for s in SOURCE.shards(folder, WANT) if (s.files[0], s.split) == (file, split))
    return list(SOURCE.read(folder, shard))


def commit(number: int) -> str:
    return f"{number:02x}" * 20


def row(**fields: Any) -> str:
    """A line as upstream writes it, with some of its fields replaced."""
    good = {
        "commit": commit(1), "old_file": "A.java", "new_file": "A.java", "old_contents": "int a = 1;\n",
        "new_contents": "int a = 2;\n", "subject": "Change a", "message": "Change a\n", "lang": "Java",
        "license": "mit", "repos": "ana/box",
    }  # fmt: skip
    return json.dumps({**good, **fields}) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "commitpackft"))


def test_published_commits_carry_the_licence_of_their_repository_and_the_subject_of_their_message() -> None:
    file = f"commitpackft/{JAVA}"
    assert read(FIXTURE, JAVA) == [
        Record(
            f"java/{commit(1)}/src/Box.java", "java",
            {
                "code": "class Box {\n    int size() { return items; }\n}\n",
                "fixed": "class Box {\n    int size() { return items.length; }\n}\n",
                "message": "Return the number of items",
            },
            file, 1, "MIT",
        ),
        Record(
            f"java/{commit(2)}/src/Lid.java", "java",
            {
                "code": "class Lid {\n    boolean open = true;\n}\n",
                "fixed": "class Lid {\n    boolean open;\n}\n",
                "message": "Start with a closed lid",
            },
            file, 2, "Apache-2.0", edits=("line ends",),
        ),
        Unusable("new_file"),
        Unusable("emptied_file"),
        Unusable("nothing_repaired"),  # but for line ends and the empty line at its end
        Record(  # whose message would give the answer away
            f"java/{commit(6)}/src/Tax.java", "java", {"code": "int tax = 0;\n", "fixed": "int tax = 19;\n"},
            file, 6, UNKNOWN,
        ),
    ]  # fmt: skip


def test_a_repository_and_its_forks_share_a_split() -> None:
    fields = {"code": "int zoom = 1;\n", "fixed": "int zoom = 2;\n", "message": "Zoom in"}
    zoom = Record(
        f"java/{commit(7)}/src/Map.java", "java", fields, f"commitpackft/{JAVA}", 7, "AGPL-3.0-only"
    )  # fmt: skip
    assert [read(FIXTURE, JAVA, split) for split in SPLITS[1:]] == [[zoom], []]


@pytest.mark.parametrize(
    "repos",
    ["bo/blue-globe", "dee/BLUE-Globe", "dee/blue-globe,dee/blue-globe,ana/a", "ana/a, dee/blue-globe ,eli/blue-globe"],
)
def test_the_name_most_of_its_repositories_have_decides_the_split(folder: Path, repos: str) -> None:
    (folder / JAVA).write_text(row(repos=repos))
    assert [len(read(folder, JAVA, split)) for split in SPLITS] == [0, 1, 0]


def test_the_earlier_collection_counts_once_what_it_repeats_and_what_is_published() -> None:
    file, teeth = f"commitpackft/{EARLIER}", {"message": "key: five teeth"}
    assert read(FIXTURE, EARLIER) == [
        Unusable("published_twice"),
        Record(
            f"java/{commit(11)}/src/Key.java", "java",
            {
                "code": "class Key {\n    int teeth = 4;\n}\n", "fixed": "class Key {\n    int teeth = 5;\n}\n",
                **teeth,
            },
            file, 2, UNKNOWN,
        ),
        Unusable("repeated"),
        Record(
            f"java/{commit(11)}/src/Lock.java", "java",
            {"code": "int teeth = 4;\n", "fixed": "int teeth = 5;\n", **teeth}, file, 4, UNKNOWN,
        ),
    ]  # fmt: skip


def test_without_a_repository_the_commit_decides_the_split_and_an_empty_message_is_none() -> None:
    fields = {"code": "int doors = 1;\n", "fixed": "int doors = 2;\n"}
    door = Record(f"java/{commit(43)}/src/Door.java", "java", fields, f"commitpackft/{EARLIER}", 5, UNKNOWN)
    assert [read(FIXTURE, EARLIER, split) for split in SPLITS[1:]] == [[door], []]


@pytest.mark.parametrize("text", [None, "", "version https://git-lfs.github.com/spec/v1\n"])
def test_a_published_file_that_cannot_be_read_publishes_nothing(folder: Path, text: str | None) -> None:
    (folder / JAVA).unlink() if text is None else (folder / JAVA).write_text(text)
    first, *_ = read(folder, EARLIER)
    assert isinstance(first, Record)
    assert first.id == f"java/{commit(1)}/src/Box.java"


def test_the_language_is_that_of_the_folder_and_mulco_must_know_it() -> None:
    assert read(FIXTURE, "data/shell/data.jsonl") == [
        Record(
            f"bash/{commit(8)}/run.sh", "bash",
            {"code": "cd $1\nls\n", "fixed": 'cd "$1" && ls\n', "message": "Quote the folder"},
            "commitpackft/data/shell/data.jsonl", 1, "LGPL-2.1-only",
        )
    ]  # fmt: skip
    assert read(FIXTURE, "data/text/data.jsonl") == [Unusable("no_code")]
    assert read(FIXTURE, "data/zephir/data.jsonl") == [Unusable("unknown_programming_language")]


def test_each_file_is_a_shard_of_every_split() -> None:
    published = [f"data/{name}/data.jsonl" for name in ("java", "shell", "text", "zephir")]
    assert list(SOURCE.shards(FIXTURE, WANT)) == [
        Shard(WANT, split, files) for split in SPLITS for files in [*((file,) for file in published), (EARLIER, JAVA)]
    ]
    assert list(SOURCE.shards(FIXTURE / "data", WANT)) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (row(commit=" "), "field 'commit' or 'new_file' is empty, and they are the identity of the row"),
        (row(new_file=""), "field 'commit' or 'new_file' is empty, and they are the identity of the row"),
        (row(old_contents=None), "field 'old_contents' is NoneType, expected str"),
        (row(license=1), "field 'license' is int, expected str or NoneType"),
        ("[]\n", "expected an object, found list"),
    ],
)
def test_a_broken_row_is_named_once_over_all_splits(folder: Path, line: str, problem: str) -> None:
    (folder / JAVA).write_text(line + row())
    items = [item for split in SPLITS for item in read(folder, JAVA, split)]
    assert items[:1] == [Malformed(f"commitpackft/{JAVA}", 1, problem, REMEDY)]
    assert [type(item) for item in items[1:]] == [Record]


def test_fields_that_upstream_may_leave_out_may_be_null(folder: Path) -> None:
    (folder / JAVA).write_text(row(license=None, repos=None, subject=None, message=None))
    fields = {"code": "int a = 1;\n", "fixed": "int a = 2;\n"}
    assert read(folder, JAVA) == [
        Record(f"java/{commit(1)}/A.java", "java", fields, f"commitpackft/{JAVA}", 1, UNKNOWN)
    ]


def test_an_empty_file_is_broken(folder: Path) -> None:
    (folder / JAVA).write_text("")
    with pytest.raises(BrokenFileError, match=f"commitpackft/{JAVA}: the file is empty"):
        read(folder, JAVA)


def test_every_licence_but_artistic_is_one_whose_terms_mulco_knows() -> None:
    assert set(LICENSES.values()) - set(TERMS) == {"Artistic-2.0"}


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "commitpackft"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert len(items) == sum(file.read_bytes().count(b"\n") for file in folder.glob("*/*/data.jsonl")) > 0
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records) > 0.5 * len(items)
    for record in records:
        code, fixed, message = (record.fields.get(name, "") for name in ("code", "fixed", "message"))
        assert "\r" not in code + fixed + message
        assert code.strip() != fixed.strip()
        assert fixed.strip() not in message
        assert "\n" not in message
