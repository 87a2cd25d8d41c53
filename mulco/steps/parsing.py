"""Code parsed by tree-sitter, each grammar from a package of its own, loaded when it is first needed.

    tree = parse("def f(x):\\n    return x\\n", "python")
    error_ratio("def f(x:", "python")          # 1.0; None for a language without a grammar

Java, C# and PHP have no functions outside a class: a fragment of theirs is also read inside one, and the better reading
counts. SQL has no grammar here that knows its dialects, and HTML one that accepts anything: neither is judged.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

# programming language -> the module of its grammar and the function that gives it
GRAMMARS = {
    "python": ("tree_sitter_python", "language"), "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"), "typescript": ("tree_sitter_typescript", "language_typescript"),
    "go": ("tree_sitter_go", "language"), "php": ("tree_sitter_php", "language_php_only"),
    "ruby": ("tree_sitter_ruby", "language"), "c": ("tree_sitter_c", "language"),
    "c++": ("tree_sitter_cpp", "language"), "c#": ("tree_sitter_c_sharp", "language"),
    "bash": ("tree_sitter_bash", "language"),
}  # fmt: skip
WRAPPED = {"java": "class X{", "c#": "class X{", "php": "class X{"}
_MARK = 4  # bytes that an error counts beside those under it, and a missing token counts
LONGEST = 100_000  # bytes; a text beyond is not parsed, so that no row takes seconds


@dataclass(frozen=True)
class Parsed:
    """A text as it was read: the tree, the bytes, and how many bytes of a wrapper precede it."""

    tree: Tree
    data: bytes
    offset: int
    errors: float


@functools.cache
def parser(language: str, grammar: str | None = None) -> Parser:
    """The parser of a language; raises KeyError for one without a grammar."""
    from tree_sitter import Language, Parser

    module, function = GRAMMARS[language]
    return Parser(Language(getattr(importlib.import_module(module), grammar or function)()))


def parse(code: str, language: str) -> Parsed | None:
    """The code read as it stands or, where that is better, inside a class.

    None for a language without a grammar, for no code, and for more than is parsed.
    """
    if language not in GRAMMARS or not code.strip():
        return None
    data = code.encode("utf-8", "replace")
    if len(data) > LONGEST:
        return None
    grammar = "language_php" if language == "php" and b"<?" in data else None
    best = _read(data, language, grammar, b"", b"")
    if best.errors and language in WRAPPED and grammar is None:
        wrapped = _read(data, language, grammar, WRAPPED[language].encode(), b"\n}")
        best = wrapped if wrapped.errors < best.errors else best
    return best


def error_ratio(code: str, language: str) -> float | None:
    """(bytes under errors + 4 for each error or missing token) / bytes; None where there is no grammar or no code."""
    parsed = parse(code, language)
    return parsed.errors if parsed is not None else None


def _read(data: bytes, language: str, grammar: str | None, before: bytes, after: bytes) -> Parsed:
    text = before + data + after
    tree = parser(language, grammar).parse(text)
    return Parsed(tree, text, len(before), min(1.0, _errors(tree.root_node) / max(1, len(data))))


def _errors(root: Node) -> int:
    """Bytes under ERROR nodes, and four for each ERROR or MISSING node; clean subtrees are not entered."""
    if not root.has_error:
        return 0
    total, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.is_error:
            total += node.end_byte - node.start_byte + _MARK
        elif node.is_missing:
            total += _MARK
        elif node.has_error:
            waiting += node.children
    return total
