"""StaQC: Stack Overflow questions on Python and the code blocks of their answers, labelled by people.

Homepage: https://github.com/LittleYUYU/StackOverflow-Question-Code-Dataset
Paper: Yao et al. 2018, StaQC: A Systematically Mined Question-Code Dataset from Stack Overflow,
https://arxiv.org/abs/1803.09371
Released 2018-03: 147,546 Python and 119,519 SQL pairs, most of them mined by a model; people labelled 4,884 blocks of
Python, which CodeXGLUE splits into 2,932 + 976 + 976.
Licence: CC BY 4.0 for the data set; titles and code are Stack Overflow posts, CC BY-SA 3.0.

Read is `codexglue/data/{train,dev,test}_staqc.json`: a JSON array of title (`doc`), `code` and `label` with an `idx`
that counts anew in each split, so the identity is split and `idx`. The title is the query. The test file has no labels:
a block takes the one that CodePro, which holds the same annotations, has for the same title and code (without regard to
white space) where it is at hand, and is unusable else. The line ends after the last line of code are cut off. Code may
be console output or a list of paths; it is what people were asked to label. Upstream split by block: a title may stand
in several splits, each time with other blocks.

`final_collection/*_iids.txt` and the two pickles with labels list ids of blocks, the third pickle has titles by
question; none of them holds code, and the pickles that do could not be had, so none is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mulco.builders.sources.codepro import file_of as codepro_file_of
from mulco.builders.sources.codepro import labels_of, texts
from mulco.reading import CORRECT_LINE, json_array, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "dev", "test": "test"}
FIELDS: Mapping[str, type | tuple[type, ...]] = {"idx": (int, str), "doc": str, "code": str}
CODEPRO = f"../codepro/{codepro_file_of('python')}"
COMMIT = "90f11dc34f14fb3995631f4cab53d9b8ed9d2ecd"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Text-Code/NL-code-search-WebQuery"


def file_of(split: str) -> str:
    return f"codexglue/data/{SPLIT_NAMES[split]}_staqc.json"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split; the one without labels lists the file of CodePro that has them, where it is at hand."""
    for split in SPLIT_NAMES:
        if (folder / file_of(split)).is_file():
            labels = (CODEPRO,) if split == "test" and (folder / CODEPRO).is_file() else ()
            yield Shard(want, split, (file_of(split), *labels))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The blocks of one split, in upstream order."""
    data, *elsewhere = shard.files
    labels = labels_of(folder.parent / "codepro", "python") if elsewhere else {}
    file, name = shown(folder, data), SPLIT_NAMES[shard.split]
    for item in json_array(folder, data, FIELDS):
        yield item if isinstance(item, Malformed) else _block(item[1], labels, name, file, item[0])


def _block(row: dict[str, Any], labels: Mapping[tuple[str, str], int], name: str, file: str, line: int) -> Item:
    published = row.get("label")
    label = labels.get(texts(row["doc"], row["code"])) if published is None else published
    if label is None:
        return Unusable("unlabelled")
    if type(label) is not int or label not in (0, 1):
        return Malformed(file, line, f"label is {label!r}, expected 0 or 1", CORRECT_LINE)
    code = with_lf(row["code"])
    edits = ["line ends"] if code != row["code"] else []
    edits += ["white space after the code"] if code != code.rstrip() else []
    edits += ["white space around the title"] if row["doc"] != row["doc"].strip() else []
    edits += ["label taken from CodePro"] if published is None else []
    fields = {"query": row["doc"].strip(), "code": code.rstrip(), "label": bool(label)}
    return Record(f"{name}/{row['idx']}", "python", fields, file, line, edits=tuple(edits))


SOURCE = Source(
    name="staqc",
    title="StaQC",
    homepage="https://github.com/LittleYUYU/StackOverflow-Question-Code-Dataset",
    paper="https://arxiv.org/abs/1803.09371",
    citation="Ziyu Yao, Daniel S. Weld, Wei-Peng Chen, Huan Sun. StaQC: A Systematically Mined Question-Code Dataset "
    "from Stack Overflow. WWW 2018. arXiv:1803.09371; split in CodeXGLUE, arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2018-03",
    scale=267_065,
    license=License(
        "CC-BY-4.0 AND CC-BY-SA-3.0",
        "https://creativecommons.org/licenses/by/4.0/",
        (
            "StaQC: CC BY 4.0.",
            "Titles and code are Stack Overflow posts, CC BY-SA 3.0 (https://stackoverflow.com/help/licensing): "
            "attribute the posts and share alike.",
            "CodeXGLUE, which publishes the files that are read: our datasets follow the Computational Use of Data "
            "Agreement (C-UDA).",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("python",),
    tasks=("code_search",),
    files=tuple(
        UpstreamFile(file_of(split), f"{ADDRESS}/data/{SPLIT_NAMES[split]}_staqc.json") for split in SPLIT_NAMES
    ),
    shards=shards,
    read=read,
)
