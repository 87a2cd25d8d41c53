"""How the programming language of a record is known, and finding it where its source does not say.

    resolved([record])  # [record], with the language that was detected

In this order: its source declares it (a column, a file name); the answer's fence has a tag; the request names just one
language; it is detected. The first three are the source's to know, which says so in `Record.language_source`. What
is left, "detected", the source has found by signs of its own, and that belief is one of the things `detection` weighs.

This comes before any wording is filled, since a wording names the language. A row says in `quality` how its language is
known, as `programming_language_source`, and where it was detected how surely, as `programming_language_score`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from mulco.source import Record
from mulco.steps.detection import LANGUAGES, detect

DECLARED, FENCE, MENTION, DETECTED = "declared", "fence", "mention", "detected"


def resolved(records: Sequence[Record]) -> list[Record]:
    """The records, those whose language is in doubt with the one that is detected in their code.

    Left alone are those that have no code, and those in a language that the detector does not know.
    """
    found = list(records)
    doubtful = [
        index
        for index, record in enumerate(found)
        if record.language_source == DETECTED
        and record.programming_language in LANGUAGES
        and isinstance(record.fields.get("code"), str)
    ]
    if doubtful:
        texts = [found[index].fields["code"] for index in doubtful]
        believed = [found[index].programming_language for index in doubtful]
        for index, (language, score) in zip(doubtful, detect(texts, believed), strict=True):
            found[index] = found[index]._replace(programming_language=language, language_score=round(score, 2))
    return found


@functools.lru_cache(1_000)
def as_quality(source: str, score: float | None) -> str:
    """The JSON of `quality` that says how a row's language is known."""
    facts = {"programming_language_source": source}
    return json.dumps(facts if score is None else {**facts, "programming_language_score": score})
