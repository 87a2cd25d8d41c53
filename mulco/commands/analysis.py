"""The command analyze: what a data set is made of, by the four factors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mulco.commands import AsJson, Data, app
from mulco.console import measuring, note, print_json, working
from mulco.errors import UsageError

if TYPE_CHECKING:
    from mulco.analysis.labels import Asked
    from mulco.analysis.result import Analysis
    from mulco.analysis.rows import Target

By = Annotated[
    str,
    typer.Option("--by", help="Groups: config, source, task, language, programming_language, license or file."),
]
MODEL = "model"  # of --labels

# Categories as columns name them, in the study's order.
SHORT = ("algo", "math", "sql", "system", "web", "data", "perf", "ui", "domain", "sec")
WIDTH, NAME = 100, 30  # characters: of a table off a terminal, and of a name in it
BOX = 24  # characters of the picture of quartiles


@app.command()
def analyze(
    targets: Annotated[
        list[str],
        typer.Argument(help="Built folders, arms, folders or files of rows (Parquet, JSON, CSV), configs, Hub ids."),
    ],
    by: By = "config",
    split: Annotated[str, typer.Option("--split", help="train, validation, test or all.")] = "train",
    config: Annotated[
        list[str] | None, typer.Option("--config", help="Of built folders, only this config; may be repeated.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many rows of each data set, chosen by a hash.")
    ] = None,
    embedder: Annotated[
        str,
        typer.Option("--embedder", help="tfidf, or a sentence-transformers model; with --base-url its name there."),
    ] = "tfidf",
    labels: Annotated[
        str,
        typer.Option(
            "--labels", help="Domain and category by: rules; rows (what a build has in quality); model (it is asked)."
        ),
    ] = "rules",
    base_url: Annotated[
        str | None, typer.Option("--base-url", help="An OpenAI-compatible endpoint for --embedder NAME, or for labels.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="With --labels model: who is asked, there.")] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Rows may be sent to an endpoint that is not on this machine.")
    ] = False,
    max_requests: Annotated[
        int | None, typer.Option("--max-requests", min=1, help="With --labels model: send at most so many requests.")
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", min=0, help="With --labels model: spend at most so much; needs --prices."),
    ] = None,
    prices: Annotated[
        Path | None, typer.Option("--prices", help="Your prices for a million tokens: a YAML file, by model.")
    ] = None,
    data: Data = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the embedding and the clusters.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one a core.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write analysis.json and rows.parquet into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what data are made of: domains, diversity, complexity, and the tasks they cover, for the whole and by group.

    Any data set of instructions will do; several are compared in one space, and by joint ranks.
    """
    from mulco.analysis.analyze import analyze as run_analyze
    from mulco.analysis.analyze import write
    from mulco.analysis.embedding import open_embedder

    places_by_endpoint = base_url is not None and embedder != "tfidf"
    if base_url is not None and not places_by_endpoint and labels != MODEL:
        raise UsageError("--base-url is for --embedder NAME or --labels model. Name one of them, or leave it out")
    space = open_embedder(embedder, base_url if places_by_endpoint else None, allow_remote=allow_remote)
    asked = _asked(labels, base_url, model, allow_remote, max_requests, max_cost, prices)
    if data is not None:
        os.environ["MULCO_DATA"] = str(data)
    found = [resolved(target, config or ()) for target in targets]
    with measuring("Measuring rows") as tick:
        analysis = run_analyze(
            found, by=by, split=split, limit=limit, embedder=space, labels=asked, seed=seed, workers=workers, tick=tick
        )
    if out is not None:
        write(analysis, out)
    if as_json:
        print_json({"facts": analysis.facts, "summary": analysis.summary})
    else:
        _print(analysis)
    if out is not None:
        note(f"Written: {out}. To cut arms from it: mulco select --analysis {out} ...")


