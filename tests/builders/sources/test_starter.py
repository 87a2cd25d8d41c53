"""The starter corpus is complete and natively worded, its queries give their results, and its reader gives them all.

The programs in nine languages are compiled and run in `test_starter_programs.py`.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_c
import tree_sitter_c_sharp
import tree_sitter_cpp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_php
import tree_sitter_python
import tree_sitter_ruby
import tree_sitter_sql
import yaml
from tree_sitter import Language, Parser

from mulco.builders.sources.starter import SOURCE, SUFFIXES
from mulco.catalog import catalog
from mulco.languages import TEXT
from mulco.source import SPLITS, Item, Record, Unusable, Want

assert SOURCE.folder
STARTER = SOURCE.folder


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


ABOUTS = {path.parent.name: load(path) for path in sorted(STARTER.glob("functions/*/about.yaml"))}
QUERIES = {path.stem: load(path) for path in sorted(STARTER.glob("sql/*.yaml"))}
QUESTIONS = load(STARTER / "questions.yaml")

LEVELS = {"beginner", "intermediate", "advanced"}
AGAIN = {"python", "java", "javascript"}
GRAMMARS = {
    "python": tree_sitter_python.language, "java": tree_sitter_java.language, "go": tree_sitter_go.language,
    "javascript": tree_sitter_javascript.language, "php": tree_sitter_php.language_php_only,
    "ruby": tree_sitter_ruby.language, "c": tree_sitter_c.language, "c++": tree_sitter_cpp.language,
    "c#": tree_sitter_c_sharp.language, "sql": tree_sitter_sql.language,
}  # fmt: skip
HAN = r"[\u4e00-\u9fff]"
FULL_WIDTH = "，。：；？！、（）《》“”"
# What good typesetting forbids in Chinese prose, with what stands in backticks taken for a Latin word.
MISSPACED = {
    "no space between Han and Latin letters or digits": f"{HAN}[A-Za-z0-9`]|[A-Za-z0-9`]{HAN}",
    "a space beside a full-width mark": f"[{FULL_WIDTH}] | [{FULL_WIDTH}]",
    "a half-width mark beside Han": f"{HAN}[,.:;?!(]|[,;?!)]{HAN}",
}


def faults(text: str, language: str, ends: str) -> Iterator[str]:
    """What is wrong with prose in a language; it ends with one of `ends`, and without a mark where there are none."""
    if bool(re.search(HAN, text)) != (language == "zh"):
        yield f"not written in {language}"
    if text != text.strip() or "  " in text or "\t" in text or "```" in text or text.count("`") % 2:
        yield "stray space, a code block or an unpaired backtick"
    if (text[-1] in (ends or ".?!。？！")) != bool(ends):
        yield f"ends with {text[-1]!r}"
    if language == "en":
        yield from (f"full-width {mark} in English" for mark in FULL_WIDTH if mark in text)
        return
    rules = MISSPACED | ({"a space between Han": f"{HAN} {HAN}"} if ends else {})
    for rule, pattern in rules.items():
        for found in re.finditer(pattern, re.sub("`[^`]*`", "`a`", text)):
            yield f"{rule}: {text[max(0, found.start() - 6) : found.end() + 6]!r}"


def text_faults(about: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the texts that functions and queries share: summary, description, search query and bug."""
    for language, stop in (("en", "."), ("zh", "。")):
        texts = about[language]
        if list(texts) != ["summary", "description", "query"]:
            yield f"{language} has the keys {list(texts)}"
        ends = {"summary": stop, "description": stop, "query": ""}
        for key, text in [*texts.items(), ("bug", about["bug"][language])]:
            yield from (f"{language} {key}: {fault}" for fault in faults(text, language, ends.get(key, stop)))
    query = about["en"]["query"]
    if not re.search("[A-Z]", about["en"]["summary"][0]) or query != query.lower():
        yield "en: a summary starts with a capital, a search query has none"
    if not 4 <= len(query.split()) <= 10:
        yield f"en query has {len(query.split())} words"


