"""The thin face that `load_dataset` sees: it asks for the rows of a config and hands on their Parquet.

from mulco.builders.code_search import CodeSearch
builder = CodeSearch(config_name="code_search_zh")
builder.download_and_prepare()
rows = builder.as_dataset(split="train")
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from datasets.builder import Key

from mulco.catalog import JOINED, catalog
from mulco.errors import ConfigNotFoundError
from mulco.identity import digest
from mulco.pipeline import BATCH
from mulco.resolve import require_files, rows_of
from mulco.row import features
from mulco.source import SPLITS
from mulco.steps.licenses import permitted
from mulco.task import Task


@dataclass
class InstructionConfig(datasets.BuilderConfig):
    """A config of `datasets` with the one choice a reader has: `licenses="commercial"` or a list of SPDX ids."""

    licenses: str | None = None


class InstructionBuilder(datasets.ArrowBasedBuilder):
    """Builder of instruction rows. Its cache is named by the identity of the config's rows, so it never goes stale."""

    BUILDER_CONFIG_CLASS = InstructionConfig
    BUILDER_CONFIGS: ClassVar[list[datasets.BuilderConfig]] = []

    def __init__(
        self, *, config_name: str | None = None, hash: str | None = None, licenses: str | None = None, **kwargs: Any
    ) -> None:
        known = [config.name for config in self.BUILDER_CONFIGS]
        if config_name is None or config_name not in known:
            raise ConfigNotFoundError(config_name, known)
        self.rows = rows_of(config_name, licenses)
        if licenses is not None:
            kwargs["licenses"] = licenses
        kwargs["dataset_name"] = "mulco"
        super().__init__(config_name=config_name, hash=digest([rows.identity for rows in self.rows]), **kwargs)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(description=self.config.description or "", features=features())

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        files = require_files(self.rows)
        return [datasets.SplitGenerator(split, {"files": files[split]}) for split in SPLITS if split in files]

    def _generate_tables(self, files: list[str]) -> Iterator[tuple[Key, pa.Table]]:
        for shard, path in enumerate(files):
            with pq.ParquetFile(path) as parquet:
                for i, batch in enumerate(parquet.iter_batches(BATCH)):
                    table = pa.Table.from_batches([batch])
                    yield Key(shard, i), permitted(table, self.config.licenses) if self.config.licenses else table


def configs_of(tasks: Iterable[Task]) -> list[datasets.BuilderConfig]:
    """The `datasets` configs of some tasks: `<task>_en` and `<task>_zh`."""
    return [
        InstructionConfig(name, description=task.title, version=datasets.Version("1.0.0"))
        for task in tasks
        for name in task.configs
    ]


def joined_configs() -> list[datasets.BuilderConfig]:
    """`all_en`, `all_zh` and `all`, over the rows of the others."""
    return [
        InstructionConfig(
            name, description=f"all tasks in {' and '.join(languages)}", version=datasets.Version("1.0.0")
        )
        for name, languages in JOINED.items()
    ]


def all_configs() -> list[datasets.BuilderConfig]:
    """Every config a user can name."""
    return configs_of(catalog().tasks.values()) + joined_configs()


def builder_class(module: str, name: str, task: Task) -> type[InstructionBuilder]:
    """The builder class of one task, stored in the module of that task so that it pickles."""
    made = type(
        name,
        (InstructionBuilder,),
        {"__module__": module, "__doc__": task.title, "BUILDER_CONFIGS": configs_of([task])},
    )
    setattr(sys.modules[module], name, made)
    return made
