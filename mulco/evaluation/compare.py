"""Several runs over the same items beside each other: differences to the first, the base, with their significance.

    for line in compare([Path("out/base"), Path("out/tuned")]): print(line["config"], line["metric"], line["p"])

Rates (accuracy, exact match, pass@1 of one sample) are compared by McNemar's exact test over the items on which the two
runs disagree (McNemar 1947), everything else by the paired bootstrap (Koehn 2004): items are drawn a thousand times,
the same for both runs. `p` is two-sided and not corrected for the number of comparisons.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mulco.errors import MulcoError, UsageError
from mulco.evaluation.execution import passes
from mulco.evaluation.judging import Item, measure
from mulco.evaluation.metrics import Metric
from mulco.evaluation.metrics.metric import RESAMPLES
from mulco.evaluation.result import read_results

Facts = dict[str, Any]
Line = dict[str, Any]


def compare(folders: Sequence[Path], seed: int = 0) -> Iterator[Line]:
    """One line for each metric of each other run that the base also has; raises where nothing is comparable."""
    if len(folders) < 2:
        raise UsageError("a comparison is of two runs or more. Name the base first, then the others")
    base, *others = ({_key(facts): facts for facts in read_results(folder)} for folder in folders)
    found = False
    for folder, other in zip(folders[1:], others, strict=True):
        for key in base:
            if key in other:
                found = True
                for line in _lines(base[key], other[key], seed):
                    yield {**line, "base_run": str(folders[0]), "run": str(folder)}
    if not found:
        had = ", ".join(sorted(":".join(key) for key in base))
        raise MulcoError(f"{folders[0]} has results of {had}; the others of none of these. Evaluate the same suites")


def _key(facts: Facts) -> tuple[str, str, str]:
    return facts["suite"], facts["config"], facts["split"]


def _lines(base: Facts, other: Facts, seed: int) -> Iterator[Line]:
    if base["dataset"]["fingerprint"] != other["dataset"]["fingerprint"]:
        raise MulcoError(
            f"{base['config']}: the runs answered different rows (fingerprint {base['dataset']['fingerprint'][:12]}, "
            f"{other['dataset']['fingerprint'][:12]}). Evaluate both on the same data, with the same --limit"
        )
    found = [measured(facts, seed) for facts in (base, other)]
    for name, first in found[0].items():
        second = found[1].get(name)
        if second is not None:
            yield {
                "suite": base["suite"], "config": base["config"], "split": base["split"], "metric": name, "n": first.n,
                "base": first.value, "value": second.value, "difference": second.value - first.value,
                **significance(first, second, seed),
            }  # fmt: skip


def measured(facts: Facts, seed: int) -> dict[str, Metric]:
    """The metrics of a result, computed again from its predictions, with what a comparison needs."""
    rows = sorted(_predictions(facts), key=lambda row: str(row["id"]))  # both runs in one order
    if facts["suite"] != "mulco":
        ks = [int(metric["name"].removeprefix("pass@")) for metric in facts["metrics"]]
        return {metric.name: metric for metric in passes({row["id"]: row["passed"] for row in rows}, ks, seed)}
    items = [Item(row["id"], row["prediction"], row["reference"], row["programming_language"]) for row in rows]
    language = facts["config"].rpartition("_")[2]
    return {metric.name: metric for metric in measure(facts["task"], language, items, seed, parts=False).metrics}


def _predictions(facts: Facts) -> list[dict[str, Any]]:
    file = Path(facts["folder"]) / str(facts.get("predictions"))
    try:
        return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
    except (OSError, ValueError) as err:
        raise MulcoError(
            f"{file}: the predictions of {facts['config']} cannot be read ({err}). Evaluate again"
        ) from err


def significance(base: Metric, other: Metric, seed: int = 0) -> dict[str, Any]:
    """`p`, the 95 % interval of the difference, and the test they come from."""
    if base.hits is not None and other.hits is not None:
        scale = base.value / (sum(base.hits) / base.n) if any(base.hits) else 1.0
        scale = other.value / (sum(other.hits) / other.n) if any(other.hits) else scale
        difference = np.array(other.hits, dtype=float) - np.array(base.hits, dtype=float)
        draws = np.random.default_rng(seed).multinomial(base.n, np.full(base.n, 1 / base.n), size=RESAMPLES)
        low, high = np.percentile(draws @ difference / base.n * scale, [2.5, 97.5])
        return {"p": mcnemar(base.hits, other.hits), "low": float(low), "high": float(high), "test": "McNemar, exact"}
    if base.draws is None or other.draws is None:
        raise MulcoError(f"{base.name}: no resamples to compare by")
    differences = other.draws - base.draws
    low, high = np.percentile(differences, [2.5, 97.5])
    test = f"paired bootstrap, {RESAMPLES}"
    return {"p": bootstrap_p(differences), "low": float(low), "high": float(high), "test": test}


def mcnemar(base: Sequence[bool], other: Sequence[bool]) -> float:
    """Two-sided exact p that items are won and lost alike; 1 where the runs agree on all.

    >>> mcnemar([True] * 5, [False] * 5)
    0.0625
    """
    lost = sum(b and not o for b, o in zip(base, other, strict=True))
    won = sum(o and not b for b, o in zip(base, other, strict=True))
    tail = sum(math.comb(lost + won, k) for k in range(min(lost, won) + 1))
    return float(min(1.0, 2 * tail / 2 ** (lost + won)))


def bootstrap_p(differences: Any) -> float:
    """Two-sided p of paired resamples: twice the share on the rarer side of 0; never 0, as there are so many only."""
    rarer = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (rarer + 1) / (len(differences) + 1)))


def plot(lines: Sequence[Line], results: Sequence[tuple[str, Sequence[Facts]]], file: Path) -> None:
    """The primary metric of every config that all runs share as bars, one colour a run, with its 95 % interval."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as err:
        raise MulcoError('a plot needs matplotlib. Install it with: pip install "mulco[report]"') from err
    shared = list(dict.fromkeys((line["suite"], line["config"], line["split"]) for line in lines))
    panels = [[{_key(facts): facts for facts in run}.get(key) for _, run in results] for key in shared]
    columns = min(4, len(shared))
    high = -(-len(shared) // columns)
    figure = Figure(figsize=(3.2 * columns + 1, 2.6 * high + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    for number, (key, facts) in enumerate(zip(shared, panels, strict=True), 1):
        axes = figure.add_subplot(high, columns, number)
        for place, one in enumerate(facts):
            if one is None:
                continue
            metric = one["metrics"][0]
            spread = [[metric["value"] - metric["low"]], [metric["high"] - metric["value"]]]
            axes.bar(
                place, metric["value"], yerr=[[max(0.0, side[0])] for side in spread], capsize=4, color=f"C{place}"
            )
            axes.set_ylabel(metric["name"])
        axes.set_title(key[1], fontsize=9)
        axes.set_xticks(range(len(results)), [name for name, _ in results], rotation=20, fontsize=8)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=150)
