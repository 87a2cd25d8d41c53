"""Bugs2Fix: Java methods before and after a bug-fixing commit.

Homepage: https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/code-refinement
Paper: Tufano et al. 2019, An Empirical Study on Learning Bug-Fixing Patches in the Wild via Neural Machine
Translation, https://arxiv.org/abs/1812.08693
Released 2018-12, in CodeXGLUE 2020-09: small 46,680 + 5,835 + 5,835 pairs, medium 52,364 + 6,546 + 6,545.
Licence: C-UDA 1.0 for the data set; the methods come from public Java repositories, which are not named.

Read are the parallel files `data/{small,medium}/{train,valid,test}.buggy-fixed.{buggy,fixed}`: line n of one is the
method before the fix, line n of the other after it. Upstream gives no ids, so the identity is part, split and line.
Tokens stay as published: one method a line, with METHOD_1, VAR_1, TYPE_1, STRING_1 and so on for all but frequent
names. Lines of `small` end in a space, which is cut off. A pair whose two sides are equal repairs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.reading import parallel_lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

PARTS = ("small", "medium")
SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Code-Code/code-refinement"


def pair_of(part: str, name: str) -> tuple[str, str]:
    """The files with the methods before and after the fix."""
    return f"data/{part}/{name}.buggy-fixed.buggy", f"data/{part}/{name}.buggy-fixed.fixed"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a part and split: its two files, also where only one of them is there, for that is a broken pair."""
    for split, name in SPLIT_NAMES.items():
        for part in PARTS:
            pair = pair_of(part, name)
            if any((folder / file).is_file() for file in pair):
                yield Shard(want, split, pair)


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The pairs of one part and split, in upstream order."""
    part, name, file = shard.files[0].split("/")[1], SPLIT_NAMES[shard.split], shown(folder, shard.files[0])
    for item in parallel_lines(folder, *shard.files):
        if isinstance(item, Malformed):
            yield item
            continue
        line, *published = item
        code, fixed = (with_lf(text.rstrip()) for text in published)
        if code and code == fixed:
            yield Unusable("nothing_repaired")
            continue
        edits = ["line ends"] if any("\r" in text for text in published) else []
        edits += ["space at the end of the line"] if any(text.rstrip("\r").endswith(" ") for text in published) else []
        fields = {"code": code, "fixed": fixed}
        yield Record(f"{part}/{name}/{line}", "java", fields, file, line, edits=tuple(edits))


SOURCE = Source(
    name="bugs2fix",
    title="Bugs2Fix",
    homepage="https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/code-refinement",
    paper="https://arxiv.org/abs/1812.08693",
    citation="Michele Tufano, Cody Watson, Gabriele Bavota, Massimiliano Di Penta, Martin White, Denys Poshyvanyk. An "
    "Empirical Study on Learning Bug-Fixing Patches in the Wild via Neural Machine Translation. ACM TOSEM 28(4), 2019; "
    "as published in CodeXGLUE, arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2018-12",
    scale=123_805,
    license=License(
        "C-UDA-1.0",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The methods come from public Java repositories on GitHub; upstream does not say which method comes from "
            "which repository, nor under which licence.",
        ),
    ),
    natural_languages=(),
    programming_languages=("java",),
    tasks=("code_repair",),
    files=tuple(
        UpstreamFile(file, f"{ADDRESS}/{file}")
        for part in PARTS
        for name in SPLIT_NAMES.values()
        for file in pair_of(part, name)
    ),
    shards=shards,
    read=read,
    tokenized=True,
)
