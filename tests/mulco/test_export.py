"""Export: the rows of a build in files that other tools read."""

from __future__ import annotations

import errno
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mulco import commands
from mulco import export as package
from mulco.catalog import catalog
from mulco.errors import MulcoError, OutputError, UsageError
from mulco.export import FORMATS, export
from mulco.export.pairs import SHOWN, _regex, pairs, take_apart
from mulco.languages import display
from mulco.manifest import Manifest
from mulco.pipeline import Job, Outcome, count_read, distinct_ids, tables, usable
from mulco.plan import Settings, make_plan
from mulco.row import ARROW_SCHEMA, COLUMNS
from mulco.source import Want
from mulco.template import Template

CONFIGS = ["code_search_en", "code_search_zh", "code_qa_zh"]


@pytest.mark.parametrize(("format", "suffix"), [("jsonl", "jsonl"), ("alpaca", "json")])
def test_the_json_loader_of_datasets_reads_every_file_with_equal_counts(
    tmp_path: Path, starter_build: Path, format: str, suffix: str
) -> None:
    written = export(starter_build, tmp_path / "out", format)
    manifest = Manifest.load(starter_build)
    expected = {
        tmp_path / "out" / f"{config}-{split}.{suffix}": facts["rows"]
        for config, about in manifest.configs.items()
        for split, facts in about["splits"].items()
    }
    assert written == expected
    assert sorted(path for path in (tmp_path / "out").iterdir()) == sorted(expected)
    files = {file.stem.replace("-", "_"): str(file) for file in written}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path / "hf"))
    assert loaded.num_rows == {file.stem.replace("-", "_"): rows for file, rows in expected.items()}


def test_jsonl_holds_the_rows_as_they_are(tmp_path: Path, starter_build: Path) -> None:
    export(starter_build, tmp_path, "jsonl", ["code_qa_zh"])
    text = (tmp_path / "code_qa_zh-test.jsonl").read_text("utf-8")
    rows = pq.read_table(starter_build / "code_qa_zh/test-00000-of-00001.parquet").to_pylist()
    assert [json.loads(line) for line in text.splitlines()] == rows
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["instruction"] in text.replace('\\"', '"').replace("\\n", "\n")  # Chinese as Chinese, not \u5316
    loaded = datasets.load_dataset(
        "json", data_files=str(tmp_path / "code_qa_zh-test.jsonl"), split="train", cache_dir=str(tmp_path / "hf")
    )
    assert [{**row} for row in loaded] == rows


def test_alpaca_holds_instruction_input_and_output(tmp_path: Path, starter_build: Path) -> None:
    export(starter_build, tmp_path, "alpaca", ["code_qa_en"])
    rows = pq.read_table(starter_build / "code_qa_en/test-00000-of-00001.parquet").to_pylist()
    assert json.loads((tmp_path / "code_qa_en-test.json").read_text("utf-8")) == [
        {name: row[name] for name in ("instruction", "input", "output")} for row in rows
    ]


@pytest.mark.parametrize(
    ("format", "config", "sentence"),
    [
        ("jsonlines", "code_qa_en", "no format 'jsonlines'. Close matches: jsonl. Formats: jsonl, alpaca"),
        ("jsonl", "code_qa_eng", "no config 'code_qa_eng'. Close matches: code_qa_en, code_qa_zh"),
    ],
)
def test_a_misspelt_name_is_refused_before_anything_is_written(
    tmp_path: Path, starter_build: Path, format: str, config: str, sentence: str
) -> None:
    with pytest.raises(UsageError) as refused:
        export(starter_build, tmp_path / "out", format, [config])
    assert str(refused.value).startswith(sentence)
    assert not (tmp_path / "out").exists()


