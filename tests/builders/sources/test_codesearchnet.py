"""CodeSearchNet: gzip JSON Lines, lists of URLs, and documentation that stands inside the code.

The fixture's gzip files are written by `tests/fixtures/pack_codesearchnet.py`, where its rows can be read.
"""

from __future__ import annotations

import gzip
import json
import pickle
import runpy
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.cloze_test import TASK as MASKING
from mulco.builders.sources.clozetest import SOURCE as PUBLISHED
from mulco.builders.sources.codesearchnet import SOURCE, plain, summary_of, without_documentation
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXTURE = FIXTURES / "codesearchnet"
PACKED = runpy.run_path(str(FIXTURES / "pack_codesearchnet.py"))
SUMMARIES, GENERATION, SEARCH, COMPLETION = (
    Want(f"code_{task}", "en") for task in ("summarization", "generation", "search", "completion")
)
CLOZE = Want("cloze_test", "en")
ADV_TRAIN, ADV_TEST = (f"codexglue-nl-code-search-adv/dataset/{split}.jsonl" for split in ("train", "test"))
PYTHON_VALID = "resources/data/python/final/jsonl/valid/python_valid_0.jsonl.gz"
CLOZETEST = "../clozetest/cloze-{}"
CUT = "documentation cut out of the code"
PARAGRAPH = "documentation cut down to its first paragraph"
MARKUP = "indent, marks and markup cut off the documentation"
REMEDY = "Correct or remove it, or fetch the file again"


def data(language: str, split: str, part: int = 0) -> str:
    return f"resources/data/{language}/final/jsonl/{split}/{language}_{split}_{part}.jsonl.gz"


def read(folder: Path, file: str, want: Want = SUMMARIES) -> list[Item]:
    (shard,) = (shard for shard in SOURCE.shards(folder, want) if shard.files[0] == file)
    return list(SOURCE.read(folder, shard))


def item(language: str, split: str, line: int, want: Want = SUMMARIES) -> Item:
    return read(FIXTURE, data(language, split), want)[line - 1]


def record(language: str, split: str, line: int, code: str, summary: str, description: str, *edits: str) -> Record:
    url = PACKED["ROWS"][f"{language}/{split}/{language}_{split}_0"][line - 1]["url"]
    fields = {"code": code, "summary": summary, "query": summary, "description": description}
    return Record(url, language, fields, f"codesearchnet/{data(language, split)}", line, edits=edits)


def write(folder: Path, file: str, *rows: Any) -> None:
    lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    (folder / file).write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "codesearchnet"))


def test_the_packed_fixture_holds_the_rows_of_its_script() -> None:
    packed = PACKED["packed"]()
    found = {str(file.relative_to(FIXTURE)): file.read_bytes() for file in FIXTURE.rglob("*") if file.is_file()}
    unpacked = {name: gzip.decompress(content) if name.endswith(".gz") else content for name, content in found.items()}
    assert unpacked == packed


def test_shards_come_in_the_order_of_their_numbers() -> None:
    shards = SOURCE.shards(FIXTURE, SUMMARIES)
    assert [shard.files for shard in shards if shard.split == "train"] == [
        (data("python", "train", part),) for part in (0, 1, 2, 10)
    ]


def test_each_shard_names_its_list_of_urls_where_there_is_one() -> None:
    assert [(shard.split, shard.files) for shard in SOURCE.shards(FIXTURE, SUMMARIES) if shard.split != "train"] == [
        ("validation", (data("go", "valid"),)),
        ("validation", (data("javascript", "valid"), "codexglue-code-to-text/dataset/javascript/valid.txt")),
        ("validation", (data("python", "valid"),)),
        ("validation", (data("ruby", "valid"), "codexglue-code-to-text/dataset/ruby/valid.txt",
                        "resources/data/ruby_licenses.pkl")),
        ("test", (data("go", "test"),)),
        ("test", (data("java", "test"),)),
        ("test", (data("javascript", "test"),)),
        ("test", (data("php", "test"),)),
        ("test", (data("python", "test"), "codexglue-code-to-text/dataset/python/test.txt")),
    ]  # fmt: skip