def resolved(target: str, configs: Sequence[str] = ()) -> Target:
    """A file, a folder, a config or a repository on the Hub as what is analysed; raises UsageError for anything else.

    A config is built if it has to be, a repository is pulled.
    """
    import re

    from mulco.analysis.rows import Target
    from mulco.catalog import JOINED, catalog
    from mulco.errors import unknown
    from mulco.resolve import require_files, rows_of

    path = Path(target)
    if path.exists():
        return Target("", (path,), tuple(configs))
    known = [*catalog().configs, *JOINED]
    if target in known:
        with working(f"Looking for the rows of {target}"):
            rows = rows_of(target)
            require_files(rows)
        return Target(target, tuple(dict.fromkeys(one.folder for one in rows)), tuple(one.config for one in rows))
    if re.fullmatch(r"[\w.-]+/[\w.-]+", target) and not path.suffix:
        from mulco.hub.pull import pull

        with working(f"Pulling {target}"):
            return Target(target, (pull(target, kind="dataset").folder,), tuple(configs))
    raise UsageError(
        f"{target}: no such file or folder, and " + unknown("config", target, known, "All configs: mulco list")
    )


def _asked(
    labels: str, base_url: str | None, model: str | None, allow_remote: bool, max_requests: int | None,
    max_cost: float | None, prices: Path | None,
) -> str | Asked:  # fmt: skip
    from mulco.analysis.labels import Asked
    from mulco.plan import cache_folder

    if labels != MODEL:
        if model is not None:
            raise UsageError("--model is who is asked for labels. Add --labels model, or leave it out")
        if any(limit is not None for limit in (max_requests, max_cost, prices)):
            raise UsageError(
                "--max-requests, --max-cost and --prices are for --labels model. Add it, or leave them out"
            )
        return labels
    if base_url is None or model is None:
        raise UsageError("--labels model needs an endpoint and a name: --base-url URL --model NAME")
    return Asked(base_url, model, cache_folder() / "labels", allow_remote, max_requests, max_cost, prices)


# Tables: one a factor, a line for each data set and for each of its groups.


def _print(analysis: Analysis) -> None:
    """What an analysis says, on standard output; how it was made, on standard error."""
    facts = analysis.facts
    lines = _lines(analysis.summary)
    names = [name for name, _ in lines]
    _table("Domain", "", names, lines, {
        "rows": lambda one: f"{one['rows']:,}",
        "tokens": lambda one: f"{one['tokens']:,}",
        "code": lambda one: _share(one["code"]),
        "mathematics": lambda one: _share(one["mathematics"]),
        "general": lambda one: _share(one["general"]),
    })  # fmt: skip
    if facts.get("embedder"):
        sample = facts["sample"]
        _table("Diversity", f"Vendi score and clusters of {sample:,} rows of each line", names, lines, {
            "mean cosine": lambda one: _number(one["mean_cosine"], 3),
            "Vendi": lambda one: _number(one["vendi"], 1),
            f"clusters of {facts['clusters']}": lambda one: _number(one["clusters"], 1),
            "coverage": lambda one: _share(one["coverage"]),
        })  # fmt: skip
    _table("Complexity", "mean of four ranks over all rows, 0 to 1; ━ is the middle half, ┃ the median", names, lines, {
        "mean": lambda one: _number(one["complexity"], 3),
        f"0 {'quartiles'.center(BOX - 4)} 1": _box,
        "lower": lambda one: _number(one["complexity_p25"], 2),
        "median": lambda one: _number(one["complexity_p50"], 2),
        "upper": lambda one: _number(one["complexity_p75"], 2),
    })  # fmt: skip
    _table("What it is made of", "medians over the rows that have them", names, lines, {
        "decisions": lambda one: _number(one["decisions"], 0),
        "nesting": lambda one: _number(one["nesting"], 0),
        "lines": lambda one: _number(one["lines"], 0),
        "perplexity": lambda one: _number(one["perplexity"], 1),
        "code parsed": lambda one: _share(one["coded"]),
    })  # fmt: skip
    _table("Tasks", "of the rows that have a category; ALG is algo and math below", names, lines, {
        "ALG": lambda one: _share(one["algorithmic"]),
        "entropy": lambda one: _number(one["entropy"], 2),
        "≥ 1 %": lambda one: f"{one['categories']}",
        "without": lambda one: _share(one["unassigned"]),
    })  # fmt: skip
    columns = {
        short: lambda one, name=name: _share(one["category_shares"][name], "%")
        for short, name in zip(SHORT, lines[0][1]["category_shares"], strict=True)
    }
    _table("Categories", "per cent of the rows that have one", names, lines, columns)
    spent = ", ".join(f"{name} {factor['seconds']:,.1f} s" for name, factor in facts["factors"].items())
    note(f"{facts['rows']:,} rows in {facts['run']['seconds']:,.1f} s; CPU seconds: {spent}.")
    if facts.get("embedder"):
        note(f"Placed by {facts['embedder']}. Under another embedder diversity has other figures.")
    if facts["labels"]["by"] != "rules":
        _labels(facts["labels"], facts["rows"])


