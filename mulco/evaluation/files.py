"""Prediction and reference files as CodeXGLUE's evaluators take them, read into items in the order of the references.

    items = read("code_summarization", Path("predictions.txt"), Path("reference.txt"))
    score("code_summarization", items.predictions, items.references)

What a file may be, by its name and its content:

| file | an item | told by |
| --- | --- | --- |
| `.json`, `.jsonl` | one JSON object a line, with `idx`, `id`, `url` or `index` as its key, or by its line | the name |
| `idx<TAB>text` | code_summarization; a line without a tab is an empty text | a tab in every line of the references |
| `idx<TAB>label` | defect_detection, code_search | the task |
| `id<TAB>id<TAB>label` | clone_detection | the task |
| `idx<CODESPLIT>word` | cloze_test; in a folder, one file a language in `<language>/` | the separator |
| one text a line | everything else | |

Lines end at LF alone, or CR LF: real texts hold other line separators. Of a JSON object the text is,
for a prediction, `prediction`, `output` or what a reference would have; for a reference `output`, `code`, `gt`,
`target`, `label`, `docstring`, `text` or `nl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mulco.errors import UsageError
from mulco.evaluation.metrics import FORMS

SPLIT = "<CODESPLIT>"
KEYS = ("idx", "id", "index", "url", "task_id")
REFERENCE_FIELDS = ("output", "code", "gt", "target", "label", "docstring", "text", "nl")
PREDICTION_FIELDS = ("prediction", *REFERENCE_FIELDS)
FILE_NAMES = {"predictions": "predictions.txt", "references": "answers.txt"}  # of the cloze test, below a language


@dataclass(frozen=True)
class Items:
    """Predictions and references side by side; a prediction of None was missing or has an unreadable label."""

    predictions: list[Any]
    references: list[Any]
    form: str
    missing: list[str]  # keys of references without a prediction
    unparsed: int = 0
    empty: int = 0
    groups: list[str] | None = None


@dataclass(frozen=True)
class Entry:
    """One item of one file."""

    line: int
    key: str | None  # None: it goes by its line
    value: Any


@dataclass(frozen=True)
class Table:
    path: Path
    entries: list[Entry] = field(default_factory=list)

    @property
    def keyed(self) -> bool:
        return any(entry.key is not None for entry in self.entries)


def read(
    task: str,
    predictions: Path,
    references: Path,
    *,
    form: str | None = None,
    allow_missing: bool = False,
) -> Items:
    """The items of a task's two files (or, for the cloze test, folders).

    Raises UsageError, in one sentence each, for: a file that is missing, empty, or not UTF-8; counts that differ; a
    key that is missing, unknown or there twice; a line that is not what the task takes. With `allow_missing` a
    missing prediction is None.
    """
    if task == "cloze_test" and references.is_dir():
        return _folders(predictions, references, allow_missing)
    right = _table(task, references, "references")
    form = form or _form(task, right)
    given = _table(task, predictions, "predictions", keyed=right.keyed)
    return _join(task, form, given, right, allow_missing)


def _form(task: str, right: Table) -> str:
    """How upstream's files of a task are judged: rankings, pairs with a label, or the usual form."""
    forms = FORMS[task]
    first = right.entries[0].value
    if isinstance(first, list) and "retrieval" in forms:
        return "retrieval"
    if task == "code_search":
        labels = {entry.value for entry in right.entries}
        if isinstance(first, Ranked):
            return "ranking"
        return "pairs" if labels <= {"0", "1"} else "choice"
    return forms[0]


@dataclass(frozen=True)
class Ranked:
    """The one right id of a query whose prediction is a ranked list: `{"url": .., "idx": ..}`."""

    item: Any


def _table(task: str, path: Path, what: str, keyed: bool | None = None) -> Table:
    lines = list(_lines(path, what))
    if not lines:
        raise UsageError(f"{path}: the file with {what} is empty. Give one item a line")
    if path.suffix in (".json", ".jsonl"):
        return Table(path, [_object(path, number, line, what) for number, line in lines])
    return Table(path, [Entry(number, *_split(task, path, number, line, keyed)) for number, line in lines] if _by_key(
        task, lines, keyed) else [Entry(number, None, line) for number, line in lines])  # fmt: skip


