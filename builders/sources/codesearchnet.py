"""CodeSearchNet: documented functions of six programming languages from GitHub.

Homepage: https://github.com/github/CodeSearchNet
Paper: Husain et al. 2019, CodeSearchNet Challenge, https://arxiv.org/abs/1909.09436
Released 2019-09, 2,070,536 documented functions; CodeXGLUE's code-to-text list keeps 908,224 + 44,689 + 52,561.
Licence: each function keeps that of its repository, which upstream lists in `<lang>_licenses.pkl`; unknown without it.

Read are the raw files, `resources/data/<lang>/final/jsonl/<split>/<lang>_<split>_<n>.jsonl.gz`. Where CodeXGLUE's list
of URLs is there (`codexglue-code-to-text/dataset/<lang>/<split>.txt`), only rows on it are used. In Python, and in a
few JavaScript rows, the documentation stands inside `code`; it is cut out by syntax, so no answer stands in its
question.
"""

from __future__ import annotations

import functools
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

from mulco.reading import json_lines, lines, shown
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
GRAMMARS = {
    "go": tree_sitter_go.language, "java": tree_sitter_java.language, "javascript": tree_sitter_javascript.language,
    "php": tree_sitter_php.language_php_only, "python": tree_sitter_python.language, "ruby": tree_sitter_ruby.language,
}  # fmt: skip
FIELDS = {"url": str, "code": str, "docstring": str, "language": str}
# Scripts that English documentation is not written in: Cyrillic to Arabic, and everything CJK.
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COMMENT_MARK = re.compile(r"^[ \t]*(?://+!?|/\*+|\*+/|\*(?!\w)|#+(?!\w))?[ \t]?|[ \t]*\*/[ \t]*$", re.M)
_TAG_LINE = re.compile(
    r"^\s*(?:[@\\:]\w|(?:Args|Arguments|Parameters|Params|Returns?|Raises|Examples?|Notes?)\s*:?\s*$|-{3,})"
)
_INLINE_TAG = re.compile(r"\{@(?:link|linkplain|code|literal|value)\s+#?([^}]*)\}")
_HTML = re.compile(r"</?(?:p|br|b|i|em|strong|code|pre|tt|ul|ol|li|a|span|div|h[1-6])\b[^<>]*>", re.I)


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
        if listed is not None and row["url"] not in listed:
            yield Unusable("not_in_codexglue_list")
            continue
        docstring = row["docstring"].replace("\r\n", "\n").replace("\r", "\n")
        code = row["code"].replace("\r\n", "\n").replace("\r", "\n")
        edits = ["line ends"] if code != row["code"] else []
        bare = without_documentation(code, docstring, language)
        edits += ["documentation cut out of the code"] if bare != code else []
        fields = {"code": bare}
        if shard.want.task in ("code_summarization", "code_search", "code_generation"):
            summary, description = summary_of(docstring), plain(docstring)
            if _OTHER_SCRIPT.search(description):
                yield Unusable("text_not_english")
                continue
            if summary and summary in bare:
                yield Unusable("summary_in_code")
                continue
            fields.update(summary=summary, query=summary, description=description)
        yield Record(row["url"], language, fields, name, line, edits=tuple(edits))


def _listed(folder: Path, file: str) -> set[str]:
    """The URLs of a list; an empty list is an empty split."""
    if (folder / file).stat().st_size == 0:
        return set()
    return {item[1] for item in lines(folder, file) if not isinstance(item, Malformed)}


def plain(docstring: str) -> str:
    """A documentation comment without comment marks, HTML and inline tags."""
    text = _COMMENT_MARK.sub("", docstring)
    text = _HTML.sub(" ", _INLINE_TAG.sub(r"\1", text))
    return re.sub(r"[ \t]+\n", "\n", text).strip()


def summary_of(docstring: str) -> str:
    """The first paragraph of a documentation comment as one line: what upstream's `docstring_tokens` hold."""
    kept: list[str] = []
    for line in plain(docstring).split("\n"):
        if not line.strip() or _TAG_LINE.match(line):
            if kept:
                break
            continue
        kept.append(line.strip())
    return re.sub(r"\s+", " ", " ".join(kept)).strip()


def without_documentation(code: str, docstring: str, language: str) -> str:
    """Code without its own documentation: a Python docstring by syntax, elsewhere the comment that repeats it."""
    first_line = next((line.strip() for line in plain(docstring).split("\n") if line.strip()), "")
    if language != "python" and (not first_line or first_line not in code):
        return code
    data = code.encode("utf-8")
    root = _parser(language).parse(data).root_node
    if language == "python":
        cut = _python_docstring(root)
        if cut is None:
            return code
        only = cut.parent is not None and cut.parent.named_child_count == 1
        return _cut(data, cut, b"pass" if only else b"")
    for comment in reversed(_comments(root)):
        if first_line.encode("utf-8") in data[comment.start_byte : comment.end_byte]:
            data = _cut(data, comment, b"").encode("utf-8")
    return data.decode("utf-8")


def _python_docstring(root: Node) -> Node | None:
    """The statement that is the docstring of the first function in the tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.type in ("function_definition", "class_definition"):
            body = node.child_by_field_name("body")
            first = next((child for child in body.named_children if child.type != "comment"), None) if body else None
            if first is not None and first.type == "expression_statement" and first.named_child_count == 1:
                value = first.named_child(0)
                return first if value is not None and value.type in ("string", "concatenated_string") else None
            return None
        waiting += node.named_children
    return None


def _comments(root: Node) -> list[Node]:
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if "comment" in node.type:
            found.append(node)
        waiting += node.children
    return sorted(found, key=lambda node: node.start_byte)


def _cut(data: bytes, node: Node, instead: bytes) -> str:
    """Data without a node, and without the line it leaves empty."""
    start, end = node.start_byte, node.end_byte
    if not instead:
        line_start = data.rfind(b"\n", 0, start) + 1
        line_end = data.find(b"\n", end)
        if not data[line_start:start].strip() and line_end >= 0 and not data[end:line_end].strip(b" \t;"):
            start, end = line_start, line_end + 1
    return (data[:start] + instead + data[end:]).decode("utf-8")


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
