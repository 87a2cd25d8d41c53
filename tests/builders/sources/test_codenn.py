"""CodeNN: five columns parted by tabs, written line breaks, and carriage returns inside lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from mulco.builders.sources.codenn import SOURCE, with_line_breaks
from mulco.errors import BrokenFileError
from mulco.source import Item, Malformed, Record, Shard, Unusable, Want

FIXTURE = Path(__file__).parents[2] / "fixtures" / "codenn"
WANT = Want("code_summarization", "en")
BREAKS, AROUND = "line breaks", "white space around the code"
REMEDY = "Correct or remove it, or fetch the file again"


def file(language: str, name: str) -> str:
    return f"data/stackoverflow/{language}/{name}.txt"


def read(folder: Path, language: str, name: str, split: str) -> list[Item]:
    return list(SOURCE.read(folder, Shard(WANT, split, (file(language, name),))))


def pair(
    id_: str, programming_language: str, name: str, line: int, code: str, summary: str, *edits: str
) -> Record:  # fmt: skip
    fields, path = {"code": code, "summary": summary}, file(id_.split("/")[0], name)
    return Record(id_, programming_language, fields, f"codenn/{path}", line, edits=edits)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "codenn/data/stackoverflow/sql").mkdir(parents=True)
    return tmp_path / "codenn"


def test_a_shard_a_split_and_language() -> None:
    assert [(shard.split, shard.files) for shard in SOURCE.shards(FIXTURE, WANT)] == [
        ("validation", (file("sql", "valid"),)),
        ("validation", (file("python", "valid"),)),
        ("test", (file("sql", "test"),)),
        ("test", (file("csharp", "test"),)),
    ]


def test_sql_stays_as_published_but_for_the_space_at_its_end() -> None:
    assert read(FIXTURE, "sql", "valid", "validation") == [
        pair(
            "sql/710001/11", "sql", "valid", 1,
            "select week, sum(hours)from shiftsgroup by week", "add up the hours of a week", AROUND,
        ),
        pair(
            "sql/710002/12", "sql", "valid", 2,
            "select * into outfile '/tmp/t.csv' lines terminated by '\\n' from t", "write a table to a file", AROUND,
        ),
    ]  # fmt: skip


def test_code_that_says_its_title_gives_no_question_with_the_answer_in_it() -> None:
    assert read(FIXTURE, "sql", "test", "test") == [Unusable("answer_in_question")]


def test_written_line_breaks_of_python_become_line_breaks_but_not_in_strings() -> None:
    assert read(FIXTURE, "python", "valid", "validation") == [
        pair(
            "python/810002/810001", "python", "valid", 1,
            "# it's short\nwith open(name, 'w') as f:\n    for word in words:\n        f.write(word + \"\\n\")",
            "Write a list, line by line", BREAKS,
        ),
        pair(
            "python/810004/810003", "python", "valid", 2,
            "text = '''\\\nDear %s,\n'''\nprint text % \\\n    name",
            "Print a letter with its address", BREAKS, "white space in the title",
        ),
        pair("python/810006/810005", "python", "valid", 3, "print('good morning')", "Say “good morning”"),
    ]  # fmt: skip


def test_csharp_may_have_carriage_returns_inside_its_lines() -> None:
    assert read(FIXTURE, "csharp", "test", "test") == [
        pair(
            "csharp/910002/910001", "c#", "test", 1,
            "// the user's text\nint n = text.Split('\\n').Length;", "How to count the lines of a C# string?", BREAKS,
        ),
        pair(
            "csharp/910004/910003", "c#", "test", 2,
            'void Show()\n{\n    view.Html = @"<p>\n""x""</p>";\n}', "Show a page in a window", BREAKS, "line ends",
        ),
        pair("csharp/910006/910005", "c#", "test", 3, "a + b\nc + d", "Add two numbers", "line ends"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "published", "code"),
    [
        ("python", r"re.split(r'\n+', text)\nprint(1)", "re.split(r'\\n+', text)\nprint(1)"),
        ("python", r"x = 'it\'s\n'\ny = 1  # don't\nz = 2", "x = 'it\\'s\\n'\ny = 1  # don't\nz = 2"),
        ("python", r'"""One.\n\nTwo\"""."""\nx = ""', '"""One.\n\nTwo\\"""."""\nx = ""'),
        ("csharp", r"#region it's\nchar c = '\'';\n#endregion", "#region it's\nchar c = '\\'';\n#endregion"),
        ("csharp", r'/* it\'s\n */\nvar s = $@"{a}\n";', '/* it\\\'s\n */\nvar s = $@"{a}\n";'),
        ("sql", r"a\nb", r"a\nb"),
    ],
)
def test_where_a_line_may_end(language: str, published: str, code: str) -> None:
    assert with_line_breaks(published, language) == code


def test_a_line_that_breaks_the_format_is_named_and_the_rest_is_read(folder: Path) -> None:
    rows = [
        "1\t2\ttitle\tselect 1", "1\t2\ttitle\tselect 1\t0\t0", "q1\t2\ttitle\tselect 1\t0", "1\t\ttitle\tselect 1\t0",
        "1\t2\t\tselect 1\t0", "1\t2\ttitle\t \t0",
    ]  # fmt: skip
    (folder / file("sql", "train")).write_bytes("\n".join(rows).encode() + b"\n1\t2\t\xe9\tselect 1\t0\n")
    name = f"codenn/{file('sql', 'train')}"
    assert read(folder, "sql", "train", "train") == [
        Malformed(name, 1, "expected five columns parted by tabs, found 4", REMEDY),
        Malformed(name, 2, "expected five columns parted by tabs, found 6", REMEDY),
        Malformed(name, 3, "columns 1 and 2 should be ids, found 'q1' and '2'", REMEDY),
        Malformed(name, 4, "columns 1 and 2 should be ids, found '1' and ''", REMEDY),
        pair("sql/1/2", "sql", "train", 5, "select 1", ""),
        pair("sql/1/2", "sql", "train", 6, "", "title", AROUND),
        Malformed(name, 7, "byte 5 is not UTF-8", REMEDY),
    ]


def test_an_empty_file_is_broken(folder: Path) -> None:
    (folder / file("sql", "train")).touch()
    with pytest.raises(BrokenFileError, match=r"codenn/data/stackoverflow/sql/train\.txt: the file is empty"):
        read(folder, "sql", "train", "train")


@pytest.mark.upstream
def test_the_real_excerpt(upstream: Path) -> None:
    folder = upstream / "codenn"
    items = [item for shard in SOURCE.shards(folder, WANT) for item in SOURCE.read(folder, shard)]
    records = [item for item in items if isinstance(item, Record)]
    assert records
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records)
    for record in records:
        code, summary = record.fields["code"], record.fields["summary"]
        assert "\r" not in code
        assert "\n" not in summary
        assert code == code.strip()
        assert summary.lower() not in " ".join(code.lower().split())


@pytest.mark.upstream
def test_real_python_is_broken_into_lines_that_parse(upstream: Path) -> None:
    """Upstream kept only code that Python 2 parses; the one that fails here uses what tree-sitter does not know."""
    import tree_sitter_python
    from tree_sitter import Language, Parser

    parser, folder = Parser(Language(tree_sitter_python.language())), upstream / "codenn"
    shards = [shard for shard in SOURCE.shards(folder, WANT) if "/python/" in shard.files[0]]
    codes = [item.fields["code"] for s in shards for item in SOURCE.read(folder, s) if isinstance(item, Record)]
    failed = [code for code in codes if parser.parse(code.encode()).root_node.has_error]
    assert len(failed) < 0.005 * len(codes)