def does_not_parse(text: str, language: str) -> bool:
    return bool(Parser(Language(GRAMMARS[language]())).parse(text.encode()).root_node.has_error)


# Functions


@pytest.mark.parametrize("function", ABOUTS)
def test_a_function_is_described_completely(function: str) -> None:
    about = ABOUTS[function]
    assert list(about) == ["split", "difficulty", "paradigm", "en", "zh", "bug", "examples"]
    assert list(about["bug"]) == ["en", "zh", "edits"]
    assert about["split"] in SPLITS
    assert about["difficulty"] in LEVELS
    assert about["paradigm"] in {"procedural", "object-oriented", "functional", "event-driven"}
    assert {language: list(edit) for language, edit in about["bug"]["edits"].items()} == {
        language: ["fixed", "buggy"] for language in SUFFIXES
    }


@pytest.mark.parametrize("function", ABOUTS)
def test_a_function_has_every_language_and_three_second_implementations(function: str) -> None:
    again = [f"again.{SUFFIXES[language]}" for language in AGAIN]
    files = ["about.yaml", *again, *(f"code.{suffix}" for suffix in SUFFIXES.values())]
    assert sorted(path.name for path in (STARTER / "functions" / function).iterdir()) == sorted(files)


@pytest.mark.parametrize("function", ABOUTS)
def test_a_function_is_worded_well_in_both_languages(function: str) -> None:
    assert list(text_faults(ABOUTS[function])) == []


@pytest.mark.parametrize("function", ABOUTS)
def test_examples_of_a_function_are_distinct_lines(function: str) -> None:
    examples = ABOUTS[function]["examples"]
    assert len(examples) >= 6
    assert len({example["input"] for example in examples}) == len(examples)
    for example in examples:
        assert list(example) == ["input", "output"]
        assert all(isinstance(line, str) and "\n" not in line for line in example.values())


@pytest.mark.parametrize("language", SUFFIXES)
@pytest.mark.parametrize("function", ABOUTS)
def test_every_version_of_a_function_is_well_formed(function: str, language: str) -> None:
    folder, edit = STARTER / "functions" / function, ABOUTS[function]["bug"]["edits"][language]
    code = (folder / f"code.{SUFFIXES[language]}").read_bytes().decode("utf-8")
    assert code.count(edit["fixed"]) == 1
    texts = {"code": code, "buggy": code.replace(edit["fixed"], edit["buggy"])}
    if language in AGAIN:
        texts["again"] = (folder / f"again.{SUFFIXES[language]}").read_bytes().decode("utf-8")
    assert len(set(texts.values())) == len(texts)
    for version, text in texts.items():
        assert not does_not_parse(text, language), version
        assert not re.search(r"\r|[ \t]\n|^\s|[^\n]\Z|\n\n\Z", text), version
        assert language == "go" or "\t" not in text, version


# Queries


def open_database(about: dict[str, Any], reverse: bool) -> sqlite3.Connection:
    """A database with the rows of a query; `reverse` turns round whatever order no ORDER BY settles."""
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(f"PRAGMA reverse_unordered_selects = {reverse:d}")
    database.executescript(about["tables"])
    database.executescript(about["rows"])
    return database


def rows_of(about: dict[str, Any], query: str, reverse: bool = False) -> list[list[Any]]:
    """The rows that a query gives, or those that `verify` finds after it."""
    database = open_database(about, reverse)
    rows = database.execute(query).fetchall()
    rows = database.execute(about["verify"]).fetchall() if "verify" in about else rows
    database.close()
    return [list(row) for row in rows]


def buggy_query(about: dict[str, Any]) -> str:
    return str(about["code"].replace(about["bug"]["fixed"], about["bug"]["buggy"]))


