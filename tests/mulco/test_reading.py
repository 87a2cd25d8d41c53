"""Reading upstream formats: what is broken is named with file, line and remedy, and nothing else ever escapes."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco import reading
from mulco.errors import BrokenFileError
from mulco.reading import json_array, json_lines, lines, list_lines, literal, parallel_lines, whole_text, zip_members
from mulco.source import Malformed

FETCH_AGAIN = "Fetch the file again from its upstream address (mulco sources)"
CORRECT = "Correct or remove it, or fetch the file again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source's folder."""
    (tmp_path / "tiny").mkdir()
    return tmp_path / "tiny"


def broken(consume: Callable[[], Any]) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(BrokenFileError) as refused:
        consume()
    return str(refused.value)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


# Whole files


def test_a_missing_file_is_named(folder: Path) -> None:
    assert broken(lambda: list(lines(folder, "data/a.txt"))) == f"tiny/data/a.txt: the file is missing. {FETCH_AGAIN}"


def test_an_empty_file_holds_no_data(folder: Path) -> None:
    (folder / "a.txt").touch()
    assert broken(lambda: list(lines(folder, "a.txt"))) == f"tiny/a.txt: the file is empty. {FETCH_AGAIN}"


def test_a_gzip_of_nothing_holds_no_data(folder: Path) -> None:
    (folder / "a.gz").write_bytes(gzip.compress(b""))
    assert broken(lambda: list(lines(folder, "a.gz"))) == f"tiny/a.gz: the file holds no data. {FETCH_AGAIN}"


def test_an_empty_list_is_an_empty_list(folder: Path) -> None:
    (folder / "valid.txt").touch()
    assert list(list_lines(folder, "valid.txt")) == []


def test_a_folder_in_place_of_a_file_is_named(folder: Path) -> None:
    (folder / "a.txt").mkdir()
    sentence = "tiny/a.txt: the file cannot be opened (Is a directory). Check its permissions"
    assert broken(lambda: list(lines(folder, "a.txt"))) == sentence


@pytest.mark.parametrize("name", ["a.txt", "a.gz", "a.json", "a.zip"])
def test_a_git_lfs_pointer_is_told_from_the_data(folder: Path, name: str) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
    (folder / name).write_text(pointer, "utf-8")
    sentence = f"tiny/{name}: this is a Git LFS pointer, not the data. Run 'git lfs pull' where it was cloned"
    for consume in (lines, whole_text, literal, zip_members):
        assert broken(lambda consume=consume: list(consume(folder, name))) == sentence


