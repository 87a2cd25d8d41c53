"""What a number is worth: every test split answered without a model, and judged like one.

    for result in baselines(folder): print(result["config"], result["baseline"], result["metrics"][0])

- `copy_input`: what the row asks about is the answer: the code to repair or translate as it stands, the description,
  the last line so far. For a label or a number there is nothing to copy.
- `majority`: the answer that the training rows have most often.
- `most_similar`: the answer of the training row of the same programming language whose question is most alike by TF-IDF
  over words; in code search the snippet that is most alike to the query; for clones "yes" where the two are more alike
  than a threshold that the training rows set.

`write` puts the table into `baselines.json` of a built folder, where its card reads it.
"""

from __future__ import annotations

import functools
import json
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mulco.catalog import catalog
from mulco.errors import MulcoError, UsageError, unknown
from mulco.evaluation.judging import fingerprint, judge
from mulco.evaluation.result import versions, write_json
from mulco.export.pairs import SHOWN, take_apart
from mulco.manifest import Manifest, read_batches
from mulco.source import Want

NAME = "baselines.json"
BASELINES = ("copy_input", "majority", "most_similar")
# What a question consists of, and what there is to copy: the slot of the wordings.
QUESTION = {
    "code_summarization": "code", "code_generation": "description", "code_completion": "code", "code_repair": "code",
    "code_translation": "code", "code_qa": "question", "defect_detection": "code", "cloze_test": "code",
}  # fmt: skip
NOT_COPIED = ("defect_detection", "cloze_test", "clone_detection", "code_search")
# Words, numbers and single Han characters: code and both languages give terms, punctuation does not.
TERM = r"[A-Za-z_]\w*|\d+|[\u3400-\u9fff]"
MAX_TRAINING_ROWS = 100_000  # compared with: the first so many of a config (0.6 GB of TF-IDF for code of 150 terms)
BLOCK = 256  # test rows compared at a time: 256 x 100,000 similarities are 0.2 GB

Row = dict[str, Any]


def baselines(
    folder: Path, configs: Sequence[str] = (), limit: int | None = None, tell: Callable[[str], None] = lambda text: None
) -> Iterator[Row]:
    """One result for each config of a built folder, or of those named, and each baseline; `tell` hears the config."""
    manifest = Manifest.load(folder)
    for config in configs:
        if config not in manifest.configs:
            raise UsageError(unknown("config", config, manifest.configs, f"Configs in {folder}: mulco list {folder}"))
    for config, facts in manifest.configs.items():
        if (configs and config not in configs) or "test" not in facts["splits"]:
            continue
        tell(config)
        test = rows_of(folder, facts, "test", limit)
        training = rows_of(folder, facts, "train", MAX_TRAINING_ROWS) if "train" in facts["splits"] else []
        for name, answers in _answers(training, test).items():
            judged = judge(test, answers, parts=False)
            yield {
                "config": config, "split": "test", "baseline": name, "n": len(test), "training_rows": len(training),
                "metrics": [metric.facts() for metric in judged.metrics],
                "unparsed_rate": judged.unparsed_rate, "fingerprint": fingerprint(test),
                "files": [part["sha256"] for part in facts["splits"]["test"]["files"]],
            }  # fmt: skip


def write(folder: Path, results: Iterable[Row]) -> Path:
    """Write `baselines.json` into a built folder. Results of configs that are not among these stay."""
    file = folder / NAME
    new = list(results)
    if not new:
        raise MulcoError(f"{folder}: no config has a test split. Build one that has: mulco build")
    judged_now = {result["config"] for result in new}
    earlier = [result for result in read(folder, Manifest.load(folder)) if result["config"] not in judged_now]
    write_json(file, {"version": 1, "results": [*earlier, *new], "versions": versions()})
    return file


def read(folder: Path, manifest: Manifest) -> list[Row]:
    """The results in `baselines.json` of a built folder that belong to its rows of today, in the order of configs."""
    try:
        results: list[Row] = json.loads((folder / NAME).read_text("utf-8"))["results"]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise MulcoError(f"{folder / NAME}: damaged ({err}). Write it anew: mulco evaluate baselines {folder}") from err
    files = {
        config: [part["sha256"] for part in facts["splits"]["test"]["files"]]
        for config, facts in manifest.configs.items()
        if "test" in facts["splits"]
    }
    return [r for config in files for r in results if r["config"] == config and r.get("files") == files[config]]


def rows_of(folder: Path, facts: Row, split: str, limit: int | None) -> list[Row]:
    """The first rows of a split of a built folder; none means all."""
    rows: list[Row] = []
    for part in facts["splits"][split]["files"]:
        for batch in read_batches(folder / part["path"]):
            rows.extend(batch.to_pylist())
            if limit is not None and len(rows) >= limit:
                return rows[:limit]
    return rows


