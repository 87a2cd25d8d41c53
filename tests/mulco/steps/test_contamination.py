"""Problems of evaluation sets among the rows: copies are found, renamed and edited ones too, and nothing else goes."""

from __future__ import annotations

import ast
import os
import random
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from mulco.evaluation.sets import SUITES
from mulco.evaluation.sets.problem import Problem
from mulco.source import Malformed
from mulco.steps import PROFILES
from mulco.steps.contamination.grams import grams

Rows = Callable[..., pa.Table]
STEP = next(step for step in PROFILES["strict"] if step.name == "contamination")
# What a config's items hold of a problem: both, code alone, code with a short sentence, code in a reply.
SHAPES: dict[str, Callable[[str, str], list[str]]] = {
    "text and code": lambda text, code: [text, code],
    "code alone": lambda text, code: [code],
    "code and a sentence": lambda text, code: [code, text.strip().split("\n")[0][:60]],
    "code in a reply": lambda text, code: [text, f"Sure:\n```python\n{code}\n```"],
}


def found(table: pa.Table) -> list[bool]:
    """For each row whether it is dropped or flagged."""
    judged = STEP.run(table, STEP.settings)
    pairs = zip(judged["verdict"].to_pylist(), judged["flags:contamination"].to_pylist(), strict=True)
    return [bool(verdict or flags) for verdict, flags in pairs]


def program(problem: Problem) -> str:
    return problem.prompt + problem.canonical_solution


def renamed(code: str) -> str:
    """The program with every name changed that it binds."""
    with warnings.catch_warnings(action="ignore"):  # some problems write \\d in a plain string
        tree = ast.parse(code)
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    names = {name: f"var_{number}" for number, name in enumerate(sorted(bound))}
    return re.sub(r"(?<![\w.])[A-Za-z_]\w*", lambda name: names.get(name[0], name[0]), code)


def reworded(text: str, chance: random.Random) -> str:
    """Every fifteenth word another one."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 15)):
        words[chance.randrange(len(words))] = "some"
    return " ".join(words)


def with_a_statement(code: str, chance: random.Random) -> str:
    """The program with one statement more inside its last function."""
    lines = code.split("\n")
    start = max([n for n, line in enumerate(lines) if line.strip().startswith("def ")], default=0)
    starts = [n for n in range(start + 1, len(lines)) if re.match(r"\s*(return|for|if|while|\w+ ?=)", lines[n])]
    at = chance.choice(starts) if starts else len(lines) - 1
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    return "\n".join([*lines[:at], f"{indent}checked = True", *lines[at:]])


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    folder = Path(os.environ["MULCO_UPSTREAM"])

    def read() -> Iterator[Problem]:
        for name in ("humaneval", "mbpp"):
            yield from (p for p in SUITES[name].read(folder / SUITES[name].folder) if not isinstance(p, Malformed))

    return list(read())


@pytest.mark.upstream
@pytest.mark.parametrize("shape", SHAPES)
def test_copies_of_problems_are_found_exact_and_renamed_all_of_them_and_edited_nearly_all(
    problems: list[Problem], rows: Rows, shape: str
) -> None:
    chance, of = random.Random(3), SHAPES[shape]
    for edit, least in ((lambda code: code, 1.0), (renamed, 1.0), (lambda code: with_a_statement(code, chance), 0.95)):
        texts = [
            of(p.text or p.prompt if least == 1.0 else reworded(p.text or p.prompt, chance), edit(program(p)))
            for p in problems
        ]
        hits = found(rows(*({"payload": payload} for payload in texts)))
        assert len(hits) > 800
        assert sum(hits) >= least * len(hits)


def test_rows_of_the_split_test_pass_and_ordinary_code_is_no_copy(rows: Rows) -> None:
    ordinary = "def greet(person):\n    name = person.title()\n    return f'Good morning, {name}, and welcome back'\n"
    assert found(rows({"payload": ["Greet a person by name.", ordinary]})) == [False]


def test_the_code_form_knows_a_copy_by_other_names_and_the_word_form_does_not() -> None:
    one = "def total(values):\n    kept = [value for value in values if value > 0]\n    return sum(kept)\n"
    words, code = grams([[one], [renamed(one)]])
    hashes = [set(code.hashes[code.rows == row].tolist()) for row in (0, 1)]
    assert hashes[0] == hashes[1]
    assert not set(words.hashes[words.rows == 0].tolist()) & set(words.hashes[words.rows == 1].tolist())
