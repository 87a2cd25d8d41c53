"""CommitPackFT: files before and after a commit whose message reads like an instruction.

Homepage: https://github.com/bigcode-project/octopack
Paper: Muennighoff et al. 2023, OctoPack, https://arxiv.org/abs/2308.07124
Released 2023-08; 742,273 commits in 277 languages by the paper's count.
Licence: MIT for the collection (https://github.com/bigcode-project/octopack/blob/main/LICENSE); each file keeps that of
its repository, which upstream names in `license`. A row carries it, and an unknown one where upstream names none.

Two layouts are read, both JSON Lines: `data/<language>/data.jsonl`, as published on the Hub, and the authors' earlier
collection `smallcommits_v2/<Language>/data.jsonl`, whose rows name neither repository nor licence. Every commit that
changes a file serves, not only those that say fix; one that creates, empties or leaves it as it is repairs nothing. The
identity is language, commit and file. The earlier collection repeats rows: each counts once, and one that `data` has
as well counts there. As in the paper, the message is its subject alone: the body is where sign-offs and links stand.
Upstream has no splits: they follow from the repository, or the commit where none is named. Forks share commits and
mostly a name, so it is the name most of a commit's repositories have, without their owners.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mulco.errors import BrokenFileError
from mulco.languages import TEXT, canonical
from mulco.licenses import UNKNOWN
from mulco.reading import CORRECT_LINE, json_lines, shown, with_lf
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

PUBLISHED, EARLIER = "data", "smallcommits_v2"
MAYBE = (str, type(None))
FIELDS: dict[str, type | tuple[type, ...]] = {
    "commit": str, "new_file": str, "old_contents": str, "new_contents": str, "message": MAYBE, "subject": MAYBE,
    "license": MAYBE, "repos": MAYBE,
}  # fmt: skip
# Upstream's names; where a licence has an "or later" that upstream leaves out, the narrower reading is taken.
LICENSES = {
    "agpl-3.0": "AGPL-3.0-only", "apache-2.0": "Apache-2.0", "artistic-2.0": "Artistic-2.0",
    "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "cc0-1.0": "CC0-1.0", "epl-1.0": "EPL-1.0",
    "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "isc": "ISC", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only", "mit": "MIT", "mpl-2.0": "MPL-2.0", "unlicense": "Unlicense",
}  # fmt: skip
# The folders of `data` whose languages mulco knows; it has over 200 more.
FOLDERS = (
    "assembly", "c", "c#", "c++", "css", "dart", "go", "haskell", "html", "java", "javascript", "json", "julia",
    "kotlin", "lua", "perl", "php", "powershell", "python", "r", "ruby", "rust", "scala", "shell", "sql", "swift",
    "typescript", "xml", "yaml",
)  # fmt: skip
HUB_COMMIT = "b8338a0230dff80b280f0ab3f06a89affe0ae82f"  # the last one that changed the data
EARLIER_COMMIT = "212e930ae5a56dcfe64fefe89b8993212d5c3ad7"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and file; one of the earlier collection also lists the published file it must not repeat."""
    files = sorted(file.relative_to(folder).as_posix() for file in folder.glob(f"{PUBLISHED}/*/data.jsonl"))
    published = {_language(file): file for file in files}
    for split in SPLITS:
        for file in files:
            yield Shard(want, split, (file,))
        for path in sorted(folder.glob(f"{EARLIER}/*/data.jsonl")):
            file = path.relative_to(folder).as_posix()
            language = _language(file)
            yield Shard(want, split, (file, *((published[language],) if language in published else ())))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The commits of one file, those of the shard's split, in upstream order."""
    data, *published = shard.files
    name = shown(folder, data)
    elsewhere = {id_ for file in published for id_ in _ids(folder, file)}
    seen: set[str] = set()
    for item in _rows(folder, data):
        if isinstance(item, Malformed):
            if shard.split == SPLITS[0]:  # a broken row belongs to no split: count it once
                yield item
            continue
        line, row = item
        if split_of(_group(row)) != shard.split:
            continue
        id_ = _id(data, row)
        if id_ in seen:
            yield Unusable("repeated")
        elif id_ in elsewhere:
            yield Unusable("published_twice")
        else:
            yield _commit(row, id_, name, line)
        seen.add(id_)


