"""The model card: from a run record and results alone, with the licences of base and data joined in plain words."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mulco.cards.lint import check_header, lint, split_card
from mulco.cards.model import render, write_card
from mulco.cards.page import Page, figures
from mulco.cards.results import model_index, read_result, take_results, write_benchmark
from mulco.cards.run import base_license, hub_name, load_run, model_license, without_paths
from mulco.errors import MulcoError, UsageError

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"


def changed(coder: Path, change: Callable[[dict[str, Any]], None], name: str = "ORG/coder") -> dict[str, Page]:
    """The pages after a change of the run record."""
    run = json.loads((coder / "run.json").read_text("utf-8"))
    change(run)
    (coder / "run.json").write_text(json.dumps(run), "utf-8")
    return render(coder, name)


def header_of(page: Page) -> dict[str, Any]:
    data, _, _ = split_card(page.text)
    assert data is not None
    return data


def test_the_header_joins_run_and_results(coder: Path) -> None:
    header = header_of(render(coder, "ORG/coder")["README.md"])
    index = header.pop("model-index")
    assert header == {
        "language": ["en", "zh"],
        "license": "other",
        "license_name": "mixed",
        "license_link": "LICENSE.md",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "base_model": "ORG/base",
        "base_model_relation": "adapter",
        "datasets": ["ORG/mulco"],
        "metrics": ["accuracy", "pass@1"],
        "tags": ["code", "instruction-tuning", "mulco"],
    }
    assert index[0]["name"] == "coder"
    assert index[0]["results"][1] == {
        "task": {"type": "text-generation", "name": "code_search"},
        "dataset": {
            "name": "mulco, code_search_zh, test",
            "type": "ORG/mulco",
            "config": "code_search_zh",
            "split": "test",
            "revision": "fedcba9876543210fedcba9876543210fedcba98",
        },
        "metrics": [{"type": "accuracy", "value": 0.625, "name": "mulco:accuracy|v1"}],
    }


def test_the_client_reads_header_and_results_back(coder: Path) -> None:
    from huggingface_hub import ModelCard
    from huggingface_hub._eval_results import parse_eval_result_entries

    card = ModelCard.load(coder / "README.md")
    assert card.data.base_model == "ORG/base"
    assert [result.metric_value for result in card.data.eval_results] == [0.0122, 0.625]
    [entry] = parse_eval_result_entries(yaml.safe_load((coder / ".eval_results/humaneval.yaml").read_text("utf-8")))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("ORG/humaneval", "default", 0.0122)


def test_header_and_text_keep_schema_and_linter(coder: Path) -> None:
    assert list(check_header("README.md", "model", (coder / "README.md").read_text("utf-8"))) == []
    for name, page in render(coder, "ORG/coder").items():
        assert list(lint(name, page.text, coder, page.known)) == []


def test_results_stand_beside_the_bases_with_their_intervals(coder: Path) -> None:
    row = "| `mulco`, `code_search_zh`, `test` | `accuracy` | 0.625 [0.470, 0.760] | 0.250 [0.140, 0.400] | 40 |"
    pages = render(coder, "ORG/coder")
    assert row in pages["README.md"].text
    assert row.replace("`, `", "`、`") in pages["README_zh.md"].text
    assert "| `pass@1` | 0.012 [0.002, 0.043] | not measured | 40 |" in pages["README.md"].text


def test_both_languages_tell_the_same_figures_and_sections(coder: Path) -> None:
    pages = render(coder, "ORG/coder")
    bodies = (split_card(pages[name].text)[1] for name in ("README.md", "README_zh.md"))
    english, chinese = (re.sub(r"^(`{3,}).*?^\1$", "", body, flags=re.M | re.S) for body in bodies)
    assert figures(english) == figures(chinese)
    assert re.findall(r"^#+", english, re.M) == re.findall(r"^#+", chinese, re.M)


def test_the_chinese_card_is_set_as_chinese(coder: Path) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$", "", render(coder, "ORG/coder")["README_zh.md"].text, flags=re.M | re.S)
    text = re.sub(r"`[^`\n]+`", "x", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))
    wrong = rf"{HAN}[,.;:!?()A-Za-z0-9]|[,;:!?()A-Za-z0-9%]{HAN}| [，。；：！？、（）]|[，。；：！？、（）] "
    assert re.findall(f".{{0,12}}(?:{wrong})", text) == []


PERMISSIVE = {"Apache-2.0": 300, "MIT": 20}


@pytest.mark.parametrize(
    ("base", "data", "header", "words"),
    [
        ("apache-2.0", PERMISSIVE, {"license": "apache-2.0"}, "which do not forbid commercial use"),
        ("mit", {"Apache-2.0": 320}, {"license": "mit"}, "The base model is under [MIT]"),
        ("llama3", PERMISSIVE, {"license": "other", "license_name": "llama3"}, "(llama3) is not one that mulco knows"),
        (None, PERMISSIVE, {"license": "unknown"}, "(LicenseRef-unknown) is not one that mulco knows"),
        ("apache-2.0", {"CC-BY-NC-4.0": 32, **PERMISSIVE}, {"license": "other"}, "32 training rows (9.1%) are not for"),
        (
            "apache-2.0",
            {"GPL-3.0-only": 1, **PERMISSIVE},
            {"license": "other"},
            "1 training rows (0.3%) are share-alike",
        ),
        (
            "mit",
            {"LicenseRef-unknown": 5},
            {"license": "other"},
            "5 training rows (100%) have a licence that is not known",
        ),
        ("cc-by-nc-4.0", PERMISSIVE, {"license": "cc-by-nc-4.0"}, ", which forbids commercial use"),
    ],
)
def test_licences_of_base_and_data_are_joined_and_their_consequences_said(
    coder: Path, base: str | None, data: dict[str, int], header: dict[str, str], words: str
) -> None:
    def relicense(run: dict[str, Any]) -> None:
        run["model"]["license"] = base
        run["data"] = [{**run["data"][0], "licenses": data}]

    page = changed(coder, relicense)["README.md"]
    assert header.items() <= header_of(page).items()
    assert words in page.text
    assert list(check_header("README.md", "model", page.text)) == []


def test_weights_that_began_at_random_have_no_base(coder: Path) -> None:
    def begin(run: dict[str, Any]) -> None:
        run["model"] |= {
            "init": "tiny",
            "name_or_path": None,
            "revision": None,
            "license": None,
            "relation": "finetune",
        }
        run["data"] = run["data"][1:]

    pages = changed(coder, begin, ".")
    header = header_of(pages["README.md"])
    assert {"base_model", "base_model_relation", "datasets"} & header.keys() == set()
    assert header["license"] == "apache-2.0"
    assert "A model of 1,234,567 parameters, begun with random weights" in pages["README.md"].text
    assert "**Trained on the starter corpus only**" in pages["README.md"].text
    assert "**只用自带语料训练**" in pages["README_zh.md"].text
    assert "There is no base model" in pages["README.md"].text


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        (
            "finetune",
            "[ORG/base](https://huggingface.co/ORG/base) (`0123456789ab`), all 1,234,567 parameters fine-tuned",
        ),
        ("adapter", "A LoRA adapter of 4,321 parameters for [ORG/base]"),
        ("merge", "with a LoRA adapter merged in"),
        ("quantized", "(`0123456789ab`), quantized"),
    ],
)
def test_the_relation_to_the_base_is_said(coder: Path, relation: str, words: str) -> None:
    page = changed(coder, lambda run: run["model"].update(relation=relation))["README.md"]
    assert words in page.text
    assert header_of(page)["base_model_relation"] == relation


def test_a_base_in_a_folder_is_named_by_its_last_part_and_not_as_one_on_the_hub(coder: Path) -> None:
    local = {"name_or_path": "/home/reader/models/small", "revision": None}
    page = changed(coder, lambda run: run["model"].update(local))["README.md"]
    assert "for `small`" in page.text
    assert "base_model" not in header_of(page)
    assert "/home" not in page.text


def test_nothing_of_the_machine_is_in_a_card(coder: Path) -> None:
    for page in render(coder, "ORG/coder").values():
        assert "/home" not in page.text
    assert (
        without_paths('mulco train --config "/a b/c.yaml" save.dir=/x/y')
        == 'mulco train --config "a b/c.yaml" save.dir=y'
    )
    assert without_paths("mulco train --config training/recipes/tiny_cpu.yaml") == (
        "mulco train --config training/recipes/tiny_cpu.yaml"
    )


def test_what_was_not_measured_is_called_so(coder: Path) -> None:
    shutil.rmtree(coder / "results")

    def forget(run: dict[str, Any]) -> None:
        run["hardware"]["peak_memory_bytes"] = None
        run["training"] |= {"loss": [], "eval_loss": []}

    pages = changed(coder, forget)
    english, chinese = pages["README.md"].text, pages["README_zh.md"].text
    for words in ("## Results\n\nNot measured.", "| peak memory | not measured |", "Held-out loss: not measured."):
        assert words in english
    assert "## 评测结果\n\n未测量。" in chinese
    assert "model-index" not in header_of(pages["README.md"])
    assert list(lint("README.md", english, coder, pages["README.md"].known)) == []


def test_a_picture_of_the_loss_is_shown_where_there_is_one(coder: Path) -> None:
    (coder / "loss.png").write_bytes(b"")
    assert "![Loss by step](loss.png)" in render(coder)["README.md"].text


def test_a_long_loss_curve_is_told_in_ten_points_the_last_among_them(coder: Path) -> None:
    table = re.findall(r"^\| (\d+) \| \d\.\d{4} \|", render(coder)["README.md"].text, re.M)
    assert table == ["1", "3", "5", "7", "9", "12", "14", "16", "18", "20"]


def test_the_program_asks_in_the_form_and_language_of_the_training(coder: Path) -> None:
    pages = render(coder, "ORG/coder")
    assert 'prompt = "Below is an instruction that describes a task.' in pages["README.md"].text
    assert 'prompt = "下面是一条描述任务的指令。' in pages["README_zh.md"].text
    chat = changed(coder, lambda run: run["recipe"]["data"].update(prompt="chat"))["README.md"].text
    assert 'messages = [{"role": "user", "content": "Write a Python function' in chat
    only_english = changed(coder, lambda run: run.update(data=run["data"][1:]))["README_zh.md"].text
    assert "Write a Python function that reverses a string." in only_english


def test_results_travel_with_the_model(coder: Path, tmp_path: Path) -> None:
    other = tmp_path / "measured" / "more.json"
    other.parent.mkdir()
    result = json.loads((coder / "results/code_search_zh.json").read_text("utf-8"))
    result |= {"config": "code_qa_en", "task": "code_qa"}
    other.write_text(json.dumps(result), "utf-8")
    (other.parent / "more.answers.json").write_text('{"made_with": "settings"}', "utf-8")
    base = tmp_path / "base" / "more.json"
    base.parent.mkdir()
    base.write_text(json.dumps({**result, "model": {"name": "ORG/base", "revision": None}}), "utf-8")
    write_card(coder, "ORG/coder", results=[other.parent, base])
    names = {file.relative_to(coder / "results").as_posix() for file in (coder / "results").rglob("*more*")}
    assert names == {"more.json", "base/more.json"}
    row = (
        "| `code_qa` | `mulco`, `code_qa_en`, `test` | `accuracy` | 0.625 [0.470, 0.760] | 0.625 [0.470, 0.760] | 40 |"
    )
    assert row in (coder / "README.md").read_text("utf-8")
    with pytest.raises(UsageError, match="no evaluation results there"):
        take_results(coder, load_run(coder), [tmp_path / "模型 coder" / ".eval_results"])


def test_a_benchmark_is_reported_only_when_it_is_named(coder: Path) -> None:
    (coder / ".eval_results/humaneval.yaml").unlink()
    write_card(coder, "ORG/coder")
    assert list((coder / ".eval_results").iterdir()) == []
    own = [read_result(coder / "results/humaneval.json")]
    with pytest.raises(UsageError, match="expected SUITE=REPO or SUITE=REPO#TASK_ID"):
        write_benchmark(coder, own, "humaneval")
    with pytest.raises(MulcoError, match="no result of the suite 'mbpp'"):
        write_benchmark(coder, own, "mbpp=ORG/mbpp")
    written = yaml.safe_load(write_benchmark(coder, own, "humaneval=ORG/humaneval#py").read_text("utf-8"))
    assert written[0]["dataset"] == {"id": "ORG/humaneval", "task_id": "py"}


def test_without_results_there_is_no_model_index() -> None:
    assert model_index("coder", []) == []


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"metrics": []}', '{"model": {"name": "x"}, "task": "t", "dataset": null}']
)
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text, "utf-8")
    with pytest.raises(MulcoError, match=r"r\.json: not an evaluation result of mulco .+ Write it with mulco evaluate"):
        take_results(tmp_path, {"model": {"name_or_path": None}}, [tmp_path / "r.json"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "no run.json, so not a model trained by mulco"), ("{", "damaged"), ("{}", "without mulco, recipe, model")],
)
def test_a_folder_without_a_whole_run_record_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text, "utf-8")
    with pytest.raises(MulcoError, match=sentence):
        load_run(tmp_path)


def test_names_on_the_hub_are_told_from_folders_by_their_commit() -> None:
    assert hub_name({"name_or_path": "ORG/base", "revision": "0" * 40}) == "ORG/base"
    assert hub_name({"name_or_path": "out/base", "revision": None}) is None
    assert hub_name({"name_or_path": "ORG/base", "revision": "0" * 40, "init": "tiny"}) is None
    assert base_license({"model": {"init": None, "license": "apache-2.0"}}) == "Apache-2.0"
    assert model_license({"model": {"init": "tiny"}, "data": [{"licenses": {"MIT": 1}}]}) == {"license": "mit"}
