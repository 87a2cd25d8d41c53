"""The evaluation sets by name.

    suite = SUITES["mbpp-sanitized"]
    for item in suite.read(upstream / suite.folder): ...

They judge models: no training source reads them, and no config may contain them.
"""

from __future__ import annotations

from mulco.evaluation.sets import humaneval, humaneval_x, mbpp, multipl_e
from mulco.evaluation.sets.problem import Problem, Suite, Texts, texts

__all__ = ["SUITES", "Problem", "Suite", "Texts", "texts"]

SUITES = {
    suite.name: suite
    for suite in (humaneval.SUITE, humaneval_x.SUITE, mbpp.SUITE, mbpp.SANITIZED, multipl_e.SUITE)
}  # fmt: skip