def _rows(folder: Path, file: str) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Line and fields of each row that says which commit and file it is."""
    for item in json_lines(folder, file, FIELDS):
        if not isinstance(item, Malformed) and not (item[1]["commit"].strip() and item[1]["new_file"].strip()):
            problem = "field 'commit' or 'new_file' is empty, and they are the identity of the row"
            yield Malformed(shown(folder, file), item[0], problem, CORRECT_LINE)
        else:
            yield item


def _commit(row: dict[str, Any], id_: str, name: str, line: int) -> Item:
    """The record of one row, or why it cannot serve."""
    language = canonical(name.split("/")[-2])
    if language is None or language == TEXT:
        return Unusable("unknown_programming_language" if language is None else "no_code")
    code, fixed = with_lf(row["old_contents"]), with_lf(row["new_contents"])
    if not code.strip() or not fixed.strip():
        return Unusable("emptied_file" if code.strip() else "new_file")
    if code.strip() == fixed.strip():
        return Unusable("nothing_repaired")
    edits = ("line ends",) if (code, fixed) != (row["old_contents"], row["new_contents"]) else ()
    fields = {"code": code, "fixed": fixed}
    message = _subject(row)
    if message and fixed.strip() not in message:
        fields["message"] = message
    license_ = LICENSES.get((row["license"] or "").strip().lower(), UNKNOWN)
    return Record(id_, language, fields, name, line, license_, edits=edits)


def _subject(row: dict[str, Any]) -> str:
    """The first line of the message that says something."""
    lines = with_lf((row["subject"] or "").strip() or (row["message"] or "").strip()).split("\n")
    return lines[0].strip()


def _group(row: dict[str, Any]) -> str:
    """What shares a split: the name most of a commit's repositories have, or the commit where none is named."""
    names = Counter(repo.strip().lower().split("/")[-1] for repo in (row["repos"] or "").split(",") if repo.strip())
    return min(names, key=lambda name: (-names[name], name)) if names else str(row["commit"])


def _ids(folder: Path, file: str) -> set[str]:
    """The commits a file has: none where it is broken, for then it is left out whole."""
    try:
        return {_id(file, item[1]) for item in _rows(folder, file) if not isinstance(item, Malformed)}
    except BrokenFileError:
        return set()


def _id(file: str, row: dict[str, Any]) -> str:
    return f"{_language(file)}/{row['commit']}/{row['new_file']}"


def _language(file: str) -> str:
    """The folder's language under its canonical name, or as upstream spells it where mulco does not know it."""
    folder = file.split("/")[-2]
    return canonical(folder) or folder.lower()


SOURCE = Source(
    name="commitpackft",
    title="CommitPackFT",
    homepage="https://github.com/bigcode-project/octopack",
    paper="https://arxiv.org/abs/2308.07124",
    citation="Niklas Muennighoff, Qian Liu, Armel Zebaze, Qinkai Zheng, Binyuan Hui, Terry Yue Zhuo, Swayam Singh, "
    "Xiangru Tang, Leandro von Werra, Shayne Longpre. OctoPack: Instruction Tuning Code Large Language Models. 2023. "
    "arXiv:2308.07124",
    revision=f"bigcode/commitpackft@{HUB_COMMIT}; bigcode-project/octopack@{EARLIER_COMMIT}",
    released="2023-08",
    scale=742_273,
    license=License(
        UNKNOWN,
        "https://github.com/bigcode-project/octopack/blob/main/LICENSE",
        (
            "The collection: MIT.",
            "Each file keeps the licence of its repository, which upstream names row by row; the rows of "
            "smallcommits_v2 name none.",
        ),
    ),
    natural_languages=(),
    programming_languages=tuple(sorted(canonical(name) or name for name in FOLDERS)),
    tasks=("code_repair",),
    files=(
        *(
            UpstreamFile(
                f"{PUBLISHED}/{name}/data.jsonl",
                f"https://huggingface.co/datasets/bigcode/commitpackft/resolve/{HUB_COMMIT}/data/{quote(name)}/data.jsonl",
            )
            for name in FOLDERS
        ),
        UpstreamFile(
            f"{EARLIER}/Java/data.jsonl",
            f"https://raw.githubusercontent.com/bigcode-project/octopack/{EARLIER_COMMIT}/{EARLIER}/Java/data.jsonl",
        ),
    ),
    shards=shards,
    read=read,
)
