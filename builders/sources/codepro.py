"""CodePro: Stack Overflow questions and the code blocks of their answers, labelled by people.

Homepage: https://github.com/hoogang/CodePro
Paper: none of its own; the labels are those of StaQC, Yao et al. 2018, https://arxiv.org/abs/1803.09371
Release date not stated; 4,884 labelled Python and 3,635 SQL blocks.
Licence: none stated; titles and code are Stack Overflow posts, CC BY-SA, to be attributed by the question id.

Read is `data_hnn/<python|sql>_hnn_qid2index_blocks_labeled.txt`: one Python list literal, whose elements are
`[(question id, block index), [[text before], [text after]], [[code]], [title], number of blocks, label]`. The title is
the query; the text around a block is not read. Code has one space more than the post before its first line, which is
cut off with the line ends after the last. Upstream has no splits: they follow from the title, so that the blocks of a
question, and questions of the same title, stay together. `final_collection/*_iids.txt` list ids without code and are
not read.

The Python blocks are those of StaQC, which CodeXGLUE publishes with splits. A block that stands in StaQC's files at
hand, told by title and code without regard to white space, counts there and is unusable here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mulco.errors import BrokenFileError
from mulco.reading import FETCH_AGAIN, json_array, literal, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

LANGUAGES = ("python", "sql")
STAQC = tuple(f"../staqc/codexglue/data/{name}_staqc.json" for name in ("train", "dev", "test"))
COMMIT = "95a2ee58e455c4e11a0fb1e09323b5cb36de49af"
ADDRESS = f"https://raw.githubusercontent.com/hoogang/CodePro/{COMMIT}"
CORRECT_ELEMENT = "Correct or remove that element, or fetch the file again"
PARTS = (
    ("the question id and the block index", (int, int)),
    ("a list with the text before and one with the text after", [list, list]),
    ("the code in two lists", [[str]]),
    ("the title in a list", [str]),
    ("the number of blocks", int),
    ("the label", int),
)


def file_of(language: str) -> str:
    return f"data_hnn/{language}_hnn_qid2index_blocks_labeled.txt"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and file: a file is one literal and is read whole. Python lists StaQC's files at hand, too."""
    staqc = tuple(file for file in STAQC if (folder / file).is_file())
    for split in SPLITS:
        for language in LANGUAGES:
            if (folder / file_of(language)).is_file():
                yield Shard(want, split, (file_of(language), *(staqc if language == "python" else ())))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The labelled blocks of one split, in upstream order."""
    data, *staqc = shard.files
    published = {pair for file in staqc for pair in _published(folder, file)}
    name, language = shown(folder, data), data.split("/")[1].split("_")[0]
    for number, element in _elements(folder, data):
        if isinstance(element, Malformed):
            if shard.split == "train":  # a broken element belongs to no split: count it once
                yield element
        elif split_of(_words(element[3][0])) == shard.split:
            repeated = texts(element[3][0], element[2][0][0]) in published
            yield Unusable("published_in_staqc") if repeated else _block(element, language, name, number)


def texts(title: str, code: str) -> tuple[str, str]:
    """What tells a block elsewhere: title and code without regard to white space."""
    return " ".join(title.split()), " ".join(code.split())


def labels_of(folder: Path, language: str) -> dict[tuple[str, str], int]:
    """The label of each block by its `texts`, for files that publish none; nothing where the file is broken."""
    try:
        elements = [element for _, element in _elements(folder, file_of(language))]
    except BrokenFileError:
        return {}
    return {texts(e[3][0], e[2][0][0]): e[5] for e in elements if not isinstance(e, Malformed)}


def _published(folder: Path, file: str) -> set[tuple[str, str]]:
    """The `texts` of a file of StaQC; nothing where it is broken, for then it is left out whole."""
    try:
        rows = list(json_array(folder, file, {"doc": str, "code": str}))
    except BrokenFileError:
        return set()
    return {texts(row[1]["doc"], row[1]["code"]) for row in rows if not isinstance(row, Malformed)}


def _elements(folder: Path, data: str) -> Iterator[tuple[int, Any]]:
    """Number and parts of each element, or what is wrong with it."""
    name, elements = shown(folder, data), literal(folder, data)
    if not isinstance(elements, list):
        raise BrokenFileError(name, f"the literal is a {type(elements).__name__}, expected a list", FETCH_AGAIN)
    titles: dict[int, str] = {}
    for number, element in enumerate(elements, 1):
        problem = _problem(element, titles)
        yield number, Malformed(name, number, problem, CORRECT_ELEMENT) if problem else element


def _block(element: Any, language: str, name: str, number: int) -> Record:
    (question, block), _, [[published]], [title], _, label = element
    code = with_lf(published).removeprefix(" ").rstrip()
    edits = ["line ends"] if "\r" in published else []
    edits += ["white space around the code"] if code != with_lf(published) else []
    edits += ["white space around the title"] if title != title.strip() else []
    fields = {"query": title.strip(), "code": code, "label": bool(label)}
    return Record(f"{language}/{question}/{block}", language, fields, name, number, edits=tuple(edits))


def _problem(element: Any, titles: dict[int, str]) -> str | None:
    """What is wrong with an element, or None; `titles` remembers the title of each question."""
    if not isinstance(element, list | tuple) or len(element) != len(PARTS):
        return f"expected an element of six parts, found {_short(element)}"
    for number, (part, (what, shape)) in enumerate(zip(element, PARTS, strict=True), 1):
        if not _fits(part, shape):
            return f"part {number} should be {what}, found {_short(part)}"
    (question, _), _, [[code]], [title], _, label = element
    if label not in (0, 1):
        return f"the label is {label}, expected 0 or 1"
    try:
        (code + title).encode("utf-8")
    except UnicodeEncodeError:
        return "it escapes half a surrogate pair, which is no character"
    if titles.setdefault(question, title) != title:
        return f"question {question} had the title {_short(titles[question])} before, here it is {_short(title)}"
    return None


def _fits(value: Any, shape: Any) -> bool:
    """Whether a value has the types of a shape, such as [[str]]."""
    if isinstance(shape, type):
        return type(value) is shape
    return isinstance(value, list | tuple) and len(value) == len(shape) and all(map(_fits, value, shape))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _words(title: str) -> str:
    """A title without its marks and spaces, so that two that differ in these alone share a split."""
    return "".join(character for character in title.lower() if character.isalnum())


SOURCE = Source(
    name="codepro",
    title="CodePro",
    homepage="https://github.com/hoogang/CodePro",
    paper="https://arxiv.org/abs/1803.09371",
    citation="CodePro: A Large-scale High-quality Codebase for Realistic Code Search Challenge. "
    "https://github.com/hoogang/CodePro; labels: Ziyu Yao, Daniel S. Weld, Wei-Peng Chen, Huan Sun. StaQC: A "
    "Systematically Mined Question-Code Dataset from Stack Overflow. WWW 2018. arXiv:1803.09371",
    revision=COMMIT,
    scale=8_519,
    license=License(
        "CC-BY-SA-3.0",
        "https://stackoverflow.com/help/licensing",
        (
            "The repository states no licence: ask its authors before publishing the data again.",
            "Titles and code are Stack Overflow posts, CC BY-SA 3.0 or, from May 2018 on, 4.0: attribute by the "
            "question id and share alike.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=LANGUAGES,
    tasks=("code_search",),
    files=tuple(UpstreamFile(file_of(language), f"{ADDRESS}/{file_of(language)}") for language in LANGUAGES),
    shards=shards,
    read=read,
)
