"""Texts as the n-grams by which a copy of an evaluation problem is known, in two normal forms.

    words, code = grams([["def f(x): return x + 1"], ["Add one to x."]])

    words     # 5 words in a row: lower case, marks and white space left out; a problem known by what is said
    code      # 8 tokens in a row, where a name is told only by where it stood before; known by what is done

In the code form a name that somebody chose counts as the distance to its last occurrence inside the n-gram (0 for
none), so a copy whose names were changed throughout has the same n-grams. Keywords, common built-in names and names
after a dot stay: nobody renames `len` or `.append`. Hashes are 32 bits wide and depend on the text alone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZES = 5, 8  # tokens in an n-gram of either form: short, for a changed word spoils as many n-grams as it is long
_COMMENT = re.compile(r"^[ \t]*(?:#(?![!a-z])|//).*\n?", re.M)
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|[0-9]+|[\u3400-\u9fff]|[^\s\w]")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

# Names that a copy keeps when its author renames things, in the languages that evaluation sets are written in.
KEPT = frozenset(
    [
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        "self",
        "cls",
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "eval",
        "filter",
        "float",
        "format",
        "frozenset",
        "hash",
        "hex",
        "id",
        "input",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "zip",
        "abstract",
        "boolean",
        "byte",
        "case",
        "catch",
        "char",
        "const",
        "default",
        "do",
        "double",
        "enum",
        "extends",
        "final",
        "func",
        "function",
        "go",
        "goto",
        "implements",
        "instanceof",
        "interface",
        "let",
        "long",
        "match",
        "mod",
        "mut",
        "namespace",
        "new",
        "null",
        "nil",
        "override",
        "package",
        "private",
        "protected",
        "pub",
        "public",
        "fn",
        "static",
        "struct",
        "switch",
        "template",
        "this",
        "throw",
        "throws",
        "trait",
        "typedef",
        "typename",
        "undefined",
        "unsigned",
        "using",
        "var",
        "vec",
        "vector",
        "virtual",
        "void",
        "impl",
        "use",
        "where",
        "loop",
        "string",
        "String",
        "Integer",
        "Boolean",
        "Double",
        "List",
        "ArrayList",
        "Map",
        "HashMap",
        "Vec",
        "Option",
        "Some",
        "Math",
        "Object",
        "std",
        "cout",
        "endl",
        "size_t",
        "i32",
        "i64",
        "usize",
        "u8",
        "append",
        "console",
        "require",
        "module",
        "exports",
        "Array",
        "Number",
        "parseInt",
        "make",
    ]
)


@dataclass(frozen=True)
class Grams:
    """The n-grams of some rows in one form: their hashes, the row each belongs to, and its place in the row."""

    hashes: NDArray[np.uint32]
    rows: NDArray[np.int64]
    places: NDArray[np.int64]


class _Known(dict[str, int]):
    """Token -> hash << 2 | kind: 0 a mark, 1 a name that may be chosen, 2 a name that stays, 3 a number."""

    def __missing__(self, token: str) -> int:
        first = token[0]
        if token in KEPT or first > "\u33ff":
            kind = 2
        else:
            kind = 3 if first.isdigit() else 1 if first.isalpha() or first == "_" else 0
        value = self[token] = _hash(token) << 2 | kind
        return value


class _Lower(dict[str, int]):
    """Token -> the hash of the token in lower case << 1 | whether it is a mark."""

    def __missing__(self, token: str) -> int:
        first = token[0]
        mark = not (first.isalnum() or first == "_")
        value = self[token] = _hash(token.lower()) << 1 | mark
        return value


def _hash(token: str) -> int:
    data = token.encode("utf-8", "surrogatepass")
    return (zlib.crc32(data) << 29 ^ zlib.adler32(data)) & 0x1FFFFFFFFFFFFFFF


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _TOKEN.findall(text)


def grams(rows: Iterable[Sequence[str]]) -> tuple[Grams, Grams]:
    """(words, code): the n-grams of some rows of texts in both forms; none crosses from one text to the next.

    Comments on lines of their own are no code, so adding or cutting them changes no n-gram of the second form.
    """
    rows = list(rows)
    words, text_of, row_of = _numbers(rows, _Lower())
    said = words & np.uint64(1) == 0
    bare = [[_COMMENT.sub("", text) if "\n" in text else text for text in texts] for texts in rows]
    values, code_of, code_row = _numbers(bare, _Known())
    return (
        _windows(SIZES[0], words[said], text_of[said], row_of, None),
        _windows(SIZES[1], values >> np.uint64(2), code_of, code_row, _distances(values)),
    )


def _numbers(
    rows: Iterable[Sequence[str]], known: dict[str, int]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """(a number for each token, the text each stands in, the row of each text)."""
    numbers: list[int] = []
    lengths: list[int] = []
    row_of: list[int] = []
    for row, texts in enumerate(rows):
        for text in texts:
            found = tokens(text)
            if found:
                numbers += map(known.__getitem__, found)
                lengths.append(len(found))
                row_of.append(row)
    text_of = np.repeat(np.arange(len(lengths)), np.array(lengths, np.int64)) if lengths else np.zeros(0, np.int64)
    return np.fromiter(numbers, np.uint64, len(numbers)), text_of, np.array(row_of, np.int64)


def _distances(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How far back each chosen name last stood; 0 where it never did, -1 for a token that stands for itself."""
    count = len(values)
    member = np.zeros(count, bool)
    member[1:] = values[:-1] == np.uint64(_hash(".") << 2)
    values = np.where(member, values ^ np.uint64(1 << 63), values)  # `.count` is no earlier place of `count`
    order = np.argsort(values, kind="stable")
    same = np.zeros(count, bool)
    same[1:] = values[order][1:] == values[order][:-1]
    distance = np.zeros(count, np.int64)
    distance[order[1:]] = np.where(same[1:], order[1:] - order[:-1], 0)
    chosen = ((values & np.uint64(3)) == 1) & ~member
    return np.where(chosen, distance, -1)


def _windows(
    size: int,
    values: NDArray[np.uint64],
    text_of: NDArray[np.int64],
    rows: NDArray[np.int64],
    distance: NDArray[np.int64] | None,
) -> Grams:
    count = len(values) - size + 1
    if count <= 0:
        return Grams(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.int64))
    whole = np.flatnonzero(text_of[:count] == text_of[size - 1 :])
    mixed = np.zeros(len(whole), np.uint64)
    for place in range(size):
        at = whole + place
        value = values[at]
        if distance is not None:
            far = distance[at]
            value = np.where(far < 0, value, np.where(far <= place, far, 0).astype(np.uint64))
        mixed = (mixed ^ value) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return Grams((mixed >> np.uint64(32)).astype(np.uint32), rows[text_of[whole]], whole)
