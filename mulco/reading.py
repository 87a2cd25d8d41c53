"""Reading upstream file formats safely: every failure names the file, the line where there is one, and a remedy.

    for line, value in json_lines(folder, "test.jsonl", {"func": str}): ...

Paths are given as (folder, path below it), and messages show the path below the upstream folder. Functions that
yield give `(line, value)` or `Malformed`; a file that is broken as a whole raises `BrokenFileError`.
"""

from __future__ import annotations

import ast
import gzip
import io
import itertools
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import orjson

from mulco.errors import BrokenFileError
from mulco.source import Malformed

FETCH_AGAIN = "Fetch the file again from its upstream address (mulco sources)"
CORRECT_LINE = "Correct or remove it, or fetch the file again"
MAX_LINE = 64 * 2**20  # bytes; the longest real line seen is under 1 MiB
MAX_ARCHIVE = 4 * 2**30  # bytes unpacked; the largest archive a source reads is far below
MAX_RATIO = 200  # unpacked to packed; text reaches about 20
# What zipfile raises on damaged bytes, found by flipping them: a wrong offset, flag, name or method, a cut member.
_DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)
_NO_CHARACTER = "it escapes half a surrogate pair, which is no character"
_LFS = b"version https://git-lfs.github.com/spec/"


def shown(folder: Path, path: str) -> str:
    """A path as messages show it: below the upstream folder, starting with the source's own folder."""
    return f"{folder.name}/{path}"


def open_data(folder: Path, path: str) -> BinaryIO:
    """Open an upstream file for reading bytes; refuse one that is missing, empty or a Git LFS pointer."""
    name = shown(folder, path)
    try:
        stream = (folder / path).open("rb")
    except FileNotFoundError as err:
        raise BrokenFileError(name, "the file is missing", FETCH_AGAIN) from err
    except OSError as err:
        raise BrokenFileError(name, f"the file cannot be opened ({err.strerror})", "Check its permissions") from err
    start = stream.peek(len(_LFS))[: len(_LFS)]
    if start.startswith(_LFS):
        stream.close()
        raise BrokenFileError(name, "this is a Git LFS pointer, not the data", "Run 'git lfs pull' where it was cloned")
    if not start:
        stream.close()
        raise BrokenFileError(name, "the file is empty", FETCH_AGAIN)
    return stream


def lines(folder: Path, path: str) -> Iterator[tuple[int, str] | Malformed]:
    """Lines of a UTF-8 text file, split on LF alone and without it; a name that ends in .gz is unpacked."""
    name = shown(folder, path)
    with open_data(folder, path) as raw:
        stream: BinaryIO = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw  # type: ignore[assignment]
        try:
            number = 0
            for number, line in enumerate(iter(partial(stream.readline, MAX_LINE), b""), 1):
                if len(line) == MAX_LINE:
                    raise BrokenFileError(name, f"a line is longer than {MAX_LINE:,} bytes", FETCH_AGAIN, number)
                try:
                    yield number, line.rstrip(b"\n").decode("utf-8")
                except UnicodeDecodeError as err:
                    yield Malformed(name, number, f"byte {err.start + 1} is not UTF-8", CORRECT_LINE)
            if not number:
                raise BrokenFileError(name, "the file holds no data", FETCH_AGAIN)
        except (EOFError, zlib.error, gzip.BadGzipFile) as err:
            raise BrokenFileError(name, f"the gzip data is damaged or cut short ({err})", FETCH_AGAIN) from err


def list_lines(folder: Path, path: str) -> Iterator[tuple[int, str] | Malformed]:
    """Lines of a list, without the white space around them; an empty file is an empty list, not a broken one."""
    file = folder / path
    if file.is_file() and file.stat().st_size == 0:
        return
    for item in lines(folder, path):
        yield item if isinstance(item, Malformed) else (item[0], item[1].strip())


def json_lines(
    folder: Path, path: str, types: Mapping[str, type | tuple[type, ...]]
) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Objects of a JSON Lines file, each with at least the fields of `types`, of those types."""
    name = shown(folder, path)
    for item in lines(folder, path):
        if isinstance(item, Malformed):
            yield item
            continue
        number, text = item
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as err:
            wrong = _NO_CHARACTER if "surrogate" in str(err) else f"not JSON ({err})"
            yield Malformed(name, number, wrong, CORRECT_LINE)
            continue
        problem = wrong_fields(value, types)
        yield Malformed(name, number, problem, CORRECT_LINE) if problem else (number, value)


def json_array(
    folder: Path, path: str, types: Mapping[str, type | tuple[type, ...]], data: bytes | None = None
) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Objects of a JSON file that is one array; `data` gives its bytes where they come out of an archive."""
    name = shown(folder, path)
    values = json_value(folder, path, data)
    if not isinstance(values, list):
        raise BrokenFileError(name, "the file is not a JSON array", FETCH_AGAIN)
    for number, value in enumerate(values, 1):
        problem = wrong_fields(value, types) or _half_surrogate(value)
        yield Malformed(name, number, problem, CORRECT_LINE) if problem else (number, value)


def parquet_rows(
    folder: Path, path: str, types: Mapping[str, type | tuple[type, ...]]
) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Rows of a Parquet file, the columns of `types` alone, each of its type; read some thousand at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = shown(folder, path)
    with open_data(folder, path) as stream:
        try:
            file = pq.ParquetFile(stream)
            for column in types:
                if column not in file.schema_arrow.names:
                    raise BrokenFileError(name, f"column {column!r} is missing", FETCH_AGAIN)
            batches = file.iter_batches(10_000, columns=list(types))
            rows = itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
            for number, value in enumerate(rows, 1):
                problem = wrong_fields(value, types)
                yield Malformed(name, number, problem, CORRECT_LINE) if problem else (number, value)
        except (pa.ArrowException, OSError, ValueError) as err:
            raise BrokenFileError(name, f"the Parquet data is damaged ({err})", FETCH_AGAIN) from err


