"""A job: what a model is to write, for which records of which sources. One YAML file, read into one dataclass.

    # translate_zh.yaml
    title: Chinese summaries, descriptions and queries from English ones
    kind: translate
    from: en
    to: zh
    tasks: [code_summarization, code_generation, code_search]
    sources: [snippets]
    rows: 10000

The kinds: `translate` the text of a record; `rewrite` a docstring into an instruction; `evolve` an instruction into a
more demanding one that its code already meets; `instruct` writes an instruction for a snippet;
`label` difficulty, paradigm, domain and category; `judge` whether text and code fit; `propose` wordings for a person to
review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from mulco.catalog import Catalog, catalog
from mulco.errors import UsageError, unknown
from mulco.row import LANGUAGES
from mulco.source import SPLITS
from mulco.written import KINDS, REWRITING

ALL_KINDS = (*KINDS, "propose")


@dataclass(frozen=True)
class Job:
    """What a job may set. `rows` are chosen by a stable hash of the row's id, so more rows contain the fewer."""

    name: str
    title: str
    kind: str
    tasks: tuple[str, ...]
    from_language: str = "en"  # of the text that the model reads
    language: str = "en"  # of the text that it writes
    sources: tuple[str, ...] = ()  # none: every source that feeds the tasks in `from_language`
    splits: tuple[str, ...] = SPLITS
    rows: int | None = None  # at most so many records from each source for each task
    wordings: int = 24  # of propose: how many to ask for, for each task
    temperature: float = 0.2
    seed: int = 1
    synthesis: tuple[Path, ...] = ()  # what was written before: the records are read with it
    extra: Mapping[str, Any] = field(default_factory=dict)  # more fields of the request; null leaves one out

    @property
    def configs(self) -> tuple[str, ...]:
        """The configs whose records are read."""
        return tuple(f"{task}_{self.from_language}" for task in self.tasks)


_KEYS = {"from": "from_language", "to": "language"} | {
    f.name: f.name for f in fields(Job) if f.name not in ("name", "from_language", "language")
}


def jobs_folder(known: Catalog) -> Path:
    """Where the jobs that come with mulco are."""
    return known.templates.parent / "jobs"


def load_job(name: str, known: Catalog | None = None) -> Job:
    """A job by the path of its file, or by the name of one that comes with mulco; raises UsageError."""
    known = known or catalog()
    folder = jobs_folder(known)
    file = Path(name) if Path(name).is_file() else folder / f"{name.removesuffix('.yaml')}.yaml"
    if not file.is_file():
        names = sorted(path.stem for path in folder.glob("*.yaml"))
        raise UsageError(unknown("job", name, names, f"Name a file, or one that comes with mulco: {', '.join(names)}"))
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise UsageError(f"{file.name}: not YAML: {' '.join(str(err).split())}") from err
    if not isinstance(content, Mapping):
        raise UsageError(f"{file.name}: expected a mapping with title, kind and tasks")
    for key in content:
        if key not in _KEYS:
            raise UsageError(f"{file.name}: {unknown('key', str(key), _KEYS, 'Keys: ' + ', '.join(_KEYS))}")
    return _checked(file, {_KEYS[key]: value for key, value in content.items()}, known)


def _checked(file: Path, values: dict[str, Any], known: Catalog) -> Job:
    def refuse(problem: str) -> UsageError:
        return UsageError(f"{file.name}: {problem}")

    for name in ("title", "kind", "tasks"):
        if not values.get(name):
            raise refuse(f"{name!r} is missing")
    kind = values["kind"]
    if kind not in ALL_KINDS:
        raise refuse(unknown("kind", str(kind), ALL_KINDS, f"Kinds: {', '.join(ALL_KINDS)}"))
    for name in ("tasks", "sources", "splits"):
        if name in values:
            given = values[name] if isinstance(values[name], list) else [values[name]]
            allowed = {"tasks": list(known.tasks), "sources": list(known.sources), "splits": list(SPLITS)}[name]
            for one in given:
                if one not in allowed:
                    raise refuse(unknown(name.removesuffix("s"), str(one), allowed, f"{name}: {', '.join(allowed)}"))
            values[name] = tuple(given)
    if "language" not in values:
        values["language"] = values.get("from_language", "en")
    values.setdefault("from_language", values["language"])
    for key, name in (("from", "from_language"), ("to", "language")):
        if values[name] not in LANGUAGES:
            raise refuse(unknown("language", str(values[name]), LANGUAGES, f"{key}: {' or '.join(LANGUAGES)}"))
    if (kind == "translate") == (values["from_language"] == values["language"]):
        raise refuse("'translate' goes from one language to another, all other kinds stay in one: set from and to")
    for name in values["tasks"]:
        task = known.tasks[name]
        if kind == "translate" and not task.texts:
            raise refuse(f"{name} has no text in a natural language to translate")
        if kind in REWRITING and (task.answer != "code" or len(task.texts) != 1):
            raise refuse(f"{kind!r} writes instructions for code, and the answer of {name} is not code")
    for name, smallest in (("rows", 1), ("wordings", 1), ("seed", 0)):
        value = values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < smallest):
            raise refuse(f"{name} is a whole number of at least {smallest}, not {value!r}")
    temperature = values.get("temperature", 0.2)
    if not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        raise refuse(f"temperature is a number from 0 to 2, not {temperature!r}")
    if not isinstance(values.get("extra", {}), Mapping):
        raise refuse("extra is a mapping of fields that are added to each request")
    if "synthesis" in values:
        paths = values["synthesis"] if isinstance(values["synthesis"], list) else [values["synthesis"]]
        values["synthesis"] = tuple(file.parent / path for path in paths)
    return Job(file.stem, **values)