def test_a_row_that_is_not_on_the_list_is_unusable() -> None:
    assert item("python", "test", 12) == Unusable("not_in_codexglue_list")


def test_an_empty_list_is_an_empty_split() -> None:
    assert read(FIXTURE, data("javascript", "valid")) == [Unusable("not_in_codexglue_list")]


def test_without_a_list_every_row_is_read(folder: Path) -> None:
    (folder / "codexglue-code-to-text/dataset/python/test.txt").unlink()
    assert Unusable("not_in_codexglue_list") not in read(folder, data("python", "test"))


def test_a_list_may_end_its_lines_with_cr_lf(folder: Path) -> None:
    file = folder / "codexglue-code-to-text/dataset/python/test.txt"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert read(folder, data("python", "test")) == read(FIXTURE, data("python", "test"))


def test_a_list_that_is_not_utf8_is_broken(folder: Path) -> None:
    file = "codexglue-code-to-text/dataset/python/test.txt"
    (folder / file).write_bytes(b"https://example.org/a\nhttps://example.org/\xe9\n")
    with pytest.raises(BrokenFileError, match=f"codesearchnet/{file}, line 2: byte 43 is not UTF-8"):
        read(folder, data("python", "test"))


def test_a_python_docstring_is_cut_out_with_the_blank_line_below() -> None:
    code, summary = (
        "def net_price(gross, rate):\n    return round(gross / (1 + rate), 2)",
        "Take the tax out of a gross price.",
    )
    description = f"{summary}\n\nThe result is rounded to cents.\n\nArgs:\n    gross (float): price with tax"
    assert item("python", "test", 1) == record("python", "test", 1, code, summary, description, CUT, PARAGRAPH)
    assert item("python", "test", 1, GENERATION) == record("python", "test", 1, code, summary, description, CUT, MARKUP)


@pytest.mark.parametrize(
    ("line", "code", "summary"),
    [
        (2, "def half(number): return number / 2", "Give half of a number."),
        (3, "def close(self):\n    pass", "Close the shop for today."),
        (4, "def open(self):\n    pass\n    # nothing to do yet", "Open the shop in the morning."),
        (
            5,
            "def report(names, out=None):\n    for name in names:\n        try:\n            print >>out, name\n"
            "        except IOError, error:\n            raise ValueError, `error`",
            "Print every name that can be read.",
        ),
        (
            6,
            'def windows_path(name):\n    return "C:\\\\users\\\\" + name',
            "Put a name below C:\\users on a Windows disk.",
        ),
        (7, "def area(width, height):\n    return width * height", "Multiply the two sides of a rectangle."),
    ],
    ids=["on one line", "nothing else", "nothing else but a comment", "Python 2", "raw", "concatenated in brackets"],
)
def test_python_docstrings_of_every_form_are_cut_out(line: int, code: str, summary: str) -> None:
    assert item("python", "test", line) == record("python", "test", line, code, summary, summary, CUT)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('def f():\n    u"""Do."""\n    go()', "def f():\n    go()"),
        ('def f():\n    "Do."; go()', "def f():\n    go()"),
        ('async def f():\n    """Do."""\n\n    \n    go()', "async def f():\n    go()"),
        ('@cached\ndef f():\n    # why\n    """Do."""\n    go()', "@cached\ndef f():\n    # why\n    go()"),
        ('def f():\n    """Do."""  # noqa\n    go()', "def f():\n      # noqa\n    go()"),
        ('def f(): """Do."""', "def f(): pass"),
        ('def f():\n    x = """Do."""\n    return x', 'def f():\n    x = """Do."""\n    return x'),
        ("def f():\n    go()", "def f():\n    go()"),
        ("x = lambda: 1", "x = lambda: 1"),
    ],
)
def test_only_the_docstring_is_cut_out(code: str, expected: str) -> None:
    assert without_documentation(code, "Do.", "python") == expected


def test_the_docstring_of_an_inner_function_stays() -> None:
    code = 'def f():\n    def g():\n        """Inner."""\n    return g'
    assert without_documentation(code, "Do.", "python") == code


