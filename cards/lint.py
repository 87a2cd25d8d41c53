"""What is wrong with the text of a card: placeholders, empty sections, links to nothing, figures from nowhere.

    for problem in lint("README.md", text, Path("out/mulco"), known={"4,700"}): print(problem)

`known` are the words with a digit that come from the facts (`Page.known`). `check_header` holds the YAML header to a
JSON Schema of ours: the client's own check accepts nearly anything.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from mulco.cards.page import figures

PLACEHOLDER = re.compile(
    r"(?i:more information needed|lorem ipsum|your[-_ ](?:user)?name)|\b(?:TODO|TBD|FIXME|XXX)\b|\bNone\b(?! of)"
    r"|\bnan\b|\[\s*\](?!\()|\{[a-z_]+\}|待补充|待填写|此处填写"
)
FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1[ \t]*$", re.M | re.S)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
BARE = re.compile(r"\bhttps?://[^\s)>，。；、（）|]*[^\s)>，。；、（）|.,;:]")
HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*$")


def split_card(text: str) -> tuple[dict[str, Any] | None, str, int]:
    """(header, the text below it, how many lines the header takes); the header is None where there is none to read."""
    found = re.match(r"---\n(.*?)^---\n", text, re.M | re.S)
    if found is None:
        return None, text, 0
    try:
        data = yaml.safe_load(found[1])
    except yaml.YAMLError:
        data = None
    return data if isinstance(data, dict) else None, text[found.end() :], found[0].count("\n")


def lint(name: str, text: str, folder: Path, known: Collection[str] | None = None) -> Iterator[str]:
    """What is wrong with a card's text, one sentence each. Without `known` its figures are not looked at."""
    _, body, offset = split_card(text)
    plain = _blank(FENCED, body)  # line numbers stay
    for number, line in enumerate(plain.splitlines(), offset + 1):
        words = CODE.sub("", line)
        if found := PLACEHOLDER.search(LINK.sub(r"\1", words)):
            yield f"{name}, line {number}: the placeholder {found[0]!r} stands for something that was never written"
        for link in LINK.finditer(words):
            if problem := _broken(link[2], folder, body):
                yield f"{name}, line {number}: the link {link[2]!r} {problem}"
        for address in BARE.findall(LINK.sub("", words)):
            if problem := _broken(address, folder, body):
                yield f"{name}, line {number}: the link {address!r} {problem}"
        if known is not None:
            prose = BARE.sub("", LINK.sub(r"\1", words))
            for word in sorted(figures(prose) - set(known)):
                yield f"{name}, line {number}: the figure {word!r} comes from no fact"
    yield from _empty_sections(name, body, offset)


def links(text: str) -> list[str]:
    """Where a card's links lead, those in bare words too."""
    plain = CODE.sub("", _blank(FENCED, text))
    return [link[2] for link in LINK.finditer(plain)] + BARE.findall(LINK.sub("", plain))


def check_header(name: str, kind: str, text: str) -> Iterator[str]:
    """What the schema of `kind` (dataset or model) finds wrong with a card's YAML header."""
    data, _, _ = split_card(text)
    if data is None:
        yield f"{name}: its YAML header is missing or damaged"
        return
    for error in sorted(_validator(kind).iter_errors(data), key=lambda error: list(map(str, error.path))):
        where = ".".join(map(str, error.path)) or "the header"
        yield f"{name}: {where}: {error.message[:200]}"


@functools.cache
def _validator(kind: str) -> Any:
    import jsonschema

    file = Path(__file__).parent / "schemas" / f"{kind}.json"
    return jsonschema.Draft202012Validator(json.loads(file.read_text("utf-8")))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text without what matches, every line break kept."""
    return pattern.sub(lambda found: "\n" * found[0].count("\n"), text)


def _broken(target: str, folder: Path, body: str) -> str:
    """Why a link leads nowhere; empty where it does not. Remote pages are not asked, only their addresses looked at."""
    if not target:
        return "is empty"
    if target.startswith("#"):
        return "" if target[1:] in anchors(body) else "names no heading of the page"
    parts = urlsplit(target)
    if parts.scheme:
        good = parts.scheme in ("https", "http", "mailto") and ("." in parts.netloc or parts.scheme == "mailto")
        return "" if good else "is no address"
    path = folder / unquote(parts.path)
    return "" if path.exists() else "leads to no file of the folder"


def anchors(body: str) -> set[str]:
    """The anchors of a page's headings, as GitHub and the Hub make them."""
    found: set[str] = set()
    for line in _blank(FENCED, body).splitlines():
        if heading := HEADING.match(line):
            words = re.sub(r"[^\w\- ]", "", LINK.sub(r"\1", heading[2]).lower()).replace(" ", "-")
            anchor, number = words, 0
            while anchor in found:
                number += 1
                anchor = f"{words}-{number}"
            found.add(anchor)
    return found


def _empty_sections(name: str, body: str, offset: int) -> Iterator[str]:
    """Headings with nothing below them before the next of their rank."""
    fenced = FENCED.sub(lambda found: "x" + "\n" * found[0].count("\n"), body)
    lines = fenced.splitlines()
    for number, line in enumerate(lines):
        heading = HEADING.match(line)
        if heading is None:
            continue
        below = next((text for text in lines[number + 1 :] if text.strip()), "")
        next_heading = HEADING.match(below)
        if not below or (next_heading and len(next_heading[1]) <= len(heading[1])):
            yield f"{name}, line {offset + number + 1}: the section {heading[2]!r} is empty"
