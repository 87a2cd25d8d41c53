"""The wordings: every pool passes the lint, each rule of the lint finds its fault, and variants and optional fields
do what they are for."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mulco.builders import lint as rules
from mulco.builders.cloze_test import mask
from mulco.builders.lint import Finding, chinese_faults, lint, opening, similarity, twins
from mulco.errors import TemplateError
from mulco.row import LANGUAGES, TASKS
from mulco.source import SPLITS, Record
from mulco.task import Task
from mulco.template import Pool, Template, load_pool

ROOT = Path(__file__).parent.parent.parent
CONFIGS = [(task, language) for task in TASKS for language in LANGUAGES]
each_config = pytest.mark.parametrize(("task", "language"), CONFIGS)


@functools.cache
def task_of(name: str) -> Task:
    task: Task = importlib.import_module(f"mulco.builders.{name}").TASK
    return task


@functools.cache
def pool_of(task: str, language: str) -> Pool:
    return load_pool(task_of(task), language, ROOT / "builders" / "templates" / task / f"{language}.yaml")


def record_of(task: str, *, optional: bool = False, label: bool = True) -> Record:
    names = task_of(task).fields + (task_of(task).optional if optional else ())
    fields: dict[str, Any] = {name: f"<{name}>" for name in (*names, "programming_language")}
    if "label" in fields:
        fields["label"] = label
    if "snippets" in fields:
        fields["snippets"] = ["a", "b", "c", "d"]
    return Record("r", "python", fields, "f")


# The pools.


@each_config
def test_the_lint_has_nothing_against_a_pool(task: str, language: str) -> None:
    assert [str(finding) for finding in lint(task_of(task), pool_of(task, language))] == []


@pytest.mark.parametrize("task", TASKS)
def test_twins_show_the_same_slots_in_the_same_split(task: str) -> None:
    english, chinese = (pool_of(task, language) for language in ("en", "zh"))
    assert twins(english, chinese) == []
    assert {t.id for t in english.templates} & {t.id for t in chinese.templates}


@each_config
def test_two_thirds_of_a_pool_are_for_training(task: str, language: str) -> None:
    by_shown = pool_of(task, language).by_shown
    sizes = {shown: [len(by_shown[split, shown]) for split in SPLITS] for _, shown in by_shown}
    optional = task_of(task).optional
    assert sizes == {(): [16, 4, 4], **({optional: [4, 2, 2]} if optional else {})}


def variants(task: str, prefix: str) -> dict[str, list[Template]]:
    return {la: [t for t in pool_of(task, la).templates if t.id.startswith(prefix)] for la in LANGUAGES}


@pytest.mark.parametrize(
    ("prefix", "tasks"),
    [
        ("options-", {"code_search", "clone_detection", "defect_detection", "cloze_test"}),
        ("inverse-", {"code_summarization", "code_generation"}),
        ("example-", {*TASKS} - {"code_search", "cloze_test", "code_qa"}),
        ("examples-", {*TASKS} - {"code_search", "cloze_test", "code_qa"}),
    ],
)
def test_in_context_variants_stand_in_both_languages(prefix: str, tasks: set[str]) -> None:
    assert {task for task in TASKS if all(variants(task, prefix).values())} == tasks
    assert {task for task in TASKS if any(variants(task, prefix).values())} == tasks


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["clone_detection", "defect_detection"])
def test_the_answer_stays_the_label_word_in_every_variant(task: str, language: str) -> None:
    pool = pool_of(task, language)
    words = {"en": ["Yes", "No"], "zh": ["是", "否"]}[language]
    for template in pool.templates:
        alone = dataclasses.replace(pool, templates=tuple(dataclasses.replace(template, split=s) for s in SPLITS))
        shown = [alone.render(record_of(task, label=label), "train") for label in (True, False)]
        assert [output for *_, output in shown] == words
        assert shown[0][:3] == shown[1][:3]


def test_code_of_an_example_reaches_the_row_with_single_braces() -> None:
    pool = pool_of("defect_detection", "en")
    template = next(t for t in pool.templates if t.id == "example-query")
    alone = dataclasses.replace(pool, templates=(template,))
    _, instruction, shown, output = alone.render(record_of("defect_detection"), "test")
    assert instruction == (
        "Answer Yes for a defect of any kind and No for none; an example comes first.\n\n"
        "Example (JavaScript):\n"
        "function findUser(db, name) {\n"
        '  return db.query("SELECT * FROM users WHERE name = \'" + name + "\'");\n'
        "}\n"
        "Answer: Yes"
    )
    assert (shown, output) == ("Code to judge (<programming_language>):\n<code>", "Yes")


def test_twin_examples_show_the_same_code() -> None:
    opens = re.compile(r" |(?:def|static|func|const|int|function) |\}|end$")

    def code(template: Template) -> list[str]:
        return [line for line in template.instruction.split("\n") if opens.match(line)]

    for task in TASKS:
        for prefix in ("example-", "examples-"):
            english, chinese = ({t.id: code(t) for t in ts} for ts in variants(task, prefix).values())
            assert english == chinese
            assert all(english.values())


# The lint: one deliberately bad wording or pool for each rule.

CODE_TASK = Task("code_repair", "", fields=("code", "fixed"), answer="fixed", text_bound=False)
GOOD = {
    "en": Template("good", "train", "Fix this {programming_language} code.", "{code}", "{fixed}"),
    "zh": Template("good", "train", "修复这段 {programming_language} 代码。", "{code}", "{fixed}"),
}


def faults(language: str, instruction: str, id_: str = "bad", input_: str = "{code}") -> list[tuple[str, str]]:
    """(rule, problem) for one wording of a small task."""
    pool = Pool("code_repair", language, (Template(id_, "train", instruction, input_, "{fixed}"),), {}, "")
    return [(finding.rule, finding.problem) for finding in lint(CODE_TASK, pool, {})]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_good_wording_has_no_fault(language: str) -> None:
    assert faults(language, GOOD[language].instruction) == []


@pytest.mark.parametrize(
    ("instruction", "rule", "problem"),
    [
        ("把这段 {p} 代码改对,别写其他。", "half-width mark", "'{} 代码改对,别写其他。'"),
        ("{p} 代码哪里错了?", "half-width mark", "'代码哪里错了?'"),
        ("修复 {p}: 别写其他。", "half-width mark", "'修复 {}: 别写其他。'"),
        ("修复这段 {p} 代码.", "final full stop", "'段 {} 代码.'"),
        ("修复这段{p} 代码。", "no space at Han/Latin", "'修复这段{} 代码。'"),
        ("找出 {p} 代码里的bug。", "no space at Han/Latin", "' {} 代码里的bug。'"),
        ("改好 {p} 代码第2行。", "no space at Han/Latin", "'好 {} 代码第2行。'"),
        ("修复这段 {p} 代 码。", "space between Han", "'这段 {} 代 码。'"),
        ("{p} 代码有错， 改好它。", "space at full-width mark", "'{} 代码有错， 改好它。'"),
        ("修复 {p} 代码(要完整)。", "half-width bracket", "'复 {} 代码(要完整)。'"),
        ('把 {p} 代码"改对"。', "quotes", "'把 {} 代码\"改对\"。'"),
        ("把 {p} 的“错”写成「对」。", "quotes", "'把 {} 的“错”写成「对」。'"),
        ("修復这段 {p} 代码。", "simplified", "'復' is not in GB 2312: traditional or rare"),
        ("对 {p} 代码做代码修理。", "glossary", "'代码修理': the term is 代码修复"),
        ("按提交信息修改 {p} 代码。", "glossary", "'提交信息': the term is commit"),
        ("你的任务是修复 {p} 代码。", "tell-tale", "'你的任务是'"),
        ("请对 {p} 代码进行修复。", "tell-tale", "'进行修复'"),
        ("修好 {p} 代码，只要代码", "closing mark", "ends with ' 代码，只要代码', expected one of 。？！："),
    ],
    ids=[
        "comma", "question mark", "colon", "full stop", "slot", "Latin word", "digit", "space between Han",
        "space after a mark", "bracket", "straight quotes", "two styles of quotes", "traditional", "term",
        "English term", "phrase of prompts", "empty verb", "no end",
    ],
)  # fmt: skip
def test_a_bad_chinese_wording_is_found(instruction: str, rule: str, problem: str) -> None:
    assert faults("zh", instruction.replace("{p}", "{programming_language}")) == [(rule, problem)]


@pytest.mark.parametrize(
    ("instruction", "rule", "problem"),
    [
        ("Fix the below {p}.", "tell-tale", "'the below'"),
        ("Kindly fix this {p} code.", "tell-tale", "'Kindly'"),
        ("Fix this {p} code， please.", "English typography", "'} code， pleas'"),
        ("Fix  this {p} code.", "English typography", "'Fix  this {'"),
        ("Fix this {p} code .", "English typography", "'} code .'"),
        ("Fix this {p} code", "closing mark", "ends with 'ge} code', expected one of .?!:"),
        ("Fix {p}" + " and fix it" * 19 + ".", "length", "236 characters without examples, expected 8 to 220"),
        ("Fix this code.", "language named", "{programming_language} is missing"),
        ("Fix {code} in {p}.", "slots", "{code} stands 2 times in the question, expected once"),
    ],
    ids=[
        "the below", "kindly", "full-width comma", "two spaces", "space before a mark", "no end", "too long",
        "no language", "slot twice",
    ],
)  # fmt: skip
def test_a_bad_english_wording_is_found(instruction: str, rule: str, problem: str) -> None:
    assert faults("en", instruction.replace("{p}", "{programming_language}")) == [(rule, problem)]


def test_a_wording_that_is_too_short_is_found() -> None:
    assert ("length", "4 characters without examples, expected 8 to 220") in faults("en", "Fix?", input_="{code}")


def test_the_id_of_a_wording_says_how_many_examples_it_has() -> None:
    text = "Fix {programming_language} code.\n\nAn example:\nx = l\nRight:\nx = 1"
    assert faults("en", text, "example-good") == []
    assert faults("en", text, "examples-bad") == [("examples", "1 found, the id promises 2")]
    no_colon = text.replace("example:", "example")
    assert faults("en", no_colon, "example-bad")[0] == ("examples", "0 found, the id promises 1")
    assert [rule for rule, _ in faults("en", text, "plain")] == ["closing mark"]


def test_prose_of_an_example_is_read_and_its_code_is_not() -> None:
    text = "修复 {programming_language} 代码。\n\n示例：\nprint('错,错')\n# 注释,略\n改为,\nx=1\n答案：x,y"
    assert faults("zh", text, "example-bad") == [("half-width mark", "'示例：\\n改为,\\n答案：'")]


def test_a_question_without_one_of_its_fields_is_found() -> None:
    expected = [("slots", "{code} stands 0 times in the question, expected once")]
    assert faults("en", "Fix this {programming_language} code.", input_="") == expected


def test_both_languages_of_a_translation_are_named() -> None:
    task = task_of("code_translation")
    template = Template("bad", "train", "Translate this into {target_language}.", "{code}", "{translation}")
    found = lint(task, Pool(task.name, "en", (template,), {}, ""), {})
    assert found[-1] == Finding("bad", "language named", "{programming_language} is missing")


def test_code_that_is_read_is_named_in_most_wordings() -> None:
    task = task_of("defect_detection")
    bad = Template("bad", "train", "Defective, Yes or No?", "{code}", "{label}")
    good = Template("good", "train", "Is the {programming_language} code faulty? Yes or No.", "{code}", "{label}")
    pool = Pool(task.name, "en", (bad, good), {"positive": "Yes", "negative": "No"}, "")
    assert lint(task, pool, {}) == [Finding("", "language named", "1 of 2 wordings do not name it")]


@pytest.mark.parametrize(
    ("language", "words", "instruction", "missing"),
    [
        ("en", ("Yes", "No"), "Is this {programming_language} code faulty? Answer yes or No.", "Yes"),
        ("en", ("Yes", "No"), "Is this {programming_language} code faulty? Answer Yes. Not otherwise.", "No"),
        ("zh", ("是", "否"), "这段 {programming_language} 代码是否有缺陷？有则答“是”。", "否"),
        ("zh", ("是", "否"), "这段 {programming_language} 代码是不是没有缺陷？没有则答“否”。", "是"),
    ],
)
def test_a_label_that_is_not_offered_is_found(
    language: str, words: tuple[str, str], instruction: str, missing: str
) -> None:
    task = task_of("defect_detection")
    template = Template("bad", "train", instruction, "{code}", "{label}")
    pool = Pool(task.name, language, (template,), dict(zip(("positive", "negative"), words, strict=True)), "")
    assert lint(task, pool, {}) == [Finding("bad", "labels", f"the answer {missing!r} is not offered")]


def faults_of_two(first: str, second: str) -> list[Finding]:
    texts = {"a": first, "b": second}
    templates = tuple(Template(id_, "train", text, "{code}", "{fixed}") for id_, text in texts.items())
    return lint(CODE_TASK, Pool("code_repair", "en", templates, {}, ""), {})


def test_duplicates_are_found_after_normalisation() -> None:
    found = faults_of_two(
        "Fix this {programming_language} code, please!", "fix this {programming_language}  Code - please."
    )
    assert Finding("b", "duplicate", "the same as a") in found


def test_near_duplicates_are_found_by_their_3_grams() -> None:
    found = faults_of_two(
        "Fix the bug in this {programming_language} code and return the code.",
        "Fix the bug in this {programming_language} code and return all the code.",
    )
    assert [(f.wording, f.rule) for f in found] == [("b", "near duplicate"), ("", "opening")]
    assert found[0].problem == "0.88 like a, below 0.6 wanted"


def test_similarity_looks_past_slots_and_examples() -> None:
    same = "Fix it.\n\nExample in C:\n{}\n\nNow {programming_language}."
    first, second = (
        Template(f"example-{x}", "train", same.replace("{}", x * 99), "{code}", "{fixed}") for x in ("a", "b")
    )
    assert similarity(first, second) == 1.0
    assert similarity(GOOD["en"], GOOD["zh"]) == 0.0


def test_an_opening_that_too_many_share_is_found() -> None:
    starts = [
        "Fix",
        "Fix",
        "Repair",
        "Mend",
        "Correct",
        "Change",
        "Improve",
        "Patch",
        "Debug",
        "Restore",
        "Cure",
        "Heal",
    ]
    templates = [
        Template(str(n), "train", f"{start} the {n} {{programming_language}} bug{'s' * n}.", "{code}", "{fixed}")
        for n, start in enumerate(starts)
    ]
    pool = Pool("code_repair", "en", tuple(templates), {}, "")
    assert [f for f in lint(CODE_TASK, pool, {}) if f.rule == "opening"] == [
        Finding("", "opening", "2 of 12 open with 'fix the', at most 15% wanted")
    ]


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("Fix the bug.", "fix the"),
        ("{programming_language}: fix it.", "programming_language fix"),
        ('"{code}" is wrong.', "code is"),
        ("这段 {programming_language} 代码。", "这 段"),
        ("“{code}”对应几号？", "code 对"),
        ("<mask> 是什么？", "<mask 是"),
    ],
)
def test_openings(instruction: str, expected: str) -> None:
    assert opening(Template("a", "train", instruction, "", "{fixed}")) == expected


def test_a_small_pool_is_found() -> None:
    task = dataclasses.replace(CODE_TASK, optional=("message",))
    pool = Pool("code_repair", "en", (GOOD["en"],), {}, "", ("message",))
    assert [str(f) for f in lint(task, pool) if f.rule == "pool size"] == [
        "pool size: 1 wordings for train, expected 16",
        "pool size: 0 wordings with {message} for train, expected 4",
        "pool size: 0 wordings for validation, expected 4",
        "pool size: 0 wordings with {message} for validation, expected 2",
        "pool size: 0 wordings for test, expected 4",
        "pool size: 0 wordings with {message} for test, expected 2",
    ]


def test_twins_that_differ_are_found() -> None:
    english = Pool("code_repair", "en", (GOOD["en"],), {}, "")
    other = Template("good", "test", "修复代码。", "{code}", "{fixed}")
    assert twins(english, dataclasses.replace(english, templates=(other,))) == [
        Finding("good", "twins", "train and test"),
        Finding("good", "twins", "only one of the two shows programming_language"),
    ]
    assert twins(english, dataclasses.replace(english, templates=())) == []


@pytest.mark.parametrize(
    "text",
    [
        "将 Java 代码翻译为 C# 代码：",
        "时间复杂度是 O(n)，空间复杂度是 O(1)！",
        "用 `f(x, y)` 表示，见 https://example.org/a?b=c。",
        "没有找到时返回 None。",
        "它读取配置（默认为 utf-8），然后逐行处理。",
        "⟦0⟧ 的值不变；⟦1⟧ 除外。",
    ],
)
def test_clean_chinese_text_has_no_fault(text: str) -> None:
    assert chinese_faults(text) == []


def test_a_users_own_file_is_read_by_the_same_lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "我的 templates"
    folder.mkdir()
    file = folder / "zh.yaml"
    file.write_text((ROOT / "builders/templates/code_qa/zh.yaml").read_text("utf-8"), "utf-8")
    assert (rules.main(["code_qa", "zh", str(file)]), *capsys.readouterr()) == (0, "", "")
    file.write_text(file.read_text("utf-8").replace("简洁、准确地回答下面的编程问题。", "请确保回答准确"), "utf-8")
    assert (rules.main(["code_qa", "zh", str(file)]), *capsys.readouterr()) == (
        1,
        f"{file}: concise: length: 7 characters without examples, expected 8 to 220\n"
        f"{file}: concise: tell-tale: '请确保'\n"
        f"{file}: concise: closing mark: ends with '请确保回答准确', expected one of 。？！：\n",
        "",
    )
    file.write_text("templates: 1\n", "utf-8")
    assert rules.main(["code_qa", "zh", str(file)]) == 1
    assert "line 1: expected a mapping with a list 'templates'" in capsys.readouterr().err
    assert rules.main(["code_q", "zh", str(file)]) == 2
    assert rules.main([]) == 2


def test_the_lint_runs_as_a_command() -> None:
    call = [sys.executable, "-m", "mulco.builders.lint", "code_search", "zh", "builders/templates/code_search/zh.yaml"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Optional fields.

HINTED = dataclasses.replace(CODE_TASK, optional=("message", "author"))
WORDINGS = {
    "plain": "Fix this {programming_language} code.",
    "message": "Fix this {programming_language} code: {message}",
    "both": "{author} says of this {programming_language} code: {message}",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(train=[...], ...)`: a template file with some of WORDINGS in each split."""

    def file(**splits: list[str]) -> Path:
        templates = [
            {"id": f"{split}-{name}", "split": split, "instruction": WORDINGS[name]}
            for split, names in splits.items()
            for name in names
        ]
        path = tmp_path / "builders" / "templates" / "code_repair" / "en.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(f'input: "{{code}}"\noutput: "{{fixed}}"\ntemplates: {json.dumps(templates)}\n', "utf-8")
        return path

    return file