def _labels(facts: dict[str, Any], rows: int) -> None:
    """Who labelled how many rows, and how far rules agree."""
    who = f"{facts['model']} at {facts['endpoint']}" if "model" in facts else "a model, as the rows say"
    note(f"Domain and category by {who}: {facts['labelled']:,} of {rows:,} rows; of the others by rules.")
    unlabelled = facts.get("rows", 0) - facts["labelled"] - sum(facts.get("withheld", {}).values())
    if facts.get("withheld"):
        note(f"Not sent, as they seem to hold a secret: {sum(facts['withheld'].values()):,} rows.")
    if unlabelled > 0:
        note(f"{unlabelled:,} rows have no answer, or one that was refused. The same command goes on from there.")
    kappas = [(name, facts["agreement"][name]) for name in ("domain", "category")]
    if said := [f"{name} {kappa:.2f}" for name, kappa in kappas if kappa is not None]:
        note(f"Cohen's kappa with the rules: {', '.join(said)}.")


def _lines(summary: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Name and entry of each line: a data set, then its groups, unless one group is all of it."""
    groups: dict[str, int] = {}
    for one in summary:
        groups[one["dataset"]] = groups.get(one["dataset"], 0) + (one["group"] != "")
    lines = []
    for one in summary:
        if not one["group"]:
            lines.append((_shortened(one["dataset"], NAME), one))
        elif groups[one["dataset"]] > 1:
            lines.append((f"  {_shortened(one['group'], NAME - 2)}", one))
    return lines


def _shortened(name: str, most: int) -> str:
    """The end of a name that is too long: that is where names differ."""
    return name if len(name) <= most else f"…{name[1 - most :]}"


def _table(title: str, said: str, names: Sequence[str], lines: Sequence[Any], columns: dict[str, Any]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True, min_width=min(NAME, max(map(len, names))))
    for column in columns:
        table.add_column(column, justify="left" if "quartiles" in column else "right", no_wrap=True)
    for name, one in lines:
        style = "" if one["group"] else "bold"
        table.add_row(name, *(cell(one) for cell in columns.values()), style=style)
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(width=WIDTH, highlight=False)
    console.print(f"[bold]{title}[/bold]" + (f"  [dim]{said}[/dim]" if said else ""))
    console.print(table)


def _share(value: float | None, unit: str = " %") -> str:
    """A share as per cent; what is there, but is less than can be shown, is said to be."""
    if value is None:
        return "-"
    if value == 0:
        return "·"
    return f"{100 * value:.1f}{unit}" if unit == " %" else f"{100 * value:.1f}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _box(one: dict[str, Any]) -> str:
    """The quartiles as a picture of the scale from 0 to 1: the middle half, and the median in it."""
    if one["complexity_p50"] is None:
        return "-"
    first, middle, last = (round(one[f"complexity_p{p}"] * (BOX - 1)) for p in (25, 50, 75))
    return "".join("┃" if i == middle else "━" if first <= i <= last else "·" for i in range(BOX))
