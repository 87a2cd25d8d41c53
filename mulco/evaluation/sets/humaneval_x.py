"""HumanEval-X: the problems of HumanEval, written by hand in five more programming languages.

Homepage: https://github.com/THUDM/CodeGeeX/tree/main/codegeex/benchmark
Paper: Zheng et al. 2023, CodeGeeX: A Pre-Trained Model for Code Generation with Multilingual Benchmarking on
HumanEval-X, https://arxiv.org/abs/2303.17568
Released 2022-09: 164 problems in each language. Licence: Apache-2.0.

The tests call what they check, so there is no entry point. In every language but Rust the prompt is the code to
continue; Rust's is the description alone, so the declaration, published apart, is joined to it. `text` is upstream's
`text` (Java, Python) or `docstring` (Go, with its comment marks). Stop tokens are those of upstream's own runner, which
has some for Python alone; elsewhere it stops where the braces balance. Other declarations are not read: they lack
helpers that tests call (CPP/38, Go/10, Go/38, Go/50) or are cut short (Python/142). Nor is `example_test`.

What a program needs, measured with the canonical solutions of 123 problems a language:
- Python and Java: prompt, completion, tests. All pass.
- JavaScript: likewise. `console.assert` exits 0 when it fails, so "Assertion failed" on stderr decides.
  JavaScript/112 fails as published, JavaScript/162 needs js-md5.
- C++: likewise. CPP/22 and CPP/137 need boost, CPP/162 needs OpenSSL.
- Go: `imports` is upstream's test_setup: package clause, testing, testify and what the tests use. It stands for the
  imports of the prompt; each package of theirs that it lacks is added where the completion uses it, since Go refuses
  an unused one. Go/17 and Go/20 use what no field imports; well-known packages are added by name, as upstream's runner
  does, and all pass.
- Rust: the declaration imports the crates rand, regex and md5. Without the three all pass but the four that use them
  (Rust/38, Rust/50, Rust/53, Rust/162) and Rust/32, whose tests stand in a comment: without a test nothing is a pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.evaluation.sets.problem import Problem, Suite
from mulco.languages import canonical
from mulco.reading import json_lines, shown
from mulco.source import License, Malformed, UpstreamFile

NAME = "humaneval-x"
LANGUAGES = ("cpp", "go", "java", "js", "python", "rust")
FIELDS = {"task_id": str, "prompt": str, "canonical_solution": str, "test": str}
MORE_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "go": {"import": str, "test_setup": str, "docstring": str},
    "java": {"text": str},
    "python": {"text": str},
    "rust": {"declaration": str},
}
STOP_TOKENS = {"python": ("\ndef", "\nclass", "\nif", "\n#", "\nprint")}
COMMIT = "2838420b7b4492cf3d16bce5320e26e65960c9e2"


def file_of(name: str) -> str:
    return f"codegeex/benchmark/humaneval-x/{name}/data/humaneval_{name}.jsonl.gz"


def read_file(folder: Path, path: str) -> Iterator[Problem | Malformed]:
    name = next(name for name in LANGUAGES if file_of(name) == path)
    for item in json_lines(folder, path, FIELDS | MORE_FIELDS.get(name, {})):
        if isinstance(item, Malformed):
            yield item
            continue
        line, row = item
        yield Problem(
            NAME, row["task_id"], row["task_id"], canonical(name) or name, shown(folder, path), line, (row["test"],),
            prompt=row["prompt"] + (row["declaration"] if name == "rust" else ""),
            text=row.get("text") or row.get("docstring", ""),
            canonical_solution=row["canonical_solution"],
            imports=row.get("test_setup", ""),
            prompt_imports=row.get("import", ""),
            stop_tokens=STOP_TOKENS.get(name, ()),
        )  # fmt: skip


SUITE = Suite(
    name=NAME,
    title="HumanEval-X",
    homepage="https://github.com/THUDM/CodeGeeX/tree/main/codegeex/benchmark",
    paper="https://arxiv.org/abs/2303.17568",
    revision=f"THUDM/CodeGeeX@{COMMIT}",
    license=License("Apache-2.0", f"https://github.com/THUDM/CodeGeeX/blob/{COMMIT}/LICENSE"),
    folder=NAME,
    files=tuple(
        UpstreamFile(file_of(name), f"https://raw.githubusercontent.com/THUDM/CodeGeeX/{COMMIT}/{file_of(name)}")
        for name in LANGUAGES
    ),
    read_file=read_file,
)
