"""What the pages of a report share: their look, their frame, figures and tables as HTML, and how files are written.

    text = document(say, "Report on rows", {"rows": p("Two rows.") + grid("Rows", ["task", "rows"], [["qa", "2"]], 1)})
    write(Path("out"), {"report.html": text}, charts, tables)      # and out/rows.png, out/rows.csv

A page needs nothing but itself: no script, no font, no request.
"""

from __future__ import annotations

import html
import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulco.errors import OutputError
from mulco.report.drawing import Chart
from mulco.report.words import LANGUAGES, Words

if TYPE_CHECKING:
    import pandas as pd

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


@contextmanager
def drawing() -> Iterator[None]:
    """Matplotlib without its warnings: Chinese is measured with a font that lacks it, and drawn by the browser."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        yield


def document(
    say: Words,
    title: str,
    sections: Mapping[str, str],
    *,
    made_by: str,
    lead: str,
    foot: str,
    beside: str | None,
    pages: Mapping[str, tuple[str, str]] | None = None,
    style: str = "",
) -> str:
    """A page of sections, each a key of the words and its HTML.

    `beside` is the file of the page in the other language, and `pages` maps a key of the words to other pages'
    files, English and Chinese, that this one links to. `style` is added to the look that all pages share.
    """
    said = html.escape(title)
    other = next(one for one in LANGUAGES if one != say.language)
    links = [f'<a href="{say.pair(files)}">{say(key)}</a>' for key, files in (pages or {}).items()]
    links += [f'<a href="{beside}" lang="{other}">{say("other")}</a>'] if beside else []
    contents = "".join(f'<li><a href="#{name}">{say(name)}</a></li>' for name in sections)
    body = "\n".join(
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{say(name)}</h2>\n{text}\n</section>'
        for name, text in sections.items()
    )
    language = {"en": "en", "zh": "zh-Hans"}[say.language]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{said}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n"
        f'<div class="top"><span>{html.escape(made_by)}</span>{"".join(links)}</div>\n'
        f"<header>\n<h1>{said}</h1>\n{lead}</header>\n"
        f'<nav aria-label="{say("contents")}"><ul>{contents}</ul></nav>\n<main>\n{body}\n</main>\n'
        f'<footer class="soft"><p>{foot}</p></footer>\n</body>\n</html>\n'
    )


def write(
    out: Path, pages: Mapping[str, str], charts: Iterable[Chart], tables: Mapping[str, pd.DataFrame]
) -> list[Path]:
    """Write pages, pictures and tables; returns the files, the pages first."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        files = [out / name for name in pages]
        for name, text in pages.items():
            (out / name).write_text(text, "utf-8", newline="\n")
        for chart in charts:
            files.append(out / f"{chart.file}.png")
            chart.png(files[-1])
        for name, table in tables.items():
            files.append(out / f"{name}.csv")
            table.to_csv(files[-1], index=False, lineterminator="\n")
    except OSError as err:
        raise OutputError(f"{out}: the report cannot be written ({err}). Name another folder with --out") from err
    return files


def files_of(say: Words, tables: Iterable[str]) -> str:
    """The sentence that links to the tables' files."""
    names = (f'<a href="{name}.csv">{name}.csv</a>' for name in tables)
    return say("tables_files", files=say.stop(*names))


def figure(chart: Chart | None) -> str:
    if chart is None:
        return ""
    legend = "".join(f'<span><i style="background:{colour}"></i>{html.escape(label)}</span>' for label, colour in
                     chart.legend)  # fmt: skip
    return f"<figure>\n{chart.svg()}<figcaption>{legend}</figcaption>\n</figure>\n"


def table_of(
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
            *(number_of(say, row[name]) for name in numbers),
        ]
        for row in table.to_dict("records")
    ]
    text = grid(say(title), [say.name(name) for name in (*words, *numbers)], rows, right=len(numbers))
    return f"<details><summary>{say('table')}</summary>\n{text}</details>\n" if fold and len(rows) > 12 else text


def number_of(say: Words, value: Any) -> str:
    return say("not_measured") if value is None or value != value else say.number(int(value))


def grid(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], right: int) -> str:
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


def link(text: str, address: str) -> str:
    said = html.escape(text)
    return f'<a href="{html.escape(address)}">{said}</a>' if re.match(r"https?://", address) else said


def p(text: str, *, soft: bool = False) -> str:
    kind = ' class="soft"' if soft else ""
    return f"<p{kind}>{html.escape(text)}</p>\n"
