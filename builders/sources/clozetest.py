"""ClozeTest: functions of CodeSearchNet with one token masked, from CodeXGLUE.

Homepage: https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/ClozeTesting-all
Paper: Lu et al. 2021, CodeXGLUE, https://arxiv.org/abs/2102.04664
Released 2020-09: maxmin 2,615 functions, all 176,115.
Licence: C-UDA 1.0 for the data set, https://github.com/microsoft/CodeXGLUE#license; each function keeps that of its
repository, which CodeSearchNet lists in `<lang>_licenses.pkl`: a row carries both, and is unknown without that list.

Read are `cloze-{maxmin,all}/<lang>/clozeTest.json`. Upstream publishes no answers (`evaluator-example-*` holds invented
ones and is not read): they come from CodeSearchNet's validation and test files, out of which ClozeTest was made, where
these stand beside this source as `../codesearchnet`. A function there answers a row when its docstring_tokens equal
`nl_tokens`, its code_tokens equal `pl_tokens` but for the mask, and the masked word is one of `cloze_test_words.txt`;
without that file any word will do, and no candidates are shown. Two functions that differ in the masked word alone
answer nothing. The tokens are shown joined by spaces, Go's line breaks as line breaks. Upstream's `idx` starts anew
with each language, so the identity is part, language and idx. There is no split but test. A row of `all` that is a row
of `maxmin` counts there.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from mulco.builders.cloze_test import MASK, as_code
from mulco.builders.sources import codesearchnet
from mulco.builders.sources.license_texts import RepositoryLicenses, joined, read_licenses
from mulco.builders.sources.masked_functions import (
    PARTS,
    MaskedFunctions,
    Row,
    candidate_words,
    data_file,
    fingerprint,
    masked_rows,
    sound_rows,
    words_file,
)
from mulco.errors import BrokenFileError
from mulco.reading import json_lines, shown
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

LANGUAGES = codesearchnet.SOURCE.programming_languages
ANSWERS = "../codesearchnet/"
ANSWER_FIELDS = {"docstring_tokens": list, "code_tokens": list}
LICENSE = "C-UDA-1.0"
COMMIT = "ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
ADDRESS = f"https://raw.githubusercontent.com/microsoft/CodeXGLUE/{COMMIT}/Code-Code"
WORDS = {  # sha256 of the complete lists
    "maxmin": "f256704915bebebde8e734271e25467c870e7d012bd1ebf1287e2a9c059db7a8",
    "all": "048d436fee0f202767287072dabedbfb10d75b27fe0963da0492fde6111589d7",
}

Answers = dict[int, dict[str, set[str | None]]]  # row -> masked word -> licences of the functions that have it


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a part and language, with CodeSearchNet's files that can hold its answers."""
    for part in PARTS:
        for language in LANGUAGES:
            data = data_file(part, language)
            if (folder / data).is_file():
                beside = (file for file in _beside(folder, part, language) if (folder / file).is_file())
                yield Shard(want, "test", (data, *beside))


