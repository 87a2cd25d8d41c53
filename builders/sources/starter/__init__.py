"""The starter corpus: the project's own small parallel corpus, always at hand, no network needed.

Homepage: this repository. Licence: Apache-2.0. No paper. Everything here was written for mulco.

`functions/<name>/` holds one function in nine programming languages (`code.*`), a second implementation in three
(`again.*`) and `about.yaml`: English and Chinese descriptions, a bug as an edit a language, difficulty, paradigm and
examples. `sql/<name>.yaml` holds a query the same way, `questions.yaml` questions with explanations. Every item names
its own split: two thirds train, one sixth each validation and test. Tests run the programs on their examples.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mulco.languages import TEXT
from mulco.reading import shown, whole_text
from mulco.source import SPLITS, Item, License, Record, Shard, Source, Want
from mulco.task import stable_number

SUFFIXES = {"python": "py", "java": "java", "javascript": "js", "go": "go", "php": "php", "ruby": "rb", "c": "c",
            "c++": "cpp", "c#": "cs"}  # fmt: skip
# Each language with Python, and the two pairs that people port between most.
TRANSLATIONS = [*(("python", other) for other in SUFFIXES if other != "python"), ("java", "c#"), ("c", "c++")]
QUESTIONS = "questions.yaml"


@dataclass(frozen=True)
class Piece:
    """One function or query in one programming language, with everything written about it."""

    name: str
    programming_language: str
    file: str
    about: dict[str, Any]
    code: str
    again: str | None  # a second implementation with the same behaviour
    buggy: str

    def record(self, id_: str, **fields: Any) -> Record:
        """A record of this piece; `id_` is appended to its identity."""
        whole = f"{self.name}/{self.programming_language}" + (f"/{id_}" if id_ else "")
        facts = self.about["difficulty"], self.about["paradigm"]
        return Record(whole, self.programming_language, fields, self.file, 0, None, *facts)


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split, over all files of the kind that the task reads."""
    patterns = (QUESTIONS,) if want.task == "code_qa" else ("functions/*/*", "sql/*.yaml")
    files = sorted(path.relative_to(folder).as_posix() for pattern in patterns for path in folder.glob(pattern))
    for split in SPLITS:
        yield Shard(want, split, tuple(files))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Records of one split for one task and language, functions first, each kind by name."""
    task, language = shard.want.task, shard.want.language
    if task == "code_qa":
        for entry in _yaml(folder, QUESTIONS):
            if entry["split"] == shard.split:
                yield Record(
                    entry["name"], TEXT, entry[language], shown(folder, QUESTIONS), 0, None, entry["difficulty"]
                )
        return
    pieces = [piece for piece in _pieces(folder) if piece.about["split"] == shard.split]
    if task == "code_translation":
        yield from _translations(pieces)
    elif task == "clone_detection":
        yield from _clones(pieces)
    else:
        for piece in pieces:
            yield from _records(piece, task, piece.about[language])


def _records(piece: Piece, task: str, text: dict[str, str]) -> Iterator[Record]:
    if task == "code_repair":
        yield piece.record("", code=piece.buggy, fixed=piece.code)
    elif task == "defect_detection":
        yield piece.record("defective", code=piece.buggy, label=True)
        yield piece.record("correct", code=piece.code, label=False)
    elif task in ("cloze_test", "code_completion"):
        yield piece.record("", code=piece.code)
    else:
        yield piece.record("", code=piece.code, **text)


def _clones(pieces: list[Piece]) -> Iterator[Record]:
    """For each second implementation one pair that behaves the same, and one that does not.

    Half of the latter pair the code with its own buggy version, half with another piece of the same split.
    """
    for piece in pieces:
        if piece.again is None:
            continue
        yield piece.record("again", code=piece.code, other_code=piece.again, label=True)
        others = [p for p in pieces if p.programming_language == piece.programming_language and p.name != piece.name]
        number = stable_number("negative", piece.name, piece.programming_language)
        if number % 2 or not others:
            yield piece.record("buggy", code=piece.code, other_code=piece.buggy, label=False)
        else:
            other = others[number // 2 % len(others)]
            yield piece.record(other.name, code=piece.code, other_code=other.code, label=False)


def _translations(pieces: list[Piece]) -> Iterator[Record]:
    by_name: dict[str, dict[str, Piece]] = {}
    for piece in pieces:
        by_name.setdefault(piece.name, {})[piece.programming_language] = piece
    for versions in by_name.values():
        for first, second in TRANSLATIONS:
            if first in versions and second in versions:
                translation = versions[second].code
                yield versions[first].record(
                    second, code=versions[first].code, translation=translation, target_language=second
                )


def _pieces(folder: Path) -> Iterator[Piece]:
    for about in sorted(folder.glob("functions/*/about.yaml")):
        yield from _function(folder, about.parent.relative_to(folder).as_posix())
    for file in sorted(folder.glob("sql/*.yaml")):
        path = file.relative_to(folder).as_posix()
        about = _yaml(folder, path)
        code, bug = about["code"].strip(), about["bug"]
        buggy = code.replace(bug["fixed"], bug["buggy"])
        yield Piece(file.stem, "sql", shown(folder, path), about, code, about["again"].strip(), buggy)


def _function(folder: Path, at: str) -> Iterator[Piece]:
    about = _yaml(folder, f"{at}/about.yaml")
    for language, suffix in SUFFIXES.items():
        code = whole_text(folder, f"{at}/code.{suffix}").rstrip()
        again = (
            whole_text(folder, f"{at}/again.{suffix}").rstrip() if (folder / at / f"again.{suffix}").exists() else None
        )
        edit = about["bug"]["edits"][language]
        buggy = code.replace(edit["fixed"], edit["buggy"])
        yield Piece(at.split("/")[-1], language, shown(folder, f"{at}/code.{suffix}"), about, code, again, buggy)


def _yaml(folder: Path, path: str) -> Any:
    """A YAML file, parsed once as long as it does not change."""
    state = (folder / path).stat()
    return _parsed(folder, path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=256)
def _parsed(folder: Path, path: str, mtime_ns: int, size: int) -> Any:
    return yaml.load(whole_text(folder, path), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


SOURCE = Source(
    name="starter",
    title="mulco starter corpus",
    homepage="",
    paper="",
    citation="The mulco developers. The mulco starter corpus.",
    revision="shipped with mulco",
    released="2026-11",
    scale=270,  # 24 functions in nine programming languages, 24 queries, 30 questions
    license=License("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    natural_languages=("en", "zh"),
    programming_languages=(*SUFFIXES, "sql"),
    tasks=(
        "code_summarization", "code_generation", "code_search", "clone_detection", "defect_detection", "cloze_test",
        "code_completion", "code_repair", "code_translation", "code_qa",
    ),
    files=(),
    shards=shards,
    read=read,
    written_by={"input": "person", "output": "person"},
    folder=Path(__file__).parent,
)  # fmt: skip