def test_a_cut_gzip_is_broken_as_a_whole(folder: Path) -> None:
    data = gzip.compress("".join(f"line {n}\n" for n in range(1000)).encode())
    (folder / "a.gz").write_bytes(data[: len(data) // 2])
    found = broken(lambda: list(lines(folder, "a.gz")))
    assert found.startswith("tiny/a.gz: the gzip data is damaged or cut short (Compressed file ended before")
    assert found.endswith(f"). {FETCH_AGAIN}")


def test_text_in_place_of_a_gzip_is_broken_as_a_whole(folder: Path) -> None:
    (folder / "a.gz").write_text("<html>not found</html>", "utf-8")
    sentence = f"tiny/a.gz: the gzip data is damaged or cut short (Not a gzipped file (b'<h')). {FETCH_AGAIN}"
    assert broken(lambda: list(lines(folder, "a.gz"))) == sentence


def test_invalid_utf_8_in_a_whole_file_names_the_line(folder: Path) -> None:
    (folder / "a.json").write_bytes(b'["one",\n"caf\xe9"]')
    sentence = f"tiny/a.json, line 2: byte 13 is not UTF-8. {FETCH_AGAIN}"
    assert broken(lambda: list(json_array(folder, "a.json", {}))) == sentence


def test_a_json_file_that_is_no_array_is_broken(folder: Path) -> None:
    (folder / "a.json").write_text('{"a": 1}', "utf-8")
    sentence = f"tiny/a.json: the file is not a JSON array. {FETCH_AGAIN}"
    assert broken(lambda: list(json_array(folder, "a.json", {}))) == sentence


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a"', "[" * 200_000, "", "[1] [2]"])
def test_a_file_that_is_no_json_is_broken(folder: Path, text: str) -> None:
    (folder / "a.json").write_text(text or " ", "utf-8")
    assert broken(lambda: list(json_array(folder, "a.json", {}))).startswith("tiny/a.json: not JSON (")


@pytest.mark.parametrize(
    "text",
    ["[1, 2", "(" * 100_000, "-" * 100_000 + "1", "1+" * 50_000 + "1", "{[]: 1}", "'a\0b'", "open('a.txt', 'w')"],
)
def test_a_file_that_is_no_literal_is_broken_and_never_run(folder: Path, text: str) -> None:
    (folder / "a.txt").write_text(text, "utf-8")
    assert broken(lambda: literal(folder, "a.txt")).startswith("tiny/a.txt: not a Python literal (")


def test_a_literal_is_read(folder: Path) -> None:
    (folder / "a.txt").write_text("[(1, 0), [['a'], ['-10000']], -3]", "utf-8")
    assert literal(folder, "a.txt") == [(1, 0), [["a"], ["-10000"]], -3]


# Lines


def test_lines_end_at_line_feeds_alone(folder: Path) -> None:
    (folder / "a.txt").write_bytes("one\rstill one\r\ntwo\u2028\x0b\x0c\u0085still two\nthree".encode())
    expected = [(1, "one\rstill one\r"), (2, "two\u2028\x0b\x0c\u0085still two"), (3, "three")]
    assert list(lines(folder, "a.txt")) == expected


def test_a_line_that_is_not_utf_8_is_malformed_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"one\ncaf\xe9\nthree\n")
    expected = [(1, "one"), Malformed("tiny/a.txt", 2, "byte 4 is not UTF-8", CORRECT), (3, "three")]
    assert list(lines(folder, "a.txt")) == expected


def test_an_endless_line_is_broken_before_it_fills_the_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE", 1000)
    (folder / "a.gz").write_bytes(gzip.compress(b"short\n" + b"x" * 5000))
    sentence = f"tiny/a.gz, line 2: a line is longer than 1,000 bytes. {FETCH_AGAIN}"
    assert broken(lambda: list(lines(folder, "a.gz"))) == sentence


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"a": 1}', "field 'b' is missing"),
        ('{"a": "1", "b": "x"}', "field 'a' is str, expected int"),
        ('{"a": true, "b": "x"}', "field 'a' is bool, expected int"),
        ('{"a": 1, "b": null}', "field 'b' is NoneType, expected str or list"),
        ("[1]", "expected an object, found list"),
        ('{"a": 1, "b": "\\ud83d"}', "it escapes half a surrogate pair, which is no character"),
        ('{"a": 1, "b": "\\uDE00 x"}', "it escapes half a surrogate pair, which is no character"),
        ('{"a": 1, "b": ["\\uD83D"]}', "it escapes half a surrogate pair, which is no character"),
        ('{"a": 1, "b"', "not JSON (unexpected end of data: line 1 column 13 (char 12))"),
        ("", "not JSON (Input is a zero-length, empty document: line 1 column 1 (char 0))"),
    ],
)
def test_a_malformed_json_line_is_named_and_the_rest_goes_on(folder: Path, line: str, problem: str) -> None:
    (folder / "a.jsonl").write_text(f'{{"a": 1, "b": "x"}}\n{line}\n{{"a": 2, "b": []}}\n', "utf-8")
    types = {"a": int, "b": (str, list)}
    expected = [(1, {"a": 1, "b": "x"}), Malformed("tiny/a.jsonl", 2, problem, CORRECT), (3, {"a": 2, "b": []})]
    assert list(json_lines(folder, "a.jsonl", types)) == expected
    assert str(expected[1]) == f"tiny/a.jsonl, line 2: {problem}. {CORRECT}"


def test_a_line_nested_too_deeply_is_malformed(folder: Path) -> None:
    (folder / "a.jsonl").write_text("[" * 200_000, "utf-8")
    (item,) = json_lines(folder, "a.jsonl", {})
    assert isinstance(item, Malformed)
    assert item.problem.startswith("not JSON (depth limit exceeded")


def test_a_whole_surrogate_pair_is_a_character(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"a": "\\ud83d\\ude00"}\n{"a": "\\uD83D\\uDE00"}\n', "utf-8")
    assert list(json_lines(folder, "a.jsonl", {"a": str})) == [(1, {"a": "😀"}), (2, {"a": "😀"})]


def test_elements_of_an_array_are_counted_from_one(folder: Path) -> None:
    (folder / "a.json").write_text('[{"a": "x"}, {"b": "x"}, {"a": "\\ud800"}, {"a": "y"}]', "utf-8")
    assert list(json_array(folder, "a.json", {"a": str})) == [
        (1, {"a": "x"}),
        Malformed("tiny/a.json", 2, "field 'a' is missing", CORRECT),
        Malformed("tiny/a.json", 3, "it escapes half a surrogate pair, which is no character", CORRECT),
        (4, {"a": "y"}),
    ]


# Pairs of files


def test_parallel_lines_go_together(folder: Path) -> None:
    (folder / "a").write_bytes(b"one\ntw\xff\nthree\n")
    (folder / "b").write_bytes(b"1\n2\n3")
    malformed = Malformed("tiny/a", 2, "byte 3 is not UTF-8", CORRECT)
    assert list(parallel_lines(folder, "a", "b")) == [(1, "one", "1"), malformed, (3, "three", "3")]


