"""Devign: C functions of FFmpeg and QEMU, and whether they are defective.

Homepage: https://sites.google.com/view/devign
Paper: Zhou et al. 2019, Devign, https://arxiv.org/abs/1909.03496
Released 2019-09; as split by CodeXGLUE (2020-09), 27,318 functions: 21,854 + 2,732 + 2,732.
Licence: C-UDA 1.0 for the data set; the functions keep that of their project, LGPL-2.1-or-later (FFmpeg) or GPL-2.0
(QEMU), and a row carries both.

Three forms are read, in this order of preference:
- `dataset/{train,valid,test}.jsonl`, as CodeXGLUE's preprocess.py writes them;
- `dataset/function.json` with `dataset/{train,valid,test}.txt`, the positions of each split, counted from 0;
- `dataset-rebased/`, the same for a shortened function.json whose positions start anew, with the original ones in
  `upstream_positions.txt`.
The identity is the position in upstream's function.json. A position published in several forms counts once, in the
preferred one, and is unusable in the others. Each form is a shard of its own, so a broken one leaves the others alone.
The lists are in random order; rows come in the order of the array, as in the jsonl form. The code stays as published,
also where its line breaks are doubled: single ones stand among them, so what the project had is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mulco.errors import BrokenFileError
from mulco.reading import CORRECT_LINE, FETCH_AGAIN, json_array, json_lines, list_lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
FIELDS = {"project": str, "target": int, "func": str}
LICENSES = {"FFmpeg": "C-UDA-1.0 AND LGPL-2.1-or-later", "qemu": "C-UDA-1.0 AND GPL-2.0-only"}
LISTS = {  # sha256 of the complete lists
    "train": "f0a25410594302a9f0e542a393ad82ad479308a8aa471f4d6cf61b91d6d572bf",
    "valid": "9f2fa1e108955f197d4a7fa2aa2c7f5e542457b51e0eb1f6e890172d6f700a6e",
    "test": "b5336b337170ea1edf0570b69edb5a90e3c99bf41cd92909795f5fe32d376d52",
}
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Code-Code/Defect-detection"

Form = tuple[str, ...]  # the files that together publish one split, the functions first


def forms(name: str) -> tuple[Form, ...]:
    """How a split can be published, the preferred form first."""
    return (
        (f"dataset/{name}.jsonl",),
        ("dataset/function.json", f"dataset/{name}.txt"),
        ("dataset-rebased/function.json", f"dataset-rebased/{name}.txt", "dataset-rebased/upstream_positions.txt"),
    )


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and form; it also lists the files of the preferred forms, which it must not repeat."""
    for split, name in SPLIT_NAMES.items():
        preferred: Form = ()
        for form in forms(name):
            if _is_at_hand(folder, form):
                yield Shard(want, split, (*form, *preferred))
                preferred += form


