"""Commands around cards: card, and what `mulco check --card` does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mulco.commands import DEFAULT_OUT, AsJson, app
from mulco.console import note, print_json, working
from mulco.errors import MulcoError, UsageError


@app.command()
def card(
    folder: Annotated[Path, typer.Argument(help="A built folder, or the folder of a trained model.")] = DEFAULT_OUT,
    name: Annotated[
        str | None, typer.Option("--name", help="Name on the Hub that the card loads it by, such as ORG/mulco.")
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", help="Evaluation results of a model or its base: a file or a folder. Repeatable."),
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option("--benchmark", help="Report a suite as the Hub's benchmark: humaneval=REPO. Repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the cards of a dataset or model folder, in English and Chinese, from its own records alone."""
    from mulco.cards.check import check_card, kind_of, name_in
    from mulco.cards.page import is_name

    if name is not None and not is_name(name):
        raise UsageError(f"--name {name}: expected NAMESPACE/NAME as on the Hub, such as ORG/mulco")
    kind = kind_of(folder)
    if kind == "dataset":
        from mulco.cards.dataset import HERE, write_card
        from mulco.manifest import Manifest

        if results or benchmark:
            raise UsageError(f"--results and --benchmark are for models, and {folder} is a built dataset")
        files = write_card(folder, Manifest.load(folder), name=name or name_in(folder / "README.md") or HERE)
    else:
        from mulco.cards import model

        files = model.write_card(folder, name or name_in(folder / "README.md"), results or (), benchmark or ())
    with working(f"Checking {folder}"):
        problems = list(check_card(folder))
    if as_json:
        print_json({"kind": kind, "files": files, "problems": problems})
    else:
        for file in files:
            print(folder / file)
        for problem in problems:
            note(problem)
    raise typer.Exit(1 if problems else 0)


def check_cards(where: Path) -> None:
    """Check the cards of a folder, or of a repository on the Hub where there is no such folder."""
    from mulco.cards.check import check_card, fetch
    from mulco.cards.page import is_name

    repo_id = where.as_posix() if not where.exists() and where != DEFAULT_OUT and is_name(where.as_posix()) else None
    folder = fetch(repo_id) if repo_id else where
    with working(f"Checking {where}"):
        problems = list(check_card(folder, repo_id))
    for problem in problems:
        print(problem)
    if problems:
        raise MulcoError(f"{where}: {len(problems)} problems. To write the cards anew from the facts: mulco card DIR")
    note(f"{where}: the cards agree with the facts, and the facts with the files.")
