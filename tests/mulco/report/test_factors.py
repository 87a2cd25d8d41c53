"""The page of factors says what the analysis says, sets two data sets side by side, and needs nothing but itself."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mulco.analysis.result import CATEGORIES, DOMAINS, READ, ROWS, Analysis
from mulco.errors import MulcoError
from mulco.report.factors import write_factors
from mulco.report.factors_facts import MEASURES, POINTS, UNASSIGNED, cliffs_delta, read_factors
from mulco.report.page import FACTORS
from mulco.report.words import NAMES
from tests.mulco.report.conftest import Page

HOSTILE = "<b>first</b> & '$\\frac$'"


def analysis_of(groups: Mapping[str, Mapping[str, int]]) -> Analysis:
    """Rows by data set and group, so many of each, with measures that follow from their place; every fifth row has no
    category, every fourth no code, and the second data set is the more complex."""
    chance = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    for number, (dataset, of) in enumerate(groups.items()):
        for group, size in of.items():
            for place in range(size):
                code = place % 4 > 0
                category = CATEGORIES[(place * place + number) % 10] if place % 5 else None
                rows.append({
                    "dataset": dataset, "group": group, "id": f"{group}/{place}", "language": "en",
                    "programming_language": "python" if code else "text", "tokens": 20 + place % 7,
                    "domain": DOMAINS[0 if code else 1 + (place // 4 + number) % 2], "category": category,
                    "category_by": category and ("rule" if place % 3 else "nearest"),
                    "decisions": place % 6 + number if code else None, "nesting": place % 3 if code else None,
                    "lines": 3 + place % 20 if code else None, "perplexity": 2 + place % 10 / 10,
                    "complexity": min(1.0, float(chance.beta(2 + number, 3))), "diversity": 0.9, "cluster": place % 30,
                    "x": float(chance.normal(number * 0.2, 0.1)), "y": float(chance.normal(0, 0.1)),
                })  # fmt: skip
    table = pa.Table.from_pylist(rows, ROWS)
    factors = {"domain": {"definition": "by <words>", "unit": "rows"}}
    facts = {"version": "1.0", "embedder": "tfidf", "clusters": 30, "sample": 100, "limit": None,
             "labels": {"by": "rules"}, "factors": factors}  # fmt: skip
    return Analysis(READ.empty_table(), table, summary_of(table), facts)


def summary_of(table: pa.Table) -> list[dict[str, Any]]:
    frame, found = table.to_pandas(), []
    for dataset, of in frame.groupby("dataset", sort=False):
        for group, part in [("", of), *of.groupby("group", sort=False)]:
            shares = part["category"].value_counts(normalize=True)
            found.append({
                "dataset": dataset, "group": group, "rows": len(part), "tokens": int(part["tokens"].sum()),
                **{name: float((part["domain"] == name).mean()) for name in DOMAINS},
                "mean_cosine": 0.1 + len(part) / 1e5, "vendi": len(part) / 10, "clusters": part["cluster"].nunique(),
                "coverage": part["cluster"].nunique() / 30, "complexity": float(part["complexity"].mean()),
                **{name: float(part[name].median()) for name in MEASURES[:-1]},
                "algorithmic": float(shares.reindex(CATEGORIES[:2]).sum()),
                "entropy": float(-(shares * np.log10(shares)).sum()), UNASSIGNED: float(part["category"].isna().mean()),
                "category_shares": shares.reindex(list(CATEGORIES), fill_value=0).to_dict(),
            })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def two() -> Analysis:
    return analysis_of({HOSTILE: {"only": 400}, "second": {"a": 300, "b": 200}})


@pytest.fixture(scope="module")
def pages(two: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of two data sets beside each other."""
    out = tmp_path_factory.mktemp("因素 of two")
    write_factors(two, out)
    return out


def page_of(out: Path, language: str) -> Page:
    return Page((out / FACTORS[language]).read_text("utf-8"))


