"""The report as one HTML page a language, pictures for cards and CSV files, all in one folder.

    write_report(Path("out/mulco"), Path("out/mulco/report"))    # report.html, report_zh.html, *.png, *.csv

A page needs nothing but itself: no script, no font, no request. The same folder gives the same bytes.
"""

from __future__ import annotations

import html
import logging
import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulco.errors import OutputError
from mulco.report.charts import AXES, Chart, charts
from mulco.report.facts import COMPARING, EXAMPLES, MIXES, Example, Facts, Tick, read_facts
from mulco.report.words import LANGUAGES, Words

if TYPE_CHECKING:
    import pandas as pd

PAGES = {"en": "report.html", "zh": "report_zh.html"}
STYLE = """
:root{color-scheme:light;--ink:#1d2733;--soft:#56606b;--line:#dde1e6;--wash:#f5f7f9;--link:#0b5cad}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;color:var(--ink);background:#fff;
 font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
 overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 .6rem}
h2{font-size:1.25rem;margin:2.6rem 0 .4rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .4rem}
a{color:var(--link)} p{margin:.4rem 0 .8rem;max-width:46rem} .soft{color:var(--soft);font-size:.9rem}
.top{display:flex;justify-content:space-between;gap:1rem;font-size:.9rem;color:var(--soft)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.6rem 0;font-size:.9rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:.6rem;margin:1rem 0;padding:0}
.cards div{background:var(--wash);border-radius:.5rem;padding:.6rem .8rem}
.cards dt{font-size:.8rem;color:var(--soft)} .cards dd{margin:0;font-size:1.35rem;font-weight:600}
figure{margin:.8rem 0;max-width:33rem} figure svg{width:100%;height:auto;display:block}
figure svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei",
 "Noto Sans CJK SC",sans-serif!important}
figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem}
figcaption i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em;print-color-adjust:exact;
 -webkit-print-color-adjust:exact}
.wide{overflow-x:auto} .wide:focus-visible{outline:2px solid var(--link)}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:600;white-space:nowrap} tbody th{font-weight:400}
.n{text-align:right;white-space:nowrap} tfoot td,tfoot th{font-weight:600;border-bottom:0}
summary{cursor:pointer;padding:.35rem 0;color:var(--link)}
article{background:var(--wash);border-radius:.5rem;padding:.5rem .8rem;margin:.5rem 0;font-size:.85rem}
article h4{margin:.2rem 0;font-size:.85rem;font-weight:600} article dl{margin:.3rem 0} article dt{color:var(--soft)}
article dd{margin:0 0 .4rem} pre,code{font:.8rem/1.45 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:36rem){body{padding:1rem .8rem 3rem;font-size:15px} h1{font-size:1.4rem}
 .cards{grid-template-columns:1fr 1fr}}
@media print{body{max-width:none;padding:0;font-size:10pt} nav,.top a{display:none}
 a{color:inherit;text-decoration:none}
 figure,article,tr{break-inside:avoid} h2,h3{break-after:avoid} figure{max-width:13cm} .wide{overflow:visible}
 details::details-content{content-visibility:visible;display:block;height:auto}}
"""


def write_report(
    folder: Path, out: Path, languages: Sequence[str] = LANGUAGES, tick: Tick = lambda done, of: None
) -> list[Path]:
    """Write pages, pictures and tables of a built folder; returns the files, the pages first."""
    facts = read_facts(folder, tick)
    with warnings.catch_warnings():
        # Chinese text is measured with a font that lacks it, and drawn by the browser
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        pages = {PAGES[one]: page(facts, Words(one), len(languages) > 1) for one in languages}
        try:
            out.mkdir(parents=True, exist_ok=True)
            files = [out / name for name in pages]
            for name, text in pages.items():
                (out / name).write_text(text, "utf-8", newline="\n")
            for chart in charts(facts, Words("en")):
                files.append(out / f"{chart.file}.png")
                chart.png(files[-1])
            for name, table in facts.tables.items():
                files.append(out / f"{name}.csv")
                table.to_csv(files[-1], index=False, lineterminator="\n")
        except OSError as err:
            raise OutputError(f"{out}: the report cannot be written ({err}). Name another folder with --out") from err
    return files


def page(facts: Facts, say: Words, linked: bool = True) -> str:
    """One page; `linked`: the page in the other language lies beside it."""
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
    title = html.escape(say("title", name=facts.name))
    other = next(one for one in LANGUAGES if one != say.language)
    link = f'<a href="{PAGES[other]}" lang="{other}">{say("other")}</a>' if linked else ""
    contents = "".join(f'<li><a href="#{name}">{say(name)}</a></li>' for name in sections)
    body = "\n".join(
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{say(name)}</h2>\n{text}\n</section>'
        for name, text in sections.items()
    )
    language = {"en": "en", "zh": "zh-Hans"}[say.language]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<div class="top"><span>mulco {html.escape(facts.manifest.version)}</span>{link}</div>\n'
        f"<header>\n<h1>{title}</h1>\n{_lead(facts, say)}</header>\n"
        f'<nav aria-label="{say("contents")}"><ul>{contents}</ul></nav>\n<main>\n{body}\n</main>\n'
        f'<footer class="soft"><p>{_files(facts, say)}</p></footer>\n</body>\n</html>\n'
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
    text = _p(say("lead", **said, profile=manifest.profile, version=manifest.version))
    heads = {name: say.name(name) for name in numbers}
    cards = "".join(f"<div><dt>{heads[name]}</dt><dd>{said[name]}</dd></div>" for name in numbers)
    limits = [config["limit"] for config in manifest.configs.values() if config.get("limit")]
    if limits:
        text += _p(say("excerpt", n=say.number(max(limits))))
    problems = dict.fromkeys(problem for of_config in manifest.problems.values() for problem in of_config)
    if problems:
        text += _p(say("incomplete")) + "<ul>" + "".join(f"<li>{html.escape(one)}</li>" for one in problems) + "</ul>\n"
    return f'{text}<dl class="cards">{cards}</dl>\n'


