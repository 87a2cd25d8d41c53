"""CodeSearchNet: documented functions of six programming languages from GitHub.

Homepage: https://github.com/github/CodeSearchNet
Paper: Husain et al. 2019, CodeSearchNet Challenge, https://arxiv.org/abs/1909.09436
Released 2019-09, 2,070,536 documented functions; CodeXGLUE's code-to-text list keeps 908,224 + 44,689 + 52,561, its
NL-code-search-Adv 251,820 + 9,604 + 19,210 Python functions.
Licence: each function keeps that of its repository, https://github.com/github/CodeSearchNet#licenses; CodeXGLUE puts
its own data sets under C-UDA 1.0, https://github.com/microsoft/CodeXGLUE#license.

Read are the raw files, `resources/data/<lang>/final/jsonl/<split>/<lang>_<split>_<n>.jsonl.gz`. Where CodeXGLUE's list
of URLs is there (`codexglue-code-to-text/dataset/<lang>/<split>.txt`), only rows on it are used. In Python, and in a
few JavaScript rows, the documentation stands inside `code`; it is cut out by syntax, so no answer stands in its
question. Documentation loses its comment marks and the markup of its language (Javadoc, RDoc, Sphinx, ...); its first
paragraph is the summary and the query. Rows whose documentation is not English feed no task that is bound to text.

`resources/data/<lang>_licenses.pkl` maps a repository to its licence files. A row has the licence of those in the
nearest folder above its function, where every one is recognised (`license_texts`), else LicenseRef-unknown.

NL-code-search-Adv (`codexglue-nl-code-search-adv/dataset/<split>.jsonl`) feeds code_search alone; the rows' identity is
`adv/<split>/<idx>`. Its splits are not the raw ones, and its test functions have their names replaced, as published. A
function that stands in any of its files at hand is served from there and not from the raw file.

cloze_test gets the tokens of a function, for the task to mask one, and upstream's candidate words for it: ClozeTest's
`max` and `min` where one of them is a token of the function, else its 930 words. A function that ClozeTest publishes,
whatever token it masks there, is not cut again, as its splits are not these.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulco.builders.sources.documentation import GRAMMARS, plain, summary_of, without_documentation
from mulco.builders.sources.license_texts import RepositoryLicenses, joined, read_licenses
from mulco.builders.sources.masked_functions import (
    PARTS,
    MaskedFunctions,
    candidate_words,
    data_file,
    sound_rows,
    words_file,
    wrong_tokens,
)
from mulco.errors import BrokenFileError
from mulco.reading import CORRECT_LINE, json_lines, shown, whole_text, with_lf, wrong_fields
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
FIELDS = {"url": str, "code": str, "docstring": str, "language": str}
LISTS = "codexglue-code-to-text/dataset/"
ADV = "codexglue-nl-code-search-adv/dataset/"
ADV_FILES = tuple(f"{ADV}{name}.jsonl" for name in SPLIT_NAMES.values())
ADV_FIELDS = {"url": str, "docstring": str, "idx": int, "path": str}
ADV_LICENSE = "C-UDA-1.0"
CLOZETEST = "../clozetest/"
CODEXGLUE = "https://raw.githubusercontent.com/microsoft/CodeXGLUE/ac74a62802a0dd159b3258c78a2df8ad36cdf2b9"
# Scripts that English documentation is not written in: Cyrillic to Arabic, and everything CJK.
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Beside:
    """What the files beside the data say about its rows; None and nothing where they are not there."""

    listed: set[str] | None  # URLs of CodeXGLUE's list
    in_adv: set[str]  # URLs of its search data set
    licenses: RepositoryLicenses | None
    masked: MaskedFunctions
    candidates: list[tuple[frozenset[str], str]]  # ClozeTest's words, by part


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a data file, with the files beside it that are there."""
    for split, name in SPLIT_NAMES.items():
        for language in GRAMMARS:
            beside = tuple(file for file in _beside(language, name, want.task) if (folder / file).is_file())
            for file in data_files(folder, language, name):
                yield Shard(want, split, (file, *beside))
        if want.task == "code_search" and (folder / f"{ADV}{name}.jsonl").is_file():
            beside = tuple(file for file in [licenses_file("python")] if (folder / file).is_file())
            yield Shard(want, split, (f"{ADV}{name}.jsonl", *beside))


