"""What a study says: a value with its interval for each arm, and for each pair of arms whether they differ at all.

    results = results_of(recipe, Path("out/arms"), scored)
    results["differences"][0]     # {"measure": "held-out loss", "arms": ["easy", "hard"], "difference": -0.21, ...}
    write(Path("out/study"), results)          # results.json, results.csv, results.png

Intervals are 95 % percentile intervals of the bootstrap over rows or problems, the same draws for all arms, so that
differences are paired. With several seeds the runs of an arm are drawn as well, the same seeds for all arms. With one
run an interval is about the rows alone: another seed may end outside of it.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mulco.errors import MulcoError
from mulco.evaluation.compare import measured, significance
from mulco.evaluation.metrics.metric import RESAMPLES, Metric, resampled
from mulco.evaluation.result import write_json
from mulco.training import held_out, record
from mulco.training.config import Recipe

NAME = "results.json"
TABLE = "results.csv"
PICTURE = "results.png"
LOSS, BY_CHARACTER = "held-out loss", "held-out loss per character"
SAME = "no difference shown"
LEVEL = 0.05  # of p, and 95 % of the interval: a difference is shown where both say so
BESIDE = 2  # so many suites stand beside the losses, more in a table of their own
UNLIKE = 0.05  # share by which the sizes of arms may differ before it is told


@dataclass(frozen=True)
class Scored:
    """One run: its record, the losses of the held-out rows, the results of the suites."""

    arm: str
    identity: str
    seed: int
    folder: Path
    facts: Mapping[str, Any]
    losses: pa.Table
    results: Sequence[Mapping[str, Any]]


def results_of(recipe: Recipe, arms: Path, scored: Sequence[Scored]) -> dict[str, Any]:
    """All that is found, as plain values; runs of one arm stand together, the arms in their order."""
    check_same(scored)
    by_arm = {name: list(runs) for name, runs in itertools.groupby(scored, key=lambda run: run.arm)}
    measures = {name: _measures(runs) for name, runs in by_arm.items()}
    losses = scored[0].losses
    seeds = len(next(iter(by_arm.values())))
    return {
        "version": 1, "recipe": recipe.facts(), "from": str(arms),
        "held_out": {
            "split": recipe.data.eval_split, "rows": len(losses), "tokens": pc.sum(losses["tokens"]).as_py(),
            "characters": pc.sum(losses["characters"]).as_py(), "dropped": held_out.facts_of(losses)["dropped"],
        },
        "interval": f"95 %, bootstrap of {RESAMPLES} draws over {'seeds and ' if seeds > 1 else ''}rows or problems",
        "seeds": [run.seed for run in next(iter(by_arm.values()))],
        "arms": [_arm(name, runs, measures[name]) for name, runs in by_arm.items()],
        "differences": list(differences(measures)),
        "notes": list(_notes(by_arm)),
        "versions": {"mulco": scored[0].facts["mulco"], **record.versions()},
    }  # fmt: skip


def check_same(scored: Sequence[Scored]) -> None:
    """Refuse losses of other rows or other tokens: they do not compare."""
    first = scored[0]
    for run in scored[1:]:
        if not run.losses.select(["id", "tokens"]).equals(first.losses.select(["id", "tokens"])):
            raise MulcoError(
                f"{run.folder} and {first.folder}: their held-out rows are not the same tokens, so losses per token do "
                "not compare. Train all arms from one model, with one tokenizer"
            )


def loss_metric(losses: pa.Table, per: str = "tokens", seed: int = 0) -> Metric:
    """The loss of all rows in nats per token (or per character), with its interval over the rows."""
    sums = np.stack([losses["loss"].to_numpy(), losses[per].to_numpy()], axis=1)  # (rows, 2)
    value = float(sums[:, 0].sum() / sums[:, 1].sum())
    name = LOSS if per == "tokens" else BY_CHARACTER
    made = resampled(name, value, sums, lambda drawn: drawn[:, 0] / drawn[:, 1], f"nats|per:{per}", seed)
    return replace(made, higher_is_better=False)


def over_seeds(metrics: Sequence[Metric], seed: int = 0) -> Metric:
    """The mean of one measure over runs under several seeds; each draw of rows gets a draw of the runs on top.

    k values spread less than what they are drawn from, so what a draw of k runs moves the mean by is scaled by
    sqrt(k / (k - 1)) (Rao and Wu 1988, section 2).
    """
    k = len(metrics)
    if k == 1:
        return metrics[0]
    draws = np.stack([_draws(metric, seed) for metric in metrics])  # (runs, resamples)
    runs = np.random.default_rng([seed, k]).integers(0, k, (RESAMPLES, k))
    moved = draws[runs, np.arange(RESAMPLES)[:, None]].mean(axis=1) - draws.mean(axis=0)
    drawn = draws.mean(axis=0) + np.sqrt(k / (k - 1)) * moved
    low, high = np.percentile(drawn, [2.5, 97.5])
    value = float(np.mean([metric.value for metric in metrics]))
    signature = f"{metrics[0].signature}|runs:{k}"
    return replace(
        metrics[0], value=value, low=float(low), high=float(high), signature=signature, hits=None, draws=drawn
    )


def differences(measures: Mapping[str, Mapping[str, Metric]]) -> list[dict[str, Any]]:
    """For each measure and pair of arms: the second less the first, its interval, and what that shows.

    `better` names an arm only where the interval leaves out 0 and p is below .05; p is not corrected for the number of
    comparisons.
    """
    found = []
    pairs = list(itertools.combinations(measures, 2))
    for measure in [name for name in next(iter(measures.values())) if name != BY_CHARACTER]:
        for first, second in pairs:
            base, other = measures[first][measure], measures[second][measure]
            said = significance(base, other)
            difference = other.value - base.value
            shown = not said["low"] <= 0 <= said["high"] and said["p"] < LEVEL
            better = (second if (difference > 0) == base.higher_is_better else first) if shown else None
            found.append(
                {"measure": measure, "arms": [first, second], "difference": difference, **said, "better": better}
            )
    return found


def write(place: Path, results: Mapping[str, Any]) -> None:
    """results.json, results.csv and results.png into the folder of the study."""
    from mulco.training.curves import draw

    write_json(place / NAME, results)
    rows = list(flat(results))
    with (place / TABLE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draw(results, place / PICTURE)


def flat(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each arm, as results.csv has it: sizes, then each measure with its interval."""
    lines = []
    for arm in results["arms"]:
        line = {name: arm[name] for name in ("arm", "rows", "tokens", "steps", "trained_tokens", "train_loss")}
        for metric in [*arm["held_out"].values(), *(metrics[0] for metrics in arm["evaluations"].values())]:
            line |= {metric["name"]: metric["value"]}
            line |= {f"{metric['name']} {end}": metric[end] for end in ("low", "high")}
        lines.append(line)
    return lines


