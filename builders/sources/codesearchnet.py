"""CodeSearchNet: documented functions of six programming languages from GitHub.

Homepage: https://github.com/github/CodeSearchNet
Paper: Husain et al. 2019, CodeSearchNet Challenge, https://arxiv.org/abs/1909.09436
Released 2019-09, 2,070,536 documented functions; CodeXGLUE's code-to-text list keeps 908,224 + 44,689 + 52,561.
Licence: each function keeps that of its repository, which upstream lists in `<lang>_licenses.pkl`; unknown without it.

Read are the raw files, `resources/data/<lang>/final/jsonl/<split>/<lang>_<split>_<n>.jsonl.gz`. Where CodeXGLUE's list
of URLs is there (`codexglue-code-to-text/dataset/<lang>/<split>.txt`), only rows on it are used. In Python, and in a
few JavaScript rows, the documentation stands inside `code`; it is cut out by syntax, so no answer stands in its
question. Documentation loses its comment marks and the markup of its language (Javadoc, RDoc, Sphinx, ...); its first
paragraph is the summary and the query. Rows whose documentation is not English feed no task that is bound to text.
"""

from __future__ import annotations

import functools
import html
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_php
import tree_sitter_python
import tree_sitter_ruby
from tree_sitter import Language, Node, Parser

from mulco.reading import CORRECT_LINE, json_lines, shown, whole_text, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
GRAMMARS = {
    "go": tree_sitter_go.language, "java": tree_sitter_java.language, "javascript": tree_sitter_javascript.language,
    "php": tree_sitter_php.language_php_only, "python": tree_sitter_python.language, "ruby": tree_sitter_ruby.language,
}  # fmt: skip
FIELDS = {"url": str, "code": str, "docstring": str, "language": str}
# Scripts that English documentation is not written in: Cyrillic to Arabic, and everything CJK.
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
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


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a data file, with its list of URLs where that is there."""
    for split, name in SPLIT_NAMES.items():
        for language in GRAMMARS:
            listed = f"codexglue-code-to-text/dataset/{language}/{name}.txt"
            extra = (listed,) if (folder / listed).is_file() else ()
            at = f"resources/data/{language}/final/jsonl/{name}"
            found = (folder / at).glob(f"{language}_{name}_*.jsonl.gz")
            for file in sorted(found, key=lambda path: (len(path.name), path.name)):
                yield Shard(want, split, (f"{at}/{file.name}", *extra))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Functions of one file, with the text the task is about, in upstream order."""
    data, *lists = shard.files
    language = data.split("/")[2]
    listed = _listed(folder, lists[0]) if lists else None
    name = shown(folder, data)
    for item in json_lines(folder, data, FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        if not row["url"]:
            yield Malformed(name, line, "field 'url' is empty, and it is the identity of the row", CORRECT_LINE)
        elif listed is not None and row["url"] not in listed:
            yield Unusable("not_in_codexglue_list")
        else:
            yield _item(row, language, shard.want.task, name, line)


def _item(row: dict[str, str], language: str, task: str, name: str, line: int) -> Item:
    docstring, code = with_lf(row["docstring"]), with_lf(row["code"])
    edits = ["line ends"] if code != row["code"] else []
    bare = without_documentation(code, docstring, language)
    edits += ["documentation cut out of the code"] if bare != code else []
    fields = {"code": bare}
    if task != "code_completion":
        description = plain(docstring, language)
        summary = summary_of(description)
        if _OTHER_SCRIPT.search(description):
            return Unusable("text_not_english")
        if task != "code_generation" and summary and summary in _SPACE.sub(" ", bare):
            return Unusable("summary_in_code")
        description = description if summary else ""  # tags alone describe nothing
        fields.update(summary=summary, query=summary, description=description)
        if task == "code_generation":
            edits += ["indent, marks and markup cut off the documentation"] if description != docstring else []
        else:
            edits += ["documentation cut down to its first paragraph"] if summary != docstring else []
    return Record(row["url"], language, fields, name, line, edits=tuple(edits))


def _listed(folder: Path, file: str) -> set[str]:
    """The URLs of a list; an empty list is an empty split."""
    if (folder / file).stat().st_size == 0:
        return set()
    return {line.strip() for line in whole_text(folder, file).split("\n")} - {""}


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


SOURCE = Source(
    name="codesearchnet",
    title="CodeSearchNet",
    homepage="https://github.com/github/CodeSearchNet",
    paper="https://arxiv.org/abs/1909.09436",
    citation="Hamel Husain, Ho-Hsiang Wu, Tiferet Gazit, Miltiadis Allamanis, Marc Brockschmidt. "
    "CodeSearchNet Challenge: Evaluating the State of Semantic Code Search. 2019. arXiv:1909.09436",
    revision="v1 (2019-09)",
    license=License(
        "LicenseRef-unknown",
        "https://github.com/github/CodeSearchNet#licenses",
        (
            "Each function keeps the licence of its repository, listed upstream in <lang>_licenses.pkl.",
            "CodeXGLUE's lists of URLs: C-UDA 1.0.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=tuple(GRAMMARS),
    tasks=("code_summarization", "code_generation", "code_search", "code_completion"),
    files=tuple(
        UpstreamFile(
            f"resources/data/{language}/final/jsonl/{name}/{language}_{name}_*.jsonl.gz",
            f"https://s3.amazonaws.com/code-search-net/CodeSearchNet/v2/{language}.zip",
        )
        for language in GRAMMARS
        for name in SPLIT_NAMES.values()
    ),
    shards=shards,
    read=read,
)
