"""The picture of a study: how the loss of each arm fell, and where its held-out loss ended, with the interval.

    draw(results, Path("out/study/results.png"))

An arm has one colour in both halves. Of several seeds each run is a thin line and a small dot; their mean stands out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

# The colours of Okabe and Ito, apart for every eye, in the order of the reports.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
INK = "#2b3440"
DASHES = ("-", "--", ":")  # arms beyond the palette's six colours are told apart by these
GRID, AXIS = "#e6e9ed", "#c3c9d0"
NAMES = 26  # characters of an arm's name that fit beside its interval
ROOM = 120  # characters of names, each with its line, that fit below the picture


def draw(results: Mapping[str, Any], file: Path) -> None:
    """Write the picture; the same bytes for the same results."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    arms = results["arms"]
    with mpl.rc_context():
        mpl.rcParams.update(mpl.rcParamsDefault)  # a reader's own style must not change the bytes
        mpl.rcParams.update({"font.size": 9.5, "font.family": "DejaVu Sans"})
        figure = Figure(figsize=(10, 2.7 + 0.46 * len(arms)), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        for number, arm in enumerate(arms):
            _curve(left, arm, number)
            _interval(right, arm, number)
        left.set_xlabel("optimizer step", color=INK)
        left.set_ylabel("training loss (nats per answer token)", color=INK)
        left.xaxis.set_major_locator(MaxNLocator(integer=True))
        left.set_ylim(bottom=0 if left.get_ylim()[0] < 0 else None)
        right.set_yticks(range(len(arms)), [_short(arm["arm"]) for arm in arms])
        right.set_ylim(len(arms) - 0.4, -0.6)
        right.tick_params(axis="y", length=0)
        right.set_xlabel("held-out loss (nats per answer token)\nand its 95 % interval", color=INK)
        right.margins(x=0.12)
        for axes in (left, right):
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
            for side in ("bottom", "left"):
                axes.spines[side].set_color(AXIS)
            axes.tick_params(colors=INK)
            axes.grid(axis="both" if axes is left else "x", color=GRID)
            axes.set_axisbelow(True)
        right.spines["left"].set_visible(False)
        handles, names = left.get_legend_handles_labels()
        columns = max(1, min(len(arms), ROOM // (max(map(len, names)) + 6)))
        figure.legend(handles, names, loc="outside lower center", ncols=columns, frameon=False, labelcolor=INK)
        figure.savefig(file, dpi=160, facecolor="white", metadata={"Software": None})


def _curve(axes: Any, arm: Mapping[str, Any], number: int) -> None:
    colour, dash = _look(number)
    runs = [np.array(run["loss"]) for run in arm["runs"]]  # each (points, 2): step, loss
    if len(runs) > 1:
        for run in runs:
            axes.plot(run[:, 0], run[:, 1], color=colour, linestyle=dash, linewidth=0.7, alpha=0.35)
    mean = np.mean(runs, axis=0)  # runs of one arm log at the same steps
    axes.plot(mean[:, 0], mean[:, 1], color=colour, linestyle=dash, linewidth=1.7, label=_short(arm["arm"]))


def _interval(axes: Any, arm: Mapping[str, Any], number: int) -> None:
    colour, dash = _look(number)
    loss = arm["held_out"]["loss"]
    ends = [loss["low"], loss["high"]]
    axes.plot(ends, [number, number], color=colour, linestyle=dash, linewidth=2.2, solid_capstyle="butt")
    axes.plot([loss["value"]], [number], "o", color=colour, markersize=7)
    axes.annotate(
        f"{loss['value']:.3f}", (loss["value"], number), (0, 8), textcoords="offset points", ha="center", fontsize=8.5,
        color=INK,
    )  # fmt: skip
    if len(arm["runs"]) > 1:
        each = [run["held_out_loss"] for run in arm["runs"]]
        axes.plot(each, [number + 0.18] * len(each), "o", color=colour, markersize=3, alpha=0.6)


def _look(number: int) -> tuple[str, str]:
    return PALETTE[number % len(PALETTE)], DASHES[number // len(PALETTE) % len(DASHES)]


def _short(name: str) -> str:
    return name if len(name) <= NAMES else f"{name[: NAMES - 1]}…"
