"""code_search: a query and four numbered snippets -> the number of the one that answers it.

A record has `query` and `code`, and `label` where upstream judged the pair (False: the code does not answer the
query). Each positive gives one row. The three other snippets come from the same file, split and programming language:
first the labelled negatives of the same query, then code of other queries, all by stable hash, never code that
answers the query and never the same code twice. The answer's place among the four is uniform.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mulco.source import Item, Record, Unusable
from mulco.task import Task, lazy_builder, stable_number

DISTRACTORS = 3
_TRIES = 64  # random picks before the whole list is walked; a repeated snippet is rare


def gather(items: Iterable[Item]) -> Iterator[Item]:
    """Join each positive of a shard with its distractors. Holds the shard in memory."""
    records: list[Record] = []
    for item in items:
        if not isinstance(item, Record):
            yield item
        elif not _text(item, "query") or not _text(item, "code"):
            yield Unusable("empty_query" if not _text(item, "query") else "empty_code")
        else:
            records.append(item)
    answers: dict[str, set[str]] = defaultdict(set)
    negatives: dict[tuple[str, str], list[Record]] = defaultdict(list)
    by_language: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_language[record.programming_language].append(record)
        if _answers(record):
            answers[_text(record, "query")].add(_text(record, "code"))
        else:
            negatives[record.programming_language, _text(record, "query")].append(record)
    for record in records:
        if not _answers(record):
            yield Unusable("labelled_negative")
            continue
        query = _text(record, "query")
        hard = negatives[record.programming_language, query]
        snippets = _distractors(record, hard, by_language[record.programming_language], answers[query])
        if len(snippets) < DISTRACTORS:
            yield Unusable("too_few_distractors")
            continue
        place = stable_number("place", record.id) % (DISTRACTORS + 1)
        snippets.insert(place, record.fields["code"])
        yield record._replace(fields={"query": record.fields["query"], "snippets": snippets, "answer": str(place + 1)})


def _distractors(record: Record, hard: list[Record], others: list[Record], answers: set[str]) -> list[str]:
    """Up to three snippets that do not answer the record's query, hard ones first."""
    query = _text(record, "query")
    taken = set(answers)
    chosen: list[str] = []

    def take(candidates: Iterable[Record]) -> bool:
        for candidate in candidates:
            code = _text(candidate, "code")
            if code not in taken:
                taken.add(code)
                chosen.append(candidate.fields["code"])
                if len(chosen) == DISTRACTORS:
                    return True
        return False

    if take(sorted(hard, key=lambda candidate: stable_number("hard", record.id, candidate.id))):
        return chosen
    tries = (others[stable_number("other", record.id, str(n)) % len(others)] for n in range(_TRIES))
    if not take(candidate for candidate in tries if _text(candidate, "query") != query):
        take(candidate for candidate in others if _text(candidate, "query") != query)
    return chosen


def _text(record: Record, field: str) -> str:
    return str(record.fields.get(field) or "").strip()


def _answers(record: Record) -> bool:
    return bool(record.fields.get("label", True))


TASK = Task(
    "code_search", "a query and numbered snippets to the matching one",
    fields=("query", "snippets", "answer"), answer="answer", text_bound=True, prepare=gather, texts=("query",),
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "CodeSearch", TASK)