def data_files(folder: Path, language: str, name: str) -> list[str]:
    """The raw files of a language and split, in the order of their numbers."""
    at = f"resources/data/{language}/final/jsonl/{name}"
    found = (folder / at).glob(f"{language}_{name}_*.jsonl.gz")
    return [f"{at}/{file.name}" for file in sorted(found, key=lambda path: (len(path.name), path.name))]


def licenses_file(language: str) -> str:
    """The licence files of a language's repositories."""
    return f"resources/data/{language}_licenses.pkl"


def _beside(language: str, name: str, task: str) -> Iterator[str]:
    """The files that say something about the rows of a raw file."""
    yield f"{LISTS}{language}/{name}.txt"
    yield licenses_file(language)
    if task == "code_search" and language == "python":
        yield from ADV_FILES
    if task == "cloze_test":
        for part in PARTS:
            yield CLOZETEST + words_file(part)
            yield CLOZETEST + data_file(part, language)


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Functions of one file, with what the task is about, in upstream order."""
    return _adv(folder, shard) if shard.files[0].startswith(ADV) else _raw(folder, shard)


def _raw(folder: Path, shard: Shard) -> Iterator[Item]:
    data, task = shard.files[0], shard.want.task
    language, name = data.split("/")[2], shown(folder, data)
    beside = _read_beside(folder, shard)
    fields = FIELDS | ({"repo": str, "path": str} if beside.licenses else {})
    for item in json_lines(folder, data, fields):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        problem = wrong_tokens(row, "code_tokens", "docstring_tokens") if task == "cloze_test" else None
        license_ = joined(beside.licenses.of(row["repo"], row["path"])) if beside.licenses else None
        if not row["url"]:
            yield Malformed(name, line, "field 'url' is empty, and it is the identity of the row", CORRECT_LINE)
        elif problem:
            yield Malformed(name, line, problem, CORRECT_LINE)
        elif beside.listed is not None and row["url"] not in beside.listed:
            yield Unusable("not_in_codexglue_list")
        elif row["url"] in beside.in_adv:
            yield Unusable("published_in_adv")
        elif task == "cloze_test":
            yield _tokens(row, beside, Record(row["url"], language, {}, name, line, license_))
        else:
            yield _text(row, row["code"], task, Record(row["url"], language, {}, name, line, license_))


def _adv(folder: Path, shard: Shard) -> Iterator[Item]:
    """Functions of a file of NL-code-search-Adv, in either of its two layouts."""
    data = shard.files[0]
    name, part = shown(folder, data), Path(data).stem
    licenses = _read_beside(folder, shard).licenses
    for item in json_lines(folder, data, ADV_FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        code, repository = ("function", "nwo") if "function" in row else ("code", "repo")
        if problem := wrong_fields(row, {code: str, repository: str}):
            yield Malformed(name, line, problem, CORRECT_LINE)
            continue
        license_ = joined({ADV_LICENSE, *licenses.of(row[repository], row["path"])}) if licenses else None
        record = Record(f"adv/{part}/{row['idx']}", "python", {}, name, line, license_)
        yield _text(row, row[code], shard.want.task, record)


def _text(row: dict[str, Any], published: str, task: str, record: Record) -> Item:
    """The record with code and, where the task is about text, what its documentation says."""
    language = record.programming_language
    docstring, code = with_lf(row["docstring"]), with_lf(published)
    edits = ["line ends"] if code != published else []
    bare = without_documentation(code, docstring, language)
    edits += ["documentation cut out of the code"] if bare != code else []
    fields = {"code": bare}
    if task != "code_completion":
        description = plain(docstring, language)
        summary = summary_of(description)
        if _OTHER_SCRIPT.search(description):
            return Unusable("text_not_english")
        words = " ".join(bare.split())
        if task != "code_generation" and summary and summary in words:
            return Unusable("summary_in_code")
        if task == "code_generation" and words and words in " ".join(description.split()):
            return Unusable("answer_in_question")
        description = description if summary else ""  # tags alone describe nothing
        fields.update(summary=summary, query=summary, description=description)
        if task == "code_generation":
            edits += ["indent, marks and markup cut off the documentation"] if description != docstring else []
        else:
            edits += ["documentation cut down to its first paragraph"] if summary != docstring else []
    return record._replace(fields=fields, edits=tuple(edits))


def _tokens(row: dict[str, Any], beside: Beside, record: Record) -> Item:
    """The record with the tokens of its code, unless ClozeTest publishes the function."""
    tokens = row["code_tokens"]
    if any(beside.masked.found(row["docstring_tokens"], tokens)):
        return Unusable("published_in_clozetest")
    shown = next((shown for words, shown in beside.candidates if not words.isdisjoint(tokens)), "")
    return record._replace(fields={"tokens": tokens, "candidates": shown}, edits=("tokens joined",))


def _read_beside(folder: Path, shard: Shard) -> Beside:
    files = shard.files[1:]
    listed = [_listed(folder, file) for file in files if file.startswith(LISTS)]
    licenses = [read_licenses(folder, file) for file in files if file.endswith("_licenses.pkl")]
    cloze = [file.removeprefix(CLOZETEST) for file in files if file.startswith(CLOZETEST)]
    masked, candidates = MaskedFunctions(), []
    for file in cloze:
        if file.endswith(".txt"):
            words = _words(folder / CLOZETEST, file)
            candidates.append((frozenset(words), " ".join(words)))
        else:
            for row in sound_rows(folder / CLOZETEST, file):
                masked.add(None, row)
    return Beside(
        listed[0] if listed else None,
        {url for file in files if file.startswith(ADV) for url in _urls(folder, file)},
        licenses[0] if licenses else None,
        masked,
        candidates,
    )


def _urls(folder: Path, file: str) -> set[str]:
    """The URLs of a search data set; none of a broken one, for that is left out whole."""
    with contextlib.suppress(BrokenFileError):
        return {item[1]["url"] for item in json_lines(folder, file, ADV_FIELDS) if not isinstance(item, Malformed)}
    return set()


def _words(folder: Path, file: str) -> list[str]:
    """ClozeTest's words; none in a broken file, which that source says."""
    words: list[str] = []
    with contextlib.suppress(BrokenFileError):
        words = candidate_words(folder, file)
    return words


