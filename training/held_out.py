"""The loss of a finished model on each held-out row, beside its weights in held_out.parquet.

    rows = measure(folder, recipe, run, engine)        # id, language, loss, tokens, characters; a line for each row
    sum(rows["loss"]) / sum(rows["tokens"])            # what training calls the held-out loss: nats per answer token

`loss` is the cross-entropy summed over the tokens of the answer and the one that ends it, in nats; `tokens` is their
number, `characters` that of the answer's text. Each row goes through the model alone, without padding, so a row's loss
depends on no other row. Loss per token compares models of one tokenizer; loss per character compares any two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.errors import MulcoError
from mulco.identity import digest
from mulco.training.config import Recipe
from mulco.training.record import NAME as RECORD

NAME = "held_out.parquet"
ROWS = pa.schema([
    pa.field("id", pa.string(), nullable=False),
    pa.field("language", pa.string(), nullable=False),
    pa.field("loss", pa.float64(), nullable=False),
    pa.field("tokens", pa.int64(), nullable=False),
    pa.field("characters", pa.int64(), nullable=False),
])  # fmt: skip
FACTS = b"mulco"  # the key, in the file's own metadata, of what the losses were made of


def cached(folder: Path, recipe: Recipe, run: Mapping[str, Any]) -> pa.Table | None:
    """The losses that are there, if they are of these weights, rows and settings."""
    from mulco.training import data

    try:
        table = pq.read_table(folder / NAME)
        made_of = json.loads(table.schema.metadata[FACTS])["made_of"]
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    same = made_of == _made_of(recipe, run, data.fingerprint(data.held_out(recipe)))
    return table if same and table.schema.equals(ROWS) else None


def measure(folder: Path, recipe: Recipe, run: Mapping[str, Any], engine: Any) -> pa.Table:
    """The losses of the model that `engine` (a `mulco.generation.local.Local`) holds; written beside its weights."""
    import torch

    from mulco.training import data
    from mulco.training.loss import label_head, summed_loss

    rows, documents, counts = data.held_out_documents(recipe, engine.tokenizer)
    if not len(documents):
        raise MulcoError(f"{folder}: no held-out row is left: {counts['dropped']}. Raise data.max_tokens")
    model, device = engine.model.eval(), engine.model.device
    head = label_head(model, recipe.train.loss_chunk)
    losses = []
    with torch.inference_mode():
        for index in range(len(documents)):
            ids, labels = documents[index]
            inputs = {"input_ids": torch.from_numpy(ids).long()[None].to(device)}  # (1, tokens)
            losses.append(float(summed_loss(model, inputs, torch.from_numpy(labels)[None].to(device), head)))
    if not all(loss == loss for loss in losses):
        raise MulcoError(f"{folder}: the loss of a held-out row is no number. Lower train.lr and train again")
    columns = rows.column_names
    table = pa.table(
        {
            "id": rows["id"] if "id" in columns else [str(index) for index in counts["kept"]],
            "language": rows["language"] if "language" in columns else ["en"] * len(losses),
            "loss": losses,
            "tokens": documents.lengths - documents.prompts,
            "characters": [len(output) for output in rows["output"]],
        },
        schema=ROWS,
    )
    facts = {
        "made_of": _made_of(recipe, run, data.fingerprint(data.held_out(recipe))), "dropped": counts["dropped"],
        "device": str(device), "dtype": str(model.dtype).removeprefix("torch."),
    }  # fmt: skip
    table = table.replace_schema_metadata({FACTS: json.dumps(facts)})
    partial = folder / f"{NAME}.partial"
    pq.write_table(table, partial)
    partial.rename(folder / NAME)
    return table


def facts_of(table: pa.Table) -> dict[str, Any]:
    """What the losses were made of and on, and why rows are left out."""
    facts: dict[str, Any] = json.loads(table.schema.metadata[FACTS])
    return facts


def _made_of(recipe: Recipe, run: Mapping[str, Any], rows: str) -> str:
    """The digest of all that decides the losses: files of the model, rows, and how rows become tokens."""
    files = [(entry["path"], entry["sha256"]) for entry in run["files"] if entry["path"] != RECORD]
    return digest([files, rows, recipe.data.prompt, recipe.data.max_tokens, recipe.data.overlong])
