"""The row schema in its three forms, and the fast check of a table held equal to jsonschema row by row."""

from __future__ import annotations

from typing import Any

import datasets
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco.errors import RowError
from mulco.languages import DISPLAY
from mulco.row import ARROW_SCHEMA, COLUMNS, LANGUAGES, SCHEMA, TASKS, check_row, features, is_json_object, validate

ROW = {
    "instruction": "Which snippet answers the query? Reply with its number.",
    "input": "",
    "output": "2",
    "id": "code_search_en/starter/add_months/python",
    "task": "code_search",
    "language": "en",
    "programming_language": "python",
    "source": "starter",
    "source_id": "add_months/python",
    "license": "Apache-2.0",
    "template": "which-number",
    "difficulty": None,
    "paradigm": "procedural",
    "provenance": '{"file": "starter/functions/add_months/code.py", "line": 0}',
    "quality": "{}",
}
MAY_BE_NULL = ("difficulty", "paradigm")


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, ARROW_SCHEMA)


def test_json_schema_arrow_schema_and_features_are_the_same() -> None:
    assert COLUMNS == (
        "instruction", "input", "output", "id", "task", "language", "programming_language", "source", "source_id",
        "license", "template", "difficulty", "paradigm", "provenance", "quality",
    )  # fmt: skip
    assert tuple(SCHEMA["properties"]) == tuple(SCHEMA["required"]) == COLUMNS
    assert SCHEMA["additionalProperties"] is False
    assert [(field.name, field.type) for field in ARROW_SCHEMA] == [(name, pa.string()) for name in COLUMNS]
    assert features() == datasets.Features({name: datasets.Value("string") for name in COLUMNS})
    assert tuple(features()) == COLUMNS
    assert features().arrow_schema.equals(ARROW_SCHEMA)
    assert datasets.Features.from_arrow_schema(ARROW_SCHEMA) == features()


def test_only_difficulty_and_paradigm_may_be_null() -> None:
    types = {name: rules["type"] for name, rules in SCHEMA["properties"].items()}
    assert types == {name: ["string", "null"] if name in MAY_BE_NULL else "string" for name in COLUMNS}
    assert all(field.nullable for field in ARROW_SCHEMA)  # Features knows no other; the checks below refuse the nulls
    for name in COLUMNS:
        without = {**ROW, name: None}
        if name in MAY_BE_NULL:
            check_row(without)
            validate(table_of([ROW, without]))
        else:
            message = f"row {without['id']!r}: {name}: None is not of type 'string'"
            for check in (lambda row: check_row(row), lambda row: validate(table_of([ROW, row]))):
                with pytest.raises(RowError) as error:
                    check(without)
                assert str(error.value) == message


