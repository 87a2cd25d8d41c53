"""Anything that holds rows is read: built folders, arms, Parquet, JSON and CSV in the usual shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.analysis.result import READ
from mulco.analysis.rows import Target, named_language, read
from mulco.errors import MulcoError, UsageError

TWICE = "def twice(x):\n    return 2 * x\n"
JAVA = "public class Main {\n    public static void main(String[] args) {\n        System.out.println(1);\n    }\n}\n"


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def parts(table: pa.Table) -> list[tuple[str, str, str]]:
    return [(row["instruction"], row["input"], row["output"]) for row in table.to_pylist()]


def test_a_row_of_a_file_has_all_columns_and_what_it_does_not_say_is_filled_in(tmp_path: Path) -> None:
    file = write(tmp_path / "我的 数据.jsonl", {"instruction": "用 Python 把一个数翻倍", "input": "", "output": TWICE})
    table = read([file])
    assert table.schema == READ
    assert table.to_pylist() == [
        {
            "dataset": "我的 数据.jsonl", "group": "我的 数据.jsonl", "id": "我的 数据/1", "task": None,
            "instruction": "用 Python 把一个数翻倍", "input": "", "output": TWICE, "language": "zh",
            "programming_language": "python", "source": "我的 数据.jsonl", "license": "LicenseRef-unknown",
            "quality": None, "tokenized": False,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"instruction": "ask", "input": "with", "output": "answer"}, ("ask", "with", "answer")),
        ({"instruction": "ask", "input": None, "response": "answer"}, ("ask", "", "answer")),
        ({"prompt": "ask", "completion": "answer"}, ("ask", "", "answer")),
        ({"query": "ask", "response": "answer"}, ("ask", "", "answer")),
        ({"problem": "ask", "solution": "answer"}, ("ask", "", "answer")),
        ({"instruction": "", "input": "ask", "output": "answer"}, ("ask", "", "answer")),
        (
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "ask"},
                          {"role": "assistant", "content": "answer"}, {"role": "user", "content": "more"}]},
            ("ask", "", "answer"),
        ),
        (
            {"conversations": [{"from": "human", "value": "ask"}, {"from": "gpt", "value": "answer"}]},
            ("ask", "", "answer"),
        ),
        (
            {"prompt": [{"role": "user", "content": "ask"}],
             "completion": [{"role": "assistant", "content": "answer"}]},
            ("ask", "", "answer"),
        ),
    ],
)  # fmt: skip
def test_the_usual_shapes(tmp_path: Path, row: dict[str, Any], found: tuple[str, str, str]) -> None:
    for suffix in (".jsonl", ".json"):
        assert parts(read([write(tmp_path / f"rows{suffix}", row)])) == [found]


def test_csv_and_parquet_are_read_alike(tmp_path: Path) -> None:
    write(tmp_path / "rows.parquet", {"prompt": "ask, once", "response": "two\nlines"})
    (tmp_path / "rows.csv").write_text('prompt,response\n"ask, once","two\nlines"\n', "utf-8")
    expected = [("ask, once", "", "two\nlines")]
    assert parts(read([tmp_path / "rows.parquet"])) == parts(read([tmp_path / "rows.csv"])) == expected


def test_columns_are_believed(tmp_path: Path) -> None:
    row = {"instruction": "a", "output": "b", "id": "x/1", "task": "code_qa", "source": "forum", "license": "MIT"}
    file = write(
        tmp_path / "rows.jsonl", {**row, "programming_language": "Python3", "language": "zh"},
        {**row, "id": "x/2", "language": "Go"}, {**row, "id": "x/3", "lang": "cpp", "language": "English"},
    )  # fmt: skip
    rows = read([file], by="task").to_pylist()
    assert [(row["id"], row["language"], row["programming_language"]) for row in rows] == [
        ("x/1", "zh", "python"),
        ("x/2", "en", "go"),
        ("x/3", "en", "c++"),
    ]
    assert {(row["group"], row["source"], row["license"]) for row in rows} == {("code_qa", "forum", "MIT")}


def test_the_programming_language_is_that_of_the_fence_then_of_the_name_then_of_the_code(tmp_path: Path) -> None:
    file = write(
        tmp_path / "rows.jsonl",
        {"instruction": "In Python, please.", "output": f"Here:\n```java\n{JAVA}```\n"},
        {"instruction": "Double it in Ruby.", "output": "def twice(x)\n  2 * x\nend\n"},
        {"instruction": "Print one.", "output": JAVA},
        {"instruction": "Explain what Python is.", "output": "A language that many people like to write in."},
    )
    assert read([file])["programming_language"].to_pylist() == ["java", "ruby", "java", "text"]


@pytest.mark.parametrize(
    ("instruction", "language"),
    [
        ("Write a Python function", "python"),
        ("用Python实现快速排序", "python"),
        ("用C实现链表", "c"),
        ("用 C++ 求和", "c++"),
        ("Use JavaScript, not Java", None),
        ("Write Python code that runs a SQL query", "python"),
        ("Write a SQL query", "sql"),
        ("Let us go to the swift river", None),
        ("Write a Go program", "go"),
        ("Vitamin C is good", None),
        ("Translate this text", None),
    ],
)
def test_the_only_language_an_instruction_names(instruction: str, language: str | None) -> None:
    assert named_language(instruction) == language


def test_a_built_folder_by_its_manifest(starter_build: Path) -> None:
    table = read([starter_build], by="task", split="all")
    assert table.schema == READ
    assert len(set(table["id"].to_pylist())) == table.num_rows
    assert "code_search" in table["group"].to_pylist()
    train = read([starter_build])
    assert set(train["group"].to_pylist()) > {"code_qa_en", "code_qa_zh"}
    assert set(train["dataset"].to_pylist()) == {"mulco"}
    chosen = read([starter_build], configs=["code_qa_zh"], by="file").to_pylist()
    assert {row["group"] for row in chosen} == {"starter/questions.yaml"}
    assert {row["language"] for row in chosen} == {"zh"}


def test_a_config_that_is_not_there_is_named(starter_build: Path) -> None:
    with pytest.raises(UsageError, match=r"no config 'code_aq_en'\. Close matches: code_qa_en"):
        read([starter_build], configs=["code_aq_en"])


def test_several_folders_with_a_config_each_are_one_data_set(starter_build: Path) -> None:
    both = Target("both", (starter_build,), ("code_qa_en", "code_qa_zh"))
    assert set(read([both])["dataset"].to_pylist()) == {"both"}


def test_an_arm_and_a_set_of_arms(tmp_path: Path) -> None:
    row = {"instruction": "a", "input": "", "output": TWICE, "task": "code_generation", "language": "en",
           "programming_language": "python", "source": "forum", "license": "MIT", "tokens": 9, "domain": "code",
           "category": None, "complexity": 0.5, "diversity": 0.5}  # fmt: skip
    for arm in ("low", "high"):
        folder = tmp_path / "arms" / arm
        write(folder / "train-00000-of-00001.parquet", {**row, "id": f"{arm}/1"}, {**row, "id": f"{arm}/2"})
        write(folder / "test-00000-of-00001.parquet", {**row, "id": "t/1"})
        (folder / "manifest.json").write_text('{"kind": "arm"}', "utf-8")
    (tmp_path / "arms" / "arms.json").write_text("{}", "utf-8")
    table = read([tmp_path / "arms"])
    assert table["dataset"].to_pylist() == ["high", "high", "low", "low"]
    assert table["id"].to_pylist() == ["high/1", "high/2", "low/1", "low/2"]
    assert read([tmp_path / "arms" / "low"], split="test")["id"].to_pylist() == ["t/1"]
    assert table.equals(read([tmp_path / "arms" / "high", tmp_path / "arms" / "low"]))


def test_a_folder_of_files_by_split(tmp_path: Path) -> None:
    write(tmp_path / "data" / "train-00000-of-00001.parquet", {"prompt": "a", "response": "b"})
    write(tmp_path / "data" / "test.parquet", {"prompt": "c", "response": "d"})
    assert parts(read([tmp_path])) == [("a", "", "b")]
    assert parts(read([tmp_path], split="test")) == [("c", "", "d")]
    assert read([tmp_path], split="all", by="file")["group"].to_pylist() == ["data/test", "data/train-00000-of-00001"]
    with pytest.raises(MulcoError, match="no rows in the split validation"):
        read([tmp_path], split="validation")


def test_ids_that_repeat_are_no_ids(tmp_path: Path) -> None:
    file = write(tmp_path / "rows.jsonl", *({"id": "same", "prompt": "a", "response": "b"} for _ in range(2)))
    assert read([file])["id"].to_pylist() == ["rows/1", "rows/2"]


def test_data_sets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    files = [write(tmp_path / name / "rows.jsonl", {"prompt": "a", "response": "b"}) for name in ("mine", "theirs")]
    assert read(files)["dataset"].to_pylist() == ["mine/rows.jsonl", "theirs/rows.jsonl"]
    with pytest.raises(UsageError, match=r"rows.jsonl is named twice"):
        read([files[0], files[0]])


def test_a_limit_takes_the_same_rows_whatever_stands_around_them(tmp_path: Path) -> None:
    rows = [{"id": f"n{i}", "prompt": f"ask {i}", "response": "b"} for i in range(50)]
    few = read([write(tmp_path / "rows.jsonl", *rows)], limit=10)
    turned = read([write(tmp_path / "turned" / "rows.jsonl", *reversed(rows))], limit=10)
    ids = few["id"].to_pylist()
    assert len(ids) == 10
    assert ids == sorted(ids, key=lambda id_: int(id_[1:]))
    assert ids == list(reversed(turned["id"].to_pylist()))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", '{"prompt": "a", "response": "b"}\n{"prompt": \n', r"a\.jsonl, line 2: not JSON"),
        ("a.jsonl", '["a"]', r"a\.jsonl, element 1: not an object but str"),
        ("a.jsonl", '3\n', r"a\.jsonl, line 1: not an object but int"),
        ("a.json", '[{"prompt": "a", ]', r"a\.json, line 1: not JSON"),
        ("a.jsonl", '{"text": "a"}\n', r"a\.jsonl, line 1: no question and answer\. Expected an instruction .*: text"),
        ("a.csv", 'prompt\na\n', r"a\.csv, line 2: no question and answer"),
        ("a.parquet", "PAR", r"a\.parquet: damaged Parquet"),
        ("a.jsonl", "", r"a\.jsonl: no rows in the split train"),
        ("a.txt", "a", r"a\.txt: cannot be read\. Expected a folder or a file of \.parquet, \.jsonl"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(MulcoError, match=said):
        read([tmp_path / name])


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere: no such file or folder"):
        read([tmp_path / "nowhere"])
    with pytest.raises(MulcoError, match="no rows in it"):
        read([tmp_path])
    with pytest.raises(UsageError, match=r"no group 'langage'\. Close matches: language"):
        read([tmp_path], by="langage")
    with pytest.raises(UsageError, match="no split 'dev'"):
        read([tmp_path], split="dev")
    with pytest.raises(UsageError, match="nothing to analyse is named"):
        read([])
    with pytest.raises(UsageError, match="it has no configs"):
        read([write(tmp_path / "a.jsonl", {"prompt": "a", "response": "b"})], configs=["code_qa_en"])