def _listed(folder: Path, file: str) -> set[str]:
    """The URLs of a list; an empty list is an empty split."""
    if (folder / file).stat().st_size == 0:
        return set()
    return {line.strip() for line in whole_text(folder, file).split("\n")} - {""}


SOURCE = Source(
    name="codesearchnet",
    title="CodeSearchNet",
    homepage="https://github.com/github/CodeSearchNet",
    paper="https://arxiv.org/abs/1909.09436",
    citation="Hamel Husain, Ho-Hsiang Wu, Tiferet Gazit, Miltiadis Allamanis, Marc Brockschmidt. "
    "CodeSearchNet Challenge: Evaluating the State of Semantic Code Search. 2019. arXiv:1909.09436",
    revision="v1 (2019-09)",
    released="2019-09",
    scale=2_070_536,
    license=License(
        "LicenseRef-unknown",
        "https://github.com/github/CodeSearchNet#licenses",
        (
            "Each function keeps the licence of its repository, listed upstream in <lang>_licenses.pkl.",
            "CodeXGLUE's lists of URLs and NL-code-search-Adv: C-UDA 1.0, and the functions keep their licences.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=tuple(GRAMMARS),
    tasks=("code_summarization", "code_generation", "code_search", "code_completion", "cloze_test"),
    files=(
        *(
            UpstreamFile(file, f"https://zenodo.org/records/7857872/files/{language}.zip")
            for language in GRAMMARS
            for file in (
                *(f"resources/data/{language}/final/jsonl/{n}/{language}_{n}_*.jsonl.gz" for n in SPLIT_NAMES.values()),
                licenses_file(language),
            )
        ),
        *(
            UpstreamFile(f"{LISTS}{language}/{name}.txt", f"{CODEXGLUE}/Code-Text/code-to-text/dataset.zip")
            for language in GRAMMARS
            for name in SPLIT_NAMES.values()
        ),
        *(UpstreamFile(file, "") for file in ADV_FILES),  # what CodeXGLUE's preprocess.py makes of the raw files
    ),
    shards=shards,
    read=read,
)
