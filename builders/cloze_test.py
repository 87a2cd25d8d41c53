"""cloze_test: code with one `<mask>` -> the masked token.

A record has `code` with its mask and the `answer`, or whole code alone, or its `tokens`; it may have the `candidates`,
words separated by spaces of which the answer is one.

Whole code is cut here: the token is an identifier or keyword of at least three characters that stands at least twice
more in the code, so a reader can know it, and it is not masked in its first place; which one, and which of its places,
is decided by a stable hash of the record's id. Words in comments and strings count as code: they are never masked
alone. Tokens are cut as ClozeTest was made, at one that is among the candidates; where none is, or there are no
candidates, by the same rule as whole code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mulco.reading import with_lf
from mulco.source import Record, Unusable
from mulco.task import Task, each, lazy_builder, stable_number

MASK = "<mask>"
_WORD = r"[A-Za-z_]\w{2,}"
# Strings and comments come first, so that words inside them are not taken for tokens.
_TOKEN = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?\*/|(?<![$\w])#[^\n]*|--[^\n]*"
    rf"|(?P<word>{_WORD})",
    re.S,
)
_LINE_COMMENTS = {"python": ("#",), "ruby": ("#",), "php": ("//", "#")}


@each
def mask(record: Record) -> Iterator[Record | Unusable]:
    """Mask one token of a record with whole code or tokens; a record that is masked already passes through."""
    if "answer" in record.fields:
        yield record
    elif "tokens" in record.fields:
        yield _mask_tokens(record)
    else:
        yield _mask_code(record)


def as_code(tokens: Iterable[str], programming_language: str) -> str:
    """Tokens joined by spaces, on a new line where a token is a line break and after a comment that ends its line."""
    comments = _LINE_COMMENTS.get(programming_language, ("//",))
    parts: list[str] = []
    breaks = 0
    for token in map(with_lf, tokens):
        if token.strip():
            parts += ("\n" * breaks or " ", token)
            breaks = int(token.startswith(comments))
        else:
            breaks += token.count("\n")
    return "".join(parts[1:])


def _mask_code(record: Record) -> Record | Unusable:
    code = record.fields.get("code") or ""
    if MASK in code:
        return Unusable("mask_in_code")
    words = [(token["word"], token.start()) for token in _TOKEN.finditer(code) if token["word"]]
    chosen = _choose(record.id, _known(words))
    if chosen is None:
        return Unusable("no_token_to_mask")
    word, start = chosen
    fields = {"code": code[:start] + MASK + code[start + len(word) :], "answer": word}
    if record.fields.get("candidates"):
        fields["candidates"] = record.fields["candidates"]
    return record._replace(fields=fields)


def _mask_tokens(record: Record) -> Record | Unusable:
    tokens: Sequence[str] = record.fields["tokens"]
    if any(MASK in token for token in tokens):
        return Unusable("mask_in_code")
    candidates: str = record.fields.get("candidates") or ""
    among = set(candidates.split())
    places = _places((token, place) for place, token in enumerate(tokens) if token in among)
    shown = {"candidates": candidates} if places else {}
    chosen = _choose(
        record.id, places or _known((token, n) for n, token in enumerate(tokens) if re.fullmatch(_WORD, token))
    )
    if chosen is None:
        return Unusable("no_token_to_mask")
    word, place = chosen
    code = as_code([*tokens[:place], MASK, *tokens[place + 1 :]], record.programming_language)
    return record._replace(fields={"code": code, "answer": word, **shown})


def _places(words: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for word, place in words:
        places[word].append(place)
    return places


def _known(words: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """Of the words that stand at least three times, all places but the first."""
    return {word: places[1:] for word, places in _places(words).items() if len(places) >= 3}


def _choose(id_: str, places: dict[str, list[int]]) -> tuple[str, int] | None:
    """A word and one of its places, by a stable hash."""
    if not places:
        return None
    word = sorted(places)[stable_number("token", id_) % len(places)]
    return word, places[word][stable_number("place", id_) % len(places[word])]


TASK = Task(
    "cloze_test", "code with a masked token to the token",
    fields=("code", "answer"), answer="answer", text_bound=False, prepare=mask,
    optional=("candidates",),
    one_word=True,
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "ClozeTest", TASK)