def test_each_rule_of_the_schema_is_stated_once() -> None:
    rules = {
        name: {key: rule for key, rule in rules.items() if key not in ("type", "description")}
        for name, rules in SCHEMA["properties"].items()
    }
    filled = ("instruction", "output", "id", "source", "source_id", "license", "template")
    assert rules == {
        **{name: {} for name in ("input", *MAY_BE_NULL)},
        **{name: {"minLength": 1} for name in filled},
        "task": {"enum": list(TASKS)},
        "language": {"enum": list(LANGUAGES)},
        "programming_language": {"enum": sorted(DISPLAY)},
        "provenance": {"format": "json-object"},
        "quality": {"format": "json-object"},
    }


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("instruction", "", "instruction: '' should be non-empty"),
        ("task", "code_serach", f"task: 'code_serach' is not one of {list(TASKS)}"),
        ("language", "EN", "language: 'EN' is not one of ['en', 'zh']"),
        ("provenance", '["a", "b"]', """provenance: '["a", "b"]' is not a 'json-object'"""),
        ("quality", "{'lines': 3}", """quality: "{'lines': 3}" is not a 'json-object\'"""),
        ("quality", "", "quality: '' is not a 'json-object'"),
    ],
)
def test_a_wrong_value_is_named_with_row_and_column(name: str, value: str, problem: str) -> None:
    with pytest.raises(RowError) as error:
        validate(table_of([ROW, {**ROW, "id": "the/second/row", name: value}, ROW]))
    assert str(error.value) == f"row 'the/second/row': {problem}"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({**ROW, "score": 1}, "the row: Additional properties are not allowed ('score' was unexpected)"),
        ({name: ROW[name] for name in COLUMNS if name != "license"}, "the row: 'license' is a required property"),
        ({**ROW, "output": 2}, "output: 2 is not of type 'string'"),
    ],
)
def test_a_row_of_another_shape_is_refused(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(RowError) as error:
        check_row(row)
    assert str(error.value) == f"row {ROW['id']!r}: {problem}"


def test_what_is_no_row_at_all_is_refused() -> None:
    with pytest.raises(RowError) as error:
        check_row(["instruction"])
    assert str(error.value) == "row None: the row: ['instruction'] is not of type 'object'"


@pytest.mark.parametrize(
    "table",
    [
        table_of([ROW]).drop_columns(["quality"]),
        table_of([ROW]).append_column("verdict", pa.array([None], pa.string())),
        table_of([ROW]).select(list(reversed(COLUMNS))),
        table_of([ROW]).cast(pa.schema([pa.field(name, pa.large_string()) for name in COLUMNS])),
        table_of([ROW]).cast(pa.schema([pa.field(name, pa.string(), name in MAY_BE_NULL) for name in COLUMNS])),
    ],
    ids=["a column less", "a column more", "another order", "another type", "not nullable"],
)
def test_a_table_of_another_shape_is_refused(table: pa.Table) -> None:
    with pytest.raises(RowError, match=r"a table of rows has the columns instruction, input, .*quality, all strings"):
        validate(table)


def test_a_table_without_rows_is_good() -> None:
    validate(ARROW_SCHEMA.empty_table())
    validate(table_of([ROW]).slice(1))
    validate(pa.Table.from_batches([], ARROW_SCHEMA))


def test_the_first_wrong_row_is_named_even_if_a_later_one_is_wrong_in_an_earlier_column() -> None:
    rows = [ROW, {**ROW, "id": "first", "quality": "no JSON"}, {**ROW, "id": "second", "instruction": ""}]
    with pytest.raises(RowError) as error:
        validate(table_of(rows))
    assert str(error.value) == "row 'first': quality: 'no JSON' is not a 'json-object'"


def test_json_nested_too_deep_to_read_is_refused() -> None:
    assert not is_json_object('{"a":' * 100_000 + "1" + "}" * 100_000)


# Odd but legal text: empty, spaces, NUL, line separators, combining marks, astral planes, a byte order mark, braces.
TEXTS = st.sampled_from(
    ["x", " ", "\0", "\u2028", "e\u0301", "𝒳", "\ufeff", "{slot}", "完成", "👩‍💻", "\U0010ffff"]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
OBJECTS = st.sampled_from(
    ["{}", ' {"a": [1, {}]}\n', '{"a": NaN}', '{"名": "值"}', '{"a": 1, "a": 2}', '{"a": "\\ud800"}']
)
NO_OBJECTS = st.sampled_from(
    ["", "[]", "null", "1", '"{}"', "{", "{}{}", "{'a': 1}", "\ufeff{}", '{"a": \0}', f'{{"a": 1{"0" * 5000}}}']
)
VALUES: dict[str, tuple[st.SearchStrategy[str | None], st.SearchStrategy[str | None]]] = {
    name: (TEXTS, st.sampled_from(["", None])) for name in COLUMNS
} | {
    "input": (TEXTS | st.just(""), st.none()),
    "task": (st.sampled_from(TASKS), st.sampled_from(["", "CODE_QA", "code_qa ", "code_qa\0", None])),
    "language": (st.sampled_from(LANGUAGES), st.sampled_from(["", "ZH", "en ", "fr", "中文", None])),
    "programming_language": (st.sampled_from(sorted(DISPLAY)), st.sampled_from(["", "Python", "c＃", "cobol", None])),
    "difficulty": (st.none() | TEXTS | st.just(""), st.none()),
    "paradigm": (st.none() | TEXTS | st.just(""), st.none()),
    "provenance": (OBJECTS, NO_OBJECTS | st.none()),
    "quality": (OBJECTS, NO_OBJECTS | st.none()),
}


@st.composite
def some_rows(draw: st.DrawFn) -> list[dict[str, str | None]]:
    """Up to eight rows in which a few values, often none, are wrong."""
    rows = [
        {name: draw(good) for name, (good, _) in VALUES.items()}
        for _ in range(draw(st.integers(min_value=0, max_value=8)))
    ]
    for row in rows:
        for name in draw(st.lists(st.sampled_from(COLUMNS), max_size=2)) if draw(st.integers(0, 3)) == 0 else ():
            row[name] = draw(VALUES[name][1])
    return rows


@st.composite
def some_tables(draw: st.DrawFn) -> tuple[list[dict[str, str | None]], pa.Table]:
    """Rows and a table that holds them: in one piece, in many (some empty), or cut out of a larger one."""
    rows = draw(some_rows())
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    pieces = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    around = draw(some_rows())
    table = pa.concat_tables(table_of(piece) for piece in (*pieces, around) if piece or draw(st.booleans()) or not rows)
    if draw(st.booleans()):
        table = table.combine_chunks()
    if draw(st.booleans()):
        table = pa.concat_tables([table_of(around), table]).slice(len(around))
    return rows, table.slice(0, len(rows))


def problem_of(row: dict[str, str | None]) -> str | None:
    try:
        check_row(row)
    except RowError as error:
        return str(error)
    return None


@given(some_tables())
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
def test_a_table_is_good_exactly_where_the_reference_accepts_every_row(
    case: tuple[list[dict[str, str | None]], pa.Table],
) -> None:
    rows, table = case
    assert table.to_pylist() == rows
    expected = next(filter(None, map(problem_of, rows)), None)
    if expected is None:
        validate(table)
    else:
        with pytest.raises(RowError) as error:
            validate(table)
        assert str(error.value) == expected


@given(st.data())
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_one_wrong_value_anywhere_is_found(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 30))
    place, name = data.draw(st.integers(0, size - 1)), data.draw(st.sampled_from(COLUMNS))
    value = data.draw(VALUES[name][1])
    rows = [{**ROW, "id": f"row {i}"} for i in range(size)]
    rows[place] = {**rows[place], name: value}
    expected = problem_of(rows[place])
    assert (expected is None) == (name in MAY_BE_NULL)
    table = pa.concat_tables(table_of([row]) for row in rows) if data.draw(st.booleans()) else table_of(rows)
    if expected is None:
        validate(table)
    else:
        with pytest.raises(RowError) as error:
            validate(table)
        assert str(error.value) == expected
