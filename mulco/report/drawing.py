"""What all charts of a report share: a drawn figure with its words, the colours, bars and stacked bars.

    figure, axes = bars(["Python", "Java"])          # an empty figure for two horizontal bars
    axes.barh(range(2), [10, 20])
    Chart("rows", "rows", "Rows", "Rows: Python 10, Java 20.", figure).svg()     # '<svg role="img" ...>', text as text

Text in an SVG is set by the reader's browser, in fonts unknown here. So margins come from the number of characters, and
legends stand in the page's own words, not in the drawing; a PNG carries title and legend, always in English, for its
font, which comes with matplotlib, has no Chinese characters.
"""

from __future__ import annotations

import html
import importlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulco.errors import MulcoError
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


def needed(library: str) -> None:
    """Raise MulcoError where a library that reports are drawn with is not installed."""
    try:
        importlib.import_module(library)
    except ImportError as err:
        raise MulcoError(f'mulco report needs {library}. Install it with: pip install "mulco[report]"') from err


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


def stacked(
    say: Words, key: str, file: str, counts: pd.DataFrame, legend: Sequence[tuple[str, str]], *, share: bool,
    said: Sequence[str] = (),
) -> Chart:  # fmt: skip
    """Bars of rows, or of shares of rows, a part for each column of `counts`; `said`: figures told instead of sums."""
    counts = counts[:BARS]
    totals = counts.sum(axis=1)
    names = [say.name(str(name)) for name in counts.index]
    figure, axes = bars(names)
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
    said = said or [f"{say.name(str(column))} {100 * part:.0f} %" for column, part in sums.items()]
    labelled = [(say.name(str(column)), colour) for column, colour in legend]
    return Chart(key, file, say(key), alt(say, say(key), said), figure, labelled)


def bars(names: Sequence[str], bar: float = BAR) -> tuple[Any, Any]:
    """A figure for horizontal bars with these names, the first on top, each `bar` inches high."""
    # a Latin letter of 9.5 points is about 0.08 inches wide, a Chinese character the full 9.5 points
    lines = [line for name in names for line in name.split("\n")]
    margin = 0.2 + max(sum(0.132 if ord(letter) > 0x2E7F else 0.081 for letter in line) for line in lines)
    high = bar * len(names) + 0.65
    left = min(margin / WIDTH, 0.45)
    figure, axes = canvas(high, (left, 0.5 / high, 0.94 - left, bar * len(names) / high))
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


def canvas(high: float, place: tuple[float, float, float, float], polar: bool = False) -> tuple[Any, Any]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update(mpl.rcParamsDefault)  # a reader's own style must not change the bytes
    mpl.rcParams.update({"font.size": 9.5, "font.family": "DejaVu Sans", "text.parse_math": False})
    figure = Figure(figsize=(WIDTH, high))
    return figure, figure.add_axes(place, polar=polar)


def alt(say: Words, title: str, figures: Sequence[str]) -> str:
    more = [] if len(figures) <= AXES else ["…"]
    return f"{title}{say.pair((': ', '：'))}{say.stop(*figures[:AXES], *more)}{say.pair(('.', '。'))}"
