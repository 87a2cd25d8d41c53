"""The four factors of an analysis as one HTML page a language, with pictures for cards and CSV files beside it.

    write_factors(analysis, Path("out/mulco/report"))    # factors.html, factors_zh.html, factors-*.png, factors_*.csv

Of two data sets, the page sets one beside the other and states each difference in numbers. The same analysis gives the
same bytes.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mulco.analysis.result import CATEGORIES, DOMAINS, Analysis
from mulco.report.drawing import Chart
from mulco.report.factors_charts import COLOURS, PANELS, factor_charts, shown_groups
from mulco.report.factors_facts import MEASURES, UNASSIGNED, WAYS, WHOLE, Factors, read_factors
from mulco.report.page import FACTORS, PAGES
from mulco.report.parts import document, drawing, figure, files_of, grid, p, write
from mulco.report.words import LANGUAGES, Words

FOLDED = 12  # rows of a table with more show once clicked
SHARES = (*DOMAINS, "coverage", "algorithmic", UNASSIGNED)  # of the summary; the rest are numbers
# Bounds of |Cliff's delta| (Romano et al. 2006, "Appropriate statistics for ordinal level data")
SIZES = ((0.147, "negligible"), (0.33, "small"), (0.474, "medium"), (2.0, "large"))
STYLE = """.about{font-size:.9rem;max-width:46rem;margin:.4rem 0 1rem;display:grid;
 grid-template-columns:auto 1fr;gap:.3rem 1rem}
