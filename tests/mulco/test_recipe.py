"""Recipes: cells with explicit units, sampling by a stable hash, shortages told, wrong recipes refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mulco.build import Result, build
from mulco.catalog import catalog
from mulco.check import check
from mulco.errors import UsageError
from mulco.plan import Settings, make_plan
from mulco.recipe import Cell, Recipe, count_tokens, load_recipe

TEXTS = ("instruction", "input", "output")


def built(folder: Path, *cells: Cell) -> Result:
    return build(make_plan([], Settings(recipe=Recipe("test", cells))), folder)


def train(result: Result, config: str) -> list[dict[str, str]]:
    files = result.manifest.configs[config]["splits"]["train"]["files"]
    return [row for file in files for row in pq.read_table(result.folder / file["path"]).to_pylist()]


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_cell_keeps_so_many_training_rows_and_leaves_the_other_splits_whole(tmp_path: Path) -> None:
    result = built(tmp_path / "out", Cell("code_repair_en", rows=30))
    assert list(result.manifest.configs) == ["code_repair_en"]
    splits = {split: facts["rows"] for split, facts in result.manifest.configs["code_repair_en"]["splits"].items()}
    assert splits == {"train": 30, "validation": 40, "test": 40}
    assert result.manifest.configs["code_repair_en"]["recipe"] == [
        {"sources": [], "wanted": "30 rows", "rows": 30, "missing": 0, "note": ""}
    ]
    [entry] = [entry for entry in result.manifest.counts if entry["split"] == "train"]
    assert (entry["read"], entry["rows"], entry["dropped"]) == (160, 30, {"recipe": {"not_in_recipe": 130}})
    assert list(check(result.folder)) == []


def test_a_larger_cell_contains_the_smaller_one_and_order_stays_upstreams(tmp_path: Path) -> None:
    small = [row["id"] for row in train(built(tmp_path / "small", Cell("code_repair_en", rows=20)), "code_repair_en")]
    large = [row["id"] for row in train(built(tmp_path / "large", Cell("code_repair_en", rows=60)), "code_repair_en")]
    whole = [row["id"] for row in train(built(tmp_path / "whole", Cell("code_repair_en", rows=160)), "code_repair_en")]
    assert set(small) < set(large) < set(whole)
    assert large == [id_ for id_ in whole if id_ in large]


def test_a_fraction_and_tokens_are_units_too(tmp_path: Path) -> None:
    cells = Cell("code_qa_en", fraction=0.5), Cell("code_repair_zh", tokens=5000)
    result = built(tmp_path / "out", *cells)
    assert len(train(result, "code_qa_en")) == 10
    tokens = sum(count_tokens(row[name] for name in TEXTS) for row in train(result, "code_repair_zh"))
    assert 4000 < tokens <= 5000


def test_tokens_are_words_marks_and_single_han_characters() -> None:
    assert count_tokens(["return a_b + 1;", "返回值 int"]) == 5 + 4


def test_a_shortage_is_reported(tmp_path: Path) -> None:
    result = built(tmp_path / "out", Cell("code_qa_en", rows=100), Cell("code_search_zh", ("codegpt-cn",), rows=7))
    recipes = {name: facts["recipe"] for name, facts in result.manifest.configs.items()}
    assert recipes["code_qa_en"][0]["missing"] == 80
    assert recipes["code_search_zh"] == [
        {"sources": ["codegpt-cn"], "wanted": "7 rows", "rows": 0, "missing": 7, "note": ""}
    ]


def test_cells_of_one_config_take_from_their_own_sources(upstream_like: Path, tmp_path: Path) -> None:
    cells = Cell("code_translation_en", ("codetrans",), rows=2), Cell("code_translation_en", ("starter",), rows=3)
    plan = make_plan([], Settings(upstream_like, recipe=Recipe("test", cells)))
    result = build(plan, tmp_path / "out")
    assert sorted(row["source"] for row in train(result, "code_translation_en")) == ["codetrans"] * 2 + ["starter"] * 3


def test_a_cell_decides_the_identity_and_its_note_does_not() -> None:
    def identity(*cells: Cell) -> str:
        return make_plan(["code_qa_en"], Settings(recipe=Recipe("test", cells))).configs["code_qa_en"].identity

    assert identity(Cell("code_qa_en", rows=5)) != identity(Cell("code_qa_en", rows=6)) != identity()
    assert identity(Cell("code_qa_en", rows=5)) == identity(Cell("code_qa_en", rows=5, note="for a look"))
    assert identity() == make_plan(["code_qa_en"], Settings()).configs["code_qa_en"].identity


@pytest.mark.parametrize("name", catalog().recipes)
def test_recipes_that_come_with_mulco_are_good(name: str) -> None:
    assert catalog().recipe(name).title


def test_the_original_table_sums_to_what_was_printed() -> None:
    recipe = catalog().recipe("collama_table")
    assert sum(cell.rows or 0 for cell in recipe.cells) == 100_000
    assert "88,000" in recipe.note


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cells: []", r"mine\.yaml: expected a mapping with a 'title'"),
        ("title: x\ncell: []", r"mine\.yaml: no key 'cell'\. Close matches: cells"),
        ("title: x\ncells: [{config: code_qa_de, rows: 1}]", r"no config 'code_qa_de'\. Close matches: code_qa"),
        ("title: x\ncells: [{config: code_qa_en}]", r"exactly one of rows, fraction, tokens says how much, found 0"),
        ("title: x\ncells: [{config: code_qa_en, rows: 1, tokens: 2}]", r"found 2"),
        ("title: x\ncells: [{config: code_qa_en, rows: 1.5}]", r"rows is a whole number above 0, not 1\.5"),
        ("title: x\ncells: [{config: code_qa_en, fraction: 2}]", r"fraction is a number above 0 and at most 1, not 2"),
        ("title: x\ncells: [{config: code_qa_en, sources: [stater], rows: 1}]", r"no source 'stater'\. Close"),
        ("title: x\ncells: [{config: code_qa_en, rows: 1}, {config: code_qa_en, rows: 2}]", r"in two cells; join them"),
        ("title: [", r"mine\.yaml: not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_recipe_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_recipe(written(tmp_path, text), catalog().configs, catalog().sources)


def test_an_unknown_recipe_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"no recipe 'colama_table'.*Close matches: collama_table"):
        catalog().recipe("colama_table")


@pytest.fixture
def upstream_like(tmp_path: Path) -> Path:
    """An upstream folder with a few pairs of one source."""
    data = tmp_path / "upstream" / "codetrans" / "data"
    data.mkdir(parents=True)
    for suffix in ("java", "cs"):
        lines = "".join(f"public int f{n}() {{ return {n}; }}\n" for n in range(6))
        (data / f"train.java-cs.txt.{suffix}").write_text(lines, "utf-8")
    return tmp_path / "upstream"
