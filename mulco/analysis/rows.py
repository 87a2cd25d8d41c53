"""Rows to be analysed, out of anything that holds them: a built folder, an arm, Parquet, JSON, CSV.

    table = read(["out/mulco", "mine.jsonl"], by="source")       # an Arrow table of READ, data set after data set

A row that mulco built, or an arm of them, says all that is asked. Other rows say what their columns say: an instruction
(`instruction`, `prompt`, `query`, ...), perhaps an `input`, an answer (`output`, `response`, `completion`, ...), or a
conversation (`messages`, `conversations`), of which the first question and the first answer are read. The columns
`id`, `task`, `language`, `programming_language`, `source` and `license` are believed where they are there. Else the
language is that of the instruction's script, and the programming language that of the answer's fence, else the only one
that the instruction names, else the one that `mulco.steps.detection` finds; `text` where answer and input hold no code.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mulco.analysis.domain import FENCE, holds_code
from mulco.analysis.result import READ
from mulco.catalog import catalog
from mulco.engine import local
from mulco.errors import MulcoError, NoRowsError, UsageError, unknown
from mulco.languages import ALIASES, DISPLAY, TEXT, canonical
from mulco.licenses import UNKNOWN
from mulco.manifest import NAME as MANIFEST
from mulco.manifest import Manifest, read_batches
from mulco.row import LANGUAGES
from mulco.source import SPLITS
from mulco.steps.detection import detect
from mulco.steps.script import is_chinese

BY = ("config", "source", "task", "language", "programming_language", "license", "file")
SUFFIXES = (".parquet", ".jsonl", ".json", ".csv")
QUESTIONS = ("instruction", "prompt", "query", "question", "problem", "user")
ANSWERS = ("output", "response", "completion", "answer", "solution", "assistant")
CONVERSATIONS = ("messages", "conversations")
EXPECTED = (
    "Expected an instruction (instruction, prompt, query, question or problem) and an answer (output, response, "
    "completion, answer or solution), or a conversation (messages or conversations)"
)
CHUNK = 500  # texts whose language is detected in one job
LOOKED_AT = 4_000  # characters of a text whose language is detected; the detector reads 3,000 bytes

Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A data set under a name of its own: a file, or a folder, or several that hold one config each.

    `configs` names those of built folders that are wanted; none: all. An empty name stands for that of the path.
    """

    name: str
    paths: tuple[Path, ...]
    configs: tuple[str, ...] = ()


@dataclass
class _Texts:
    """The rows of a data set that is not ours, column by column, and which of them wait for a detector."""

    rows: list[Row] = field(default_factory=list)
    doubtful: list[tuple[int, str]] = field(default_factory=list)  # row, code


def read(
    targets: Sequence[str | Path | Target],
    *,
    by: str = "config",
    split: str = "train",
    limit: int | None = None,
    configs: Sequence[str] = (),
    workers: int = 1,
) -> pa.Table:
    """A table of READ: the rows of every target, in the order of the targets and of their files.

    `by` is what `group` holds: config, source, task, language, programming_language, license, or file (that of
    upstream, or its folder where it lies in one). `split` is train, validation, test or all; a file is read whole.
    `limit` rows of each data set are chosen by a stable hash of their ids, so they stand for all of it. Raises
    MulcoError for what cannot be read or holds no row.
    """
    if by not in BY:
        raise UsageError(unknown("group", by, BY, f"Groups: {', '.join(BY)}"))
    if split not in (*SPLITS, "all"):
        raise UsageError(unknown("split", split, (*SPLITS, "all"), f"Splits: {', '.join(SPLITS)}, all"))
    if not targets:
        raise UsageError("nothing to analyse is named. Name folders or files: mulco analyze out/mulco mine.jsonl")
    tables = []
    for target in _named(targets, configs):
        found = [
            _built(path, target, by, split) if _is_built(path) else _foreign(path, target, by, split, workers)
            for path in target.paths
        ]
        table = pa.concat_tables(found)
        if not table.num_rows:
            where = "no rows" if split == "all" else f"no rows in the split {split}"
            raise NoRowsError(f"{target.name}: {where}. Name another split, with --split, or other rows")
        tables.append(_limited(table, limit))
    return pa.concat_tables(tables).combine_chunks()


