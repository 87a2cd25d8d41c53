"""CoSQA and WebQueryTest: what people type into a search engine, and whether a Python function answers it.

Homepage: https://github.com/microsoft/CodeXGLUE/tree/main/Text-Code/NL-code-search-WebQuery
Paper: Huang et al. 2021, CoSQA: 20,000+ Web Queries for Code Search and Question Answering,
https://arxiv.org/abs/2105.13239
Released 2021-05, in CodeXGLUE 2021-07: CoSQA 20,000 + 604 labelled pairs; WebQueryTest (2020) 1,046.
Licence: C-UDA 1.0 for the data set; the functions are CodeSearchNet's, each under the licence of its repository, which
is not named here, so a row's licence is partly unknown.

Four forms are read, in this order of preference:
- `CoSQA/cosqa-<split>.json`: query (`doc`), function (`code`) and label, with the identity `idx`;
- `retrieval/cosqa-retrieval-<split>-<number>.json`: the same pairs, split anew for retrieval;
- `data/test_webquery.json`: WebQueryTest; it has no labels, so its pairs are unusable;
- `first-release/data/test_search.txt`: WebQueryTest as first released, `label<CODESPLIT>query<CODESPLIT>code`.
A pair published in several forms counts once, in the preferred one and with its split: told by `idx`, and in the first
release, which has none, by query and code without regard to white space. There the identity is the line.

The documentation that stands inside each function is cut out of it by syntax, as in CodeSearchNet. In WebQueryTest each
line break of a function became a space; they are restored where a run of spaces shows one with the indentation after
it. `data/valid.txt` lists addresses of CodeSearchNet functions, and `evaluator-example/` illustrates the format of an
answer; neither is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mulco.builders.sources.documentation import without_documentation
from mulco.errors import BrokenFileError
from mulco.reading import CORRECT_LINE, json_array, lines, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "dev", "test": "test"}
FORMS = (
    "CoSQA/cosqa-{}.json",
    "retrieval/cosqa-retrieval-{}-*.json",
    "data/{}_webquery.json",
    "first-release/data/{}_search.txt",
)
REWRITTEN = "-qra-"  # in the names of files that CoCLR's scripts write: the same pairs with other words
FIELDS = {"idx": str, "doc": str, "code": str}
CODEXGLUE = "https://raw.githubusercontent.com/microsoft/CodeXGLUE"
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
FIRST_COMMIT = "825076b49f803b303bc93c664678bece9a4a1b85"
COCLR_COMMIT = "14ebcacf9e9bc3e7109102632bc63047876f27d2"

_RUN = r" {3,}| +\t+ *"  # two spaces are no line break: they stand before a comment or after a sentence
_RUNS = re.compile(_RUN)
_PIECES = re.compile(  # what may hold a run or a quote; a comment ends where a run begins
    r"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    rf"|(?P<comment>#(?:(?!{_RUN}).)*)|{_RUN}"
)


class Pair(NamedTuple):
    """One published pair; `id` is empty where upstream gives none, and `label` is None."""

    line: int
    id: str
    query: str
    code: str
    label: int | None

    @property
    def texts(self) -> tuple[str, str]:
        """Query and code without regard to white space."""
        return " ".join(self.query.split()), " ".join(self.code.split())


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a file; it also lists the files of the preferred forms, which it must not repeat."""
    found: list[Shard] = []
    for form in FORMS:
        preferred = tuple(shard.files[0] for shard in found)
        for split, name in SPLIT_NAMES.items():
            for file in sorted(folder.glob(form.format(name))):
                if REWRITTEN not in file.name:
                    found.append(Shard(want, split, (file.relative_to(folder).as_posix(), *preferred)))
    yield from sorted(found, key=lambda shard: SPLITS.index(shard.split))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The pairs of one file, in upstream order."""
    data, *preferred = shard.files
    published = {key for file in preferred for key in _published(folder, file)}
    for pair in _pairs(folder, data):
        if isinstance(pair, Malformed):
            yield pair
        elif pair.label is None:
            yield Unusable("unlabelled")
        elif (pair.id or pair.texts) in published:
            yield Unusable("published_twice")
        else:
            yield _record(pair, data, shown(folder, data))


def _record(pair: Pair, data: str, file: str) -> Record:
    published = with_lf(pair.code)
    code = published if "\n" in published else with_line_breaks(published)
    bare = without_documentation(code, "", "python")
    edits = ["line ends"] if published != pair.code else []
    edits += ["line breaks restored from runs of spaces"] if code != published else []
    edits += ["documentation cut out of the code"] if bare != code else []
    edits += ["white space around the query"] if pair.query != pair.query.strip() else []
    fields = {"query": pair.query.strip(), "code": bare, "label": bool(pair.label)}
    id_ = pair.id or f"{data.removesuffix('.txt')}/{pair.line}"
    return Record(id_, "python", fields, file, pair.line, edits=tuple(edits))


def with_line_breaks(code: str) -> str:
    """A function on one line with line breaks where it had them, and the indentation it had below.

    The first of the spaces that stand in a row was a line break, and so was the next one, of a blank line, where the
    indentation is a multiple of four without it. Measured on 1,069 functions of CoSQA and CodeSearchNet, whose lines
    are known: 89 % come back as they were and 97 % as the same program; the rest have runs of spaces in a comment or
    blank lines between lines that are indented by two.
    """

    def broken(piece: re.Match[str]) -> str:
        return piece[0] if piece["string"] or piece["comment"] else _RUNS.sub(lambda run: _line_break(run[0]), piece[0])

    return _PIECES.sub(broken, code)


def _line_break(run: str) -> str:
    spaces = len(run) - len(run.lstrip(" "))
    if spaces < len(run):  # tabs indent: every space before them was a line break
        return "\n" * spaces + run[spaces:]
    breaks = next((n for n in (1, 2) if spaces > n and (spaces - n) % 4 == 0), 1)
    return "\n" * breaks + " " * (spaces - breaks)


def _published(folder: Path, path: str) -> Iterator[str | tuple[str, str]]:
    """What tells the labelled pairs of a file: their ids and their texts; nothing where it is broken."""
    try:
        for pair in _pairs(folder, path):
            if isinstance(pair, Pair) and pair.label is not None:
                yield from (pair.id, pair.texts)
    except BrokenFileError:
        return


def _pairs(folder: Path, path: str) -> Iterator[Pair | Malformed]:
    file = shown(folder, path)
    if path.endswith(".json"):
        for item in json_array(folder, path, FIELDS):
            yield item if isinstance(item, Malformed) else _of_object(file, *item)
    else:
        for text in lines(folder, path):
            yield text if isinstance(text, Malformed) else _of_line(file, *text)


def _of_object(file: str, line: int, row: dict[str, Any]) -> Pair | Malformed:
    label = row.get("label")
    if not row["idx"]:
        return Malformed(file, line, "field 'idx' is empty, and it is the identity of the pair", CORRECT_LINE)
    if label is not None and (type(label) is not int or label not in (0, 1)):
        return Malformed(file, line, f"label is {label!r}, expected 0 or 1", CORRECT_LINE)
    return Pair(line, row["idx"], row["doc"], row["code"], label)


def _of_line(file: str, line: int, text: str) -> Pair | Malformed:
    parts = text.rstrip("\r").split("<CODESPLIT>", 2)
    if len(parts) != 3:
        problem = f"expected label<CODESPLIT>query<CODESPLIT>code, found {text[:40]!r}"
        return Malformed(file, line, problem, CORRECT_LINE)
    label, query, code = parts
    if label not in ("0", "1"):
        return Malformed(file, line, f"label is {label!r}, expected 0 or 1", CORRECT_LINE)
    return Pair(line, "", query, code, int(label))


SOURCE = Source(
    name="cosqa",
    title="CoSQA",
    homepage="https://github.com/microsoft/CodeXGLUE/tree/main/Text-Code/NL-code-search-WebQuery",
    paper="https://arxiv.org/abs/2105.13239",
    citation="Junjie Huang, Duyu Tang, Linjun Shou, Ming Gong, Ke Xu, Daxin Jiang, Ming Zhou, Nan Duan. CoSQA: 20,000+ "
    "Web Queries for Code Search and Question Answering. ACL 2021. arXiv:2105.13239; WebQueryTest in CodeXGLUE, "
    "arXiv:2102.04664",
    revision=f"microsoft/CodeXGLUE@{COMMIT}, Jun-jie-Huang/CoCLR@{COCLR_COMMIT}",
    released="2021-05",
    scale=21_650,
    license=License(
        "C-UDA-1.0 AND LicenseRef-unknown",
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE and CoCLR: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "The functions are from CodeSearchNet and keep the licence of their repositories, which the data set does "
            "not name.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("python",),
    tasks=("code_search",),
    files=(
        *(
            UpstreamFile(path, f"{CODEXGLUE}/{COMMIT}/Text-Code/NL-code-search-WebQuery/{path}")
            for path in ("CoSQA/cosqa-train.json", "CoSQA/cosqa-dev.json", "data/test_webquery.json")
        ),
        *(
            UpstreamFile(
                f"retrieval/{name}",
                f"https://raw.githubusercontent.com/Jun-jie-Huang/CoCLR/{COCLR_COMMIT}/data/search/{name}",
            )
            for name in (f"cosqa-retrieval-{part}.json" for part in ("train-19604", "dev-500", "test-500"))
        ),
        UpstreamFile(
            "first-release/data/test_search.txt",
            f"{CODEXGLUE}/{FIRST_COMMIT}/NL-code-search-WebQuery/data/test_search.txt",
        ),
    ),
    shards=shards,
    read=read,
)
