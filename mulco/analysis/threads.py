"""Sums in one order: linear algebra on one thread, so that the same rows give the same bytes on any number of cores.

with one_thread():
    values = np.linalg.eigvalsh(covariance)
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from mulco.errors import MulcoError

MISSING = 'mulco analyze needs scikit-learn. Install it with: pip install "mulco[analysis]"'


def one_thread() -> AbstractContextManager[Any]:
    """BLAS and OpenMP on one thread while it is open. Raises MulcoError where scikit-learn is not installed.

    Libraries for linear algebra split a sum among their threads, and its last bits with it. Another processor or
    another library may still round otherwise.
    """
    needs_sklearn()
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1)  # type: ignore[no-any-return]


def needs_sklearn() -> None:
    """Raises MulcoError where scikit-learn is not installed; SciPy and threadpoolctl come with it."""
    try:
        import sklearn  # noqa: F401
    except ImportError as err:
        raise MulcoError(MISSING) from err
