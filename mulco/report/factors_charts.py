"""The charts of the four factors: domains as shares, a map, complexity as histograms, categories as bars.

    for chart in factor_charts(factors, Words("en")):
        chart.svg()

A map has up to 3,000 points. As matplotlib writes them they weigh 300 kB, as strokes of no length 45 kB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mulco.analysis.result import CATEGORIES, DOMAINS
from mulco.report.drawing import BARS, INK, PALETTE, WIDTH, Chart, alt, bars, canvas, needed, stacked
from mulco.report.factors_facts import BINS, WHOLE, Factors
from mulco.report.words import Words

if TYPE_CHECKING:
    import pandas as pd

PANELS = 12  # small pictures beside each other; the tables hold the rest
COLOURS = 6  # groups on one map: more colours cannot be told apart
NAME = 20  # letters of a name that a panel has room for
LABEL = 22  # letters of a line beside a bar
FAINT, SOFT = "#d8dde2", "#56606b"
DOT = 2.6  # points across
LAYERS = 6  # of a map: so no group lies wholly over another
SETS = tuple(PALETTE[place] for place in (0, 5, 2, 1, 3, 4))  # of data sets; the first two furthest apart
GAPS = ("-", (0, (5, 1.6)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))  # lines apart without colour


@dataclass
class Map(Chart):
    """A chart without ticks, whose dots are written short: those of one colour as one path."""

    def svg(self) -> str:
        return re.sub(r"(?:<use [^>]*/>\s*)+", _path, super().svg())


def factor_charts(factors: Factors, say: Words) -> list[Chart]:
    """All charts that an analysis has figures for."""
    needed("matplotlib")
    drawn = (_domain(factors, say), _map(factors, say), _complexity(factors, say), _coverage(factors, say))
    return [chart for chart in drawn if chart is not None]


def shown_groups(factors: Factors) -> int:
    """How many groups of each data set have a bar of their own, beside that of the whole."""
    return BARS // len(factors.datasets) - 1 if len(factors.datasets) < BARS else 0


def _domain(factors: Factors, say: Words) -> Chart | None:
    """Each data set as a whole, and its largest groups."""
    table = factors.tables["factors_domain"]
    each = shown_groups(factors)
    names, counts = [], []
    for dataset in factors.datasets:
        for group in [WHOLE, *factors.groups(dataset)[:each]]:
            of = table[(table["dataset"] == dataset) & (table["group"] == group)].set_index("domain")["rows"]
            if group == WHOLE:
                names.append(_clip(dataset, LABEL) if len(factors.datasets) > 1 else say.name("whole"))
            else:
                names.append(f"· {_clip(group, LABEL - 2)}" if len(factors.datasets) > 1 else _clip(group, LABEL))
            counts.append([int(of.get(domain, 0)) for domain in DOMAINS])
    if not any(map(sum, counts)):
        return None
    import pandas as pd

    said = []
    for dataset in factors.datasets:
        shares = [f"{say.name(domain)} {100 * factors.of(dataset)[domain]:.1f} %" for domain in DOMAINS]
        said.append(" ".join([*([dataset] if len(factors.datasets) > 1 else []), *shares]))
    legend = list(zip(DOMAINS, PALETTE, strict=False))
    frame = pd.DataFrame(counts, index=names, columns=list(DOMAINS))
    return stacked(say, "domain", "factors-domain", frame, legend, share=True, said=said)


def _map(factors: Factors, say: Words) -> Chart | None:
    """All rows on one plane: coloured by group; in panels of equal axes where there are several data sets."""
    points = factors.points
    if points.empty:
        return None
    title, several = say("map"), len(factors.datasets) > 1
    column = "dataset" if several else "group"
    names = factors.datasets if several else factors.groups(factors.datasets[0])
    names = names or [WHOLE]
    alone = not several and len(names) <= COLOURS
    bounds = _bounds(points, alone)
    columns = 1 if alone else _columns(len(names))
    shown = names[:PANELS]
    figure, axes = _panels(1 if alone else len(shown), columns, bounds[1] / bounds[0], 0.08 if alone else 0.26)
    legend = []
    if alone:
        layers = [points.iloc[start::LAYERS] for start in range(LAYERS)]
        for layer in layers:
            for name, colour in zip(names, PALETTE, strict=False):
                _dots(axes[0], layer[layer[column] == name] if name else layer, colour)
        legend = list(zip(names, PALETTE, strict=False)) if len(names) > 1 else []
    else:
        behind = points.iloc[:: max(1, len(points) // (2_000 if len(shown) < 5 else 500))]
        for place, (name, axis) in enumerate(zip(shown, axes, strict=True)):
            colour = SETS[place % len(SETS)] if several else PALETTE[0]
            _dots(axis, behind, FAINT, 1)
            mine = points[points[column] == name]
            for start in range(LAYERS):
                _dots(axis, mine.iloc[start::LAYERS], colour)
            axis.set_title(_clip(name, NAME if columns == 3 else 30), fontsize=8.5, color=INK, pad=3)
    middle = points["x"].mean(), points["y"].mean()
    for axis in axes:
        axis.set_xlim(_around(points["x"], bounds[0]))
        axis.set_ylim(_around(points["y"], bounds[1]))
        axis.set_xticks([])
        axis.set_yticks([])
        axis.axhline(middle[1], color="#e6e9ed", linewidth=0.6, zorder=0)
        axis.axvline(middle[0], color="#e6e9ed", linewidth=0.6, zorder=0)
        for spine in axis.spines.values():
            spine.set_color("#c3c9d0")
    counts = points[column].value_counts()
    said = [f"{name} {int(counts.get(name, 0)):,}".strip() for name in names]
    return Map("map", "factors-map", title, alt(say, say("map_alt"), said), figure, legend)


def _complexity(factors: Factors, say: Words) -> Chart | None:
    """Shares of rows by complexity: two data sets over each other, else a panel for each group or data set."""
    counted = factors.histograms
    if not counted:
        return None
    title, datasets = say("complexity"), factors.datasets
    edges = [place / BINS for place in range(BINS + 1)]
    legend: list[tuple[str, str]] = []
    if len(datasets) == 1:
        names = [name for name in factors.groups(datasets[0]) if (datasets[0], name) in counted][:PANELS]
        keys = [(datasets[0], name) for name in names] or [(datasets[0], WHOLE)]
    else:
        keys = [(name, WHOLE) for name in datasets if (name, WHOLE) in counted][:PANELS]
    if len(datasets) == 2:
        figure, axes = canvas(2.3, (0.1, 0.2, 0.86, 0.74))
        panels = [axes]
        for key, colour, gap in zip(keys, SETS, GAPS, strict=False):
            axes.stairs(counted[key], edges, color=colour, linewidth=1.8, linestyle=gap)
            axes.stairs(counted[key], edges, color=colour, fill=True, alpha=0.13)
            axes.axvline(factors.of(key[0])["complexity"], color=colour, linewidth=1, linestyle=gap)
            legend.append((key[0], colour))
    else:
        columns = _columns(len(keys))
        figure, panels = _panels(len(keys), columns, 0.5 if columns < 3 else 0.62, 0.26, 0.34)
        for key, axes in zip(keys, panels, strict=True):
            axes.stairs(counted[key], edges, color=PALETTE[0], fill=True, alpha=0.85)
            if len(datasets) == 1 and len(keys) > 1:
                axes.stairs(counted[datasets[0], WHOLE], edges, color=INK, linewidth=0.9)
            axes.set_title(_clip(key[1] or key[0], NAME if columns == 3 else 30), fontsize=8.5, color=INK, pad=3)
    most = max(max(counted[key]) for key in keys)
    for place, axes in enumerate(panels):
        axes.set_xlim(0, 1)
        axes.set_ylim(0, most * 1.06)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.yaxis.set_major_formatter(lambda value, _: say("percent", n=f"{value:.0f}"))
        axes.yaxis.set_major_locator(_few())
        axes.tick_params(colors=INK, labelsize=8, length=2)
        if len(panels) > 1 and place % columns:
            axes.tick_params(labelleft=False)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color("#c3c9d0")
        axes.grid(axis="y", color="#e6e9ed")
        axes.set_axisbelow(True)
    if len(panels) == 1:
        panels[0].set_xlabel(say("complexity_axis"), color=INK, fontsize=9)
    said = [f"{name or dataset} {factors.of(dataset, name)['complexity']:.2f}" for dataset, name in keys]
    return Chart("complexity", "factors-complexity", title, alt(say, say("complexity_alt"), said), figure, legend)


def _coverage(factors: Factors, say: Words) -> Chart | None:
    """Shares of the ten categories among the rows that have one, a bar for each data set."""
    table = factors.tables["factors_categories"]
    table = table[table["group"] == WHOLE]
    if not table["rows"].any():
        return None
    datasets = factors.datasets[: len(SETS)]
    labels = [_wrapped(say.name(name)) for name in CATEGORIES]
    figure, axes = bars(labels, 0.38 if len(datasets) < 3 else 0.14 * len(datasets))
    thick = 0.78 / len(datasets)
    most = 0.0
    for number, dataset in enumerate(datasets):
        of = table[table["dataset"] == dataset].set_index("category")["share"]
        shares = [100 * float(of[name]) for name in CATEGORIES]
        places = [place + (number - (len(datasets) - 1) / 2) * thick for place in range(len(CATEGORIES))]
        axes.barh(places, shares, thick * 0.94, color=SETS[number])
        for place, share in zip(places, shares, strict=True):
            told = say("percent", n=f"{share:.1f}")
            size = 8 if len(datasets) < 3 else 7
            axes.annotate(
                told, (share, place), (3, 0), textcoords="offset points", va="center", fontsize=size, color=INK
            )
        most = max(most, *shares)
    axes.set_xlim(0, most * 1.22 or 1)
    axes.xaxis.set_major_formatter(lambda value, _: say("percent", n=f"{value:.0f}"))
    axes.xaxis.set_major_locator(_few())
    axes.tick_params(axis="y", labelsize=8.5)
    axes.set_xlabel(say("coverage_axis"), color=INK)
    legend = list(zip(datasets, SETS, strict=False)) if len(datasets) > 1 else []
    said = []
    for dataset in datasets:
        of = (
            table[table["dataset"] == dataset]
            .set_index("category")["share"]
            .sort_values(ascending=False, kind="stable")
        )
        first = [f"{say.name(str(name))} {100 * share:.1f} %" for name, share in of.items()][: 11 // len(datasets)]
        said += [" ".join([dataset, one]) if len(datasets) > 1 else one for one in first]
    return Chart("coverage", "factors-categories", say("coverage"), alt(say, say("coverage"), said), figure, legend)


def _columns(panels: int) -> int:
    return {1: 1, 2: 2, 4: 2}.get(panels, 3)


def _panels(count: int, columns: int, shape: float, above: float, below: float = 0.0) -> tuple[Any, list[Any]]:
    """`count` axes in rows of `columns`, each `shape` times as high as wide, with inches above and below each."""
    left, gap = (0.38, 0.17) if below else (0.04, 0.1)
    if below and columns == 1:
        below = 0.48
    right = 0.1 if below else 0.04
    wide = (WIDTH - left - right - gap * (columns - 1)) / columns
    high = min(wide * shape, 3.6)
    rows = -(-count // columns)
    tall = rows * (high + above + below) + 0.04
    figure, made = None, []
    for place in range(count):
        row, column = divmod(place, columns)
        x = (left + column * (wide + gap)) / WIDTH
        y = (tall - (row + 1) * (high + above) - row * below - 0.02) / tall
        box = (x, y, wide / WIDTH, high / tall)
        if figure is None:
            figure, axes = canvas(tall, box)
        else:
            axes = figure.add_axes(box)
        made.append(axes)
    return figure, made


def _path(dots: re.Match[str]) -> str:
    """A run of matplotlib's markers, each 100 bytes, as strokes of no length with round ends, each 15 bytes."""
    colour = re.findall(r"fill: (#\w+)", dots[0])[0]
    opacity = (re.findall(r"fill-opacity: ([\d.]+)", dots[0]) or ["1"])[0]
    places = re.findall(r' x="([-\d.]+)" y="([-\d.]+)"', dots[0])
    drawn = "".join(f"M{float(x):.1f} {float(y):.1f}h0" for x, y in places)
    # a style, not attributes: matplotlib's sheet, which is the page's as well, says that all line caps are butt
    style = f"fill:none;stroke:{colour};stroke-opacity:{opacity};stroke-width:{DOT};stroke-linecap:round"
    return f'<path d="{drawn}" style="{style}"/>\n'


