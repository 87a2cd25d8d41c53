"""BigCloneBench: pairs of Java functions, and whether they behave the same.

Homepage: https://github.com/clonebench/BigCloneBench
Paper: Svajlenko et al. 2014, Towards a Big Data Curated Benchmark of Inter-Project Code Clones,
https://doi.org/10.1109/ICSME.2014.77; the selection is that of Wang et al. 2020, https://arxiv.org/abs/2002.08653
Released 2014; in CodeXGLUE, whose files are read here, 2020-09: 9,134 functions in 901,028 + 415,416 + 415,416 pairs.
Licence: C-UDA 1.0 for the data set; the functions come from the open-source projects of IJaDataset 2.0, whose
licences are not given function by function.

Read is `dataset/` alone: `data.jsonl` holds the functions, `{train,valid,test}.txt` the pairs, one
`idx1<TAB>idx2<TAB>label` a line. `tiny/` is another library's sample, renumbered; it is no part of the published set
and is not read. The pair is the identity of a record. Functions that repeat the text of another id stay, with their
indentation as published; a pair of a function with itself asks nothing and is unusable; one that names an unknown id
is malformed, as is an id that names two different functions, of which the first is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.reading import CORRECT_LINE, json_lines, list_lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
FUNCTIONS = "dataset/data.jsonl"
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Code-Code/Clone-detection-BigCloneBench"
LABELS = {"1": True, "0": False}


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a list of pairs, with the file of functions that all lists share."""
    for split, name in SPLIT_NAMES.items():
        pairs = f"dataset/{name}.txt"
        if (folder / pairs).is_file():
            yield Shard(want, split, (pairs, FUNCTIONS))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The pairs of one list, in upstream order, after what is wrong with the functions."""
    pairs, data = shard.files
    functions: dict[str, str] = {}
    for item in json_lines(folder, data, {"idx": str, "func": str}):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        if functions.setdefault(row["idx"], row["func"]) != row["func"]:
            problem = f"idx {row['idx']!r} already names another function"
            yield Malformed(shown(folder, data), line, problem, CORRECT_LINE)
    name = shown(folder, pairs)
    for pair in list_lines(folder, pairs):
        yield pair if isinstance(pair, Malformed) else _pair(name, *pair, functions)


def _pair(file: str, line: int, text: str, functions: dict[str, str]) -> Item:
    parts = text.split("\t")
    if len(parts) != 3 or parts[2] not in LABELS:
        problem = f"expected two ids and 0 or 1, separated by tabs, found {text[:80]!r}"
        return Malformed(file, line, problem, CORRECT_LINE)
    first, second, label = parts
    for id_ in (first, second):
        if id_ not in functions:
            return Malformed(file, line, f"no function in {FUNCTIONS} has the idx {id_!r}", CORRECT_LINE)
    if first == second:
        return Unusable("pair_with_itself")
    published = functions[first], functions[second]
    code, other_code = (with_lf(function) for function in published)
    return Record(
        f"{first}-{second}", "java", {"code": code, "other_code": other_code, "label": LABELS[label]}, file, line,
        edits=("line ends",) if (code, other_code) != published else (),
    )  # fmt: skip


SOURCE = Source(
    name="bigclonebench",
    title="BigCloneBench",
    homepage="https://github.com/clonebench/BigCloneBench",
    paper="https://doi.org/10.1109/ICSME.2014.77",
    citation="Jeffrey Svajlenko, Judith F. Islam, Iman Keivanloo, Chanchal K. Roy, Mohammad Mamun Mia. Towards a Big "
    "Data Curated Benchmark of Inter-Project Code Clones. ICSME 2014; as selected by Wenhan Wang, Ge Li, Bo Ma, Xin "
    "Xia, Zhi Jin. Detecting Code Clones with Graph Neural Network and Flow-Augmented Abstract Syntax Tree. SANER "
    "2020, and published in CodeXGLUE, arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2014",
    scale=1_731_860,
    license=License(
        "C-UDA-1.0",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The functions come from open-source Java projects collected in IJaDataset 2.0; upstream does not say "
            "which function comes from which project, nor under which licence.",
        ),
    ),
    natural_languages=(),
    programming_languages=("java",),
    tasks=("clone_detection",),
    files=(
        *(UpstreamFile(f"dataset/{name}.txt", f"{ADDRESS}/dataset/{name}.txt") for name in SPLIT_NAMES.values()),
        UpstreamFile(FUNCTIONS, f"{ADDRESS}/{FUNCTIONS}"),
    ),
    shards=shards,
    read=read,
)