def test_a_damaged_build_is_named_and_an_earlier_export_stays(tmp_path: Path, starter_build: Path) -> None:
    export(starter_build, tmp_path / "out", "jsonl", ["code_qa_en"])
    earlier = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    shutil.copytree(starter_build, tmp_path / "built")
    (tmp_path / "built/code_qa_en/train-00000-of-00001.parquet").write_bytes(b"no Parquet")
    with pytest.raises(MulcoError, match=r"train-00000-of-00001\.parquet: damaged \(.+\)\. See what else is wrong"):
        export(tmp_path / "built", tmp_path / "out", "jsonl", ["code_qa_en"])
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == earlier


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path, starter_build: Path) -> None:
    (tmp_path / "notes").write_text("mine", "utf-8")
    with pytest.raises(OutputError) as refused:
        export(starter_build, tmp_path / "notes" / "out", "jsonl", ["code_qa_en"])
    remedy = "Free some space or name another folder with --out"
    assert str(refused.value) == f"cannot write {tmp_path}/notes/out: Not a directory. {remedy}"


def test_the_command_says_what_it_wrote(
    tmp_path: Path, starter_build: Path, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    target = tmp_path / "导出 files"
    done = command("export", "code_qa_zh", "--format", "alpaca", "--data", starter_build, "--out", "导出 files")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(maxsplit=1) for line in done.stdout.splitlines()] == [
        ["20", "导出 files/code_qa_zh-train.json"],
        ["5", "导出 files/code_qa_zh-validation.json"],
        ["5", "导出 files/code_qa_zh-test.json"],
    ]
    assert len(json.loads((target / "code_qa_zh-train.json").read_text("utf-8"))) == 20


def test_the_help_names_every_format() -> None:
    *names, last = FORMATS
    assert f"{', '.join(names)} or {last}." == commands.FORMATS


# What each format makes of a row

ROW = {"instruction": "修复这段代码。", "input": "print(x", "output": "print(x)", "id": "x", "language": "zh"}
QUESTION = "修复这段代码。\n\nprint(x"
ALPACA = {"instruction": "修复这段代码。", "input": "print(x", "output": "print(x)"}
USER, ASSISTANT = {"role": "user", "content": QUESTION}, {"role": "assistant", "content": "print(x)"}
MADE: dict[str, dict[str, Any]] = {
    "jsonl": ROW,
    "alpaca": ALPACA,
    "sharegpt": {"conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": "print(x)"}]},
    "messages": {"messages": [USER, ASSISTANT]},
    "llamafactory": ALPACA,
    "axolotl": {"messages": [USER, ASSISTANT]},
    "trl": {"prompt": [USER], "completion": [ASSISTANT]},
    "collama": ALPACA,
}


@pytest.mark.parametrize("format", MADE)
def test_what_a_format_makes_of_a_row(format: str) -> None:
    assert FORMATS[format].items(ROW) == [MADE[format]]