def _dots(axes: Any, points: pd.DataFrame, colour: str, opacity: float = 0.75) -> None:
    axes.plot(points["x"], points["y"], "o", color=colour, alpha=opacity, markersize=DOT, markeredgewidth=0)


def _bounds(points: pd.DataFrame, alone: bool) -> tuple[float, float]:
    """Width and height of the plane in its own unit: equal on both axes, not flatter than 2:1, not taller than wide."""
    wide = max(float(points["x"].max() - points["x"].min()), 1e-9) * 1.08
    high = max(float(points["y"].max() - points["y"].min()), 1e-9) * 1.08
    high = max(high, wide * (0.5 if alone else 0.75))
    return max(wide, high / (0.8 if alone else 1.15)), high


def _around(values: Any, extent: float) -> tuple[float, float]:
    middle = (float(values.max()) + float(values.min())) / 2
    return middle - extent / 2, middle + extent / 2


def _few() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4)


def _clip(name: str, most: int) -> str:
    """A name without its middle where it is too long: ends such as _en and _zh tell groups apart."""
    return name if len(name) <= most else f"{name[: most - 7]}…{name[-6:]}"


def _wrapped(name: str) -> str:
    """A name in two lines where one has no room."""
    if len(name) <= LABEL or " " not in name:
        return name
    cuts = [place for place, letter in enumerate(name) if letter == " "]
    cut = min(cuts, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:cut]}\n{name[cut + 1 :]}"