def _answers(training: Sequence[Row], test: Sequence[Row]) -> dict[str, list[str | None]]:
    """The answers of each baseline to the test rows."""
    task = test[0]["task"]
    found: dict[str, list[str | None]] = {}
    if task not in NOT_COPIED:
        found["copy_input"] = [copied(row) for row in test]
    if training:
        # ties go to the answer that comes first in the training rows
        most = Counter(row["output"] for row in training).most_common(1)[0][0]
        found["majority"] = [most] * len(test)
    if task == "code_search":
        found["most_similar"] = [most_similar_snippet(row) for row in test]
    elif task == "clone_detection" and training:
        found["most_similar"] = alike_or_not(training, test)
    elif training:
        found["most_similar"] = nearest_answers(training, test)
    return found


def copied(row: Row) -> str:
    """What the row asks about, as an answer; for completion its last line."""
    shown = question(row)
    if row["task"] == "code_completion":
        return next((line for line in reversed(shown.split("\n")) if line.strip()), shown)
    return shown


def question(row: Row) -> str:
    """The code, description or question a row is about, without the wording around it."""
    return slots_of(row).get(QUESTION[row["task"]]) or str(row["input"] or row["instruction"])


def most_similar_snippet(row: Row) -> str | None:
    """The number of the snippet that is most alike to the query; None where the row's text has several readings."""
    filled = take_apart(row)
    if filled is None:
        return None
    snippets = [filled[f"code_{number}"] for number in range(1, SHOWN + 1)]
    vectors = _vectorizer().fit_transform([filled["query"], *snippets])  # (1 + snippets, terms)
    return str(int((vectors[1:] @ vectors[0].T).toarray().ravel().argmax()) + 1)


def nearest_answers(training: Sequence[Row], test: Sequence[Row]) -> list[str | None]:
    """The answer of the training row whose question is most alike; of equals the first.

    Compared are rows of the same programming language; all of them where a language has no training row.
    """
    found: dict[str, str] = {}
    for spoken in sorted({row["programming_language"] for row in test}):
        part = [row for row in test if row["programming_language"] == spoken]
        known = [row for row in training if row["programming_language"] == spoken] or training
        vectorizer = _vectorizer()
        seen = vectorizer.fit_transform(map(question, known))  # (training rows, terms)
        asked = vectorizer.transform(map(question, part))  # (test rows, terms)
        for start in range(0, len(part), BLOCK):
            nearest = (asked[start : start + BLOCK] @ seen.T).toarray().argmax(axis=1)  # (rows of the block,)
            for row, place in zip(part[start : start + BLOCK], nearest, strict=True):
                found[row["id"]] = known[int(place)]["output"]
    return [found[row["id"]] for row in test]


def alike_or_not(training: Sequence[Row], test: Sequence[Row]) -> list[str | None]:
    """Clones: yes where the two are at least as alike as the threshold that is right most often in training."""
    import numpy as np

    labels = catalog().pool(Want(training[0]["task"], training[0]["language"])).labels
    yes, no = labels["positive"], labels["negative"]
    vectorizer = _vectorizer()
    vectorizer.fit(text for row in training for text in _both(row))

    def similarity(rows: Sequence[Row]) -> Any:
        first, second = (vectorizer.transform(texts) for texts in zip(*map(_both, rows), strict=True))
        return np.asarray(first.multiply(second).sum(axis=1)).ravel()  # (rows,)

    seen, clone = similarity(training), np.array([row["output"] == yes for row in training])
    order = np.argsort(-seen, kind="stable")
    # with the k most similar pairs taken for clones: clones among them, and others among the rest; k from 0 to all
    right = np.cumsum([0, *clone[order]]) + (~clone).sum() - np.cumsum([0, *~clone[order]])
    best = int(right.argmax())
    threshold = seen[order[best - 1]] if best else np.inf
    return [yes if value >= threshold else no for value in similarity(test)]


def slots_of(row: Row) -> dict[str, str]:
    """What fills the wording of a row, each as short as it can be; nothing where the wording is not known any more."""
    filled: dict[str, str] = {}
    for part in ("instruction", "input"):
        pattern = _patterns(row["task"], row["language"]).get((row["template"], part))
        match = pattern.fullmatch(row[part]) if pattern else None
        filled |= match.groupdict() if match else {}
    return filled


@functools.cache
def _patterns(task: str, language: str) -> dict[tuple[str, str], re.Pattern[str]]:
    """The parts of every wording as regular expressions, by wording and part; a slot is a named group."""
    return {
        (template.id, part): re.compile(_regex(getattr(template, part)), re.S)
        for template in catalog().pool(Want(task, language)).templates
        for part in ("instruction", "input")
    }


def _regex(text: str) -> str:
    regex, seen = "", set()
    for literal, name, _, _ in string.Formatter().parse(text):
        regex += re.escape(literal)
        if name:
            regex += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return regex


def _both(row: Row) -> tuple[str, str]:
    """The two pieces of code of a clone row."""
    filled = slots_of(row)
    return filled.get("code", ""), filled.get("other_code", "")


def _vectorizer() -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as err:
        raise UsageError('similarity needs scikit-learn. Install it with: pip install "mulco[eval]"') from err
    return TfidfVectorizer(token_pattern=TERM, sublinear_tf=True)
