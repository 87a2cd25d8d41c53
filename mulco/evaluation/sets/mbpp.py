"""MBPP: a Python program from one sentence and a few asserts; the whole set, and the part that was verified by hand.

Homepage: https://github.com/google-research/google-research/tree/master/mbpp
Paper: Austin et al. 2021, Program Synthesis with Large Language Models, https://arxiv.org/abs/2108.07732
Released 2021-08: 974 problems, 427 of them in the sanitized file. Licence: CC BY 4.0.

Two suites in one folder: they share ids, but the sanitized wording and asserts are others, and so are their numbers.
The split follows from the id, in both: 1-10 prompts (for few-shot examples), 11-510 test, 511-600 validation, 601 and
above train; published results are on `test`. The sentence is `text`, and there is no prompt: the answer is a whole
program. A program is `imports`, the answer, `test_setup` (it uses what the answer defines) and the tests. Published
results leave the challenge tests out. Strings of mbpp.jsonl end lines with CR LF; here all are LF.

mbpp.jsonl is pinned where it was released. The sanitized file at hand is a later version than those seen there; it is
pinned in the repository that this copy came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.evaluation.sets.problem import Problem, Suite, wrong_lists
from mulco.reading import CORRECT_LINE, json_array, json_lines, shown, with_lf
from mulco.source import License, Malformed, UpstreamFile

NAME, SANITIZED_NAME = "mbpp", "mbpp-sanitized"
DATA, SANITIZED_DATA = "mbpp.jsonl", "sanitized-mbpp.json"
LISTS, SANITIZED_LISTS = ("test_list", "challenge_test_list"), ("test_list", "test_imports")
FIELDS = {"task_id": int, "text": str, "code": str, "test_setup_code": str, **dict.fromkeys(LISTS, list)}
SANITIZED_FIELDS = {"task_id": int, "prompt": str, "code": str, **dict.fromkeys(SANITIZED_LISTS, list)}
COMMIT = "30adf0ec5f35f9609c2f1d896005e184195d9146"
SANITIZED_COMMIT = "30c8c572bfcd0fc5fa537210710d7fde134e4868"
HOMEPAGE = "https://github.com/google-research/google-research/tree/master/mbpp"
PAPER = "https://arxiv.org/abs/2108.07732"
LICENSE = License(
    "CC-BY-4.0",
    "https://creativecommons.org/licenses/by/4.0/legalcode",
    ("All datasets in google-research's repository are released under the CC BY 4.0 International license.",),
)


def split_of(number: int) -> str:
    """The published split of a problem, by its id."""
    return "prompts" if number <= 10 else "test" if number <= 510 else "validation" if number <= 600 else "train"


def read_whole(folder: Path, path: str) -> Iterator[Problem | Malformed]:
    for item in json_lines(folder, path, FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        if problem := wrong_lists(row, LISTS):
            yield Malformed(shown(folder, path), line, problem, CORRECT_LINE)
            continue
        number = str(row["task_id"])
        yield Problem(
            NAME, number, number, "python", shown(folder, path), line, tuple(map(with_lf, row["test_list"])),
            text=with_lf(row["text"]),
            canonical_solution=with_lf(row["code"]),
            test_setup=with_lf(row["test_setup_code"]),
            challenge_tests=tuple(map(with_lf, row["challenge_test_list"])),
            split=split_of(row["task_id"]),
        )  # fmt: skip


def read_sanitized(folder: Path, path: str) -> Iterator[Problem | Malformed]:
    for item in json_array(folder, path, SANITIZED_FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        if problem := wrong_lists(row, SANITIZED_LISTS):
            yield Malformed(shown(folder, path), line, problem, CORRECT_LINE)
            continue
        number = str(row["task_id"])
        yield Problem(
            SANITIZED_NAME, number, number, "python", shown(folder, path), line, tuple(map(with_lf, row["test_list"])),
            text=with_lf(row["prompt"]),
            canonical_solution=with_lf(row["code"]),
            imports="\n".join(row["test_imports"]),
            split=split_of(row["task_id"]),
        )  # fmt: skip


SUITE = Suite(
    name=NAME,
    title="MBPP",
    homepage=HOMEPAGE,
    paper=PAPER,
    revision=f"google-research/google-research@{COMMIT}",
    license=LICENSE,
    folder=NAME,
    files=(
        UpstreamFile(DATA, f"https://raw.githubusercontent.com/google-research/google-research/{COMMIT}/mbpp/{DATA}"),
    ),
    read_file=read_whole,
)
SANITIZED = Suite(
    name=SANITIZED_NAME,
    title="MBPP sanitized",
    homepage=HOMEPAGE,
    paper=PAPER,
    revision=f"patdfb/TPC-EES@{SANITIZED_COMMIT}",
    license=LICENSE,
    folder=NAME,
    files=(
        UpstreamFile(
            SANITIZED_DATA,
            f"https://raw.githubusercontent.com/patdfb/TPC-EES/{SANITIZED_COMMIT}/mbpp/{SANITIZED_DATA}",
        ),
    ),
    read_file=read_sanitized,
)
