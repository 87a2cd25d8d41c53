"""Rows measured in any number of processes, joined with their space, summed up by group, written and loaded."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mulco.analysis.analyze import FACTS, TABLE, analyze, load, write
from mulco.analysis.diversity import mean_cosine
from mulco.analysis.measure import measure
from mulco.analysis.result import CATEGORIES, READ, ROWS, Analysis
from mulco.analysis.rows import read
from mulco.errors import MulcoError, OutputError, UsageError

SIMPLE = "def add_{n}(a, b):\n    return a + b + {n}\n"
HARD = """def solve_{n}(rows, wanted):
    best = []
    for row in rows:
        if row.size > {n} and row.known:
            for other in rows:
                if other is not row and other.size < wanted:
                    while best and best[-1] > other.size:
                        best.pop()
                elif other.size == wanted or not other.known:
                    continue
            best.append(row.size)
    return best
"""


def file_of(path: Path, answer: str, rows: int = 40, **more: str) -> Path:
    lines = [
        {"instruction": f"Sort the list number {n} in Python.", "input": "", "output": answer.format(n=n), **more}
        for n in range(rows)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder = tmp_path_factory.mktemp("two sets 两个")
    targets = [file_of(folder / "easy.jsonl", SIMPLE), file_of(folder / "hard.jsonl", HARD)]
    return analyze(targets, workers=1)


def test_measures_do_not_hang_on_the_number_of_processes(starter_build: Path) -> None:
    rows = read([starter_build])
    one = measure(rows, workers=1)
    assert one.schema == ROWS
    assert one.equals(measure(rows, workers=2))
    assert one["id"].equals(rows["id"])
    assert one["diversity"].null_count == one.num_rows
    told = zip(one["category"].to_pylist(), one["category_by"].to_pylist(), strict=True)
    assert {(name is None, by) for name, by in told} == {(False, "rule"), (True, None)}


def test_a_row_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    row = {"instruction": "Sort it by bubble sort.", "input": "[2, 1]", "output": HARD.format(n=1)}
    file.write_text(json.dumps(row) + "\n", "utf-8")
    [found] = measure(read([file]), workers=1).to_pylist()
    assert found.pop("perplexity") > 1
    assert found == {
        "dataset": "rows.jsonl", "group": "rows.jsonl", "id": "rows/1", "language": "en",
        "programming_language": "python", "tokens": 98, "domain": "code", "category": CATEGORIES[0],
        "category_by": "rule", "decisions": 10, "nesting": 5, "lines": 12, "complexity": 0.5, "diversity": None,
        "cluster": None, "x": None, "y": None,
    }  # fmt: skip


def test_ranks_are_joint_over_data_sets(two: Analysis) -> None:
    easy, hard = (entry for entry in two.summary if not entry["group"])
    assert easy["complexity_p75"] < 0.5 < hard["complexity_p25"]
    assert (easy["decisions"], hard["decisions"]) == (0, 10)
    assert easy["rows"] == hard["rows"] == 40


def test_the_summary_is_flat_and_complete(two: Analysis) -> None:
    assert [(entry["dataset"], entry["group"]) for entry in two.summary] == [
        ("easy.jsonl", ""), ("easy.jsonl", "easy.jsonl"), ("hard.jsonl", ""), ("hard.jsonl", "hard.jsonl"),
    ]  # fmt: skip
    first = two.summary[0]
    assert list(first) == [
        "dataset", "group", "rows", "tokens", "code", "mathematics", "general", "mean_cosine", "vendi", "clusters",
        "coverage", "complexity", "complexity_p25", "complexity_p50", "complexity_p75", "decisions", "nesting", "lines",
        "perplexity", "coded", "algorithmic", "entropy", "categories", "unassigned", "category_shares",
    ]  # fmt: skip
    assert first["code"] + first["mathematics"] + first["general"] == pytest.approx(1)
    assert first["category_shares"][CATEGORIES[0]] == first["algorithmic"] == 1
    assert (first["entropy"], first["categories"], first["unassigned"], first["coded"]) == (0, 1, 0, 1)
    assert list(first["category_shares"]) == list(CATEGORIES)
    json.dumps(two.summary, allow_nan=False)


def test_every_factor_says_what_it_is_and_what_it_costs(two: Analysis) -> None:
    assert list(two.facts["factors"]) == ["domain", "diversity", "complexity", "categories"]
    for facts in two.facts["factors"].values():
        assert facts["definition"]
        assert facts["unit"]
        assert facts["seconds"] >= 0
    assert two.facts["embedder"].startswith("tfidf/")
    assert (two.facts["rows"], two.facts["sample"], two.facts["by"]) == (80, 40, "config")
    json.dumps(two.facts, allow_nan=False)


def test_diversity_is_that_inside_the_data_set(two: Analysis) -> None:
    assert two.embeddings is not None
    own = two.embeddings[:40]
    expected = 1 - mean_cosine(own)
    assert np.allclose(two.rows["diversity"].to_numpy()[:40], expected)
    assert two.summary[0]["mean_cosine"] == pytest.approx(float(1 - expected.mean()), abs=1e-6)
    assert two.rows["cluster"].null_count == two.rows["x"].null_count == two.rows["y"].null_count == 0


def test_groups_of_different_size_compare_at_one_size(tmp_path: Path) -> None:
    large = file_of(tmp_path / "large.jsonl", SIMPLE, 300)
    small, tiny = file_of(tmp_path / "small.jsonl", HARD, 120), file_of(tmp_path / "tiny.jsonl", HARD, 30)
    analysis = analyze([large, small, tiny], workers=1)
    assert analysis.facts["sample"] == 120
    entries = {entry["dataset"]: entry for entry in analysis.summary}
    of_small = analysis.rows.filter(pa.compute.equal(analysis.rows["dataset"], "small.jsonl"))["cluster"]
    assert entries["small.jsonl"]["clusters"] == pytest.approx(len(set(of_small.to_pylist())))
    assert entries["large.jsonl"]["vendi"] > 1
    assert [entries["tiny.jsonl"][name] for name in ("vendi", "clusters", "coverage")] == [None] * 3
    assert entries["tiny.jsonl"]["mean_cosine"] > 0


def test_the_same_rows_and_seed_give_the_same_analysis(starter_build: Path) -> None:
    first, second = (analyze([starter_build], by="task", limit=1_500, workers=workers, seed=3) for workers in (1, 2))
    assert first.rows.equals(second.rows)
    assert first.summary == second.summary
    assert first.embeddings is not None
    assert second.embeddings is not None
    assert first.embeddings.tobytes() == second.embeddings.tobytes()


def test_without_an_embedder_there_is_no_space(tmp_path: Path) -> None:
    analysis = analyze([file_of(tmp_path / "easy.jsonl", SIMPLE)], embedder=None, workers=1)
    assert analysis.embeddings is None
    assert "diversity" not in analysis.facts["factors"]
    assert analysis.rows["diversity"].null_count == analysis.rows.num_rows
    assert analysis.summary[0]["vendi"] is None


def test_rows_that_words_do_not_tell_take_the_nearest_category(tmp_path: Path) -> None:
    """Answers are alike inside a subject; half of the sorting rows say nothing that a word list knows."""
    rows = [
        *({"instruction": f"Use bubble sort, variant {n}", "output": f"zig zag zog zug by {n % 7}"} for n in range(60)),
        *(
            {"instruction": f"Make an HTML page, variant {n}", "output": f"kip kap kop kup at {n % 7}"}
            for n in range(60)
        ),
        {"instruction": "Hm", "output": "zig zag zog zug by 3"},
        {"instruction": "Hm", "output": "kip kap kop kup at 3"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    found = analyze([file], workers=1).rows.to_pylist()
    assert [(row["category"], row["category_by"]) for row in found[-2:]] == [
        (CATEGORIES[0], "nearest"),
        (CATEGORIES[4], "nearest"),
    ]
    assert found[0]["category_by"] == "rule"


def test_what_a_model_said_of_built_rows_counts_before_words(tmp_path: Path) -> None:
    """Rows of a file carry no labels: then rules hold, and the facts say that none was there."""
    analysis = analyze([file_of(tmp_path / "easy.jsonl", SIMPLE)], labels="rows", embedder=None, workers=1)
    assert analysis.facts["labels"]["labelled"] == 0
    assert set(analysis.rows["category_by"].to_pylist()) == {"rule"}
    with pytest.raises(UsageError, match="no labels 'row'"):
        analyze([tmp_path / "easy.jsonl"], labels="row")


def test_what_is_written_is_loaded(two: Analysis, tmp_path: Path) -> None:
    folder = tmp_path / "分析 one"
    assert [file.name for file in write(two, folder)] == [FACTS, TABLE]
    found = load(folder)
    assert found.rows.equals(two.rows)
    assert found.read.equals(two.read)
    assert (found.rows.schema, found.read.schema) == (ROWS, READ)
    assert (found.summary, found.facts, found.embeddings) == (two.summary, two.facts, None)
    before = (folder / TABLE).read_bytes()
    write(two, folder)
    assert (folder / TABLE).read_bytes() == before
    assert sorted(file.name for file in folder.iterdir()) == [FACTS, TABLE]


def test_what_is_no_analysis_is_refused(two: Analysis, tmp_path: Path) -> None:
    with pytest.raises(MulcoError, match=r"no analysis\. Make one: mulco analyze"):
        load(tmp_path)
    write(two, tmp_path)
    (tmp_path / TABLE).write_bytes(b"PAR1")
    with pytest.raises(MulcoError, match=r"damaged .*Analyse again"):
        load(tmp_path)
    facts: dict[str, Any] = json.loads((tmp_path / FACTS).read_text("utf-8"))
    write(two, tmp_path)
    (tmp_path / FACTS).write_text(json.dumps({**facts, "format": 0}), "utf-8")
    with pytest.raises(MulcoError, match="of another version"):
        load(tmp_path)
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(OutputError, match="Name another folder with --out"):
        write(two, tmp_path / "file")


def test_progress_goes_up_to_its_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    analyze([file_of(tmp_path / "easy.jsonl", SIMPLE)], workers=1, tick=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (200, 200)


def test_numbers_that_are_not_there_are_none(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(json.dumps({"prompt": f"Yes or no? {n}", "response": "yes"}) + "\n" for n in range(5)))
    [whole, _] = analyze([file], workers=1, embedder=None).summary
    names = ("complexity", "decisions", "lines", "perplexity", "algorithmic", "entropy")
    assert [whole[name] for name in names] == [None] * len(names)
    assert (whole["unassigned"], whole["categories"], whole["coded"]) == (1, 0, 0)
    assert not any(isinstance(value, float) and math.isnan(value) for value in whole.values())