def test_line_ends_in_code_become_lf() -> None:
    code, summary = 'def count_lines(text):\n    return len(text.split("\\n"))', "Count the lines of a text."
    assert item("python", "test", 8) == record(
        "python", "test", 8, code, summary, "Count the lines\nof a text.", "line ends", CUT, PARAGRAPH
    )


def test_chinese_documentation_feeds_only_the_task_without_text() -> None:
    for want in (SUMMARIES, GENERATION, SEARCH):
        assert item("python", "test", 9, want) == Unusable("text_not_english")
    url = PACKED["PYTHON_TEST"][8]["url"]
    code = 'def greet(name):\n    return "你好，" + name'
    assert item("python", "test", 9, COMPLETION) == Record(
        url, "python", {"code": code}, f"codesearchnet/{data('python', 'test')}", 9, edits=(CUT,)
    )


def test_code_that_still_says_its_summary_gives_no_question_with_the_answer_in_it() -> None:
    assert item("python", "test", 10, SUMMARIES) == Unusable("summary_in_code")
    assert item("python", "test", 10, SEARCH) == Unusable("summary_in_code")
    assert isinstance(item("python", "test", 10, GENERATION), Record)


def test_sphinx_markup_becomes_plain_code_marks() -> None:
    summary = "Send `text` through `net.Socket`."
    assert item("python", "test", 11, GENERATION) == record(
        "python", "test", 11, "def send(self, text):\n    self.socket.send(text)",
        summary, f"{summary}\n\n:param text: see `limits`", CUT, MARKUP,
    )  # fmt: skip


def test_go_marks_are_cut_off() -> None:
    summary = "Balance returns what is left on the account."
    description = (
        "Balance returns what is left\non the account.\n\nIt is never negative:\n\n        if a.Balance() < 0 {"
    )
    assert read(FIXTURE, data("go", "test")) == [
        record(
            "go", "test", 1, "func (a *Account) Balance() int {\n\treturn a.in - a.out\n}",
            summary, description, PARAGRAPH,
        ),
        record(
            "go", "test", 2, "func Pay(sum int) bool {\n\treturn sum > 0\n}",
            "Pay says whether a sum can be paid", "Pay says whether a sum can be paid", PARAGRAPH,
        ),
        record(
            "go", "test", 3, "func Open() *Account {\n\treturn &Account{}\n}",
            "Open makes an account", "Open makes an account", PARAGRAPH,
        ),
    ]  # fmt: skip


def test_javadoc_is_read_as_javadoc_shows_it() -> None:
    summary = "Counts the letters in a box & returns their List<I> size."
    assert item("java", "test", 1, GENERATION) == record(
        "java", "test", 1, "public int count(List<I> letters) {\n    return letters.size();\n}", summary,
        f"{summary}\n\nEmpty boxes count as Map<A, B> too.\n\n@param letters the letters\n@return how many",
        "line ends", MARKUP,
    )  # fmt: skip
    assert item("java", "test", 3) == record(
        "java", "test", 3, "public int cost() {\n    return 3;\n}", "Gives the cost(int, int) of a stamp.",
        "Gives the cost(int, int) of a stamp.\n@return cents", PARAGRAPH,
    )  # fmt: skip


def test_inherited_documentation_and_tags_alone_say_nothing() -> None:
    assert item("java", "test", 2) == record(
        "java", "test", 2, "public void run() {\n    send();\n}", "", "", PARAGRAPH
    )
    code = "public function get($key)\n{\n    return $this->$key;\n}"
    assert item("php", "test", 1, GENERATION) == record("php", "test", 1, code, "", "", MARKUP)


def test_an_empty_function_name_and_a_javascript_comment_inside_the_code() -> None:
    code = "function () {\n  // not the same words\n  return menus.filter(menu => menu.close()).length\n}"
    assert item("javascript", "test", 1) == record(
        "javascript", "test", 1, code,
        "Close every open menu.", "Close every open menu.\n\n@return {number}", CUT, PARAGRAPH,
    )  # fmt: skip


def test_javascript_line_comments_that_repeat_the_documentation_are_all_cut_out() -> None:
    assert item("javascript", "test", 3) == record(
        "javascript", "test", 3, "function wrap(text) {\n  return fold(text)\n}",
        "Wrap a text at the margin.", "Wrap a text\nat the margin.", CUT, PARAGRAPH,
    )  # fmt: skip


