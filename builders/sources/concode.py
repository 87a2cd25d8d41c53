"""CONCODE: methods of Java classes, described in words and by the members of their class.

Homepage: https://github.com/microsoft/CodeXGLUE/tree/main/Text-Code/text-to-code
Paper: Iyer et al. 2018, Mapping Language to Code in Programmatic Context, https://arxiv.org/abs/1808.09588
Released 2018-08, in CodeXGLUE 2020-09: 100,000 + 2,000 + 2,000 methods.
Licence: C-UDA 1.0 for the data set; the methods come from public Java repositories, which are not named.

Read is `dataset/concode/{train,dev,test}.json`, JSON Lines in spite of the name, with `code` and `nl`. Upstream gives
no ids, so the identity is split and line. `nl` is the text, then the fields and then the methods of the class, parted
by `concode_field_sep` and `concode_elem_sep`; the description is the text with a list of the fields and a list of the
methods below it. Every member stays, also an overloaded method, which stands there once for each of its forms; a class
without fields or without methods says so by a member named `placeHolder`, which is no member. Code and text are tokens
parted by spaces, as published; upstream calls each method `function`, which the description says, so that a reader can
know it. `code` is empty in the published test file: such rows are unusable.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.reading import json_lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "dev", "test": "test"}
FIELDS = {"code": str, "nl": str}
FIELD, ELEMENT = "concode_field_sep", "concode_elem_sep"
NO_MEMBER = ("PlaceHolder placeHolder", "placeholderType placeHolder")
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Text-Code/text-to-code"


def file_of(split: str) -> str:
    return f"dataset/concode/{SPLIT_NAMES[split]}.json"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split."""
    for split in SPLIT_NAMES:
        if (folder / file_of(split)).is_file():
            yield Shard(want, split, (file_of(split),))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The methods of one split, in upstream order."""
    (data,) = shard.files
    for item in json_lines(folder, data, FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        code, published = with_lf(row["code"]), with_lf(row["nl"])
        edits = ["line ends"] if (code, published) != (row["code"], row["nl"]) else []
        edits += ["class members written as lists"] if FIELD in published else []
        description = describe(published)
        edits += ["name of the method added"] if description else []
        if code.strip() and code in description:
            yield Unusable("answer_in_question")
            continue
        fields = {"description": description, "code": code}
        name = SPLIT_NAMES[shard.split]
        yield Record(f"{name}/{line}", "java", fields, shown(folder, data), line, edits=tuple(edits))


def describe(published: str) -> str:
    """The text of an item and the members of its class, in words; nothing where there is no text."""
    text, *groups = (part.strip() for part in published.split(FIELD))
    if not text:
        return ""
    parts = [text, "The method is called `function`."]
    for title, group in zip(("Fields of its class:", "Methods of its class:"), _two(groups), strict=True):
        members = [member.strip() for member in group.split(ELEMENT)]
        listed = [f"- {member}" for member in members if member and member not in NO_MEMBER]
        if listed:
            parts.append("\n".join([title, *listed]))
    return "\n\n".join(parts)


def _two(groups: list[str]) -> tuple[str, str]:
    """The fields and the methods; a group too many holds methods, too."""
    return (groups[0] if groups else "", f" {ELEMENT} ".join(groups[1:]))


SOURCE = Source(
    name="concode",
    title="CONCODE",
    homepage="https://github.com/microsoft/CodeXGLUE/tree/main/Text-Code/text-to-code",
    paper="https://arxiv.org/abs/1808.09588",
    citation="Srinivasan Iyer, Ioannis Konstas, Alvin Cheung, Luke Zettlemoyer. Mapping Language to Code in "
    "Programmatic Context. EMNLP 2018. arXiv:1808.09588; as published in CodeXGLUE, arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2018-08",
    scale=104_000,
    license=License(
        "C-UDA-1.0",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The methods come from public Java repositories on GitHub; upstream does not say which method comes from "
            "which repository, nor under which licence.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("java",),
    tasks=("code_generation",),
    files=tuple(UpstreamFile(file_of(split), f"{ADDRESS}/{file_of(split)}") for split in SPLIT_NAMES),
    shards=shards,
    read=read,
    tokenized=True,
)
