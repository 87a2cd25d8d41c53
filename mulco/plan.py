"""What a build will do, settled before it does anything: which shards, from which bytes, under which identity.

plan = make_plan(["code_search_zh"], Settings(upstream=Path("upstream")))
plan.configs["code_search_zh"].identity
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mulco.catalog import BUILDERS, Catalog, catalog
from mulco.errors import SourceError, UsageError
from mulco.identity import code_digest, digest, file_digest
from mulco.pipeline import Job
from mulco.recipe import Cell, Recipe
from mulco.row import schema_digest
from mulco.source import Source, Want
from mulco.steps import DEFAULT, Step, profile
from mulco.steps.licenses import only_licensed
from mulco.task import Task
from mulco.template import Pool
from mulco.written import Texts, Written, read_texts

LOCK = "sources.lock"  # in the upstream folder: {"<source>/<path>": "<sha256>"}, checked where a file is listed


@dataclass(frozen=True)
class Settings:
    """What a build may choose. The defaults are what `load_dataset("mulco", ...)` gives."""

    upstream: Path | None = None  # folder with `<source>/...`; None: only what ships with the package
    profile: str = DEFAULT
    sources: tuple[str, ...] = ()  # only these; empty: all
    limit: int | None = None  # at most so many rows from each upstream file
    licenses: str | None = None  # only rows these permit: classes and SPDX ids, see mulco.licenses
    recipe: Recipe | None = None  # only the training rows its cells choose
    synthesis: tuple[Path, ...] = ()  # Parquet, or folders of it, with texts that a model wrote

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the profile, as the recipe changes them, and the filter by licence.

        Those that compare rows come last: a row that must not be here takes no other's place.
        """
        steps = profile(self.profile, self.recipe.steps if self.recipe else None)
        licensed = (only_licensed(self.licenses),) if self.licenses else ()
        alone = tuple(step for step in steps if step.join is None)
        return (*alone, *licensed, *(step for step in steps if step.join is not None))

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"--limit must be at least 1, not {self.limit}")
        if self.upstream is not None and not self.upstream.is_dir():
            remedy = "name another with --upstream or MULCO_UPSTREAM"
            raise UsageError(f"the upstream folder {str(self.upstream)!r} does not exist; {remedy}")


@dataclass
class ConfigPlan:
    """One config: its jobs in the order of its rows, and the identity of those rows."""

    name: str
    want: Want
    jobs: list[Job] = field(default_factory=list)
    templates: str = ""  # digest of the wordings
    cells: tuple[Cell, ...] = ()  # of the recipe
    evaluation: list[Job] = field(default_factory=list)  # what the rows are compared with, see `_evaluation`

    @property
    def identity(self) -> str:
        jobs = [job.identity for job in self.jobs]
        more = [[job.identity for job in self.evaluation]] if self.evaluation else []
        return digest([jobs, [cell.facts for cell in self.cells], *more] if self.cells or more else jobs)


@dataclass
class Plan:
    """A whole build. `files` and `absent` list, by source, what is at hand and what is not."""

    settings: Settings
    configs: dict[str, ConfigPlan]
    files: dict[str, dict[str, tuple[str, int]]]  # source -> path -> (sha256, bytes)
    absent: dict[str, list[str]]
    sources: dict[str, Source]  # every source that feeds a planned config, at hand or not
    texts: Texts | None = None  # what a model wrote, where the settings name some

    @property
    def jobs(self) -> list[Job]:
        """What has to run, each shard once: configs in two languages are compared with the same items."""
        jobs = (job for config in self.configs.values() for job in (*config.jobs, *config.evaluation))
        return list({job.identity: job for job in jobs}.values())


def cache_folder() -> Path:
    """`MULCO_CACHE`, by default `$XDG_CACHE_HOME/mulco`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MULCO_CACHE") or Path(base) / "mulco")


def download_folder() -> Path:
    """Where `--download` puts upstream's files, in the layout that `--upstream` reads."""
    return cache_folder() / "upstream"


