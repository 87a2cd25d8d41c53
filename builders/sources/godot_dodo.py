"""godot-dodo: functions in GDScript from GitHub, each with an instruction that a model wrote for it.

Homepage: https://github.com/minosvasilias/godot-dodo
Paper: none.
Released 2023-04; 62,533 functions of 763 projects for Godot 4.
Licence: MIT (https://github.com/minosvasilias/godot-dodo/blob/main/LICENSE); upstream took functions from MIT-licensed
projects alone. It lists these projects, but does not say which function is from which.

Read is `data/godot_dodo_4x_60k/godot_dodo_4x_60k_data.json`, one JSON array on one line with `instruction` and
`output`; the list of projects beside it holds no data. Instructions are gpt-3.5-turbo's; upstream cut quotation marks
around them and every `//` and `#` in them. Functions are as people wrote them, but for two things that cannot be
undone: upstream ended a function at its first empty line, and split files at every `func `, so some outputs are pieces
of a comment and no function. Upstream gives no ids: the identity is the position in the array. It has no splits either:
they follow from the words of the instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.builders.sources.instructions import words
from mulco.reading import json_array, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

FILE = "data/godot_dodo_4x_60k/godot_dodo_4x_60k_data.json"
COMMIT = "39159d36d0df83097ec47558b97ebc2f80560912"
_FUNCTION = re.compile(r"(?:static\s+)?func\s+\w+\s*\(")


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split: the file is one array and is read whole."""
    if (folder / FILE).is_file():
        for split in SPLITS:
            yield Shard(want, split, (FILE,))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The functions of one split, in upstream order."""
    name = shown(folder, FILE)
    for item in json_array(folder, FILE, {"instruction": str, "output": str}):
        if isinstance(item, Malformed):
            if shard.split == SPLITS[0]:  # a broken element belongs to no split: count it once
                yield item
        elif split_of(words(item[1]["instruction"])) == shard.split:
            yield _function(item[1], name, item[0])


def _function(row: dict[str, str], name: str, number: int) -> Item:
    description, code = with_lf(row["instruction"]).strip(), with_lf(row["output"]).rstrip()
    if code and not _FUNCTION.match(code):
        return Unusable("not_a_function")
    if code and code in description:
        return Unusable("answer_in_question")
    edits = ("line ends",) if "\r" in row["instruction"] + row["output"] else ()
    return Record(str(number), "gdscript", {"description": description, "code": code}, name, number, edits=edits)


SOURCE = Source(
    name="godot-dodo",
    title="godot-dodo",
    homepage="https://github.com/minosvasilias/godot-dodo",
    paper="",
    citation="Markus Sobkowski. Godot-Dodo: Finetuned language models for GDScript generation. 2023. "
    "https://github.com/minosvasilias/godot-dodo",
    revision=f"minosvasilias/godot-dodo@{COMMIT}",
    released="2023-04",
    scale=62_533,
    license=License(
        "MIT",
        f"https://github.com/minosvasilias/godot-dodo/blob/{COMMIT}/LICENSE",
        (
            "The repository: MIT.",
            "Functions come from MIT-licensed projects alone, which upstream lists without saying which function is "
            "from which.",
            "Instructions were generated with gpt-3.5-turbo.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("gdscript",),
    tasks=("code_generation",),
    files=(UpstreamFile(FILE, f"https://raw.githubusercontent.com/minosvasilias/godot-dodo/{COMMIT}/{FILE}"),),
    shards=shards,
    read=read,
    written_by={"input": "model", "output": "person"},
)
