"""Select: arms of every factor as they lie on the disk, equal bytes for equal seeds, refusals that say what works."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mulco.analysis.result import ALGORITHMIC, READ, Analysis
from mulco.arms.effects import cohen_d
from mulco.arms.heldout import payloads
from mulco.arms.manifest import COLUMNS, check
from mulco.arms.select import select
from mulco.arms.spec import Spec
from mulco.errors import MulcoError, OutputError, UsageError

EVERY = [
    Spec("complexity", rows=150),
    Spec("complexity", tokens=8000, parts=2),
    Spec("diversity", rows=100),
    Spec("algorithmic", rows=120),
    Spec("algorithmic", tokens=8000, shares=("40", "80")),
    Spec("domain", rows=200),
    Spec("domain", tokens=20_000, other="mathematics"),
    Spec("coverage", rows=150),
    Spec("coverage", tokens=8000),
    Spec("quality", rows=200),
    Spec("quality", tokens=8000),
]


def train(folder: Path, arm: str) -> pa.Table:
    return pq.read_table(folder / arm / "train-00000-of-00001.parquet")


def ids(folder: Path, arm: str) -> set[str]:
    return set(train(folder, arm)["id"].to_pylist())


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("spec", EVERY, ids=lambda spec: f"{spec.factor}-{'tokens' if spec.tokens else 'rows'}")
def test_arms_of_every_factor_keep_what_their_spec_says(spec: Spec, made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    facts = select(made, spec, out)
    assert list(check(out)) == []
    assert facts == json.loads((out / "arms.json").read_text("utf-8"))
    assert [arm["name"] for arm in facts["arms"]] == list(spec.arms)
    assert all(arm["rows"] == train(out, arm["name"]).num_rows for arm in facts["arms"])
    assert len({arm["rows"] for arm in facts["arms"]}) == 1
    if spec.rows:
        assert facts["arms"][0]["rows"] == spec.rows
    else:
        sums = [arm["tokens"] for arm in facts["arms"]]
        assert max(sums) - min(sums) <= 0.01 * (spec.tokens or 0)
        assert all(abs(total - (spec.tokens or 0)) <= 0.01 * (spec.tokens or 0) for total in sums)
    for pair in facts["pairs"]:
        assert all(abs(pair["differences"][name]) <= 0.1 for name in spec.numbers)
        assert all(pair["differences"][name] == 0 for name in spec.names)
        assert pair["effect"]["value"] >= spec.least
        first, second = pair["arms"]
        assert pair["shared_rows"] == len(ids(out, first) & ids(out, second))
    assert {name: abs(value) for name, value in facts["largest"].items()} == {
        name: max(abs(pair["differences"][name]) for pair in facts["pairs"]) for name in spec.numbers
    }


def test_what_is_said_of_a_pair_follows_from_its_files(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    facts = select(made, Spec("complexity", rows=200, parts=2), out)
    low, high = (train(out, name) for name in ("low", "high"))
    assert not ids(out, "low") & ids(out, "high")
    [pair] = facts["pairs"]
    for name, value in (("complexity", pair["effect"]["value"]), ("diversity", pair["differences"]["diversity"])):
        assert cohen_d(low[name].to_numpy(), high[name].to_numpy()) == pytest.approx(value, abs=1e-6)
    logarithms = [np.log(table["tokens"].to_numpy()) for table in (low, high)]
    assert cohen_d(*logarithms) == pytest.approx(pair["differences"]["tokens"], abs=1e-6)
    assert max(low["complexity"].to_pylist()) <= min(high["complexity"].to_pylist())
    assert facts["arms"][0]["means"]["complexity"] == pytest.approx(np.mean(low["complexity"].to_numpy()), abs=1e-6)
    for name in ("language", "programming_language", "domain", "category"):
        assert Counter(low[name].to_pylist()) == Counter(high[name].to_pylist())


def test_algorithmic_shares_are_exact_and_larger_ones_hold_smaller_ones(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    spec = Spec("algorithmic", rows=120)
    select(made, spec, out)
    tables = [train(out, name) for name in spec.arms]
    inside = [{row["id"] for row in t.to_pylist() if row["category"] in ALGORITHMIC} for t in tables]
    assert [len(rows) for rows in inside] == [0, 30, 60, 90, 120]
    assert inside[0] <= inside[1] <= inside[2] <= inside[3] <= inside[4]
    assert not any(None in table["category"].to_pylist() for table in tables)


def test_code_is_mixed_with_another_domain_of_another_data_set(
    make_analysis: Callable[..., Analysis], tmp_path: Path
) -> None:
    made = make_analysis(1200, datasets=("code", "general"))
    out = tmp_path / "arms"
    facts = select(made, Spec("domain", rows=300, shares=("9:1", "7:3")), out)
    tables = [train(out, name) for name in ("general-00", "general-10", "general-30")]
    assert [table["domain"].to_pylist().count("general") for table in tables] == [0, 30, 90]
    assert {set(table["domain"].to_pylist()) <= {"code", "general"} for table in tables} == {True}
    assert {id_.split("/")[0] for table in tables for id_ in table["id"].to_pylist()} == {"code", "general"}
    assert [dataset["name"] for dataset in facts["datasets"]] == ["code", "general"]


def test_coverage_picks_rows_that_are_far_apart(made: Analysis, tmp_path: Path) -> None:
    facts = select(made, Spec("coverage", rows=150), tmp_path / "arms")
    picked, random = (arm["means"] for arm in facts["arms"])
    assert picked["coverage"] > 1.2 * random["coverage"]
    assert picked["largest_gap"] < random["largest_gap"]
    with pytest.raises(MulcoError, match="which mulco analyze does not write"):
        select(replace(made, embeddings=None), Spec("coverage", rows=150), tmp_path / "arms")


@pytest.mark.parametrize("factor", ["coverage", "quality"])
def test_what_is_picked_needs_a_size(factor: str, made: Analysis, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{factor}: say how many rows are to be picked, with --rows or --tokens"):
        select(made, Spec(factor), tmp_path / "arms")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(made: Analysis, tmp_path: Path) -> None:
    for spec in (Spec("complexity", rows=100), Spec("algorithmic", tokens=5000), Spec("coverage", rows=60)):
        first, again, other = (tmp_path / spec.factor / name for name in ("first", "again", "other"))
        select(made, spec, first)
        select(made, spec, again)
        select(made, replace(spec, seed=1), other)
        assert files(first) == files(again)
        for arm in spec.arms:
            assert ids(first, arm) != ids(other, arm)


def test_a_row_that_cannot_be_chosen_changes_no_arm(made: Analysis, tmp_path: Path) -> None:
    """Choice follows from a row's own hash: without the rows of other domains the mixture is the same."""
    first, second = tmp_path / "first", tmp_path / "second"
    spec = Spec("domain", rows=200)
    select(made, spec, first)
    kept = pa.array([domain != "mathematics" for domain in made.rows["domain"].to_pylist()])
    fewer = Analysis(made.read.filter(kept), made.rows.filter(kept), [], made.facts)
    select(fewer, spec, second)
    for arm in spec.arms:
        assert train(first, arm) == train(second, arm)