def upstream_folder(named: Path | None = None) -> Path | None:
    """The folder that is read: the one named, else the files downloaded before, else None. The two are never mixed."""
    return named or (download_folder() if download_folder().is_dir() else None)


def from_environment(licenses: str | None = None) -> Settings:
    """Settings of a build that nobody described: `MULCO_UPSTREAM`, else files downloaded before, else the starter.

    `MULCO_SYNTHESIS` names files or folders of texts that a model wrote, separated as in PATH.
    """
    named = os.environ.get("MULCO_UPSTREAM")
    texts = tuple(Path(path) for path in os.environ.get("MULCO_SYNTHESIS", "").split(os.pathsep) if path)
    return Settings(upstream_folder(Path(named) if named else None), licenses=licenses, synthesis=texts)


def make_plan(configs: Iterable[str], settings: Settings, known: Catalog | None = None) -> Plan:
    """Plan the named configs (none named: all). Checks every name and wording, and hashes the files that are read."""
    known = known or catalog()
    for name in settings.sources:
        known.source(name)
    named = list(configs) or (settings.recipe.configs if settings.recipe else [])
    wanted = dict.fromkeys(member for config in named or known.configs for member in known.members(config))
    reader = _Files(settings.upstream)
    texts = read_texts(settings.synthesis) if settings.synthesis else None
    plan = Plan(settings, {}, reader.digests, {}, {}, texts)
    for name in wanted:
        config = plan.configs[name] = ConfigPlan(name, known.configs[name])
        config.cells = settings.recipe.of(name) if settings.recipe else ()
        pool = known.pool(config.want)
        config.templates = pool.digest
        for source, spoken in _feeding(known, config.want, texts):
            if not settings.sources or source.name in settings.sources:
                folder = folder_of(source, settings.upstream)
                plan.absent[source.name] = absent(source, folder)
                plan.sources[source.name] = source
                if folder is not None:
                    task = known.tasks[config.want.task]
                    written = texts.written(task, source.name, pool.language, spoken) if texts else None
                    config.jobs += _jobs(name, task, pool, source, folder, settings, reader, spoken, written)
                    if any(step.evaluation for step in settings.steps):
                        config.evaluation += _evaluation(known, task.name, pool, source, folder, settings, reader)
        config.jobs.sort(key=lambda job: (job.shard.split, job.source.name))
    return plan


def _feeding(known: Catalog, want: Want, texts: Texts | None) -> Iterator[tuple[Source, str]]:
    """The sources of a config and the language they are read in: another than the rows' where texts are translated."""
    own = known.feeding(want)
    for name, source in sorted(known.sources.items()):
        if source in own:
            yield source, want.language
        elif texts is not None and want.task in source.tasks and (want.task, name, want.language) in texts.serve:
            yield source, texts.serve[want.task, name, want.language]


def _jobs(
    config: str,
    task: Task,
    pool: Pool,
    source: Source,
    folder: Path,
    settings: Settings,
    reader: _Files,
    spoken: str,
    written: Written | None,
) -> Iterator[Job]:
    """The shards of one source for one config, each under the digest of all that decides its rows."""
    steps = settings.steps
    functions = (task.prepare, source.shards, source.read, *(step.run for step in steps))
    modules = ["mulco.pipeline", f"{BUILDERS}.{task.name}", *(function.__module__ for function in functions)]
    shared: dict[str, Any] = {
        "config": config,
        "schema": schema_digest(),
        "templates": pool.digest,
        "steps": [step.facts for step in steps],
        "code": code_digest(modules),
        "limit": settings.limit,
    }
    if written is not None:
        modules.append(type(written).__module__)
        shared.update(code=code_digest(modules), synthesis=list(written.digests), spoken=spoken)
    for shard in source.shards(folder, Want(task.name, spoken)):
        files = [(file, reader.digest(source, folder, file)) for file in shard.files]
        refusal = reader.refusal(source, shard.files)
        facts = {**shared, "source": source.name, "split": shard.split, "files": files}
        identity = digest(facts | {"refusal": refusal} if refusal else facts)
        job = Job(identity, config, task, pool.language, source, folder, shard, pool, steps, settings.limit, refusal)
        yield replace(job, written=written) if written is not None else job


