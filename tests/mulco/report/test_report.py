"""A report says what manifest and rows say, needs nothing but itself, and can be read in a browser, wide and narrow."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.cards.dataset import write_card
from mulco.errors import MulcoError
from mulco.manifest import Manifest, dropped_folder
from mulco.report.facts import LONGEST, read_facts
from mulco.report.page import PAGES, write_report
from mulco.report.words import NAMES, STEPS, TEXTS
from tests.mulco.report.conftest import Page

HOSTILE = '<script>alert("1 & 2")</script><img src=x onerror=alert(1)>'
KEY = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture(scope="module")
def starter(starter_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the starter build."""
    out = tmp_path_factory.mktemp("报告 of the starter")
    write_report(starter_build, out)
    return out


@pytest.fixture
def filtered(small_release: Path, tmp_path: Path) -> Path:
    """A built folder beside which lie rows that steps dropped, one of them hostile, one with a key."""
    folder = tmp_path / "数据 & rows"
    shutil.copytree(small_release, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    [config, split] = ["code_qa_zh", "train"]
    file = folder / manifest["configs"][config]["splits"][split]["files"][0]["path"]
    rows = pq.read_table(file).slice(0, 5).to_pylist()
    reasons = [("answers", "empty"), ("answers", "empty"), ("answers", "empty"), ("secrets", "aws_access_key"),
               ("contamination", "humaneval:HumanEval/0")]  # fmt: skip
    for place, (row, (step, reason)) in enumerate(zip(rows, reasons, strict=True)):
        row |= {"id": f"{config}/dropped/{place}", "programming_language": "python", "step": step, "reason": reason}
    rows[0]["output"] = HOSTILE + "x" * 1000
    rows[3]["output"] = f"key = '{KEY}'"
    target = dropped_folder(folder) / config / f"{split}.parquet"
    target.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), target)
    [entry] = [one for one in manifest["counts"] if one["config"] == config and one["split"] == split]
    entry["dropped"] = {"answers": {"empty": 3}, "secrets": {"aws_access_key": 1}, "contamination": {"humaneval": 1}}
    entry["flagged"] = {"contamination": 2}
    entry["read"] += 5
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def number(text: str) -> int:
    return int(text.replace(",", ""))


def page_of(out: Path, language: str) -> Page:
    return Page((out / PAGES[language]).read_text("utf-8"))


@pytest.mark.parametrize(("language", "rows", "licenses"), [("en", "Rows", "Licences"), ("zh", "数据行", "许可证")])
def test_the_numbers_on_the_page_are_those_of_the_manifest(
    starter: Path, starter_build: Path, language: str, rows: str, licenses: str
) -> None:
    manifest, found = Manifest.load(starter_build), page_of(starter, language)
    by_config = {(row[0], row[1]): number(row[-1]) for row in found.tables[rows][1:]}
    names = {(facts["task"], facts["language"]): config for config, facts in manifest.configs.items()}
    place = ("en", "zh").index(language)
    expected = {(NAMES[t][place], NAMES[n][place]): manifest.rows(config) for (t, n), config in names.items()}
    assert by_config == expected
    assert {row[0]: number(row[-1]) for row in found.tables[licenses][1:]} == manifest.total("licenses")


def test_lengths_and_mixes_are_those_of_the_rows(starter: Path, starter_build: Path) -> None:
    files = [
        starter_build / file["path"]
        for split in Manifest.load(starter_build).configs["code_repair_zh"]["splits"].values()
        for file in split["files"]
    ]
    rows = pa.concat_tables([pq.read_table(file) for file in files]).to_pandas()
    lengths = pd.read_csv(starter / "lengths.csv").set_index(["task", "language", "part"])
    told = lengths.loc[("code_repair", "zh", "output")]
    measured = rows["output"].str.len()
    for name, q in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        assert told[name] == np.quantile(measured, q, method="inverted_cdf")
    assert told["most"] == measured.max()
    for mix in ("difficulty", "paradigm"):
        table = pd.read_csv(starter / f"{mix}.csv", keep_default_na=False)
        of_task = table[table["task"] == "code_repair"].groupby(mix)["rows"].sum()
        # the English twins have the same code, so the two configs have the same mix
        assert (of_task == 2 * rows[mix].fillna("not measured").value_counts().reindex(of_task.index)).all()


def test_before_filtering_is_what_was_kept_and_what_was_dropped(filtered: Path, tmp_path: Path) -> None:
    write_report(filtered, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "programming_languages.csv").set_index("programming_language")
    kept = Manifest.load(filtered).total("programming_languages")["python"]
    assert table.loc["Python", ["before", "dropped", "after"]].tolist() == [kept + 5, 5, kept]
    assert (table["before"] == table["dropped"] + table["after"]).all()
    found = page_of(tmp_path / "out", "en").tables
    assert ["Python", f"{kept + 5:,}", "5", f"{kept:,}"] in found["Programming languages"]
    assert [row[1:] for row in found["Dropped rows"][1:]] == [
        ["empty", "3"], ["aws_access_key", "1"], ["humaneval", "1"],
    ]  # fmt: skip
    assert found["Duplicates and contamination"][-1][-3:] == ["2 of 2", "1", "2"]


