"""What there is to build: tasks and sources, found by the names of their files, and the configs they give.

The file name is the registry: `builders/code_search.py` is the task `code_search` with the configs `code_search_en`
and `code_search_zh`; `builders/sources/NAME.py` is a source. Nothing else is registered anywhere.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mulco.errors import ConfigNotFoundError, UsageError, unknown
from mulco.recipe import Recipe, load_recipe
from mulco.row import LANGUAGES, TASKS
from mulco.source import Source, Want
from mulco.task import Task
from mulco.template import Pool, load_pool

BUILDERS = "mulco.builders"
JOINED = {"all_en": ("en",), "all_zh": ("zh",), "all": LANGUAGES}  # configs over the Parquet of others


@dataclass(frozen=True)
class Catalog:
    """Tasks and sources by name, and the folder with `<task>/<language>.yaml`."""

    tasks: Mapping[str, Task]
    sources: Mapping[str, Source]
    templates: Path

    @property
    def configs(self) -> dict[str, Want]:
        """Every config that is built, in order: task and language of `<task>_<language>`."""
        return {f"{task}_{language}": Want(task, language) for task in self.tasks for language in LANGUAGES}

    def members(self, config: str) -> list[str]:
        """The built configs behind a name: one, or those that a joined config reads; raises ConfigNotFoundError."""
        if config in JOINED:
            return [name for name, want in self.configs.items() if want.language in JOINED[config]]
        if config not in self.configs:
            raise ConfigNotFoundError(config, [*self.configs, *JOINED])
        return [config]

    def feeding(self, want: Want) -> list[Source]:
        """The sources that serve a task in a language, by name."""
        bound = self.tasks[want.task].text_bound
        return [
            source
            for name, source in sorted(self.sources.items())
            if want.task in source.tasks and (not bound or want.language in source.natural_languages)
        ]

    def source(self, name: str) -> Source:
        if name not in self.sources:
            raise UsageError(unknown("source", name, sorted(self.sources), "All sources: mulco sources"))
        return self.sources[name]

    def recipe(self, name: str) -> Recipe:
        """A recipe by the path of its file, or by the name of one that comes with mulco."""
        own = self.templates.parent / "recipes" / f"{name.removesuffix('.yaml')}.yaml"
        file = Path(name) if Path(name).is_file() else own
        if not file.is_file():
            raise UsageError(unknown("recipe", name, self.recipes, "Name a file, or one that comes with mulco"))
        return load_recipe(file, self.configs, self.sources)

    @property
    def recipes(self) -> list[str]:
        """The names of the recipes that come with mulco."""
        return sorted(file.stem for file in (self.templates.parent / "recipes").glob("*.yaml"))

    def pool(self, want: Want) -> Pool:
        """The wordings of a task in a language, read and checked; raises TemplateError."""
        return load_pool(self.tasks[want.task], want.language, self.templates / want.task / f"{want.language}.yaml")


@functools.cache
def catalog() -> Catalog:
    """The catalog of this installation."""
    builders = importlib.import_module(BUILDERS)
    sources = importlib.import_module(f"{BUILDERS}.sources")
    return Catalog(
        {name: importlib.import_module(f"{BUILDERS}.{name}").TASK for name in TASKS},
        {
            source.name: source
            for module in pkgutil.iter_modules(sources.__path__, f"{BUILDERS}.sources.")
            if (source := getattr(importlib.import_module(module.name), "SOURCE", None)) is not None
        },
        Path(builders.__path__[0]) / "templates",
    )
