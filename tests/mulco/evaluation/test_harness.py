"""The tasks for lm-evaluation-harness: fresh, complete, and with the numbers of mulco evaluate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mulco.catalog import catalog
from mulco.errors import MulcoError, UsageError
from mulco.evaluation.harness import FOLDER
from mulco.evaluation.harness.tasks import files
from mulco.evaluation.harness.utils import metrics_of, results, rows
from mulco.evaluation.run import read_answers, score_answers
from mulco.generation.asked import prompt_of
from mulco.manifest import Manifest, read_batches

CONFIGS = ("code_search_zh", "defect_detection_en", "code_summarization_zh", "code_repair_en", "cloze_test_en")


def test_the_files_are_fresh() -> None:
    found = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir() if path.suffix == ".yaml"}
    found["_mulco_yaml"] = (FOLDER / "_mulco_yaml").read_text("utf-8")
    assert found == files(), "run: python -m mulco.evaluation.harness.tasks"
    assert {name for name in found if not name.startswith("_")} == {f"{config}.yaml" for config in catalog().configs}


def test_every_metric_of_a_task_is_named_with_its_direction() -> None:
    for config in catalog().configs:
        task, _, language = config.rpartition("_")
        loader = type("Loader", (yaml.SafeLoader,), {})
        loader.add_constructor("!function", lambda loader, node: node.value)
        made = yaml.load((FOLDER / f"{config}.yaml").read_text("utf-8"), loader)
        listed = {one["metric"]: one["higher_is_better"] for one in made["metric_list"]}
        assert tuple(listed) == metrics_of(task, language)
        assert [name for name, higher in listed.items() if not higher] == ["unparsed_rate"]
        assert all(one["aggregation"] == f"utils.{one['metric']}" for one in made["metric_list"])


def test_rows_carry_the_prompt_that_a_model_was_trained_with(starter_build: Path) -> None:
    alpaca = rows("code_qa_zh", mulco_data=str(starter_build))["test"]
    chat = rows("code_qa_zh", mulco_data=str(starter_build), mulco_style="chat", pretrained="ignored")["test"]
    assert len(alpaca) == 5
    for one, other in zip(alpaca, chat, strict=True):
        assert one["prompt"] == prompt_of(one, "alpaca")
        assert [{"role": "user", "content": other["prompt"]}] == prompt_of(one, "chat")


def test_rows_that_are_not_there_and_unknown_styles_are_told(starter_build: Path, tmp_path: Path) -> None:
    with pytest.raises(MulcoError, match=r"no manifest.json"):
        rows("code_qa_zh", mulco_data=str(tmp_path))
    with pytest.raises(MulcoError, match=r"no test rows of code_qa_de\. Build them"):
        rows("code_qa_de", mulco_data=str(starter_build))
    with pytest.raises(UsageError, match="no prompt style 'chta'"):
        rows("code_qa_zh", mulco_data=str(starter_build), mulco_style="chta")


def test_a_metrics_function_judges_all_answers_together() -> None:
    from mulco.evaluation.harness import utils

    docs = [
        {"id": str(n), "task": "defect_detection", "language": "en", "programming_language": "c", "output": word}
        for n, word in enumerate(("Yes", "No", "Yes"))
    ]
    kept = [results(doc, [answer]) for doc, answer in zip(docs, ("yes", "Yes.", "perhaps"), strict=True)]
    assert utils.accuracy([one["accuracy"] for one in kept]) == pytest.approx(1 / 3)
    assert utils.unparsed_rate([one["unparsed_rate"] for one in kept]) == pytest.approx(1 / 3)
    assert utils.precision([one["precision"] for one in kept]) == 0.5


@pytest.mark.slow
def test_a_model_gets_the_same_numbers_from_lm_eval_and_from_mulco(
    starter_build: Path, tiny_model: Path, tmp_path: Path
) -> None:
    tasks = ",".join(f"mulco_{config}" for config in CONFIGS)
    line = [
        sys.executable, "-m", "lm_eval", "run", "--include_path", FOLDER, "--tasks", tasks, "--model", "hf",
        "--model_args", f"pretrained={tiny_model},dtype=float32", "--device", "cpu", "--limit", "4",
        "--gen_kwargs", "max_gen_toks=12", "--log_samples", "--output_path", tmp_path / "lm",
    ]  # fmt: skip
    environment = {**os.environ, "MULCO_DATA": str(starter_build), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(list(map(str, line)), cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    (report,) = (tmp_path / "lm").rglob("results_*.json")
    theirs = json.loads(report.read_text("utf-8"))["results"]
    told = 0
    for config in CONFIGS:
        (samples,) = (tmp_path / "lm").rglob(f"samples_mulco_{config}_*.jsonl")
        logged = [json.loads(text) for text in samples.read_text("utf-8").splitlines()]
        answers = {one["doc"]["id"]: one["resps"][0][0] for one in logged}
        file = tmp_path / f"{config}.jsonl"
        file.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in answers.items()))
        result = score_answers(
            config, "test", first_rows(starter_build, config, 4), {"id": "mulco"}, read_answers(file), tmp_path / "ours"
        )
        ours = {metric.name: metric.value for metric in result.metrics} | {"unparsed_rate": result.unparsed_rate}
        for name in metrics_of(*config.rsplit("_", 1)):
            assert theirs[f"mulco_{config}"][f"{name},none"] == pytest.approx(ours[name], rel=1e-12), (config, name)
            told += ours[name] != 0
    assert told >= 8  # not only zeros were compared


def first_rows(folder: Path, config: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in Manifest.load(folder).configs[config]["splits"]["test"]["files"]:
        for batch in read_batches(folder / part["path"]):
            found.extend(batch.to_pylist())
    return found[:limit]
