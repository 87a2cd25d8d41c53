"""How far two arms are apart: Cohen's d of a measure, Cohen's h of a share, the largest difference of any share.

cohen_d([1, 2, 3], [2, 3, 4])       # 1.0: in units of the standard deviation of the two, the second higher
cohen_h(0.25, 0.5)                  # 0.52: the difference of the arcsine-transformed shares
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def cohen_d(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """(mean of second - mean of first) / sqrt of the mean of both variances; rows without the measure are left out.

    This is also the standardised mean difference by which matched arms are judged (Austin 2009). 0 where an arm has no
    row with the measure; infinite where neither varies and they differ.
    """
    one, two = _measured(first), _measured(second)
    if not one.size or not two.size:
        return 0.0
    difference = float(two.mean() - one.mean())
    spread = math.sqrt((_variance(one) + _variance(two)) / 2)
    if spread <= 1e-12 * max(1.0, abs(float(one.mean()))):
        return 0.0 if math.isclose(difference, 0, abs_tol=1e-12) else math.copysign(math.inf, difference)
    return difference / spread


def cohen_h(first: float, second: float) -> float:
    """2 asin sqrt(second) - 2 asin sqrt(first), for shares in [0, 1] (Cohen 1988, ch. 6)."""
    return 2 * math.asin(math.sqrt(second)) - 2 * math.asin(math.sqrt(first))


def share_difference(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    """The largest difference, in percentage points, of the share that any value has in each; whole numbers >= -1."""
    if not first.size or not second.size:
        return 0.0
    length = int(max(first.max(), second.max())) + 2
    one, two = (np.bincount(codes + 1, minlength=length) / codes.size for codes in (first, second))
    return float(100 * np.abs(one - two).max())


def _measured(values: npt.ArrayLike) -> Floats:
    found = np.asarray(values, np.float64)
    return found[~np.isnan(found)]


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else 0.0