def _evaluation(
    known: Catalog, own: str, pool: Pool, source: Source, folder: Path, settings: Settings, reader: _Files
) -> Iterator[Job]:
    """The validation and test shards of a source for the tasks of other configs.

    What they hold must not be trained on, in any task. They are those of the config's own sources, whichever configs
    are asked for, so a config gives the same rows alone and in a whole build. They are read as records: no wording and
    no other task's code decides about them. A task whose languages share their items is read once.
    """
    steps = tuple(step for step in settings.steps if step.evaluation)
    modules = ["mulco.pipeline", *(f.__module__ for f in (source.shards, source.read, *(step.run for step in steps)))]
    shared = {"steps": [step.facts for step in steps], "code": code_digest(modules), "limit": settings.limit}
    for name in source.tasks:
        task = known.tasks.get(name)
        if task is None or name == own:
            continue
        for language in source.natural_languages if task.text_bound else ("en",):
            for shard in source.shards(folder, Want(name, language)):
                if shard.split == "train":
                    continue
                files = [(file, reader.digest(source, folder, file)) for file in shard.files]
                refusal = reader.refusal(source, shard.files)
                facts = {**shared, "evaluation": [source.name, name, language, shard.split], "files": files}
                identity = digest(facts | {"refusal": refusal} if refusal else facts)
                job = Job(identity, "", task, language, source, folder, shard, pool, steps, settings.limit, refusal)
                yield replace(job, evaluation=True)


def folder_of(source: Source, upstream: Path | None) -> Path | None:
    """Where a source's files are at hand, or None."""
    if source.folder is not None:
        return source.folder
    folder = upstream / source.name if upstream is not None else None
    return folder if folder is not None and folder.is_dir() else None


def absent(source: Source, folder: Path | None) -> list[str]:
    """The files of a source of which nothing is at hand."""
    return [file.path for file in source.files if folder is None or not any(folder.glob(file.path))]


def read_lock(upstream: Path) -> dict[str, str]:
    """The checksums of `sources.lock`, none where it is not there; raises SourceError where it is damaged."""
    lock = upstream / LOCK
    try:
        return dict(json.loads(lock.read_text("utf-8"))) if lock.is_file() else {}
    except (ValueError, TypeError) as err:
        raise SourceError(f"{LOCK}: not a JSON object of checksums ({err}). Correct or remove it") from err


class _Files:
    """Digests of the files that are read, each hashed once, and what `sources.lock` says they should be."""

    def __init__(self, upstream: Path | None) -> None:
        self.digests: dict[str, dict[str, tuple[str, int]]] = {}
        self.locked = read_lock(upstream) if upstream is not None else {}

    def digest(self, source: Source, folder: Path, file: str) -> str | None:
        """sha256 of a file; None where it is missing, which the shard's reader will say."""
        of_source = self.digests.setdefault(source.name, {})
        if file not in of_source:
            try:
                path = folder / file
                of_source[file] = file_digest(path), path.stat().st_size
            except OSError:
                return None
        return of_source[file][0]

    def refusal(self, source: Source, files: tuple[str, ...]) -> tuple[str, str, str] | None:
        for file in files:
            name = f"{source.name}/{file}"
            found = self.digests.get(source.name, {}).get(file)
            if found is not None and self.locked.get(name, found[0]) != found[0]:
                problem = f"its sha256 is {found[0]}, but {LOCK} expects {self.locked[name]}"
                return name, problem, f"Fetch the file again, or correct {LOCK} if the change is meant"
        return None