@pytest.mark.parametrize(("a", "b", "short", "long"), [("x\n", "1\n2\n", "a", "b"), ("x\ny\n", "1\n", "b", "a")])
def test_parallel_files_of_unequal_length_are_broken(folder: Path, a: str, b: str, short: str, long: str) -> None:
    (folder / "a").write_text(a, "utf-8")
    (folder / "b").write_text(b, "utf-8")
    remedy = "Both files must have the same number of lines: fetch both again"
    sentence = f"tiny/{short}, line 2: it ends before line 2, which tiny/{long} has. {remedy}"
    assert broken(lambda: list(parallel_lines(folder, "a", "b"))) == sentence


@pytest.mark.parametrize("missing", ["a", "b"])
def test_a_missing_half_of_a_pair_is_broken(folder: Path, missing: str) -> None:
    (folder / ("b" if missing == "a" else "a")).write_text("x\n", "utf-8")
    sentence = f"tiny/{missing}: the file is missing. {FETCH_AGAIN}"
    assert broken(lambda: list(parallel_lines(folder, "a", "b"))) == sentence


# Archives


def test_members_of_an_archive_come_in_its_order(folder: Path) -> None:
    (folder / "a.zip").write_bytes(zipped({"b/": b"", "b/测试.json": b"[1]", "a.json": b"[2]"}))
    assert list(zip_members(folder, "a.zip")) == [("b/测试.json", b"[1]"), ("a.json", b"[2]")]


@pytest.mark.parametrize(
    "name", ["../evil.json", "a/../../evil.json", "/etc/evil.json", "..\\evil.json", "\\evil.json"]
)
def test_a_member_that_points_outside_the_archive_is_refused(folder: Path, name: str) -> None:
    (folder / "a.zip").write_bytes(zipped({"good.json": b"[]", name: b"[]"}))
    sentence = f"tiny/a.zip: member {name!r} points outside the archive. {FETCH_AGAIN}"
    assert broken(lambda: list(zip_members(folder, "a.zip"))) == sentence
    assert [path.name for path in folder.parent.rglob("*")] == ["tiny", "a.zip"]


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(folder: Path) -> None:
    (folder / "a.zip").write_bytes(zipped({"bomb.json": bytes(20 * 2**20)}))
    found = broken(lambda: next(zip_members(folder, "a.zip")))
    assert found.startswith("tiny/a.zip: it would unpack 2")
    assert found.endswith(f" bytes to 20,971,520. {FETCH_AGAIN}")


def test_a_member_that_is_larger_than_it_says_is_refused(folder: Path) -> None:
    """Its size in the central directory is set to 9 bytes, but 20 MiB come out."""
    data = bytearray(zipped({"bomb.json": bytes(20 * 2**20)}))
    at = data.rindex(b"PK\x01\x02") + 24
    assert int.from_bytes(data[at : at + 4], "little") == 20 * 2**20
    data[at : at + 4] = (9).to_bytes(4, "little")
    (folder / "a.zip").write_bytes(data)
    sentence = f"tiny/a.zip: the zip archive is damaged (Bad CRC-32 for file 'bomb.json'). {FETCH_AGAIN}"
    assert broken(lambda: list(zip_members(folder, "a.zip"))) == sentence


def test_a_cut_archive_is_broken(folder: Path) -> None:
    data = zipped({"a.json": b"[1, 2, 3]"})
    (folder / "a.zip").write_bytes(data[: len(data) // 2])
    sentence = f"tiny/a.zip: the zip archive is damaged (File is not a zip file). {FETCH_AGAIN}"
    assert broken(lambda: list(zip_members(folder, "a.zip"))) == sentence


def test_a_changed_byte_of_a_member_is_broken(folder: Path) -> None:
    data = zipped({"a.json": b"[1, 2, 3]"}, zipfile.ZIP_STORED)
    (folder / "a.zip").write_bytes(data.replace(b"[1, 2, 3]", b"[1, 2, 4]"))
    sentence = f"tiny/a.zip: the zip archive is damaged (Bad CRC-32 for file 'a.json'). {FETCH_AGAIN}"
    assert broken(lambda: list(zip_members(folder, "a.zip"))) == sentence


@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(seed=st.data())
def test_no_damage_to_a_file_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, seed: Any) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    rows = [{"a": n, "b": f"文{n}" * 20} for n in range(20)]
    text = json.dumps(rows, ensure_ascii=False)
    good, consume = seed.draw(
        st.sampled_from([
            (zipped({"文/a.json": text.encode(), "b.json": text.encode()}), zip_members),
            (gzip.compress(text.replace("}, ", "}\n").encode()), lambda f, p: json_lines(f, p, {"a": int})),
            (text.encode(), lambda f, p: json_array(f, p, {"a": int})),
            (repr(rows).encode(), lambda f, p: [literal(f, p)]),
        ])
    )  # fmt: skip
    data = bytearray(good)
    for _ in range(seed.draw(st.integers(1, 3))):
        at = seed.draw(st.integers(0, len(data) - 1))
        data[at : at + seed.draw(st.integers(0, 2))] = seed.draw(st.binary(max_size=3))
    (folder / "a.gz").write_bytes(data)
    with contextlib.suppress(BrokenFileError):
        for item in consume(folder, "a.gz"):
            assert isinstance(item, tuple | list)
