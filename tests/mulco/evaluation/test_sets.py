"""The evaluation sets: read whole and as published, and by no training source.

The fixtures are written by `tests/fixtures/pack_evaluation_sets.py`, where their problems can be read.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import re
import runpy
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from mulco.catalog import catalog
from mulco.errors import BrokenFileError
from mulco.evaluation.sets import SUITES, Problem, Texts, texts
from mulco.evaluation.sets.mbpp import split_of
from mulco.source import Malformed, Record, Shard, Source

FIXTURES = Path(__file__).parents[2] / "fixtures"
PACKED = runpy.run_path(str(FIXTURES / "pack_evaluation_sets.py"))
FOLDERS = {suite.folder for suite in SUITES.values()}
REMEDY = "Correct or remove it, or fetch the file again"
X = "humaneval-x/codegeex/benchmark/humaneval-x/{0}/data/humaneval_{0}.jsonl.gz"


def read(name: str, upstream: Path = FIXTURES) -> list[Problem | Malformed]:
    return list(SUITES[name].read(upstream / SUITES[name].folder))


def problems(name: str, upstream: Path = FIXTURES) -> list[Problem]:
    found = read(name, upstream)
    assert [item for item in found if isinstance(item, Malformed)] == []
    return [item for item in found if isinstance(item, Problem)]


def program(problem: Problem, completion: str) -> str:
    """A program as `Problem` says that one is put together."""
    prompt = problem.prompt.replace(problem.prompt_imports, "", 1)
    check = f"check({problem.entry_point})" if problem.entry_point else ""
    return "\n".join([problem.imports, prompt + completion, problem.test_setup, *problem.tests, check])


def content(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def test_the_packed_fixtures_hold_the_problems_of_their_script() -> None:
    packed = PACKED["packed"]()
    assert {path: content(FIXTURES / path) for path in packed} == packed
    listed = {f"{suite.folder}/{file.path}" for suite in SUITES.values() for file in suite.files}
    assert set(packed) == listed


# What is read


def test_humaneval_has_a_prompt_to_continue_and_an_entry_point() -> None:
    first, second = problems("humaneval")
    assert first == Problem(
        suite="humaneval",
        id="HumanEval/0",
        task_id="HumanEval/0",
        programming_language="python",
        file="humaneval/data/HumanEval.jsonl.gz",
        line=1,
        tests=("\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(3) == 5\n",),
        prompt='def add_toll(fare: int) -> int:\n    """ Add the toll of a bridge to a fare.\n'
        '    >>> add_toll(3)\n    5\n    """\n',
        canonical_solution="    return fare + 2\n",
        entry_point="add_toll",
        stop_tokens=("\nclass", "\ndef", "\n#", "\nif", "\nprint"),
        split="test",
    )
    assert program(second, second.canonical_solution) == (
        '\ndef toll():\n    return 2\n\n\ndef no_toll(fare: int) -> int:\n    """ Without the toll. """\n'
        "    return fare - toll()\n\n\ndef check(candidate):\n    assert candidate(5) == 3\n\ncheck(no_toll)"
    )


def test_humaneval_x_has_six_languages_each_with_its_own_fields() -> None:
    found = {problem.id: problem for problem in problems("humaneval-x")}
    assert {id_: problem.programming_language for id_, problem in found.items()} == {
        "CPP/0": "c++", "Go/0": "go", "Go/1": "go", "Java/0": "java", "JavaScript/0": "javascript",
        "Python/0": "python", "Rust/0": "rust",
    }  # fmt: skip
    assert found["Go/0"] == Problem(
        suite="humaneval-x",
        id="Go/0",
        task_id="Go/0",
        programming_language="go",
        file=X.format("go"),
        line=1,
        tests=(PACKED["GO"]["test"],),
        prompt='import (\n    "math"\n)\n\n// Add the toll of a bridge to a fare.\n'
        "func AddToll(fare float64) float64 {\n",
        text="// Add the toll of a bridge to a fare.\n",
        canonical_solution="    return math.Floor(fare) + 2\n}\n\n",
        imports='package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n',
        prompt_imports='import (\n    "math"\n)\n',
    )
    assert found["Java/0"].text == "    Add the toll of a bridge to a fare."
    assert [found[id_].text for id_ in ("CPP/0", "JavaScript/0", "Rust/0")] == ["", "", ""]
    assert [id_ for id_, problem in found.items() if problem.stop_tokens] == ["Python/0"]


