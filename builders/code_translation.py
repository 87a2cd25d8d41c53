"""code_translation: code in one programming language -> the same in another.

A record has `code` (in its `programming_language`), `translation` and `target_language`; it serves both directions,
so it gives two rows, told apart by their direction: `.../java-c#` and `.../c#-java`.
"""

from __future__ import annotations

from collections.abc import Iterator

from mulco.languages import display
from mulco.source import Record
from mulco.task import Task, each, lazy_builder


@each
def both_directions(record: Record) -> Iterator[Record]:
    """The record as it is and turned round; a row's programming language is that of its answer."""
    first, second = record.programming_language, record.fields["target_language"]
    code, translation = record.fields["code"], record.fields["translation"]
    for source, target, given, answer in ((first, second, code, translation), (second, first, translation, code)):
        fields = {"code": given, "translation": answer, "programming_language": display(source),
                  "target_language": display(target)}  # fmt: skip
        yield record._replace(programming_language=target, fields=fields, direction=f"{source}-{target}")


TASK = Task(
    "code_translation", "code in one programming language to another",
    fields=("code", "translation", "target_language"), answer="translation", text_bound=False, prepare=both_directions,
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "CodeTranslation", TASK)
