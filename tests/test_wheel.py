"""The wheel holds everything a user needs, and works from a folder that knows nothing of the clone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of a freshly built wheel, as pip would lay them out."""
    made, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site-packages")
    # Built from a copy of what git knows, so nothing lands in the clone and nothing untracked in the wheel.
    tree = tmp_path_factory.mktemp("tree")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(tree)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return target


def run(installed: Path, folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "HF_HOME": str(folder / "hf"),
        "MULCO_CACHE": str(folder / "c"),
    }
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_finds_the_wheel_and_nothing_generic_is_installed(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed, tmp_path, "-c", "import mulco, mulco.builders.code_search as m; print(mulco.__file__, m.__file__)"
    )
    assert where.split() == [f"{installed}/mulco/__init__.py", f"{installed}/mulco/builders/code_search.py"]
    assert sorted(path.name.split("-")[0] for path in installed.iterdir()) == ["bin", "mulco", "mulco"]


def test_load_dataset_after_import_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    load = 'load_dataset("mulco", "code_search_zh").num_rows["train"] > 0'
    code = f"import mulco; from datasets import load_dataset; print({load})"
    assert run(installed, tmp_path, "-c", code).strip() == "True"


def test_build_and_check_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "-m", "mulco.cli", "build", "--workers", "2")
    run(installed, tmp_path, "-m", "mulco.cli", "check")
    packaged = (installed / "mulco/starter/code_qa_zh/test-00000-of-00001.parquet").read_bytes()
    assert (tmp_path / "out/mulco/code_qa_zh/test-00000-of-00001.parquet").read_bytes() == packaged
