"""Templates: what a file must be to be accepted, and what a wording makes of a record."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mulco.errors import TemplateError
from mulco.source import SPLITS, Record
from mulco.task import Task
from mulco.template import Pool, Template, load_pool

SEARCH = Task("code_search", "", fields=("query", "snippets", "answer"), answer="answer", text_bound=True)
DEFECTS = Task(
    "defect_detection", "", fields=("code", "label"), answer="label", text_bound=False, labels=("positive", "negative")
)
SEARCH_FILE = """\
input: "{snippets}"
output: "{answer}"
snippet: "Snippet {number}:\\n{code}"
templates:
- id: which
  split: train
  instruction: Which snippet does this? {query}
- id: number
  split: validation
  instruction: >-
    Give the number of the {programming_language} code
    for {query}.
- id: pick
  split: test
  instruction: "Pick one."
  input: "{query}\\n\\n{snippets}"
"""
DEFECTS_FILE = """\
# 缺陷检测
labels: {positive: "是", negative: "否"}
input: "{code}"
output: "{label}"
templates:
- {id: a, split: train, instruction: 有缺陷吗？}
- {id: b, split: validation, instruction: 代码有错吗？}
- {id: c, split: test, instruction: 这段代码对不对？}
"""


def load(folder: Path, task: Task, language: str, text: str | bytes | None) -> Pool:
    """The pool of a template file that stands where a task's file stands."""
    file = folder / "builders" / "templates" / task.name / f"{language}.yaml"
    if text is not None:
        file.parent.mkdir(parents=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return load_pool(task, language, file)


def refusal(folder: Path, task: Task, language: str, text: str | bytes | None) -> str:
    with pytest.raises(TemplateError) as error:
        load(folder, task, language, text)
    return str(error.value)


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_a_file_becomes_a_pool(tmp_path: Path) -> None:
    pool = load(tmp_path, SEARCH, "en", SEARCH_FILE)
    assert pool == Pool(
        "code_search",
        "en",
        (
            Template("which", "train", "Which snippet does this? {query}", "{snippets}", "{answer}"),
            Template(
                "number", "validation", "Give the number of the {programming_language} code for {query}.",
                "{snippets}", "{answer}",
            ),
            Template("pick", "test", "Pick one.", "{query}\n\n{snippets}", "{answer}"),
        ),
        {},
        "Snippet {number}:\n{code}",
    )  # fmt: skip
    assert {split: [t.id for t in pool.by_split[split]] for split in SPLITS} == {
        "train": ["which"], "validation": ["number"], "test": ["pick"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            "this? {query}", "this? {querry}",
            "line 7: template 1 (which): placeholder {querry}: no field 'querry'. Close matches: query. "
            "Fields of code_search: answer, programming_language, query, snippets",
            id="unknown slot with a near match",
        ),
        pytest.param(
            "this? {query}", "this? {docstring}",
            "line 7: template 1 (which): placeholder {docstring}: no field 'docstring'. "
            "Fields of code_search: answer, programming_language, query, snippets",
            id="unknown slot",
        ),
        pytest.param(
            'input: "{snippets}"', 'input: "{snippet}"',
            "line 1: template 1 (which): placeholder {snippet}: no field 'snippet'. Close matches: snippets. "
            "Fields of code_search: answer, programming_language, query, snippets",
            id="unknown slot in the default of all wordings",
        ),
        pytest.param(
            "this? {query}", "this? {query} Or is it {answer}?",
            "line 5: template 1 (which): the answer {answer} stands in the question",
            id="answer in the instruction",
        ),
        pytest.param(
            'input: "{query}\\n\\n{snippets}"', 'input: "{query}\\n\\n{snippets}{answer}"',
            "line 13: template 3 (pick): the answer {answer} stands in the question",
            id="answer in the input",
        ),
        pytest.param(
            'output: "{answer}"', 'output: "{query}"',
            "line 2: template 1 (which): the output must show {answer} and nothing else",
            id="output without the answer",
        ),
        pytest.param(
            'output: "{answer}"', 'output: "{answer} {query}"',
            "line 2: template 1 (which): the output must show {answer} and nothing else",
            id="output with more than the answer",
        ),
        pytest.param(
            '"Pick one."', '"Pick one."\n  output: "No idea."',
            "line 16: template 3 (pick): the output must show {answer} and nothing else",
            id="output of one wording without the answer",
        ),
        pytest.param(
            '"Pick one."', '"选一个。"',
            "line 15: template 3 (pick): the instruction is not in en",
            id="Chinese among the English",
        ),
        pytest.param(
            "id: number", "id: which",
            "line 8: template id 'which' is used twice",
            id="duplicate id",
        ),
        pytest.param(
            "  split: test", "  split: tests",
            "line 14: template 3 (pick): no split 'tests'. Close matches: test. Splits: train, validation, test",
            id="unknown split",
        ),
        pytest.param(
            "  split: test", "  split: train",
            "line 5: no wording for the split 'test'",
            id="no wording for a split",
        ),
        pytest.param(
            "  split: test\n", "",
            "line 13: template 3: 'split' must be a text, not empty",
            id="no split",
        ),
        pytest.param(
            "id: pick", "id: no",
            "line 13: template 3: 'id' must be a text, not empty",
            id="an id that YAML reads as a bool",
        ),
        pytest.param(
            '"Pick one."', '""',
            "line 13: template 3: 'instruction' must be a text, not empty",
            id="empty instruction",
        ),
        pytest.param(
            'input: "{snippets}"\n', "",
            "line 4: template 1: 'input' must be a text",
            id="no input",
        ),
        pytest.param(
            '"Pick one."', '"Pick one."\n  instuction: Or two.',
            "line 16: no key 'instuction'. Close matches: instruction. Keys: id, split, instruction, input, output",
            id="unknown key of a wording",
        ),
        pytest.param(
            "snippet: ", "snipet: ",
            "line 3: no key 'snipet'. Close matches: snippet. Keys: input, output, labels, snippet, templates",
            id="unknown key of the file",
        ),
        pytest.param(
            "templates:\n", "templates:\n- Just answer.\n",
            "line 5: expected a mapping with id, split and instruction",
            id="a wording that is no mapping",
        ),
        pytest.param(
            "templates:\n", "wordings:\n",
            "line 1: expected a mapping with a list 'templates'",
            id="no wordings",
        ),
        pytest.param(
            'snippet: "Snippet {number}:\\n{code}"\n', "",
            "line 1: 'snippet' must show {number} and {code}",
            id="no form of a snippet",
        ),
        pytest.param(
            '"Snippet {number}:\\n{code}"', '"Snippet:\\n{code}"',
            "line 3: 'snippet' must show {number} and {code}",
            id="a snippet without its number",
        ),
        pytest.param(
            '"Snippet {number}:\\n{code}"', "4",
            "line 3: 'snippet' must show {number} and {code}",
            id="a snippet that is no text",
        ),
        pytest.param(
            '"Snippet {number}:\\n{code}"', '"Snippet {number} {\\n{code}"',
            "line 3: 'snippet' must show {number} and {code}",
            id="a snippet with a lone brace",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = changed(SEARCH_FILE, old, new)
    assert refusal(tmp_path, SEARCH, "en", text) == f"builders/templates/code_search/en.yaml, {problem}"


@pytest.mark.parametrize(
    ("instruction", "problem"),
    [
        ("this? {query} {}", "{} is not a plain placeholder"),
        ("this? {query.x}", "{query.x} is not a plain placeholder"),
        ("this? {query[0]}", "{query[0]} is not a plain placeholder"),
        ("this? {query:>10}", "{query:>10} is not a plain placeholder"),
        ("this? {query!r}", "{query!r} is not a plain placeholder"),
        ("does f() { return 1; } match?", "{ return 1; } is not a plain placeholder"),
        ("opens with {", "Single '{' encountered in format string"),
        ("ends with }", "Single '}' encountered in format string"),
    ],
    ids=[
        "empty braces",
        "attribute of a slot",
        "item of a slot",
        "format of a slot",
        "conversion of a slot",
        "code with braces",
        "opening brace",
        "closing brace",
    ],
)
def test_a_brace_that_is_no_slot_is_refused(tmp_path: Path, instruction: str, problem: str) -> None:
    text = changed(SEARCH_FILE, "this? {query}", instruction)
    at = "builders/templates/code_search/en.yaml, line 7: template 1 (which)"
    expected = f"{at}: instruction: {problem}; write a literal brace twice"
    assert refusal(tmp_path, SEARCH, "en", text) == expected


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ("labels: {positive: 是}", "line 2: label 'negative' is missing"),
        ("labels: {positive: 是, negative: No}", "line 2: label 'negative' is missing"),
        ("labels: {positive: Yes, negative: 否}", "line 2: label 'positive' is missing"),
        ('labels: {positive: 是, negative: ""}', "line 2: label 'negative' is missing"),
        ("labels: [是, 否]", "line 2: label 'positive' is missing"),
        ("labels: Yes", "line 2: label 'positive' is missing"),
        ("", "line 3: label 'positive' is missing"),
    ],
    ids=["missing", "unquoted No", "unquoted Yes", "empty", "a list", "a bool", "no labels"],
)
def test_each_label_needs_a_word_in_quotes(tmp_path: Path, labels: str, problem: str) -> None:
    text = changed(DEFECTS_FILE, 'labels: {positive: "是", negative: "否"}', labels)
    expected = f"builders/templates/defect_detection/zh.yaml, {problem}; defect_detection needs a word for it in quotes"
    assert refusal(tmp_path, DEFECTS, "zh", text) == expected


def test_english_among_the_chinese_is_refused(tmp_path: Path) -> None:
    text = changed(DEFECTS_FILE, "代码有错吗？", "'Is it wrong?'")
    expected = "builders/templates/defect_detection/zh.yaml, line 7: template 2 (b): the instruction is not in zh"
    assert refusal(tmp_path, DEFECTS, "zh", text) == expected


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    expected = "builders/templates/defect_detection/zh.yaml: the file is missing; defect_detection needs wordings in zh"
    assert refusal(tmp_path, DEFECTS, "zh", None) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (changed(DEFECTS_FILE, '"否"}', '"否"'), ", line 3: not YAML: expected ',' or '}', but got '<scalar>'"),
        (changed(DEFECTS_FILE, '"{code}"', '"{code'), ", line 4: not YAML: expected <block end>, but found '{'"),
        (DEFECTS_FILE + "---\n" + DEFECTS_FILE, ", line 9: not YAML: but found another document"),
        (changed(DEFECTS_FILE, '"否"', "*no"), ", line 2: not YAML: found undefined alias 'no'"),
        (changed(DEFECTS_FILE, "有缺陷吗？", "有缺陷\0吗？"), ", line 6: not YAML: special characters are not allowed"),
        (DEFECTS_FILE.encode("gbk"), ", line 1: byte 5 of the file is not UTF-8"),
        ("", ", line 1: expected a mapping with a list 'templates'"),
        ("- id: a\n", ", line 1: expected a mapping with a list 'templates'"),
    ],
    ids=["open brace", "open quote", "two documents", "unknown alias", "NUL", "GBK", "empty", "a list"],
)  # fmt: skip
def test_what_is_not_yaml_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    expected = f"builders/templates/defect_detection/zh.yaml{problem}"
    assert refusal(tmp_path, DEFECTS, "zh", text) == expected