def verdict(line: Mapping[str, Any]) -> str:
    """What a difference shows, in words."""
    return f"{line['better']} is better" if line["better"] else SAME


def _measures(runs: Sequence[Scored]) -> dict[str, Metric]:
    """Each measure of an arm by its name: two losses, then the first metric of each suite."""
    found = {
        LOSS: over_seeds([loss_metric(run.losses) for run in runs]),
        BY_CHARACTER: over_seeds([loss_metric(run.losses, "characters") for run in runs]),
    }
    for number, facts in enumerate(runs[0].results):
        of_runs = [_first(run.results[number]) for run in runs]
        name = f"{facts['config']} {of_runs[0].name}"
        found[name] = replace(over_seeds(of_runs), name=name)
    return found


def _first(facts: Mapping[str, Any]) -> Metric:
    """The first metric of a result, with what comparisons need, and with the interval that the result has."""
    metric = next(iter(measured(dict(facts), 0).values()))
    return replace(metric, low=facts["metrics"][0]["low"], high=facts["metrics"][0]["high"])


def _arm(name: str, runs: Sequence[Scored], measures: Mapping[str, Metric]) -> dict[str, Any]:
    [part] = runs[0].facts["data"]
    trained = [run.facts["training"] for run in runs]
    suites = [facts["config"] for facts in runs[0].results]
    of_suites = [metric for measure, metric in measures.items() if measure not in (LOSS, BY_CHARACTER)]
    return {
        "arm": name, "identity": runs[0].identity, "rows": part["rows"], "tokens": part["tokens"],
        "answer_tokens": part["answer_tokens"], "dropped": part["dropped"], "steps": trained[0]["steps"],
        "trained_tokens": trained[0]["tokens"],
        "train_loss": float(np.mean([_end_of(one["loss"]) for one in trained])),
        "held_out": {"loss": measures[LOSS].facts(), "per_character": measures[BY_CHARACTER].facts()},
        "by_language": _by_language(runs),
        "evaluations": {
            suite: [metric.facts(), *(dict(one) for one in facts["metrics"][1:] if len(runs) == 1)]
            for suite, metric, facts in zip(suites, of_suites, runs[0].results, strict=True)
        },
        "runs": [
            {
                "seed": run.seed, "folder": str(run.folder), "loss": [[p["step"], p["loss"]] for p in one["loss"]],
                "held_out_loss": loss_metric(run.losses).value,
            }
            for run, one in zip(runs, trained, strict=True)
        ],
    }  # fmt: skip


def _end_of(curve: Sequence[Mapping[str, Any]]) -> float:
    """The mean training loss of the last tenth of the steps: one point alone jumps about."""
    steps = np.array([0, *(point["step"] for point in curve)])
    losses = np.array([point["loss"] for point in curve])
    last = steps[1:] > 0.9 * steps[-1]
    return float(np.average(losses[last], weights=np.diff(steps)[last]))


