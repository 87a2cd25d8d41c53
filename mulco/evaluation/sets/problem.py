"""A problem of an evaluation set, and the set: one upstream at a pinned revision, and how its files become problems.

    for item in SUITE.read(folder):
        print(item if isinstance(item, Malformed) else item.prompt)

Nothing is run here, and no answer is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from mulco.errors import BrokenFileError
from mulco.reading import CORRECT_LINE
from mulco.source import License, Malformed, UpstreamFile


@dataclass(frozen=True)
class Problem:
    """One problem, as upstream gives it; what it does not give is empty.

    The program that judges a completion is, in this order and with a line end after each part but the prompt:
    `imports`, `prompt` without its `prompt_imports`, the completion, `test_setup`, `tests`, and `check(entry_point)`
    where there is an entry point. Each set says at the top of its file what else a program needs.
    """

    suite: str
    id: str  # unique within the suite
    task_id: str  # upstream's own name of it, as files with samples carry it
    programming_language: str
    file: str
    line: int  # from 1; in a JSON array the position of the element
    tests: tuple[str, ...]  # run in order; never empty
    prompt: str = ""  # the code that a completion continues; empty where the answer is a whole program
    text: str = ""  # the task in words, where they stand apart from the prompt
    canonical_solution: str = ""
    entry_point: str = ""  # the function that upstream's `check`, defined by the tests, is called with
    imports: str = ""  # what opens the program
    prompt_imports: str = ""  # the part of the prompt that gives way to `imports`
    test_setup: str = ""
    challenge_tests: tuple[str, ...] = ()  # harder tests, which the published numbers leave out
    stop_tokens: tuple[str, ...] = ()  # a completion ends before the first of them
    split: str = "test"


@dataclass(frozen=True)
class Suite:
    """One evaluation set. `read_file` yields the problems of one of its files, in upstream's order."""

    name: str
    title: str
    homepage: str
    paper: str
    revision: str
    license: License
    folder: str  # below the upstream folder
    files: tuple[UpstreamFile, ...]
    read_file: Callable[[Path, str], Iterator[Problem | Malformed]]

    def read(self, folder: Path) -> Iterator[Problem | Malformed]:
        """The problems of the files at hand, file by file; raises BrokenFileError for a broken file, or without any.

        A problem whose id came before is malformed, and so is one without tests: any answer would pass it.
        """
        paths = [file.path for file in self.files if (folder / file.path).is_file()]
        if not paths:
            names = ", ".join(file.path for file in self.files)
            raise BrokenFileError(
                folder.name, f"no file of {self.title} is here ({names})", f"Fetch {self.files[0].url}"
            )
        ids: set[str] = set()
        for path in paths:
            for item in self.read_file(folder, path):
                if isinstance(item, Malformed):
                    yield item
                elif item.id in ids:
                    yield Malformed(item.file, item.line, f"problem {item.id!r} came before", CORRECT_LINE)
                elif not "".join(item.tests).strip():
                    yield Malformed(item.file, item.line, f"problem {item.id!r} has no tests", CORRECT_LINE)
                else:
                    ids.add(item.id)
                    yield item


class Texts(NamedTuple):
    """What a training row must not repeat of a problem; empty where upstream has none."""

    prompt: str  # the code to continue, words included; only the words where the answer is a whole program
    solution: str
    tests: str


def texts(problem: Problem) -> Texts:
    """The strings of a problem that contamination is looked for with."""
    tests = "\n".join([*problem.tests, *problem.challenge_tests])
    return Texts(problem.prompt or problem.text, problem.canonical_solution, tests)


def wrong_lists(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """What is wrong with fields that should be lists of strings, or None."""
    for name in names:
        for value in row[name]:
            if not isinstance(value, str):
                return f"field {name!r} holds {type(value).__name__}, expected str"
    return None
