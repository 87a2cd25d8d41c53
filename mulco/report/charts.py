"""The charts of a built folder's report.

for chart in charts(facts, Words("en")):
    chart.svg()                       # '<svg role="img" ...>', text as text
    chart.png(folder / f"{chart.name}.png")
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mulco.report.drawing import AFTER, AXES, BEFORE, GREY, INK, PALETTE, Chart, alt, bars, canvas, needed, stacked
from mulco.report.facts import NOT_MEASURED, Facts
from mulco.report.words import Words


def charts(facts: Facts, say: Words) -> list[Chart]:
    """All charts that this folder has figures for."""
    needed("matplotlib")
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
        figure, axes = bars(names)
        for shift, counts, colour in ((-0.2, before, BEFORE), (0.2, after, AFTER)):
            if counts:
                axes.barh([place + shift for place in range(len(names))], counts, 0.38, color=colour)
        axes.set_xlabel(say("rows_axis"), color=INK)
    else:
        figure, axes = canvas(3.3, (0.2, 0.09, 0.6, 0.82), polar=True)
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
    return Chart("languages", "programming-languages", title, alt(say, title, figures), figure, legend, log)


def _rings(most: int) -> list[int]:
    step = next(step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if most / step <= 4)
    return list(range(step, most + 1, step))


def _rows(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["rows"]
    if table.empty:
        return None
    counts = table.pivot_table(index="task", columns="language", values="rows", aggfunc="sum", sort=False).fillna(0)
    counts = counts[sorted(counts.columns)]
    return stacked(say, "rows", "rows-by-task", counts, [(name, colour) for name, colour in zip(
        counts.columns, (AFTER, "#e69f00"), strict=False)], share=False)  # fmt: skip


def _dropped(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["dropped"]
    if table.empty:
        return None
    sums = table.groupby("step", sort=False)["rows"].sum().sort_values(ascending=False, kind="stable")
    names, counts = [str(step) for step in sums.index], [int(n) for n in sums]
    figure, axes = bars(names)
    axes.barh(range(len(names)), counts, 0.62, color=BEFORE)
    for place, n in enumerate(counts):
        axes.annotate(f"{n:,}", (n, place), (3, 0), textcoords="offset points", va="center", fontsize=8.5, color=INK)
    axes.set_xlim(0, max(counts) * 1.15)
    axes.set_xlabel(say("rows_axis"), color=INK)
    title = say("dropped")
    said = [f"{say.step(name) or name} {n:,}" for name, n in zip(names, counts, strict=True)]
    return Chart("dropped", "dropped-by-step", title, alt(say, title, said), figure)


def _lengths(facts: Facts, say: Words) -> Chart | None:
    table = facts.tables["lengths"]
    if table.empty:
        return None
    order = list(dict.fromkeys(facts.tables["rows"]["task"]))
    table = table[table["part"] == "output"].assign(place=lambda rows: rows["task"].map(order.index))
    rows: list[dict[Any, Any]] = table.sort_values(["place", "language"]).to_dict("records")
    names = [f"{say.name(row['task'])} {row['language']}" for row in rows]
    figure, axes = bars(names)
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
    return Chart("lengths", "lengths", title, alt(say, f"{title}, {say.name('p50')}", said), figure)


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
    return stacked(say, mix, f"{mix}-by-{by.replace('_', '-')}", counts.loc[names], legend, share=True)