def _languages(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["programming_languages"]
    text = _p(say("languages_text"))
    if facts.missing:
        text += _p(say("missing" if facts.missing > 0 else "extra", n=say.number(abs(facts.missing))))
    notes = [say("top", n=AXES)] if len(table) > AXES else []
    notes += [say("log")] if "languages" in drawn and drawn["languages"].log else []
    if notes:
        text += _p(say.pair((" ", "")).join(notes), soft=True)
    return text + _figure(drawn.get("languages")) + _table(say, table, "languages", ("before", "dropped", "after"))


def _rows(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table, sources = facts.tables["rows"].copy(), facts.manifest.sources
    numbers = ("read", "unusable", "malformed", "dropped", "left_out", "rows")
    if not table["left_out"].any():
        table = table.drop(columns="left_out")
    links = {
        name: _link(str(facts_of.get("title", name)), str(facts_of.get("homepage", "")))
        for name, facts_of in sources.items()
    }
    return (
        _p(say("rows_text")) + _figure(drawn.get("rows"))
        + _table(say, table, "rows", [name for name in numbers if name in table], {"source": links}, fold=True)
    )  # fmt: skip


def _dropped(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["dropped"]
    if table.empty:
        return _p(say("dropped_none"))
    steps = {str(step): _step(say, str(step)) for step in table["step"]}
    text = _figure(drawn.get("dropped")) + _table(say, table, "dropped", ("rows",), {"step": steps})
    text += f"<h3>{say('examples')}</h3>\n"
    if not facts.examples:
        return text + _p(say("examples_none"))
    text += _p(say("examples_text", n=EXAMPLES)) + _p(say("private"), soft=True)
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
    return _p(say("repeats_text")) + _grid(say("repeats"), head, rows, right=3)


def _step(say: Words, name: str) -> str:
    """A step's name over what it drops."""
    return f'<code>{html.escape(name)}</code><br><span class="soft">{say.step(name)}</span>'


def _lengths(facts: Facts, say: Words, drawn: dict[str, Chart]) -> str:
    table = facts.tables["lengths"]
    numbers = [name for name in table.columns if name not in ("task", "language", "part")]
    return _p(say("lengths_text")) + _figure(drawn.get("lengths")) + _table(say, table, "lengths", numbers, fold=True)


def _mix(facts: Facts, say: Words, drawn: dict[str, Chart], mix: str) -> str:
    table = facts.tables[mix]
    if mix not in drawn:
        return _p(say("not_measured"))
    return _p(say(f"{mix}_text")) + _figure(drawn[mix]) + _table(say, table, mix, ("rows",), fold=True)


def _licenses(facts: Facts, say: Words) -> str:
    table = facts.tables["licenses"]
    rows = []
    answers = ("commercial", "share_alike", "redistribution")
    for row in table.to_dict("records"):
        said = [say("unknown") if row[name] is None else say("yes" if row[name] else "no") for name in answers]
        rows.append([html.escape(str(row["license"])), *said, say.number(int(row["rows"]))])
    head = [say.name(name) for name in ("license", *answers, "rows")]
    return _p(say("licenses_text")) + _grid(say("licenses"), head, rows, right=1)


def _files(facts: Facts, say: Words) -> str:
    names = (f'<a href="{name}.csv">{name}.csv</a>' for name in facts.tables)
    return say("tables_files", files=say.stop(*names))


def _figure(chart: Chart | None) -> str:
    if chart is None:
        return ""
    legend = "".join(f'<span><i style="background:{colour}"></i>{html.escape(label)}</span>' for label, colour in
                     chart.legend)  # fmt: skip
    return f"<figure>\n{chart.svg()}<figcaption>{legend}</figcaption>\n</figure>\n"


def _table(
    say: Words, table: pd.DataFrame, title: str, numbers: Sequence[str], links: dict[str, dict[str, str]] | None = None,
    *, fold: bool = False,
) -> str:  # fmt: skip
    """A DataFrame as a table, its number columns last; `links` replaces the text of a column; `fold`: once clicked."""
    words = [name for name in table.columns if name not in numbers]
    rows = [
        [
            *(
                (links or {}).get(name, {}).get(str(row[name])) or html.escape(say.name(str(row[name])))
                for name in words
            ),
            *(_number(say, row[name]) for name in numbers),
        ]
        for row in table.to_dict("records")
    ]
    text = _grid(say(title), [say.name(name) for name in (*words, *numbers)], rows, right=len(numbers))
    return f"<details><summary>{say('table')}</summary>\n{text}</details>\n" if fold and len(rows) > 12 else text


def _number(say: Words, value: Any) -> str:
    return say("not_measured") if value is None or value != value else say.number(int(value))


def _grid(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], right: int) -> str:
    """A table with headers for columns and rows; the last `right` columns hold numbers. Cells are HTML."""
    first = len(head) - right
    kind = [' class="n"' if place >= first else "" for place in range(len(head))]
    top = "".join(f'<th scope="col"{of}>{cell}</th>' for cell, of in zip(head, kind, strict=True))
    body = "\n".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{of}>{cell}</td>" for cell, of in zip(row[1:], kind[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{title}">\n'
        f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
    )


def _link(text: str, address: str) -> str:
    said = html.escape(text)
    return f'<a href="{html.escape(address)}">{said}</a>' if re.match(r"https?://", address) else said


def _p(text: str, *, soft: bool = False) -> str:
    kind = ' class="soft"' if soft else ""
    return f"<p{kind}>{html.escape(text)}</p>\n"
