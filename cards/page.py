"""One card in one language: Markdown put together line by line, with every figure in it accounted for.

    page = Page("zh")
    page.tell(f"{page.number(4700)} rows", f"共 {page.number(4700)} 行")

Prose is written twice side by side, once in each language, from the same facts. Numbers come in through `number`,
`share` and `quote`, which note them, so that the linter can refuse a figure that came from nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

CARDS = {"README.md": "en", "README_zh.md": "zh"}
LICENSE = "LICENSE.md"
_WITH_DIGIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,+%-]*")


class Page:
    """The lines of a card, and in `known` every word with a digit that comes from the facts."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.lines: list[str] = []
        self.known: set[str] = set()

    @property
    def text(self) -> str:
        """The card so far."""
        return "\n".join(self.lines).strip("\n") + "\n"

    def say(self, en: str, zh: str) -> str:
        return zh if self.language == "zh" else en

    def add(self, *lines: str) -> None:
        """Append lines; an empty one parts paragraphs, and several in a row are one."""
        for line in lines:
            if line or (self.lines and self.lines[-1]):
                self.lines.append(line)

    def tell(self, en: str, zh: str) -> None:
        """A paragraph of its own, or an item of a list where it begins with a dash."""
        text = self.say(en, zh)
        self.add(*((text,) if text.lstrip().startswith("- ") else ("", text, "")))

    def section(self, en: str, zh: str, level: int = 2) -> None:
        self.add("", f"{'#' * level} {self.say(en, zh)}", "")

    def number(self, value: int | float, digits: int = 0) -> str:
        """A figure as it stands in text: `4,700`, `0.123`."""
        return self.quote(f"{value:,.{digits}f}")

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in per cent, `12.5%`; without a digit behind the point where that says nothing."""
        return self.quote(f"{100 * part / whole:.1f}%".replace(".0%", "%")) if whole else "-"

    def quote(self, text: str) -> str:
        """Words that are not ours, safe in a table; the numbers in them are facts."""
        self.known |= figures(text)
        return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;").strip()

    def link(self, text: str, target: str) -> str:
        return f"[{self.quote(text)}]({target})" if target else self.quote(text)

    def join(self, parts: Iterable[str]) -> str:
        return self.say(", ", "、").join(parts)

    def yes(self, value: bool) -> str:
        return self.say("yes", "是") if value else self.say("no", "否")

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], right: int = 0) -> None:
        """A table; its last `right` columns hold numbers. Without rows it is left out."""
        rows = list(rows)
        rule = ["---"] * (len(head) - right) + ["---:"] * right
        if rows:
            self.add("", *("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows)), "")

    def code(self, kind: str, text: str) -> None:
        """A fenced block, under a fence longer than any in the text."""
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        self.add("", f"{fence}{kind}")
        self.lines += text.rstrip("\n").split("\n")
        self.add(fence, "")


def figures(text: str) -> set[str]:
    """The words with a digit in a text: `4,700`, `Apache-2.0`, `12.5%`."""
    words = (word.strip(".,-+") for word in _WITH_DIGIT.findall(text))
    return {word for word in words if any(c.isdigit() for c in word)}


def is_name(text: str) -> bool:
    """Whether a text can be the name of a repository on the Hub, NAMESPACE/NAME."""
    return re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", text) is not None


def write_text(path: Path, text: str) -> None:
    """Write a file that takes the place of what stood there: that may be a hard link into an earlier build."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, "utf-8", newline="\n")
    temporary.replace(path)
