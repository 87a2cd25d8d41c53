"""TSSB-3M-instructions: single statements of Python code before and after a bug-fixing commit.

Homepage: https://huggingface.co/datasets/zirui3/TSSB-3M-instructions
Paper: Richter and Wehrheim 2022, TSSB-3M, https://arxiv.org/abs/2201.12046; the instructions made of it have none.
Released 2023-04, of TSSB-3M (2022, https://zenodo.org/record/5845439); about 3,000,000 commits.
Licence: CC BY 4.0 by the dataset card (https://creativecommons.org/licenses/by/4.0/); the code comes from public
repositories on GitHub, which are named, but not their licences.

Read is `instructions.jsonl.gz`, gzip JSON Lines, as a stream. Upstream cut the two sides of a diff apart and put them
into two texts: INSTRUCTION is the wrong code, the correct code and nothing else, so the answer stands in the question;
RESPONSE is a fence with the correct code, at times after a line with the commit's message. The wrong code is what
stands before the answer in INSTRUCTION; the message, where there is one, is kept beside both.
Upstream cut `-` and `+` off the changed lines, but not the space that a diff puts before the others: in Python that
breaks the code. The space is cut off where it shows: all lines that both sides share start with one, the least
indented of them with an odd number. An empty first line is what is left of the diff's `@@`, and goes; `@@` may also
have left the line of the class or function around the code, which stays.
The identity is project, commit and file. Upstream has no splits: they follow from the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from mulco.reading import CORRECT_LINE, json_lines, shown, with_lf, wrong_fields
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

FILE = "instructions.jsonl.gz"
FIELDS = {"INSTRUCTION": str, "RESPONSE": str, "METADATA": dict}
METADATA = {"project_url": str, "file_path": str, "commit_sha": str}
COMMIT = "cef8b453ce6c54c74a83552614ca6999a1b0529c"
NO_LINE_END = "\\ No newline at end of file"  # git's note in a diff, about the line above it
_RESPONSE = re.compile(r"(?:[^\n]*:\n(?P<message>[^\n]*)\n\n)?The fixed code is:\n```\n(?P<code>.*?)\n```\s*", re.S)


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split of the one file."""
    if (folder / FILE).is_file():
        for split in SPLITS:
            yield Shard(want, split, (FILE,))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The commits of one split, in upstream order."""
    name = shown(folder, FILE)
    for item in _rows(folder):
        if isinstance(item, Malformed):
            if shard.split == SPLITS[0]:  # a broken row belongs to no split: count it once
                yield item
        elif split_of(_project(item[1]["METADATA"]["project_url"])) == shard.split:
            yield _commit(item[1], name, item[0])


def _rows(folder: Path) -> Iterator[tuple[int, dict[str, Any]] | Malformed]:
    """Line and fields of each row that says which project, commit and file it is."""
    for item in json_lines(folder, FILE, FIELDS):
        if not isinstance(item, Malformed):
            about = item[1]["METADATA"]
            problem = wrong_fields(about, METADATA)
            empty = [field for field in METADATA if not problem and not about[field].strip()]
            problem = f"field {empty[0]!r} is empty, and it is part of the row's identity" if empty else problem
            if problem:
                item = Malformed(shown(folder, FILE), item[0], f"METADATA: {problem}", CORRECT_LINE)
        yield item


def _commit(row: dict[str, Any], name: str, line: int) -> Item:
    """The wrong and the correct code of one row."""
    response = _RESPONSE.fullmatch(row["RESPONSE"])
    if not response:
        return Malformed(name, line, "RESPONSE is no fence after 'The fixed code is:'", CORRECT_LINE)
    correct = response["code"]
    if not row["INSTRUCTION"].endswith(f"\n{correct}\n"):
        return Malformed(name, line, "INSTRUCTION does not end with the code of RESPONSE", CORRECT_LINE)
    wrong = row["INSTRUCTION"].removesuffix(f"\n{correct}\n")
    sides = _without_marks(wrong, correct)
    code, fixed = (with_lf(side).strip("\n") for side in sides)
    if code.strip() and code.strip() == fixed.strip():
        return Unusable("nothing_repaired")
    edits = ["what was left of the diff cut off"] if sides != (wrong, correct) else []
    edits += ["line ends"] if "\r" in wrong + correct else []
    fields = {"code": code, "fixed": fixed}
    message = (response["message"] or "").strip()
    if message and fixed.strip() not in message:
        fields["message"] = message
    about = row["METADATA"]
    id_ = f"{about['project_url']}@{about['commit_sha']}:{about['file_path']}"
    return Record(id_, "python", fields, name, line, edits=tuple(edits))


def _without_marks(wrong: str, correct: str) -> tuple[str, str]:
    """Both sides of a diff without the space before the lines they share, git's notes and what was left of `@@`."""
    before, after = ([line for line in side.split("\n") if line != NO_LINE_END] for side in (wrong, correct))
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    shared = [line for block in blocks for line in before[block.a : block.a + block.size]]
    indents = [len(line) - len(line.lstrip(" ")) for line in shared if line.strip()]
    if indents and min(indents) % 2 == 1:
        for at, to, size in blocks:
            for i in range(size):
                before[at + i] = after[to + i] = before[at + i].removeprefix(" ")
    for side in (before, after):
        while side and not side[0].strip():
            del side[0]
    return "\n".join(before), "\n".join(after)


def _project(url: str) -> str:
    """A project's address, the same for all its spellings."""
    return url.strip().lower().removesuffix("/").removesuffix(".git")


SOURCE = Source(
    name="tssb-3m",
    title="TSSB-3M-instructions",
    homepage="https://huggingface.co/datasets/zirui3/TSSB-3M-instructions",
    paper="https://arxiv.org/abs/2201.12046",
    citation="Cedric Richter, Heike Wehrheim. TSSB-3M: Mining Single Statement Bugs at Massive Scale. MSR 2022. "
    "arXiv:2201.12046; as instructions by zirui3, https://huggingface.co/datasets/zirui3/TSSB-3M-instructions",
    revision=f"zirui3/TSSB-3M-instructions@{COMMIT}",
    released="2023-04",
    scale=3_000_000,
    license=License(
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        (
            "Dataset card: CC BY 4.0.",
            "The code comes from public Python repositories on GitHub; upstream names them, but not their licences.",
        ),
    ),
    natural_languages=(),
    programming_languages=("python",),
    tasks=("code_repair",),
    files=(UpstreamFile(FILE, f"https://huggingface.co/datasets/zirui3/TSSB-3M-instructions/resolve/{COMMIT}/{FILE}"),),
    shards=shards,
    read=read,
)
