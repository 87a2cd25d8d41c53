"""CodeNN: titles of Stack Overflow questions and the one piece of code in their accepted answers.

Homepage: https://github.com/sriniiyer/codenn
Paper: Iyer et al. 2016, Summarizing Source Code using a Neural Attention Model, https://aclanthology.org/P16-1195
Released 2016; in validation and test 3,326 + 3,340 of SQL, 2,792 + 2,794 of Python, 6,601 + 6,602 of C#.
Licence: the repository is MIT; titles and code are Stack Overflow posts, CC BY-SA 3.0, to be attributed by their ids.

Read is `data/stackoverflow/{sql,python,csharp}/{train,valid,test}.txt`: five columns parted by tabs, lines that end in
LF alone (a bare carriage return may stand inside one): two ids, title, code and a score, which is not read. The title
is the summary. The ids, in the order of the columns, are the identity; upstream's scripts for Python and C# write that
of the accepted answer before that of the question.

Upstream wrote each line break as the two characters `\\n`, and left the `\\n` of a string literal as it was. So in
Python and C# it becomes a line break again wherever a line may end: outside of strings, and in those that may go over
several lines (triple quotes, `@"..."`). Tabs were removed upstream. SQL has its line breaks dropped, without a space in
their place, and all in lower case; it stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.reading import CORRECT_LINE, lines, shown, with_lf
from mulco.source import Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want

SPLIT_NAMES = {"train": "train", "validation": "valid", "test": "test"}
LANGUAGES = {"sql": "sql", "python": "python", "csharp": "c#"}  # upstream's folder -> the language
COMMIT = "0f7fbb8b298a84faf4a14a8f76199e39af685e4a"
ADDRESS = f"https://raw.githubusercontent.com/sriniiyer/codenn/{COMMIT}"

_STRING = r"(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
_PIECES = {  # what may hold a quote or a written line break; comments end with their line
    "python": re.compile(
        rf"\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|#.*?(?=\\n|$)|{_STRING}|\\n",
        re.S,
    ),
    "csharp": re.compile(rf"\$?@\$?\"(?:[^\"]|\"\")*\"|/\*.*?\*/|(?://|#).*?(?=\\n|$)|{_STRING}|\\n", re.S),
}


def file_of(language: str, name: str) -> str:
    return f"data/stackoverflow/{language}/{name}.txt"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and language."""
    for split, name in SPLIT_NAMES.items():
        for language in LANGUAGES:
            if (folder / file_of(language, name)).is_file():
                yield Shard(want, split, (file_of(language, name),))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The pairs of one language and split, in upstream order."""
    (data,) = shard.files
    file, language = shown(folder, data), data.split("/")[2]
    for item in lines(folder, data):
        yield item if isinstance(item, Malformed) else _pair(item[1], language, file, item[0])


def _pair(text: str, language: str, file: str, line: int) -> Item:
    columns = text.split("\t")
    if len(columns) != 5:
        problem = f"expected five columns parted by tabs, found {len(columns)}"
        return Malformed(file, line, problem, CORRECT_LINE)
    first, second, title, published, _ = columns
    if not re.fullmatch(r"[0-9]+/[0-9]+", f"{first}/{second}"):
        problem = f"columns 1 and 2 should be ids, found {first[:40]!r} and {second[:40]!r}"
        return Malformed(file, line, problem, CORRECT_LINE)
    broken = with_line_breaks(published, language)
    code = with_lf(broken).strip()
    summary = " ".join(title.split())
    if summary and _plain(summary) in _plain(code):
        return Unusable("answer_in_question")
    edits = ["line breaks"] if broken != published else []
    edits += ["line ends"] if "\r" in broken else []
    edits += ["white space around the code"] if code != with_lf(broken) else []
    edits += ["white space in the title"] if summary != title else []
    fields = {"code": code, "summary": summary}
    return Record(f"{language}/{first}/{second}", LANGUAGES[language], fields, file, line, edits=tuple(edits))


def with_line_breaks(code: str, language: str) -> str:
    """Code in which a written line break is one, but for those in string literals of a single line."""
    if language not in _PIECES:
        return code
    return _PIECES[language].sub(lambda piece: piece[0] if piece["string"] else piece[0].replace("\\n", "\n"), code)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


SOURCE = Source(
    name="codenn",
    title="CodeNN",
    homepage="https://github.com/sriniiyer/codenn",
    paper="https://aclanthology.org/P16-1195",
    citation="Srinivasan Iyer, Ioannis Konstas, Alvin Cheung, Luke Zettlemoyer. Summarizing Source Code using a Neural "
    "Attention Model. ACL 2016",
    revision=f"sriniiyer/codenn@{COMMIT}",
    released="2016",
    scale=25_455,
    license=License(
        "MIT AND CC-BY-SA-3.0",
        "https://github.com/sriniiyer/codenn/blob/master/LICENSE",
        (
            "The repository: MIT.",
            "Titles and code are Stack Overflow posts, CC BY-SA 3.0 (https://stackoverflow.com/help/licensing): "
            "attribute by the ids and share alike.",
        ),
    ),
    natural_languages=("en",),
    programming_languages=tuple(LANGUAGES.values()),
    tasks=("code_summarization",),
    files=tuple(
        UpstreamFile(file_of(language, name), f"{ADDRESS}/{file_of(language, name)}")
        for language in LANGUAGES
        for name in SPLIT_NAMES.values()
    ),
    shards=shards,
    read=read,
)
