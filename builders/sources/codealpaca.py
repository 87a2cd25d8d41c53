"""Code Alpaca: coding instructions and answers, written by text-davinci-003 from 21 seeds.

Homepage: https://github.com/sahil280114/codealpaca
Paper: none.
Released 2023-03; code_alpaca_20k has 20,022 rows, code_alpaca_2k 2,017, new_codealpaca 4,535.
Licence: upstream says Apache-2.0 (the repository's LICENSE), CC BY-NC 4.0 (its DATA_LICENSE, text at
https://creativecommons.org/licenses/by-nc/4.0/legalcode) and CC BY 4.0 (the card on the Hub); a row carries the most
restrictive, CC-BY-NC-4.0.

Read are `code_alpaca_2k.json`, `code_alpaca_20k.json`, `rosetta_alpaca.json` and `new_codealpaca.json` in `data/`, JSON
arrays of `instruction`, `input` (empty where there is none, in some copies `< noinput >`) and `output`; copies in JSON
Lines are read as well. Programming languages are not labelled. How a row's task, split and language follow says
`alpaca`: it stands in code_generation where its output holds code, else in code_qa.

`new_codealpaca.json` is GPTeacher's Codegen, each answer twice, as `response` and as `output`: where that is at hand,
its rows count there. Rows of the 2k that stand in the 20k as well count once, in the 2k. The seeds, `seed_tasks.jsonl`,
are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.builders.sources import alpaca
from mulco.source import Item, License, Shard, Source, UpstreamFile, Want

FIELDS = {"instruction": str, "output": str}
NEW = "data/new_codealpaca.json"
FILES = {  # the first wins
    "data/code_alpaca_2k.json": {**FIELDS, "input": str},
    "data/code_alpaca_20k.json": {**FIELDS, "input": str},
    "data/rosetta_alpaca.json": FIELDS,  # whether it always has an input is not known
    NEW: {**FIELDS, "input": str, "response": str},
}
GPTEACHER = "../gpteacher/Codegen/codegen-instruct.json"
COMMIT = "2f78ddc5c682ed6738ad092bbbfa59ba915afcb0"
PAGES = f"https://github.com/sahil280114/codealpaca/blob/{COMMIT}"
MAINLY = ("c++", "css", "html", "java", "javascript", "php", "python", "ruby", "sql", "swift")  # they are not labelled


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and file; it also lists the files whose rows it must not repeat."""
    yield from alpaca.shards_of(folder, want, tuple(FILES), {NEW: (GPTEACHER,)})


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The rows of one split of one file, in upstream order."""
    yield from alpaca.read(folder, shard, FILES[shard.files[0]])


SOURCE = Source(
    name="codealpaca",
    title="Code Alpaca",
    homepage="https://github.com/sahil280114/codealpaca",
    paper="",
    citation="Sahil Chaudhary. Code Alpaca: An Instruction-following LLaMA model for code generation. 2023. "
    "https://github.com/sahil280114/codealpaca",
    revision=f"sahil280114/codealpaca@{COMMIT}",
    released="2023-03",
    scale=20_022,
    license=License(
        "CC-BY-NC-4.0",
        f"{PAGES}/DATA_LICENSE",
        (
            f"Repository LICENSE, {PAGES}/LICENSE: Apache-2.0.",
            f"Its DATA_LICENSE, {PAGES}/DATA_LICENSE: CC BY-NC 4.0.",
            "Card on the Hub, https://huggingface.co/datasets/sahil2801/CodeAlpaca-20k: CC BY 4.0.",
            "Generated with text-davinci-003.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=MAINLY,
    tasks=alpaca.TASKS,
    files=tuple(
        UpstreamFile(file, f"https://raw.githubusercontent.com/sahil280114/codealpaca/{COMMIT}/{file}")
        for file in FILES
    ),
    shards=shards,
    read=read,
    written_by={"input": "model", "output": "model"},
)
