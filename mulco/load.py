"""Registration of the name "mulco" with datasets, and `mulco.load_dataset`, which does not depend on it.

`datasets` has no hook for new names. `register` wraps the one function that turns a name into a builder, in the two
modules that hold it; if `datasets` is not loaded yet, that happens right after it is, so importing mulco stays cheap.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from mulco.errors import UsageError

NAME = "mulco"
FACADE = "mulco.builders.facade"
FACTORY = "dataset_module_factory"
HOLDERS = ("datasets.load", "datasets.inspect")  # both are loaded by `import datasets`


def load_dataset(path: str = NAME, name: str | None = None, *, split: Any = None, streaming: bool = False,
                 num_proc: int | None = None, keep_in_memory: bool | None = None, **kwargs: Any) -> Any:  # fmt: skip
    """Like `datasets.load_dataset(path, name, ...)`; for the path "mulco" it says once what the name resolved to.

    Goes to the builder class itself, so it keeps working should registration ever fail.
    """
    import datasets

    if path != NAME:
        kwargs.update(split=split, streaming=streaming, num_proc=num_proc, keep_in_memory=keep_in_memory)
        return datasets.load_dataset(path, name, **kwargs)
    _refuse(kwargs.pop("revision", None), kwargs.pop("data_files", None))
    download_mode = kwargs.pop("download_mode", None)
    verification_mode = kwargs.pop("verification_mode", None)
    builder = importlib.import_module(FACADE).Mulco(config_name=name, **kwargs)
    for rows in builder.rows:
        if (rows.config, rows.folder) not in _told:
            _told.add((rows.config, rows.folder))
            print(f"mulco: {rows.config}: {rows}", file=sys.stderr)
    if streaming:
        return builder.as_streaming_dataset(split=split)
    builder.download_and_prepare(
        num_proc=num_proc, download_mode=download_mode, verification_mode=verification_mode
    )  # fmt: skip
    return builder.as_dataset(split=split, in_memory=bool(keep_in_memory))


_told: set[tuple[str, Path]] = set()  # what was said before is not said again, also when it was built meanwhile


def register() -> None:
    """Make the name known to `datasets`: now if it is loaded, else as soon as it is.

    `MULCO_NO_REGISTER=1` prevents it.
    """
    if os.environ.get("MULCO_NO_REGISTER"):
        return
    if "datasets" in sys.modules:
        _wrap()
    elif not any(isinstance(finder, _AfterDatasets) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterDatasets())


def _wrap() -> None:
    """Wrap `dataset_module_factory`; other paths than "mulco" reach the original untouched."""
    holders: list[Any] = [sys.modules.get(name) for name in HOLDERS]
    original: Any = getattr(holders[0], FACTORY, None)
    if getattr(original, "_mulco", False):
        return
    known = inspect.signature(original).parameters if original is not None else {}
    if not {"path", "revision", "data_files"} <= set(known) or not all(hasattr(holder, FACTORY) for holder in holders):
        warnings.warn(
            f"this version of datasets has an unknown shape, so load_dataset({NAME!r}, ...) is not registered. Call "
            "mulco.load_dataset instead, or install datasets>=5.2,<6 (MULCO_NO_REGISTER=1 silences this)",
            stacklevel=2,
        )
        return

    @functools.wraps(original)
    def factory(path: str, revision: str | None = None, *args: Any, **kwargs: Any) -> Any:
        if path != NAME:
            return original(path, revision, *args, **kwargs)
        _refuse(revision, kwargs.get("data_files"))
        return holders[0].DatasetModule(FACADE, "", {"dataset_name": NAME})

    factory._mulco = True  # type: ignore[attr-defined]
    for holder in holders:
        setattr(holder, FACTORY, factory)


def _refuse(revision: Any, data_files: Any) -> None:
    if revision is not None or data_files is not None:
        raise UsageError(
            "mulco builds its rows from their sources: it takes no revision and no data_files. Published rows of a "
            'given revision: load_dataset("ORG/mulco", config, revision=...)'
        )


class _AfterDatasets(MetaPathFinder):
    """Runs `_wrap` right after `datasets` has been executed, then is gone."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "datasets":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_then_wrap(module: ModuleType) -> None:
                execute(module)
                _wrap()

            spec.loader.exec_module = execute_then_wrap  # type: ignore[method-assign]
        return spec
