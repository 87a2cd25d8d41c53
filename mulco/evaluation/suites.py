"""What `--suite` names: rows of a config, or problems of an evaluation set that are solved by running programs.

    targets(["mulco"])                 # a target for each config
    targets(["humaneval-x:java"])      # one programming language of a set

A set in several programming languages is a target for each language whose tools are here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mulco.catalog import JOINED, catalog
from mulco.download import download
from mulco.errors import DownloadError, MulcoError, SourceError, UsageError, unknown
from mulco.evaluation.sets import SUITES, Problem, Suite
from mulco.languages import canonical
from mulco.plan import download_folder, upstream_folder
from mulco.source import Malformed, Source

ROWS = "mulco"
LANGUAGES = {
    "humaneval-x": ("python", "javascript", "java", "c++", "go", "rust"),
    "multipl-e": ("c++", "c#", "go", "java", "javascript", "php", "python", "ruby", "rust", "bash", "typescript"),
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One thing to judge on: `suite` is `mulco` and `config` a config, or `suite` a set and `part` its language."""

    suite: str
    config: str
    part: str | None = None


def targets(names: Sequence[str]) -> list[Target]:
    """The targets of all names, each once; raises UsageError for an unknown one."""
    found: list[Target] = []
    for name in names:
        found.extend(_targets(name))
    return list(dict.fromkeys(found))


def _targets(name: str) -> list[Target]:
    suite, _, part = name.partition(":")
    if name == ROWS:
        name = "all"
    if name in catalog().configs or name in JOINED:
        return [Target(ROWS, config) for config in catalog().members(name)]
    if suite not in SUITES:
        known = [ROWS, *SUITES, *catalog().configs, *JOINED]
        raise UsageError(unknown("suite", name, known, f"Suites: {ROWS}, {', '.join(SUITES)}, and every config"))
    if suite not in LANGUAGES:
        if part:
            raise UsageError(f"{suite} is in Python alone and has no parts. Leave out :{part}")
        return [Target(suite, suite)]
    if not part:
        return [Target(suite, f"{suite}:{language}", language) for language in LANGUAGES[suite]]
    language = canonical(part) or part
    if language not in LANGUAGES[suite]:
        parts = ", ".join(LANGUAGES[suite])
        raise UsageError(unknown(f"part of {suite}", part, LANGUAGES[suite], f"Its languages: {parts}"))
    return [Target(suite, f"{suite}:{language}", language)]


def problems_of(target: Target, upstream: Path | None, split: str = "test", limit: int | None = None) -> list[Problem]:
    """The problems of a target, in upstream's order; raises MulcoError where a file is missing or breaks its format."""
    suite = SUITES[target.suite]
    folder = upstream_folder(upstream)
    if folder is None or not (folder / suite.folder).is_dir():
        where = f"no {suite.folder} in {folder}" if folder else "no upstream folder"
        raise SourceError(
            f"{suite.title}: {where}. Name the folder with --upstream or MULCO_UPSTREAM, or fetch it with --download"
        )
    found = []
    for item in suite.read(folder / suite.folder):
        if isinstance(item, Malformed):
            raise SourceError(
                f"{item.file}, line {item.line}: {item.problem}. Scores need every problem: fetch it anew"
            )
        if item.split == split and target.part in (None, item.programming_language):
            found.append(item)
    if not found:
        raise MulcoError(f"{target.config}: no problems at hand in the split {split}. Fetch {suite.files[0].url}")
    return list(islice(found, limit))


def fetch(target: Target, upstream: Path | None) -> None:
    """Fetch the files of a set where they are missing; raises DownloadError. They go where downloads of sources go."""
    suite = SUITES[target.suite]
    if upstream is not None:
        raise UsageError(f"downloads go to {download_folder()}. Leave out --download, or --upstream {upstream}")
    problems = download([_as_source(suite)], download_folder())
    if problems:
        raise DownloadError("failed", suite.files[0].url, "; ".join(problems), "Try again, or fetch it by hand")


def _as_source(suite: Suite) -> Source:
    """A set as what the downloads know: a folder and its files. It feeds no task."""
    return Source(
        name=suite.folder, title=suite.title, homepage=suite.homepage, paper=suite.paper, citation="",
        revision=suite.revision, license=suite.license, natural_languages=(), programming_languages=(), tasks=(),
        files=suite.files, shards=lambda folder, want: iter(()), read=lambda folder, shard: iter(()),
    )  # fmt: skip