def _named(targets: Sequence[str | Path | Target], configs: Sequence[str]) -> list[Target]:
    """Each target under a name that no other has: its last part, or as many of its parts as it takes."""
    found = []
    for target in targets:
        if isinstance(target, Target) and target.name:
            found.append(target)
            continue
        path = target.paths[0] if isinstance(target, Target) else Path(target)
        chosen = target.configs if isinstance(target, Target) else tuple(configs)
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
        if (path / "arms.json").is_file() and not (path / MANIFEST).exists():
            arms = sorted(file.parent for file in path.glob(f"*/{MANIFEST}"))
            found += [Target(arm.name, (arm,)) for arm in arms]
        else:
            found.append(Target(path.resolve().name, (path,), chosen))
    paths = [tuple(path.resolve() for path in target.paths) + target.configs for target in found]
    for target, place in zip(found, paths, strict=True):
        if paths.count(place) > 1:
            raise UsageError(f"{target.name} is named twice. Name each data set once")
    for parts in range(1, 99):
        repeated = {name for name, count in Counter(target.name for target in found).items() if count > 1}
        if not repeated:
            break
        found = [
            Target("/".join(target.paths[0].resolve().parts[-parts - 1 :]), target.paths, target.configs)
            if target.name in repeated
            else target
            for target in found
        ]
    return found


def _limited(table: pa.Table, limit: int | None) -> pa.Table:
    """`limit` rows by a stable hash of their ids, in their order."""
    if limit is None or table.num_rows <= limit:
        return table
    marks = [hashlib.blake2b(f"analyze/{id_}".encode(), digest_size=8).digest() for id_ in table["id"].to_pylist()]
    kept = sorted(sorted(range(len(marks)), key=marks.__getitem__)[:limit])
    return table.take(pa.array(kept))


# Folders that mulco built.


def _is_built(path: Path) -> bool:
    """Whether a folder has the manifest of a build; that of an arm is of another kind."""
    file = path / MANIFEST
    if not file.is_file():
        return False
    try:
        facts = json.loads(file.read_text("utf-8"))
    except ValueError as err:
        raise MulcoError(f"{file}: not JSON ({err}). Build the folder again: mulco build") from err
    return isinstance(facts, dict) and facts.get("kind") != "arm"


def _built(folder: Path, target: Target, by: str, split: str) -> pa.Table:
    """The rows of a built folder as its manifest lists them."""
    manifest = Manifest.load(folder)
    wanted = [config for config in target.configs if config in manifest.configs]
    for config in target.configs if len(target.paths) == 1 else ():
        if config not in wanted:
            raise UsageError(unknown("config", config, manifest.configs, f"Configs in {folder}: mulco list {folder}"))
    columns = ["id", "instruction", "input", "output", "task", "language", "programming_language", "source", "license"]
    needed = [*columns, "quality", *(["provenance"] if by == "file" else [])]
    tables = []
    tokenized = pa.array([name for name, source in catalog().sources.items() if source.tokenized], pa.string())
    for config in wanted if target.configs else manifest.configs:
        for name, facts in manifest.configs[config]["splits"].items():
            if split in (name, "all"):
                for file in facts["files"]:
                    batches = list(read_batches(folder / file["path"], needed))
                    tables.append(_with_facts(pa.Table.from_batches(batches), target.name, config, by, tokenized))
    return pa.concat_tables([READ.empty_table(), *tables])


