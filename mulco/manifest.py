"""The manifest: the facts of one build, in one JSON file beside the rows. Cards and reports are rendered from it alone.

    manifest = Manifest.load(Path("out/mulco"))
    manifest.configs["code_search_zh"]["splits"]["train"]["rows"]

`counts` has one entry per config, split and source: upstream items read, rows, unusable items by reason, malformed
items, rows dropped by step and reason, flags of the rows that stay, rows by programming language and by licence.
`profile` and `steps` say which steps judged the rows, with their settings; `configs` repeats both for each config,
since those of an earlier build may stand beside new ones. `problems` says, by config, what had to be left out.
`synthesis` names the files with texts that a model wrote, and for each kind, task and source the model, the endpoint's
host, the dates and the digest of the prompt. `withdrawn` lists what was taken out of the finished data set, with the
`dataset_version` from which on it is gone; the entries of `counts` concerned say how many rows. `publishing` counts, by
licence, rows that were left out of what was published (`left_out`) or published on a claim of rights
(`rights_claimed`). Everything under `run` (duration, peak memory, workers, CPU seconds of each step) describes this run
and is the only
part that differs between two builds of the same inputs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.errors import MulcoError
from mulco.row import TASKS

NAME = "manifest.json"
Value = TypeVar("Value")


@dataclass
class Manifest:
    """`configs` by name, `counts` as a flat table, `sources` by name with licence, files and what was absent."""

    version: str
    schema: str
    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: list[dict[str, Any]] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
    synthesis: list[dict[str, Any]] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    profile: str = "none"
    steps: list[dict[str, Any]] = field(default_factory=list)
    dataset_version: str = "1.0.0"
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    publishing: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """The manifest of a built folder; raises MulcoError where there is none."""
        try:
            return cls(**json.loads((folder / NAME).read_text("utf-8")))
        except FileNotFoundError as err:
            raise MulcoError(f"{folder}: no {NAME}, so not a folder built by mulco. Build one: mulco build") from err
        except (ValueError, TypeError) as err:
            raise MulcoError(f"{folder / NAME}: damaged ({err}). Build the folder again: mulco build") from err

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")

    def rows(self, config: str | None = None, split: str | None = None, source: str | None = None) -> int:
        """Rows in the whole build, or of one config, split or source."""
        return sum(
            entry["rows"]
            for entry in self.counts
            if config in (None, entry["config"])
            and split in (None, entry["split"])
            and source in (None, entry["source"])
        )

    def total(self, what: str, **where: str) -> Counter[str]:
        """Sum of a counter column (`unusable`, `flagged`, `programming_languages`, `licenses`) over some entries."""
        counter: Counter[str] = Counter()
        for entry in self.counts:
            if all(entry[key] == value for key, value in where.items()):
                counter.update(entry.get(what, {}))
        return counter

    def dropped(self, **where: str) -> dict[str, Counter[str]]:
        """Rows dropped, by step and reason, over the entries that match."""
        found: dict[str, Counter[str]] = {}
        for entry in self.counts:
            if all(entry[key] == value for key, value in where.items()):
                for step, reasons in entry["dropped"].items():
                    found.setdefault(step, Counter()).update(reasons)
        return found

    def with_kept(self, earlier: Manifest, built: Collection[str]) -> Manifest:
        """This manifest plus the configs of an earlier one that are not among those built now."""
        kept = {name: facts for name, facts in earlier.configs.items() if name not in built}
        counts = [entry for entry in earlier.counts if entry["config"] not in built]
        problems = {name: texts for name, texts in earlier.problems.items() if name not in built}
        sources = {
            name: facts for name, facts in earlier.sources.items() if name in {entry["source"] for entry in counts}
        }
        return Manifest(
            self.version,
            self.schema,
            _in_order({**kept, **self.configs}),
            sorted([*counts, *self.counts], key=lambda entry: _place(entry["config"])),
            dict(sorted({**sources, **self.sources}.items())),
            _in_order({**problems, **self.problems}),
            _joined(self.synthesis, earlier.synthesis, {(entry["config"], entry["source"]) for entry in counts}),
            self.run,
            self.profile,
            self.steps,
            dataset_version=earlier.dataset_version,
            withdrawn=earlier.withdrawn,
        )


def dropped_folder(folder: Path) -> Path:
    """Where the rows lie that the steps of a build dropped: beside it, outside what is published."""
    return folder.with_name(folder.name + ".dropped")


def read_batches(file: Path, columns: Sequence[str] | None = None, rows: int = 10_000) -> Iterator[pa.RecordBatch]:
    """The rows of one Parquet file of a built folder; raises MulcoError where it is missing or damaged."""
    try:
        with pq.ParquetFile(file) as parquet:
            yield from parquet.iter_batches(rows, columns=columns)
    except (OSError, pa.ArrowException) as err:
        problem = "missing" if isinstance(err, FileNotFoundError) else f"damaged ({err})"
        raise MulcoError(f"{file}: {problem}. See what else is wrong: mulco check {file.parent.parent}") from err


def _joined(
    now: list[dict[str, Any]], earlier: list[dict[str, Any]], kept: Collection[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Files with a model's texts: those of this build, and of an earlier one what served the configs that stay."""
    files = {facts["sha256"]: {**facts, "written": list(facts["written"])} for facts in now}
    for facts in earlier:
        written = [
            group for group in facts["written"] if (f"{group['task']}_{group['language']}", group["source"]) in kept
        ]
        if written:
            mine = files.setdefault(facts["sha256"], {**facts, "written": []})["written"]
            mine += [group for group in written if group not in mine]
    return list(files.values())


def _in_order(by_config: dict[str, Value]) -> dict[str, Value]:
    return dict(sorted(by_config.items(), key=lambda item: _place(item[0])))


def _place(config: str) -> tuple[int, str]:
    """Configs stand in the order of the tasks, English before Chinese."""
    task, _, language = config.rpartition("_")
    return TASKS.index(task), language
