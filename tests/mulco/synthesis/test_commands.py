"""From a job to a build, as a user types it; the translator is a fixed dictionary, and says so in its name."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from dictionary import translate
from llm_server import Server

from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan
from mulco.source import Record
from mulco.synthesis.masking import mask

Command = Callable[..., subprocess.CompletedProcess[str]]
MODEL = "fixed-dictionary-for-tests"
JOB = """
title: Chinese summaries
kind: translate
from: en
to: zh
tasks: [code_summarization]
sources: [codesearchnet]
"""


def asked(server: Server, *more: object) -> list[object]:
    return ["--base-url", server.url, "--model", MODEL, *more]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "作业 jobs").mkdir()
    file = tmp_path / "作业 jobs" / "summaries.yaml"
    file.write_text(JOB, "utf-8")
    return file


@pytest.mark.slow
def test_a_job_from_plan_to_build(tmp_path: Path, command: Command, small_upstream: Path, job: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(f"{MODEL}: {{input: 1.0, output: 2.0, batch: 0.5, currency: CNY}}\n", "utf-8")
    read = ("--upstream", small_upstream)
    with Server(translate, latency=0.01) as server:
        planned = command("synth", "plan", job, *asked(server, *read, "--prices", prices, "--json"))
        facts = json.loads(planned.stdout)
        assert (facts["items"], facts["cached"], facts["new_calls"]) == (125, 0, 1), "they differ in a number alone"
        assert facts["cost"] == pytest.approx((facts["tokens_in"] + 2 * facts["tokens_out"]) / 1e6)
        assert facts["cost_batch"] == pytest.approx(facts["cost"] / 2)
        assert server.log == []

        out = tmp_path / "译文 texts"
        done = command("synth", "run", job, *asked(server, *read, "--prices", prices, "--out", out, "--max-cost", "1"))
        assert done.returncode == 0, done.stderr
        assert "125 of 125 texts written" in done.stdout
        sent = len(server.log)
        first = (out / "summaries.parquet").read_bytes()
        url = server.url
    again = command("synth", "run", job, "--base-url", url, "--model", MODEL, *read, "--out", out)  # no server any more
    assert again.returncode == 0, again.stderr
    assert (out / "summaries.parquet").read_bytes() == first, "a finished job is written anew offline, byte for byte"
    assert sent == 3, "two questions about the format, one text"
    said = command("synth", "report", job, "--prices", prices, "--model", MODEL, "--json")
    assert json.loads(said.stdout)["spent"]["useful"]["answers"] == 1

    built = command(
        "build", "code_summarization_zh", *read, "--source", "codesearchnet", "--synthesis", out, "--out", "out/zh"
    )
    assert built.returncode == 0, built.stderr
    assert "0 with original Chinese text, 125 translated" in built.stdout
    assert command("check", "out/zh").returncode == 0
    row_id = pq.read_table(sorted((tmp_path / "out/zh/code_summarization_zh").glob("train-*"))[0])["id"][0].as_py()
    traced = command("trace", row_id, "--data", "out/zh", *read, "--synthesis", out)
    assert traced.stdout.startswith("equal: "), traced.stdout + traced.stderr


def test_an_endpoint_elsewhere_needs_a_word_and_a_key(command: Command, small_upstream: Path, job: Path) -> None:
    remote = ["--base-url", "https://models.example.org/v1", "--model", "m", "--upstream", small_upstream]
    refused = command("synth", "run", job, *remote)
    assert refused.returncode == 2
    assert "models.example.org is not on this machine" in refused.stderr
    assert "--allow-remote" in refused.stderr
    keyless = command("synth", "run", job, *remote, "--allow-remote", "--response-format", "none")
    assert (keyless.returncode, "set MULCO_API_KEY or OPENAI_API_KEY" in keyless.stderr) == (2, True)
    planned = command("synth", "plan", job, *remote, "--json")
    assert json.loads(planned.stdout)["withheld"] == {}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--base-url", "nowhere", "--model", "m"], 2, "no address such as http://HOST:8000/v1"),
        (["--base-url", "http://h/v1", "--model", "m", "--max-cost", "1"], 2, "is not on this machine"),
        (["--model", "m"], 2, "--base-url"),
        (["--base-url", "http://[::1]:9/v1", "--model", "m", "--max-cost", "1"], 2, "--max-cost needs --prices"),
    ],
)
def test_wrong_use_is_told_before_anything_is_read(
    command: Command, job: Path, arguments: list[str], status: int, said: str
) -> None:
    done = command("synth", "run", job, *arguments)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_a_wrong_key_stops_at_once_and_what_was_sent_is_told(command: Command, small_upstream: Path, job: Path) -> None:
    with Server(translate, key="the-right-one") as server:
        done = command("synth", "run", job, *asked(server, "--upstream", small_upstream))
        assert done.returncode == 1
        assert "Incorrect API key provided" in done.stderr
        assert "Traceback" not in done.stderr


def test_proposed_wordings_go_into_a_review_file_alone(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "propose.yaml"
    file.write_text("title: T\nkind: propose\nto: zh\ntasks: [code_summarization]\nwordings: 8\n", "utf-8")
    wordings = [
        "请用一句话说明这段 {programming_language} 代码的用途。",
        "总结{code}。",
        "这段代码做什么?",
        "看 {nothing}。",
    ]
    with Server(lambda body: json.dumps({"wordings": wordings}, ensure_ascii=False)) as server:
        done = command("synth", "run", file, *asked(server, "--out", "out", "--response-format", "json_object"))
    assert done.returncode == 0, done.stderr
    review = (tmp_path / "out" / "propose-review.yaml").read_text("utf-8")
    assert review.count("accept: false") == 4
    assert "half-width mark" in review
    assert "is no slot of a question" in review
    assert not list((tmp_path / "out").glob("*.parquet"))


@pytest.mark.upstream
@pytest.mark.slow
def test_real_functions_become_rows_of_code_summarization_zh(
    tmp_path: Path, command: Command, upstream: Path, job: Path
) -> None:
    with Server(translate) as server:
        more = ("--upstream", upstream, "--rows", "260", "--out", "texts")
        done = command("synth", "run", job, *asked(server, *more))
        assert done.returncode == 0, done.stderr
    texts = pq.read_table(tmp_path / "texts" / "summaries.parquet").to_pylist()
    assert len(texts) >= 200
    for row in texts:
        masked = mask(row["original"])
        assert masked is not None
        left = row["text"]
        for part in masked.parts:  # every span of code is in the translation, byte for byte
            assert part in left
            left = left.replace(part, "", 1)
    done = command(
        "build", "code_summarization_zh", "--upstream", upstream, "--source", "codesearchnet", "--synthesis", "texts"
    )
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "out/mulco/code_summarization_zh").glob("*.parquet"))
    rows = {row["source_id"]: row for file in files for row in pq.read_table(file).to_pylist()}
    assert len(rows) >= 200
    settings = Settings(upstream, sources=("codesearchnet",), synthesis=(tmp_path / "texts",))
    compared = 0
    for shard in make_plan(["code_summarization_zh"], settings).jobs:
        for record in shard.source.read(shard.folder, shard.shard):
            if isinstance(record, Record) and record.id in rows:
                row = rows[record.id]
                assert record.fields["code"] in f"{row['instruction']}\n{row['input']}", (
                    "upstream's code, byte for byte"
                )
                assert re.search("[\u4e00-\u9fff]", row["output"])
                compared += 1
    assert compared >= 200
    manifest = Manifest.load(tmp_path / "out" / "mulco")
    [file] = manifest.synthesis
    [group] = file["written"]
    card = (tmp_path / "out" / "mulco" / "README.md").read_text("utf-8")
    for fact in (MODEL, "127.0.0.1", group["first_date"], group["prompt"]):
        assert fact in card
        assert fact in json.dumps(file)
        assert fact in next(iter(rows.values()))["provenance"]
