"""The syntax part of CodeBLEU: which subtrees of the reference stand in the prediction too.

A subtree is the s-expression of a node with children: named nodes and fields, no text of leaves.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version as installed

from tree_sitter import Language, Node, Parser

# programming language -> the module of its grammar and the function in it
GRAMMARS = {
    "c": ("tree_sitter_c", "language"), "c#": ("tree_sitter_c_sharp", "language"),
    "c++": ("tree_sitter_cpp", "language"), "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"), "javascript": ("tree_sitter_javascript", "language"),
    "php": ("tree_sitter_php", "language_php_only"), "python": ("tree_sitter_python", "language"),
    "ruby": ("tree_sitter_ruby", "language"), "typescript": ("tree_sitter_typescript", "language_typescript"),
}  # fmt: skip


def parse(code: str, programming_language: str) -> Node:
    """The root of the code's tree, comments cut out."""
    parser = _parser(programming_language)
    source = code.encode("utf-8", "replace")
    root = parser.parse(source).root_node
    comments = [node for node in _nodes(root) if "comment" in node.type]
    if not comments:
        return root
    kept, end = [], 0
    for node in comments:
        if node.start_byte >= end:  # a comment inside a comment went with it
            kept.append(source[end : node.start_byte])
            end = node.end_byte
    return parser.parse(b"".join([*kept, source[end:]])).root_node


def matches(prediction: Node, reference: Node) -> tuple[int, int]:
    """How many subtrees of the reference stand in the prediction, and how many there are."""
    theirs, right = set(_subtrees(prediction)), list(_subtrees(reference))
    return sum(tree in theirs for tree in right), len(right)


def version(programming_language: str) -> str:
    """What the trees depend on: `tree-sitter:0.25.2|tree-sitter-java:0.23.5`."""
    package = GRAMMARS[programming_language][0].replace("_", "-")
    return f"tree-sitter:{installed('tree-sitter')}|{package}:{installed(package)}"


def _subtrees(root: Node) -> Iterator[str]:
    yield str(root)
    for node in _nodes(root):
        if node.child_count and node != root:
            yield str(node)


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


@cache
def _parser(programming_language: str) -> Parser:
    module, function = GRAMMARS[programming_language]
    return Parser(Language(getattr(importlib.import_module(module), function)()))