def test_a_question_without_input_is_the_instruction_alone() -> None:
    [made] = FORMATS["messages"].items({**ROW, "input": ""})
    assert made["messages"][0] == {"role": "user", "content": "修复这段代码。"}


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("jsonl", "alpaca")])
def test_the_json_loader_of_datasets_reads_every_further_format(
    tmp_path: Path, starter_build: Path, format: str
) -> None:
    configs = CONFIGS[:2] if format == "pairs" else CONFIGS
    written = export(starter_build, tmp_path / "out", format, configs)
    manifest = Manifest.load(starter_build)
    counts = {
        f"{config}-{split}": manifest.rows(config, split) * (SHOWN if format == "pairs" else 1)
        for config in configs
        for split in ("train", "validation", "test")
    }
    if format == "collama":
        english, *chinese = (counts[f"{config}-train"] for config in CONFIGS)
        counts = {
            "MID_all_data": english + sum(chinese), "MID_train_EN_data": english, "MID_train_ZH_data": sum(chinese),
        }  # fmt: skip
    assert {file.stem: count for file, count in written.items()} == counts
    files = {file.stem.replace("-", "_"): str(file) for file in written}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path / "hf"))
    assert loaded.num_rows == {name.replace("-", "_"): count for name, count in counts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("format", ["trl", "messages"])
def test_the_trainer_of_trl_takes_every_item(tmp_path: Path, starter_build: Path, format: str) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from trl import SFTConfig, SFTTrainer

    [file, *_] = written = export(starter_build, tmp_path / "out", format, ["code_qa_zh"])
    vocabulary = {"<eos>": 0, **{symbol: n for n, symbol in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()), 1)}}
    bytes_only = Tokenizer(models.BPE(vocabulary, []))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytes_only, eos_token="<eos>", pad_token="<eos>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}:{{ m['content'] }}"
        "{% if m['role'] == 'assistant' %}{{ eos_token }}{% else %}\n{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1
    )
    loaded = datasets.load_dataset("json", data_files=str(file), split="train", cache_dir=str(tmp_path / "hf"))
    settings = SFTConfig(output_dir=str(tmp_path / "sft"), max_length=None, report_to="none", use_cpu=True, bf16=False)
    trainer = SFTTrainer(LlamaForCausalLM(config), settings, train_dataset=loaded, processing_class=tokenizer)
    assert len(trainer.train_dataset) == written[file]
    first = trainer.train_dataset[0]
    answer = json.loads(file.read_text("utf-8").splitlines()[0])
    answer = answer["completion"][-1]["content"] if format == "trl" else answer["messages"][-1]["content"]
    assert tokenizer.decode(first["input_ids"]).endswith(f"{answer}<eos>")


def test_configs_stand_in_their_order_and_once(tmp_path: Path, starter_build: Path) -> None:
    written = export(starter_build, tmp_path, "trl", ["code_qa_en", "code_search_zh", "code_qa_en"])
    assert [(file.name, count) for file, count in written.items()] == [
        ("code_search_zh-train.jsonl", 160), ("code_search_zh-validation.jsonl", 40), ("code_search_zh-test.jsonl", 40),
        ("code_qa_en-train.jsonl", 20), ("code_qa_en-validation.jsonl", 5), ("code_qa_en-test.jsonl", 5),
    ]  # fmt: skip


# Files beside the data


def test_llamafactory_knows_each_file_by_name_and_columns(tmp_path: Path, starter_build: Path) -> None:
    said: list[str] = []
    export(starter_build, tmp_path, "llamafactory", ["code_qa_en"], said.append)
    columns = {"prompt": "instruction", "query": "input", "response": "output"}
    assert json.loads((tmp_path / "dataset_info.json").read_text("utf-8")) == {
        f"code_qa_en-{split}": {"file_name": f"code_qa_en-{split}.json", "formatting": "alpaca", "columns": columns}
        for split in ("train", "validation", "test")
    }
    assert said == [
        f"In LLaMA-Factory: dataset_dir: {tmp_path}, dataset: code_qa_en-train (names as in dataset_info.json)"
    ]


def test_llamafactorys_own_data_sets_stay(tmp_path: Path, starter_build: Path) -> None:
    own = {"identity": {"file_name": "identity.json"}}
    (tmp_path / "dataset_info.json").write_text(json.dumps(own), "utf-8")
    export(starter_build, tmp_path, "llamafactory", ["code_qa_en"])
    known = json.loads((tmp_path / "dataset_info.json").read_text("utf-8"))
    assert list(known) == ["identity", "code_qa_en-train", "code_qa_en-validation", "code_qa_en-test"]
    assert known["identity"] == own["identity"]


@pytest.mark.parametrize(("text", "problem"), [("{", "not JSON"), ("[]", "expected a JSON object of data sets")])
def test_a_damaged_dataset_info_is_not_written_over(
    tmp_path: Path, starter_build: Path, text: str, problem: str
) -> None:
    (tmp_path / "dataset_info.json").write_text(text, "utf-8")
    with pytest.raises(MulcoError, match=rf"dataset_info\.json: {problem}.+Mend it"):
        export(starter_build, tmp_path, "llamafactory", ["code_qa_en"])
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [("dataset_info.json", text)]