def test_region_marks_are_no_summary() -> None:
    assert item("javascript", "test", 2) == record(
        "javascript", "test", 2, "function show(page) {\n  page.hidden = false\n}", "Show a hidden page.",
        "#endregion #region Pages\nShow a hidden page.", PARAGRAPH,
    )  # fmt: skip


def test_only_html_that_encloses_text_is_markup_in_php() -> None:
    summary = "Wrap a text in <b> tags, see Text."
    assert item("php", "test", 2, GENERATION) == record(
        "php", "test", 2, "public function bold($text)\n{\n    return '<b>' . $text . '</b>';\n}",
        summary, f"- {summary}\n\n* one\n* two\n\n@return string", MARKUP,
    )  # fmt: skip


def test_rdoc_markup_and_a_leading_arrow() -> None:
    summary = "Feeds the animal with `food` and water."
    assert read(FIXTURE, data("ruby", "valid")) == [
        record(
            "ruby", "valid", 1, "def feed(food)\n  @eaten << food\nend",
            summary, f"=> {summary}\n\n@param food [String]\n  what it eats", PARAGRAPH,
        )._replace(license="MIT")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "docstring", "summary"),
    [
        ("java", "Sends {@code {a}} or {@literal <b>}.", "Sends {a} or <b>."),
        ("java", "Uses {@link java.util.Map a map} or {@value #MAX}.<br>Not both.", "Uses a map or MAX. Not both."),
        ("java", "One of:<ul><li>a<li>b</ul>", "One of:"),
        ("javascript", "Draws a {@link Shape#line|line} on <canvas>.", "Draws a line on <canvas>."),
        ("java", "Gives &lt;b&gt; and {@code &lt;b&gt;}.", "Gives <b> and &lt;b&gt;."),
        ("php", "Escapes & as &amp;.", "Escapes & as &amp;."),
        ("python", "Escape <p> as &lt;p&gt;.\n>>> escape('<p>')", "Escape <p> as &lt;p&gt;."),
        ("ruby", "Adds +a+ + +b.c?+ (1 + 2).", "Adds `a` + `b.c?` (1 + 2)."),
        ("python", "Sum up.\nReturns:\n    a number", "Sum up."),
        ("python", "\n\n  :param x: no words before\n  Then words.\n\n  More.", "Then words."),
        ("go", "// a // b\n//c", "a // b c"),
        ("javascript", "After a page is gone\n- clean up", "After a page is gone - clean up"),
    ],
)
def test_the_first_paragraph_is_the_summary(language: str, docstring: str, summary: str) -> None:
    assert summary_of(plain(docstring, language)) == summary


def test_a_description_that_holds_the_code_gives_no_question_with_the_answer_in_it(folder: Path) -> None:
    file = data("go", "test")
    (row, *_) = PACKED["ROWS"]["go/test/go_test_0"]
    write(folder, file, {**row, "docstring": f"// Balance is what is left.\n//\n{row['code']}"})
    assert read(folder, file, GENERATION) == [Unusable("answer_in_question")]


# The licences of the repositories


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        ({"dee/bank": [("dee/bank/LICENSE", PACKED["MIT"])]}, "MIT"),
        ({"dee/bank": ("dee/bank/LICENSE", "BSD-3-Clause")}, "BSD-3-Clause"),  # as upstream's README shows an entry
        ({"dee/bank": "MIT License"}, "MIT"),
        ({"dee/bank": [("dee/bank/COPYING", "ISC"), ("dee/bank/LICENSE", "MIT")]}, "ISC AND MIT"),
        ({"dee/bank": [("dee/bank/COPYING", "Ask me."), ("dee/bank/LICENSE", "MIT")]}, "LicenseRef-unknown"),
        ({"dee/bank": [("dee/bank/vendor/LICENSE", "MIT")]}, "LicenseRef-unknown"),  # of another folder
        ({"eli/mail": [("eli/mail/LICENSE", "MIT")]}, "LicenseRef-unknown"),
    ],
)
def test_a_row_has_the_licence_of_its_repository(folder: Path, licenses: Any, expected: str) -> None:
    (folder / "resources/data/go_licenses.pkl").write_bytes(pickle.dumps(licenses))
    for want in (SUMMARIES, GENERATION, SEARCH, COMPLETION, CLOZE):
        found = read(folder, data("go", "test"), want)
        assert [item.license for item in found if isinstance(item, Record)] == [expected] * 3