def test_a_wording_is_filled_with_labels_and_numbered_snippets(tmp_path: Path) -> None:
    search = load(tmp_path, SEARCH, "en", SEARCH_FILE)
    fields = {"query": "add", "snippets": ["a + b", "a - b"], "answer": "1", "programming_language": "Python"}
    assert search.render(Record("r", "python", fields, "f"), "test") == (
        search.templates[2], "Pick one.", "add\n\nSnippet 1:\na + b\n\nSnippet 2:\na - b", "1",
    )  # fmt: skip
    defects = load(tmp_path, DEFECTS, "zh", DEFECTS_FILE)
    for label, word in ((True, "是"), (False, "否")):
        record = Record("r", "c", {"code": "x;", "label": label}, "f")
        assert defects.render(record, "train") == (defects.templates[0], "有缺陷吗？", "x;", word)


def test_braces_and_slots_inside_code_stay_as_they_are(tmp_path: Path) -> None:
    code = 'f = "{query} {} {0!r:>5} {{x}} %s $y"; g = {answer: {}} }{'
    pool = load(tmp_path, SEARCH, "en", SEARCH_FILE)
    fields = {"query": code, "snippets": [code, "{number}{code}"], "answer": "{query}", "programming_language": "{}"}
    record = Record("r", "python", fields, "f")
    assert pool.render(record, "test")[1:] == (
        "Pick one.", f"{code}\n\nSnippet 1:\n{code}\n\nSnippet 2:\n{{number}}{{code}}", "{query}",
    )  # fmt: skip
    assert pool.render(record, "validation")[1] == f"Give the number of the {{}} code for {code}."


