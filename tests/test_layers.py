"""Arrows point down: every import keeps to the layers that CONTRIBUTING.md draws, and `import mulco` stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mulco.catalog import catalog

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "transformers", "peft", "deepspeed", "openai", "ray", "datasets", "sentence_transformers")

# Arrows that point up, each inside one function, and why.
UPWARD = {
    ("mulco.task", "mulco.builder"): "a task's module makes its builder class when first asked for it",
}
# Where a heavy module may be imported at all, even inside a function.
ALLOWED = {
    "torch": ("mulco.training", "mulco.generation"),
    "transformers": ("mulco.training", "mulco.generation"),
    "peft": ("mulco.training", "mulco.generation"),
    "deepspeed": ("mulco.training", "mulco.generation"),
    "sentence_transformers": ("mulco.generation",),
    "openai": ("mulco.synthesis", "mulco.generation"),
    "ray": ("mulco.engine.ray",),
}


def modules() -> dict[str, Path]:
    """Every module of the package by the name it is imported by."""
    found = {}
    for folder in ("mulco", "builders", "cards", "training"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[:4] == ("builders", "sources", "starter", "functions"):
                continue  # code of the starter corpus: data
            parts = parts if folder == "mulco" else ("mulco", *parts)
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(module: str, *, at_import: bool = False) -> set[str]:
    """The modules one module imports; `at_import`: only those that importing it loads."""
    found = set()
    for node in _nodes(ast.parse(MODULES[module].read_text("utf-8")), at_import):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return found


def _nodes(node: ast.AST, at_import: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        body_waits = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        only_for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if not (at_import and (body_waits or only_for_types)):
            yield child
            yield from _nodes(child, at_import)


def layers() -> dict[str, int]:
    """Part of the package -> its line in the block under "Layers", counted from the top."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    block = re.search(r"^## Layers\n.*?^```text\n(.*?)^```", text, re.M | re.S)
    assert block is not None
    lines = [line.split("#")[0].split() for line in block[1].splitlines()]
    return {name: number for number, names in enumerate(lines) for name in names}


def part(module: str) -> str:
    """The name under which a module stands in the picture: `mulco.engine.local` is `engine`."""
    return module.split(".")[1] if "." in module else "__init__"


def test_every_part_of_the_package_stands_in_the_picture() -> None:
    assert {part(module) for module in MODULES} == set(layers())


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    height = layers()
    upward = {
        name
        for name in imports(module)
        if name in MODULES
        and part(name) != part(module)
        and height[part(name)] <= height[part(module)]
        and (module, name) not in UPWARD
    }
    assert upward == set()


def test_arrows_that_point_up_are_real_ones() -> None:
    assert {arrow for arrow in UPWARD if arrow[1] not in imports(arrow[0])} == set()


def test_training_takes_no_data_from_builders() -> None:
    found = {name for module in MODULES if part(module) == "training" for name in imports(module)}
    assert {name for name in found if name.startswith("mulco.builders")} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in ("cli", "commands")])
def test_the_command_line_imports_everything_inside_functions(module: str) -> None:
    at_once = {name for name in imports(module, at_import=True) if name.split(".")[0] not in sys.stdlib_module_names}
    light = {"typer", "mulco.console", "mulco.errors", "mulco.version"}
    assert {name for name in at_once - light if not name.startswith("mulco.commands")} == set()


@pytest.mark.parametrize("heavy", ALLOWED)
def test_heavy_modules_are_imported_only_where_they_may_be(heavy: str) -> None:
    users = {m for m in MODULES if any(name.split(".")[0] == heavy for name in imports(m))}
    assert {user for user in users if not user.startswith(ALLOWED[heavy])} == set()


def test_no_training_source_is_named_in_the_machine() -> None:
    sources = [source for name, source in catalog().sources.items() if name != "starter"]
    names = {form for s in sources for form in (s.name, s.name.replace("-", "_"), s.title.split(" (")[0])}
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)), re.I)
    found = [
        f"{path.relative_to(ROOT).as_posix()}, line {number}: {line.strip()}"
        for path in sorted((ROOT / "mulco").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], "\n".join(found)


def test_no_module_is_taken_for_a_loading_script() -> None:
    assert not (ROOT / "mulco" / "mulco.py").exists()


LOADED = f"import sys; print(*(name for name in {HEAVY} if name in sys.modules))"


def run(*call: str, folder: Path) -> str:
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_import_mulco_loads_nothing_heavy(tmp_path: Path) -> None:
    assert run(sys.executable, "-c", f"import mulco; {LOADED}", folder=tmp_path) == "\n"


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = f"""
import sys
from mulco.cli import main
sys.argv = ["mulco", "--help"]
try:
    main()
except SystemExit:
    {LOADED}
"""
    said = run(sys.executable, "-c", code, folder=tmp_path)
    assert "Usage: mulco" in said
    assert said.endswith("\n\n")