def percent(share: float, language: str) -> str:
    return f"{100 * share:.1f}" + {"en": " %", "zh": "%"}[language]


@pytest.mark.parametrize(("language", "titles"), [
    ("en", ("Domain composition", "Semantic diversity", "Quartiles", "Task coverage", "How labels were found")),
    ("zh", ("领域构成", "语义多样性", "四分位数", "任务覆盖", "归类方式")),
])  # fmt: skip
def test_the_numbers_on_the_page_are_those_of_the_summary(
    pages: Path, two: Analysis, language: str, titles: Sequence[str]
) -> None:
    found = page_of(pages, language).tables
    domain, diversity, quartiles, coverage, ways = (found[title][1:] for title in titles)
    by_group = {(of["dataset"], of["group"]): of for of in two.summary}
    whole = NAMES["whole"][("en", "zh").index(language)]
    shown = [key for key in by_group if key[1] != "only"]  # the only group is the whole data set
    assert [(row[0], row[1].replace(whole, "")) for row in domain] == shown
    for key, of_domain, of_diversity, of_quartiles, of_ways in zip(
        shown, domain, diversity, quartiles, ways, strict=True
    ):
        of = by_group[key]
        assert of_domain[2] == f"{of['rows']:,}"
        shares = [f"({percent(of[name], language)})" for name in DOMAINS]
        assert [cell.split(" ", 1)[1] for cell in of_domain[3:]] == shares
        assert of_diversity[3:] == [f"{of['mean_cosine']:.3f}", f"{of['vendi']:.1f}", f"{of['clusters']:.1f}",
                                    percent(of["coverage"], language)]  # fmt: skip
        assert of_ways[3:6] == [percent(of["algorithmic"], language), f"{of['entropy']:.3f}",
                                percent(of[UNASSIGNED], language)]  # fmt: skip
        assert sum(map(int, of_ways[6:])) == of["rows"] - round(of[UNASSIGNED] * of["rows"])
        medians = [cell.split(" / ")[1] for cell in of_quartiles[4:7]]
        assert [float(median) for median in medians] == [of[name] for name in ("decisions", "nesting", "lines")]
    for column, dataset in ((1, HOSTILE), (2, "second")):
        shares = by_group[dataset, ""]["category_shares"]
        told = [re.findall(r"\((.*)\)", row[column])[0] for row in coverage]
        assert told == [percent(shares[name], language) for name in CATEGORIES]


def test_two_data_sets_differ_in_words_of_numbers(pages: Path, two: Analysis) -> None:
    text = html.unescape((pages / "factors.html").read_text("utf-8"))
    first, second = (of for of in two.summary if not of["group"])
    rows = two.rows.to_pandas()
    of_first, of_second = (rows[rows["dataset"] == name]["complexity"].to_numpy() for name in (HOSTILE, "second"))
    pairs = np.sign(of_second[:, None] - of_first[None, :])
    assert pairs.mean() > 0.147
    said = f"Complexity: +{second['complexity'] - first['complexity']:.3f} (rank points, of a scale from 0 to 1), " \
           f"Cliff's delta +{pairs.mean():.2f}, which is "  # fmt: skip
    assert said in text
    assert "by mean cosine" in text.lower()
    [head, *table] = page_of(pages, "en").tables["The differences"]
    assert head[1:3] == [HOSTILE, "second"]
    figures = {row[0]: row[1:] for row in table}
    assert figures["rows"] == ["400", "500", "+100", "–"]
    assert figures["Vendi score"] == ["40.0", "50.0", "+10.0", "–"]
    assert figures["decisions (median)"][:3] == ["3", "4", "+1"]


