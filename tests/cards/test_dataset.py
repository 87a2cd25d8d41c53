"""The dataset card: every figure from the manifest, both languages from the same facts, and it can be loaded by."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from mulco.build import build
from mulco.cards.dataset import render, write_card
from mulco.cards.examples import example
from mulco.cards.lint import check_header, lint, split_card
from mulco.cards.page import figures
from mulco.evaluation.baselines import baselines
from mulco.evaluation.baselines import write as write_baselines
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"


def header_of(folder: Path) -> dict[str, Any]:
    data, _, _ = split_card((folder / "README.md").read_text("utf-8"))
    assert data is not None
    return data


def prose(text: str) -> str:
    """A card without header, fenced blocks and tags."""
    return re.sub(r"^(`{3,}).*?^\1$|<[^>]+>", "", split_card(text)[1], flags=re.M | re.S)


def changed(folder: Path, change: Callable[[Manifest], None]) -> dict[str, str]:
    """The texts of the cards after a change of the manifest."""
    manifest = Manifest.load(folder)
    change(manifest)
    return {name: page.text for name, page in render(folder, manifest).items()}


def test_a_build_writes_both_cards_and_the_page_of_licences(made: Path) -> None:
    assert sorted(path.name for path in made.glob("*.md")) == ["LICENSE.md", "README.md", "README_zh.md"]


def test_the_header_says_what_the_hub_asks_for(made: Path) -> None:
    header = header_of(made)
    lists = {name: header.pop(name) for name in ("configs", "dataset_info")}
    assert header == {
        "pretty_name": "mulco",
        "language": ["en", "zh"],
        "license": "apache-2.0",
        "multilinguality": ["multilingual"],
        "size_categories": ["n<1K"],
        "task_categories": ["text-generation", "fill-mask", "question-answering", "text-retrieval"],
        "annotations_creators": ["expert-generated"],
        "source_datasets": ["original"],
        "tags": ["code", "instruction-tuning", "mulco"],
    }
    names = ["code_search_zh", "cloze_test_en", "code_qa_en", "code_qa_zh", "all_en", "all_zh", "all"]
    assert [entry["config_name"] for entry in lists["configs"]] == names
    assert [entry["config_name"] for entry in lists["dataset_info"]] == names
    assert lists["configs"][2]["data_files"][0] == {"split": "train", "path": ["code_qa_en/train-*"]}


def test_the_header_keeps_our_schema(made: Path) -> None:
    assert list(check_header("README.md", "dataset", (made / "README.md").read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("license: apache-2.0\n", "", "README.md: the header: 'license' is a required property"),
        ("license: apache-2.0", "license: other", "README.md: the header: 'license_name' is a required property"),
        ("[n<1K]", "[huge]", "README.md: size_categories.0: 'huge' is not one of ["),
        ("[en, zh]", "[de, zh]", "README.md: language.0: 'de' is not one of ["),
        ("pretty_name", "bogus", "README.md: the header: Additional properties are not allowed ('bogus'"),
        ("sha256:", "sha1:", "README.md: configs.0.description: 'content sha1:"),
        ("---\n", "", "README.md: its YAML header is missing or damaged"),
    ],
)
def test_a_header_that_breaks_our_schema_is_refused(made: Path, old: str, new: str, sentence: str) -> None:
    text = (made / "README.md").read_text("utf-8").replace(old, new, 1)
    assert any(problem.startswith(sentence) for problem in check_header("README.md", "dataset", text))


def test_rows_of_several_licences_are_told_apart_on_a_page_of_their_own(folder: Path) -> None:
    def mix(manifest: Manifest) -> None:
        manifest.counts[0]["licenses"] = {"CC-BY-NC-4.0": 5, "LicenseRef-unknown": 15}

    texts = changed(folder, mix)
    header = yaml.safe_load(texts["README.md"].split("---\n")[1])
    assert {key: header[key] for key in ("license", "license_name", "license_link")} == {
        "license": "other",
        "license_name": "mixed",
        "license_link": "LICENSE.md",
    }
    assert "- 5 rows (1.3%) are not for commercial use." in texts["README.md"]
    assert "- 有 5 行（1.3%）不得用于商业用途。" in texts["README_zh.md"]
    assert "| LicenseRef-unknown | unknown | unknown | unknown | 15 |" in texts["LICENSE.md"]


def test_other_rows_of_the_same_size_give_another_digest(folder: Path) -> None:
    before = header_of(folder)["configs"]

    def swap(manifest: Manifest) -> None:
        manifest.configs["code_qa_en"]["splits"]["test"]["files"][0]["sha256"] = "0" * 64

    after = yaml.safe_load(changed(folder, swap)["README.md"].split("---\n")[1])["configs"]
    differ = [old["config_name"] for old, new in zip(before, after, strict=True) if old != new]
    assert differ == ["code_qa_en", "all_en", "all"]


def test_no_figure_in_the_text_comes_from_nowhere_and_no_link_leads_nowhere(made: Path) -> None:
    for name, page in render(made, Manifest.load(made)).items():
        assert list(lint(name, page.text, made, page.known)) == []


def test_both_languages_tell_the_same_figures_links_and_sections(made: Path) -> None:
    english, chinese = (prose((made / name).read_text("utf-8")) for name in ("README.md", "README_zh.md"))
    assert figures(english) == figures(chinese)
    assert re.findall(r"^#+", english, re.M) == re.findall(r"^#+", chinese, re.M)
    links = [re.findall(r"\]\(([^)]+)\)", text) for text in (english, chinese)]
    assert (links[0][0], links[1][0]) == ("README_zh.md", "README.md")
    assert links[0][1:] == links[1][1:]


def test_the_chinese_card_is_set_as_chinese(made: Path) -> None:
    text = re.sub(
        r"`[^`\n]+`", "x", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", prose((made / "README_zh.md").read_text("utf-8")))
    )
    wrong = {
        "half-width mark beside Han": rf"{HAN}[,.;:!?()]|[,;:!?()]{HAN}",
        "no space between Han and Latin": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}",
        "space beside a full-width mark": r" [，。；：！？、（）]|[，。；：！？、（）] ",
        "a line broken inside a paragraph": rf"[{HAN[1:-1]}，。；：！？、（）]\n(?=[^\n|#\-\d<])",
    }
    assert {
        what: found for what, pattern in wrong.items() if (found := re.findall(f".{{0,12}}(?:{pattern})", text))
    } == {}


@pytest.mark.parametrize("card", ["README.md", "README_zh.md"])
def test_the_snippet_of_a_card_runs_in_its_folder_without_mulco(made: Path, tmp_path: Path, card: str) -> None:
    program = re.findall(r"^```python\n(.*?)^```$", (made / card).read_text("utf-8"), re.M | re.S)[0]
    program += 'import sys; print("mulco" in sys.modules)'
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf")}
    call = [sys.executable, "-c", program]
    done = subprocess.run(call, cwd=made, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first = pq.read_table(made / "code_search_zh/train-00000-of-00001.parquet").slice(0, 1).to_pylist()[0]
    assert done.stdout == f"{first['instruction']}\n\n{first['input']}\n\n{first['output']}\nFalse\n"


def test_the_folder_loads_plain_and_streaming_beside_its_chinese_card(made: Path, tmp_path: Path) -> None:
    code = f"""
