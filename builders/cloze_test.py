"""cloze_test: code with one `<mask>` -> the masked token.

A record has `code` with its mask and the `answer`, or whole code alone.

Whole code is cut here: the token is an identifier or keyword of at least three characters that stands at least twice
more in the code, outside the line that is masked, so a reader can know it; which one, and which of its places, is
decided by a stable hash of the record's id. Words in comments and strings count as code: they are never masked alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from mulco.source import Record, Unusable
from mulco.task import Task, each, lazy_builder, stable_number

MASK = "<mask>"
# Strings and comments come first, so that words inside them are not taken for tokens.
_TOKEN = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?\*/|(?<![$\w])#[^\n]*|--[^\n]*"
    r"|(?P<word>[A-Za-z_]\w{2,})",
    re.S,
)


@each
def mask(record: Record) -> Iterator[Record | Unusable]:
    """Mask one token of a record with whole code; a record that is masked already passes through."""
    if "answer" in record.fields:
        yield record
        return
    code = record.fields.get("code") or ""
    if MASK in code:
        yield Unusable("mask_in_code")
        return
    places: dict[str, list[int]] = defaultdict(list)
    for token in _TOKEN.finditer(code):
        if token["word"]:
            places[token["word"]].append(token.start())
    known = sorted(word for word, starts in places.items() if len(starts) >= 3)
    if not known:
        yield Unusable("no_token_to_mask")
        return
    word = known[stable_number("token", record.id) % len(known)]
    start = places[word][1:][stable_number("place", record.id) % (len(places[word]) - 1)]
    fields = {"code": code[:start] + MASK + code[start + len(word) :], "answer": word}
    yield record._replace(fields=fields)


TASK = Task(
    "cloze_test", "code with a masked token to the token",
    fields=("code", "answer"), answer="answer", text_bound=False, prepare=mask,
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "ClozeTest", TASK)