def test_with_licences_at_hand_a_row_must_name_its_repository(folder: Path) -> None:
    (folder / "resources/data/go_licenses.pkl").write_bytes(pickle.dumps({}))
    (row, *_) = PACKED["ROWS"]["go/test/go_test_0"]
    write(folder, data("go", "test"), {**row, "repo": None})
    problem = "field 'repo' is NoneType, expected str"
    assert read(folder, data("go", "test")) == [Malformed(f"codesearchnet/{data('go', 'test')}", 1, problem, REMEDY)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (pickle.dumps(["MIT"]), "it holds a list, expected a dict of licence files by repository"),
        (pickle.dumps({"dee/bank": Path("LICENSE")}), r"the pickle holds pathlib.*, and only plain data is read"),
        (pickle.dumps({"dee/bank": "MIT"})[:-5], r"the pickle is damaged"),
    ],
)
def test_broken_licences_are_named(folder: Path, content: bytes, problem: str) -> None:
    (folder / "resources/data/go_licenses.pkl").write_bytes(content)
    with pytest.raises(BrokenFileError, match=rf"codesearchnet/resources/data/go_licenses\.pkl: {problem}"):
        read(folder, data("go", "test"))


# NL-code-search-Adv


def test_the_search_data_set_feeds_code_search_alone() -> None:
    for want in (SUMMARIES, GENERATION, SEARCH, COMPLETION, CLOZE):
        shards = [shard.files for shard in SOURCE.shards(FIXTURE, want) if shard.files[0] in (ADV_TRAIN, ADV_TEST)]
        assert shards == ([(ADV_TRAIN,), (ADV_TEST,)] if want == SEARCH else [])


def test_both_layouts_of_the_search_data_set() -> None:
    twice, thrice, area = "Take a number twice.", "Take a number thrice.", "Multiply the two sides of a rectangle."

    def found(split: str, idx: int, line: int, code: str, text: tuple[str, str], *edits: str) -> Record:
        fields = {"code": code, "summary": text[0], "query": text[0], "description": text[1]}
        file = f"codesearchnet/codexglue-nl-code-search-adv/dataset/{split}.jsonl"
        return Record(f"adv/{split}/{idx}", "python", fields, file, line, edits=edits)

    assert read(FIXTURE, ADV_TRAIN, SEARCH) == [
        found("train", 7, 1, "def twice(number):\n    return number * 2", (twice, "Take a number\ntwice."),
              "line ends", CUT, PARAGRAPH),
        Unusable("text_not_english"),
        found("train", 12, 3, "def area(width, height):\n    return width * height", (area, area), CUT),
    ]  # fmt: skip
    assert read(FIXTURE, ADV_TEST, SEARCH) == [
        found("test", 30, 1, "def Func(arg_0):\n    return arg_0 * 3", (thrice, f"{thrice}\n\nArgs: one number"),
              CUT, PARAGRAPH)
    ]  # fmt: skip


def test_a_function_of_the_search_data_set_is_served_from_there_alone(folder: Path) -> None:
    assert item("python", "test", 7, SEARCH) == Unusable("published_in_adv")
    assert isinstance(item("python", "test", 7, SUMMARIES), Record)
    for file in (ADV_TRAIN, ADV_TEST):
        (folder / file).unlink()
    assert isinstance(read(folder, data("python", "test"), SEARCH)[6], Record)


def test_a_broken_search_data_set_serves_nothing_and_takes_nothing(folder: Path) -> None:
    (folder / ADV_TRAIN).write_bytes(b"")
    with pytest.raises(BrokenFileError, match=f"codesearchnet/{ADV_TRAIN}: the file is empty"):
        read(folder, ADV_TRAIN, SEARCH)
    assert isinstance(read(folder, data("python", "test"), SEARCH)[6], Record)


