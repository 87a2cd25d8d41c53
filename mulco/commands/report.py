"""The command report: a built folder as pages with charts, and the four factors of any data set, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mulco.commands import AsJson, app, built_folder
from mulco.console import measuring, note, print_json, reading
from mulco.errors import UsageError

if TYPE_CHECKING:
    from mulco.analysis.result import Analysis


@app.command()
def report(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A built folder. Default: MULCO_DATA, else out/mulco; with --analysis: none is read."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write. Default: DIR/report, or ANALYSIS/report without DIR.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="en, zh or both.")] = "both",
    factors: Annotated[
        bool,
        typer.Option(
            "--factors", help="Also a page of the four factors: domain, diversity, complexity, task coverage."
        ),
    ] = False,
    beside: Annotated[
        str | None,
        typer.Option("--beside", help="With --factors: compare with this folder, config, repository or Alpaca file."),
    ] = None,
    analysis: Annotated[
        Path | None,
        typer.Option("--analysis", help="With --factors: what mulco analyze --out wrote, instead of analysing now."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a report of a built folder: a page without scripts or requests, pictures for cards, tables as CSV.

    With --factors a second page shows the four factors. Of data that mulco did not build there is only that page:
    mulco analyze FILE --out DIR, then mulco report --factors --analysis DIR.
    """
    from mulco.manifest import Manifest
    from mulco.report.page import write_report
    from mulco.report.words import LANGUAGES

    if language not in (*LANGUAGES, "both"):
        raise UsageError(f"--language {language}: expected en, zh or both")
    for option, value in (("--beside", beside), ("--analysis", analysis)):
        if value is not None and not factors:
            raise UsageError(f"{option} says what the page of factors shows: add --factors")
    if beside is not None and analysis is not None:
        raise UsageError("--beside and --analysis do not go together: mulco analyze takes both data sets by name")
    languages = LANGUAGES if language == "both" else (language,)
    built = None if folder is None and analysis is not None else built_folder(folder)
    where = out or (built or analysis or Path()) / "report"
    if built is not None:
        Manifest.load(built)  # a folder without one is told of before minutes are spent on its rows
    files = []
    if factors:
        from mulco.report.factors import write_factors

        files = write_factors(_analysis(built, beside, analysis), where, languages, report=built is not None)
    if built is not None:
        with reading(f"Reading {built}") as tick:
            files = [*write_report(built, where, languages, tick, factors=factors), *files]
    if as_json:
        print_json({"folder": str(where), "files": [file.name for file in files]})
        return
    for file in files:
        print(file)
    if built is not None and where.resolve() == (built / "report").resolve():
        note(f"To show the pictures on the card: mulco card {built}")


def _analysis(built: Path | None, beside: str | None, folder: Path | None) -> Analysis:
    """An analysis read from `folder`, else made now of what is compared."""
    from mulco.analysis.analyze import analyze, load

    if folder is not None:
        return load(folder)
    from mulco.commands.analysis import resolved

    targets = [resolved(target) for target in (str(built), beside) if target is not None]
    with measuring("Measuring rows") as tick:
        return analyze(targets, tick=tick)