def _with_facts(table: pa.Table, dataset: str, config: str, by: str, tokenized: pa.Array) -> pa.Table:
    """Rows of a build as READ has them."""
    count = table.num_rows
    if by == "config":
        group = pa.repeat(config, count)
    elif by == "file":
        group = pa.array([_place(json.loads(facts)["file"]) for facts in table["provenance"].to_pylist()], pa.string())
    else:
        group = table[by]
    columns = {
        "dataset": pa.repeat(dataset, count),
        "group": group,
        "tokenized": pc.is_in(table["source"], value_set=tokenized),
    }
    return pa.table([columns.get(name, table[name] if name in table.column_names else None) for name in READ.names],
                    schema=READ)  # fmt: skip


def _place(file: str) -> str:
    """snippets/all.zip/basic/Go.json -> snippets/basic; snippets/data.jsonl stays as it is."""
    parts = [part for part in file.split("/") if not part.endswith(".zip")]
    return "/".join(parts[:-1]) if len(parts) > 2 else "/".join(parts)


# Rows of any other kind.


def _foreign(path: Path, target: Target, by: str, split: str, workers: int) -> pa.Table:
    """The rows of a file, or of the files of a folder, by their own columns."""
    if target.configs:
        raise UsageError(f"{path} was not built by mulco: it has no configs to choose from. Leave --config out")
    texts = _Texts()
    files = _files(path, split) if path.is_dir() else [path]
    for file in files:
        place = file.relative_to(path).as_posix() if path.is_dir() else file.name
        place = place[: -len(file.suffix)]
        for line, values in _lines(file):
            _add(texts, file, line, values, target.name, by, place)
    ids = Counter(row["id"] for row in texts.rows)
    for row in texts.rows:  # ids that repeat are no ids: then all rows go by file and line
        row["id"] = row["id"] if row["id"] and len(ids) == len(texts.rows) else row["place"]
    _detect(texts, workers)
    if by == "programming_language":
        for row in texts.rows:
            row["group"] = row["programming_language"]
    return pa.table({name: [row[name] for row in texts.rows] for name in READ.names}, schema=READ)


def _files(folder: Path, split: str) -> list[Path]:
    """The files of a folder that hold rows of the split: Parquet if there is any, else JSON or CSV."""
    found = [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix in SUFFIXES
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.name not in (MANIFEST, "dataset_info.json", "dataset_infos.json", "state.json", "dataset_dict.json")
    ]
    parquet = [file for file in found if file.suffix == ".parquet"]
    found = parquet or found
    if not found:
        raise MulcoError(
            f"{folder}: no rows in it. Expected a folder built by mulco, or files of {', '.join(SUFFIXES)}"
        )
    return [file for file in found if split in ("all", _split_of(file.relative_to(folder)))]


def _split_of(file: Path) -> str:
    """The split that a path names, as `datasets` reads it: train where it names none."""
    words = re.split(r"[^a-z]+", file.as_posix().lower())
    if "test" in words:
        return "test"
    return "validation" if {"validation", "valid", "val", "dev"} & set(words) else "train"


def _lines(file: Path) -> Iterator[tuple[int, Row]]:
    """(line, values) of each row of a file; lines count from 1, as do the rows of a list or of Parquet."""
    if file.suffix not in SUFFIXES:
        raise UsageError(f"{file}: cannot be read. Expected a folder or a file of {', '.join(SUFFIXES)}")
    try:
        if file.suffix == ".parquet":
            yield from enumerate((row for batch in _batches(file) for row in batch.to_pylist()), 1)
        elif file.suffix == ".csv":
            with file.open(encoding="utf-8-sig", newline="") as stream:
                csv.field_size_limit(2**31 - 1)
                reader = csv.DictReader(stream, strict=True)
                for row in reader:
                    yield reader.line_num, {name: value for name, value in row.items() if name is not None}
        else:
            yield from _json(file)
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        reason = (err.strerror or err) if isinstance(err, OSError) else f"not {file.suffix[1:]} in UTF-8 ({err})"
        raise MulcoError(f"{file}: {reason}. Mend the file, or name another") from err