def test_before_filtering_is_not_measured_where_the_dropped_rows_are_gone(filtered: Path, tmp_path: Path) -> None:
    shutil.rmtree(dropped_folder(filtered))
    write_report(filtered, tmp_path / "out", ["en"])
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "5 dropped rows that the manifest counts are not beside the build" in text
    assert all(row[1:3] == ["not measured"] * 2 for row in Page(text).tables["Programming languages"][1:])
    assert pd.read_csv(tmp_path / "out" / "programming_languages.csv")["before"].isna().all()


def test_examples_are_escaped_shortened_and_never_hold_what_a_secret_was(filtered: Path, tmp_path: Path) -> None:
    write_report(filtered, tmp_path / "out", ["en"])
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert html.escape(HOSTILE) in text
    assert "x" * (LONGEST + 1) not in text
    assert not {"script", "img"} & set(Page(text).tags)
    assert "code_qa_zh/dropped/1" in text
    assert "code_qa_zh/dropped/2" not in text, "two of a reason are enough"
    assert "code_qa_zh/dropped/3" in text
    assert KEY not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_asks_for_nothing_and_every_table_and_picture_has_words(starter: Path, language: str) -> None:
    text = (starter / PAGES[language]).read_text("utf-8")
    found = Page(text)
    assert {tag for tag, address in found.addresses if re.match(r"(https?:)?//", address)} <= {"a"}
    assert not {"script", "iframe", "object", "img"} & set(found.tags)
    assert "@import" not in text
    assert re.findall(r"url\((?!#)", text) == []
    assert len(found.ids) == len(set(found.ids))
    inside = {address for _, address in found.addresses if address.startswith("#")}
    assert inside <= {f"#{one}" for one in found.ids}
    assert all(re.search(r"\d", str(image["aria-label"])) for image in found.images)
    assert len(found.images) >= 5
    assert all(row for table in found.tables.values() for row in table)


def test_the_same_folder_gives_the_same_bytes(filtered: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):  # processes of their own: nothing may hang on the order of a set
        code = f"from pathlib import Path\nfrom mulco.report.page import write_report\n" \
               f"write_report(Path({str(filtered)!r}), Path({str(tmp_path / name)!r}), ['zh'])"  # fmt: skip
        subprocess.run([sys.executable, "-c", code], check=True)
    files = sorted((tmp_path / "one").iterdir())
    assert {file.suffix for file in files} == {".html", ".png", ".csv"}
    assert [file.read_bytes() for file in files] == [(tmp_path / "two" / file.name).read_bytes() for file in files]


def test_cards_show_the_pictures(filtered: Path, command: Callable[..., Any]) -> None:
    done = command("report", filtered, "--language", "zh", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["files"][0] == "report_zh.html"
    assert "report.html" not in said["files"]
    write_card(filtered, Manifest.load(filtered))
    card = (filtered / "README_zh.md").read_text("utf-8")
    assert all(f"](report/{name})" in card for name in said["files"] if name.endswith(".png"))
    assert "](report/programming-languages.png)" in card


def test_wrong_use_is_told(command: Callable[..., Any], tmp_path: Path) -> None:
    assert command("report", tmp_path, "--language", "de").returncode == 2
    done = command("report", tmp_path)
    assert (done.returncode, "no manifest.json" in done.stderr) == (1, True)


def test_a_missing_library_is_named(filtered: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("matplotlib", "pandas"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(MulcoError, match=rf'^mulco report needs {name}\. Install it with: pip install "mulco'):
                write_report(filtered, tmp_path / "out")


def test_both_languages_have_every_word_and_chinese_its_own_punctuation() -> None:
    for pair in (*TEXTS.values(), *NAMES.values(), *STEPS.values()):
        assert all(pair)
    for key, (english, chinese) in TEXTS.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key
        assert re.search(r"[\u4e00-\u9fff][,;:?!.(]|[,;:?!(][\u4e00-\u9fff]", chinese) is None, key


def test_an_early_step_stands_before_a_later_one(filtered: Path) -> None:
    assert [example.step for example in read_facts(filtered).examples] == [
        "answers", "answers", "secrets", "contamination",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("zh", 360)])
def test_a_browser_shows_the_page_whole_on_a_desk_and_on_a_phone(
    starter: Path, shown: Callable[..., tuple[dict[str, Any], Path]], language: str, width: int
) -> None:
    from PIL import Image

    measured, picture = shown((starter / PAGES[language]).read_text("utf-8"), width)
    assert measured["screen"] == width
    assert measured["width"] <= width, "it must not scroll sideways"
    assert measured["out"] == [], "text beyond the edge of its drawing"
    assert measured["requests"] == []
    assert min(measured["heights"]) > 80
    seen = np.asarray(Image.open(picture).convert("RGB")).astype(int)
    ink = seen.min(axis=2) < 128
    assert ink[:, :width].any(axis=1).mean() > 0.2, "the page is blank, or nearly"
    colours = [np.abs(seen - np.array(colour)).sum(axis=2) < 30 for colour in ((0, 114, 178), (213, 94, 0))]
    assert all(colour.sum() > 50 for colour in colours), "the radar has both its lines"
