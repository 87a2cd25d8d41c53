"""The starter inside the package is what a rebuild gives, and loads from the root of a clone with no import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mulco.cards.packaged import write_packaged
from mulco.identity import file_digest

ROOT = Path(__file__).parent.parent


def digests(folder: Path) -> dict[str, str]:
    """File below the folder -> sha256; a difference of digests is told at once, one of bytes takes pytest minutes."""
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in folder.rglob("*") if path.is_file()}


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    write_packaged(tmp_path)
    assert digests(ROOT / "mulco" / "starter") == digests(tmp_path / "starter"), "stale: make starter"
    for card in ("README.md", "README_zh.md"):
        assert file_digest(ROOT / "mulco" / card) == file_digest(tmp_path / card), "stale: make starter"


@pytest.mark.parametrize("streaming", [False, True])
def test_the_literal_call_works_in_the_root_of_a_clone_without_importing_mulco(tmp_path: Path, streaming: bool) -> None:
    clone = tmp_path / "克隆 clone"
    shutil.copytree(ROOT / "mulco", clone / "mulco", ignore=shutil.ignore_patterns("__pycache__"))
    code = f"""
import sys
from datasets import load_dataset
rows = load_dataset("mulco", "code_search_zh", split="test", streaming={streaming})
first, *_ = rows  # to the end: a thread that still reads ahead may take the interpreter down with it
print(first["id"], "mulco.load" in sys.modules)
"""
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run([sys.executable, "-c", code], cwd=clone, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    row_id, imported = done.stdout.split()
    assert row_id.startswith("code_search_zh/starter/")
    assert imported == "False"


def test_its_card_says_that_it_is_only_a_starter() -> None:
    assert "This is the starter corpus only" in (ROOT / "mulco" / "README.md").read_text("utf-8")
