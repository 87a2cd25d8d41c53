"""Answers to rows: read, measured, written, compared; baselines that need no model."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mulco.errors import MulcoError, UsageError
from mulco.evaluation.baselines import BASELINES, baselines, question, slots_of, write
from mulco.evaluation.compare import bootstrap_p, compare, mcnemar, plot
from mulco.evaluation.judging import fingerprint, judge
from mulco.evaluation.metrics import score
from mulco.evaluation.result import read_results
from mulco.evaluation.run import MAX_NEW_TOKENS, evaluate_config, read_answers, score_answers
from mulco.generation import Generation, Request, Settings
from mulco.manifest import Manifest
from mulco.row import TASKS

DATASET = {"id": "mulco", "revision": "0" * 64}


def row(task: str, output: str, number: int = 0, language: str = "en", spoken: str = "python", **more: str) -> Any:
    return {
        "id": f"{task}_{language}/x/{number}", "task": task, "language": language, "programming_language": spoken,
        "instruction": "?", "input": "", "output": output, "template": "none", **more,
    }  # fmt: skip


def values(metrics: Iterable[Any]) -> dict[str, float]:
    return {metric.name: metric.value for metric in metrics}


def test_labels_are_read_in_both_languages_and_what_cannot_be_read_is_wrong_and_counted() -> None:
    rows = [row("defect_detection", "是" if n < 2 else "否", n, "zh") for n in range(4)]
    judged = judge(rows, ["是的，有缺陷", "难说", "否", None])
    assert values(judged.metrics)["accuracy"] == 0.5
    assert (judged.unparsed_rate, judged.missing) == (1 / 3, 1)
    assert [item.prediction for item in judged.items] == [1, None, 0, None]
    assert [item.reference for item in judged.items] == [1, 1, 0, 0]


def test_code_is_read_out_of_a_fence_and_measured_as_the_metric_module_does() -> None:
    rows = [row("code_repair", "return a + b", 0), row("code_repair", "x = 1", 1)]
    judged = judge(rows, ["Here you are:\n```python\nreturn a + b\n```\nDone.", "x = 2"])
    direct = score("code_repair", ["return a + b", "x = 2"], ["return a + b", "x = 1"], programming_language="python")
    assert values(judged.metrics) == values(direct)
    assert values(judged.metrics)["em_strict"] == 50
    assert "codebleu" in values(judged.metrics)


def test_code_bleu_stands_with_one_programming_language_and_mixed_rows_have_it_in_parts() -> None:
    rows = [row("code_repair", "return a + b", 0), row("code_repair", "int x = 1;", 1, spoken="java")]
    judged = judge(rows, ["return a + b", "int x = 1;"])
    assert "codebleu" not in values(judged.metrics)
    assert {name: values(part)["em_strict"] for name, part in judged.parts.items()} == {"java": 100, "python": 100}
    assert "codebleu" in values(judged.parts["java"])


def test_rows_of_two_configs_are_not_judged_together() -> None:
    with pytest.raises(UsageError, match="found code_qa_en, code_qa_zh"):
        judge([row("code_qa", "x"), row("code_qa", "x", 1, "zh")], ["x", "x"])
    with pytest.raises(UsageError, match="found no rows"):
        judge([], [])


def test_the_fingerprint_is_that_of_what_is_asked_and_what_is_right() -> None:
    rows = [row("code_qa", "x"), row("code_qa", "y", 1)]
    assert fingerprint(rows) == fingerprint([{**one, "quality": "{}"} for one in rows])
    assert len({fingerprint(rows), fingerprint(rows[::-1]), fingerprint([{**rows[0], "output": "z"}, rows[1]])}) == 3


class Knowing:
    """An engine that answers the first so many requests right, and the others not."""

    name, default_style, code_style = "knowing", "alpaca", "plain"

    def __init__(self, right: dict[str, str], knows: int, wrong: str = "no idea") -> None:
        self.right, self.knows, self.wrong, self.asked = right, knows, wrong, 0

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        for request in requests:
            self.asked += 1
            known = list(self.right).index(request.id) < self.knows
            yield Generation(request.id, 0, self.right[request.id] if known else self.wrong, 3, "stop")

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        return {"engine": "test", "name": self.name, "revision": "r1", "versions": {"knowing": "1"}}


def searches(count: int = 8) -> list[dict[str, Any]]:
    return [row("code_search", str(n % 4 + 1), n) for n in range(count)]


def evaluated(rows: list[dict[str, Any]], knows: int, out: Path, config: str = "code_search_en") -> Any:
    engine = Knowing({one["id"]: one["output"] for one in rows}, knows)
    return evaluate_config(config, "test", rows, DATASET, engine, out), engine


def test_a_result_holds_all_it_takes_to_repeat_it(tmp_path: Path) -> None:
    rows = searches()
    result, engine = evaluated(rows, 6, tmp_path)
    facts = json.loads((tmp_path / "code_search_en.json").read_text("utf-8"))
    assert facts == result.facts()
    assert facts.pop("created").endswith("+00:00")
    assert facts.pop("seconds") >= 0
    assert facts.pop("versions")["mulco"]
    (metric,) = facts.pop("metrics")
    assert (metric["name"], metric["value"], metric["n"], metric["higher_is_better"]) == ("accuracy", 0.75, 8, True)
    assert metric["low"] < 0.75 < metric["high"]
    settings = Settings(max_new_tokens=MAX_NEW_TOKENS["code_search"]).facts()
    assert facts == {
        "version": 1, "suite": "mulco", "task": "code_search", "config": "code_search_en", "split": "test", "n": 8,
        "unparsed_rate": 0.25, "missing": 0, "dataset": {**DATASET, "fingerprint": fingerprint(rows)},
        "model": {"name": "knowing", "revision": "r1"},
        "generation": {**settings, "style": "alpaca", "engine": "test", "versions": {"knowing": "1"}, "tokens": 24},
        "by_programming_language": {}, "predictions": "code_search_en.predictions.jsonl",
    }  # fmt: skip
    lines = [json.loads(line) for line in (tmp_path / facts["predictions"]).read_text("utf-8").splitlines()]
    assert lines[7] == {
        "id": "code_search_en/x/7", "text": "no idea", "prediction": None, "reference": 4,
        "programming_language": "python",
    }  # fmt: skip
    assert [path.name for path in tmp_path.glob("*.json")] == [
        "code_search_en.json"
    ]  # cards take every one for a result
    assert engine.asked == 8
    _, again = evaluated(rows, 6, tmp_path)
    assert again.asked == 0


def test_answers_at_hand_score_as_the_same_answers_generated(tmp_path: Path) -> None:
    rows = searches()
    made, _ = evaluated(rows, 5, tmp_path / "made")
    answers = read_answers(tmp_path / "made" / "code_search_en.answers.jsonl")
    given = score_answers("code_search_en", "test", rows, DATASET, answers, tmp_path / "given")
    assert given.facts()["metrics"] == made.facts()["metrics"]
    assert given.unparsed_rate == made.unparsed_rate


def test_missing_unknown_and_repeated_answers_are_told(tmp_path: Path) -> None:
    rows = searches(4)
    answers = {one["id"]: one["output"] for one in rows[:3]}
    with pytest.raises(MulcoError, match=r"1 rows of code_search_en, test, have no answer \(code_search_en/x/3\)"):
        score_answers("code_search_en", "test", rows, DATASET, answers, tmp_path)
    allowed = score_answers("code_search_en", "test", rows, DATASET, answers, tmp_path, allow_missing=True)
    assert (allowed.missing, allowed.metrics[0].value, allowed.unparsed_rate) == (1, 0.75, 0.0)
    with pytest.raises(MulcoError, match=r"1 answers to no row of code_search_en, test \(other\)"):
        score_answers("code_search_en", "test", rows, DATASET, {**answers, "other": "1"}, tmp_path)
    file = tmp_path / "given.jsonl"
    for text, expected in (
        ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', "line 2: the id 'a' came before"),
        ('{"id": "a"}\n', "line 1: no answer in it"),
        ("nonsense\n", "line 1: no answer in it"),
        ("\n", "no answers in it"),
    ):
        file.write_text(text)
        with pytest.raises(MulcoError, match=expected):
            read_answers(file)
    file.write_bytes('{"id": "a", "text": "你好"}'.encode("gb18030"))
    with pytest.raises(MulcoError, match="not UTF-8"):
        read_answers(file)


# Comparisons


def test_mcnemar_is_the_exact_binomial_test_over_disagreements() -> None:
    from scipy.stats import binomtest

    for won, lost, same in ((0, 5, 3), (3, 9, 0), (7, 7, 1), (1, 0, 0), (0, 0, 4), (40, 12, 100)):
        base = [False] * won + [True] * lost + [True] * same
        other = [True] * won + [False] * lost + [True] * same
        expected = binomtest(won, won + lost).pvalue if won + lost else 1.0
        assert math.isclose(mcnemar(base, other), expected, rel_tol=1e-12)


def test_the_bootstrap_tells_a_real_difference_from_noise() -> None:
    assert bootstrap_p(np.full(1000, 0.5)) == pytest.approx(2 / 1001)
    assert bootstrap_p(np.zeros(1000)) == 1.0
    assert bootstrap_p(np.array([1.0] * 950 + [-1.0] * 50)) == pytest.approx(2 * 51 / 1001)


def test_runs_are_compared_item_by_item_with_the_base(tmp_path: Path) -> None:
    rows, texts = searches(40), [row("code_summarization", f"Adds {n} to the given value.", n) for n in range(30)]
    for name, knows in (("base", 10), ("tuned", 30), ("same", 10)):
        evaluated(rows, knows, tmp_path / name)
        evaluated(texts, knows, tmp_path / name, "code_summarization_en")
    lines = list(compare([tmp_path / "base", tmp_path / "tuned", tmp_path / "same"]))
    by = {(Path(line["run"]).name, line["config"], line["metric"]): line for line in lines}
    search = by["tuned", "code_search_en", "accuracy"]
    assert (search["base"], search["value"], search["difference"], search["n"]) == (0.25, 0.75, 0.5, 40)
    assert (search["p"], search["test"]) == (2 / 2**20, "McNemar, exact")
    assert 0.3 < search["low"] < 0.5 < search["high"] < 0.7
    text = by["tuned", "code_summarization_en", "smoothed_bleu4"]
    assert text["test"] == "paired bootstrap, 1000"
    assert text["p"] < 0.01
    assert 0 < text["low"] < text["difference"] < text["high"]
    for metric in ("smoothed_bleu4", "rouge_l", "chrf"):
        alike = by["same", "code_summarization_en", metric]
        assert (alike["difference"], alike["low"], alike["high"], alike["p"]) == (0, 0, 0, 1)
    assert by["same", "code_search_en", "accuracy"]["p"] == 1


def test_values_of_a_comparison_are_those_of_the_results(tmp_path: Path) -> None:
    texts = [row("code_repair", f"return {n} + total", n) for n in range(20)]
    for name, knows in (("base", 4), ("tuned", 15)):
        evaluated(texts, knows, tmp_path / name, "code_repair_en")
    stored = {name: read_results(tmp_path / name)[0]["metrics"] for name in ("base", "tuned")}
    lines = list(compare([tmp_path / "base", tmp_path / "tuned"]))
    assert {line["metric"]: line["base"] for line in lines} == {m["name"]: m["value"] for m in stored["base"]}
    assert {line["metric"]: line["value"] for line in lines} == {m["name"]: m["value"] for m in stored["tuned"]}


def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    evaluated(searches(8), 4, tmp_path / "eight")
    evaluated(searches(12), 4, tmp_path / "twelve")
    evaluated([row("code_qa", "x")], 1, tmp_path / "other", "code_qa_en")
    with pytest.raises(MulcoError, match="code_search_en: the runs answered different rows"):
        list(compare([tmp_path / "eight", tmp_path / "twelve"]))
    with pytest.raises(MulcoError, match="the others of none of these"):
        list(compare([tmp_path / "eight", tmp_path / "other"]))
    with pytest.raises(UsageError, match="two runs or more"):
        list(compare([tmp_path / "eight"]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MulcoError, match="no results in it"):
        list(compare([tmp_path / "eight", tmp_path / "empty"]))
    shutil.copytree(tmp_path / "eight", tmp_path / "bare")
    (tmp_path / "bare" / "code_search_en.predictions.jsonl").unlink()
    with pytest.raises(MulcoError, match="the predictions of code_search_en cannot be read"):
        list(compare([tmp_path / "eight", tmp_path / "bare"]))


def test_a_plot_shows_every_shared_config(tmp_path: Path) -> None:
    for name, knows in (("base", 2), ("tuned", 7)):
        evaluated(searches(), knows, tmp_path / name)
    runs = [tmp_path / "base", tmp_path / "tuned"]
    plot(list(compare(runs)), [(run.name, read_results(run)) for run in runs], tmp_path / "图 plots" / "runs.png")
    data = (tmp_path / "图 plots" / "runs.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 5_000


# Baselines


@pytest.fixture(scope="module")
def table(starter_build: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["config"], one["baseline"]): one for one in baselines(starter_build, limit=12)}


def test_every_config_has_its_baselines(table: dict[tuple[str, str], Any], starter_build: Path) -> None:
    copied = ("code_summarization", "code_generation", "code_completion", "code_repair", "code_translation", "code_qa")
    expected = {
        (f"{task}_{language}", name)
        for task in TASKS
        for language in ("en", "zh")
        for name in BASELINES
        if name != "copy_input" or task in copied
    }
    assert set(table) == expected
    assert all(one["unparsed_rate"] == 0 for one in table.values())
    assert table["code_qa_en", "majority"]["n"] == 5
    assert table["code_search_zh", "majority"]["training_rows"] == 160


def test_a_copy_is_what_the_row_asks_about_without_its_wording(starter_build: Path) -> None:
    facts = Manifest.load(starter_build).configs
    from mulco.evaluation.baselines import copied, rows_of

    for config in ("code_repair_en", "code_repair_zh", "code_translation_en", "code_summarization_zh"):
        for one in rows_of(starter_build, facts[config], "test", None):
            assert question(one) == slots_of(one)["code"]
            assert copied(one) == question(one)
            assert question(one) in one["input"] + one["instruction"]
    repairs = rows_of(starter_build, facts["code_repair_en"], "test", 12)
    expected = score("code_repair", [question(one) for one in repairs], [one["output"] for one in repairs])
    got = next(one for one in baselines(starter_build, ["code_repair_en"], 12) if one["baseline"] == "copy_input")
    assert {m["name"]: m["value"] for m in got["metrics"] if not m["name"].startswith("codebleu")} == values(expected)
    (line,) = rows_of(starter_build, facts["code_completion_en"], "test", 1)
    assert copied(line) == [text for text in line["input"].split("\n") if text.strip()][-1]


def test_the_majority_answers_what_training_has_most(table: dict[tuple[str, str], Any]) -> None:
    for config in ("defect_detection_en", "defect_detection_zh", "clone_detection_en"):
        first = table[config, "majority"]["metrics"][0]
        assert first["name"] == "accuracy"
        assert 0.3 <= first["value"] <= 0.7  # the starter's labels are balanced


def test_what_is_most_alike_is_found() -> None:
    from mulco.evaluation.baselines import alike_or_not, nearest_answers

    known = [row("code_qa", answer, n, input=asked) for n, (asked, answer) in enumerate(
        [("How do I sort a list?", "sorted"), ("怎样读取文件？", "open"), ("What is a closure?", "a function")]
    )]  # fmt: skip
    asked = [row("code_qa", "?", 9, input="读取一个文件要怎样做"), row("code_qa", "?", 8, input="sort my list")]
    assert nearest_answers(known, asked) == ["open", "sorted"]
    pairs = [("total = a + b", "total = a + b + 0", "Yes"), ("open(path)", "while queue: pop()", "No")] * 3
    training = [
        row("clone_detection", label, n, template="x", input=f"Code A:\n{first}\n\nCode B:\n{second}")
        for n, (first, second, label) in enumerate(pairs)
    ]
    from mulco.catalog import catalog
    from mulco.source import Want

    wording = next(t for t in catalog().pool(Want("clone_detection", "en")).templates if t.input.startswith("Code A"))
    for one in training:
        one |= {"template": wording.id, "instruction": wording.instruction.format(programming_language="Python")}
    assert alike_or_not(training, training) == [label for *_, label in pairs]


def test_the_table_goes_into_the_built_folder(starter_build: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(starter_build, tmp_path / "built")
    results = list(baselines(folder, ["code_search_en"]))
    assert [one["baseline"] for one in results] == ["majority", "most_similar"]
    assert results[1]["metrics"][0]["value"] > 0.5  # of four snippets; chance is 0.25
    written = json.loads(write(folder, results).read_text("utf-8"))
    assert written["results"] == results
    assert written["version"] == 1
    with pytest.raises(UsageError, match="Close matches: code_search_en"):
        list(baselines(folder, ["code_serach_en"]))
    with pytest.raises(MulcoError, match="no config has a test split"):
        write(folder, [])