def _batches(file: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(file) as parquet:
            yield from parquet.iter_batches(10_000)
    except pa.ArrowException as err:
        raise MulcoError(f"{file}: damaged Parquet ({err}). Get the file again") from err


def _json(file: Path) -> Iterator[tuple[int, Row]]:
    """The objects of one list, or one a line, whatever the suffix says."""
    import orjson

    data = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] == b"[":
        try:
            values = orjson.loads(data)
        except orjson.JSONDecodeError as err:
            raise MulcoError(f"{file}, line {err.lineno}: not JSON ({err}). Correct it, or name another file") from err
        for number, value in enumerate(values, 1):
            if not isinstance(value, dict):
                raise MulcoError(f"{file}, element {number}: not an object but {type(value).__name__}. {EXPECTED}")
            yield number, value
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as err:
            hint = "Expected one JSON object a line, or one list. Correct or remove the line"
            raise MulcoError(f"{file}, line {number}: not JSON ({err}). {hint}") from err
        if not isinstance(value, dict):
            raise MulcoError(f"{file}, line {number}: not an object but {type(value).__name__}. {EXPECTED}")
        yield number, value


def _add(texts: _Texts, file: Path, line: int, values: Row, dataset: str, by: str, place: str) -> None:
    """One more row, in the columns of READ."""
    parts = _parts(values)
    if parts is None:
        found = ", ".join(values) or "nothing"
        raise MulcoError(f"{file}, line {line}: no question and answer. {EXPECTED}; found: {found}")
    instruction, given, output = parts
    row: Row = {"instruction": instruction, "input": given, "output": output, "quality": None, "dataset": dataset}
    row |= {"id": str(values["id"]) if values.get("id") not in (None, "") else "", "place": f"{place}/{line}"}
    row["task"] = str(values["task"]) if values.get("task") else None
    row["source"] = str(values.get("source") or dataset)
    row["license"] = str(values.get("license") or UNKNOWN)
    known = catalog().sources.get(str(row["source"]))
    row["tokenized"] = known is not None and known.tokenized
    declared = values.get("language")
    row["language"] = declared if declared in LANGUAGES else "zh" if is_chinese(f"{instruction} {given}") else "en"
    row["programming_language"] = _programming_language(texts, values, parts)
    config = f"{row['task']}_{row['language']}" if row["task"] else dataset
    row["group"] = {"config": config, "file": place}.get(by) or row.get(by) or "none"
    texts.rows.append(row)


