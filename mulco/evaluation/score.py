"""Score plain files: python -m mulco.evaluation.score --task TASK --predictions FILE --references FILE

    python -m mulco.evaluation.score --task code_repair --predictions out.txt --references fixed.txt --json

Files are those of CodeXGLUE's evaluators, see `mulco.evaluation.files`; values are theirs before they round. Exit
status 0: scored; 2: the files or the call are wrong, in one sentence.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError, UsageError
from mulco.evaluation.files import Items, read
from mulco.evaluation.metrics import FORMS, TASKS, Metric, score
from mulco.languages import canonical
from mulco.version import VERSION

PACKAGES = ("numpy", "rapidfuzz", "sacrebleu", "tree-sitter")


def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        made = result(given)
    except MulcoError as err:
        if given.debug:
            raise
        print(f"Error: {err}", file=sys.stderr)
        return 2 if isinstance(err, UsageError) else 1
    if given.json:
        print(json.dumps(made, ensure_ascii=False, indent=1))
        return 0
    print(f"{made['task']:<28}{'value':>10}   95 % interval")
    for metric in made["metrics"]:
        print(f"{metric['name']:<28}{metric['value']:>10.4f}   {metric['low']:.4f} to {metric['high']:.4f}")
    missing, rate = made["missing"], made["unparsed_rate"]
    print(f"{made['n']:,} items, {missing:,} without a prediction, {made['empty']:,} empty, {rate:.2%} not readable")
    return 0


def result(given: argparse.Namespace) -> dict[str, Any]:
    """All that was measured, and what it takes to measure it again."""
    form = given.form
    if form is not None and form not in FORMS[given.task]:
        raise UsageError(f"{given.task} has no form {form!r}. It is judged as: {', '.join(FORMS[given.task])}")
    programming_language = given.programming_language
    if programming_language is not None and canonical(programming_language) is None:
        raise UsageError(f"no programming language {programming_language!r}. Name it as in: python, java, c#")
    items = read(
        given.task, Path(given.predictions), Path(given.references), form=form, allow_missing=given.allow_missing
    )
    metrics = score(
        given.task, items.predictions, items.references, form=items.form, language=given.language,
        programming_language=programming_language, groups=items.groups, seed=given.seed,
    )  # fmt: skip
    return _json(given, items, metrics)


def _json(given: argparse.Namespace, items: Items, metrics: list[Metric]) -> dict[str, Any]:
    n = len(items.references)
    return {
        "version": 1,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "suite": "files",
        "task": given.task,
        "form": items.form,
        "language": given.language,
        "programming_language": given.programming_language,
        "n": n,
        "metrics": [metric.facts() for metric in metrics],
        "unparsed_rate": items.unparsed / n,
        "missing": len(items.missing),
        "empty": items.empty,
        "seed": given.seed,
        "files": {name: _file(Path(getattr(given, name))) for name in ("predictions", "references")},
        "versions": _versions(),
    }


def _file(path: Path) -> dict[str, str]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return {"path": str(path), "sha256": digest.hexdigest()}


def _versions() -> dict[str, str]:
    versions = {"mulco": VERSION, "python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            versions[package] = installed(package)
        except PackageNotFoundError:  # an extra that this task does not need
            continue
    return versions


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m mulco.evaluation.score",
        description="Score files of predictions as CodeXGLUE's evaluators do. What the files may be: "
        "python -m pydoc mulco.evaluation.files",
    )
    made.add_argument("--task", required=True, choices=TASKS, metavar="TASK", help=", ".join(TASKS))
    made.add_argument("--predictions", required=True, metavar="FILE", help="one prediction a line, or JSON Lines")
    made.add_argument("--references", required=True, metavar="FILE", help="the right answers, in the same form")
    made.add_argument("--form", help="how the task is judged, where it can be in several ways: pairs, ranking, ...")
    made.add_argument("--language", choices=("en", "zh"), default="en", help="language of the texts (default: en)")
    made.add_argument("--programming-language", metavar="NAME", help="adds CodeBLEU for code in this language")
    made.add_argument("--allow-missing", action="store_true", help="count missing predictions as wrong")
    made.add_argument("--seed", type=int, default=0, help="of the bootstrap intervals (default: 0)")
    made.add_argument("--json", action="store_true", help="print JSON for scripts")
    made.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return made


if __name__ == "__main__":
    sys.exit(main())
