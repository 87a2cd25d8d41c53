"""Identity: the digest of everything that decides a config's rows.

Source bytes, wordings, row schema, steps with their settings, and code. The code part covers only the modules on a
row's path: the pipeline, the task's and the source's own module, and what these import from that same path. An edit
of the command line or of a card changes nothing.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ON_THE_PATH = ("mulco.builders.", "mulco.steps", "mulco.pipeline", "mulco.row", "mulco.template", "mulco.source",
               "mulco.task", "mulco.reading", "mulco.languages", "mulco.licenses", "mulco.written")  # fmt: skip


def digest(facts: Any) -> str:
    """sha256 of plain values, in one canonical JSON form."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def code_digest(modules: Iterable[str]) -> str:
    """sha256 over the source text of some modules and of all they import on a row's path."""
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        file = _file_of(module)
        if module not in found and file is not None:
            found[module], imports = _read(file)
            waiting += [name for name in imports if name.startswith(ON_THE_PATH)]
    return digest(found)


@functools.cache
def _file_of(module: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(module)
    except (ModuleNotFoundError, ValueError):  # `from package import name` may name a function; a script has no spec
        return None
    return Path(spec.origin) if spec is not None and spec.origin and spec.origin.endswith(".py") else None


@functools.cache
def _read(file: Path) -> tuple[str, tuple[str, ...]]:
    """(sha256 of a module's text, the names it imports)."""
    text = file.read_bytes()
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest(), tuple(names)