def test_a_broken_line_of_the_search_data_set_is_named(folder: Path) -> None:
    train, test = PACKED["ADV"]["train"][0], PACKED["ADV"]["test"][0]
    rows = [
        {key: value for key, value in train.items() if key != "code"}, {**train, "idx": "7"},
        {key: value for key, value in test.items() if key != "nwo"}, test,
    ]  # fmt: skip
    (folder / ADV_TRAIN).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    *broken, last = read(folder, ADV_TRAIN, SEARCH)
    problems = ["field 'code' is missing", "field 'idx' is str, expected int", "field 'nwo' is missing"]
    assert broken == [
        Malformed(f"codesearchnet/{ADV_TRAIN}", line, problem, REMEDY) for line, problem in enumerate(problems, 1)
    ]
    assert isinstance(last, Record)


def test_the_search_data_set_adds_its_own_licence(folder: Path) -> None:
    licenses = {"ana/adv": "MIT", "bo/adv": "Ask me."}
    (folder / "resources/data/python_licenses.pkl").write_bytes(pickle.dumps(licenses))
    found = [*read(folder, ADV_TRAIN, SEARCH), *read(folder, ADV_TEST, SEARCH)]
    assert [item.license for item in found if isinstance(item, Record)] == [
        "C-UDA-1.0 AND MIT", "LicenseRef-unknown", "LicenseRef-unknown",
    ]  # fmt: skip


# Tokens to be masked


def cloze(line: int, tokens: str, candidates: str) -> Record:
    url = PACKED["ROWS"]["python/valid/python_valid_0"][line - 1]["url"]
    fields = {"tokens": tokens.split("|"), "candidates": candidates}
    return Record(url, "python", fields, f"codesearchnet/{PYTHON_VALID}", line, edits=("tokens joined",))


def test_a_shard_for_masking_names_the_files_of_clozetest() -> None:
    (shard,) = (shard for shard in SOURCE.shards(FIXTURE, CLOZE) if shard.files[0] == PYTHON_VALID)
    assert shard.files[1:] == tuple(
        CLOZETEST.format(file)
        for file in ("maxmin/cloze_test_words.txt", "maxmin/python/clozeTest.json", "all/cloze_test_words.txt")
    )


def test_tokens_come_with_the_candidates_that_one_of_them_is_among() -> None:
    assert read(FIXTURE, PYTHON_VALID, CLOZE) == [
        Unusable("published_in_clozetest"),
        cloze(2, "def|least|(|prices|)|:|return|min|(|prices|)", "max min"),
        cloze(3, "def|total|(|prices|)|:|return|sum|(|prices|)", "min sum return int max"),
        cloze(4, "def|spread|(|deal|)|:|yield|deal|.|high|-|deal|.|low", ""),
        cloze(5, "def|nothing|(|)|:|pass", ""),
    ]


def test_what_clozetest_publishes_is_not_cut_again_whatever_it_masks() -> None:
    assert read(FIXTURE, data("go", "valid"), CLOZE) == [Unusable("published_in_clozetest")] * 3


def test_without_clozetest_every_function_is_cut_and_none_has_candidates(folder: Path) -> None:
    first, *others = read(folder, PYTHON_VALID, CLOZE)
    assert isinstance(first, Record)
    assert [item.fields["candidates"] for item in others if isinstance(item, Record)] == ["", "", "", ""]


def test_broken_files_of_clozetest_count_as_absent(folder: Path) -> None:
    at = Path(shutil.copytree(FIXTURES / "clozetest", folder.parent / "clozetest"))
    (at / "cloze-maxmin/python/clozeTest.json").write_bytes(b"{")
    (at / "cloze-maxmin/cloze_test_words.txt").write_bytes(b"")
    first, second, *_ = read(folder, PYTHON_VALID, CLOZE)
    assert isinstance(first, Record)
    assert second == cloze(2, "def|least|(|prices|)|:|return|min|(|prices|)", "min sum return int max")