def test_cliffs_delta_counts_pairs() -> None:
    chance = np.random.default_rng(0)
    first, second = chance.integers(0, 9, 50).astype(float), chance.integers(2, 9, 70).astype(float)
    brute = np.sign(second[:, None] - first[None, :]).mean()
    assert cliffs_delta(first, second) == pytest.approx(brute)
    assert cliffs_delta(np.append(first, np.nan), second) == pytest.approx(brute), "what is not measured has no rank"
    assert (cliffs_delta(first, first + 100), cliffs_delta(first, first - 100)) == (1, -1)
    assert np.isnan(cliffs_delta(first, np.array([np.nan])))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_asks_for_nothing_and_every_table_and_picture_has_words(pages: Path, language: str) -> None:
    text = (pages / FACTORS[language]).read_text("utf-8")
    found = Page(text)
    assert {tag for tag, address in found.addresses if re.match(r"(https?:)?//", address)} <= {"a"}
    assert not {"script", "iframe", "object", "img"} & set(found.tags)
    assert "@import" not in text
    assert re.findall(r"url\((?!#)", text) == []
    assert not any(said in text for said in (HOSTILE, "<words>"))
    assert len(found.ids) == len(set(found.ids))
    inside = {address for _, address in found.addresses if address.startswith("#")}
    assert inside <= {f"#{one}" for one in found.ids}
    assert len(found.images) == 4
    assert all(re.search(r"\d", str(image["aria-label"])) for image in found.images)
    assert all(image.get("role") == "img" for image in found.images)
    assert all(row for table in found.tables.values() for row in table)
    beside = {address for tag, address in found.addresses if tag == "a" and not address.startswith("#")}
    assert beside == {FACTORS[{"en": "zh", "zh": "en"}[language]], *(file.name for file in pages.glob("*.csv"))}


def test_the_same_analysis_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):  # processes of their own: nothing may hang on the order of a set
        code = "from pathlib import Path\nfrom mulco.report.factors import write_factors\n" \
               "from tests.mulco.report.test_factors import analysis_of\n" \
               "made = analysis_of({'one': {'a': 60, 'b': 50}, 'two': {'c': 70}})\n" \
               f"write_factors(made, Path({str(tmp_path / name)!r}), ['zh'])"  # fmt: skip
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
    files = sorted((tmp_path / "one").iterdir())
    assert {file.suffix for file in files} == {".html", ".png", ".csv"}
    assert [file.read_bytes() for file in files] == [(tmp_path / "two" / file.name).read_bytes() for file in files]


def test_many_rows_and_many_groups_give_a_small_page(tmp_path: Path) -> None:
    many = analysis_of({"many": {f"group_{number}_of_a_long_name": 700 for number in range(20)}})
    factors = read_factors(many)
    assert (len(factors.points), factors.placed) == (POINTS, 14_000)
    files = write_factors(many, tmp_path, ["en"])
    assert files[0].stat().st_size < 500_000
    text = files[0].read_text("utf-8")
    assert "3,000 of 14,000 rows" in text
    assert text.count("group_19_of_a_long_name") >= 4, "the tables have every group"
    table = pd.read_csv(tmp_path / "factors_summary.csv", keep_default_na=False)
    assert table["rows"].tolist() == [14_000, *[700] * 20]


def test_points_are_chosen_whatever_the_order_of_the_rows(two: Analysis) -> None:
    turned = Analysis(two.read, two.rows.take(list(reversed(range(two.rows.num_rows)))), two.summary, two.facts)
    pd.testing.assert_frame_equal(read_factors(two).points, read_factors(turned).points)


