"""The four factors of any data: rows measured, placed in one space, and summed up by data set and group.

    analysis = analyze(["out/mulco", "mine.jsonl"], by="source")
    analysis.summary[0]["complexity"]                       # the mean over the first data set
    write(analysis, Path("out/analysis"))                   # analysis.json and rows.parquet
    load(Path("out/analysis")).summary == analysis.summary  # True

An entry of the summary is flat: `dataset`, `group` ("" for the whole data set), `rows`, `tokens`, and

    code, mathematics, general               shares of the rows, by domain
    mean_cosine, vendi, clusters, coverage   diversity; `coverage` is the share of the clusters of all data
    complexity, complexity_p25, _p50, _p75   mean and quartiles of the joint ranks
    decisions, nesting, lines, perplexity    medians over the rows that have them; `coded` is the share with decisions
    algorithmic, entropy, categories         of the rows that have a category; `categories` have at least 1 % of them
    unassigned, category_shares              of all rows; the shares are by name

`vendi`, `clusters` and `coverage` grow with the number of rows, so they are those of `facts["sample"]` rows of each
group: Vendi of rows chosen by a hash of their ids, clusters as the exact mean over all samples of that size. A group
with fewer rows has none. What cannot be said is None.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mulco.analysis import labels as labelling
from mulco.analysis.categories import nearest
from mulco.analysis.diversity import Clusters, clusters, coverage, mean_cosine, plane, vendi
from mulco.analysis.embedding import Embedder, Tfidf, embed, open_embedder, texts_of
from mulco.analysis.measure import measured
from mulco.analysis.result import ALGORITHMIC, CATEGORIES, DOMAINS, READ, ROWS, Analysis
from mulco.analysis.rows import Target, read
from mulco.analysis.wording import asked
from mulco.errors import MulcoError, OutputError, UsageError
from mulco.version import VERSION

FORMAT = 1  # of analysis.json
FACTS, TABLE = "analysis.json", "rows.parquet"
RULES, ROWS_OWN = "rules", "rows"  # kinds of labels, beside those that a model is asked for
TEXT = 2_048  # characters of question and answer by which a row looks for the nearest category
SAMPLE = 2_000  # rows at most whose Vendi score and clusters are compared, as in the notes behind this module
SMALLEST = 100  # rows of a group that has a say in how large the sample is
TOLD = 10_000  # rows at most that stand for the categories when other rows look for the nearest
FEW = 0.01  # the share of rows from which a category counts as covered

DEFINITIONS = {
    "domain": ("what a row is about, by its programming language, fences, look and words", "share of the rows"),
    "diversity": (
        "mean cosine of each row to all others, exact; Vendi score, and clusters hit of those that all data form, both "
        "of samples of one size; by the embedding named here",
        "cosine; rows, all unlike, that would be as varied; share of the clusters",
    ),
    "complexity": (
        "mean of the ranks of decisions, nesting and lines of the answer's code, and of the perplexity of its "
        "characters under 4-grams of the other half of the answers; ranks are joint over all data",
        "rank from 0 to 1; counts; perplexity per character",
    ),
    "categories": (
        "the study's ten categories of tasks, by words, else the nearest; ALG is the share of the first two, entropy "
        "that of the shares over that of ten equal ones",
        "share of the rows that have one",
    ),
}

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Points = npt.NDArray[np.float32]
Tick = Callable[[int, int], None]  # steps done, steps there are


def analyze(
    targets: Sequence[str | Path | Target],
    *,
    by: str = "config",
    split: str = "train",
    limit: int | None = None,
    configs: Sequence[str] = (),
    embedder: Embedder | str | None = "tfidf",
    labels: str | labelling.Asked = RULES,
    seed: int = 0,
    workers: int | None = None,
    tick: Tick | None = None,
) -> Analysis:
    """Read, measure and sum up; see `rows.read` for `targets`, `by`, `split` and `limit`.

    `embedder` is one of `embedding`, or the name of a model; None leaves diversity out. `labels` are "rules", "rows"
    (what a model said of rows that mulco built, where it did), or who is asked. `workers` None: one a core. The same
    rows and settings give the same rows and summary; only seconds differ. Raises UsageError or MulcoError.
    """
    if isinstance(labels, str) and labels not in (RULES, ROWS_OWN):
        raise UsageError(f"no labels {labels!r}. Labels: rules, rows, or a model that is asked")
    began = time.monotonic()
    workers = workers or os.cpu_count() or 1
    table = read(targets, by=by, split=split, limit=limit, configs=configs, workers=workers)
    progress = _Progress(table.num_rows, tick)
    seconds = dict.fromkeys(("read", "tokens", *DEFINITIONS), 0.0)
    seconds["read"] = time.monotonic() - began
    rows, spent = measured(table, workers=workers, tick=progress.part)
    seconds |= spent
    facts: dict[str, Any] = {"version": VERSION, "format": FORMAT, "by": by, "split": split, "limit": limit,
                             "seed": seed, "rows": table.num_rows}  # fmt: skip
    with _clock(seconds, "categories"):
        rows, said, facts["labels"] = _told(table, rows, labels, progress.of("asked"))
        rows = _with_nearest(table, rows, said, seed)
    points, found = None, None
    if embedder is not None:
        with _clock(seconds, "diversity"):
            embedder = open_embedder(embedder) if isinstance(embedder, str) else embedder
            points = embed(texts_of(table), embedder, seed=seed, tick=progress.of("embedding"))
            found = clusters(points, seed)
            rows = _placed(rows, points, found)
            facts |= {"embedder": embedder.id, "clusters": len(found.centers)}
    with _clock(seconds, "diversity"):
        facts["sample"] = _sample(rows)
        summary = _summary(rows, points, found, facts["sample"])
    progress.part("summed up", 1, 1)
    facts["factors"] = {
        name: {"definition": definition, "unit": unit, "seconds": round(seconds[name], 2)}
        for name, (definition, unit) in DEFINITIONS.items()
        if name != "diversity" or embedder is not None
    }
    facts["run"] = {"seconds": round(time.monotonic() - began, 2), "workers": workers,
                    "parts": {name: round(value, 2) for name, value in seconds.items()}}  # fmt: skip
    return Analysis(table, rows, summary, facts, points)


def write(analysis: Analysis, folder: Path) -> list[Path]:
    """`analysis.json` with facts and summary, `rows.parquet` with what was read and measured of each row.

    The embeddings are not written. Raises OutputError.
    """
    own = [name for name in ROWS.names if name not in READ.names]
    table = pa.table([*analysis.read.columns, *(analysis.rows[name] for name in own)], names=[*READ.names, *own])
    facts = {"format": FORMAT, "facts": analysis.facts, "summary": analysis.summary}
    files = [folder / FACTS, folder / TABLE]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = [file.with_name(f"{file.name}.tmp") for file in files]
        temporary[0].write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
        pq.write_table(table.replace_schema_metadata(None), temporary[1], compression="zstd")
        for file, written in zip(files, temporary, strict=True):
            written.replace(file)
    except OSError as err:
        raise OutputError(f"cannot write {folder}: {err.strerror or err}. Name another folder with --out") from err
    return files


def load(folder: Path) -> Analysis:
    """What `write` has written, without embeddings; raises MulcoError where it is not there or damaged."""
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        table = pq.read_table(folder / TABLE)
        if facts["format"] != FORMAT:
            raise MulcoError(f"{folder / FACTS}: of another version. Analyse again: mulco analyze --out {folder}")
        whole, rows = (pa.table([table[name] for name in schema.names], schema=schema) for schema in (READ, ROWS))
        return Analysis(whole, rows, facts["summary"], facts["facts"])
    except FileNotFoundError as err:
        raise MulcoError(f"{folder}: no analysis. Make one: mulco analyze TARGET --out {folder}") from err
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as err:
        raise MulcoError(f"{folder}: damaged ({err}). Analyse again: mulco analyze TARGET --out {folder}") from err


# Categories.


def _told(
    table: pa.Table, rows: pa.Table, labels: str | labelling.Asked, tick: Tick
) -> tuple[pa.Table, labelling.Labels, dict[str, Any]]:
    """Rows with domain and category of a model where it spoke, what it said, and how far rules agree with it."""
    if labels == RULES:
        return rows, {}, {"by": RULES}
    if isinstance(labels, labelling.Asked):
        answered = labelling.label(table, labels, lambda counts, _: tick(counts.done, counts.total))
        said: labelling.Labels = answered.labels
        facts = answered.facts
    else:
        said = labelling.from_rows(table)
        facts = {"by": labelling.MODEL, "labelled": len(said)}
    return labelling.put(rows, said), said, {**facts, "agreement": labelling.agreement(rows, said)}


def _with_nearest(table: pa.Table, rows: pa.Table, said: labelling.Labels, seed: int) -> pa.Table:
    """Rows of which neither words nor a model say anything get the category of the nearest middle.

    They are placed by question and answer in a space of the default embedder, whichever measures diversity, so the
    same rows have the same categories.
    """
    told, ways = rows["category"].to_pylist(), rows["category_by"].to_pylist()
    ids = rows["id"].to_pylist()
    keys = list(zip(rows["dataset"].to_pylist(), ids, strict=True))
    untold = [row for row, name in enumerate(told) if name is None and keys[row] not in said]
    known = sorted((row for row, name in enumerate(told) if name is not None), key=lambda row: _mark(ids[row]))
    if not known or not untold:
        return rows
    chosen = sorted([*known[:TOLD], *untold])
    part = table.take(pa.array(chosen))
    texts = [
        "\n".join((*asked(task, language, instruction, given), output))[:TEXT]
        for task, language, instruction, given, output in zip(
            *(part[name].to_pylist() for name in ("task", "language", "instruction", "input", "output")), strict=True
        )
    ]
    points = embed(texts, Tfidf(), seed=seed)
    names = nearest(points, [told[row] for row in chosen], part["language"].to_pylist())
    for row, name in zip(chosen, names, strict=True):
        if name is not None:
            told[row], ways[row] = name, "nearest"
    return _set(rows, category=told, category_by=ways)


# Diversity.


def _placed(rows: pa.Table, points: Points, found: Clusters) -> pa.Table:
    """Rows with their diversity inside their data set, their cluster, and their place on the map."""
    diversity = np.full(len(points), np.nan)
    for of in _groups(rows["dataset"].to_pylist()).values():
        diversity[of] = 1 - mean_cosine(points[of])
    x, y = plane(points).T
    return _set(rows, diversity=pa.array(diversity, from_pandas=True), cluster=found.label, x=x, y=y)


def _sample(rows: pa.Table) -> int:
    """How many rows of each group are compared: as many as the smallest group has that is not tiny, at most SAMPLE."""
    keys = list(zip(rows["dataset"].to_pylist(), rows["group"].to_pylist(), strict=True))
    sizes = Counter(keys).values()
    return min([SAMPLE, *([size for size in sizes if size >= SMALLEST] or [max(sizes)])])


# The summary.


def _summary(rows: pa.Table, points: Points | None, found: Clusters | None, sample: int) -> list[dict[str, Any]]:
    """One entry for each data set and, after it, one for each of its groups."""
    entries = []
    groups = rows["group"].to_pylist()
    for dataset, of in _groups(rows["dataset"].to_pylist()).items():
        parts = {"": of, **{name: of[own] for name, own in _groups([groups[row] for row in of]).items()}}
        for group, own in parts.items():
            table = rows.take(pa.array(own))
            entry: dict[str, Any] = {"dataset": dataset, "group": group, "rows": len(own)}
            entry["tokens"] = sum(table["tokens"].to_pylist())
            domains = Counter(table["domain"].to_pylist())
            entry |= {name: _rounded(domains[name] / len(own)) for name in DOMAINS}
            entry |= _diversity(table, points, found, own, sample)
            entry |= _complexity(table)
            entry |= _coverage(table["category"].to_pylist())
            entries.append(entry)
    return entries


def _diversity(
    table: pa.Table, points: Points | None, found: Clusters | None, own: Numbers, sample: int
) -> dict[str, float | None]:
    """Mean cosine over all rows; Vendi score and clusters hit over samples of one size."""
    if points is None or found is None:
        return {"mean_cosine": None, "vendi": None, "clusters": None, "coverage": None}
    mean = float(mean_cosine(points[own]).mean())
    if len(own) < sample:
        return {"mean_cosine": _rounded(mean), "vendi": None, "clusters": None, "coverage": None}
    ids = table["id"].to_pylist()
    chosen = sorted(sorted(range(len(own)), key=lambda row: _mark(ids[row]))[:sample])
    hit = coverage(found.label[own], sample)
    return {
        "mean_cosine": _rounded(mean), "vendi": _rounded(vendi(points[own[chosen]])), "clusters": _rounded(hit),
        "coverage": _rounded(hit / len(found.centers)),
    }  # fmt: skip


def _complexity(table: pa.Table) -> dict[str, float | None]:
    """Mean and quartiles of the rank, medians of what it is made of, and how many rows have code that was parsed."""
    rank = _numbers(table, "complexity")
    quartiles = np.quantile(rank, (0.25, 0.5, 0.75)) if len(rank) else [math.nan] * 3
    parts = {name: _numbers(table, name) for name in ("decisions", "nesting", "lines", "perplexity")}
    return {
        "complexity": _rounded(float(rank.mean()) if len(rank) else math.nan),
        **{f"complexity_p{p}": _rounded(float(value)) for p, value in zip((25, 50, 75), quartiles, strict=True)},
        **{name: _rounded(float(np.median(values)) if len(values) else math.nan) for name, values in parts.items()},
        "coded": _rounded(len(parts["decisions"]) / table.num_rows),
    }


def _coverage(names: Sequence[str | None]) -> dict[str, Any]:
    """Shares of the categories among rows that have one, and how evenly they are spread."""
    counts = Counter(name for name in names if name is not None)
    known = counts.total()
    shares = {name: counts[name] / known if known else 0.0 for name in CATEGORIES}
    entropy = -sum(share * math.log(share) for share in shares.values() if share) / math.log(len(CATEGORIES))
    return {
        "algorithmic": _rounded(sum(shares[name] for name in ALGORITHMIC)) if known else None,
        "entropy": _rounded(entropy) if known else None,
        "categories": sum(1 for share in shares.values() if share >= FEW),
        "unassigned": _rounded(1 - known / len(names)),
        "category_shares": {name: _rounded(share) for name, share in shares.items()},
    }


def _numbers(table: pa.Table, name: str) -> Floats:
    """The values of a column that are not null."""
    return np.asarray(table[name].drop_null().to_numpy(), np.float64)


def _groups(values: Sequence[str]) -> dict[str, Numbers]:
    """The rows of each value, by value in the order in which they come."""
    found: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        found.setdefault(value, []).append(row)
    return {value: np.array(rows) for value, rows in found.items()}


def _set(rows: pa.Table, **columns: Any) -> pa.Table:
    """Rows with other values in some columns."""
    for name, values in columns.items():
        field = ROWS.field(name)
        rows = rows.set_column(rows.schema.get_field_index(name), field, pa.array(values, field.type))
    return rows


def _mark(id_: str) -> bytes:
    """Where a row stands in an order that neither its place nor its text decides."""
    return hashlib.blake2b(f"sample/{id_}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _rounded(value: float) -> float | None:
    """Six digits: what BLAS rounds otherwise elsewhere lies below them."""
    return None if math.isnan(value) else round(value, 6)


@contextmanager
def _clock(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Adds the CPU seconds of a block, in this process, to those of a factor."""
    began = time.process_time()
    yield
    seconds[name] += time.process_time() - began


class _Progress:
    """All that is done as one number of steps: each row is judged, foreseen, asked about, placed and summed up."""

    STAGES = ("rows judged", "characters foreseen", "asked", "embedding", "summed up")

    def __init__(self, rows: int, tick: Tick | None) -> None:
        self._rows, self._tick = rows, tick

    def part(self, what: str, done: int, of: int) -> None:
        """So much is done of one stage, and all that comes before it."""
        if self._tick is not None:
            stage = self.STAGES.index(what)
            self._tick(int(self._rows * (stage + done / max(1, of))), self._rows * len(self.STAGES))

    def of(self, what: str) -> Tick:
        return lambda done, of: self.part(what, done, of)