recent_sqlite = pytest.mark.skipif(
    sqlite3.sqlite_version_info < (3, 39), reason=f"the queries are for SQLite 3.39, here is {sqlite3.sqlite_version}"
)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_described_completely(name: str) -> None:
    about = QUERIES[name]
    keys = ["split", "difficulty", "paradigm", "tables", "rows", "code", "again", "bug", "en", "zh", "result"]
    assert [key for key in about if key != "verify"] == keys
    assert list(about["bug"]) == ["en", "zh", "fixed", "buggy"]
    assert about["split"] in SPLITS
    assert about["difficulty"] in LEVELS
    assert about["paradigm"] == "declarative"


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_worded_well_in_both_languages(name: str) -> None:
    assert list(text_faults(QUERIES[name])) == []


@pytest.mark.parametrize("name", QUERIES)
def test_every_version_of_a_query_is_well_formed(name: str) -> None:
    about = QUERIES[name]
    assert about["code"].count(about["bug"]["fixed"]) == 1
    texts = {key: about[key] for key in ("tables", "rows", "code", "again", "verify") if key in about}
    texts["buggy"] = buggy_query(about)
    for version, text in texts.items():
        assert text.endswith(";"), version
        assert not does_not_parse(text, "sql"), version
        assert not re.search(r"\r|\t| \n", text), version


