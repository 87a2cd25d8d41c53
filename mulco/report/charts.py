"""The charts of a report, drawn by matplotlib: as SVG inside the page, as PNG for cards.

    for chart in charts(facts, Words("en")):
        chart.svg()                       # '<svg role="img" ...>', text as text
        chart.png(folder / f"{chart.name}.png")

Text in an SVG is set by the reader's browser, in fonts unknown here. So margins come from the number of characters, and
legends stand in the page's own words, not in the drawing; a PNG carries title and legend, always in English, for its
font, which comes with matplotlib, has no Chinese characters.
"""

from __future__ import annotations

import html
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulco.errors import MulcoError
from mulco.report.facts import NOT_MEASURED, Facts
from mulco.report.words import Words

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 4.4  # inches; at 72 points each a phone's screen still leaves text of ten pixels
BAR = 0.3  # inches of height a bar takes
DOTS = 200  # per inch of a PNG
AXES = 12  # a radar's languages: more cannot be told apart
BARS = 16  # bars of a chart; the tables hold the rest
BEFORE, AFTER = "#d55e00", "#0072b2"  # colours of Okabe and Ito, apart for every eye
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
GREY = "#d0d5da"  # what was not measured
INK = "#2b3440"


@dataclass
class Chart:
    """A drawn figure with what is said about it; `legend` pairs a label with its colour, `alt` tells the figures."""

    name: str
    file: str
    title: str
    alt: str
    figure: Any
    legend: list[tuple[str, str]] = field(default_factory=list)
    log: bool = False

    def svg(self) -> str:
        """The drawing as an element of a page, with ids of its own and nothing that points outside."""
        import matplotlib as mpl

        out = io.StringIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": self.name}):
            self.figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
        text = out.getvalue()[out.getvalue().index("<svg") :]
        text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
        text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{self.name}-", text)
        said = html.escape(self.alt)
        return re.sub(
            r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", rf'<svg role="img" aria-label="{said}" \1>', text, count=1
        )

    def png(self, file: Path) -> None:
        """The drawing as a picture of its own, under its title and over its legend."""
        height = self.figure.get_size_inches()[1]
        columns = min(3, len(self.legend))  # what fits beside each other
        below = 0.1 + 0.22 * -(-len(self.legend) // columns) if self.legend else 0.0
        _resize(self.figure, 0.4, below)
        self.figure.text(0.5, 1 - 0.22 / (height + 0.4 + below), self.title, ha="center", va="center",
                         fontsize=12, fontweight="bold", color=INK)  # fmt: skip
        if self.legend:
            from matplotlib.patches import Patch

            handles = [Patch(color=colour, label=label) for label, colour in self.legend]
            self.figure.legend(handles=handles, loc="lower center", ncols=columns, frameon=False, fontsize=8.5)
        self.figure.savefig(file, dpi=DOTS, facecolor="white", metadata={"Software": None})


def _resize(figure: Any, above: float, below: float) -> None:
    """Room above and below what is drawn, in inches; the drawing keeps its size."""
    width, height = figure.get_size_inches()
    tall = height + above + below
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position((box.x0, (box.y0 * height + below) / tall, box.width, box.height * height / tall))
    figure.set_size_inches(width, tall)


def charts(facts: Facts, say: Words) -> list[Chart]:
    """All charts that this folder has figures for."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as err:
        raise MulcoError('mulco report needs matplotlib. Install it with: pip install "mulco[report]"') from err
    draw: tuple[Callable[[Facts, Words], Chart | None], ...] = (
        _radar,
        _rows,
        _dropped,
        _lengths,
        _difficulty,
        _paradigm,
    )
    return [chart for chart in (one(facts, say) for one in draw) if chart is not None]


def _radar(facts: Facts, say: Words) -> Chart | None:
    """Programming languages, an axis each; bars where there are too few axes for an area."""
    table = facts.tables["programming_languages"]
    if table.empty:
        return None
    names = [say.name(name) for name in table["programming_language"][:AXES]]
    after = [int(n) for n in table["after"][:AXES]]
    before = [int(n) for n in table["before"][:AXES]] if facts.missing == 0 else None
    title = say("languages")
    legend = [(say("before"), BEFORE), (say("after"), AFTER)][0 if before else 1 :]
    pairs = zip(before or after, after, strict=True)
    figures = [
        f"{name} {b:,} → {a:,}" if before else f"{name} {a:,}" for name, (b, a) in zip(names, pairs, strict=True)
    ]
    log = max(before or after) > 20 * max(1, min(after))
    if len(names) < 3:
        log = False
        figure, axes = _bars(names)
        for shift, counts, colour in ((-0.2, before, BEFORE), (0.2, after, AFTER)):
            if counts:
                axes.barh([place + shift for place in range(len(names))], counts, 0.38, color=colour)
        axes.set_xlabel(say("rows_axis"), color=INK)
    else:
        figure, axes = _figure(3.3, (0.2, 0.09, 0.6, 0.82), polar=True)
        scale = math.log10 if log else float
        angles = [2 * math.pi * place / len(names) for place in range(len(names))]
        for counts, colour, style in ((after, AFTER, "-"), (before, BEFORE, ":")):  # both show where they are one
            if counts:
                far = [scale(n + 1) if log else n for n in counts]
                axes.plot([*angles, angles[0]], [*far, far[0]], style, color=colour, linewidth=2)
        far = [scale(n + 1) if log else n for n in after]
        axes.fill([*angles, angles[0]], [*far, far[0]], color=AFTER, alpha=0.12)
        axes.set_theta_zero_location("N")
        axes.set_theta_direction(-1)
        axes.set_xticks(angles, names, color=INK)
        axes.tick_params(axis="x", pad=4)
        for label, angle in zip(axes.get_xticklabels(), angles, strict=True):
            side = math.sin(angle)
            label.set_horizontalalignment("center" if abs(side) < 0.1 else "left" if side > 0 else "right")
        most = max(before or after)
        rings = [10**n for n in range(1, 9) if 10**n <= most] if log else _rings(most)
        axes.set_yticks([scale(ring + 1) if log else ring for ring in rings], [f"{ring:,}" for ring in rings])
        axes.set_rlabel_position(180 / len(names))
        axes.tick_params(axis="y", labelsize=7.5, labelcolor="#56606b")
        axes.set_ylim(0, (scale(most + 1) if log else most) * 1.04)
        axes.spines["polar"].set_color("#c3c9d0")
        axes.grid(color="#dde1e6")
    return Chart("languages", "programming-languages", title, _alt(say, title, figures), figure, legend, log)


def _rings(most: int) -> list[int]:
    step = next(step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if most / step <= 4)
    return list(range(step, most + 1, step))


def _rows(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["rows"]
    if table.empty:
        return None
    counts = table.pivot_table(index="task", columns="language", values="rows", aggfunc="sum", sort=False).fillna(0)
    counts = counts[sorted(counts.columns)]
    return _stacked(say, "rows", "rows-by-task", counts, [(name, colour) for name, colour in zip(
        counts.columns, (AFTER, "#e69f00"), strict=False)], share=False)  # fmt: skip


def _dropped(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["dropped"]
    if table.empty:
        return None
    sums = table.groupby("step", sort=False)["rows"].sum().sort_values(ascending=False, kind="stable")
    names, counts = [str(step) for step in sums.index], [int(n) for n in sums]
    figure, axes = _bars(names)
    axes.barh(range(len(names)), counts, 0.62, color=BEFORE)
    for place, n in enumerate(counts):
        axes.annotate(f"{n:,}", (n, place), (3, 0), textcoords="offset points", va="center", fontsize=8.5, color=INK)
    axes.set_xlim(0, max(counts) * 1.15)
    axes.set_xlabel(say("rows_axis"), color=INK)
    title = say("dropped")
    said = [f"{say.step(name) or name} {n:,}" for name, n in zip(names, counts, strict=True)]
    return Chart("dropped", "dropped-by-step", title, _alt(say, title, said), figure)


def _lengths(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["lengths"]
    if table.empty:
        return None
    order = list(dict.fromkeys(facts.tables["rows"]["task"]))
    table = table[table["part"] == "output"].assign(place=lambda rows: rows["task"].map(order.index))
    rows: list[dict[Any, Any]] = table.sort_values(["place", "language"]).to_dict("records")
    names = [f"{say.name(row['task'])} {row['language']}" for row in rows]
    figure, axes = _bars(names)
    for place, row in enumerate(rows):
        axes.plot([max(row["p5"], 1), max(row["p95"], 1)], [place, place], color=AFTER, linewidth=1)
        axes.plot(
            [max(row["p25"], 1), max(row["p75"], 1)], [place, place], color=AFTER, linewidth=6, solid_capstyle="butt"
        )
        axes.plot([max(row["p50"], 1)], [place], "o", color="white", markeredgecolor=INK, markersize=5)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else "")
    axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.set_xlabel(say("characters"), color=INK)
    title = say("lengths")
    said = [f"{name} {row['p50']:,}" for name, row in zip(names, rows, strict=True)]
    return Chart("lengths", "lengths", title, _alt(say, f"{title}, {say.name('p50')}", said), figure)


def _difficulty(facts: Facts, say: Words) -> Chart | None:
    values = ("beginner", "intermediate", "advanced")
    return _mix(facts, say, "difficulty", "task", dict(zip(values, ("#9ecae1", "#4292c6", "#08458a"), strict=True)))


def _paradigm(facts: Facts, say: Words) -> Chart | None:
    values = ("procedural", "object-oriented", "functional", "event-driven")
    return _mix(facts, say, "paradigm", "programming_language", dict(zip(values, PALETTE, strict=False)))


def _mix(facts: Facts, say: Words, mix: str, by: str, colours: dict[str, str]) -> Chart | None:
    """Shares of the values of a column, what was not measured last and grey."""
    table = facts.tables[mix]
    if table.empty or (table[mix] == NOT_MEASURED).all():
        return None
    counts = table.pivot_table(index=by, columns=mix, values="rows", aggfunc="sum").fillna(0)
    order = list(dict.fromkeys(facts.tables["rows"]["task"])) if by == "task" else []
    totals = counts.sum(axis=1)
    names = sorted(counts.index, key=lambda name: (order.index(name) if name in order else 0, -totals[name] if not order
                                                   else 0, name))  # fmt: skip
    others = sorted(set(counts.columns) - {*colours, NOT_MEASURED})
    shown = [*(name for name in colours if name in counts.columns), *others]
    palette = {**dict(zip(others, reversed(PALETTE), strict=False)), **colours}
    legend = [(name, palette.get(name, INK)) for name in shown]
    legend += [(NOT_MEASURED, GREY)] if NOT_MEASURED in counts.columns else []
    return _stacked(say, mix, f"{mix}-by-{by.replace('_', '-')}", counts.loc[names], legend, share=True)


def _stacked(
    say: Words, key: str, file: str, counts: pd.DataFrame, legend: Sequence[tuple[str, str]], *, share: bool
) -> Chart:
    """Bars of rows, or of shares of rows, a part for each column of `counts`."""
    counts = counts[:BARS]
    totals = counts.sum(axis=1)
    names = [say.name(str(name)) for name in counts.index]
    figure, axes = _bars(names)
    left = [0.0] * len(names)
    for column, colour in legend:
        wide = [100 * n / t if share and t else n for n, t in zip(counts[column], totals, strict=True)]
        axes.barh(range(len(names)), wide, 0.66, left=left, color=colour, edgecolor="white", linewidth=0.5)
        left = [start + more for start, more in zip(left, wide, strict=True)]
    if share:
        axes.set_xlim(0, 100)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    else:
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel(say("share" if share else "rows_axis"), color=INK)
    sums = {column: counts[column].sum() / max(1, totals.sum()) for column, _ in legend}
    said = [f"{say.name(str(column))} {100 * part:.0f} %" for column, part in sums.items()]
    labelled = [(say.name(str(column)), colour) for column, colour in legend]
    return Chart(key, file, say(key), _alt(say, say(key), said), figure, labelled)


def _bars(names: Sequence[str]) -> tuple[Any, Any]:
    """A figure for horizontal bars with these names, the first on top."""
    # a Latin letter of 9.5 points is about 0.08 inches wide, a Chinese character the full 9.5 points
    margin = 0.2 + max(sum(0.132 if ord(letter) > 0x2E7F else 0.081 for letter in name) for name in names)
    high = BAR * len(names) + 0.65
    left = min(margin / WIDTH, 0.45)
    figure, axes = _figure(high, (left, 0.5 / high, 0.94 - left, BAR * len(names) / high))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(colors=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#c3c9d0")
    axes.grid(axis="x", color="#e6e9ed")
    axes.set_axisbelow(True)
    return figure, axes


def _figure(high: float, place: tuple[float, float, float, float], polar: bool = False) -> tuple[Any, Any]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update(mpl.rcParamsDefault)  # a reader's own style must not change the bytes
    mpl.rcParams.update({"font.size": 9.5, "font.family": "DejaVu Sans"})
    figure = Figure(figsize=(WIDTH, high))
    return figure, figure.add_axes(place, polar=polar)


def _alt(say: Words, title: str, figures: Sequence[str]) -> str:
    more = [] if len(figures) <= AXES else ["…"]
    return f"{title}{say.pair((': ', '：'))}{say.stop(*figures[:AXES], *more)}{say.pair(('.', '。'))}"
