"""Known contrasts between real data sets come out as they should."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mulco.analysis.analyze import analyze
from mulco.analysis.result import Analysis
from mulco.build import build
from mulco.plan import Settings, make_plan

pytestmark = [pytest.mark.upstream, pytest.mark.slow]
SOURCES = ("codealpaca", "gpteacher", "evol-instruct-code", "codegpt-cn")
CONFIGS = ("code_generation_en", "code_generation_zh", "code_qa_en", "code_qa_zh")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the four sources of instructions, before any step judges."""
    plan = make_plan(list(CONFIGS), Settings(Path(os.environ["MULCO_UPSTREAM"]), "none", SOURCES))
    return build(plan, tmp_path_factory.mktemp("four") / "mulco", workers=2).folder


@pytest.fixture(scope="module")
def by_source(folder: Path) -> Analysis:
    return analyze([folder], by="source", workers=2)


@pytest.fixture(scope="module")
def by_file(folder: Path) -> Analysis:
    return analyze([folder], by="file", configs=("code_generation_zh",), embedder=None, workers=2)


def of(analysis: Analysis, group: str) -> dict[str, Any]:
    [found] = [entry for entry in analysis.summary if entry["group"] == group]
    return found


def column(analysis: Analysis, group: str, name: str) -> npt.NDArray[np.float64]:
    """The values that rows of a group have."""
    rows = analysis.rows
    chosen = np.array(rows["group"].to_pylist()) == group
    values = np.asarray(rows[name].to_numpy(zero_copy_only=False), np.float64)[chosen]
    return np.asarray(values[~np.isnan(values)])


def auc(more: npt.NDArray[np.float64], less: npt.NDArray[np.float64]) -> float:
    """The share of pairs in which the first has more, ties by half: Mann and Whitney's U over all pairs."""
    ordered = np.sort(less)
    below, upto = (np.searchsorted(ordered, more, side) for side in ("left", "right"))
    return float((below + upto).sum() / (2 * len(more) * len(less)))


def test_leetcode_is_more_complex_than_the_folder_called_medium(by_file: Analysis) -> None:
    leetcode, medium = "codegpt-cn/code-leetcode", "codegpt-cn/code-medium"
    assert auc(column(by_file, leetcode, "complexity"), column(by_file, medium, "complexity")) >= 0.93  # measured: .954
    for name, least in (("decisions", 0.9), ("nesting", 0.87), ("lines", 0.9), ("perplexity", 0.8)):
        assert auc(column(by_file, leetcode, name), column(by_file, medium, name)) >= least, name


def test_evolved_instructions_are_more_complex_than_those_they_came_from(by_source: Analysis) -> None:
    evolved, alpaca = (column(by_source, name, "complexity") for name in ("evol-instruct-code", "codealpaca"))
    assert auc(evolved, alpaca) > 0.7
    assert evolved.mean() > alpaca.mean() + 0.1
    assert of(by_source, "evol-instruct-code")["decisions"] > of(by_source, "codealpaca")["decisions"]


def test_every_factor_of_every_source_is_there(by_source: Analysis) -> None:
    for source in SOURCES:
        entry = of(by_source, source)
        assert None not in entry.values(), source
        assert entry["code"] > 0.95
        assert 0.5 < entry["algorithmic"] < 0.85
        assert entry["unassigned"] < 0.2
        assert entry["categories"] >= 8
        assert 1 < entry["perplexity"] < 8


def test_one_set_of_rewritten_tasks_is_the_least_varied(by_source: Analysis) -> None:
    entries = {source: of(by_source, source) for source in SOURCES}
    assert min(entries, key=lambda name: entries[name]["vendi"]) == "evol-instruct-code"
    assert max(entries, key=lambda name: entries[name]["mean_cosine"]) == "evol-instruct-code"
    assert max(entries, key=lambda name: entries[name]["coverage"]) == "codegpt-cn"
