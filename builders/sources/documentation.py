"""Documentation comments of six programming languages: what they say, and code without them.

    plain(docstring, "java")                        # without comment marks and without Javadoc's markup
    summary_of(plain(docstring, "java"))            # its first paragraph as one line
    without_documentation(code, docstring, "python")

Not a source: `codesearchnet` and whatever is cut from it read through this.
"""

from __future__ import annotations

import functools
import html
import inspect
import re

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_php
import tree_sitter_python
import tree_sitter_ruby
from tree_sitter import Language, Node, Parser

GRAMMARS = {
    "go": tree_sitter_go.language, "java": tree_sitter_java.language, "javascript": tree_sitter_javascript.language,
    "php": tree_sitter_php.language_php_only, "python": tree_sitter_python.language, "ruby": tree_sitter_ruby.language,
}  # fmt: skip
_TAG_LINE = re.compile(  # ends the first paragraph
    r"\s*(?:[@\\:]\w|-{3,}|={3,}|>>>\s|```|~~~|#(?:end)?region\b|(?:Args|Arguments|Parameters|Params|Options|Attributes"
    r"|Returns?|Yields?|Raises|Throws|Examples?|Usage|Notes?)\s*:*\s*$)"
)
_BULLET = re.compile(r"^(?:[-=+*#~>]+\s+)+")
_SPACE = re.compile(r"\s+")
_REST_OF_LINES = re.compile(rb"[ \t;]*\n(?:[ \t]*\n)*")
_SEPARATOR = re.compile(rb"[ \t]*;[ \t]*")
_BLOCK_ENDS = re.compile(r"^\s*/\*[*!]*|\*+/\s*$")
_INLINE_TAG = r"\{@(?P<tag>\w+)\s*(?P<text>(?:[^{}]|\{[^{}]*\})*)\}"  # {@link Foo#bar label}, {@code x}
_LINK = re.compile(r"#?([^\s|(]+(?:\([^()]*\))?)(?:\s*\|\s*|\s+)?(.*)", re.S)
_ROLE = re.compile(r":[a-zA-Z][\w:+-]*:`~?([^`<]+?)(?:\s*<[^`>]*>)?`")  # :class:`~a.Foo`
_DOUBLE_TICKS = re.compile(r"(?<!`)``([^`\n]+)``(?!`)")
_PLUSES = re.compile(r"(?<![\w+`])\+([\w.:?!@#=]+)\+(?![\w+])")  # RDoc's +code+
_PAIR = re.compile(r"<(b|i|em|strong|code|tt|kbd)>([^<>]+)</\1>")
_PARAGRAPHS = r"p|ul|ol|dl|pre|div|table|blockquote|h[1-6]"
_LINES = r"br|hr|li|dt|dd|tr|td|th"
_INLINES = r"a|b|i|u|em|strong|code|tt|kbd|var|sub|sup|span|font|small|img|cite"
_HTML = (  # but List<I> is a type
    rf"(?!(?<=\w)(?-i:<[A-Z]>))</?(?:(?P<paragraph>{_PARAGRAPHS})|(?P<line>{_LINES})|{_INLINES})"
    r"(?:\s+[\w-]+\s*=[^<>]*)?\s*/?>"
)
_DOC_TAG = re.compile(_INLINE_TAG)
_JAVADOC = re.compile(rf"{_INLINE_TAG}|{_HTML}|(?P<entity>&#?\w+;)", re.I)


def plain(docstring: str, language: str) -> str:
    """A documentation comment without comment marks and without the markup of its language."""
    text = _unmarked(docstring)
    if language == "java":
        text = _JAVADOC.sub(_javadoc_text, text)
    if language in ("javascript", "php"):
        text = _DOC_TAG.sub(_tag_text, text)
    if language in ("javascript", "php", "ruby"):
        text = _PAIR.sub(r"\2", text)
    if language == "ruby":
        text = _PLUSES.sub(r"`\1`", text)
    if language == "python":
        text = _DOUBLE_TICKS.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def summary_of(description: str) -> str:
    """The first paragraph of a description as one line, up to the first tag."""
    kept: list[str] = []
    for line in description.split("\n"):
        if line.strip() and not _TAG_LINE.match(line):
            kept.append(line.strip())
        elif kept:
            break
    return _BULLET.sub("", _SPACE.sub(" ", " ".join(kept)).strip())


