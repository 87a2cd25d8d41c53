"""Texts that a model wrote, as one more input of a build: the Parquet of `mulco synth run`, beside the sources.

    texts = read_texts((Path("out/translate_zh"),))
    plan = make_plan(["code_summarization_zh"], Settings(upstream, synthesis=(Path("out/translate_zh"),)))

A record of a source is read in the source's own language and takes over what was written for it. What a text was
written for is told by the digest of all that the model was shown (`shown`), so a text never serves an item that has
changed since. A text is rewritten first and translated then; labels and judgements hold for what comes of it. A
record without a translation is unusable (`not_translated`), one judged unfit as well (`judged_unfit`).

A file has the columns of `COLUMNS`: one row a text. Its bytes are part of the identity of every config it feeds.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.errors import UsageError
from mulco.identity import file_digest
from mulco.source import Item, Record, Unusable, Writing
from mulco.task import Task

KINDS = ("translate", "rewrite", "evolve", "instruct", "label", "judge")
REWRITING = ("instruct", "rewrite", "evolve")  # in this order; each at most once for a text
COLUMNS = (
    "task", "source", "source_id", "kind", "field", "from_language", "language", "shown", "original", "text", "license",
    "programming_language", "model", "endpoint", "date", "prompt", "request",
)  # fmt: skip
SCHEMA = pa.schema([pa.field(name, pa.string()) for name in COLUMNS])
UNFIT = "poor"  # the judgement that makes a record unusable


def shown(kind: str, fields: Mapping[str, Any], task: Task, field: str = "") -> str:
    """The digest of what a model is shown of a record: by this a text finds its record again."""
    return digest_of(subject(kind, fields, task, field))


def subject(kind: str, fields: Mapping[str, Any], task: Task, field: str = "") -> dict[str, str]:
    """What a model is shown of a record: the text alone, the code alone, text and code, or all the task is about."""
    code = fields.get("code")
    if kind == "translate":
        return {"text": str(fields[field])}
    if kind == "instruct":
        return {"code": str(code)}
    if kind in REWRITING:
        return {"text": str(fields[field]), "code": str(code)}
    names = dict.fromkeys((*task.texts, *task.fields, "code"))
    return {name: value for name in names if isinstance(value := fields.get(name), str)}


def digest_of(value: Mapping[str, str]) -> str:
    """sha256 of a mapping of texts, cut to 32 hexadecimal digits: it names a text, it secures nothing."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Key(NamedTuple):
    """What a text is found by, within one task and source."""

    kind: str
    field: str
    from_language: str
    language: str
    shown: str