def test_a_brace_written_twice_is_one_brace_of_the_wording(tmp_path: Path) -> None:
    text = changed(DEFECTS_FILE, "有缺陷吗？", '"{{ 和 }} 之间有缺陷吗？"')
    pool = load(tmp_path, DEFECTS, "zh", text)
    assert pool.render(Record("r", "c", {"code": "x;", "label": True}, "f"), "train")[1] == "{ 和 } 之间有缺陷吗？"


def pool_of(wordings: int, language: str = "en") -> Pool:
    templates = [Template(f"{split}-{n}", split, "?", "{code}", "{label}") for split in SPLITS for n in range(wordings)]
    return Pool("defect_detection", language, tuple(templates), {"positive": "Yes", "negative": "No"}, "")


def test_the_choice_depends_on_the_record_id_alone() -> None:
    pool, ids = pool_of(4), [f"record/{n}" for n in range(400)]
    chosen = {id_: pool.choose(id_, "train").id for id_ in ids}
    assert {id_: pool.choose(id_, "train").id for id_ in reversed(ids)} == chosen
    again: Pool = pickle.loads(pickle.dumps(pool_of(4)))
    records: list[dict[str, Any]] = [
        {"programming_language": "python", "fields": {"code": "x", "label": True}, "file": "a", "line": 1},
        {"programming_language": "c", "fields": {"code": "y", "label": False}, "file": "b", "license": "MIT"},
    ]
    for facts in records:
        assert {id_: again.render(Record(id_, **facts), "train")[0].id for id_ in ids} == chosen
    assert {id_: pool_of(4, "zh").choose(id_, "train").id for id_ in ids} == chosen
    assert {id_: pool.choose(id_, "test").id for id_ in ids} == {
        i: c.replace("train", "test") for i, c in chosen.items()
    }
    assert all(70 < count < 130 for count in Counter(chosen.values()).values())


