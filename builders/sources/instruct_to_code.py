r"""Instruct-to-Code: requests for code and answers, collected from elsewhere.

Homepage: https://huggingface.co/datasets/Graverman/Instruct-to-Code
Paper: none.
Release date not stated; about 451,000 rows, in some listings 700,000.
Licence: none stated where it could be read, so unknown.

Read are the Parquet files `default/train/<n>.parquet`, the form in which the Hub serves any data set, with
`instruction` and `answer`. Upstream has `\n` where lines end, as two characters: in a text without any line break they
are read as such, with the `\t` that indent the next line, but for those within quotes, which belong to the code. The
code is that of the answer's one fence, or the whole answer where there is no fence. Programming languages are not
labelled: they are recognised, and an answer without code is unusable. Upstream gives no ids: the identity is file and
row. It has no splits but train: they follow from the words of the instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.builders.sources.instructions import only_block, words
from mulco.builders.sources.recognition import how_recognised, recognised
from mulco.languages import TEXT, canonical
from mulco.licenses import UNKNOWN
from mulco.reading import parquet_rows, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

FOLDER = "default/train"
ADDRESS = "https://huggingface.co/datasets/Graverman/Instruct-to-Code/resolve/refs%2Fconvert%2Fparquet"
NO_FENCE = Unusable("no_code_block")
# Quotes that open a block come first, then whole strings, so that a line's end within one is not taken for one.
_LINE_END = re.compile(
    r"\"\"\"|'''|(?<![\w\\])[bfru]{0,2}(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|(?P<end>(?:\\r)?\\n(?P<tabs>(?:\\t)*))",
    re.I,
)


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and file."""
    files = sorted(file.name for file in (folder / FOLDER).glob("*.parquet"))
    for split in SPLITS:
        for name in files:
            yield Shard(want, split, (f"{FOLDER}/{name}",))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The requests of one file, those of the shard's split, in upstream order."""
    (data,) = shard.files
    for item in parquet_rows(folder, data, {"instruction": str, "answer": str}):
        if isinstance(item, Malformed):
            if shard.split == SPLITS[0]:  # a broken row belongs to no split: count it once
                yield item
        elif split_of(words(with_line_breaks(item[1]["instruction"]))) == shard.split:
            yield _request(item[1], shown(folder, data), item[0])


def _request(row: dict[str, str], name: str, number: int) -> Item:
    published = with_lf(row["instruction"]), with_lf(row["answer"])
    description, answer = map(with_line_breaks, published)
    block = only_block(answer)
    if isinstance(block, Unusable) and block != NO_FENCE:
        return block
    language = canonical(recognised(answer, description))
    if language is None or language == TEXT:
        return Unusable("unknown_programming_language" if language is None else "no_code")
    code = answer.strip("\n").rstrip() if isinstance(block, Unusable) else block[1]
    if code and code.strip() in description:
        return Unusable("answer_in_question")
    edits = ["line ends"] if published != (row["instruction"], row["answer"]) else []
    edits += [r"\n read as the end of a line"] if published != (description, answer) else []
    edits += ["code taken out of its fence"] if block != NO_FENCE else []
    fields = {"description": description.strip(), "code": code}
    known_from = how_recognised(answer, description, language)
    id_ = f"{Path(name).stem}/{number}"
    return Record(id_, language, fields, name, number, edits=tuple(edits), language_source=known_from)


def with_line_breaks(text: str) -> str:
    r"""A text whose line ends are real ones, not `\n` as two characters; one that has real ones stays as it is."""
    if "\\n" not in text or "\n" in text.strip():
        return text
    return _LINE_END.sub(lambda found: "\n" + "\t" * (len(found["tabs"]) // 2) if found["end"] else found[0], text)


SOURCE = Source(
    name="instruct-to-code",
    title="Instruct-to-Code",
    homepage="https://huggingface.co/datasets/Graverman/Instruct-to-Code",
    paper="",
    citation="Graverman. Instruct-to-Code. https://huggingface.co/datasets/Graverman/Instruct-to-Code",
    revision="refs/convert/parquet",
    scale=451_000,
    license=License(
        UNKNOWN,
        "https://huggingface.co/datasets/Graverman/Instruct-to-Code",
        ("No licence is stated where it could be read: ask its author before publishing the data again.",),
    ),
    natural_languages=("en",),
    programming_languages=(),
    tasks=("code_generation",),
    files=(UpstreamFile(f"{FOLDER}/0000.parquet", f"{ADDRESS}/{FOLDER}/0000.parquet"),),
    shards=shards,
    read=read,
)