def _by_key(task: str, lines: list[tuple[int, str]], keyed: bool | None) -> bool:
    """Whether the lines of a plain file name their items."""
    if task in ("clone_detection", "defect_detection", "code_search", "cloze_test"):
        return any("\t" in line or SPLIT in line or len(line.split()) > 1 for _, line in lines)
    if task in ("code_summarization", "code_qa"):
        return keyed if keyed is not None else all("\t" in line.strip() for _, line in lines)
    return False  # code holds tabs of its own


def _split(task: str, path: Path, number: int, line: str, keyed: bool | None) -> tuple[str, Any]:
    """Key and value of a plain line that names its item."""
    text = line.strip()
    if task == "cloze_test":
        key, found, value = text.partition(SPLIT if SPLIT in text else "\t")
        if not found:
            raise UsageError(f"{path}, line {number}: no {SPLIT} in it, expected idx{SPLIT}word")
        return key, value
    if task in ("code_summarization", "code_qa"):
        parts = text.split("\t")
        return parts[0], parts[1] if len(parts) > 1 else ""
    parts = text.split()
    wanted = 3 if task == "clone_detection" and len(parts) == 3 else 2
    if len(parts) != wanted:
        form = "id<TAB>id<TAB>label" if task == "clone_detection" else "idx<TAB>label"
        raise UsageError(f"{path}, line {number}: {len(parts)} fields, expected {form}")
    return "\t".join(parts[:-1]), parts[-1]


def _object(path: Path, number: int, line: str, what: str) -> Entry:
    """An item of a JSON Lines file."""
    where = f"{path}, line {number}"
    try:
        row = json.loads(line)
    except ValueError as err:
        raise UsageError(f"{where}: not JSON ({err}). Each line of a .json or .jsonl file is one object") from err
    if not isinstance(row, dict):
        if isinstance(row, list):
            raise UsageError(f"{where}: a list. Each line is one JSON object; write a JSON array as JSON Lines first")
        return Entry(number, None, row)
    if "answers" in row:
        name = next((name for name in ("url", "index", "idx", "id") if name in row), None)
        if name is None or not isinstance(row["answers"], list):
            raise UsageError(f"{where}: 'answers' needs a list, and 'url' or 'index' beside it")
        return Entry(number, str(row[name]), row["answers"])
    if "url" in row and "idx" in row and not any(name in row for name in PREDICTION_FIELDS if name != "docstring"):
        return Entry(number, str(row["url"]), Ranked(row["idx"]))
    if what == "references" and "url" in row and "idx" in row and "function_tokens" in row:
        return Entry(number, str(row["url"]), Ranked(row["idx"]))  # AdvTest's own test.jsonl
    fields = PREDICTION_FIELDS if what == "predictions" else REFERENCE_FIELDS
    name = next((name for name in fields if name in row), None)
    if name is None:
        raise UsageError(f"{where}: none of the fields {', '.join(fields)}. One of them holds the {what[:-1]}")
    key = next((str(row[name]) for name in KEYS if name in row), None)
    return Entry(number, key, row[name])


def _join(task: str, form: str, given: Table, right: Table, allow_missing: bool) -> Items:
    """Predictions in the order of the references."""
    if right.keyed != given.keyed:
        with_key, without = (right.path, given.path) if right.keyed else (given.path, right.path)
        raise UsageError(f"{with_key} names its items and {without} does not. Both need the ids, or neither")
    references: list[Any]
    if not right.keyed:
        if len(given.entries) != len(right.entries):
            raise UsageError(
                f"{given.path} has {len(given.entries)} lines and {right.path} {len(right.entries)}. Line n of one "
                f"answers line n of the other"
            )
        predictions, references, missing = [e.value for e in given.entries], [e.value for e in right.entries], []
    else:
        several = task in ("code_summarization", "code_qa")  # references that share an id are all right
        answers = _by_name(right, several)
        said = {key: values[0] for key, values in _by_name(given, several=False).items()}
        unknown = [key for key in said if key not in answers]
        if unknown:
            raise UsageError(
                f"{given.path}: {_ids(unknown)} not in {right.path}. Predict the items of the references, and no others"
            )
        missing = [key for key in answers if key not in said]
        if missing and not allow_missing:
            raise UsageError(
                f"{given.path}: no prediction for {_ids(missing)}. Add them, or count them as wrong with "
                f"--allow-missing"
            )
        predictions = [said.get(key) for key in answers]
        references = [values if several and len(values) > 1 else values[0] for values in answers.values()]
    return _typed(form, given, right, predictions, references, missing)


