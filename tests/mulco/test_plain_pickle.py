"""Pickles are read as plain data: whatever would call something, or is damaged, is a broken file."""

from __future__ import annotations

import collections
import os
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from mulco.errors import BrokenFileError
from mulco.reading import plain_pickle

VALUE = {"ana/shop": [("ana/shop/LICENSE", "MIT", 1, 2.5, None, True, b"\xff")], ("a", 1): {"b": []}}


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def read(tmp_path: Path, content: bytes, encoding: str = "ASCII") -> Any:
    folder = tmp_path / "a-source"
    folder.mkdir(exist_ok=True)
    (folder / "data.pkl").write_bytes(content)
    return plain_pickle(folder, "data.pkl", encoding)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_plain_data_is_read(tmp_path: Path, protocol: int) -> None:
    assert read(tmp_path, pickle.dumps(VALUE, protocol)) == VALUE
    assert read(tmp_path, pickle.dumps({1, 2}, 4)) == {1, 2}


def test_the_strings_of_python_2_are_read_in_their_encoding(tmp_path: Path) -> None:
    content = b"(dp0\n(I12\nI0\ntp1\nS'caf\\xe9'\np2\nsL34L\nVs\\u00e9\np3\ns."
    assert read(tmp_path, content, "latin1") == {(12, 0): "café", 34: "sé"}


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_called(tmp_path: Path, protocol: int) -> None:
    trap = tmp_path / "called"
    with pytest.raises(BrokenFileError, match=r"a-source/data\.pkl: the pickle holds .*mkdir, and only plain data"):
        read(tmp_path, pickle.dumps([Call(os.mkdir, str(trap))], protocol))
    assert not trap.exists()


@pytest.mark.parametrize("value", [collections.OrderedDict(), Path("a"), len, Call(getattr, "", "upper")])
def test_nothing_is_imported(tmp_path: Path, value: Any) -> None:
    with pytest.raises(BrokenFileError, match="only plain data is read"):
        read(tmp_path, pickle.dumps(value))


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(VALUE, 4)[:-9],
        b"not a pickle",
        b"S'caf\\xe9'\n.",  # ASCII was asked for
        b"Pnobody\n.",
        b"\x80\x04\x82\x01.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
        pickle.dumps(bytearray(b"a"), 5),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BrokenFileError, match=r"a-source/data\.pkl: the pickle is damaged \(\w+\)\. Fetch the file"):
        read(tmp_path, content)


def test_a_damaged_number_in_the_memo_takes_no_room(tmp_path: Path) -> None:
    tracemalloc.start()
    assert read(tmp_path, b"\x80\x02]r\xff\xff\xff\x7f.") == []
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_flipped_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    for protocol in (0, 2, 4):
        content = pickle.dumps(VALUE, protocol)
        for place in range(len(content)):
            damaged = bytearray(content)
            damaged[place] ^= 0x15
            try:
                read(tmp_path, bytes(damaged), "latin1")
            except BrokenFileError:
                continue


def test_a_missing_file_and_a_pointer_are_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="the file is missing"):
        plain_pickle(tmp_path, "data.pkl")
    with pytest.raises(BrokenFileError, match="Git LFS pointer"):
        read(tmp_path, b"version https://git-lfs.github.com/spec/v1\n")