def test_axolotl_trains_on_train_and_looks_at_validation(tmp_path: Path, starter_build: Path) -> None:
    written = export(starter_build, tmp_path, "axolotl", ["code_qa_zh"])
    blocks = yaml.safe_load((tmp_path / "axolotl_datasets.yaml").read_text("utf-8"))
    assert {name: [Path(entry["path"]).name for entry in entries] for name, entries in blocks.items()} == {
        "datasets": ["code_qa_zh-train.jsonl"], "test_datasets": ["code_qa_zh-validation.jsonl"],
    }  # fmt: skip
    [entry] = blocks["datasets"]
    assert entry == {
        "path": f"{tmp_path}/code_qa_zh-train.jsonl", "ds_type": "json", "split": "train", "type": "chat_template",
        "field_messages": "messages", "message_property_mappings": {"role": "role", "content": "content"},
    }  # fmt: skip
    loaded = datasets.load_dataset(  # as axolotl calls it for a path that is a file
        entry["ds_type"], data_files=entry["path"], split=entry["split"], cache_dir=str(tmp_path / "hf")
    )
    assert loaded.num_rows == written[tmp_path / "code_qa_zh-train.jsonl"]
    assert set(loaded[0][entry["field_messages"]][0]) == set(entry["message_property_mappings"].values())


def test_collamas_lists_hold_the_training_rows_of_all_configs(tmp_path: Path, starter_build: Path) -> None:
    export(starter_build, tmp_path, "collama")
    lists = {path.name: json.loads(path.read_text("utf-8")) for path in tmp_path.iterdir()}
    assert sorted(lists) == ["MID_all_data.json", "MID_train_EN_data.json", "MID_train_ZH_data.json"]
    configs = Manifest.load(starter_build).configs
    train = {
        config: pq.read_table(starter_build / config / "train-00000-of-00001.parquet", columns=list(ALPACA)).to_pylist()
        for config in configs
    }
    assert list(configs) == list(catalog().configs)
    assert lists["MID_all_data.json"] == [row for rows in train.values() for row in rows]
    for name, language in (("MID_train_EN_data.json", "en"), ("MID_train_ZH_data.json", "zh")):
        assert lists[name] == [row for config, rows in train.items() if config.endswith(language) for row in rows]


# Pairs: rows of code search taken apart


POOLS = {language: catalog().pool(Want("code_search", language)) for language in ("en", "zh")}
WORDINGS = [(language, template) for language, pool in POOLS.items() for template in pool.templates]


def row_of(language: str, template: Template, query: str, snippets: list[str], answer: str = "3") -> dict[str, str]:
    """A row as `Pool.render` fills one wording."""
    fields = {"query": query, "snippets": snippets, "answer": answer, "programming_language": display("c++")}
    slots = POOLS[language].slots(fields)
    parts = {part: getattr(template, part).format_map(slots) for part in ("instruction", "input", "output")}
    return {**parts, "id": "x", "language": language, "programming_language": "c++", "template": template.id}


SNIPPETS = ["a{b}", "\n\n  x = 1\n\n\n", 'print("Query: {query}")\nSnippet 1:', "代码片段 2：查询：“{code}”\\n"]
SEARCHES = ["add a month", ' "quoted", “引号” \n\nnew paragraph? ', "Snippet 2: {snippets}", "排序。只回答编号"]


@pytest.mark.parametrize(("language", "template"), WORDINGS, ids=lambda value: getattr(value, "id", value))
def test_every_wording_is_taken_apart_exactly(language: str, template: Template) -> None:
    for query in SEARCHES:
        for answer in ("1", "2", "3", "4"):
            assert pairs(row_of(language, template, query, SNIPPETS, answer)) == [
                {"query": query, "code": code, "label": int(str(number) == answer)}
                for number, code in enumerate(SNIPPETS, 1)
            ]