def test_a_record_gets_a_wording_that_shows_just_the_optional_fields_it_has(write: Callable[..., Path]) -> None:
    every = ["plain", "message", "both"]
    pool = load_pool(HINTED, "en", write(train=every, validation=["plain", "message"], test=["plain"]))
    base = {"code": "c", "fixed": "f", "programming_language": "C"}
    given: list[dict[str, Any]] = [
        {}, {"message": "m"}, {"message": "m", "author": "a"}, {"author": "a"}, {"message": ""}, {"message": " \n"},
        {"message": None, "author": ""},
    ]  # fmt: skip
    chosen = {
        split: [pool.render(Record("r", "c", {**base, **more}, "f"), split)[0].id.split("-")[1] for more in given]
        for split in SPLITS
    }
    assert chosen == {
        "train": ["plain", "message", "both", "plain", "plain", "plain", "plain"],
        "validation": ["plain", "message", "plain", "plain", "plain", "plain", "plain"],
        "test": ["plain"] * 7,
    }
    assert pool.render(Record("r", "c", {**base, "message": "{x}", "author": "A"}, "f"), "train")[1:] == (
        "A says of this C code: {x}", "c", "f",
    )  # fmt: skip


def test_a_split_needs_a_wording_without_optional_fields(write: Callable[..., Path]) -> None:
    file = write(train=["plain"], validation=["plain"], test=["message", "both"])
    with pytest.raises(TemplateError) as error:
        load_pool(HINTED, "en", file)
    assert str(error.value) == (
        "builders/templates/code_repair/en.yaml, line 3: no wording for the split 'test' without {message} or {author}"
    )


