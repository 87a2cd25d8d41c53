"""The command line: the commands of `mulco/commands/`, and how an error or an interruption ends one.

Exit status: 0 done, 1 the data or the work failed, 2 wrong use. Errors are one sentence on standard error; `--debug`
in front of the command shows the traceback. Tables go to standard output, progress and notes to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from mulco.commands import analysis, app, arms, cards, data, evaluation, generation, hub, report, synth, training
from mulco.errors import MulcoError, UsageError
from mulco.version import VERSION

# Importing a file of commands adds them to `app`.
__all__ = [
    "analysis", "app", "arms", "cards", "data", "evaluation", "generation", "hub", "main", "report", "synth",
    "training",
]  # fmt: skip


def main() -> None:
    """Run the command line; a `MulcoError` becomes one sentence and an exit status."""
    debug = "--debug" in sys.argv[1:2]
    try:
        app()
    except MulcoError as err:
        if debug:
            raise
        print(f"Error: {err}", file=sys.stderr)
        sys.exit(2 if isinstance(err, UsageError) else 1)
    except (KeyboardInterrupt, SystemExit) as err:  # Typer makes an exit with status 130 of Ctrl-C
        if isinstance(err, SystemExit) and err.code != 130:
            raise
        print("Interrupted. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        print(VERSION)
        raise typer.Exit()


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand in front of the command."""
    if debug:
        os.environ["MULCO_DEBUG"] = "1"  # worker processes see it too


if __name__ == "__main__":
    main()
