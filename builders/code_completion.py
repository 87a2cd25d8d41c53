"""code_completion: the lines of code so far -> exactly the next line. A record has `code`.

The cut is one place a record, by a stable hash of its id: after at least half of the lines, before a line that says
something (three letters or digits at least, so never a lone brace) and does not repeat a line above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mulco.source import Record, Unusable
from mulco.task import Task, each, lazy_builder, stable_number

_SAYS_SOMETHING = re.compile(r"(?:\w[^\w\n]*){3}")


@each
def cut(record: Record) -> Iterator[Record | Unusable]:
    """The record cut before one line: `code` keeps what stands above, `next_line` is that line without its indent."""
    code = record.fields.get("code")
    if not code or not code.strip():
        yield Unusable("empty_code")
        return
    lines = code.rstrip().split("\n")
    above = {line.strip() for line in lines[: (len(lines) + 1) // 2]}
    places = []
    for i in range(max(1, (len(lines) + 1) // 2), len(lines)):
        line = lines[i].strip()
        if line not in above and _SAYS_SOMETHING.search(line):
            places.append(i)
        above.add(line)
    if not places:
        yield Unusable("no_line_to_complete")
        return
    place = places[stable_number("next line", record.id) % len(places)]
    fields = {"code": "\n".join(lines[:place]).rstrip(), "next_line": lines[place].strip()}
    yield record._replace(fields=fields)


TASK = Task(
    "code_completion", "the lines of code so far to the next line",
    fields=("code", "next_line"), answer="next_line", text_bound=False, prepare=cut,
)  # fmt: skip
__getattr__ = lazy_builder(__name__, "CodeCompletion", TASK)