def test_broken_tokens_are_malformed_where_they_are_needed(folder: Path) -> None:
    rows = PACKED["ROWS"]["python/valid/python_valid_0"]
    write(folder, PYTHON_VALID, {**rows[0], "code_tokens": ["def", 1]}, {**rows[1], "docstring_tokens": "Find"})
    assert read(folder, PYTHON_VALID, CLOZE) == [
        Malformed(f"codesearchnet/{PYTHON_VALID}", 1, "field 'code_tokens' holds a token that is no string", REMEDY),
        Malformed(f"codesearchnet/{PYTHON_VALID}", 2, "field 'docstring_tokens' is str, expected list", REMEDY),
    ]
    assert all(isinstance(item, Record) for item in read(folder, PYTHON_VALID))


def test_a_broken_line_is_named_and_the_rest_is_read(folder: Path) -> None:
    file = data("go", "test")
    first, second, _ = PACKED["ROWS"]["go/test/go_test_0"]
    half = {key: value for key, value in first.items() if key != "docstring"}
    write(folder, file, half, {**first, "code": None}, {**first, "url": ""}, b"{", b'{"a": "\xe9"}', second)
    assert read(folder, file) == [
        Malformed(f"codesearchnet/{file}", 1, "field 'docstring' is missing", REMEDY),
        Malformed(f"codesearchnet/{file}", 2, "field 'code' is NoneType, expected str", REMEDY),
        Malformed(f"codesearchnet/{file}", 3, "field 'url' is empty, and it is the identity of the row", REMEDY),
        Malformed(
            f"codesearchnet/{file}", 4,
            "not JSON (unexpected end of data: line 1 column 2 (char 1))", REMEDY,
        ),
        Malformed(f"codesearchnet/{file}", 5, "byte 8 is not UTF-8", REMEDY),
        read(FIXTURE, file)[1]._replace(line=6),  # type: ignore[union-attr]
    ]  # fmt: skip


def test_a_cut_gzip_is_broken(folder: Path) -> None:
    file = folder / data("go", "test")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(BrokenFileError, match="the gzip data is damaged or cut short"):
        read(folder, data("go", "test"))


@pytest.mark.upstream
@pytest.mark.parametrize("want", [SUMMARIES, GENERATION, SEARCH, COMPLETION, CLOZE], ids=lambda want: want.task)
def test_the_real_excerpt(upstream: Path, want: Want) -> None:
    folder = upstream / "codesearchnet"
    items = [item for shard in SOURCE.shards(folder, want) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) > 0.9 * len(items)
    assert not [item for item in items if isinstance(item, Malformed)]
    assert Counter(record.id for record in records).most_common(1)[0][1] == 1
    for record in records:
        if want == CLOZE:
            continue
        code = record.fields["code"]
        assert code.strip()
        assert "\r" not in code
        if record.programming_language == "python":
            assert CUT in record.edits
        if want == GENERATION:
            assert code.strip() not in record.fields["description"]
        if want in (SUMMARIES, SEARCH):
            summary = record.fields["summary"]
            assert "\n" not in summary
            assert "{@" not in summary
            assert not summary.startswith(("//", "/*", "#", "* "))
            assert not summary or summary not in " ".join(code.split())


@pytest.mark.upstream
def test_real_functions_are_cut_once(upstream: Path) -> None:
    folder = upstream / "codesearchnet"
    items = [item for shard in SOURCE.shards(folder, CLOZE) for item in MASKING.prepare(SOURCE.read(folder, shard))]
    records = [item for item in items if isinstance(item, Record)]
    assert len(records) > 0.9 * len(items)
    for record in records:
        code, answer, candidates = (record.fields.get(name, "") for name in ("code", "answer", "candidates"))
        assert code.count("<mask>") == 1
        assert "\r" not in code
        assert answer in candidates.split() if candidates else code.split().count(answer) >= 2
    published = {
        "".join(item.fields["code"].replace("<mask>", item.fields["answer"]).split())
        for shard in PUBLISHED.shards(upstream / "clozetest", CLOZE)
        for item in PUBLISHED.read(upstream / "clozetest", shard)
        if isinstance(item, Record)
    }
    assert published.isdisjoint(
        "".join(record.fields["code"].replace("<mask>", record.fields["answer"]).split()) for record in records
    )
