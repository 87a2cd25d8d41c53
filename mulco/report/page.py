"""The report as one HTML page a language, pictures for cards and CSV files, all in one folder.

    write_report(Path("out/mulco"), Path("out/mulco/report"))    # report.html, report_zh.html, *.png, *.csv

A page needs nothing but itself: no script, no font, no request. The same folder gives the same bytes.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from mulco.report.charts import charts
from mulco.report.drawing import AXES, Chart
from mulco.report.facts import COMPARING, EXAMPLES, MIXES, Example, Facts, Tick, read_facts
from mulco.report.parts import document, drawing, figure, files_of, grid, link, p, table_of, write
from mulco.report.words import LANGUAGES, Words

PAGES = {"en": "report.html", "zh": "report_zh.html"}
FACTORS = {"en": "factors.html", "zh": "factors_zh.html"}


def write_report(
    folder: Path,
    out: Path,
    languages: Sequence[str] = LANGUAGES,
    tick: Tick = lambda done, of: None,
    *,
    factors: bool = False,
) -> list[Path]:
    """Write pages, pictures and tables of a built folder; returns the files, the pages first.

    `factors`: the pages of factors.py lie in the same folder, and are linked to.
    """
    facts = read_facts(folder, tick)
    with drawing():
        pages = {PAGES[one]: page(facts, Words(one), len(languages) > 1, factors) for one in languages}
        return write(out, pages, charts(facts, Words("en")), facts.tables)


def page(facts: Facts, say: Words, linked: bool = True, factors: bool = False) -> str:
    """One page; `linked`: the page in the other language lies beside it; `factors`: so do the pages of factors."""
    drawn = {chart.name: chart for chart in charts(facts, say)}
    sections = {
        "languages": _languages(facts, say, drawn),
        "rows": _rows(facts, say, drawn),
        "dropped": _dropped(facts, say, drawn),
        "repeats": _repeats(facts, say),
        "lengths": _lengths(facts, say, drawn),
        **{mix: _mix(facts, say, drawn, mix) for mix in MIXES},
        "licenses": _licenses(facts, say),
    }
    other = next(one for one in LANGUAGES if one != say.language)
    return document(
        say,
        say("title", name=facts.name),
        sections,
        made_by=f"mulco {facts.manifest.version}",
        lead=_lead(facts, say),
        foot=files_of(say, facts.tables),
        beside=PAGES[other] if linked else None,
        pages={"factors": (FACTORS["en"], FACTORS["zh"])} if factors else {},
    )


def _lead(facts: Facts, say: Words) -> str:
    manifest = facts.manifest
    used = {entry["source"] for entry in manifest.counts}
    numbers = {
        "rows": manifest.rows(),
        "configs": len(manifest.configs),
        "sources": len(used),
        "dropped": facts.dropped,
    }
    said = {name: say.number(n) for name, n in numbers.items()}
    text = p(say("lead", **said, profile=manifest.profile, version=manifest.version))
    heads = {name: say.name(name) for name in numbers}
    cards = "".join(f"<div><dt>{heads[name]}</dt><dd>{said[name]}</dd></div>" for name in numbers)
    limits = [config["limit"] for config in manifest.configs.values() if config.get("limit")]
    if limits:
        text += p(say("excerpt", n=say.number(max(limits))))
    problems = dict.fromkeys(problem for of_config in manifest.problems.values() for problem in of_config)
    if problems:
        text += p(say("incomplete")) + "<ul>" + "".join(f"<li>{html.escape(one)}</li>" for one in problems) + "</ul>\n"
    return f'{text}<dl class="cards">{cards}</dl>\n'


def _languages(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["programming_languages"]
    text = p(say("languages_text"))
    if facts.missing:
        text += p(say("missing" if facts.missing > 0 else "extra", n=say.number(abs(facts.missing))))
    notes = [say("top", n=AXES)] if len(table) > AXES else []
    notes += [say("log")] if "languages" in drawn and drawn["languages"].log else []
    if notes:
        text += p(say.pair((" ", "")).join(notes), soft=True)
    return text + figure(drawn.get("languages")) + table_of(say, table, "languages", ("before", "dropped", "after"))


def _rows(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table, sources = facts.tables["rows"].copy(), facts.manifest.sources
    numbers = ("read", "unusable", "malformed", "dropped", "left_out", "rows")
    if not table["left_out"].any():
        table = table.drop(columns="left_out")
    links = {
        name: link(str(facts_of.get("title", name)), str(facts_of.get("homepage", "")))
        for name, facts_of in sources.items()
    }
    return (
        p(say("rows_text")) + figure(drawn.get("rows"))
        + table_of(say, table, "rows", [name for name in numbers if name in table], {"source": links}, fold=True)
    )  # fmt: skip


def _dropped(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["dropped"]
    if table.empty:
        return p(say("dropped_none"))
    steps = {str(step): _step(say, str(step)) for step in table["step"]}
    text = figure(drawn.get("dropped")) + table_of(say, table, "dropped", ("rows",), {"step": steps})
    text += f"<h3>{say('examples')}</h3>\n"
    if not facts.examples:
        return text + p(say("examples_none"))
    text += p(say("examples_text", n=EXAMPLES)) + p(say("private"), soft=True)
    groups: dict[str, list[Example]] = {}
    for example in facts.examples:
        groups.setdefault(example.step, []).append(example)
    for step, examples in groups.items():
        said = f" · {say.step(step)}" if say.step(step) else ""
        shown = "\n".join(_example(example, say) for example in examples)
        text += f"<details><summary><code>{html.escape(step)}</code>{said}</summary>\n{shown}\n</details>\n"
    return text


def _example(example: Example, say: Words) -> str:
    parts = (
        "".join(f"<dt>{name}</dt><dd><pre>{html.escape(text)}</pre></dd>" for name, text in example.texts.items())
        or f"<dt>{say('unshown')}</dt>"
    )
    heading = f"<h4><code>{html.escape(example.reason)}</code></h4>"
    return f"<article>{heading}<code>{html.escape(example.id)}</code><dl>{parts}</dl></article>"


def _repeats(facts: Facts, say: Words) -> str:
    head = [say.name("step"), *(say.name(name) for name in ("configs", "dropped", "flagged"))]
    rows = []
    for row in facts.tables["repeats"].to_dict("records"):
        ran = int(row["configs"])
        found = [say("not_measured")] * 2
        if ran:
            found = [say.number(int(row["dropped"])), say.number(int(row["flagged"]))]
        of = say("of", n=ran, of=len(facts.manifest.configs)) if ran else say("not_run")
        rows.append([_step(say, str(row["step"])), of, *found])
    assert len(rows) == len(COMPARING)
    return p(say("repeats_text")) + grid(say("repeats"), head, rows, right=3)


def _step(say: Words, name: str) -> str:
    """A step's name over what it drops."""
    return f'<code>{html.escape(name)}</code><br><span class="soft">{say.step(name)}</span>'


def _lengths(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["lengths"]
    numbers = [name for name in table.columns if name not in ("task", "language", "part")]
    return p(say("lengths_text")) + figure(drawn.get("lengths")) + table_of(say, table, "lengths", numbers, fold=True)


def _mix(facts: Facts, say: Words, drawn: dict[str, Chart], mix: str) -> str:
    table = facts.tables[mix]
    if mix not in drawn:
        return p(say("not_measured"))
    return p(say(f"{mix}_text")) + figure(drawn[mix]) + table_of(say, table, mix, ("rows",), fold=True)


def _licenses(facts: Facts, say: Words) -> str:
    table = facts.tables["licenses"]
    rows = []
    answers = ("commercial", "share_alike", "redistribution")
    for row in table.to_dict("records"):
        said = [say("unknown") if row[name] is None else say("yes" if row[name] else "no") for name in answers]
        rows.append([html.escape(str(row["license"])), *said, say.number(int(row["rows"]))])
    head = [say.name(name) for name in ("license", *answers, "rows")]
    return p(say("licenses_text")) + grid(say("licenses"), head, rows, right=1)
