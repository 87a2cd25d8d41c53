"""OSS-Instruct: programming problems and solutions that a model made from snippets of open-source code.

Homepage: https://github.com/ise-uiuc/magicoder
Paper: Wei et al. 2024, Magicoder: Empowering Code Generation with OSS-Instruct, https://arxiv.org/abs/2312.02120
Released 2023-12; 75,197 problems in nine programming languages by the dataset card.
Licence: MIT by the dataset card, https://huggingface.co/datasets/ise-uiuc/Magicoder-OSS-Instruct-75K (text at
https://spdx.org/licenses/MIT.html); generated with gpt-3.5-turbo-1106 from snippets whose licences are not given.

Read is `data-oss_instruct-decontaminated.jsonl`: `problem` is the description, `solution` an answer in Markdown. The
code is that of its one fence, without the words around it; an answer with no fence, or with several, is unusable.
`lang` names the language of the snippet (`cpp`, `csharp`, `shell`, ...); where the fence names another one, the
solution is in that. The snippet itself, `seed`, is not read. The identity is `lang` with `raw_index` and `index`, the
snippet's places in upstream's corpus. Upstream has no splits: they follow from the words of the problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mulco.builders.sources.instructions import only_block, words
from mulco.languages import TEXT, canonical
from mulco.reading import json_lines, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

FILE = "data-oss_instruct-decontaminated.jsonl"
FIELDS = {"lang": str, "raw_index": int, "index": int, "problem": str, "solution": str}
COMMIT = "5f839b1f368a76b161028bb9edff055db34022b2"
ADDRESS = f"https://huggingface.co/datasets/ise-uiuc/Magicoder-OSS-Instruct-75K/resolve/{COMMIT}/{FILE}"
SHA256 = "f988f14d3516a9f958eeea310f63903727c6d3463bc9cb435288b6ca4bb09cf9"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split of the one file."""
    if (folder / FILE).is_file():
        for split in SPLITS:
            yield Shard(want, split, (FILE,))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The problems of one split, in upstream order."""
    name = shown(folder, FILE)
    for item in json_lines(folder, FILE, FIELDS):
        if isinstance(item, Malformed):
            if shard.split == SPLITS[0]:  # a broken row belongs to no split: count it once
                yield item
        elif split_of(words(item[1]["problem"])) == shard.split:
            yield _problem(item[1], name, item[0])


def _problem(row: dict[str, Any], name: str, line: int) -> Item:
    block = only_block(row["solution"])
    if isinstance(block, Unusable):
        return block
    tag, code = block
    tagged = canonical(tag)
    language = tagged if tagged and tagged != TEXT else canonical(row["lang"])
    if language is None or language == TEXT:
        return Unusable("unknown_programming_language")
    description = with_lf(row["problem"]).strip()
    if code and code in description:
        return Unusable("answer_in_question")
    edits = ["code taken out of its fence"]
    edits += ["line ends"] if "\r" in row["problem"] + row["solution"] else []
    id_ = f"{row['lang']}/{row['raw_index']}/{row['index']}"
    return Record(id_, language, {"description": description, "code": code}, name, line, edits=tuple(edits))


SOURCE = Source(
    name="oss-instruct",
    title="OSS-Instruct",
    homepage="https://github.com/ise-uiuc/magicoder",
    paper="https://arxiv.org/abs/2312.02120",
    citation="Yuxiang Wei, Zhe Wang, Jiawei Liu, Yifeng Ding, Lingming Zhang. Magicoder: Empowering Code Generation "
    "with OSS-Instruct. ICML 2024. arXiv:2312.02120",
    revision=f"ise-uiuc/Magicoder-OSS-Instruct-75K@{COMMIT}",
    released="2023-12",
    scale=75_197,
    license=License(
        "MIT",
        "https://spdx.org/licenses/MIT.html",
        (
            "Dataset card, https://huggingface.co/datasets/ise-uiuc/Magicoder-OSS-Instruct-75K: MIT.",
            "Generated with gpt-3.5-turbo-1106 from open-source snippets, whose licences upstream does not give.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("bash", "c#", "c++", "java", "php", "python", "rust", "swift", "typescript"),
    tasks=("code_generation",),
    files=(UpstreamFile(FILE, ADDRESS, SHA256),),
    shards=shards,
    read=read,
    written_by={"input": "model", "output": "model"},
)
