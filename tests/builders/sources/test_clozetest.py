"""ClozeTest: answers recovered from CodeSearchNet's tokens, candidate words, and a licence of the repository."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.clozetest import SOURCE
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
WANT = Want("cloze_test", "en")
GO, ALL_GO, PYTHON = (f"cloze-{at}/clozeTest.json" for at in ("maxmin/go", "all/go", "maxmin/python"))
RAW = "../codesearchnet/resources/data/{}/final/jsonl/{}/{}_{}_0.jsonl.gz"
LARGER = "func Larger ( a , b int ) int {{ // no floats\nreturn {} ( a , b )\n}}"
REMEDY = "Correct or remove it, or fetch the file again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES / "codesearchnet", tmp_path / "codesearchnet")
    return Path(shutil.copytree(FIXTURES / "clozetest", tmp_path / "clozetest"))


def shard_of(folder: Path, file: str) -> Shard:
    (shard,) = (shard for shard in SOURCE.shards(folder, WANT) if shard.files[0] == file)
    return shard


def read(folder: Path, file: str) -> list[Item]:
    return list(SOURCE.read(folder, shard_of(folder, file)))


def record(part: str, line: int, code: str, answer: str, candidates: str) -> Record:
    fields = {"code": code, "answer": answer, "candidates": candidates}
    file = f"clozetest/cloze-{part}/go/clozeTest.json"
    id_ = f"{part}/go/{part}-{line}"
    return Record(id_, "go", fields, file, line, "LicenseRef-unknown", edits=("tokens joined",))


def write(file: Path, *rows: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows, indent=1), "utf-8")


def write_raw(folder: Path, language: str, split: str, *rows: dict[str, Any]) -> None:
    file = folder / RAW.format(language, split, language, split)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def test_a_shard_lists_the_words_and_every_file_that_can_hold_its_answers() -> None:
    raw = {language: [RAW.format(language, split, language, split) for split in ("valid", "test")]
           for language in ("go", "python")}  # fmt: skip
    assert list(SOURCE.shards(FIXTURES / "clozetest", WANT)) == [
        Shard(WANT, "test", (GO, "cloze-maxmin/cloze_test_words.txt", *raw["go"])),
        Shard(WANT, "test", (PYTHON, "cloze-maxmin/cloze_test_words.txt", *raw["python"])),
        Shard(WANT, "test", (ALL_GO, "cloze-all/cloze_test_words.txt", GO, *raw["go"])),
    ]


def test_the_answer_is_the_token_under_the_mask() -> None:
    assert read(FIXTURES / "clozetest", GO) == [
        record("maxmin", 1, LARGER.format("<mask>"), "max", "max min"),
        Unusable("answer_not_published"),  # no such function is at hand
        Unusable("several_answers"),  # two functions differ in this token alone
        Unusable("answer_not_published"),  # the token there is none of the candidate words
        Unusable("mask_in_code"),  # a string says <mask>, too
    ]


def test_a_row_of_all_that_maxmin_publishes_counts_there() -> None:
    code = LARGER.format("max").replace(") int", ") <mask>")
    assert read(FIXTURES / "clozetest", ALL_GO) == [
        record("all", 1, code, "int", "min sum return int max"),
        Unusable("published_in_maxmin"),
    ]


def test_without_maxmin_a_row_of_all_counts(folder: Path) -> None:
    (folder / GO).unlink()
    assert read(folder, ALL_GO)[1] == record(
        "all", 2, LARGER.format("<mask>"), "max", "min sum return int max"
    )  # fmt: skip


def test_without_the_words_any_answer_will_do_and_no_candidates_are_shown(folder: Path) -> None:
    (folder / "cloze-maxmin/cloze_test_words.txt").unlink()
    first, *_, fourth, _ = read(folder, GO)
    assert isinstance(first, Record)
    assert isinstance(fourth, Record)
    assert first.fields == {"code": LARGER.format("<mask>"), "answer": "max"}
    assert fourth.fields["answer"] == "return"


def test_the_words_may_end_their_lines_with_cr_lf(folder: Path) -> None:
    (folder / "cloze-maxmin/cloze_test_words.txt").write_bytes(b"max\r\nmin\r\n")
    assert read(folder, GO) == read(FIXTURES / "clozetest", GO)


def test_without_codesearchnet_nothing_is_answered(folder: Path) -> None:
    shutil.rmtree(folder.parent / "codesearchnet")
    assert set(read(folder, PYTHON)) == {Unusable("answer_not_published")}


def test_answers_are_not_sought_in_the_train_files(folder: Path) -> None:
    file = folder / RAW.format("python", "valid", "python", "valid")
    file.rename(folder / RAW.format("python", "train", "python", "train"))
    assert read(folder, PYTHON) == [Unusable("answer_not_published")]


def test_a_broken_file_of_codesearchnet_answers_nothing_and_breaks_nothing(folder: Path) -> None:
    file = folder / RAW.format("go", "valid", "go", "valid")
    file.write_bytes(file.read_bytes()[:20])
    first, *others = read(folder, GO)
    assert first == Unusable("answer_not_published")
    assert len(others) == 4


def test_broken_rows_of_codesearchnet_are_passed_over(folder: Path) -> None:
    file = folder / RAW.format("go", "valid", "go", "valid")
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    strange = {**rows[0], "code_tokens": [["func"], *rows[0]["code_tokens"][1:]]}
    write_raw(folder, "go", "valid", {**rows[0], "code_tokens": None}, {"url": "x"}, strange, *rows)
    assert read(folder, GO) == read(FIXTURES / "clozetest", GO)


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        ({"ana/shop": [("ana/shop/LICENSE", "Apache License 2.0")]}, "Apache-2.0 AND C-UDA-1.0"),
        ({"ana/shop": [("ana/shop/LICENSE", "Be kind.")]}, "LicenseRef-unknown"),
        ({}, "LicenseRef-unknown"),
        ([], "LicenseRef-unknown"),  # broken, as codesearchnet says
    ],
)
def test_a_row_carries_the_licence_of_the_repository_too(folder: Path, licenses: Any, expected: str) -> None:
    file = folder.parent / "codesearchnet/resources/data/python_licenses.pkl"
    file.write_bytes(pickle.dumps(licenses, protocol=4))
    assert "../codesearchnet/resources/data/python_licenses.pkl" in shard_of(folder, PYTHON).files
    (found,) = read(folder, PYTHON)
    assert isinstance(found, Record)
    assert found.license == expected


def test_copies_of_a_function_under_different_licences_carry_both(folder: Path) -> None:
    file = folder / RAW.format("python", "valid", "python", "valid")
    first = json.loads(gzip.decompress(file.read_bytes()).splitlines()[0])
    write_raw(folder, "python", "valid", first, {**first, "repo": "bo/copy", "url": "https://example.org/copy"})
    licenses = {"ana/shop": ("ana/shop/LICENSE", "MIT"), "bo/copy": ("bo/copy/COPYING", "ISC License")}
    (folder.parent / "codesearchnet/resources/data/python_licenses.pkl").write_bytes(pickle.dumps(licenses))
    (found,) = read(folder, PYTHON)
    assert isinstance(found, Record)
    assert found.license == "C-UDA-1.0 AND ISC AND MIT"


def test_a_broken_row_is_named_and_the_rest_is_read(folder: Path) -> None:
    (row,) = json.loads((folder / PYTHON).read_text("utf-8"))
    bare = {key: value for key, value in row.items() if key != "nl_tokens"}
    write(
        folder / PYTHON, bare, {**row, "idx": 1}, {**row, "pl_tokens": ["<mask>", 0]},
        {**row, "pl_tokens": ["<mask>"] * 2}, {**row, "pl_tokens": []}, row,
    )  # fmt: skip
    problems = ["field 'nl_tokens' is missing", "field 'idx' is int, expected str",
                "field 'pl_tokens' holds a token that is no string", "expected one <mask> among 'pl_tokens', found 2",
                "expected one <mask> among 'pl_tokens', found 0"]  # fmt: skip
    assert read(folder, PYTHON)[:-1] == [
        Malformed(f"clozetest/{PYTHON}", line, problem, REMEDY) for line, problem in enumerate(problems, 1)
    ]
    assert isinstance(read(folder, PYTHON)[-1], Record)


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        (GO, b'{"idx": "maxmin-1"}', "the file is not a JSON array"),
        (GO, b'[{"idx": "maxmin-1"', "not JSON"),
        ("cloze-maxmin/cloze_test_words.txt", b"max\n\xe9\n", "line 2: byte 5 is not UTF-8"),
        ("cloze-maxmin/cloze_test_words.txt", b"", "the file is empty"),
    ],
)
def test_a_broken_file_is_named(folder: Path, file: str, content: bytes, problem: str) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(BrokenFileError, match=rf"clozetest/{file}.*{problem}"):
        read(folder, GO)


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "clozetest"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert records
    assert not [item for item in items if isinstance(item, Malformed)]
    assert Counter(record.id for record in records).most_common(1)[0][1] == 1
    for record in records:
        assert record.fields["code"].count("<mask>") == 1
        assert "\r" not in record.fields["code"]
        assert record.fields["answer"] in record.fields["candidates"].split()


@pytest.mark.upstream
def test_the_answers_that_others_joined_come_out_the_same(upstream: Path) -> None:
    folder = upstream / "clozetest"
    rows = (line.split("\t") for line in (folder / "derived/maxmin_answers_joined.tsv").read_text("utf-8").splitlines())
    joined = {f"maxmin/{language}/{idx}": word for language, idx, word, *_ in rows}
    found = {
        item.id: item.fields["answer"]
        for shard in SOURCE.shards(folder, WANT)
        for item in SOURCE.read(folder, shard)
        if isinstance(item, Record)
    }
    assert joined == {id_: found.get(id_) for id_ in joined}
