"""Drop rows whose answer or question is too short to say anything, or too long to train on.

    Step("length", length, {"shortest": 3, "longest": 24_000, "code_qa": 2})

Lengths count characters of the upstream texts, before any wording, so both languages of a config keep the same items.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from mulco.steps.step import VERDICT, Settings


def length(table: pa.Table, settings: Settings) -> pa.Table:
    """Verdicts `too_short` and `too_long`.

    `shortest` is the fewest characters of an answer; a task that needs another bound has a setting of its own name.
    `longest` is the most characters of question and answer together.
    """
    answer = pc.utf8_length(pc.utf8_trim_whitespace(table.column("output")))
    least = settings["shortest"]
    for task in settings:
        if task not in ("shortest", "longest"):
            least = pc.if_else(pc.equal(table.column("task"), task), settings[task], least)
    asked = pc.add(pc.utf8_length(table.column("input")), pc.utf8_length(table.column("output")))
    payload = table.column("payload")
    sizes = pc.list_parent_indices(payload), pc.utf8_length(pc.list_flatten(payload))
    upstream = pa.table({"row": sizes[0], "size": sizes[1]}).group_by("row").aggregate([("size", "sum")])
    whole = [0] * len(table)
    for row, size in zip(upstream.column("row").to_pylist(), upstream.column("size_sum").to_pylist(), strict=True):
        whole[row] = size
    long = pc.or_(
        pc.greater(pa.array(whole, pa.int64()), settings["longest"]), pc.greater(asked, 2 * settings["longest"])
    )
    none = pa.scalar(None, pa.string())
    short = pc.if_else(pc.less(answer, least), pa.scalar("too_short"), none)
    return table.append_column(VERDICT, pc.if_else(long, pa.scalar("too_long"), short))