def test_a_rust_prompt_ends_with_the_declaration_that_upstream_publishes_apart() -> None:
    [rust] = [problem for problem in problems("humaneval-x") if problem.id == "Rust/0"]
    assert rust.prompt == (
        "\n/*\n Add the toll of a bridge to a fare.\n    \n*/\n\nuse regex::Regex;\n\nfn add_toll(fare:i32) -> i32{\n"
    )


def test_a_go_program_opens_with_the_package_clause() -> None:
    [go, bare] = [problem for problem in problems("humaneval-x") if problem.programming_language == "go"]
    for problem in (go, bare):
        opening = program(problem, problem.canonical_solution)
        assert opening.startswith("package main\n\nimport (")
        assert opening.count("import (") == 1


def test_mbpp_has_a_sentence_no_prompt_and_line_ends_of_its_own_system() -> None:
    found = problems("mbpp")
    assert [(problem.id, problem.split) for problem in found] == [("7", "prompts"), ("42", "test"), ("700", "train")]
    assert found[0] == Problem(
        suite="mbpp",
        id="7",
        task_id="7",
        programming_language="python",
        file="mbpp/mbpp.jsonl",
        line=1,
        tests=("assert add_toll(3) == 5", "assert add_toll(-2)==0 "),
        text="Write a function to add a toll to a fare.",
        canonical_solution="def add_toll(fare):\n\treturn fare + 2",
        challenge_tests=("assert add_toll(10 ** 9) == 10 ** 9 + 2",),
        split="prompts",
    )
    assert found[1].test_setup == "short = [Car()] \nlong = short * 3"


def test_the_setup_of_an_mbpp_program_stands_below_the_answer_that_it_uses() -> None:
    [problem] = [problem for problem in problems("mbpp") if problem.test_setup]
    assert program(problem, problem.canonical_solution).split("\n")[-5:] == [
        "short = [Car()] ", "long = short * 3", "assert wheels(short) == 8", "assert wheels(long) == 24", "",
    ]  # fmt: skip


def test_mbpp_sanitized_has_its_own_sentences_and_imports() -> None:
    found = problems("mbpp-sanitized")
    assert [(problem.id, problem.split) for problem in found] == [("7", "prompts"), ("555", "validation")]
    assert found[1] == Problem(
        suite="mbpp-sanitized",
        id="555",
        task_id="555",
        programming_language="python",
        file="mbpp/sanitized-mbpp.json",
        line=2,
        tests=("assert math.isclose(circumference(1), 6.283, rel_tol=0.001)", "assert circumference(0) == 0"),
        text="Write a python function to find the circumference of a wheel.",
        canonical_solution="import math\ndef circumference(radius):\n  return 2 * math.pi * radius",
        imports="import math",
        split="validation",
    )


@pytest.mark.parametrize(
    ("number", "split"),
    [(1, "prompts"), (10, "prompts"), (11, "test"), (510, "test"), (511, "validation"), (600, "validation"),
     (601, "train"), (974, "train")],
)  # fmt: skip
def test_the_published_split_of_mbpp_goes_by_the_id(number: int, split: str) -> None:
    assert split_of(number) == split