import json
from datasets import get_dataset_config_names, load_dataset
folder = {str(made)!r}
plain = load_dataset(folder, "code_qa_zh")
stream = load_dataset(folder, "all", split="test", streaming=True)
print(json.dumps([get_dataset_config_names(folder), plain.num_rows, sum(1 for _ in stream)]))
"""
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = ["code_search_zh", "cloze_test_en", "code_qa_en", "code_qa_zh", "all_en", "all_zh", "all"]
    assert json.loads(done.stdout) == [names, {"train": 20, "validation": 5, "test": 5}, 90]


def test_a_card_named_for_the_hub_loads_by_that_name(folder: Path) -> None:
    write_card(folder, Manifest.load(folder), name="ORG/mulco")
    for card in ("README.md", "README_zh.md"):
        text = (folder / card).read_text("utf-8")
        assert 'load_dataset("ORG/mulco", "code_search_zh", split="train")\n' in text


def test_the_row_shown_is_one_that_may_be_passed_on(made: Path) -> None:
    manifest = Manifest.load(made)
    row = example(made, manifest.configs["code_qa_en"])
    assert row is not None
    assert row["id"] == "code_qa_en/starter/check_then_create_race"
    assert row["cut"] == {}


def test_a_row_that_may_not_be_passed_on_is_never_shown(folder: Path) -> None:
    file = folder / "code_qa_en/train-00000-of-00001.parquet"
    table = pq.read_table(file)
    column = table.column_names.index("license")
    pq.write_table(table.set_column(column, "license", [["LicenseRef-unknown"] * len(table)]), file)
    assert example(folder, Manifest.load(folder).configs["code_qa_en"]) is None
    text = render(folder, Manifest.load(folder))["README.md"].text
    assert "`code_qa_en`: no row is shown, for none may be passed on." in text


def test_code_with_backticks_stays_inside_its_block(folder: Path) -> None:
    file = folder / "code_qa_en/train-00000-of-00001.parquet"
    table = pq.read_table(file)
    column = table.column_names.index("output")
    pq.write_table(table.set_column(column, "output", [["````md\n# no heading\n````"] * len(table)]), file)
    text = render(folder, Manifest.load(folder))["README.md"].text
    assert "\n`````text\n````md\n# no heading\n````\n`````\n" in text


def test_what_steps_dropped_and_flagged_is_told_by_reason_and_config(folder: Path) -> None:
    def strict(manifest: Manifest) -> None:
        for facts in manifest.configs.values():
            facts["profile"] = "strict"
            facts["steps"] = [
                {"name": "length", "settings": {"max_lines": 30}},
                {"name": "contamination", "settings": {}},
                {"name": "secrets", "settings": {}},
            ]
        entry = next(entry for entry in manifest.counts if entry["config"] == "code_qa_zh")
        entry["dropped"] = {"length": {"too_long": 3}, "contamination": {"in_evaluation_set": 2}}
        entry["flagged"] = {"contamination": 1}

    texts = changed(folder, strict)
    english, chinese = texts["README.md"], texts["README_zh.md"]
    assert "| `code_qa_zh` | a question to an explanation | 2 dropped, 1 flagged | 20 | 5 | 5 |" in english
    assert "| `code_qa_en` | a question to an explanation | checked, none found | 20 | 5 | 5 |" in english
    assert "| `code_qa_zh` | 问题 → 解释 | 滤除 2 行、标出 1 行 | 20 | 5 | 5 |" in chinese
    assert "| `length` | `too_long` | 3 |" in english
    assert "| `code_qa_zh` | 30 | 0 | 0 | 5 | 30 |" in english
    assert '- `length` `{"max_lines": 30}`' in english
    assert "not measured: no step compared" not in english.lower()
    assert "mulco build code_search_zh cloze_test_en code_qa_en code_qa_zh" in english
    assert "--profile strict" in english


def test_baselines_stand_on_the_card_while_they_belong_to_its_rows(folder: Path) -> None:
    results = list(baselines(folder, ["code_search_zh"]))
    write_baselines(folder, results)
    texts = changed(folder, lambda manifest: None)
    majority, similar = (result["metrics"][0] for result in results)
    cells = [f"{m['value']:.3f} [{m['low']:.3f}, {m['high']:.3f}]" for m in (majority, similar)]
    row = f"| `code_search_zh` | `accuracy` | 40 | - | {' | '.join(cells)} |"
    assert row in texts["README.md"].split("## Baselines")[1]
    assert row in texts["README_zh.md"].split("## 基线")[1]

    def other_rows(manifest: Manifest) -> None:
        manifest.configs["code_search_zh"]["splits"]["test"]["files"][0]["sha256"] = "0" * 64

    assert "## Baselines" not in changed(folder, other_rows)["README.md"]


def test_rows_withdrawn_left_out_or_claimed_are_told(folder: Path) -> None:
    """Fields that `mulco withdraw` and `mulco push` add to a manifest."""
    manifest = Manifest.load(folder)
    manifest.dataset_version = "1.1.0"
    matched = {"source_id": ["add_months/c"], "repository": [], "patterns": 0}
    manifest.withdrawn = [
        {"dataset_version": "1.1.0", "matched": matched, "source": "starter", "reason": "asked for.", "total": 3}
    ]
    manifest.publishing = {"left_out": {"LicenseRef-unknown": 7}}
    texts = {name: page.text for name, page in render(folder, manifest).items()}
    assert "- 1.1.0: 3 rows of `starter` withdrawn: `add_months/c`. Reason: asked for." in texts["README.md"]
    assert "- 1.1.0：撤回 `starter` 的 3 行（`add_months/c`）。原因：asked for。" in texts["README_zh.md"]
    assert "7 rows are left out here, for their licence does not permit passing on copies" in texts["README.md"]
    assert "\n  version: 1.1.0\n" in texts["README.md"]


def test_an_incomplete_build_and_an_excerpt_say_so(folder: Path) -> None:
    def spoil(manifest: Manifest) -> None:
        manifest.problems = {"code_qa_en": ["snippets/data.jsonl, line 3: no JSON. Fetch it again"]}
        manifest.configs["code_qa_en"]["limit"] = 7

    text = changed(folder, spoil)["README.md"]
    assert "**This build is incomplete.** What was left out:\n\n- snippets/data.jsonl, line 3: no JSON." in text
    assert "**This is an excerpt**: at most 7 rows were taken from each upstream file." in text


def test_pictures_of_the_report_are_shown(folder: Path) -> None:
    (folder / "report").mkdir()
    (folder / "report" / "rows by task.png").write_bytes(b"")
    page = render(folder, Manifest.load(folder))["README_zh.md"]
    assert "![rows by task](report/rows%20by%20task.png)" in page.text
    assert list(lint("README_zh.md", page.text, folder, page.known)) == []


def test_the_command_in_the_card_builds_the_same_bytes(made: Path, tmp_path: Path) -> None:
    text = (made / "README.md").read_text("utf-8")
    [commands] = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MULCO_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "-euc", commands], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for file in [*made.rglob("*.parquet"), *made.glob("*.md")]:
        assert (tmp_path / "out/mulco" / file.relative_to(made)).read_bytes() == file.read_bytes()


def test_a_rebuild_of_one_config_writes_cards_for_all_and_leaves_the_old_files_alone(folder: Path) -> None:
    kept = folder.parent / "kept.md"
    os.link(folder / "README.md", kept)
    before = kept.read_text("utf-8")
    build(make_plan(["code_qa_en"], Settings(limit=2)), folder, finish=write_card)
    assert kept.read_text("utf-8") == before
    text = (folder / "README.md").read_text("utf-8")
    profile = Settings().profile
    assert [line for line in text.splitlines() if line.startswith("mulco build")] == [
        f"mulco build code_search_zh cloze_test_en code_qa_zh --source starter --profile {profile} --out out/mulco",
        f"mulco build code_qa_en --source starter --profile {profile} --limit 2 --out out/mulco",
    ]


def test_the_facts_of_the_run_itself_are_not_in_a_card(made: Path) -> None:
    manifest = Manifest.load(made)
    elsewhere = replace(manifest, run={"seconds": 12345.678, "workers": 96, "peak_memory_bytes": 1})
    assert {n: p.text for n, p in render(made, manifest).items()} == {
        n: p.text for n, p in render(made, elsewhere).items()
    }
