"""The commands, one subject a file; here what they share: the application, its options, and what an option means.

    @app.command()
    def check(folder: Folder = None) -> None: ...      # in mulco/commands/data.py; mulco/cli.py imports the file

Heavy modules are imported inside the commands, so `mulco --help` answers at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mulco.manifest import Manifest
    from mulco.plan import Plan, Settings

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None,
    help="Instruction datasets for code models, in English and Chinese: built, checked and traced row by row.",
)  # fmt: skip

Configs = Annotated[list[str] | None, typer.Argument(help="Configs such as code_search_zh; none: all.")]
Folder = Annotated[Path | None, typer.Argument(help="A built folder. Default: MULCO_DATA, else out/mulco.")]
Data = Annotated[Path | None, typer.Option("--data", help="A built folder. Default: MULCO_DATA, else out/mulco.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Upstream = Annotated[
    Path | None,
    typer.Option("--upstream", envvar="MULCO_UPSTREAM", help="Folder with <source>/..., see mulco sources."),
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many rows from each upstream file.")]
Licenses = Annotated[
    str | None,
    typer.Option(
        "--licenses", help="Only rows these permit: commercial, permissive, redistributable, SPDX ids; by comma."
    ),
]
RecipeName = Annotated[
    str | None, typer.Option("--recipe", help="A recipe file, or one that comes with mulco: collama_table, ...")
]
Synthesis = Annotated[
    list[Path] | None,
    typer.Option("--synthesis", help="Texts that mulco synth run wrote: a file or folder; may be repeated."),
]
Download = Annotated[
    bool, typer.Option("--download", envvar="MULCO_DOWNLOAD", help="Fetch upstream's files that are missing first.")
]
Profile = Annotated[
    str | None, typer.Option("--profile", help="Quality steps: none, codeup or strict. Default: strict.")
]

DEFAULT_OUT = Path("out/mulco")
FORMATS = "jsonl, alpaca, sharegpt, messages, llamafactory, axolotl, trl, pairs or collama."  # as mulco.export has them


def settings(
    upstream: Path | None,
    source: list[str] | None = None,
    limit: int | None = None,
    profile: str | None = None,
    licenses: str | None = None,
    recipe: str | None = None,
    synthesis: list[Path] | None = None,
) -> Settings:
    """The settings a command names; what a recipe says of them holds where the command says nothing."""
    from mulco.catalog import catalog
    from mulco.plan import Settings, from_environment, upstream_folder
    from mulco.steps import DEFAULT

    read = catalog().recipe(recipe) if recipe else None
    if read is not None:
        profile = profile or read.profile
        licenses = licenses or read.licenses
    texts = tuple(synthesis or ()) or (read.synthesis if read else ()) or from_environment().synthesis
    profile = profile or DEFAULT
    return Settings(upstream_folder(upstream), profile, tuple(source or ()), limit, licenses, read, texts)


def named(configs: list[str] | None, recipe: str | None) -> list[str]:
    """The configs a command names, else those of its recipe; none: all."""
    from mulco.catalog import catalog

    return configs or (list(catalog().recipe(recipe).configs) if recipe else [])


def plan_of(configs: list[str] | None, settings: Settings) -> Plan:
    from mulco.plan import make_plan

    return make_plan(configs or [], settings)


def built_folder(data: Path | None) -> Path:
    """The built folder a command reads: the one named, else MULCO_DATA, else the default of `mulco build`."""
    return data or Path(os.environ.get("MULCO_DATA") or DEFAULT_OUT)


def manifest_if_any(data: Path | None) -> Manifest | None:
    from mulco.manifest import NAME, Manifest

    folder = built_folder(data)
    return Manifest.load(folder) if data is not None or (folder / NAME).is_file() else None
