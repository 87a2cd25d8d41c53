"""Evaluation results beside a model, and the forms in which the Hub wants them.

    own, base = results_of(Path("out/model"), run)
    model_index("ORG/coder", own)                             # for the YAML header of the model card
    write_benchmark(Path("out/model"), own, "humaneval=ORG/humaneval")   # .eval_results/humaneval.yaml, when asked

Results are the JSON files that `mulco evaluate` writes, in the folder `results/` of the model; those of the base model
lie beside its own and are told apart by the model they name.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from mulco.cards.page import write_text
from mulco.cards.run import last_part
from mulco.errors import MulcoError, UsageError

FOLDER = "results"
BENCHMARKS = ".eval_results"
Result = dict[str, Any]
_REPO = re.compile(r"[\w.-]+/[\w.-]+")


def results_of(folder: Path, run: dict[str, Any]) -> tuple[list[Result], list[Result]]:
    """(results of this model, results of its base), in the order of their task, config and file."""
    own: list[Result] = []
    base: list[Result] = []
    for file in sorted((folder / FOLDER).rglob("*.json")):
        for result in read_results(file):
            (base if result["model"]["name"] == run["model"]["name_or_path"] else own).append(result)
    return sorted(own, key=_key), sorted(base, key=_key)


def read_results(file: Path) -> list[Result]:
    """The results in one file; raises MulcoError for one that is not a result."""
    try:
        data = json.loads(file.read_text("utf-8"))
        results = data if isinstance(data, list) else [data]
        for result in results:
            needed = [result["model"]["name"], result["task"], result["dataset"].get("id")]
            needed += [(metric["name"], metric["value"]) for metric in result["metrics"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise MulcoError(
            f"{file}: not an evaluation result of mulco ({type(err).__name__}: {err}). Write it with mulco evaluate"
        ) from err
    return results


def take_results(folder: Path, paths: Iterable[Path]) -> None:
    """Copy result files, or all in a folder, into `<folder>/results/`, so that they travel with the model."""
    for path in paths:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not files:
            raise UsageError(f"{path}: no evaluation results there. Write some with mulco evaluate")
        for file in files:
            read_results(file)
            target = folder / FOLDER / (file.relative_to(path) if path.is_dir() else file.name)
            if target.resolve() != file.resolve():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)


def model_index(name: str, own: Iterable[Result]) -> list[dict[str, Any]]:
    """The header's `model-index`; empty where nothing was measured."""
    results = [
        {
            "task": {"type": "text-generation", "name": str(result["task"])},
            "dataset": _plain(
                name=", ".join(str(result[key]) for key in ("suite", "config", "split") if result.get(key)),
                type=last_part(str(result["dataset"].get("id") or result.get("suite") or "mulco")),
                config=result.get("config"),
                split=result.get("split"),
                revision=result["dataset"].get("revision"),
            ),
            "metrics": [
                _plain(type=metric["name"], value=metric["value"], name=metric.get("signature") or metric["name"])
                for metric in result["metrics"]
                if metric["value"] is not None
            ],
        }
        for result in own
    ]
    return [{"name": name, "results": results}] if results else []


def write_benchmark(folder: Path, own: Iterable[Result], named: str) -> Path:
    """Write `.eval_results/<suite>.yaml` for `SUITE=REPO` or `SUITE=REPO#TASK_ID`; raises UsageError, MulcoError.

    The Hub shows it on the page of the benchmark REPO, so nothing is written that was not named.
    """
    suite, _, where = named.partition("=")
    repo, _, task = where.partition("#")
    if not suite or not _REPO.fullmatch(repo):
        raise UsageError(
            f"--benchmark {named}: expected SUITE=REPO or SUITE=REPO#TASK_ID, such as humaneval=ORG/humaneval"
        )
    entries = [_entry(result, repo, task or "default") for result in own if result.get("suite") == suite]
    if not entries:
        raise MulcoError(
            f"--benchmark {named}: no result of the suite {suite!r} in {folder / FOLDER}. Run mulco evaluate"
        )
    path = folder / BENCHMARKS / f"{suite}.yaml"
    path.parent.mkdir(exist_ok=True)
    write_text(path, yaml.safe_dump(entries, allow_unicode=True, sort_keys=False))
    return path


def benchmark_problems(folder: Path, own: list[Result]) -> Iterator[str]:
    """What in `.eval_results/` disagrees with the results."""
    for path in sorted((folder / BENCHMARKS).glob("*.yaml")):
        where = f"{BENCHMARKS}/{path.name}"
        of_suite = [result for result in own if result.get("suite") == path.stem]
        try:
            stated = yaml.safe_load(path.read_text("utf-8"))
            expected = [
                _entry(r, s["dataset"]["id"], s["dataset"]["task_id"]) for r, s in zip(of_suite, stated, strict=True)
            ]
        except (yaml.YAMLError, TypeError, KeyError, ValueError):
            yield f"{where}: does not fit the results of the suite {path.stem!r} in {FOLDER}/"
            continue
        for have, want in zip(stated, expected, strict=True):
            for key in sorted(have.keys() | want.keys()):
                if have.get(key) != want.get(key):
                    kind = "count" if key == "value" else "link" if key == "dataset" else "fact"
                    yield f"{where}: a {kind} differs: {key} is {have.get(key)!r}, the results give {want.get(key)!r}"


def _entry(result: Result, repo: str, task: str) -> dict[str, Any]:
    """One entry in the Hub's format; the first metric of a result is its main one."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    metric = result["metrics"][0]
    notes = ", ".join(str(part) for part in (metric["name"], metric.get("signature"), f"n={metric.get('n')}") if part)
    entry = EvalResultEntry(
        dataset_id=repo, task_id=task, value=metric["value"], date=result.get("created"), notes=notes
    )
    (data,) = eval_result_entries_to_yaml([entry])
    return data


def _key(result: Result) -> tuple[str, ...]:
    return tuple(str(result.get(name) or "") for name in ("suite", "task", "config", "split"))


def _plain(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