def _is_at_hand(folder: Path, form: Form) -> bool:
    """Any file of a form shows that it is meant, but for the lists of `dataset/`: they stand beside the jsonl, too."""
    telling = form if form[0].startswith("dataset-rebased/") else form[:1]
    return any((folder / file).is_file() for file in telling)


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The functions of one split in one form, in upstream order."""
    *preferred, own = (form for form in forms(SPLIT_NAMES[shard.split]) if form[0] in shard.files)
    published = {id_ for form in preferred for id_ in _ids(folder, form)}
    for item in _items(folder, own):
        repeated = isinstance(item, Record) and item.id in published
        yield Unusable("published_twice") if repeated else item


def _ids(folder: Path, form: Form) -> set[str]:
    """The functions a form publishes: none where it is broken, for then it is left out whole."""
    try:
        return {item.id for item in _items(folder, form) if isinstance(item, Record)}
    except BrokenFileError:
        return set()


def _items(folder: Path, form: Form) -> Iterator[Item]:
    return _lines(folder, *form) if form[0].endswith(".jsonl") else _elements(folder, *form)


def _lines(folder: Path, data: str) -> Iterator[Item]:
    """The rows of a jsonl file."""
    for item in json_lines(folder, data, {**FIELDS, "idx": int}):
        yield item if isinstance(item, Malformed) else _function(shown(folder, data), item[0], item[1]["idx"], item[1])


def _elements(folder: Path, data: str, listed: str, positions: str | None = None) -> Iterator[Item]:
    """The listed elements of an array; `positions` says where they stood upstream, if not where they stand here."""
    elements = list(json_array(folder, data, FIELDS))
    upstream = list(_numbers(folder, positions)) if positions else list(enumerate(range(len(elements)), 1))
    if len(upstream) != len(elements):
        problem = f"it has {len(upstream):,} lines for the {len(elements):,} elements of {shown(folder, data)}"
        raise BrokenFileError(shown(folder, positions or data), problem, FETCH_AGAIN)
    wanted = set()
    for item in _numbers(folder, listed):
        if isinstance(item, Malformed):
            yield item
        elif item[1] >= len(elements):
            problem = f"there is no position {item[1]} among the {len(elements):,} elements of {shown(folder, data)}"
            yield Malformed(shown(folder, listed), item[0], problem, CORRECT_LINE)
        else:
            wanted.add(item[1])
    for number in sorted(wanted):
        element, position = elements[number], upstream[number]
        if isinstance(element, Malformed):
            yield element
        elif isinstance(position, Malformed):
            yield position
        else:
            yield _function(shown(folder, data), number + 1, position[1], element[1])


def _numbers(folder: Path, path: str) -> Iterator[tuple[int, int] | Malformed]:
    """Line and number of a list with one position a line."""
    for item in list_lines(folder, path):
        if isinstance(item, Malformed):
            yield item
        elif re.fullmatch(r"[0-9]{1,9}", item[1]):
            yield item[0], int(item[1])
        else:
            yield Malformed(shown(folder, path), item[0], f"{item[1][:40]!r} is not a position", CORRECT_LINE)


def _function(file: str, line: int, position: int, row: dict[str, Any]) -> Item:
    project, target = row["project"], row["target"]
    if project not in LICENSES:
        problem = f"project {project!r} is none of {', '.join(LICENSES)}, so its licence is not known"
        return Malformed(file, line, problem, CORRECT_LINE)
    if target not in (0, 1):
        return Malformed(file, line, f"target is {target}, expected 0 or 1", CORRECT_LINE)
    if position < 0:
        return Malformed(file, line, f"idx {position} is not a position", CORRECT_LINE)
    code = with_lf(row["func"])
    edits = ("line ends",) if code != row["func"] else ()
    return Record(str(position), "c", {"code": code, "label": target == 1}, file, line, LICENSES[project], edits=edits)


SOURCE = Source(
    name="devign",
    title="Devign",
    homepage="https://sites.google.com/view/devign",
    paper="https://arxiv.org/abs/1909.03496",
    citation="Yaqin Zhou, Shangqing Liu, Jingkai Siow, Xiaoning Du, Yang Liu. Devign: Effective Vulnerability "
    "Identification by Learning Comprehensive Program Semantics via Graph Neural Networks. NeurIPS 2019. "
    "arXiv:1909.03496; split in CodeXGLUE, arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2019-09",
    scale=27_318,
    license=License(
        "C-UDA-1.0 AND LGPL-2.1-or-later AND GPL-2.0-only",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The functions are from FFmpeg (LGPL-2.1-or-later, parts of it GPL) and QEMU (GPL-2.0); a row carries the "
            "licence of its project.",
        ),
    ),
    natural_languages=(),
    programming_languages=("c",),
    tasks=("defect_detection",),
    files=(
        # The jsonl files are what preprocess.py makes of function.json and the lists; nobody publishes them.
        *(UpstreamFile(f"dataset/{name}.jsonl", "") for name in SPLIT_NAMES.values()),
        UpstreamFile("dataset/function.json", "https://drive.google.com/uc?id=1x6hoF7G-tSYxg8AFybggypLZgMGDNHfF"),
        *(UpstreamFile(f"dataset/{name}.txt", f"{ADDRESS}/dataset/{name}.txt", LISTS[name]) for name in LISTS),
        UpstreamFile("dataset-rebased/function.json", ""),
        *(UpstreamFile(f"dataset-rebased/{name}.txt", "") for name in (*SPLIT_NAMES.values(), "upstream_positions")),
    ),
    shards=shards,
    read=read,
)