def test_multipl_e_keeps_the_order_and_the_stop_tokens_and_no_path_of_its_authors() -> None:
    found = problems("multipl-e")
    assert [problem.id for problem in found] == [
        "cpp/HumanEval_12_no_toll", "cpp/HumanEval_0_add_toll",
        *(f"{name}/HumanEval_0_add_toll" for name in ("cs", "go", "java", "js", "php")),
        "python/Python/0", "python/Python/12",
        *(f"{name}/HumanEval_0_add_toll" for name in ("rb", "rs", "sh", "ts")),
    ]  # fmt: skip
    assert {problem.id.split("/")[0]: problem.programming_language for problem in found} == {
        "cpp": "c++", "cs": "c#", "go": "go", "java": "java", "js": "javascript", "php": "php", "python": "python",
        "rb": "ruby", "rs": "rust", "sh": "bash", "ts": "typescript",
    }  # fmt: skip
    assert found[1] == Problem(
        suite="multipl-e",
        id="cpp/HumanEval_0_add_toll",
        task_id="HumanEval_0_add_toll",
        programming_language="c++",
        file="multipl-e/humaneval/humaneval-cpp.jsonl",
        line=2,
        tests=("}\nint main() {\n    auto candidate = add_toll;\n    assert(candidate((3)) == (5));\n}\n",),
        prompt="// Add the toll of a bridge to a fare.\nlong add_toll(long fare) {\n",
        stop_tokens=("\n}",),
    )
    assert "/home/" not in repr(found)


def test_python_in_multipl_e_has_the_fields_of_humaneval_x() -> None:
    first, second = (problem for problem in problems("multipl-e") if problem.programming_language == "python")
    row = PACKED["X_PYTHON"]
    assert first == Problem(
        suite="multipl-e",
        id="python/Python/0",
        task_id="Python/0",
        programming_language="python",
        file="multipl-e/humaneval/humaneval-python.jsonl",
        line=1,
        tests=(row["test"],),
        prompt=row["prompt"],
        text=row["text"],
        canonical_solution=row["canonical_solution"],
    )
    assert (second.id, second.stop_tokens) == ("python/Python/12", ())


def test_texts_are_what_a_training_row_must_not_repeat() -> None:
    [toll] = [problem for problem in problems("mbpp") if problem.id == "7"]
    assert texts(toll) == Texts(
        "Write a function to add a toll to a fare.",
        "def add_toll(fare):\n\treturn fare + 2",
        "assert add_toll(3) == 5\nassert add_toll(-2)==0 \nassert add_toll(10 ** 9) == 10 ** 9 + 2",
    )
    [first, *_] = problems("humaneval")
    assert texts(first) == Texts(first.prompt, first.canonical_solution, first.tests[0])
    [translated, *_] = problems("multipl-e")
    assert texts(translated).solution == ""


