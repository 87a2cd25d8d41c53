"""HumanEval: a Python function from its signature and documentation.

Homepage: https://github.com/openai/human-eval
Paper: Chen et al. 2021, Evaluating Large Language Models Trained on Code, https://arxiv.org/abs/2107.03374
Released 2021-07: 164 problems. Licence: MIT.

A program is the prompt, the completion, the tests and `check(entry_point)`. The tests of some problems call a helper
that stands in the prompt: the prompt stays even where a completion repeats the function. The file names no stop
tokens; these are the paper's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.evaluation.sets.problem import Problem, Suite
from mulco.reading import json_lines, shown
from mulco.source import License, Malformed, UpstreamFile

NAME = "humaneval"
DATA = "data/HumanEval.jsonl.gz"
FIELDS = {"task_id": str, "prompt": str, "entry_point": str, "canonical_solution": str, "test": str}
STOP_TOKENS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
COMMIT = "6d43fb980f9fee3c892a914eda09951f772ad10d"


def read_file(folder: Path, path: str) -> Iterator[Problem | Malformed]:
    for item in json_lines(folder, path, FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        yield Problem(
            NAME, row["task_id"], row["task_id"], "python", shown(folder, path), line, (row["test"],),
            prompt=row["prompt"], canonical_solution=row["canonical_solution"], entry_point=row["entry_point"],
            stop_tokens=STOP_TOKENS,
        )  # fmt: skip


SUITE = Suite(
    name=NAME,
    title="HumanEval",
    homepage="https://github.com/openai/human-eval",
    paper="https://arxiv.org/abs/2107.03374",
    revision=f"openai/human-eval@{COMMIT}",
    license=License("MIT", f"https://github.com/openai/human-eval/blob/{COMMIT}/LICENSE"),
    folder=NAME,
    files=(
        UpstreamFile(
            DATA,
            f"https://raw.githubusercontent.com/openai/human-eval/{COMMIT}/{DATA}",
            "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
        ),
    ),
    read_file=read_file,
)
