"""pass@k: how likely one of k samples passes, estimated without bias from n samples (Chen et al. 2021, section 2.1).

>>> round(pass_at_k(10, 3, 5), 6)
0.916667
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mulco.errors import UsageError
from mulco.evaluation.metrics.metric import Metric, mean, rate


def pass_at_k(n: int, passed: int, k: int) -> float:
    """1 - C(n - passed, k) / C(n, k), as a product; raises UsageError where k samples cannot be drawn from n."""
    if not 0 < k <= n:
        raise UsageError(
            f"pass@{k} needs at least {k} samples of every problem, here are {n}. Draw more, or ask for less"
        )
    if not 0 <= passed <= n:
        raise UsageError(f"{passed} of {n} samples cannot pass")
    missed = 1.0
    for i in range(k):
        missed *= max(0, n - passed - i) / (n - i)
    return 1.0 - missed


def passes(verdicts: Mapping[str, Sequence[bool]], ks: Iterable[int] = (1,), seed: int = 0) -> list[Metric]:
    """pass@k over problems for every k, in [0, 1]; `verdicts` holds for every problem whether each sample passed.

    Intervals: Wilson's with one sample a problem, else the bootstrap over problems.
    """
    if not verdicts:
        raise UsageError("no problems to judge. Give at least one")
    sizes = sorted({len(of_one) for of_one in verdicts.values()})
    size = f"n:{sizes[0]}" if len(sizes) == 1 else f"n:{sizes[0]}-{sizes[-1]}"
    made = []
    for k in ks:
        values = [pass_at_k(len(of_one), sum(of_one), k) for of_one in verdicts.values()]
        signature = f"unbiased|{size}|scale:1"
        if sizes == [1]:
            made.append(rate(f"pass@{k}", [value == 1.0 for value in values], signature))
        else:
            made.append(mean(f"pass@{k}", values, signature, seed))
    return made
