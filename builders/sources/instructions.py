"""What sources of instructions and answers share: the words that decide a split, the one block of code in an answer.

    words("Sort a list, please!")                             # "sortalistplease"
    only_block("Here it is:\\n```python\\nprint(1)\\n```")       # ("python", "print(1)")

Not a source: `oss_instruct` and others read through this.
"""

from __future__ import annotations

import re

from mulco.reading import with_lf
from mulco.source import Unusable

# One after a comment mark, as in Rust's documentation, is part of the code.
_FENCE = re.compile(r"^```+[ \t]*(?P<tag>[^`\n]*)$", re.M)


def words(text: str) -> str:
    """A text without its marks and spaces, so that two that differ in these alone share a split."""
    return "".join(character for character in text.lower() if character.isalnum())


def only_block(answer: str) -> tuple[str, str] | Unusable:
    """Tag and code of the one closed fence in an answer; the tag may be empty, the words around are left out."""
    text = with_lf(answer)
    fences = list(_FENCE.finditer(text))
    if not fences:
        return Unusable("no_code_block")
    if len(fences) % 2 or fences[1]["tag"].strip():
        return Unusable("code_block_not_closed")
    if len(fences) > 2:
        return Unusable("several_code_blocks")
    opening, closing = fences
    tag = (opening["tag"].split() or [""])[0].lower()
    return tag, text[opening.end() : closing.start()].strip("\n").rstrip()
