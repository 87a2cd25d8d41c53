"""Arms of real rows: what is promised of arms holds for every factor that these rows have."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from mulco.analysis.analyze import analyze
from mulco.analysis.result import Analysis
from mulco.analysis.rows import read
from mulco.arms.manifest import check
from mulco.arms.select import select
from mulco.arms.spec import Spec
from mulco.build import build
from mulco.plan import Settings, make_plan

pytestmark = [pytest.mark.upstream, pytest.mark.slow]
SOURCES = ("codealpaca", "gpteacher", "evol-instruct-code", "codegpt-cn")
LIMIT = 1000  # rows of each upstream file

Real = tuple[Analysis, dict[str, pa.Table]]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """The measured training rows of four real sources, and their validation and test rows."""
    folder = tmp_path_factory.mktemp("real") / "mulco"
    settings = Settings(Path(os.environ["MULCO_UPSTREAM"]), "none", SOURCES, LIMIT)
    build(make_plan(["code_generation_en", "code_generation_zh", "code_qa_en"], settings), folder, workers=2)
    splits = {split: read([folder], split=split) for split in ("validation", "test")}
    return analyze([folder], workers=2), splits


@pytest.mark.parametrize(
    ("spec", "least"),
    [
        (Spec("complexity", rows=400, parts=2), 0.8),
        (Spec("complexity", rows=200), 0.8),
        (Spec("complexity", tokens=40_000, parts=2), 0.8),
        (Spec("diversity", rows=150, parts=2), 0.8),
        (Spec("algorithmic", rows=400), 0.5),
        (Spec("domain", rows=50), 0.1),
        (Spec("coverage", rows=200), 0.8),
        (Spec("quality", rows=500), 0.2),
    ],
    ids=lambda value: f"{value.factor}-{value.rows or value.tokens}" if isinstance(value, Spec) else "",
)
def test_arms_differ_in_the_factor_and_agree_in_the_others(
    spec: Spec, least: float, real: Real, tmp_path: Path
) -> None:
    analysis, splits = real
    facts = select(analysis, spec, tmp_path / "arms", evaluation=splits)
    assert list(check(tmp_path / "arms")) == []
    assert facts["evaluation"]["rows"].keys() == {"validation", "test"}
    for pair in facts["pairs"]:
        if pair["neighbours"]:
            assert pair["effect"]["value"] >= least
        assert all(abs(pair["differences"][name]) <= 0.1 for name in spec.numbers)
        assert all(pair["differences"][name] == 0 for name in spec.names)
        if spec.kind == "split":
            assert pair["shared_rows"] == 0
    if spec.tokens:
        sums = [arm["tokens"] for arm in facts["arms"]]
        assert max(sums) - min(sums) <= 0.01 * spec.tokens