def json_value(folder: Path, path: str, data: bytes | None = None) -> Any:
    """The one JSON value of a whole file."""
    text = whole_text(folder, path, data)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as err:
        raise BrokenFileError(shown(folder, path), f"not JSON ({err})", FETCH_AGAIN) from err


def literal(folder: Path, path: str) -> Any:
    """The one Python literal of a whole file, read without running anything."""
    text = whole_text(folder, path)
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as err:
        raise BrokenFileError(shown(folder, path), f"not a Python literal ({type(err).__name__})", FETCH_AGAIN) from err


def plain_pickle(folder: Path, path: str, encoding: str = "ASCII") -> Any:
    """The one value of a pickle, which may hold dicts, lists, tuples, sets, strings, numbers and None alone.

    Nothing in it is imported or called. `encoding` is that of Python 2's strings, often "latin1".
    """
    name = shown(folder, path)
    with open_data(folder, path) as stream:
        data = stream.read()
    try:
        return _PlainUnpickler(io.BytesIO(data), encoding=encoding).load()
    except _NotPlainError as err:
        problem = f"the pickle holds {err}, and only plain data is read"
        raise BrokenFileError(name, problem, FETCH_AGAIN) from err
    except Exception as err:  # damaged bytes can raise nearly anything
        raise BrokenFileError(name, f"the pickle is damaged ({type(err).__name__})", FETCH_AGAIN) from err


def whole_text(folder: Path, path: str, data: bytes | None = None) -> str:
    """The text of a whole UTF-8 file."""
    if data is None:
        with open_data(folder, path) as stream:
            data = stream.read()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise BrokenFileError(shown(folder, path), f"byte {err.start + 1} is not UTF-8", FETCH_AGAIN, line) from err


def parallel_lines(folder: Path, first: str, second: str) -> Iterator[tuple[int, str, str] | Malformed]:
    """Line n of one file with line n of another; files of unequal length are broken."""
    pairs = itertools.zip_longest(lines(folder, first), lines(folder, second))
    for number, (a, b) in enumerate(pairs, 1):
        if a is None or b is None:
            short, long = (first, second) if a is None else (second, first)
            raise BrokenFileError(
                shown(folder, short), f"it ends before line {number}, which {shown(folder, long)} has",
                "Both files must have the same number of lines: fetch both again", number,
            )  # fmt: skip
        if isinstance(a, Malformed):
            yield a
        elif isinstance(b, Malformed):
            yield b
        else:
            yield number, a[1], b[1]


def zip_members(folder: Path, path: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file in a zip archive, in archive order, nothing unpacked to disk.

    Names stored without the UTF-8 flag are read as GBK, as Chinese Windows writes them. An archive that would unpack
    to more than it says, to absurdly much, or outside its folder is refused.
    """
    name = shown(folder, path)
    with open_data(folder, path) as stream:
        try:
            with zipfile.ZipFile(io.BufferedReader(stream)) as archive:  # type: ignore[type-var]
                members = [member for member in archive.infolist() if not member.is_dir()]
                _refuse_bomb(name, members)
                for member in members:
                    member_name = _member_name(member)
                    if member_name.startswith(("/", "\\")) or ".." in Path(member_name.replace("\\", "/")).parts:
                        raise BrokenFileError(name, f"member {member_name!r} points outside the archive", FETCH_AGAIN)
                    with archive.open(member) as data:
                        content = data.read(member.file_size + 1)
                    if len(content) > member.file_size:
                        raise BrokenFileError(name, f"member {member_name!r} is larger than it says", FETCH_AGAIN)
                    yield member_name, content
        except _DAMAGED_ZIP as err:
            raise BrokenFileError(name, f"the zip archive is damaged ({err})", FETCH_AGAIN) from err


def with_lf(text: str) -> str:
    """Text in which every line end is LF, whether it was CR LF, CR or LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def wrong_fields(value: Any, types: Mapping[str, type | tuple[type, ...]]) -> str | None:
    """What is wrong with an object that should have these fields of these types, or None."""
    if not isinstance(value, dict):
        return f"expected an object, found {type(value).__name__}"
    for key, kind in types.items():
        if key not in value:
            return f"field {key!r} is missing"
        if not isinstance(value[key], kind) or (isinstance(value[key], bool) and kind is int):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            expected = " or ".join(k.__name__ for k in kinds)
            return f"field {key!r} is {type(value[key]).__name__}, expected {expected}"
    return None


class _NotPlainError(pickle.UnpicklingError):
    """A pickle that holds more than plain data."""


class _PlainUnpickler(pickle._Unpickler):
    """Refuses every name that a pickle would import: without one, nothing can be called.

    It is the one written in Python: that in C takes room for all numbers below a damaged one in its memo, up to 64 GB.
    A bytearray would take as much as it says, and is not needed.
    """

    dispatch: ClassVar[Any] = {
        code: load for code, load in pickle._Unpickler.dispatch.items() if code != pickle.BYTEARRAY8[0]
    }

    def find_class(self, module: str, name: str) -> Any:
        raise _NotPlainError(f"{module}.{name}")


def _half_surrogate(value: Any) -> str | None:
    """JSON may escape half a surrogate pair, which is no character and cannot be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return _NO_CHARACTER
    return None


def _member_name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gbk")
    except UnicodeError:
        return member.filename


def _refuse_bomb(name: str, members: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > MAX_ARCHIVE or unpacked > MAX_RATIO * max(packed, 4096):
        raise BrokenFileError(name, f"it would unpack {packed:,} bytes to {unpacked:,}", FETCH_AGAIN)
