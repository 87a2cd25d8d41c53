"""Data in Alpaca's form: an instruction, an input that may be empty, and an output.

    shards_of(folder, want, files, winners)  # one shard a split and file
    read(folder, shard, fields)  # its rows as records

A row stands in exactly one task: in code_generation where its output holds code, alone or among sentences, else in
code_qa; what code is, and in which language, says `recognition`. In code_qa the language is that of the code asked
about. Description and question are the instruction and, after a blank line, the input. An output that is one fenced
block loses its fence. Instructions in another language than English are unusable.

Upstream has no splits: they follow from the words of the instruction's first line, in all sources of this form, so
that an instruction stays with what merely adds an input or more conditions to it.

A row that also stands in a file before it in `files`, or in one of another source that wins, is unusable. Rows are
compared by their words, instruction and input taken as one text, for some files merge them.

Not a source: `codealpaca`, `gpteacher` and `evol-instruct-code` read through this.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mulco.builders.sources.instructions import words
from mulco.builders.sources.recognition import asked_about, how_recognised, recognised
from mulco.errors import BrokenFileError
from mulco.languages import TEXT
from mulco.reading import CORRECT_LINE, json_array, json_lines, open_data, shown, with_lf, wrong_fields
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want, split_of

TASKS = ("code_generation", "code_qa")
_NO_INPUT = re.compile(r"\s*<?\s*no[ _]?input\s*>?\s*", re.I)
_FENCED = re.compile(r"\s*```[^\n`]*\n((?:(?!```).)*?)\n?[ \t]*```\s*", re.S)
# Scripts that English is not written in: Cyrillic to Arabic, Indic to Georgian, and everything CJK.
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u0900-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENGLISH = frozenset(
    ("a", "an", "and", "for", "from", "in", "is", "it", "of", "that", "the", "this", "to", "with", "you")
)
# Little words of German, French, Spanish, Portuguese, Italian, Dutch, Indonesian and Turkish; none is an English one.
_FOREIGN = frozenset((
    "der", "das", "und", "ist", "ein", "eine", "für", "mit", "nicht", "le", "les", "des", "et", "une", "du", "que",
    "dans", "pour", "est", "el", "los", "las", "una", "del", "por", "como", "está", "uma", "os", "com", "não", "il",
    "che", "della", "gli", "sono", "het", "een", "van", "en", "voor", "niet", "yang", "dan", "untuk", "bir", "ve",
    "için",
))  # fmt: skip


def shards_of(folder: Path, want: Want, files: Sequence[str], winners: Mapping[str, Sequence[str]]) -> Iterator[Shard]:
    """One shard a split and file at hand; it also lists the files whose rows it must not repeat.

    These are the files before it, and those of other sources that `winners` names for it.
    """
    at_hand = [file for file in files if (folder / file).is_file()]
    for split in SPLITS:
        for number, file in enumerate(at_hand):
            winning = [other for other in winners.get(file, ()) if (folder / other).is_file()]
            yield Shard(want, split, (file, *at_hand[:number], *winning))


def read(folder: Path, shard: Shard, fields: Mapping[str, type]) -> Iterator[Item]:
    """The rows of one split of one file, in upstream order; its rows have at least `fields`."""
    data, *others = shard.files
    published = _published(folder, others)
    name, stem = shown(folder, data), data.rsplit(".", 1)[0]
    for item in _rows(folder, data, fields):
        if isinstance(item, Malformed):
            if shard.split == "train":  # a broken row belongs to no split: count it once
                yield item
            continue
        line, row = item
        if split_of(words(_first_line(row["instruction"])) or row["instruction"]) != shard.split:
            continue
        reason = published.get(_identity(row))
        yield Unusable(reason) if reason else _item(row, shard.want.task, f"{stem}/{line}", name, line)


def _rows(folder: Path, path: str, fields: Mapping[str, type]) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Line and row of a file in either form it is found in: one JSON array, or an object a line."""
    with open_data(folder, path) as stream:
        lines = stream.read(64).lstrip().startswith(b"{")
    for item in (json_lines if lines else json_array)(folder, path, fields):
        if not isinstance(item, Malformed) and (problem := _problem(item[1])):
            item = Malformed(shown(folder, path), item[0], problem, CORRECT_LINE)
        yield item


def _problem(row: Mapping[str, Any]) -> str | None:
    if "output" in row and row.get("response", row["output"]) != row["output"]:
        return "fields 'output' and 'response' differ"
    return wrong_fields(row, {"input": str}) if "input" in row else None


def _published(folder: Path, files: Sequence[str]) -> dict[bytes, str]:
    """The rows of other files, by identity, with the reason not to repeat them; none where a file is broken."""
    found: dict[bytes, str] = {}
    for file in files:
        reason = f"published_in_{file.split('/')[1]}" if file.startswith("../") else "published_twice"
        with contextlib.suppress(BrokenFileError):
            for item in _rows(folder, file, {"instruction": str}):
                if not isinstance(item, Malformed):
                    found.setdefault(_identity(item[1]), reason)
    return found


def _identity(row: Mapping[str, Any]) -> bytes:
    asked = f"{row['instruction']} {row.get('input', '')}".split()
    answer = str(_output(row)).split()
    return hashlib.blake2b(" ".join([*asked, "\0", *answer]).encode("utf-8"), digest_size=16).digest()


def _output(row: Mapping[str, Any]) -> Any:
    return row["output"] if "output" in row else row.get("response")


def _item(row: Mapping[str, str], task: str, id_: str, file: str, line: int) -> Item:
    given = [row["instruction"], row.get("input", ""), _output(row)]
    texts = [with_lf(text) for text in given]
    edits = ["line ends"] if texts != given else []
    instruction, input_, output = [text.strip("\n").rstrip() for text in texts]
    edits += ["white space around the texts"] if [instruction, input_, output] != texts else []
    if _NO_INPUT.fullmatch(input_):
        input_ = ""
        edits.append("placeholder for no input left out")
    if not _is_english(instruction):
        return Unusable("text_not_english")
    language = recognised(output, instruction)
    if (language == TEXT) != (task == "code_qa"):
        return Unusable("no_code_in_answer" if language == TEXT else "code_in_answer")
    known_from = how_recognised(output, instruction, language)
    if fenced := _FENCED.fullmatch(output):
        output = fenced[1]
        edits.append("code fence removed")
    asked = "\n\n".join(text for text in (instruction, input_) if text)
    if task == "code_qa":
        language, known_from = asked_about(instruction, input_), "detected"
        fields = {"question": asked, "answer": output}
    elif " ".join(output.split()) in " ".join(asked.split()):
        return Unusable("answer_in_question")
    else:
        fields = {"description": asked, "code": output}
    as_given = dict(zip(("instruction", "input", "output"), given, strict=True))  # for a step that judges this form
    return Record(
        id_, language, fields, file, line, edits=tuple(edits), language_source=known_from, item={**fields, **as_given}
    )


def _is_english(instruction: str) -> bool:
    """Whether its first line is in Latin script, and whether it has more little words of English than of others."""
    first = _first_line(instruction)
    said = instruction.split("```", 1)[0].lower().split()
    foreign, english = sum(word in _FOREIGN for word in said), sum(word in _ENGLISH for word in said)
    other_script = 3 * len(_OTHER_SCRIPT.findall(first)) > sum(map(str.isascii, filter(str.isalpha, first)))
    return not (other_script or (foreign >= 3 and foreign > english))


def _first_line(text: str) -> str:
    return with_lf(text).lstrip().split("\n", 1)[0]
