"""The command report: a built folder as a page with charts, in English and Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mulco.commands import AsJson, Folder, app, built_folder
from mulco.console import note, print_json, reading
from mulco.errors import UsageError


@app.command()
def report(
    folder: Folder = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write. Default: DIR/report.")] = None,
    language: Annotated[str, typer.Option("--language", help="en, zh or both.")] = "both",
    as_json: AsJson = False,
) -> None:
    """Write a report of a built folder: a page without scripts or requests, pictures for cards, tables as CSV."""
    from mulco.report.page import write_report
    from mulco.report.words import LANGUAGES

    if language not in (*LANGUAGES, "both"):
        raise UsageError(f"--language {language}: expected en, zh or both")
    built = built_folder(folder)
    where = out or built / "report"
    with reading(f"Reading {built}") as tick:
        files = write_report(built, where, LANGUAGES if language == "both" else (language,), tick)
    if as_json:
        print_json({"folder": str(where), "files": [file.name for file in files]})
        return
    for file in files:
        print(file)
    if where.resolve() == (built / "report").resolve():
        note(f"To show the pictures on the card: mulco card {built}")
