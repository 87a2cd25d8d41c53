r"""Take code, identifiers, links, doc tags and numbers out of a text before it is translated, and put them back.

    masked = mask("Return the `Path` of foo_bar(), see https://example.org.")
    masked.text              # 'Return the ⟦0⟧ of ⟦1⟧, see ⟦2⟧.'
    masked.restore(masked.text) == "Return the `Path` of foo_bar(), see https://example.org."

One alternation finds all of them, so masks never nest, and `restore` of an unchanged text gives the original, byte for
byte. A text that already holds ⟦ or ⟧ cannot be masked: `mask` gives None.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

from mulco.chinese import HAN

PLACEHOLDER = re.compile(r"⟦(\d+)⟧")
# In this order: what comes first wins where two could begin at one place. \b, \w and \d are ASCII here, so that a Han
# character beside an identifier ends it.
_PATTERNS = (
    r"```.*?```|~~~.*?~~~",  # fenced code
    r"``[^`]+``|`[^`\n]+`",  # inline code, reStructuredText first
    rf"(?:https?|ftp)://[^\s<>\"'`{HAN}，。；：（）]*[\w/\#=&%+~-]",  # a link, without the full stop after it
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # an e-mail address
    r"<\|[^|<>\n]{1,60}\|>|\[/?INST\]|<</?SYS>>",  # control tokens of chat formats: a model must not see them as such
    r"\{@\w+[^{}\n]*\}",  # {@link X}
    r":(?:param|type|raises?|returns?|rtype|class|func|meth|mod|attr|exc|obj|data|const|ref|py:\w+)"
    r"(?:[ ]+[\w.*\[\]]+){0,3}:(?:`[^`\n]*`)?",  # :param x:, :class:`X`
    r"(?<![\w@])@(?:param|throws|exception|see|property|var)\b(?:[ ]+\{[^{}\n]*\})?(?:[ ]+[\w.$\[\]]+)?|(?<![\w@])@\w+",
    r"\b[A-Za-z_]\w*<[A-Za-z_?][\w, .?<\[\]]*>+",  # List<String>
    r"</?[A-Za-z][^<>\n]*>|<!--.*?-->|&\w+;",  # HTML
    r"(?<![\w+])[Cc]\+\+(?!\w)|(?<!\w)[CF]\#(?!\w)|(?<!\w)\.NET\b|\b(?:Node|Vue|React|Next)\.js\b",
    r"\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}|\{\w*(?:![rsa])?(?::[^{}\n]*)?\}",  # slots of formats
    r"%(?:\(\w+\))?[-+\#0]*\d*(?:\.\d+)?[sdifgxXruec](?!\w)|\\[nrtabfvx0\\\"'u]\w*",  # %s, \n
    r"(?<!\w)(?!\w+\((?:s|es)\))[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_]\w*)*\([^()\n]{0,80}\)",  # call(), not file(s)
    r"(?<![\w/])(?:~|\.{1,2})?(?:/[\w.-]*\w)+/?|\b[\w-]+(?:/[\w-]+)*/[\w-]+\.[a-z]{1,5}\b",  # a path
    r"(?<![\w.])--?[A-Za-z][\w-]*(?:=\S*\w)?",  # -v, --option=value
    r"(?<![\w.])(?!(?:e\.g|i\.e)\b)[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+",  # a.b, A::B; not e.g.
    r"[$]\w+|\b_*[A-Za-z0-9]+(?:_[A-Za-z0-9]*)+\b|\b_+[A-Za-z]\w*",  # $x, snake_case
    r"\b[a-z]+[A-Z]\w*|\b(?:[A-Z][a-z0-9]+){2,}[A-Z]*\b|\b[A-Z]+[a-z0-9]+[A-Z]\w*",  # camelCase, PascalCase
    r"\b0[xX][0-9a-fA-F]+\b|(?<![\w.])[-+]?\d+(?:[.,:]\d+)*(?:[eE][-+]?\d+)?%?(?!\w)",  # a number
)
_LETTERS = re.compile("[A-Za-z]")
_MASKED = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.S | re.A)


@dataclass(frozen=True)
class Masked:
    """A text with placeholders, and what each of them stands for."""

    text: str
    parts: tuple[str, ...]

    def restore(self, text: str) -> str:
        """A text with the same placeholders, with the originals in their place."""
        return PLACEHOLDER.sub(lambda m: self.parts[int(m[1])], text)

    def wrong(self, text: str) -> str | None:
        """What is wrong with the placeholders of an answer, or None: each of ours exactly once, and nothing else."""
        found = Counter(PLACEHOLDER.findall(text))
        expected = Counter(str(n) for n in range(len(self.parts)))
        if found != expected:
            missing, more = sorted(expected - found), sorted(found - expected)
            return "; ".join(
                [f"missing: {', '.join(missing)}"] * bool(missing) + [f"too many: {', '.join(more)}"] * bool(more)
            )
        if re.search("[⟦⟧]", PLACEHOLDER.sub("", text)):
            return "a bracket of a placeholder stands alone"
        return None

    @property
    def words(self) -> str:
        """What is left to translate."""
        return PLACEHOLDER.sub(" ", self.text)


@functools.lru_cache(maxsize=4096)  # a text is masked when it is asked and when it is judged
def mask(text: str) -> Masked | None:
    """The text with placeholders; None where it holds their brackets already."""
    if "⟦" in text or "⟧" in text:
        return None
    parts: list[str] = []

    def take(found: re.Match[str]) -> str:
        parts.append(found[0])
        return f"⟦{len(parts) - 1}⟧"

    return Masked(_MASKED.sub(take, text), tuple(parts))


def code_like(text: str) -> set[str]:
    """The links, identifiers and other code that stand in a text, numbers left out."""
    if not _LETTERS.search(text):
        return set()
    return {found for found in _MASKED.findall(text) if _LETTERS.search(found)}
