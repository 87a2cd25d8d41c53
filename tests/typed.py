"""A command as it is typed, run in the process of a test.

run("check", folder).stdout
"""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner

from mulco.cli import app


def run(*arguments: object, said: str | None = None) -> Any:
    """What a command that succeeds printed; what it raises is raised here. `said` is typed while it runs."""
    done = CliRunner().invoke(app, list(map(str, arguments)), input=said)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done
