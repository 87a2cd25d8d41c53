"""The cards in `examples/` are what the packaged starter and the recorded run give now, and they lint."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mulco.cards.lint import check_header, lint
from mulco.cards.packaged import write_examples
from mulco.identity import file_digest

ROOT = Path(__file__).parent.parent
CARDS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*/*.md"))


def test_both_cards_of_the_starter_stand_there_in_both_languages() -> None:
    assert {"examples/starter/README.md", "examples/starter/README_zh.md"} <= set(CARDS)


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mulco" / "starter", tmp_path / "mulco" / "starter")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("*.md"))
    made = {path.relative_to(tmp_path).as_posix(): file_digest(path) for path in write_examples(tmp_path)}
    assert made == {name: file_digest(ROOT / name) for name in CARDS}, "stale: make starter"


@pytest.mark.parametrize("name", CARDS)
def test_an_example_lints(name: str) -> None:
    path = ROOT / name
    assert list(lint(path.name, path.read_text("utf-8"), path.parent)) == []


@pytest.mark.parametrize("kind", ["dataset", "model"])
def test_the_header_of_an_example_keeps_its_schema(kind: str) -> None:
    path = ROOT / "examples" / {"dataset": "starter", "model": "model"}[kind] / "README.md"
    if path.is_file():
        assert list(check_header("README.md", kind, path.read_text("utf-8"))) == []
