"""Go programs: the compiler and the linker called directly, over packages compiled once.

`go build` in an empty sandbox would compile the standard library anew for every program. Instead the packages that
programs of the benchmarks use are compiled once, outside, into the cache of mulco, and shown read-only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from mulco.errors import UsageError
from mulco.evaluation.execution import launchers
from mulco.evaluation.execution.job import Job
from mulco.evaluation.execution.program import GO_PACKAGES, Program

TESTIFY = "github.com/stretchr/testify/assert"
MORE_PACKAGES = (
    "container/ring", "context", "crypto/sha1", "crypto/sha256", "encoding/base64", "encoding/binary", "encoding/json",
    "io", "log", "math/cmplx", "reflect", "sync", "testing", "testing/internal/testdeps", "text/template", "unsafe",
)  # fmt: skip
PACKAGES = sorted({*GO_PACKAGES.values(), *MORE_PACKAGES})
TEST = re.compile(r"^func (Test\w*)\(\s*\w+ \*testing\.T\s*\)", re.M)
# Debian puts sources of libraries here; a GOPATH of the user's own may have testify too
DEBIAN = "/usr/share/gocode"


def job(program: Program) -> Job:
    packages = _packages()
    code = re.sub(r"^package \w+", "package candidate", program.code, count=1, flags=re.M)
    tests = "".join(f'{{"{name}", candidate.{name}}}, ' for name in TEST.findall(program.tests))
    files = {"candidate.go": f"{code}\n{program.tests}\n", "main.go": launchers.GO.replace("{tests}", tests)}
    tools = Path(_environment()["GOTOOLDIR"])
    imports = str(packages / "importcfg")
    compiler = (str(tools / "compile"), "-pack", "-complete")
    build = (
        (*compiler, "-p", "candidate", "-importcfg", imports, "-o", "candidate.a", "candidate.go"),
        (*compiler, "-p", "main", "-importcfg", imports, "-I", ".", "-o", "main.a", "main.go"),
        (str(tools / "link"), "-importcfg", imports, "-L", ".", "-s", "-w", "-o", "program", "main.a"),
    )
    goroot = _environment()["GOROOT"]
    return Job(files=files, build=build, run=("./program",), folders=(str(packages), os.path.realpath(goroot)))


@cache
def lacking() -> str | None:
    """What is missing besides `go`, in words."""
    return None if _testify() else "the Go package testify"


@cache
def _environment() -> dict[str, str]:
    names = ("GOVERSION", "GOTOOLDIR", "GOROOT", "GOPATH", "GOMODCACHE")
    said = subprocess.run(["go", "env", *names], capture_output=True, text=True, check=True, timeout=60)
    return dict(zip(names, said.stdout.split("\n"), strict=False))


@cache
def _testify() -> str | None:
    """The GOPATH that has testify's source."""
    paths = [*_environment()["GOPATH"].split(os.pathsep), DEBIAN]
    return next((path for path in paths if (Path(path) / "src" / TESTIFY).is_dir()), None)


@cache
def _packages() -> Path:
    """The folder with compiled packages and `importcfg`; made when first asked for, which takes half a minute."""
    cache_home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(os.environ.get("MULCO_CACHE") or Path(cache_home) / "mulco") / "toolchains"
    content = hashlib.sha256("\n".join([*PACKAGES, TESTIFY]).encode()).hexdigest()[:12]
    folder = root.resolve() / f"{_environment()['GOVERSION']}-{content}"
    if (folder / "importcfg").is_file():
        return folder
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="go.partial-") as partial:
        made = Path(partial) / "packages"
        made.mkdir()
        Path(partial).chmod(0o755)
        listed = _compile(Path(partial))
        lines = []
        for number, (name, file) in enumerate(listed):
            shutil.copyfile(file, made / f"{number}.a")
            lines.append(f"packagefile {name}={folder / f'{number}.a'}\n")
        lines.append("packagefile candidate=candidate.a\n")
        (made / "importcfg").write_text("".join(lines), "utf-8")
        try:
            made.rename(folder)
        except OSError:  # another process was first
            if not (folder / "importcfg").is_file():
                raise
    return folder


def _compile(partial: Path) -> list[tuple[str, str]]:
    """(import path, compiled file) of the packages and all they need."""
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": _testify() or DEBIAN, "GOFLAGS": "", "CGO_ENABLED": "0",
                   "GOCACHE": str(partial / "cache")}  # fmt: skip
    template = "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}"
    call = ["go", "list", "-export", "-deps", "-f", template, *PACKAGES, TESTIFY]
    said = subprocess.run(call, env=environment, capture_output=True, text=True, cwd=partial)
    if said.returncode != 0:
        raise UsageError(f"Go could not compile its packages: {said.stderr.strip()[-300:]}")
    pairs = [line.split("=", 1) for line in said.stdout.split("\n") if line]
    return [(name, file) for name, file in pairs]