marks = [
    "a",
    " ",
    "\n",
    "\n\n",
    "Snippet 1:\n",
    "\n\nSnippet 2:\n",
    "代码片段 3：\n",
    "Query: ",
    "\n\nSearch: ",
    "”",
    '"',
]
texts = st.lists(st.sampled_from(marks), max_size=5).map("".join) | st.text(max_size=5)


@given(st.sampled_from(WORDINGS), texts, st.lists(texts, min_size=SHOWN, max_size=SHOWN))
def test_a_row_is_taken_apart_rightly_or_not_at_all(
    wording: tuple[str, Template], query: str, snippets: list[str]
) -> None:
    filled = take_apart(row_of(*wording, query, snippets))
    codes = {f"code_{number}": code for number, code in enumerate(snippets, 1)}
    assert filled is None or filled == {"query": query, "answer": "3", **codes}


def test_a_query_that_a_wording_shows_twice_is_one_query() -> None:
    pattern = re.compile(_regex("Find {query} in {programming_language}: {query}.", "C++", "", ".*?"))
    found = pattern.fullmatch("Find a. b. in C++: a. b..")
    assert found is not None
    assert found.groupdict() == {"query": "a. b."}
    assert pattern.fullmatch("Find a in C++: b.") is None


def test_a_row_shows_as_many_snippets_as_the_task_joins() -> None:
    from mulco.builders.code_search import DISTRACTORS

    assert SHOWN == DISTRACTORS + 1


def left_out(job: Job) -> tuple[int, int]:
    """(rows, rows not taken apart) of a shard; every other one gives back just what its record holds."""
    outcome = Outcome(job.identity)
    items = count_read(job.source.read(job.folder, job.shard), outcome)
    records = distinct_ids(usable(job.task, job.task.prepare(items), outcome))
    rows = [row for table in tables(job, outcome) for row in table.to_pylist()]
    missing = 0
    for row, record in zip(rows, records, strict=True):
        filled = take_apart(row)
        missing += filled is None
        codes = {f"code_{number}": code for number, code in enumerate(record.fields["snippets"], 1)}
        expected = {"query": record.fields["query"], "answer": record.fields["answer"], **codes}
        assert filled is None or filled == expected, row["id"]
    return len(rows), missing


def test_rows_of_the_starter_give_back_their_records() -> None:
    counts = [left_out(job) for job in make_plan(["code_search_en", "code_search_zh"], Settings(profile="none")).jobs]
    assert counts
    assert sum(missing for _, missing in counts) == 0


@pytest.mark.slow
@pytest.mark.upstream
def test_rows_of_every_source_give_back_their_records(upstream: Path) -> None:
    counts = [left_out(job) for job in make_plan(["code_search_en", "code_search_zh"], Settings(upstream, "none")).jobs]
    total, missing = (sum(numbers) for numbers in zip(*counts, strict=True))
    assert missing <= total / 1000


def built(folder: Path, config: str, rows: list[dict[str, str]], stated: int | None = None) -> Path:
    """A built folder with the training rows of one config; columns that do not matter hold an x."""
    full = [{**dict.fromkeys(COLUMNS, "x"), "task": config.rpartition("_")[0], **row} for row in rows]
    (folder / config).mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(full, ARROW_SCHEMA), folder / config / "train.parquet")
    files = [{"path": f"{config}/train.parquet"}]
    splits = {"train": {"rows": len(rows) if stated is None else stated, "files": files}}
    Manifest("0", "x", {config: {"splits": splits}}).write(folder)
    return folder


