"""Every program of the starter corpus is compiled and run on the examples of its about.yaml, in all nine languages.

`code`, `again` and the buggy version are joined with the driver in `tests/builders/starter/<function>/`, which reads
one example a line and prints one line of result. A language is built as a whole when its first test asks for it: one
javac, mcs and go build for all its programs, since starting the compiler takes most of the time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml

from mulco.builders.sources.starter import SOURCE, SUFFIXES

assert SOURCE.folder
FUNCTIONS = SOURCE.folder / "functions"
DRIVERS = Path(__file__).parents[1] / "starter"
ABOUTS = {path.parent.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FUNCTIONS.glob("*/about.yaml"))}
WORKERS = 2
BUILD_SECONDS = 300
RUN_SECONDS = 20  # a program takes far less than one; a buggy one must end too


@dataclass(frozen=True)
class Program:
    """One version of one function with its driver; `name` is usable as a package, a namespace and a file name."""

    name: str
    code: str
    driver: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """The lines that a program printed, and what kept it from ending well, if anything did."""

    lines: list[str]
    problem: str = ""


# How each program is started, or what the compiler said against it.
Built = dict[Program, "list[str] | str"]


def versions(function: str, language: str) -> dict[str, str]:
    """The code of every version that exists of a function in a language."""
    folder, suffix = FUNCTIONS / function, SUFFIXES[language]
    code = (folder / f"code.{suffix}").read_text("utf-8")
    edit = ABOUTS[function]["bug"]["edits"][language]
    texts = {"code": code, "buggy": code.replace(edit["fixed"], edit["buggy"])}
    again = folder / f"again.{suffix}"
    return texts | ({"again": again.read_text("utf-8")} if again.exists() else {})


def programs(language: str) -> list[Program]:
    return [
        Program(
            f"{function}_{version}",
            code,
            (DRIVERS / function / f"driver.{SUFFIXES[language]}").read_text("utf-8"),
            tuple(example["input"] for example in about["examples"]),
        )
        for function, about in ABOUTS.items()
        for version, code in versions(function, language).items()
    ]


def run(command: list[str], folder: Path, stdin: str = "", seconds: float = RUN_SECONDS) -> Outcome:
    """Run a command in its folder, where it also keeps its caches, and for no longer than told."""
    home = folder / ".home"  # go wants no module in the folder for temporary files
    home.mkdir(exist_ok=True)
    kept = {key: str(home) for key in ("HOME", "TMPDIR", "GOCACHE", "GOPATH", "GOTMPDIR")}
    go = {"GO111MODULE": "on", "GOFLAGS": "", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | kept | go | {"LC_ALL": "C.UTF-8"}, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(stdin.encode(), timeout=seconds)
        except BaseException as ended:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(ended, subprocess.TimeoutExpired):
                raise
            return Outcome([], f"still running after {seconds} seconds")
    said = f"exit status {process.returncode}: {err.decode('utf-8', 'replace')[-2000:]}"
    return Outcome(out.decode("utf-8", "replace").split("\n")[:-1], said if process.returncode else "")


def write(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(texts), "utf-8")
    return path


def interpreted(suffix: str, *command: str, head: str = "") -> Callable[[Path, list[Program]], Built]:
    """For languages that run a file as it is."""

    def build(folder: Path, all_programs: list[Program]) -> Built:
        return {
            p: [*command, str(write(folder / f"{p.name}.{suffix}", head, p.code, "\n", p.driver))] for p in all_programs
        }

    return build


def compiled(suffix: str, *command: str) -> Callable[[Path, list[Program]], Built]:
    """For C and C++: each program is a translation unit of its own, two at a time."""

    def build_one(folder: Path, p: Program) -> list[str] | str:
        source = write(folder / f"{p.name}.{suffix}", p.code, "\n", p.driver)
        done = run([*command, "-o", p.name, source.name, "-lm"], folder, seconds=BUILD_SECONDS)
        return done.problem or [str(folder / p.name)]

    def build(folder: Path, all_programs: list[Program]) -> Built:
        with ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip(all_programs, pool.map(lambda p: build_one(folder, p), all_programs), strict=True))

    return build


def together(batch: Callable[[Path, list[Program]], Built]) -> Callable[[Path, list[Program]], Built]:
    """Build all programs in one go; those that the compiler complains about alone, so each failure is its own."""

    def build(folder: Path, all_programs: list[Program]) -> Built:
        built = batch(folder / "together", all_programs)
        complaint = next((command for command in built.values() if isinstance(command, str)), "")
        if complaint and len(all_programs) > 1:
            named = [p for p in all_programs if p.name in complaint] or all_programs
            for p in named:
                built |= batch(folder / p.name, [p])
            rest = [p for p in all_programs if p not in named]
            built |= build(folder / "rest", rest) if rest else {}
        return built

    return build


@together
def build_java(folder: Path, all_programs: list[Program]) -> Built:
    """Each program becomes a package, since every driver has the same class name."""
    files: list[Path] = []
    for p in all_programs:
        files.append(write(folder / p.name / "Code.java", f"package {p.name}; ", p.code))
        files.append(write(folder / p.name / "Driver.java", f"package {p.name}; ", p.driver))
    names = [str(file.relative_to(folder)) for file in files]
    javac = ["javac", "-J-XX:-UsePerfData", "-encoding", "UTF-8", "-d", "classes"]
    done = run([*javac, *names], folder, seconds=BUILD_SECONDS)
    java = ["java", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8"]
    return {p: done.problem or [*java, "-cp", str(folder / "classes"), f"{p.name}.Driver"] for p in all_programs}


@together
def build_c_sharp(folder: Path, all_programs: list[Program]) -> Built:
    """Each program becomes a namespace of one executable, which starts the driver that it is told."""
    start = """
        using System.Reflection;
        static class Start {
            static void Main(string[] args) {
                var flags = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
                System.Type.GetType(args[0] + ".Driver").GetMethod("Main", flags).Invoke(null, null);
            }
        }"""
    files = [write(folder / "Start.cs", start)]
    for p in all_programs:
        files.append(write(folder / p.name / "Code.cs", f"namespace {p.name} {{ ", p.code, "\n}\n"))
        files.append(write(folder / p.name / "Driver.cs", f"namespace {p.name} {{ ", p.driver, "\n}\n"))
    names = [str(file.relative_to(folder)) for file in files]
    done = run(["mcs", "-nowarn:0162,0219,0414", "-main:Start", "-out:all.exe", *names], folder, seconds=BUILD_SECONDS)
    return {p: done.problem or ["mono", str(folder / "all.exe"), p.name] for p in all_programs}


@together
def build_go(folder: Path, all_programs: list[Program]) -> Built:
    """Each program becomes a package of one executable, which runs the one that it is told: linking takes longest."""
    imports = cases = ""
    for p in all_programs:
        driver = p.driver.replace("package main\n", f"package {p.name}\n", 1).replace("func main()", "func Main()", 1)
        write(folder / p.name / "code.go", f"package {p.name}; ", p.code)
        write(folder / p.name / "driver.go", driver)
        imports += f'import "starter/{p.name}"\n'
        cases += f'case "{p.name}": {p.name}.Main()\n'
    write(folder / "go.mod", "module starter\n\ngo 1.18\n")
    choose = f"func main() {{\nswitch os.Args[1] {{\n{cases}}}\n}}\n"
    write(folder / "main.go", 'package main\n\nimport "os"\n', imports, choose)
    done = run(["go", "build", "-o", "all"], folder, seconds=BUILD_SECONDS)
    return {p: done.problem or [str(folder / "all"), p.name] for p in all_programs}


# The command each language cannot do without, and how its programs are built.
TOOLS: dict[str, tuple[str, Callable[[Path, list[Program]], Built]]] = {
    "python": (sys.executable, interpreted("py", sys.executable, "-I", "-S")),
    "java": ("javac", build_java),
    "javascript": ("node", interpreted("js", "node")),
    "go": ("go", build_go),
    "php": ("php", interpreted("php", "php", head="<?php\n")),
    "ruby": ("ruby", interpreted("rb", "ruby")),
    "c": ("cc", compiled("c", "cc", "-std=c11", "-O0")),
    "c++": ("c++", compiled("cpp", "c++", "-std=c++17", "-O0")),
    "c#": ("mcs", build_c_sharp),
}


def run_all(language: str, folder: Path) -> dict[str, Outcome]:
    """What every program of a language gives, by its name."""
    built = TOOLS[language][1](folder / "build", programs(language))

    def run_one(program: Program) -> Outcome:
        command = built[program]
        if isinstance(command, str):
            return Outcome([], f"does not compile: {command}")
        place = folder / "run" / program.name
        place.mkdir(parents=True)
        return run(command, place, "".join(f"{line}\n" for line in program.examples))

    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip([p.name for p in built], pool.map(run_one, built), strict=True))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Outcome]:
    """What a version of a function gives in a language; the first request builds and runs the whole language."""
    known: dict[str, dict[str, Outcome]] = {}

    def of(function: str, language: str, version: str) -> Outcome:
        if language not in known:
            known[language] = run_all(language, tmp_path_factory.mktemp("starter"))
        return known[language][f"{function}_{version}"]

    return of


def each_program(*asked: str) -> Iterator[object]:
    """Function, language and version of every program of the versions asked for; without its tool it is skipped."""
    for language, (tool, _) in TOOLS.items():
        missing = pytest.mark.skipif(not shutil.which(tool), reason=f"{language} needs {tool}, which is not installed")
        for function in ABOUTS:
            for version in asked:
                if version in versions(function, language):
                    label = f"{function}-{language}-{version}"
                    yield pytest.param(function, language, version, id=label, marks=missing)


def expected(function: str) -> list[str]:
    return [example["output"] for example in ABOUTS[function]["examples"]]


@pytest.mark.slow
@pytest.mark.parametrize(("function", "language", "version"), [*each_program("code", "again")])
def test_a_program_gives_what_its_examples_say(
    function: str, language: str, version: str, outcome: Callable[[str, str, str], Outcome]
) -> None:
    given = outcome(function, language, version)
    assert given.problem == ""
    inputs = [example["input"] for example in ABOUTS[function]["examples"]]
    assert [*zip_longest(inputs, given.lines)] == [*zip_longest(inputs, expected(function))]


@pytest.mark.slow
@pytest.mark.parametrize(("function", "language", "version"), [*each_program("buggy")])
def test_a_buggy_program_compiles_and_ends_but_gives_something_else(
    function: str, language: str, version: str, outcome: Callable[[str, str, str], Outcome]
) -> None:
    given = outcome(function, language, version)
    assert given.problem == ""
    assert given.lines != expected(function)