.about dt{color:var(--soft);white-space:nowrap} .about dd{margin:0}
tbody th,td b{white-space:nowrap} section>ul{padding-left:1.2rem;max-width:46rem}
@media (max-width:36rem){.about{grid-template-columns:1fr;gap:0} .about dd{margin-bottom:.4rem}}
"""
FACTS = {"domain": "domain", "diversity": "diversity", "complexity": "complexity", "coverage": "categories"}
SETTINGS = ("version", "embedder", "clusters", "sample", "by", "split", "limit", "seed")  # of an analysis
COUNTS = ("decisions", "nesting", "lines")  # whole but for a median between two of them
DIGITS = {"mean_cosine": 3, "vendi": 1, "clusters": 1, "complexity": 3, "entropy": 3, "perplexity": 2}


def write_factors(
    analysis: Analysis, out: Path, languages: Sequence[str] = LANGUAGES, *, report: bool = False
) -> list[Path]:
    """Write pages, pictures and tables of an analysis; returns the files, the pages first.

    `report`: the pages of page.py lie in the same folder, and are linked to.
    """
    factors = read_factors(analysis)
    with drawing():
        pages = {FACTORS[one]: factors_page(factors, Words(one), len(languages) > 1, report) for one in languages}
        return write(out, pages, factor_charts(factors, Words("en")), factors.tables)


def factors_page(factors: Factors, say: Words, linked: bool = True, report: bool = False) -> str:
    """One page; `linked`: the page in the other language lies beside it; `report`: so do the pages of the report."""
    drawn = {chart.name: chart for chart in factor_charts(factors, say)}
    sections = {
        **({"compared": _compared(factors, say)} if len(factors.datasets) == 2 else {}),
        "domain": _domain(factors, say, drawn),
        "diversity": _diversity(factors, say, drawn),
        "complexity": _complexity(factors, say, drawn),
        "coverage": _coverage(factors, say, drawn),
        "method": _method(factors, say),
    }
    other = next(one for one in LANGUAGES if one != say.language)
    return document(
        say,
        _title(factors, say),
        sections,
        made_by=f"mulco {factors.facts.get('version', '')}".strip(),
        lead=_lead(factors, say),
        foot=files_of(say, factors.tables),
        beside=FACTORS[other] if linked else None,
        pages={"report": (PAGES["en"], PAGES["zh"])} if report else {},
        style=STYLE,
    )


def _title(factors: Factors, say: Words) -> str:
    names = factors.datasets
    if len(names) == 1:
        return say("factors_title", name=names[0])
    if len(names) == 2:
        return say("factors_title_beside", first=names[0], second=names[1])
    return say("factors_title_several", n=len(names))


def _lead(factors: Factors, say: Words) -> str:
    wholes = [factors.of(name) for name in factors.datasets]
    text = p(say("factors_lead", rows=say.number(sum(int(whole["rows"]) for whole in wholes))))
    if len(wholes) > 1:
        return text
    shown = ("rows", "code", "mean_cosine", "vendi", "lines", "algorithmic")
    heads = {name: say.name(name) for name in shown} | {"lines": _median(say, "lines")}
    cards = "".join(
        f"<div><dt>{html.escape(heads[name])}</dt><dd>{_value(say, name, wholes[0].get(name))}</dd></div>"
        for name in shown
    )
    return f'{text}<dl class="cards">{cards}</dl>\n'


def _compared(factors: Factors, say: Words) -> str:
    """Two data sets, figure by figure, and what differs most in words."""
    first, second = factors.datasets
    a, b = factors.of(first), factors.of(second)
    names = ("rows", *DOMAINS, "mean_cosine", "vendi", "coverage", "complexity", "algorithmic", "entropy",
             UNASSIGNED)  # fmt: skip
    rows = []
    for name in names:
        delta = _signed(factors.deltas[name], 2) if name in factors.deltas else "–"
        pair = [_value(say, name, one.get(name)) for one in (a, b)]
        rows.append([html.escape(say.name(name)), *pair, _difference(say, name, a.get(name), b.get(name)), delta])
    for name in MEASURES[:-1]:
        pair = [_value(say, name, one.get(name)) for one in (a, b)]
        apart = _difference(say, name, a.get(name), b.get(name))
        rows.append([_median(say, name), *pair, apart, _signed(factors.deltas[name], 2)])
    head = [say.name("measure"), html.escape(first), html.escape(second), say.name("difference"), say.name("delta")]
    said = "".join(f"<li>{html.escape(one)}</li>\n" for one in _sentences(factors, say, a, b))
    return (
        f"<ul>\n{said}</ul>\n" + grid(say("compared"), head, rows, right=4)
        + p(say("compared_text", first=first, second=second), soft=True)
    )  # fmt: skip


def _sentences(factors: Factors, say: Words, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    first, second = factors.datasets
    said = []
    far = max(DOMAINS, key=lambda name: abs(b[name] - a[name]))
    said.append(
        say("compared_domain", domain=say.name(far), first=first, second=second, a=_value(say, far, a[far]),
            b=_value(say, far, b[far]), d=_signed(100 * (b[far] - a[far]), 1))
    )  # fmt: skip
    if _has(a, b, "mean_cosine", "vendi", "coverage"):
        names = {"cosine": "mean_cosine", "vendi": "vendi", "coverage": "coverage"}
        text = say("compared_diversity", **{key: _difference(say, of, a[of], b[of]) for key, of in names.items()})
        if round(a["mean_cosine"], 3) != round(b["mean_cosine"], 3):
            more = first if a["mean_cosine"] < b["mean_cosine"] else second
            text += say.pair((" ", "")) + say("more_diverse", name=more)
        said.append(text)
    if _has(a, b, "complexity"):
        delta = factors.deltas["complexity"]
        size = next(name for most, name in SIZES if abs(delta) < most)
        said.append(
            say("compared_complexity", d=_difference(say, "complexity", a["complexity"], b["complexity"]),
                delta=_signed(delta, 2), size=say(size))
        )  # fmt: skip
    table = factors.tables["factors_categories"]
    shares = table[table["group"] == WHOLE].set_index(["dataset", "category"])["share"]
    gaps = {name: float(shares[second, name] - shares[first, name]) for name in CATEGORIES}
    far = max(CATEGORIES, key=lambda name: abs(gaps[name]))
    said.append(
        say("compared_coverage", share=_difference(say, "algorithmic", a["algorithmic"], b["algorithmic"]),
            entropy=_difference(say, "entropy", a["entropy"], b["entropy"]), category=say.name(far),
            d=_signed(100 * gaps[far], 1))
    )  # fmt: skip
    return said


def _domain(factors: Factors, say: Words, drawn: Mapping[str, Chart]) -> str:
    counts = factors.tables["factors_domain"].set_index(["dataset", "group", "domain"])["rows"]

    def cells(dataset: str, group: str) -> list[str]:
        whole = factors.of(dataset, group)
        shares = [f"{say.number(int(counts[dataset, group, one]))} ({_value(say, one, whole[one])})" for one in DOMAINS]
        return [_value(say, "rows", whole["rows"]), *shares]

    table = _by_group(factors, say, "domain", [say.name(one) for one in ("rows", *DOMAINS)], cells)
    most = max(len(factors.groups(name)) for name in factors.datasets)
    left = p(say("largest", n=shown_groups(factors)), soft=True) if most > shown_groups(factors) else ""
    return _about(factors, say, "domain") + figure(drawn.get("domain")) + left + table


def _diversity(factors: Factors, say: Words, drawn: Mapping[str, Chart]) -> str:
    text = _about(factors, say, "diversity")
    if "map" not in drawn:
        return text + p(say("no_map"))
    sample = say("sample_text", n=say.number(factors.facts["sample"])) if factors.facts.get("sample") else ""
    notes = [say("map_points", n=say.number(len(factors.points)), of=say.number(factors.placed))]
    if len(factors.datasets) > 1 or len(factors.groups(factors.datasets[0])) > COLOURS:
        notes.append(say("map_panels"))
        notes += _largest(factors, say)
    names = ("rows", "mean_cosine", "vendi", "clusters", "coverage")
    return (
        text + figure(drawn["map"]) + p(say.pair((" ", "")).join(notes), soft=True)
        + p(sample, soft=True) + _summary(factors, say, "diversity", names)
    )  # fmt: skip


def _complexity(factors: Factors, say: Words, drawn: Mapping[str, Chart]) -> str:
    text = _about(factors, say, "complexity") + figure(drawn.get("complexity"))
    if len(factors.datasets) == 2:
        text += p(say("complexity_beside"), soft=True)
    elif len(factors.datasets) == 1 and factors.groups(factors.datasets[0]):
        text += p(say.pair((" ", "")).join([say("complexity_groups"), *_largest(factors, say)]), soft=True)
    lines = factors.tables["factors_quartiles"].to_dict("records")
    by_key = {(line["dataset"], line["group"], line["measure"]): line for line in lines}
    names = ("complexity", *MEASURES[:-1])

    def cells(dataset: str, group: str) -> list[str]:
        found = [by_key[dataset, group, name] for name in names]
        quartiles = [
            " / ".join(_value(say, name, of[q]) for q in ("p25", "p50", "p75")) if of["rows"] else say("not_measured")
            for name, of in zip(names, found, strict=True)
        ]
        return [say.number(int(found[1]["rows"])), *quartiles]

    heads = [say.name("measured"), *(say.name(name) for name in names)]
    return text + p(say("quartiles_text"), soft=True) + _by_group(factors, say, "quartiles", heads, cells)


def _largest(factors: Factors, say: Words) -> list[str]:
    """That a chart of panels leaves out some groups, where it does."""
    groups = factors.groups(factors.datasets[0]) if len(factors.datasets) == 1 else factors.datasets
    return [say("largest", n=PANELS)] if len(groups) > PANELS else []


def _coverage(factors: Factors, say: Words, drawn: Mapping[str, Chart]) -> str:
    table = factors.tables["factors_categories"]
    counts = table[table["group"] == WHOLE].set_index(["dataset", "category"])["rows"]
    shares = table[table["group"] == WHOLE].set_index(["dataset", "category"])["share"]
    rows = []
    for name in CATEGORIES:
        keys = [(dataset, name) for dataset in factors.datasets]
        cells = [f"{say.number(int(counts[key]))} ({_percent(say, float(shares[key]))})" for key in keys]
        rows.append([html.escape(say.name(name)), *cells])
    heads = [html.escape(name) for name in factors.datasets] if len(factors.datasets) > 1 else [say.name("rows")]
    names = ("rows", "algorithmic", "entropy", UNASSIGNED, *WAYS)
    return (
        _about(factors, say, "coverage") + figure(drawn.get("coverage"))
        + grid(say("coverage"), [say.name("category"), *heads], rows, right=len(heads))
        + f"<h3>{say('ways')}</h3>\n" + _summary(factors, say, "ways", names)
    )  # fmt: skip


def _method(factors: Factors, say: Words) -> str:
    """The settings behind all figures; no seconds, for the same settings give the same page."""
    facts = factors.facts
    labels = dict(facts.get("labels", {}))
    found = {name: facts[name] for name in SETTINGS if name in facts} | {"labels": labels.pop("by", None)}
    rows = [[say.name(name), _setting(say, value)] for name, value in found.items()]
    rows += [[html.escape(name), _setting(say, value)] for name, value in _flat(labels, "labels")]
    return p(say("method_text")) + grid(say("method"), [say.name("setting"), say.name("value")], rows, 0)


def _setting(say: Words, value: Any) -> str:
    if value is None:
        return say("none")
    return say.number(value) if isinstance(value, int) else html.escape(say.name(str(value)))


def _flat(facts: Mapping[str, Any], before: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in facts.items():
        found += _flat(value, f"{before}.{name}") if isinstance(value, Mapping) else [(f"{before}.{name}", value)]
    return found


def _median(say: Words, measure: str) -> str:
    return say("median_of", name=say.name(measure))


def _about(factors: Factors, say: Words, factor: str) -> str:
    """What a factor is, its definition and unit, and how to read it; in English in the words of the analysis."""
    told = factors.facts.get("factors", {}).get(FACTS[factor], {}) if say.language == "en" else {}
    said = {name: told.get(name) or say(f"{factor}_{name}") for name in ("definition", "unit")}
    said["reading"] = say(f"{factor}_read")
    terms = "".join(f"<dt>{say(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in said.items())
    return p(say(f"{factor}_is")) + f'<dl class="about">{terms}</dl>\n'


def _summary(factors: Factors, say: Words, title: str, names: Sequence[str]) -> str:
    """Figures of the summary for each data set and group."""

    def cells(dataset: str, group: str) -> list[str]:
        found = factors.of(dataset, group)
        return [_value(say, name, found.get(name)) for name in names]

    return _by_group(factors, say, title, [say.name(name) for name in names], cells)


def _by_group(
    factors: Factors, say: Words, title: str, heads: Sequence[str], cells: Callable[[str, str], list[str]]
) -> str:
    """A table of numbers with a line for each data set and each of its groups; many groups show once clicked."""
    several = len(factors.datasets) > 1
    rows: dict[bool, list[list[str]]] = {True: [], False: []}
    both = []
    for dataset in factors.datasets:
        for group in (WHOLE, *factors.groups(dataset)):
            named = html.escape(group) or f"<b>{say.name('whole')}</b>"
            row = [*([html.escape(dataset)] if several else []), named, *cells(dataset, group)]
            rows[group == WHOLE].append(row)
            both.append(row)
    head = [say.name(name) for name in (("dataset", "group") if several else ("group",))] + list(heads)
    if len(both) <= FOLDED:
        return grid(say(title), head, both, len(heads))
    folded = grid(f"{say(title)}, {say('table')}", head, rows[False], len(heads))
    return grid(say(title), head, rows[True], len(heads)) + (
        f"<details><summary>{say('table')}</summary>\n{folded}</details>\n"
    )


def _has(a: Mapping[str, Any], b: Mapping[str, Any], *names: str) -> bool:
    return all(_known(one.get(name)) for one in (a, b) for name in names)


def _known(value: Any) -> bool:
    return value is not None and value == value


def _value(say: Words, name: str, value: Any) -> str:
    """A figure as a reader wants it: shares in per cent, counts whole."""
    if not _known(value):
        return say("not_measured")
    if name in SHARES:
        return _percent(say, float(value))
    if name in DIGITS:
        return f"{float(value):,.{DIGITS[name]}f}"
    if name in COUNTS:
        return f"{value:,.1f}".removesuffix(".0")
    return say.number(round(value))


def _difference(say: Words, name: str, first: Any, second: Any) -> str:
    if not (_known(first) and _known(second)):
        return say("not_measured")
    if name in SHARES:
        return _signed(100 * (second - first), 1)
    return _signed(second - first, DIGITS.get(name, 1 if name in COUNTS and (second - first) % 1 else 0))


def _signed(value: float, digits: int) -> str:
    """+0.21, −0.05, 0.00."""
    if value != value:
        return "–"
    text = f"{abs(value):,.{digits}f}"
    return text if not text.strip("0.,") else f"{'−' if value < 0 else '+'}{text}"


def _percent(say: Words, share: float) -> str:
    return say("percent", n=f"{100 * share:.1f}")