def _by_language(runs: Sequence[Scored]) -> dict[str, dict[str, Any]]:
    """Loss per token of the rows of each language, as a mean over the runs."""
    found = {}
    for language in sorted(set(runs[0].losses["language"].to_pylist())):
        tables = [run.losses.filter(pc.equal(run.losses["language"], language)) for run in runs]
        value = float(np.mean([pc.sum(table["loss"]).as_py() / pc.sum(table["tokens"]).as_py() for table in tables]))
        found[language] = {"loss": value, "rows": len(tables[0])}
    return found


def _draws(metric: Metric, seed: int) -> Any:
    """(resamples,): the values of the draws; of a rate they are made here, from its hits."""
    if metric.draws is not None:
        return metric.draws
    hits = np.array(metric.hits, dtype=np.float64)[:, None]
    scale = metric.value / hits.mean() if hits.any() else 1.0  # some rates are told in per cent
    return resampled(metric.name, metric.value, hits, lambda sums: sums[:, 0] / len(hits) * scale, "", seed).draws


def _notes(by_arm: Mapping[str, Sequence[Scored]]) -> list[str]:
    """What a reader of the table has to know."""
    found = []
    if all(len(runs) == 1 for runs in by_arm.values()):
        found.append("Intervals are about the held-out rows alone, one run each. --seeds 1,2,3 adds what the seed does")
    tokens = {name: runs[0].facts["training"]["tokens"] for name, runs in by_arm.items()}
    least, most = min(tokens, key=lambda name: tokens[name]), max(tokens, key=lambda name: tokens[name])
    same_steps = len({runs[0].facts["training"]["steps"] for runs in by_arm.values()}) == 1
    if tokens[most] > (1 + UNLIKE) * tokens[least] and not same_steps:
        found.append(
            f"The arms were not trained on as much: {most} on {tokens[most]:,} tokens, {least} on {tokens[least]:,}. "
            "Match them by tokens (mulco select), or give all the same steps (train.max_steps)"
        )
    lost = {name: sum(runs[0].facts["data"][0]["dropped"].values()) for name, runs in by_arm.items()}
    if len(set(lost.values())) > 1:
        said = ", ".join(f"{name} {count:,}" for name, count in lost.items())
        found.append(
            f"The recipe leaves out rows, and not as many of each arm ({said}), so the arms agree less than they did "
            "when they were cut. Raise data.max_tokens, or set data.overlong=truncate"
        )
    return found


def tables(results: Mapping[str, Any]) -> list[tuple[list[str], list[tuple[str, ...]]]]:
    """What is shown on a terminal, each a table of (heads, lines): arms, scores of many suites, differences."""
    heads = ["arm", "rows", "tokens", "steps", "train loss", "held-out loss", "95 % interval", "per character"]
    lines = [
        (
            arm["arm"], f"{arm['rows']:,}", f"{arm['trained_tokens']:,}", f"{arm['steps']:,}",
            f"{arm['train_loss']:.3f}", *_said(arm["held_out"]["loss"], ".3f"),
            f"{arm['held_out']['per_character']['value']:.3f}",
        )
        for arm in results["arms"]
    ]  # fmt: skip
    scores = [[metrics[0] for metrics in arm["evaluations"].values()] for arm in results["arms"]]
    if len(scores[0]) <= BESIDE:
        heads += itertools.chain.from_iterable([metric["name"], "95 % interval"] for metric in scores[0])
        told = [itertools.chain.from_iterable(_said(metric, ".4g") for metric in of_arm) for of_arm in scores]
        found = [(heads, [(*line, *more) for line, more in zip(lines, told, strict=True)])]
    else:
        by_suite = [
            (of_one[number]["name"], arm["arm"], *_said(of_one[number], ".4g"))
            for number in range(len(scores[0]))
            for arm, of_one in zip(results["arms"], scores, strict=True)
        ]
        found = [(heads, lines), (["measure", "arm", "value", "95 % interval"], by_suite)]
    pairs = [
        (
            line["measure"], f"{line['arms'][1]} - {line['arms'][0]}", f"{line['difference']:+.4f}",
            f"[{line['low']:+.4f}, {line['high']:+.4f}]", f"{line['p']:.3g}", verdict(line),
        )
        for line in results["differences"]
    ]  # fmt: skip
    return [*found, (["measure", "arms", "difference", "95 % interval", "p", "says"], pairs)]


def _said(metric: Mapping[str, Any], form: str) -> tuple[str, str]:
    return f"{metric['value']:{form}}", f"[{metric['low']:{form}}, {metric['high']:{form}}]"


def read(place: Path) -> dict[str, Any]:
    """The results in the folder of a study."""
    facts: dict[str, Any] = json.loads((place / NAME).read_text("utf-8"))
    return facts