def test_a_field_that_is_not_optional_is_no_slot(write: Callable[..., Path]) -> None:
    file = write(train=["message"], validation=["plain"], test=["plain"])
    with pytest.raises(TemplateError, match=r"placeholder \{message\}: no field 'message'"):
        load_pool(CODE_TASK, "en", file)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("task", "name"), [("cloze_test", "candidates"), ("code_repair", "message")])
def test_cloze_candidates_and_commit_messages_are_shown_where_a_record_has_them(
    task: str, name: str, language: str
) -> None:
    pool = pool_of(task, language)
    for split in SPLITS:
        for n in range(30):
            for optional in (True, False):
                record = record_of(task, optional=optional)._replace(id=str(n))
                _, instruction, shown, _ = pool.render(record, split)
                assert f"{instruction}{shown}".count(f"<{name}>") == optional


def test_a_cloze_record_keeps_its_candidates() -> None:
    fields = {"code": "int max = 0;\nmax = max + max;\n", "candidates": "max min"}
    [cut] = mask([Record("r", "java", fields, "f")])
    assert isinstance(cut, Record)
    assert cut.fields == {
        "code": cut.fields["code"], "answer": "max", "candidates": "max min",
    }  # fmt: skip
    masked = Record("r", "java", {"code": "int <mask> = 0;", "answer": "max", "candidates": "max min"}, "f")
    assert list(mask([masked])) == [masked]
