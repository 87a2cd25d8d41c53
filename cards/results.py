"""Evaluation results beside a model, and the forms in which the Hub wants them.

    own, base = results_of(Path("out/model"), run)
    model_index("ORG/coder", own)                             # for the YAML header of the model card
    write_benchmark(Path("out/model"), own, "humaneval=ORG/humaneval")   # .eval_results/humaneval.yaml, when asked

Results are the JSON files that `mulco evaluate` writes, in the folder `results/` of the model; those of the base model
lie in `results/base/` and are told apart by the model they name.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from mulco.cards.page import write_text
from mulco.cards.run import last_part
from mulco.errors import MulcoError, UsageError

FOLDER = "results"
BENCHMARKS = ".eval_results"
KEYS = ("suite", "task", "config", "split", "n", "metrics", "dataset", "model")
Result = dict[str, Any]
_REPO = re.compile(r"[\w.-]+/[\w.-]+")


def results_of(folder: Path, run: Mapping[str, Any]) -> tuple[list[Result], list[Result]]:
    """(results of this model, results of its base), in the order of their suite, task, config and split."""
    own: list[Result] = []
    base: list[Result] = []
    for file in sorted((folder / FOLDER).rglob("*.json")):
        result = read_result(file)
        (base if is_base(result, run) else own).append(result)
    return sorted(own, key=_key), sorted(base, key=_key)


def is_base(result: Result, run: Mapping[str, Any]) -> bool:
    """Whether a result is that of the base model: it names the model that the run began with."""
    return bool(result["model"]["name"] == run["model"]["name_or_path"])


def read_result(file: Path) -> Result:
    """The result in a file; raises MulcoError for one that is none."""
    try:
        result: Result = json.loads(file.read_text("utf-8"))
        needed = [result[key] for key in KEYS] + [result["model"]["name"], result["dataset"].get("id")]
        needed += [(metric["name"], metric["value"]) for metric in result["metrics"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise MulcoError(
            f"{file}: not an evaluation result of mulco ({type(err).__name__}: {err}). Write it with mulco evaluate"
        ) from err
    return result


def take_results(folder: Path, run: Mapping[str, Any], paths: Iterable[Path]) -> None:
    """Copy result files, or all in a folder, into `<folder>/results/`, so that they travel with the model.

    Those of the base model go to `results/base/`, for they have the same names.
    """
    for path in paths:
        files = [path]
        if path.is_dir():  # other JSON stands there too, such as what made a file of answers
            files = [file for file in sorted(path.glob("*.json")) if _looks_like_one(file)]
        if not files:
            raise UsageError(f"{path}: no evaluation results there. Write some with mulco evaluate")
        for file in files:
            target = folder / FOLDER / ("base" if is_base(read_result(file), run) else "") / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.resolve() != file.resolve():
                shutil.copyfile(file, target)


def _looks_like_one(file: Path) -> bool:
    try:
        result = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(result, dict) and all(key in result for key in KEYS)


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
    try:
        from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
    except ImportError as err:
        remedy = 'Install it with: pip install "huggingface_hub>=2.4"'
        raise MulcoError(f"{BENCHMARKS}/ needs a newer huggingface_hub. {remedy}") from err

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