def test_the_choice_is_the_same_on_every_machine() -> None:
    assert [pool_of(4).choose(id_, "train").id for id_ in "abcdef"] == [
        "train-1", "train-2", "train-2", "train-3", "train-3", "train-3",
    ]  # fmt: skip


def test_the_digest_follows_what_reaches_a_row_and_nothing_else(tmp_path: Path) -> None:
    pool = load(tmp_path / "as it was", SEARCH, "en", SEARCH_FILE)
    commented = "# a comment\n" + changed(SEARCH_FILE, '"Pick one."', "Pick one.  # another")
    assert load(tmp_path / "commented", SEARCH, "en", commented).digest == pool.digest
    edits = [("Pick one.", "Pick one!"), ("Snippet {number}:", "({number})"), ("id: pick", "id: choose")]
    digests = {load(tmp_path / new, SEARCH, "en", changed(SEARCH_FILE, old, new)).digest for old, new in edits}
    assert len({pool.digest, *digests}) == len(edits) + 1
    assert dataclasses.replace(pool, labels={"positive": "Yes"}).digest != pool.digest
    assert dataclasses.replace(pool, templates=pool.templates[::-1]).digest != pool.digest


def test_a_wording_that_contains_the_one_word_answer_gives_way_to_the_next() -> None:
    texts = ("Fill in the mask.", "Which token is it?", "Token?")
    templates = tuple(Template(str(n), "train", text, "{code}", "{answer}") for n, text in enumerate(texts))
    pool = Pool("cloze_test", "en", templates, {}, "", (), "answer")
    chosen = {id_: pool.choose(id_, "train").id for id_ in "abcdefgh"}
    assert set(chosen.values()) == {"0", "1", "2"}
    for id_, first in chosen.items():
        record = Record(id_, "python", {"code": "<mask> = 1", "answer": "in"}, "tiny/a.jsonl")
        assert pool.render(record, "train")[0].id == ("1" if first == "0" else first)