# What is broken


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The fixtures, in a folder that a test may change."""
    for folder in FOLDERS:
        shutil.copytree(FIXTURES / folder, tmp_path / folder)
    return tmp_path


def write(file: Path, *rows: dict[str, Any]) -> None:
    text = json.dumps(rows) if file.suffix == ".json" else "".join(json.dumps(row) + "\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())


BROKEN: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "field missing": ("humaneval", "humaneval/data/HumanEval.jsonl.gz", {"test": None}, "'test' is missing"),
    "field of one language": ("humaneval-x", X.format("rust"), {"declaration": None}, "'declaration' is missing"),
    "id of another type": ("mbpp", "mbpp/mbpp.jsonl", {"task_id": "7"}, "'task_id' is str, expected int"),
    "list of lists": ("mbpp", "mbpp/mbpp.jsonl", {"test_list": [["a"]]}, "'test_list' holds list, expected str"),
    "text for a list": (
        "mbpp-sanitized", "mbpp/sanitized-mbpp.json", {"test_imports": "import math"},
        "'test_imports' is str, expected list",
    ),
    "list of numbers": (
        "mbpp-sanitized", "mbpp/sanitized-mbpp.json", {"test_imports": [1]}, "'test_imports' holds int, expected str",
    ),
    "stop token": (
        "multipl-e", "multipl-e/humaneval/humaneval-cpp.jsonl", {"stop_tokens": [None]},
        "'stop_tokens' holds NoneType, expected str",
    ),
    "stop tokens of Python": (
        "multipl-e", "multipl-e/humaneval/humaneval-python.jsonl", {"stop_tokens": "}"},
        "'stop_tokens' is str, expected list",
    ),
}  # fmt: skip


def rows_of(file: Path) -> list[dict[str, Any]]:
    text = content(file).decode()
    rows: list[dict[str, Any]] = (
        json.loads(text) if file.suffix == ".json" else list(map(json.loads, text.splitlines()))
    )
    return rows


@pytest.mark.parametrize("name", BROKEN)
def test_a_problem_that_breaks_its_format_is_named_and_the_rest_read(name: str, copy: Path) -> None:
    suite, path, change, problem = BROKEN[name]
    row = rows_of(copy / path)[0]
    kept = {key: value for key, value in {**row, **change}.items() if value is not None}
    write(copy / path, kept, row)
    found = [item for item in read(suite, copy) if item.file == path]
    assert found[0] == Malformed(path, 1, f"field {problem}", REMEDY)
    assert [type(item) for item in found] == [Malformed, Problem]


def test_a_problem_whose_id_came_before_is_malformed(copy: Path) -> None:
    path = "mbpp/mbpp.jsonl"
    write(copy / path, PACKED["MBPP"][0], PACKED["MBPP"][0])
    assert read("mbpp", copy)[1] == Malformed(path, 2, "problem '7' came before", REMEDY)


@pytest.mark.parametrize("tests", [[], [""], [" \n"]])
def test_a_problem_without_tests_is_malformed_since_any_answer_would_pass(tests: list[str], copy: Path) -> None:
    path = "mbpp/mbpp.jsonl"
    write(copy / path, {**PACKED["MBPP"][0], "test_list": tests})
    assert read("mbpp", copy) == [Malformed(path, 1, "problem '7' has no tests", REMEDY)]


def test_files_that_are_not_here_are_left_out(copy: Path) -> None:
    for name in ("cpp", "go", "java", "js", "python"):
        (copy / X.format(name)).unlink()
    assert [problem.id for problem in problems("humaneval-x", copy)] == ["Rust/0"]


def test_a_set_without_any_file_says_what_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError) as refused:
        read("mbpp-sanitized", tmp_path)
    assert str(refused.value) == (
        "mbpp: no file of MBPP sanitized is here (sanitized-mbpp.json). Fetch "
        "https://raw.githubusercontent.com/patdfb/TPC-EES/30c8c572bfcd0fc5fa537210710d7fde134e4868/mbpp/"
        "sanitized-mbpp.json"
    )


# What a set says of itself


@pytest.mark.parametrize("name", SUITES)
def test_a_set_is_pinned_and_states_its_licence(name: str) -> None:
    suite = SUITES[name]
    assert suite.name == name
    assert all(address.startswith("https://") for address in (suite.homepage, suite.paper, suite.license.url))
    commit = suite.revision.split("@")[1]
    assert re.fullmatch(r"[0-9a-f]{40}", commit)
    assert all(commit in file.url and file.url.endswith(PurePosixPath(file.path).name) for file in suite.files)


# No training source reads them


def test_no_source_names_a_folder_or_a_file_of_an_evaluation_set() -> None:
    addresses = {file.url for suite in SUITES.values() for file in suite.files}
    paths = {file.path for suite in SUITES.values() for file in suite.files}
    for source in catalog().sources.values():
        assert source.name not in FOLDERS | set(SUITES)
        for file in source.files:
            assert file.url not in addresses
            assert file.path not in paths
            assert ".." not in PurePosixPath(file.path).parts


def shards_of(source: Source, upstream: Path) -> Iterator[Shard]:
    """The shards that a source offers for every config, below an upstream folder."""
    for want in catalog().configs.values():
        if source in catalog().feeding(want):
            yield from source.shards(upstream / source.name, want)


def assert_no_source_takes_a_file_of_a_set(upstream: Path) -> None:
    folders = [upstream / folder for folder in FOLDERS]
    judged = {
        hashlib.sha256(content(file)).digest() for folder in folders for file in folder.rglob("*.*") if file.is_file()
    }
    assert judged
    for source in catalog().sources.values():
        if source.folder is not None:
            continue
        taken = {upstream / source.name / path for shard in shards_of(source, upstream) for path in shard.files}
        for file in taken:
            assert not any(file.resolve().is_relative_to(folder) for folder in folders), file
            assert hashlib.sha256(content(file)).digest() not in judged, file


def test_no_shard_of_a_source_lies_in_an_evaluation_set() -> None:
    assert_no_source_takes_a_file_of_a_set(FIXTURES)


@pytest.mark.upstream
def test_no_shard_of_a_source_lies_in_a_real_evaluation_set(upstream: Path) -> None:
    assert_no_source_takes_a_file_of_a_set(upstream)


@pytest.mark.upstream
@pytest.mark.parametrize("config", ["code_generation_en", "code_completion_en"])
def test_no_record_of_a_source_is_a_problem_of_humaneval(config: str, upstream: Path) -> None:
    """Looked at are the tasks that show whole functions as they were published; a name is looked for first."""
    judged = {problem.entry_point: texts(problem) for problem in problems("humaneval", upstream)}
    opening = re.compile(rf"def ({'|'.join(map(re.escape, judged))})\(")
    want = catalog().configs[config]
    records = 0
    for source in catalog().feeding(want):
        for shard in source.shards(upstream / source.name, want) if source.folder is None else ():
            for record in source.read(upstream / source.name, shard):
                if not isinstance(record, Record):
                    continue
                records += 1
                text = "\n".join(value for value in record.fields.values() if isinstance(value, str))
                for name in set(opening.findall(text)):
                    repeated = judged[name].prompt.strip() in text and judged[name].solution.strip() in text
                    assert not repeated, (source.name, record.id, name)
    assert records


# What holds for real files


@pytest.mark.upstream
@pytest.mark.parametrize("name", SUITES)
def test_every_problem_of_the_real_files_is_read(name: str, upstream: Path) -> None:
    suite = SUITES[name]
    found = problems(name, upstream)
    published = {file.path: rows_of(upstream / suite.folder / file.path) for file in suite.files}
    assert [(problem.file, problem.line) for problem in found] == [
        (f"{suite.folder}/{path}", line) for path, rows in published.items() for line in range(1, len(rows) + 1)
    ]
    assert len({problem.id for problem in found}) == len(found)
    assert [problem.task_id for problem in found] == [
        str(row["task_id"]) for rows in published.values() for row in rows
    ]


@pytest.mark.upstream
@pytest.mark.parametrize("name", SUITES)
def test_no_string_of_a_real_problem_has_carriage_returns_or_a_path_of_its_authors(name: str, upstream: Path) -> None:
    for problem in problems(name, upstream):
        assert not re.search(r"\\r|/home/arjun", repr(problem)), problem.id


@pytest.mark.upstream
@pytest.mark.parametrize("name", SUITES)
def test_the_program_of_every_real_canonical_solution_in_python_is_python(name: str, upstream: Path) -> None:
    for problem in problems(name, upstream):
        if problem.programming_language == "python":
            assert problem.canonical_solution
            with warnings.catch_warnings(action="ignore"):  # sequences such as "\d" in plain strings
                ast.parse(program(problem, problem.canonical_solution))


@pytest.mark.upstream
def test_the_same_problem_in_every_language_keeps_its_number(upstream: Path) -> None:
    """HumanEval-X and MultiPL-E number their problems as HumanEval does."""
    numbers = {problem.id.split("/")[1] for problem in problems("humaneval", upstream)}
    assert {problem.id.split("/")[1] for problem in problems("humaneval-x", upstream)} <= numbers
    translated = (re.findall(r"\d+", problem.task_id)[0] for problem in problems("multipl-e", upstream))
    assert set(translated) <= numbers