def _beside(folder: Path, part: str, language: str) -> Iterator[str]:
    yield words_file(part)
    if part != "maxmin":
        yield data_file("maxmin", language)
    yield ANSWERS + codesearchnet.licenses_file(language)
    for name in ("valid", "test"):
        yield from (ANSWERS + file for file in codesearchnet.data_files(folder / ANSWERS, language, name))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The rows of one part and language, in upstream order."""
    data, *beside = shard.files
    part, language = data.split("/")[0].removeprefix("cloze-"), data.split("/")[1]
    words = candidate_words(folder, words_file(part)) if words_file(part) in beside else []
    items = list(masked_rows(folder, data))
    answers = _answers(folder, beside, _functions(items), set(words))
    in_maxmin = {fingerprint(row) for file in beside if file.endswith(".json") for row in sound_rows(folder, file)}
    for item in items:
        if isinstance(item, Malformed):
            yield item
            continue
        number, row = item
        found = answers.get(number, {})
        if fingerprint(row) in in_maxmin:
            yield Unusable("published_in_maxmin")
        elif sum(MASK in token for token in row["pl_tokens"]) > 1:
            yield Unusable("mask_in_code")
        elif len(found) != 1:
            yield Unusable("several_answers" if found else "answer_not_published")
        else:
            ((answer, licenses),) = found.items()
            fields = {"code": as_code(row["pl_tokens"], language), "answer": answer}
            fields |= {"candidates": " ".join(words)} if words else {}
            id_, license_ = f"{part}/{language}/{row['idx']}", joined({LICENSE, *licenses})
            yield Record(id_, language, fields, shown(folder, data), number, license_, edits=("tokens joined",))


def _functions(items: Iterable[Row]) -> MaskedFunctions:
    """The functions of some rows, under their numbers."""
    functions = MaskedFunctions()
    for item in items:
        if not isinstance(item, Malformed):
            functions.add(*item)
    return functions


def _answers(folder: Path, beside: list[str], functions: MaskedFunctions, words: set[str]) -> Answers:
    """The masked words that CodeSearchNet's files tell; what is broken there, that source says."""
    at, files = folder / ANSWERS, [file.removeprefix(ANSWERS) for file in beside if file.startswith(ANSWERS)]
    licenses = _licenses(at, files)
    answers: Answers = defaultdict(lambda: defaultdict(set))
    for file in files:
        with contextlib.suppress(BrokenFileError):
            for item in json_lines(at, file, ANSWER_FIELDS) if file.endswith(".jsonl.gz") else ():
                if isinstance(item, Malformed):
                    continue
                row = item[1]
                for number, word in functions.found(row["docstring_tokens"], row["code_tokens"]):
                    if not words or word in words:
                        answers[number][word] |= licenses.of(str(row.get("repo")), str(row.get("path")))
    return answers


def _licenses(folder: Path, files: list[str]) -> RepositoryLicenses:
    """The licence files of CodeSearchNet's repositories: none where the list is not there or is broken."""
    with contextlib.suppress(BrokenFileError):
        for file in files:
            if file.endswith(".pkl"):
                return read_licenses(folder, file)
    return RepositoryLicenses({})


SOURCE = Source(
    name="clozetest",
    title="ClozeTest (maxmin, all)",
    homepage="https://github.com/microsoft/CodeXGLUE/tree/main/Code-Code/ClozeTesting-all",
    paper="https://arxiv.org/abs/2102.04664",
    citation="Shuai Lu, Daya Guo, Shuo Ren, Junjie Huang, Alexey Svyatkovskiy, Ambrosio Blanco, Colin Clement, Dawn "
    "Drain, Daxin Jiang, Duyu Tang, et al. CodeXGLUE: A Machine Learning Benchmark Dataset for Code Understanding and "
    "Generation. 2021. arXiv:2102.04664; cut from CodeSearchNet, arXiv:1909.09436",
    revision=f"microsoft/CodeXGLUE@{COMMIT}",
    released="2020-09",
    scale=178_730,
    license=License(
        LICENSE,
        "https://github.com/microsoft/CodeXGLUE#license",
        (
            "CodeXGLUE: our datasets follow the Computational Use of Data Agreement (C-UDA).",
            "Each function keeps the licence of its repository, which CodeSearchNet lists in <lang>_licenses.pkl; a "
            "row carries both, and is unknown where that licence is.",
        ),
    ),
    natural_languages=(),
    programming_languages=LANGUAGES,
    tasks=("cloze_test",),
    files=tuple(
        UpstreamFile(file, f"{ADDRESS}/ClozeTesting-{part}/data/{file}", sha256)
        for part in PARTS
        for file, sha256 in (
            (words_file(part), WORDS[part]),
            *((data_file(part, language), None) for language in LANGUAGES),
        )
    ),
    shards=shards,
    read=read,
    tokenized=True,
)