def test_what_is_not_measured_is_said_to_be_so(tmp_path: Path) -> None:
    """Rows without an embedding, without code, without a category."""
    made = analysis_of({"plain": {"a": 40, "b": 30}})
    empty = {"x", "y", "diversity", "cluster", "category", "category_by", "decisions", "nesting", "lines"}
    columns = [
        pa.nulls(made.rows.num_rows, field.type) if field.name in empty else made.rows[field.name] for field in ROWS
    ]
    rows = pa.table(columns, schema=ROWS)
    summary = summary_of(rows)
    for of in summary:
        of |= {"mean_cosine": None, "vendi": None, "clusters": None, "coverage": None}
    write_factors(Analysis(made.read, rows, summary, made.facts), tmp_path, ["en"])
    found = page_of(tmp_path, "en")
    text = (tmp_path / "factors.html").read_text("utf-8")
    assert "The rows were not embedded, so there is no map." in text
    assert len(found.images) == 2, "no map, and no bars of categories"
    assert found.tables["Quartiles"][1][3:6] == ["not measured"] * 3
    assert found.tables["Task coverage"][-1] == ["Security & Cryptography", "0 (0.0 %)"]
    assert found.tables["How labels were found"][1][4] == "100.0 %"


def test_a_missing_library_is_named(two: Analysis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("matplotlib", "pandas"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(MulcoError, match=rf'^mulco report needs {name}\. Install it with: pip install "mulco'):
                write_factors(two, tmp_path / "out")


def test_categories_and_domains_have_names_in_both_languages() -> None:
    for name in (*CATEGORIES, *DOMAINS):
        english, chinese = NAMES[name]
        assert english == name
        assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_wrong_use_is_told(command: Callable[..., Any], tmp_path: Path) -> None:
    for options, said in (
        (["--beside", tmp_path], "add --factors"),
        (["--analysis", tmp_path], "add --factors"),
        (["--factors", "--analysis", tmp_path, "--beside", tmp_path], "do not go together"),
    ):
        done = command("report", *options)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("zh", 360)])
def test_a_browser_shows_the_page_whole_on_a_desk_and_on_a_phone(
    pages: Path, shown: Callable[..., tuple[dict[str, Any], Path]], language: str, width: int
) -> None:
    measured, _ = shown((pages / FACTORS[language]).read_text("utf-8"), width)
    assert measured["screen"] == width
    assert measured["width"] <= width, "it must not scroll sideways"
    assert measured["out"] == [], "text beyond the edge of its drawing"
    assert measured["requests"] == []
    assert min(measured["heights"]) > 80


def test_the_command_links_both_pages_and_reads_an_analysis_again(
    small_release: Path, command: Callable[..., Any], tmp_path: Path
) -> None:
    """A built folder beside a plain file; then the same analysis from a folder, without a report of a build."""
    pytest.importorskip("sklearn")
    mine = tmp_path / "mine.jsonl"
    rows = [{"instruction": f"Add {n} to {n + 1}.", "input": "", "output": f"print({n} + {n + 1})"} for n in range(30)]
    mine.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    out = tmp_path / "out"
    done = command("report", small_release, "--factors", "--beside", mine, "--out", out, "--language", "en")
    assert done.returncode == 0, done.stderr
    plain, factors = Page((out / "report.html").read_text("utf-8")), page_of(out, "en")
    assert ("a", "factors.html") in plain.addresses
    assert ("a", "report.html") in factors.addresses
    assert factors.tables["The differences"][0][2] == "mine.jsonl"
    command("report", small_release, "--out", tmp_path / "plain", "--language", "en")
    without = (tmp_path / "plain" / "report.html").read_text("utf-8")
    said = (out / "report.html").read_text("utf-8")
    assert without == said.replace('<a href="factors.html">Four factors</a>', ""), "nothing else has changed"

    done = command("analyze", small_release, mine, "--out", tmp_path / "analysis", "--workers", 1)
    assert done.returncode == 0, done.stderr
    done = command("report", "--factors", "--analysis", tmp_path / "analysis", "--language", "en", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"][0] == "factors.html"
    alone = (tmp_path / "analysis" / "report" / "factors.html").read_text("utf-8")
    assert alone == (out / "factors.html").read_text("utf-8").replace('<a href="report.html">Report</a>', "")
    assert not (tmp_path / "analysis" / "report" / "report.html").exists()
