"""Answers in a file of JSON Lines, one a line, as they are made; a run that was stopped goes on where it ended.

    answers = Answers(Path("answers.jsonl"), {"model": "out/tiny", ...})
    wanted = answers.missing(requests, num_samples=1)
    answers.add({"id": "a", "sample": 0, "text": "..."})
    answers.finish([request.id for request in requests])       # into the order of the requests

Beside it, `answers.settings.yaml` says what made them: answers of other settings are never mixed into one file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import yaml

from mulco.errors import MulcoError, OutputError, UsageError
from mulco.generation.base import Engine, Generation, Request, Settings


class Answers:
    """The file, open for more. Use it as a context: leaving it closes the file."""

    def __init__(self, path: Path, made_with: Mapping[str, Any]) -> None:
        self.path, self.beside = path, path.with_name(f"{path.stem}.settings.yaml")
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        settings = json.loads(json.dumps(made_with))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file() and path.stat().st_size:
                self._go_on(settings)
            self.beside.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
            self.stream: IO[str] = path.open("a", encoding="utf-8", newline="\n")
        except OSError as err:
            if isinstance(err, MulcoError):
                raise
            raise OutputError(f"cannot write {path}: {err.strerror or err}. Name another file with --out") from err

    def missing(self, requests: Iterable[Request], num_samples: int) -> list[Request]:
        """The requests of which not every sample is there. One that has some is asked for again as a whole."""
        return [
            request
            for request in requests
            if any((request.id, sample) not in self.rows for sample in range(num_samples))
        ]

    def add(self, row: dict[str, Any]) -> None:
        """Write one answer, unless it is there already; it is on its way to the disk when this returns."""
        key = (row["id"], row["sample"])
        if key not in self.rows:
            self.rows[key] = row
            self.stream.write(_line(row))
            self.stream.flush()

    def finish(self, order: Sequence[str]) -> list[dict[str, Any]]:
        """Put the answers into this order of ids, those of other ids last, and return them."""
        place = {name: number for number, name in enumerate(order)}
        self.stream.close()
        rows = sorted(self.rows.values(), key=lambda row: (place.get(row["id"], len(place)), row["sample"]))
        temporary = self.path.with_name(self.path.name + ".tmp")
        temporary.write_text("".join(map(_line, rows)), "utf-8", newline="\n")
        temporary.replace(self.path)
        return [row for row in rows if row["id"] in place]

    def _go_on(self, settings: dict[str, Any]) -> None:
        """Read what is there; a last line that was cut off is dropped."""
        if not self.beside.is_file():
            raise UsageError(
                f"{self.path} is there already, and {self.beside.name}, which would say what made it, is not. Name "
                "another file with --out"
            )
        before = yaml.safe_load(self.beside.read_text("utf-8")) or {}
        other = [name for name in {**before, **settings} if before.get(name) != settings.get(name)]
        if other:
            changes = ", ".join(f"{name} {before.get(name)!r} -> {settings.get(name)!r}" for name in other)
            raise UsageError(
                f"{self.path} holds answers made with other settings ({changes}). Name another file with --out"
            )
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        for number, line in enumerate(whole.decode("utf-8").split("\n")[:-1], 1):
            try:
                row = json.loads(line)
                self.rows[row["id"], row["sample"]] = row
            except (ValueError, KeyError, TypeError) as err:
                raise MulcoError(
                    f"{self.path}, line {number}: not an answer ({err}). Mend it or remove the file"
                ) from err
        if len(whole) < len(text):
            os.truncate(self.path, len(whole))

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None) -> None:
        self.stream.close()


def row_of(one: Generation) -> dict[str, Any]:
    """An answer as it stands in the file."""
    row = {"id": one.id, "sample": one.sample, "text": one.text, "tokens": one.tokens, "finish": one.finish}
    return {**row, "problem": one.problem} if one.problem else row


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def write_answers(
    path: Path,
    engine: Engine,
    requests: Sequence[Request],
    settings: Settings,
    made_with: Mapping[str, Any],
    tell: Callable[[Generation], None] = lambda one: None,
) -> list[dict[str, Any]]:
    """The answers to the requests, in their order: those in the file, and the missing ones, made now and added."""
    with Answers(path, made_with) as answers:
        missing = answers.missing(requests, settings.num_samples)
        for one in engine.generate(missing, settings) if missing else ():
            answers.add(row_of(one))
            tell(one)
        return answers.finish([request.id for request in requests])
