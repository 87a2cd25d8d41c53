"""The row: one JSON Schema, the same as Arrow schema and as `datasets.Features`, and the validation of a table.

    validate(table)      # returns nothing, or raises RowError naming the row and what is wrong

`check_row` is the reference, jsonschema on one row; `validate` says the same of a whole Arrow table by vectorised
checks compiled from the same schema. A property test holds them equal.
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.errors import RowError
from mulco.languages import DISPLAY

if TYPE_CHECKING:
    import datasets

TASKS = (
    "code_summarization", "code_generation", "code_search", "clone_detection", "defect_detection", "cloze_test",
    "code_completion", "code_repair", "code_translation", "code_qa",
)  # fmt: skip
LANGUAGES = ("en", "zh")
# Objects of plain strings and whole numbers, one level of nesting: every match is a JSON object, the rest is parsed.
_STRING = r'"[^"\\\x00-\x1f]*"'
_VALUE = rf"(?:{_STRING}|0|[1-9][0-9]{{0,17}}|\{{{_STRING}: {_STRING}(?:, {_STRING}: {_STRING})*\}})"
_PLAIN_OBJECT = rf"\A\{{{_STRING}: {_VALUE}(?:, {_STRING}: {_VALUE})*\}}\z"


def _text(description: str, **rules: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **rules}


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "mulco row",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "instruction": _text("what to do", minLength=1),
        "input": _text("the code or context; may be empty"),
        "output": _text("the answer", minLength=1),
        "id": _text("unique over the whole data set, stable across rebuilds", minLength=1),
        "task": _text("one of the ten", enum=list(TASKS)),
        "language": _text("natural language of the instruction and of a textual answer", enum=list(LANGUAGES)),
        "programming_language": _text("of the answer's code, else of the input's", enum=sorted(DISPLAY)),
        "source": _text("name of the upstream data set", minLength=1),
        "source_id": _text("upstream's own identity of the item", minLength=1),
        "license": _text("licence of this row: an SPDX expression or LicenseRef-...", minLength=1),
        "template": _text("id of the wording", minLength=1),
        "difficulty": {"type": ["string", "null"], "description": "beginner, intermediate or advanced"},
        "paradigm": {"type": ["string", "null"], "description": "procedural, object-oriented, ..."},
        "provenance": _text("JSON: file and line upstream, revision, who wrote which field", format="json-object"),
        "quality": _text("JSON: what the quality steps measured", format="json-object"),
    },
}
SCHEMA["required"] = list(SCHEMA["properties"])
COLUMNS: tuple[str, ...] = tuple(SCHEMA["properties"])
ARROW_SCHEMA = pa.schema([pa.field(name, pa.string()) for name in COLUMNS])


def features() -> datasets.Features:
    """The row as `datasets.Features`: every column is a string."""
    import datasets

    return datasets.Features({name: datasets.Value("string") for name in COLUMNS})


def schema_digest() -> str:
    """sha256 of the row schema: a part of every config's identity."""
    return hashlib.sha256(json.dumps(SCHEMA, sort_keys=True).encode()).hexdigest()


def is_json_object(text: object) -> bool:
    """Whether a string holds one JSON object."""
    try:
        return isinstance(json.loads(text), dict) if isinstance(text, str) else True
    except (ValueError, RecursionError):
        return False


def check_row(row: object) -> None:
    """Check one row with jsonschema, the reference; raises RowError."""
    error = next(_reference().iter_errors(row), None)
    if error is not None:
        name = row.get("id") if isinstance(row, dict) else None
        raise RowError(f"row {name!r}: {'.'.join(map(str, error.path)) or 'the row'}: {error.message}")


def validate(table: pa.Table) -> None:
    """Check every row of a table (columns and types of `ARROW_SCHEMA`); raises RowError for the first wrong row."""
    if not table.schema.equals(ARROW_SCHEMA):
        raise RowError(f"a table of rows has the columns {', '.join(COLUMNS)}, all strings; found {table.schema}")
    wrong = []
    for name, rules in SCHEMA["properties"].items():
        good = _good(table.column(name), rules)
        if good is not None and not pc.all(good, min_count=0).as_py():
            wrong.append(pc.index(good, False).as_py())
    if wrong:
        _explain(table, min(wrong))


def _good(column: pa.ChunkedArray, rules: dict[str, Any]) -> pa.ChunkedArray | None:
    """For each value whether it keeps the rules, never null; None where a string column has nothing to break."""
    if "null" in rules["type"]:
        return None
    good = pc.is_valid(column)
    if "minLength" in rules:
        good = pc.and_(good, pc.greater_equal(pc.utf8_length(pc.fill_null(column, "")), rules["minLength"]))
    if "enum" in rules:
        good = pc.and_(good, pc.is_in(column, value_set=pa.array(rules["enum"])))
    if rules.get("format") == "json-object":
        distinct = column.unique()
        doubtful = distinct.filter(pc.invert(pc.fill_null(pc.match_substring_regex(distinct, _PLAIN_OBJECT), True)))
        wrong = [text for text in doubtful.to_pylist() if not is_json_object(text)]
        if wrong:
            good = pc.and_(good, pc.invert(pc.is_in(column, value_set=pa.array(wrong, pa.string()))))
    return good


def _explain(table: pa.Table, index: int) -> None:
    """Let the reference say what is wrong with the row the fast check refused."""
    row = table.slice(index, 1).to_pylist()[0]
    check_row(row)
    raise RowError(f"row {row['id']!r} is refused by the fast check alone")


@functools.cache
def _reference() -> Any:
    import jsonschema

    formats = jsonschema.FormatChecker(formats=())
    formats.checks("json-object")(is_json_object)
    return jsonschema.Draft202012Validator(SCHEMA, format_checker=formats)
