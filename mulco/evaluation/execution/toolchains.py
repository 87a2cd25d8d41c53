"""How a program of each programming language is built and run, and how it tells that its tests have passed.

    job = job_of(Program("0", "c++", "int one() { return 1; }", "#include <cassert>\\nint main() { assert(one() == 1);
    }"))

Python runs inside the runner. Elsewhere a launcher of ours, in the program's own process, reads the nonce from
standard input before the first line of the model's code and writes it to descriptor 3 after the tests have returned.
So a program that exits early with status 0, or prints a word, has not passed. The launchers are in `launchers.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mulco.errors import UsageError
from mulco.evaluation.execution import go, launchers
from mulco.evaluation.execution.job import GIB, MIB, Job, Limits
from mulco.evaluation.execution.program import Program


@dataclass(frozen=True)
class Toolchain:
    """One programming language. `needs` are the commands it cannot do without."""

    job: Callable[[Program], Job]
    needs: tuple[str, ...]
    package: str  # what to install, as Debian names it
    address_space: bool = (
        False  # whether its memory can be bounded by RLIMIT_AS: Java and Node reserve far more than they use
    )
    disk_bytes: int = 64 * MIB
    processes: int = 64  # threads count too
    patience: float = 5.0  # times the seconds of a Python program: 15 where that has 3, as MultiPL-E's own runner gives
    ready: Callable[[], str | None] = lambda: None  # what else is missing, in words


def job_of(program: Program) -> Job:
    """How one program is run; raises UsageError for a language that is not known, or whose tools are not here."""
    toolchain = toolchain_of(program.programming_language)
    missing = lacking(program.programming_language)
    if missing:
        raise UsageError(f"programs in {program.programming_language} need {missing}. Install {toolchain.package}")
    return toolchain.job(program)


def toolchain_of(programming_language: str) -> Toolchain:
    if programming_language not in TOOLCHAINS:
        known = ", ".join(TOOLCHAINS)
        raise UsageError(f"no way to run programs in {programming_language!r}. Languages that can be run: {known}")
    return TOOLCHAINS[programming_language]


def limits_for(limits: Limits, toolchain: Toolchain) -> Limits:
    """The limits of one programming language: its tools may need more than a Python program."""
    bounded = toolchain.address_space
    return replace(
        limits,
        seconds=limits.seconds * toolchain.patience,
        memory_bytes=limits.memory_bytes if bounded else max(limits.memory_bytes, 2 * GIB),
        disk_bytes=max(limits.disk_bytes, toolchain.disk_bytes),
        processes=max(limits.processes, toolchain.processes),
        open_files=limits.open_files if bounded else max(limits.open_files, 1024),
        address_space=limits.address_space and bounded,
    )


def lacking(programming_language: str) -> str | None:
    """What a language lacks on this machine, in words; None where its programs can run."""
    toolchain = toolchain_of(programming_language)
    missing = [command for command in toolchain.needs if shutil.which(command) is None]
    return " and ".join(missing) or toolchain.ready()


def _python(program: Program) -> Job:
    return Job(code=f"{program.code}\n{program.tests}")


def _javascript(program: Program) -> Job:
    files = {"program.js": f"{program.code}\n{program.tests}\n", "launcher.js": launchers.JAVASCRIPT}
    return Job(files=files, run=(_path("node"), "--max-old-space-size=1024", "launcher.js"), folders=_around("node"))


def _typescript(program: Program) -> Job:
    files = {"program.ts": f"{program.code}\n{program.tests}\n", "launcher.js": launchers.JAVASCRIPT}
    build = (_path("node"), _path("tsc"), "--target", "es2020", "--lib", "es2020,dom", "program.ts")
    return Job(
        files=files, build=(build,), run=(_path("node"), "launcher.js"), folders=(*_around("node"), *_around("tsc"))
    )


def _java(program: Program) -> Job:
    source = f"{program.code}\n{program.tests}\n"
    # HumanEval-X has the tests in class Main, MultiPL-E in class Problem
    name = "Main" if re.search(r"\bclass\s+Main\b", program.tests) else "Problem"
    jars = _jars()
    if not jars and "org.javatuples" in program.code:
        raise UsageError("Java problems of MultiPL-E need the library javatuples. Install libjavatuples-java")
    classpath = ":".join([".", *jars])
    fast = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:ActiveProcessorCount=2", "-Xshare:auto", "-Xmx1g")
    javac = (_home("javac", "bin/javac"), *(f"-J{o}" for o in fast), "-proc:none", "-nowarn", "-encoding", "UTF-8",
             "-cp", classpath, f"{name}.java", "MulcoLauncher.java")  # fmt: skip
    java = (_home("javac", "bin/java"), *fast, "-Xss8m", "-ea", "-cp", classpath, "MulcoLauncher")
    files = {f"{name}.java": source, "MulcoLauncher.java": launchers.JAVA.replace("{main}", name)}
    return Job(files=files, build=(javac,), run=java, folders=(*_around("javac"), *jars))


def _cpp(program: Program) -> Job:
    # the standards of the benchmarks' own runners
    standard = "c++11" if program.dialect == "humaneval-x" else "c++17"
    files = {"program.cpp": f"{program.code}\n{program.tests}\n", "launcher.c": launchers.C}
    libraries = ("-lcrypto",) if "openssl/" in program.code else ()
    build = (
        ("g++", f"-std={standard}", "-w", "-c", "program.cpp"),
        # the tests' own main becomes a function that the launcher calls: it keeps main's rule that it may end without
        # return
        ("objcopy", "--redefine-sym", "main=mulco_tests", "program.o"),
        ("gcc", "-w", "-c", "launcher.c"),
        ("g++", "launcher.o", "program.o", "-o", "program", *libraries),
    )
    return Job(files=files, build=build, run=("./program",))


def _csharp(program: Program) -> Job:
    files = {"program.cs": f"{program.code}\n{program.tests}\n", "launcher.cs": launchers.CSHARP}
    build = (
        *("mcs", "-d:DEBUG", "-nowarn:0219,0168", "-r:System.Numerics.dll", "-main:MulcoLauncher"),
        *("-out:program.exe", "program.cs", "launcher.cs"),
    )
    return Job(files=files, build=(build,), run=("mono", "program.exe"), folders=("/etc/mono",))


def _php(program: Program) -> Job:
    source = program.code if program.code.lstrip().startswith("<?") else f"<?php\n{program.code}"
    files = {
        "program.php": f"{source}\n{program.tests}\n",
        "before.php": launchers.PHP_BEFORE,
        "after.php": launchers.PHP_AFTER,
    }
    return Job(
        files=files,
        run=("php", "-d", "memory_limit=1G", "-d", "auto_prepend_file=before.php", "-d", "auto_append_file=after.php",
             "program.php"),
        folders=("/etc/php",),  # names the extensions that come with it, ctype among them
    )  # fmt: skip


def _ruby(program: Program) -> Job:
    files = {"program.rb": f"{program.code}\n{program.tests}\n", "launcher.rb": launchers.RUBY}
    return Job(files=files, run=("ruby", "launcher.rb"), folders=("/var/lib/gems",))


def _bash(program: Program) -> Job:
    script = f"{launchers.BASH_BEFORE}{program.code}\n{program.tests}\n{launchers.BASH_AFTER}"
    return Job(files={"program.sh": script}, run=("bash", "program.sh"))


def _rust(program: Program) -> Job:
    tests = program.tests
    if "#[test]" in tests:  # HumanEval-X: a module of test functions, in one problem (Rust/32) inside a comment
        tests = re.sub(r"/\*.*?\*/", "", tests, flags=re.S)
        tests = tests.replace("#[cfg(test)]", "").replace("mod tests", "pub mod tests", 1)
        attribute = r"#\[test\](?:\s|//[^\n]*\n)*fn "
        names = re.findall(rf"{attribute}(\w+)", tests)
        tests = re.sub(attribute, "pub fn ", tests)
        calls = "".join(f"candidate::tests::{name}();" for name in names) or 'panic!("no tests");'
    else:  # MultiPL-E: a main
        tests = tests.replace("fn main()", "pub fn mulco_tests()", 1)
        calls = "candidate::mulco_tests();"
    files = {"candidate.rs": f"{program.code}\n{tests}\n", "main.rs": launchers.RUST.replace("{calls}", calls)}
    compiler = str(Path(_rust_home()) / "bin" / "rustc")
    build = (compiler, "--edition", "2021", "-A", "warnings", "main.rs", "-o", "program")
    return Job(files=files, build=(build,), run=("./program",), folders=(_rust_home(),))


@cache
def _rust_home() -> str:
    said = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True, timeout=60)
    return said.stdout.strip()


def _path(command: str) -> str:
    """Where a tool really is: its links may lead out of what is shown inside."""
    return os.path.realpath(shutil.which(command) or command)


def _home(command: str, inside: str) -> str:
    """A file below the home of a tool: `javac` -> `/usr/lib/jvm/java-17-openjdk-amd64/bin/java`."""
    return str(Path(_path(command)).parent.parent / inside)


def _around(command: str) -> tuple[str, ...]:
    """The home of a tool, where that is a folder of its own, and what its links lead to in /etc."""
    home = Path(_path(command)).parent.parent
    shared = (Path("/"), Path.home(), Path.home() / ".local")  # the tool stands alone among other things
    folders = () if home.is_relative_to("/usr") else (_path(command) if home in shared else str(home),)
    return (*folders, *(str(path) for path in sorted(Path("/etc").glob("java*"))))


def _jars() -> tuple[str, ...]:
    """javatuples, which every Java problem of MultiPL-E imports."""
    return tuple(str(path) for path in sorted(Path("/usr/share/java").glob("javatuples.jar")))


TOOLCHAINS: dict[str, Toolchain] = {
    "python": Toolchain(_python, (), "python3", address_space=True, patience=1.0),
    "javascript": Toolchain(_javascript, ("node",), "nodejs"),
    "java": Toolchain(_java, ("javac",), "default-jdk-headless", processes=256),
    "c++": Toolchain(_cpp, ("g++", "gcc", "objcopy"), "g++", address_space=True),
    "go": Toolchain(go.job, ("go",), "golang-go and golang-github-stretchr-testify-dev", processes=256,
                    disk_bytes=256 * MIB, ready=go.lacking),
    "php": Toolchain(_php, ("php",), "php-cli", address_space=True),
    "ruby": Toolchain(_ruby, ("ruby",), "ruby and ruby-test-unit"),
    "bash": Toolchain(_bash, ("bash",), "bash", address_space=True),
    "c#": Toolchain(_csharp, ("mcs", "mono"), "mono-mcs and mono-runtime", processes=256),
    "rust": Toolchain(_rust, ("rustc", "gcc"), "rustc"),
    "typescript": Toolchain(_typescript, ("tsc", "node"), "node-typescript", processes=256),
}  # fmt: skip