def without_documentation(code: str, docstring: str, language: str) -> str:
    """Code without its own documentation: a Python docstring by syntax, elsewhere the comments that repeat it."""
    said = _lines_of(docstring)
    if language != "python" and not any(line in code for line in said):
        return code
    data = code.encode("utf-8")
    root = _parser(language).parse(data).root_node
    if language == "python":
        body = _first_body(root)
        statements = [child for child in body.named_children if child.type != "comment"] if body else []
        if not statements or not _is_string(statements[0]):
            return code
        return _cut(data, statements[0], b"pass" if len(statements) == 1 else b"").decode("utf-8")
    for comment in reversed(_comments(root)):
        words = _lines_of(data[comment.start_byte : comment.end_byte].decode("utf-8"))
        if words and words <= said:
            data = _cut(data, comment, b"")
    return data.decode("utf-8")


def _unmarked(docstring: str) -> str:
    """A comment without `//`, or without `/** */` and the `*` of each line, and without common indentation."""
    text, block = _BLOCK_ENDS.subn("", docstring)
    mark = "*" if block else "//"
    lines = text.split("\n")
    if all(line.lstrip().startswith(mark) for line in lines[bool(block) :] if line.strip()):
        lines = [re.sub(rf"^\s*{re.escape(mark)} ?", "", line) for line in lines]
    return inspect.cleandoc("\n".join(lines))


def _lines_of(comment: str) -> set[str]:
    return {line.strip() for line in _unmarked(comment).split("\n")} - {""}


def _javadoc_text(found: re.Match[str]) -> str:
    """What a reader of Javadoc sees of an inline tag, an HTML tag or an entity."""
    if found["tag"]:
        return _tag_text(found)
    if found["entity"]:
        return html.unescape(found["entity"])
    return "\n\n" if found["paragraph"] else "\n" if found["line"] else ""


def _tag_text(found: re.Match[str]) -> str:
    """What a reader of Javadoc, JSDoc or PHPDoc sees of an inline tag; {@inheritDoc} says nothing here."""
    is_link = found["tag"] in ("link", "linkplain", "linkcode", "see", "value")
    link = _LINK.fullmatch(found["text"].strip()) if is_link else None
    return (link[2] or link[1]) if link else found["text"]


def _first_body(root: Node) -> Node | None:
    """The body of the first function in the tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.type == "function_definition":
            return node.child_by_field_name("body")
        waiting += node.named_children
    return None


def _is_string(statement: Node) -> bool:
    """Whether a statement is a string and nothing more, in brackets or not."""
    node: Node | None = statement
    while node is not None and node.type in ("expression_statement", "parenthesized_expression"):
        node = node.named_child(0) if node.named_child_count == 1 else None
    return node is not None and node.type in ("string", "concatenated_string")


def _comments(root: Node) -> list[Node]:
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if "comment" in node.type:
            found.append(node)
        waiting += node.children
    return sorted(found, key=lambda node: node.start_byte)


def _cut(data: bytes, node: Node, instead: bytes) -> bytes:
    """Data without a node, and without the line and the blank lines after it where it stands alone on its lines."""
    start, end = node.start_byte, node.end_byte
    if not instead:
        line_start = data.rfind(b"\n", 0, start) + 1
        if alone := _REST_OF_LINES.match(data, end):
            start, end = (start, end) if data[line_start:start].strip() else (line_start, alone.end())
        elif separator := _SEPARATOR.match(data, end):
            end = separator.end()
    return data[:start] + instead + data[end:]


@functools.cache
def _parser(language: str) -> Parser:
    return Parser(Language(GRAMMARS[language]()))
