"""Every test runs offline, in caches of its own; tests marked `upstream` read the folder that MULCO_UPSTREAM names."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# datasets and huggingface_hub read these when they are imported, so they are set before any test module is.
_HOME = tempfile.TemporaryDirectory(prefix="mulco-tests-")
os.environ.update(
    HF_HOME=f"{_HOME.name}/hf", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
    HF_HUB_DISABLE_TELEMETRY="1", XDG_CACHE_HOME=f"{_HOME.name}/cache",
)  # fmt: skip
for name in ("HF_TOKEN", "MULCO_DATA", "MULCO_CACHE", "MULCO_DOWNLOAD", "MULCO_NO_REGISTER"):
    os.environ.pop(name, None)

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("MULCO_UPSTREAM"):
        for item in items:
            if item.get_closest_marker("upstream"):
                item.add_marker(pytest.mark.skip(reason="MULCO_UPSTREAM names no folder with upstream excerpts"))


@pytest.fixture(autouse=True)
def only_the_starter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rows come from the starter alone, into a cache of the test's own, unless the test asks for more."""
    monkeypatch.setenv("MULCO_CACHE", str(tmp_path / "mulco-cache"))
    if not request.node.get_closest_marker("upstream"):
        monkeypatch.delenv("MULCO_UPSTREAM", raising=False)


@pytest.fixture
def upstream() -> Path:
    """The folder with real upstream excerpts; only for tests marked `upstream`."""
    return Path(os.environ["MULCO_UPSTREAM"]).resolve()


@pytest.fixture
def fixtures() -> Path:
    """The folder with small files in upstream's formats, written for the tests."""
    return ROOT / "tests" / "fixtures"


@pytest.fixture(scope="session")
def starter_build() -> Iterator[Path]:
    """A folder built from the starter corpus, made once; tests must not change it."""
    from mulco.cards.dataset import write_card

    from mulco.build import build
    from mulco.plan import Settings, make_plan

    with tempfile.TemporaryDirectory(prefix="mulco-starter-") as folder:
        yield build(make_plan([], Settings()), Path(folder) / "mulco", finish=write_card).folder