def _typed(
    form: str, given: Table, right: Table, predictions: list[Any], references: list[Any], missing: list[str]
) -> Items:
    """Labels as numbers, rankings as lists, texts as texts."""
    unparsed = 0
    if form in ("labels", "pairs", "choice"):
        references = [_label(value, right.path, number) for number, value in enumerate(references, 1)]
        labels = [None if value is None else _label_or_none(value) for value in predictions]
        unparsed = sum(new is None and old is not None for new, old in zip(labels, predictions, strict=True))
        return Items(labels, references, form, missing, unparsed)
    if form in ("ranking", "retrieval"):
        references = [value.item if isinstance(value, Ranked) else value for value in references]
        for value in predictions:
            if value is not None and not isinstance(value, list):
                raise UsageError(f"{given.path}: {value!r} is no ranking. Each line needs 'answers' with a list of ids")
        return Items(predictions, references, form, missing)
    for table, values in ((given, predictions), (right, references)):
        for value in values:
            if value is not None and not isinstance(value, str) and not isinstance(value, list):
                raise UsageError(f"{table.path}: {value!r} is {type(value).__name__}, expected a text")
    empty = sum(isinstance(value, str) and not value.strip() for value in predictions)
    return Items(predictions, references, form, missing, empty=empty)


def _folders(predictions: Path, references: Path, allow_missing: bool) -> Items:
    """The cloze test: `<folder>/<language>/answers.txt` beside `<folder>/<language>/predictions.txt`."""
    names = sorted(path.parent.name for path in references.glob(f"*/{FILE_NAMES['references']}"))
    if not names:
        raise UsageError(
            f"{references}: no <language>/{FILE_NAMES['references']} in it. Give upstream's folder of answers"
        )
    parts = [
        read(
            "cloze_test",
            predictions / name / FILE_NAMES["predictions"],
            references / name / FILE_NAMES["references"],
            allow_missing=allow_missing,
        )
        for name in names
    ]
    return Items(
        [value for part in parts for value in part.predictions],
        [value for part in parts for value in part.references],
        "words",
        [f"{name}/{key}" for name, part in zip(names, parts, strict=True) for key in part.missing],
        empty=sum(part.empty for part in parts),
        groups=[name for name, part in zip(names, parts, strict=True) for _ in part.references],
    )


def _lines(path: Path, what: str) -> Iterator[tuple[int, str]]:
    """(number from 1, line) of a UTF-8 file; the empty end of the last line is no line."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as err:
        raise UsageError(f"{path}: no such file. Give the file with {what}") from err
    except OSError as err:
        raise UsageError(f"{path}: it cannot be read ({err.strerror}). Give the file with {what}") from err
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UsageError(f"{path}: it is UTF-16, expected UTF-8. Convert it: iconv -f UTF-16 -t UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise UsageError(
            f"{path}, line {line}: byte 0x{data[err.start]:02x} is not UTF-8. Convert the file to UTF-8, from GB18030 "
            f"if it is Chinese: iconv -f GB18030 -t UTF-8"
        ) from err
    if not text.strip():
        return
    for number, content in enumerate(text.removesuffix("\n").split("\n"), 1):
        yield number, content.removesuffix("\r")


def _by_name(table: Table, several: bool) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    first: dict[str, int] = {}
    for entry in table.entries:
        key = entry.key
        if key is None:
            raise UsageError(f"{table.path}, line {entry.line}: no id in it, but other lines have one")
        if key in values and not several:
            raise UsageError(
                f"{table.path}, line {entry.line}: id {key!r} stands in line {first[key]} too. Keep one of them"
            )
        values.setdefault(key, []).append(entry.value)
        first.setdefault(key, entry.line)
    return values


def _label(value: Any, path: Path, number: int) -> int:
    label = _label_or_none(value)
    if label is None:
        raise UsageError(f"{path}, item {number}: {value!r} is no label, expected a whole number")
    return label


def _label_or_none(value: Any) -> int | None:
    text = str(int(value) if isinstance(value, bool) else value).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _ids(keys: list[str]) -> str:
    shown = ", ".join(repr(key) for key in keys[:3])
    return f"id {shown}" if len(keys) == 1 else f"{len(keys)} ids, such as {shown},"
