"""CodeSearchNet: documented functions of six programming languages from GitHub.

Homepage: https://github.com/github/CodeSearchNet
Paper: Husain et al. 2019, CodeSearchNet Challenge, https://arxiv.org/abs/1909.09436
Released 2019-09, 2,070,536 documented functions; CodeXGLUE's code-to-text list keeps 908,224 + 44,689 + 52,561.
Licence: each function keeps that of its repository, which upstream lists in `<lang>_licenses.pkl`; unknown without it.

Read are the raw files, `resources/data/<lang>/final/jsonl/<split>/<lang>_<split>_<n>.jsonl.gz`. Where CodeXGLUE's list
of URLs is there (`codexglue-code-to-text/dataset/<lang>/<split>.txt`), only rows on it are used. In Python, and in a
few JavaScript rows, the documentation stands inside `code`; it is cut out by syntax, so no answer stands in its
question. Documentation loses its comment marks and the markup of its language (Javadoc, RDoc, Sphinx, ...); its first
paragraph is the summary and the query. Rows whose documentation is not English feed no task that is bound to text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.builders.sources.documentation import GRAMMARS, plain, summary_of, without_documentation
from mulco.reading import CORRECT_LINE, json_lines, shown, whole_text, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
FIELDS = {"url": str, "code": str, "docstring": str, "language": str}
# Scripts that English documentation is not written in: Cyrillic to Arabic, and everything CJK.
_OTHER_SCRIPT = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a data file, with its list of URLs where that is there."""
    for split, name in SPLIT_NAMES.items():
        for language in GRAMMARS:
            listed = f"codexglue-code-to-text/dataset/{language}/{name}.txt"
            extra = (listed,) if (folder / listed).is_file() else ()
            at = f"resources/data/{language}/final/jsonl/{name}"
            found = (folder / at).glob(f"{language}_{name}_*.jsonl.gz")
            for file in sorted(found, key=lambda path: (len(path.name), path.name)):
                yield Shard(want, split, (f"{at}/{file.name}", *extra))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Functions of one file, with the text the task is about, in upstream order."""
    data, *lists = shard.files
    language = data.split("/")[2]
    listed = _listed(folder, lists[0]) if lists else None
    name = shown(folder, data)
    for item in json_lines(folder, data, FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        if not row["url"]:
            yield Malformed(name, line, "field 'url' is empty, and it is the identity of the row", CORRECT_LINE)
        elif listed is not None and row["url"] not in listed:
            yield Unusable("not_in_codexglue_list")
        else:
            yield _item(row, language, shard.want.task, name, line)


def _item(row: dict[str, str], language: str, task: str, name: str, line: int) -> Item:
    docstring, code = with_lf(row["docstring"]), with_lf(row["code"])
    edits = ["line ends"] if code != row["code"] else []
    bare = without_documentation(code, docstring, language)
    edits += ["documentation cut out of the code"] if bare != code else []
    fields = {"code": bare}
    if task != "code_completion":
        description = plain(docstring, language)
        summary = summary_of(description)
        if _OTHER_SCRIPT.search(description):
            return Unusable("text_not_english")
        if task != "code_generation" and summary and summary in " ".join(bare.split()):
            return Unusable("summary_in_code")
        description = description if summary else ""  # tags alone describe nothing
        fields.update(summary=summary, query=summary, description=description)
        if task == "code_generation":
            edits += ["indent, marks and markup cut off the documentation"] if description != docstring else []
        else:
            edits += ["documentation cut down to its first paragraph"] if summary != docstring else []
    return Record(row["url"], language, fields, name, line, edits=tuple(edits))


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
    license=License(
        "LicenseRef-unknown",
        "https://github.com/github/CodeSearchNet#licenses",
        (
            "Each function keeps the licence of its repository, listed upstream in <lang>_licenses.pkl.",
            "CodeXGLUE's lists of URLs: C-UDA 1.0.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=tuple(GRAMMARS),
    tasks=("code_summarization", "code_generation", "code_search", "code_completion"),
    files=tuple(
        UpstreamFile(
            f"resources/data/{language}/final/jsonl/{name}/{language}_{name}_*.jsonl.gz",
            f"https://s3.amazonaws.com/code-search-net/CodeSearchNet/v2/{language}.zip",
        )
        for language in GRAMMARS
        for name in SPLIT_NAMES.values()
    ),
    shards=shards,
    read=read,
)