def test_a_row_with_two_readings_is_left_out_and_counted(tmp_path: Path) -> None:
    template = next(template for language, template in WORDINGS if language == "en")
    plain = row_of("en", template, "add", ["a", "b", "c", "d"], "1")
    torn = row_of("en", template, "add", ["a", "b\n\nSnippet 3:\n", "c", "d"])
    said: list[str] = []
    written = export(built(tmp_path / "built", "code_search_en", [torn, plain]), tmp_path, "pairs", say=said.append)
    assert written == {tmp_path / "code_search_en-train.jsonl": 4}
    lines = (tmp_path / "code_search_en-train.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {"query": "add", "code": "a", "label": 1}
    reason = "because their text does not say for certain where a snippet ends"
    assert said == [f"code_search_en, train: 1 of 2 rows left out, {reason}"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"instruction": "Which one?"},
            "row x: its instruction is not what the wording 'which-matches' of code_search",
        ),
        ({"output": "5"}, "row x: its output is not what the wording 'which-matches' of code_search writes now"),
        ({"template": "gone"}, "no wording 'gone' of code_search in en"),
    ],
)
def test_a_row_of_other_wordings_is_refused(tmp_path: Path, change: dict[str, str], problem: str) -> None:
    template = next(template for _, template in WORDINGS if template.id == "which-matches")
    row = {**row_of("en", template, "add", ["a", "b", "c", "d"]), **change}
    with pytest.raises(MulcoError, match=problem):
        export(built(tmp_path / "built", "code_search_en", [row]), tmp_path / "out", "pairs")
    assert list((tmp_path / "out").iterdir()) == []


def test_pairs_are_for_code_search_alone(tmp_path: Path, starter_build: Path) -> None:
    said: list[str] = []
    export(starter_build, tmp_path / "out", "pairs", say=said.append)
    assert said == ["pairs is for code_search alone: 18 configs of other tasks are left out"]
    with pytest.raises(UsageError) as refused:
        export(starter_build, tmp_path / "none", "pairs", ["code_search_en", "code_qa_en"])
    assert str(refused.value) == "pairs is for code_search alone, not for code_qa_en. Other formats take every config"
    with pytest.raises(UsageError, match="not for code_qa_zh"):
        export(built(tmp_path / "built", "code_qa_zh", [{}]), tmp_path / "none", "pairs")
    assert not (tmp_path / "none").exists()


# What goes wrong


def test_a_folder_that_holds_fewer_rows_than_its_manifest_says_is_refused(tmp_path: Path) -> None:
    folder = built(tmp_path / "built", "code_qa_en", [{}], stated=2)
    with pytest.raises(MulcoError, match=r"code_qa_en, train: 1 rows, where manifest\.json says 2\. .+ mulco check"):
        export(folder, tmp_path / "out", "messages")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, starter_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = package._File.write

    def fill(file: package._File, text: str) -> None:
        if file.items == 7:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(file, text)

    monkeypatch.setattr(package._File, "write", fill)
    with pytest.raises(OutputError, match=f"cannot write {tmp_path}: No space left on device. Free some space"):
        export(starter_build, tmp_path, "alpaca", ["code_qa_en"])
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_how_to_use_what_it_wrote(
    starter_build: Path, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = command("export", "code_qa_en", "--format", "axolotl", "--data", starter_build, "--out", "ax")
    assert done.returncode == 0
    assert done.stdout.split() == [
        "20", "ax/code_qa_en-train.jsonl", "5", "ax/code_qa_en-validation.jsonl", "5", "ax/code_qa_en-test.jsonl",
    ]  # fmt: skip
    assert done.stderr == "For axolotl: put the blocks of ax/axolotl_datasets.yaml into its config\n"


def test_a_joined_name_stands_for_its_configs(starter_build: Path, tmp_path: Path) -> None:
    written = export(starter_build, tmp_path, "jsonl", ["all_zh"])
    manifest = Manifest.load(starter_build)
    expected = sum(manifest.rows(config) for config in manifest.configs if config.endswith("_zh"))
    assert sum(written.values()) == expected
    assert {file.name.split("-")[0][-3:] for file in written} == {"_zh"}