@recent_sqlite
@pytest.mark.parametrize("reverse", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("version", ["code", "again"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_gives_its_result(name: str, version: str, reverse: bool) -> None:
    about = QUERIES[name]
    # as text, since 9000 and 9000.0 are equal but not the same answer
    assert repr(rows_of(about, about[version], reverse)) == repr(about["result"])


@recent_sqlite
@pytest.mark.parametrize("name", QUERIES)
def test_a_buggy_query_runs_but_gives_another_result(name: str) -> None:
    assert rows_of(QUERIES[name], buggy_query(QUERIES[name])) != QUERIES[name]["result"]


# Questions


@pytest.mark.parametrize("entry", QUESTIONS, ids=[entry["name"] for entry in QUESTIONS])
def test_a_question_is_complete_and_answered_well_in_both_languages(entry: dict[str, Any]) -> None:
    assert list(entry) == ["name", "split", "difficulty", "en", "zh"]
    assert re.fullmatch("[a-z0-9_]+", entry["name"])
    assert entry["split"] in SPLITS
    assert entry["difficulty"] in LEVELS
    assert [list(entry[language]) for language in ("en", "zh")] == [["question", "answer"]] * 2
    assert list(faults(entry["en"]["question"], "en", "?.")) == []
    assert list(faults(entry["zh"]["question"], "zh", "？。")) == []
    assert list(faults(entry["en"]["answer"], "en", ".")) == []
    assert list(faults(entry["zh"]["answer"], "zh", "。")) == []
    assert 60 <= len(entry["en"]["answer"].split()) <= 180
    assert 100 <= len(entry["zh"]["answer"]) <= 300


def test_questions_have_names_of_their_own() -> None:
    assert max(Counter(entry["name"] for entry in QUESTIONS).values()) == 1


# Splits


def test_two_thirds_of_everything_are_for_training_and_one_sixth_each_for_validation_and_test() -> None:
    assert Counter(about["split"] for about in ABOUTS.values()) == {"train": 16, "validation": 4, "test": 4}
    assert Counter(about["split"] for about in QUERIES.values()) == {"train": 16, "validation": 4, "test": 4}
    assert Counter(entry["split"] for entry in QUESTIONS) == {"train": 20, "validation": 5, "test": 5}


# The reader


def read(folder: Path, task: str, language: str, split: str) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, Want(task, language)) if shard.split == split)
    return list(SOURCE.read(folder, shard))


def prepared(task: str, language: str, split: str) -> list[Item]:
    return list(catalog().tasks[task].prepare(read(STARTER, task, language, split)))


def expected_rows(task: str, split: str) -> int:
    """How many rows the files promise: one for each version in each language that the task shows."""
    if task == "code_qa":
        return len([entry for entry in QUESTIONS if entry["split"] == split])
    folders = [STARTER / "functions" / name for name, about in ABOUTS.items() if about["split"] == split]
    queries = len([about for about in QUERIES.values() if about["split"] == split])
    programs = sum(len([*folder.glob("code.*")]) for folder in folders)
    second = sum(len([*folder.glob("again.*")]) for folder in folders)
    rows = {
        "clone_detection": 2 * (second + queries),  # one pair that behaves the same and one that does not
        "defect_detection": 2 * (programs + queries),  # the code and its buggy version
        "code_translation": 2 * (programs - len(folders) + 2 * len(folders)),  # Python and each other, and two pairs
    }
    return rows.get(task, programs + queries)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("task", SOURCE.tasks)
def test_every_item_of_the_corpus_gives_the_rows_it_promises(task: str, language: str, split: str) -> None:
    items = prepared(task, language, split)
    rows = [item for item in items if isinstance(item, Record)]
    # a short piece may repeat no word often enough to mask one
    left_out = [Unusable("no_token_to_mask")] * (task == "cloze_test" and len(items) - len(rows))
    assert [item for item in items if not isinstance(item, Record)] == left_out
    assert len(left_out) <= 0.02 * len(items)
    assert len({(row.id, row.direction) for row in rows}) == len(rows)
    assert len(items) == expected_rows(task, split)


def test_an_item_stands_in_the_split_it_names_in_every_task_and_language() -> None:
    named = {name: about["split"] for name, about in [*ABOUTS.items(), *QUERIES.items()]}
    named |= {entry["name"]: entry["split"] for entry in QUESTIONS}
    assert len(named) == len(ABOUTS) + len(QUERIES) + len(QUESTIONS)
    found: dict[str, set[str]] = {name: set() for name in named}
    for task in SOURCE.tasks:
        for language in ("en", "zh"):
            for split in SPLITS:
                for item in read(STARTER, task, language, split):
                    assert isinstance(item, Record)
                    found[item.id.split("/")[0]].add(split)
    assert found == {name: {split} for name, split in named.items()}


def test_code_in_a_row_never_comes_from_another_split() -> None:
    owners: dict[str, set[str]] = {}
    for task in SOURCE.tasks:
        for split in SPLITS:
            for item in read(STARTER, task, "en", split):
                assert isinstance(item, Record)
                for field in ("code", "other_code", "fixed", "translation"):
                    if field in item.fields:
                        owners.setdefault(item.fields[field], set()).add(split)
    assert [code for code, splits in owners.items() if len(splits) > 1] == []


def test_pairs_that_differ_are_half_buggy_versions_and_half_other_functions() -> None:
    kinds = Counter(
        kind if (kind := item.id.split("/")[2]) in ("again", "buggy") else "other"
        for split in SPLITS
        for item in read(STARTER, "clone_detection", "en", split)
        if isinstance(item, Record)
    )
    assert kinds["again"] == kinds["buggy"] + kinds["other"]
    assert 0.35 < kinds["buggy"] / kinds["again"] < 0.65


# The reader on a small corpus: each function multiplies, and its buggy version adds.

CODE = {
    "python": "def NAME(x):\n    return x * 2\n", "java": "int NAME(int x) { return x * 2; }\n",
    "javascript": "const NAME = (x) => x * 2;\n", "go": "func NAME(x int) int { return x * 2 }\n",
    "php": "function NAME($x) { return $x * 2; }\n", "ruby": "def NAME(x) = x * 2\n",
    "c": "int NAME(int x) { return x * 2; }\n", "c++": "auto NAME(auto x) { return x * 2; }\n",
    "c#": "static int NAME(int x) => x * 2;\n",
}  # fmt: skip
TEXTS = {
    "en": {"summary": "Doubles a number.", "description": "Return x doubled.", "query": "double a number"},
    "zh": {"summary": "把一个数翻倍。", "description": "返回 x 的两倍。", "query": "数字翻倍"},
}


def write_yaml(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")


def write_function(folder: Path, name: str, split: str) -> None:
    edits = {language: {"fixed": "* 2", "buggy": "+ 2"} for language in CODE}
    about = {"split": split, "difficulty": "beginner", "paradigm": "functional", **TEXTS, "bug": {"edits": edits}}
    write_yaml(folder / "about.yaml", about)
    for language, code in CODE.items():
        (folder / f"code.{SUFFIXES[language]}").write_text(code.replace("NAME", name), "utf-8")
    (folder / "again.py").write_text(f"def {name}(x):\n    return x + x\n", "utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two functions and a query for training, one function for test, and a question each for training and test."""
    folder = tmp_path / "starter"
    for name, split in (("twice", "train"), ("doubled", "train"), ("two_times", "test")):
        write_function(folder / "functions" / name, name, split)
    bug = {"en": "One row too few.", "zh": "少了一行。", "fixed": "<= 2", "buggy": "< 2"}
    query = {"split": "train", "difficulty": "advanced", "paradigm": "declarative", "tables": "", "rows": "", **TEXTS,
             "code": "SELECT x FROM t WHERE x <= 2;", "again": "SELECT x FROM t WHERE x < 3;", "bug": bug}  # fmt: skip
    write_yaml(folder / "sql" / "small_numbers.yaml", query)
    questions = [
        {"name": name, "split": split, "difficulty": "beginner",
         "en": {"question": f"Why {name}?", "answer": "So."}, "zh": {"question": f"为何 {name}？", "answer": "如此。"}}
        for name, split in (("sky", "train"), ("sea", "test"))
    ]  # fmt: skip
    write_yaml(folder / "questions.yaml", questions)
    return folder


PYTHON = "def twice(x):\n    return x * 2"
AT_PYTHON = "starter/functions/twice/code.py", 0, None, "beginner", "functional"


def of_twice(corpus: Path, task: str, language: str = "en") -> list[Item]:
    """What is read of one function in Python."""
    return [item for item in read(corpus, task, language, "train") if "twice/python" in str(item)]


@pytest.mark.parametrize("task", ["code_summarization", "code_generation", "code_search"])
def test_code_comes_with_its_texts_in_the_language_asked_for(corpus: Path, task: str) -> None:
    assert of_twice(corpus, task) == [Record("twice/python", "python", {"code": PYTHON, **TEXTS["en"]}, *AT_PYTHON)]
    assert of_twice(corpus, task, "zh") == [
        Record("twice/python", "python", {"code": PYTHON, **TEXTS["zh"]}, *AT_PYTHON)
    ]


@pytest.mark.parametrize("task", ["cloze_test", "code_completion"])
def test_code_alone_goes_to_tasks_that_cut_it(corpus: Path, task: str) -> None:
    assert of_twice(corpus, task) == [Record("twice/python", "python", {"code": PYTHON}, *AT_PYTHON)]


def test_repair_gives_the_buggy_code_and_the_code(corpus: Path) -> None:
    fields = {"code": "def twice(x):\n    return x + 2", "fixed": PYTHON}
    assert of_twice(corpus, "code_repair") == [Record("twice/python", "python", fields, *AT_PYTHON)]


def test_defect_detection_gives_both_versions_with_their_labels(corpus: Path) -> None:
    buggy = {"code": "def twice(x):\n    return x + 2", "label": True}
    assert of_twice(corpus, "defect_detection") == [
        Record("twice/python/defective", "python", buggy, *AT_PYTHON),
        Record("twice/python/correct", "python", {"code": PYTHON, "label": False}, *AT_PYTHON),
    ]


def test_clone_detection_pairs_code_with_its_second_implementation_and_with_code_that_differs(corpus: Path) -> None:
    def pair(name: str, kind: str, other_code: str, label: bool) -> Record:
        fields = {"code": f"def {name}(x):\n    return x * 2", "other_code": other_code, "label": label}
        file = f"starter/functions/{name}/code.py"
        return Record(f"{name}/python/{kind}", "python", fields, file, 0, None, "beginner", "functional")

    # a stable hash of the name decides whether the code that differs is the buggy version or another function
    assert [item for item in read(corpus, "clone_detection", "en", "train") if "/python/" in str(item)] == [
        pair("doubled", "again", "def doubled(x):\n    return x + x", True),
        pair("doubled", "buggy", "def doubled(x):\n    return x + 2", False),
        pair("twice", "again", "def twice(x):\n    return x + x", True),
        pair("twice", "doubled", "def doubled(x):\n    return x * 2", False),
    ]


def test_a_function_alone_in_its_split_is_paired_with_its_buggy_version(corpus: Path) -> None:
    ids = [item.id for item in read(corpus, "clone_detection", "en", "test") if isinstance(item, Record)]
    assert ids == ["two_times/python/again", "two_times/python/buggy"]


def test_translation_pairs_python_with_each_language_and_java_with_c_sharp_and_c_with_c_plus_plus(corpus: Path) -> None:
    def pair(first: str, second: str) -> Record:
        code, translation = (CODE[language].replace("NAME", "twice").rstrip() for language in (first, second))
        fields = {"code": code, "translation": translation, "target_language": second}
        file = f"starter/functions/twice/code.{SUFFIXES[first]}"
        return Record(f"twice/{first}/{second}", first, fields, file, 0, None, "beginner", "functional")

    targets = ["java", "javascript", "go", "php", "ruby", "c", "c++", "c#"]
    records = [item for item in read(corpus, "code_translation", "zh", "train") if "twice/" in str(item)]
    assert records == [*(pair("python", other) for other in targets), pair("java", "c#"), pair("c", "c++")]


def test_a_query_is_read_like_a_function_in_one_more_language(corpus: Path) -> None:
    at = "starter/sql/small_numbers.yaml", 0, None, "advanced", "declarative"
    code, again, buggy = (f"SELECT x FROM t WHERE x {rest};" for rest in ("<= 2", "< 3", "< 2"))

    def of(task: str) -> list[Item]:
        return [item for item in read(corpus, task, "en", "train") if "small_numbers" in str(item)]

    assert of("code_generation") == [Record("small_numbers/sql", "sql", {"code": code, **TEXTS["en"]}, *at)]
    assert of("code_repair") == [Record("small_numbers/sql", "sql", {"code": buggy, "fixed": code}, *at)]
    assert of("code_translation") == []
    assert of("clone_detection") == [
        Record("small_numbers/sql/again", "sql", {"code": code, "other_code": again, "label": True}, *at),
        Record("small_numbers/sql/buggy", "sql", {"code": code, "other_code": buggy, "label": False}, *at),
    ]


def test_a_question_is_read_in_the_language_asked_for(corpus: Path) -> None:
    at = "starter/questions.yaml", 0, None, "beginner"
    assert read(corpus, "code_qa", "en", "train") == [
        Record("sky", TEXT, {"question": "Why sky?", "answer": "So."}, *at)
    ]
    assert read(corpus, "code_qa", "zh", "test") == [
        Record("sea", TEXT, {"question": "为何 sea？", "answer": "如此。"}, *at)
    ]
    assert read(corpus, "code_qa", "en", "validation") == []


def test_records_come_functions_first_each_kind_by_name(corpus: Path) -> None:
    ids = [item.id for item in read(corpus, "code_repair", "en", "train") if isinstance(item, Record)]
    assert ids == [
        *(f"{name}/{language}" for name in ("doubled", "twice") for language in SUFFIXES),
        "small_numbers/sql",
    ]


def test_a_shard_names_every_file_that_decides_its_rows(corpus: Path) -> None:
    shards = list(SOURCE.shards(corpus, Want("code_repair", "en")))
    assert [shard.split for shard in shards] == list(SPLITS)
    everything = {path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.is_file()}
    assert {frozenset(shard.files) for shard in shards} == {frozenset(everything - {"questions.yaml"})}
    assert {shard.files for shard in SOURCE.shards(corpus, Want("code_qa", "zh"))} == {("questions.yaml",)}


def test_an_edited_description_is_read_anew(corpus: Path) -> None:
    read(corpus, "code_summarization", "en", "train")
    about = corpus / "functions" / "twice" / "about.yaml"
    about.write_text(about.read_text("utf-8").replace("Doubles a number.", "Gives a number doubled."), "utf-8")
    (record,) = of_twice(corpus, "code_summarization")
    assert isinstance(record, Record)
    assert record.fields["summary"] == "Gives a number doubled."
