"""CodeTrans: Java functions and the same functions in C#.

Homepage: https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/code-to-code-trans
Paper: Lu et al. 2021, CodeXGLUE, https://arxiv.org/abs/2102.04664
Released 2020-09; upstream's table says 10,300 + 500 + 1,000 pairs, its files have 10,295 + 499 + 1,000.
Licence: C-UDA 1.0 for the data set; the functions come from Lucene, POI, JGit and Antlr (Apache-2.0, BSD).

Read are the parallel files `data/{train,valid,test}.java-cs.txt.{java,cs}`: line n of one is line n of the other, each
line one function with real identifiers, joined onto one line. Upstream gives no ids, so the identity is split and line.
Text stays as published: C# writes Java's `in` and `out` as `in1` and `out1`, since they are keywords there; repeated
lines and the few pairs that read the same in both languages stay too. The task makes two rows of each pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.reading import parallel_lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Code-Code/code-to-code-trans"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split: its Java and its C# file, also where only one of them is there, for that is a broken pair."""
    for split, name in SPLIT_NAMES.items():
        java, csharp = f"data/{name}.java-cs.txt.java", f"data/{name}.java-cs.txt.cs"
        if (folder / java).is_file() or (folder / csharp).is_file():
            yield Shard(want, split, (java, csharp))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The pairs of one split, in upstream order."""
    name, file = SPLIT_NAMES[shard.split], shown(folder, shard.files[0])
    for item in parallel_lines(folder, *shard.files):
        if isinstance(item, Malformed):
            yield item
            continue
        line, *published = item
        java, csharp = (with_lf(text.removesuffix("\r")) for text in published)
        yield Record(
            f"{name}/{line}", "java", {"code": java, "translation": csharp, "target_language": "c#"}, file, line,
            edits=("line ends",) if [java, csharp] != published else (),
        )  # fmt: skip


SOURCE = Source(
    name="codetrans",
    title="CodeTrans",
    homepage="https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/code-to-code-trans",
    paper="https://arxiv.org/abs/2102.04664",
    citation="Shuai Lu, Daya Guo, Shuo Ren, Junjie Huang, Alexey Svyatkovskiy, and others. CodeXGLUE: A Machine "
    "Learning Benchmark Dataset for Code Understanding and Generation. 2021. arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2020-09",
    scale=11_794,
    license=License(
        "C-UDA-1.0",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The functions come from Lucene, POI, JGit and Antlr and their C# ports (Apache-2.0, BSD); upstream does "
            "not say which function comes from which project.",
        ),
    ),
    natural_languages=(),
    programming_languages=("java", "c#"),
    tasks=("code_translation",),
    files=tuple(
        UpstreamFile(f"data/{name}.java-cs.txt.{side}", f"{ADDRESS}/data/{name}.java-cs.txt.{side}")
        for name in SPLIT_NAMES.values()
        for side in ("java", "cs")
    ),
    shards=shards,
    read=read,
    tokenized=True,
)