@dataclass(frozen=True)
class Written:
    """The texts written for one task and source, to serve one language; plain values that travel to a worker."""

    files: tuple[Path, ...]
    digests: tuple[str, ...]  # of the files
    task: Task
    source: str
    from_language: str  # of the source's records
    language: str  # of the rows

    def apply(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items of a shard with what was written for them in place of their own texts."""
        texts = _texts(self.files, self.task.name, self.source)
        for item in items:
            yield self._of(item, texts) if isinstance(item, Record) else item

    def _of(self, record: Record, texts: _Texts) -> Record | Unusable:
        fields = dict(record.fields)
        kinds: dict[str, list[str]] = {}
        facts: dict[str, Mapping[str, str]] = {}  # by request: one may have served two fields

        def take(key: Key, row: dict[str, str], **more: str) -> None:
            if key.field:
                kinds.setdefault(key.field, []).append(f"llm:{key.kind}")
            told = {name: row[name] for name in ("model", "endpoint", "date", "prompt", "request")}
            facts[row["request"]] = {"kind": key.kind, **more, **told}

        for field in self.task.texts:
            passed = self._rewrite(fields, field, self.from_language, texts)
            if self.from_language != self.language:
                if not str(fields.get(field) or "").strip() and not passed:
                    continue
                stages = [fields.get(field), *(row["text"] for _, row in passed)]
                for length in range(len(stages), 0, -1):  # of the latest stage that was translated
                    fields[field] = stages[length - 1] or ""
                    key = self._key("translate", fields, field, self.from_language, self.language)
                    if (row := texts.get(key)) is not None:
                        break
                else:
                    return Unusable("not_translated")
                passed = [*passed[: length - 1], (key, row)]
                fields[field] = row["text"]
                passed += self._rewrite(fields, field, self.language, texts)
            for key, row in passed:
                take(key, row, **({"from": key.from_language} if key.kind == "translate" else {}))
                fields[field] = row["text"]
        record = record._replace(fields=fields)
        for kind in ("label", "judge"):
            key = self._key(kind, fields, "", self.language, self.language)
            if (row := texts.get(key)) is None:
                continue
            values = json.loads(row["text"])
            if kind == "judge" and values["fit"] == UNFIT:
                return Unusable("judged_unfit")
            if kind == "label":
                record = record._replace(difficulty=values["difficulty"], paradigm=values["paradigm"])
            take(key, row, **values)
        if not facts:
            return record
        fields_written = {field: ", ".join(found) for field, found in kinds.items()}
        return record._replace(writing=Writing(fields_written, tuple(facts.values())))

    def _rewrite(
        self, fields: Mapping[str, Any], field: str, language: str, texts: _Texts
    ) -> list[tuple[Key, dict[str, str]]]:
        """The rewritings of a text within one language, one after the other."""
        found: list[tuple[Key, dict[str, str]]] = []
        now = dict(fields)
        for kind in REWRITING:
            if kind == "instruct" or str(now.get(field) or "").strip():
                key = self._key(kind, now, field, language, language)
                if (row := texts.get(key)) is not None:
                    found.append((key, row))
                    now[field] = row["text"]
        return found

    def _key(self, kind: str, fields: Mapping[str, Any], field: str, from_language: str, language: str) -> Key:
        return Key(kind, field, from_language, language, shown(kind, fields, self.task, field))


@dataclass(frozen=True)
class Texts:
    """All that some files hold: digests of their bytes, and how many texts serve which task, source and language."""

    files: tuple[Path, ...]
    digests: tuple[str, ...]
    serve: Mapping[tuple[str, str, str], str]  # (task, source, language) -> language of the source's records
    facts: tuple[dict[str, Any], ...]  # for the manifest: one a file

    def written(self, task: Task, source: str, language: str, from_language: str) -> Written | None:
        """What serves one task, source and language, or None."""
        if self.serve.get((task.name, source, language)) != from_language:
            return None
        return Written(self.files, self.digests, task, source, from_language, language)


def read_texts(paths: Sequence[Path]) -> Texts:
    """Read and check files, or all the Parquet of folders; raises UsageError for one that holds no such texts."""
    files = []
    for path in paths:
        found = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.is_file() else []
        if not found:
            raise UsageError(f"{path}: no Parquet of a model's texts there. Make it with: mulco synth run JOB")
        files += [file.resolve() for file in found]
    serve: dict[tuple[str, str, str], set[str]] = {}
    facts: list[dict[str, Any]] = []
    taken: dict[tuple[str, ...], tuple[str, Path]] = {}
    for file in files:
        groups: Counter[tuple[str, ...]] = Counter()
        dates: dict[tuple[str, ...], set[str]] = {}
        for row in _rows(file):
            key = (row["task"], row["source"], *_key_of(row))
            text, other = taken.setdefault(key, (row["text"], file))
            if text != row["text"]:
                where = f"{file.name} and {other.name}" if other != file else file.name
                raise UsageError(
                    f"{where}: two texts for {row['task']}, {row['source']}, {row['source_id']!r} ({row['kind']}). "
                    "Name only the file whose texts you want"
                )
            group = tuple(row[name] for name in _FACTS)
            groups[group] += 1
            dates.setdefault(group, set()).add(row["date"])
            target = row["language"]
            serve.setdefault((row["task"], row["source"], target), set()).add(row["from_language"])
        facts.append(
            {
                "file": file.name, "sha256": file_digest(file), "texts": groups.total(),
                "written": [
                    {**dict(zip(_FACTS, group, strict=True)), "first_date": min(dates[group]),
                     "last_date": max(dates[group]), "texts": count}
                    for group, count in sorted(groups.items())
                ],
            }
        )  # fmt: skip
    # Texts may be rewritten before or after they are translated: the records are then those of the other language.
    origin = {
        where: next((name for name in sorted(froms) if name != where[2]), where[2]) for where, froms in serve.items()
    }
    return Texts(tuple(files), tuple(fact["sha256"] for fact in facts), origin, tuple(facts))


_FACTS = ("kind", "task", "source", "from_language", "language", "model", "endpoint", "prompt")


def _key_of(row: Mapping[str, str]) -> Key:
    return Key(row["kind"], row["field"], row["from_language"], row["language"], row["shown"])


def _rows(file: Path) -> Iterator[dict[str, str]]:
    try:
        with pq.ParquetFile(file) as parquet:
            if missing := sorted(set(COLUMNS) - set(parquet.schema_arrow.names)):
                raise UsageError(
                    f"{file.name}: no Parquet of mulco synth run, the columns {', '.join(missing)} are missing"
                )
            for batch in parquet.iter_batches(10_000, columns=list(COLUMNS)):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as err:
        raise UsageError(f"{file}: damaged ({err}). Make it again with: mulco synth run JOB") from err


class _Texts:
    """The rows of one task and source: kept in Arrow, found by their keys."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        names = [table.column(name).to_pylist() for name in Key._fields]
        self.places = {Key(*values): number for number, values in enumerate(zip(*names, strict=True))}

    def get(self, key: Key) -> dict[str, str] | None:
        place = self.places.get(key)
        return None if place is None else self.table.slice(place, 1).to_pylist()[0]


@functools.lru_cache(maxsize=4)
def _texts(files: tuple[Path, ...], task: str, source: str) -> _Texts:
    wanted = [("task", "=", task), ("source", "=", source)]
    tables = [pq.read_table(file, columns=list(COLUMNS), filters=wanted).cast(SCHEMA) for file in files]
    return _Texts(pa.concat_tables(tables).combine_chunks())
