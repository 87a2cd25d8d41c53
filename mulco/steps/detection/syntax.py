"""How badly a text parses in a programming language, by tree-sitter.

error_ratio("x = [1, 2", "python")  # 0.4...: the share of the text that its grammar cannot read
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from tree_sitter import Language, Node, Parser

GRAMMARS = {  # language -> module and function of its grammar
    "python": ("tree_sitter_python", "language"), "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"), "go": ("tree_sitter_go", "language"),
    "php": ("tree_sitter_php", "language_php"), "ruby": ("tree_sitter_ruby", "language"),
    "c": ("tree_sitter_c", "language"), "c++": ("tree_sitter_cpp", "language"),
    "c#": ("tree_sitter_c_sharp", "language"), "typescript": ("tree_sitter_typescript", "language_typescript"),
    "bash": ("tree_sitter_bash", "language"), "html": ("tree_sitter_html", "language"),
}  # fmt: skip
MEMBERS = ("java", "c#", "php")  # a method alone stands only in a class
MOST_BYTES = 3_000
PER_NODE = 4  # bytes that each error and each missing token counts besides its own


def error_ratio(text: str, language: str) -> float | None:
    """The share of a text's bytes in errors, from 0 to 1, at best of the text bare and in a class; None for a language
    without a grammar here (SQL: its dialects have no common one)."""
    if language not in GRAMMARS:
        return None
    data = text.encode("utf-8", "replace")[:MOST_BYTES]
    if language == "php" and b"<?" not in data:
        data = b"<?php\n" + data
    errors = _errors(data, language)
    if errors and language in MEMBERS:
        inside = data.replace(b"<?php\n", b"<?php\nclass X {\n", 1) if language == "php" else b"class X {\n" + data
        errors = min(errors, _errors(inside + b"\n}", language))
    return min(1.0, errors / max(1, len(data)))


def _errors(data: bytes, language: str) -> int:
    root = parser(language).parse(data).root_node
    return _count(root) if root.has_error else 0


def _count(root: Node) -> int:
    """Bytes under the topmost errors, and `PER_NODE` for each of them and each missing token."""
    found, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found += node.end_byte - node.start_byte + PER_NODE
        elif node.has_error:
            waiting += node.children
    return found


@functools.cache
def parser(language: str) -> Parser:
    """The parser of one of `GRAMMARS`."""
    module, function = GRAMMARS[language]
    grammar: Callable[[], object] = getattr(importlib.import_module(module), function)
    return Parser(Language(grammar()))
