"""MultiPL-E: HumanEval translated by compiler into ten programming languages, with Python beside them.

Homepage: https://nuprl.github.io/MultiPL-E/
Paper: Cassano et al. 2022, MultiPL-E: A Scalable and Extensible Approach to Benchmarking Neural Code Generation,
https://arxiv.org/abs/2208.08227
Released 2022-08: 154 to 164 problems a language, as not every one can be translated; read are copies that name stop
tokens. Licence: BSD-3-Clause that forbids use as training data; the data set on the Hub says MIT, and so does the
repository of the copies, for its code.

Problems stand in no order, and the same name in every language: the id is language and name. `original`, a path on the
authors' machine, is not kept, nor is `test`, which repeats `tests`. A program is prompt, completion and tests; where
the stop token is a closing brace, the tests open with the brace that it cut off. Java imports org.javatuples.
Python's file has the rows and the fields of HumanEval-X: names such as `Python/0`, `test` and no `tests`, and stop
tokens in the first row alone, where the list is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.evaluation.sets.problem import Problem, Suite, wrong_lists
from mulco.languages import canonical
from mulco.reading import CORRECT_LINE, json_lines, shown, wrong_fields
from mulco.source import License, Malformed, UpstreamFile

NAME = "multipl-e"
LANGUAGES = ("cpp", "cs", "go", "java", "js", "php", "python", "rb", "rs", "sh", "ts")
FIELDS = {"task_id": str, "prompt": str, "tests": str, "stop_tokens": list}
PYTHON_FIELDS = {"task_id": str, "prompt": str, "test": str, "text": str, "canonical_solution": str}
COMMIT = "2f9fd85927c669dae3c0fbb2d607274023af243e"
ADDRESS = f"https://raw.githubusercontent.com/deepseek-ai/DeepSeek-Coder/{COMMIT}/Evaluation/HumanEval/data"


def read_file(folder: Path, path: str) -> Iterator[Problem | Malformed]:
    name = path.removeprefix("humaneval/humaneval-").removesuffix(".jsonl")
    for item in json_lines(folder, path, PYTHON_FIELDS if name == "python" else FIELDS):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        row.setdefault("stop_tokens", [])
        if problem := wrong_fields(row, {"stop_tokens": list}) or wrong_lists(row, ("stop_tokens",)):
            yield Malformed(shown(folder, path), line, problem, CORRECT_LINE)
            continue
        yield Problem(
            NAME, f"{name}/{row['task_id']}", row["task_id"], canonical(name) or name, shown(folder, path), line,
            (row["test" if name == "python" else "tests"],),
            prompt=row["prompt"],
            text=row.get("text", ""),
            canonical_solution=row.get("canonical_solution", ""),
            stop_tokens=tuple(row["stop_tokens"]),
        )  # fmt: skip


SUITE = Suite(
    name=NAME,
    title="MultiPL-E",
    homepage="https://nuprl.github.io/MultiPL-E/",
    paper="https://arxiv.org/abs/2208.08227",
    revision=f"deepseek-ai/DeepSeek-Coder@{COMMIT}",
    license=License(
        "LicenseRef-BSD-3-Clause-no-training-data",
        "https://github.com/nuprl/MultiPL-E/blob/322b71fba315d59018c9fadc9465b1c2bb88c648/LICENSE",
        (
            "MultiPL-E's repository: BSD 3-Clause License with Machine Learning Restriction; its contents may not be "
            "used as training data for any machine learning model.",
            "The data set nuprl/MultiPL-E on the Hub: MIT.",
            "The repository that the copies come from: MIT for its code.",
        ),
    ),
    folder=NAME,
    files=tuple(
        UpstreamFile(f"humaneval/humaneval-{name}.jsonl", f"{ADDRESS}/humaneval-{name}.jsonl") for name in LANGUAGES
    ),
    read_file=read_file,
)