def _parts(values: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Instruction, input and output of a row of any usual form; None where it has none of them."""
    for name in CONVERSATIONS:
        turns = values.get(name)
        if isinstance(turns, list) and turns:
            asked, answered = _turn(turns, ("user", "human", "prompter")), _turn(turns, ("assistant", "gpt", "model"))
            if asked is not None and answered is not None:
                return asked, "", answered
    question = next((values[name] for name in QUESTIONS if values.get(name) not in (None, "")), None)
    answer = next((values[name] for name in ANSWERS if name in values), None)
    given = values.get("input")
    if question is None and given not in (None, ""):
        question, given = given, None
    if question is None or not any(name in values for name in ANSWERS):
        return None
    return _text(question), _text(given), _text(answer)


def _turn(turns: Sequence[Any], roles: Sequence[str]) -> str | None:
    """What the first of some roles says, in the words of either kind of conversation."""
    for turn in turns:
        if isinstance(turn, dict) and (turn.get("role") or turn.get("from")) in roles:
            return _text(turn.get("content", turn.get("value")))
    return None


def _text(value: Any) -> str:
    """A value as text: a conversation of one side is what it says, anything else that is no text is JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(isinstance(turn, dict) and "content" in turn for turn in value):
        return "\n\n".join(_text(turn["content"]) for turn in value if turn.get("role") != "system")
    return json.dumps(value, ensure_ascii=False)


def _programming_language(texts: _Texts, values: Mapping[str, Any], parts: tuple[str, str, str]) -> str:
    """By column, fence, or the instruction; else the row is noted as one to detect and counts as text so far."""
    for name in ("programming_language", "lang", "language"):
        declared = values.get(name)
        known = canonical(declared) if isinstance(declared, str) and declared not in LANGUAGES else None
        if known is not None:
            return known
    instruction, given, output = parts
    for text in (output, given):
        fences = [known for tag, _ in FENCE.findall(text) if tag and (known := canonical(tag))] if "`" in text else []
        if fences and fences[0] != TEXT:
            return Counter(fences).most_common(1)[0][0]
    code = next((text for text in (output, given) if holds_code(text)), None)
    if code is None:
        return TEXT
    named = named_language(instruction)
    if named is None:
        texts.doubtful.append((len(texts.rows), code))
    return named or TEXT


# A name that is a word as well counts only as it is written, and a letter only beside a word of programming.
_LETTERS = ("C", "R", "Go")
_WORDS = ("Swift", "Rust", "Ruby", "Dart", "Julia", "Scheme", "Groovy", "Pascal", "Scala", "Elixir", "Perl", "Lisp",
          "Assembly", "LaTeX", "Prolog", "Lua")  # fmt: skip
_THINGS = r"(?:program|code|function|script|language|snippet|method|compiler|语言|代码|程序|函数)"
_SUBJECTS = frozenset(("sql", "html", "css", "json", "xml", "yaml", "bash", "latex", "makefile", "dockerfile"))
_NOT_NAMES = frozenset(("cc", "cs", "rs", "sh", "kt", "ts", "rb", "py", "asm", "tex", "node", "docker", "shell", TEXT))


@functools.cache
def _names() -> re.Pattern[str]:
    """How instructions name languages; a Chinese character may stand right beside a name."""
    odd = {name.lower() for name in (*_LETTERS, *_WORDS)}
    plain = [name for name in {**{v.lower(): 0 for v in DISPLAY.values()}, **ALIASES} if name not in odd | _NOT_NAMES]
    plain.sort(key=lambda name: (-len(name), name))
    letters = "|".join(_LETTERS)
    return re.compile(
        rf"(?<![\w.+#/-])(?:(?i:{'|'.join(map(re.escape, plain))})|{'|'.join(_WORDS)}"
        rf"|(?:{letters})(?=\s*{_THINGS})|(?:(?<=\bin )|(?<=\busing )|(?<=\bto )|(?<=用 ))(?:{letters}))"
        r"(?![A-Za-z0-9_+#]|\.[a-z])",
    )


def named_language(instruction: str) -> str | None:
    """The only programming language that an instruction names; one that may be a mere subject, such as SQL, counts
    where no other is named."""
    bare = re.sub(r"(?<=[\u3400-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z0-9+#])(?=[\u3400-\u9fff])", " ", instruction)
    found = {name for word in _names().findall(bare) if (name := canonical(word))}
    found = found - _SUBJECTS or found
    return found.pop() if len(found) == 1 else None


def _detect(texts: _Texts, workers: int) -> None:
    """Fill in the languages that a detector has to find."""
    jobs = [
        (start, [code[:LOOKED_AT] for _, code in texts.doubtful[start : start + CHUNK]])
        for start in range(0, len(texts.doubtful), CHUNK)
    ]
    for start, languages in local.run(_detected, jobs, workers if len(jobs) > 2 else 1):
        for (row, _), language in zip(texts.doubtful[start : start + CHUNK], languages, strict=True):
            texts.rows[row]["programming_language"] = language


def _detected(job: tuple[int, list[str]]) -> tuple[int, list[str]]:
    start, codes = job
    return start, [language for language, _ in detect(codes)]
