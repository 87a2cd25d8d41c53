"""The exception tree. Each message says what was wrong, where, what was expected and what to do next.

ConfigNotFoundError: no config 'code_serach_zh'. Close matches: code_search_zh, code_search_en. All configs: mulco list
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MulcoError(Exception):
    """Anything mulco refuses with an explanation; the command line prints it without a traceback."""


class UsageError(MulcoError, ValueError):
    """The call itself is wrong (exit status 2)."""


class ConfigNotFoundError(UsageError):
    """A config name that does not exist."""

    def __init__(self, name: str | None, known: Iterable[str]) -> None:
        self.name, self.known = name, sorted(known)
        super().__init__(unknown("config", name, self.known, "All configs: mulco list"))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name, self.known)


class TemplateError(MulcoError, ValueError):
    """A template file that must not be used; names file and line."""


class SourceError(MulcoError):
    """Upstream input that cannot be read."""


class BrokenFileError(SourceError):
    """An upstream file that breaks its format as a whole: it is left out, everything else goes on."""

    def __init__(self, file: str, problem: str, remedy: str, line: int | None = None) -> None:
        self.file, self.problem, self.remedy, self.line = file, problem, remedy, line
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.file, self.problem, self.remedy, self.line)


class DownloadError(MulcoError):
    """An upstream file that could not be fetched. `kind` tells the reasons apart, see `mulco.transfer`."""

    def __init__(self, kind: str, address: str, problem: str, remedy: str) -> None:
        self.kind, self.address, self.problem, self.remedy = kind, address, problem, remedy
        super().__init__(f"{address}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.kind, self.address, self.problem, self.remedy)


class HubError(MulcoError):
    """What the Hub refuses, or what must not be sent there; says whether anything was published."""


class RowError(MulcoError, ValueError):
    """A finished row that breaks the row schema."""


class NoRowsError(MulcoError):
    """A data set has no rows where some were looked for, such as in a split that it does not have."""


class OutputError(MulcoError, OSError):
    """The result cannot be written; what stood there before is untouched."""


def unknown(kind: str, name: str | None, known: Iterable[str], hint: str) -> str:
    """A sentence that refuses `name` and offers what was probably meant."""
    known = list(known)
    if not name:
        return f"no {kind} named. Choose one of: {', '.join(known)}"
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    meant = f"Close matches: {', '.join(close)}. " if close else ""
    return f"no {kind} {name!r}. {meant}{hint}"
