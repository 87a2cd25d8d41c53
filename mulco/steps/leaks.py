"""Drop training rows whose upstream item also stands, under another identity, in validation or test of any task.

    leak:starter/add_months/python     # the item that may not be trained on

Two items are the same when their texts are, white space and order aside: a function with its summary, wherever the
one is asked for the other. The rows of one item (two languages, two directions, several tasks) are no leak, since
sources keep an item in the same split everywhere.

A row is compared with the validation and test rows of its own config, and with the validation and test items that
the sources of its config hold for any other task: what a config is compared with does not depend on which configs are
built beside it.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from mulco.steps.duplicates import payload_keys
from mulco.steps.step import VERDICT, Settings


def sign(table: pa.Table, settings: Settings) -> pa.Table:
    """id, split, item and a digest of its texts. An item that upstream repeats (`...#2`) is the same item."""
    item = pc.replace_substring_regex(table.column("source_id"), r"#\d+$", "")
    return pa.table(
        {
            "id": table.column("id"),
            "split": table.column("split"),
            "item": pc.binary_join_element_wise(table.column("source"), item, "/"),
            "key": pa.array(payload_keys(table), pa.binary(16)),
        }
    )


def join(signatures: pa.Table, settings: Settings) -> pa.Table:
    """The verdict `leak:<item>` for training rows; where several items have the text, the smallest is named."""
    training = pc.equal(signatures.column("split"), "train")
    held_out = signatures.filter(pc.invert(training)).group_by(["key", "item"]).aggregate([])
    train = signatures.filter(training).select(["id", "item", "key"])
    both = train.join(held_out.rename_columns({"item": "other"}), "key", join_type="inner")
    both = both.filter(pc.not_equal(both.column("item"), both.column("other")))
    first = both.group_by("id").aggregate([("other", "min")])
    verdict = pc.binary_join_element_wise("leak", first.column("other_min"), ":")
    return pa.table({"id": first.column("id"), VERDICT: verdict})
