"""What is judged: a program in two parts, what the model wrote and the tests; and how a problem becomes one.

    program = program_of(problem, completion, id="HumanEval/0#3")

A program is made as the benchmark's own runner makes it, see the files in `mulco.evaluation.sets`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from mulco.evaluation.sets import Problem


@dataclass(frozen=True)
class Program:
    """One program to judge. `code` is everything before the tests: prompt, completion, imports."""

    id: str  # names the verdict
    programming_language: str  # canonical
    code: str
    tests: str
    dialect: str = ""  # what else the benchmark's runner does, such as the C++ standard: see mulco.evaluation.execution

    def digest(self) -> str:
        """Of all that decides the verdict; the id does not."""
        parts = {name: value for name, value in asdict(self).items() if name != "id"}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def program_of(problem: Problem, answer: str, *, whole: bool = False, id: str | None = None) -> Program:
    """The program that judges one answer to a problem.

    `answer` continues the prompt, or with `whole` stands for it: a file with samples carries the one as `completion`,
    the other as `solution`. Where the prompt is empty (MBPP) an answer is always whole.
    """
    prompt = problem.prompt
    if whole:
        prompt = _helpers(problem, answer)
    if problem.programming_language == "go":
        code = _go(problem, prompt + answer)
    elif problem.programming_language == "rust":
        code = _without_crates(prompt + answer)
    else:
        code = _lines([problem.imports, prompt + answer])
    tests = _lines([problem.test_setup, *problem.tests])
    if problem.entry_point:
        tests = _lines([tests, f"check({problem.entry_point})"])
    return Program(id or problem.id, problem.programming_language, code, tests, problem.suite)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _helpers(problem: Problem, answer: str) -> str:
    """The prompt, where it defines a function besides the asked one that a whole solution lacks and the tests may call.

    HumanEval/32, 38 and 50 have such tests. The prompt alone is sound Python: its last function has a docstring.
    """
    if problem.programming_language != "python" or not problem.entry_point:
        return ""
    defined = set(re.findall(r"^def (\w+)", problem.prompt, re.M)) - {problem.entry_point}
    missing = defined - set(re.findall(r"^def (\w+)", answer, re.M))
    return problem.prompt + "\n" if missing else ""


# What Go programs of the benchmarks use without importing it; upstream's runner adds well-known packages by name too.
GO_PACKAGES = {
    "bufio": "bufio", "bytes": "bytes", "errors": "errors", "fmt": "fmt", "heap": "container/heap",
    "hex": "encoding/hex", "list": "container/list", "math": "math", "md5": "crypto/md5", "os": "os",
    "rand": "math/rand", "regexp": "regexp", "sort": "sort", "strconv": "strconv", "strings": "strings", "time": "time",
    "unicode": "unicode", "big": "math/big", "utf8": "unicode/utf8", "bits": "math/bits",
}  # fmt: skip
GO_IMPORT = re.compile(r'^import\s*(?:\((?P<block>.*?)^\s*\)|(?P<one>(?:\w+\s+)?"[^"]+"))[ \t]*$', re.M | re.S)
GO_LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`', re.S)


def _go(problem: Problem, source: str) -> str:
    """Package clause, one import block and the source: Go refuses a package that is imported in vain or not at all."""
    if not problem.imports:  # MultiPL-E: the prompt is a whole file
        return source
    wanted = _go_imports(problem.imports)
    written = _go_imports(source)
    body = GO_IMPORT.sub("", source)
    used = set(re.findall(r"\b(\w+)\s*\.\s*[A-Z]", GO_LITERAL.sub("", body + "\n".join(problem.tests))))
    for line in written:
        name = line.split()[0] if '"' not in line.split()[0] else line.strip('"').rsplit("/", 1)[-1]
        if name in used and line not in wanted:
            wanted.append(line)
    have = {line.strip('"').rsplit("/", 1)[-1] for line in wanted}
    wanted += [f'"{GO_PACKAGES[name]}"' for name in sorted(used & set(GO_PACKAGES)) if name not in have]
    block = "".join(f"\t{line}\n" for line in wanted)
    return f"package main\n\nimport (\n{block})\n{body}"


def _go_imports(source: str) -> list[str]:
    """The import specs of a Go file, such as `"math"`."""
    found: list[str] = []
    for match in GO_IMPORT.finditer(source):
        lines = (match["block"] or match["one"] or "").split("\n")
        found += [line.strip() for line in lines if '"' in line and line.strip() not in found]
    return found


def _without_crates(source: str) -> str:
    """HumanEval-X declares three crates in every Rust problem; they are not at hand, and few programs use them."""
    return re.sub(r"^use (?:rand::Rng|regex::Regex|md5);[ \t]*$", "", source, flags=re.M)