def test_validation_is_the_same_for_every_arm_and_in_none(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    select(made, Spec("complexity", rows=100), out)
    name = "validation-00000-of-00001.parquet"
    assert len({(out / arm / name).read_bytes() for arm in ("low", "middle", "high")}) == 1
    held = pq.read_table(out / "low" / name)
    assert held.schema.remove_metadata() == COLUMNS
    assert held["complexity"].null_count == 0
    for arm in ("low", "middle", "high"):
        assert not set(payloads(train(out, arm))) & set(payloads(held))


def test_validation_and_test_of_a_built_folder_are_taken_as_they_are(made: Analysis, tmp_path: Path) -> None:
    own = made.read.slice(0, 300)
    new = own.set_column(READ.get_field_index("id"), "id", pa.array([f"held/{n}" for n in range(300)]))
    out = tmp_path / "arms"
    spec = Spec("complexity", rows=100, eval_rows=40)
    facts = select(made, spec, out, evaluation={"validation": new.slice(0, 200), "test": new.slice(200)})
    assert facts["evaluation"]["rows"] == {"validation": 40, "test": 40}
    assert facts["excluded"] == {"held_out_text": 80}  # their texts stand in train as well
    held = pq.read_table(out / "low" / "test-00000-of-00001.parquet")
    assert held["tokens"].null_count == 0
    assert held["complexity"].null_count == held.num_rows
    assert list(check(out)) == []


def test_a_size_out_of_reach_is_refused_with_one_that_works(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    with pytest.raises(MulcoError) as refused:
        select(made, Spec("complexity", rows=1000, parts=2), out)
    said = str(refused.value)
    assert said.startswith("complexity: 1,000 rows in each arm do not agree within a tolerance of 0.1 in tokens, ")
    reach = re.search(r"Within reach: ([\d,]+) rows \(--rows (\d+)\)", said)
    assert reach is not None
    assert not out.exists()
    facts = select(made, Spec("complexity", rows=int(reach[2]), parts=2), out)
    assert facts["arms"][0]["rows"] == int(reach[2])
    with pytest.raises(MulcoError, match=r"complexity: 100,000 tokens in each arm .*--tokens \d+\)"):
        select(made, Spec("complexity", tokens=100_000, parts=2), tmp_path / "other")


def test_a_tolerance_out_of_reach_is_refused_with_one_that_works(made: Analysis, tmp_path: Path) -> None:
    with pytest.raises(MulcoError) as refused:
        select(made, Spec("complexity", rows=300, parts=2, tolerance=0.0001), tmp_path / "arms")
    reach = re.search(r"300 rows within ([\d.]+) \(--tolerance ([\d.]+)\)", str(refused.value))
    assert reach is not None
    select(made, Spec("complexity", rows=300, parts=2, tolerance=float(reach[2])), tmp_path / "arms")


def test_an_effect_that_is_not_reached_is_refused(made: Analysis, tmp_path: Path) -> None:
    with pytest.raises(MulcoError, match=r"quality: quality and random differ by d = 0\.\d\d, and 3 is asked for"):
        select(made, Spec("quality", rows=100, effect=3), tmp_path / "arms")
    with pytest.raises(MulcoError, match="general-00 and general-03 have the same rows, since a share of so few"):
        select(made, Spec("domain", rows=10), tmp_path / "arms")


def test_rows_without_the_measure_are_in_no_arm(made: Analysis, tmp_path: Path) -> None:
    select(made, Spec("complexity", rows=100), tmp_path / "arms")
    assert {train(tmp_path / "arms", arm)["complexity"].null_count for arm in ("low", "middle", "high")} == {0}
    nothing = made.rows.set_column(
        made.rows.schema.get_field_index("complexity"), "complexity", pa.nulls(made.rows.num_rows, pa.float64())
    )
    with pytest.raises(MulcoError, match="complexity: no row of these data sets has it measured"):
        select(replace(made, rows=nothing), Spec("complexity", rows=100), tmp_path / "none")


def test_a_folder_with_anything_else_in_it_stays_as_it_is(made: Analysis, tmp_path: Path) -> None:
    spec = Spec("complexity", rows=50, parts=2)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds what mulco select did not write"):
        select(made, spec, foreign)
    assert files(foreign) == {"notes.txt": b"mine"}
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "shard.json").write_text("{}")
    with pytest.raises(OutputError, match=r"out\.partial belongs to a build of out"):
        select(made, spec, tmp_path / "out")
    assert (tmp_path / "out.partial" / "shard.json").is_file()


def test_arms_take_the_place_of_arms(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    select(made, Spec("complexity", rows=50), out)
    select(made, Spec("diversity", rows=50, parts=2), out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arms"]
    assert sorted(path.name for path in out.iterdir()) == ["arms.json", "high", "llamafactory", "low"]


def test_a_card_says_what_the_manifest_says(made: Analysis, tmp_path: Path) -> None:
    out = tmp_path / "arms"
    select(made, Spec("complexity", rows=100), out)
    card = (out / "low" / "README.md").read_text("utf-8")
    manifest = json.loads((out / "low" / "manifest.json").read_text("utf-8"))
    header = yaml.safe_load(card.split("---\n")[1])
    assert header["configs"][0]["data_files"] == [
        {"split": "train", "path": "train-00000-of-00001.parquet"},
        {"split": "validation", "path": "validation-00000-of-00001.parquet"},
    ]
    assert (header["license"], header["license_name"]) == ("other", "mixed")
    assert f"differs in complexity: 100 training rows, {manifest['tokens']:,} tokens" in card
    for name, rows in manifest["licenses"].items():
        assert f"| {name} | {rows:,} |" in card
    assert str(tmp_path) not in card + json.dumps(manifest)


def test_plain_datasets_loads_an_arm(made: Analysis, tmp_path: Path, answer: Callable[..., Any]) -> None:
    out = tmp_path / "arms"
    select(made, Spec("complexity", rows=100), out)
    code = """
import json, sys
from datasets import load_dataset
found = load_dataset(ARM)
print(json.dumps({"rows": {s: len(found[s]) for s in found}, "columns": found["train"].column_names,
                  "mulco": "mulco" in sys.modules}))
"""
    said = answer(f"ARM = {str(out / 'high')!r}\n{code}")
    assert said == {"rows": {"train": 100, "validation": 50}, "columns": COLUMNS.names, "mulco": False}
