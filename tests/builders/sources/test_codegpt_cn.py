"""CodeGPT: a zip archive of Chinese dialogues, with names in GBK and the programming language in them.

The fixture's archive is written by `tests/fixtures/pack_codegpt_cn.py`, where its dialogues can be read.
"""

from __future__ import annotations

import json
import runpy
import zipfile
from pathlib import Path

import pytest

from mulco.builders.sources.codegpt_cn import SOURCE, only_block, summary_of
from mulco.errors import BrokenFileError
from mulco.reading import zip_members
from mulco.source import SPLITS, Item, Malformed, Record, Shard, Unusable, Want

FIXTURES = Path(__file__).parents[2] / "fixtures"
FIXTURE = FIXTURES / "codegpt-cn"
PACKED = runpy.run_path(str(FIXTURES / "pack_codegpt_cn.py"))
ARCHIVE = "CodeGPT-Dataset-V1-CN.zip"
GENERATION, SEARCH, SUMMARIES, QA = (
    Want(f"code_{task}", "zh") for task in ("generation", "search", "summarization", "qa")
)
UNKNOWN = "LicenseRef-unknown"
MARKS = "closing marks cut off the request"
CUT = "request cut down to a summary"


def read(folder: Path, want: Want, split: str) -> list[Item]:
    return list(SOURCE.read(folder, Shard(want, split, (ARCHIVE,))))


def record(id_: str, language: str, code: str, request: str, *edits: str, query: str = "", **fields: str) -> Record:
    member, number = id_.rsplit("/", 1)
    return Record(
        id_, language, {"code": code, "description": request, "query": query or request, **fields},
        f"codegpt-cn/{ARCHIVE}/{member}.json", int(number), edits=edits,
    )  # fmt: skip


def written(folder: Path, **members: bytes | list[dict[str, object]]) -> Path:
    """A source folder whose archive holds these members of `code-medium`."""
    source = folder / "codegpt-cn"
    content = {
        f"code-medium/{name}.json": value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in members.items()
    }
    PACKED["pack"](source / ARCHIVE, content)
    return source


def test_the_packed_fixture_holds_the_dialogues_of_its_script() -> None:
    assert dict(zip_members(FIXTURE, ARCHIVE)) == PACKED["packed"]()


def test_the_fixture_stores_names_as_upstream_does() -> None:
    with zipfile.ZipFile(FIXTURE / ARCHIVE) as archive:
        assert [(member.filename, member.flag_bits & 0x800) for member in archive.infolist()][-1] == (
            "code-text/API▓Γ╩╘.json", 0,
        )  # fmt: skip


def test_each_split_reads_the_archive() -> None:
    assert list(SOURCE.shards(FIXTURE, QA)) == [Shard(QA, split, (ARCHIVE,)) for split in SPLITS]


def test_without_the_archive_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert list(SOURCE.shards(tmp_path, QA)) == []


def test_code_comes_out_of_its_fence_in_the_language_of_the_members_name() -> None:
    assert read(FIXTURE, GENERATION, "train") == [
        record("code-basic/Python3/1", "python", "items = []", "如何用Python3写一个空列表？"),
        record("code-basic/Python3/2", "python", "  print('你好')", "给我一段问候的代码。"),
        Unusable("several_code_blocks"),
        Unusable("no_code_block"),
        Unusable("code_block_not_closed"),
        record("code-basic/C#/2", "c#", "class Shelf { }", "写一个空的类。"),
        record("code-medium/python3/1", "python", "print(len(records))", "用python3统计借书记录的条数", MARKS),
        record("code-medium/python3/2", "python", "print(len(records))", "用python3统计借书记录的条数", MARKS),
        record(
            "code-medium/python3/3", "python", "menu = lunch + dinner  print(menu)",
            "请用 python3 写一个合并两份菜单的程序。",
        ),
        record("code-medium/python3/4", "python", "open('seats.txt')", "用python3怎么打开座位表？", MARKS),
        record("code-medium/python3/5", "python", "# 打印购物清单\nprint(items)", "用python3打印购物清单", MARKS),
        record("code-medium/python3/6", "python", "", "用python3清空购物清单", MARKS),
        record("code-medium/Cpp/1", "c++", "std::stack<int> stack;", "用C++编写一个栈", MARKS),
        record(
            "code-leetcode/leetcode/1", "java", "return 2 * n;",
            "请用java完成以下题目：\n给你一个数 n ，返回 n 的两倍。", query="给你一个数 n ，返回 n 的两倍。",
        )._replace(license=UNKNOWN),
        record(
            "code-leetcode/leetcode/2", "sql", "select name from people;",
            "请用sql完成以下题目：\n列出所有姓名。", query="列出所有姓名。",
        )._replace(license=UNKNOWN),
        Unusable("unknown_programming_language"),
    ]  # fmt: skip


def test_dialogues_fall_into_splits_by_their_request() -> None:
    assert read(FIXTURE, GENERATION, "validation") == [
        record("code-medium/C#/1", "c#", "return a == b;", "用C#比较借书记录", MARKS)
    ]
    assert read(FIXTURE, GENERATION, "test") == [
        record("code-medium/Go/1", "go", "notes := read()", "用Go读取音符序列", MARKS)
    ]


def test_requests_that_differ_in_marks_and_spaces_share_a_split(tmp_path: Path) -> None:
    requests = ["用Go读取音符序列；", "用 go 读取音符序列。", "请用java完成以下题目：\n用Go读取音符序列"]
    dialogues = [{"user": request, "assistant": "```go\nread()\n```"} for request in requests]
    source = written(tmp_path, Go=dialogues)
    assert [len(read(source, GENERATION, split)) for split in SPLITS] == [0, 0, 3]


def test_search_asks_for_the_problem_alone() -> None:
    java = record(
        "code-leetcode/leetcode/1", "java", "return 2 * n;", "请用java完成以下题目：\n给你一个数 n ，返回 n 的两倍。",
        "words before the problem cut off the query", query="给你一个数 n ，返回 n 的两倍。",
    )  # fmt: skip
    assert java._replace(license=UNKNOWN) in read(FIXTURE, SEARCH, "train")


def test_statements_of_code_medium_alone_give_summaries() -> None:
    shared = {"summary": "统计借书记录的条数"}
    assert read(FIXTURE, SUMMARIES, "train") == [
        record("code-medium/python3/1", "python", "print(len(records))", "用python3统计借书记录的条数", CUT, **shared),
        record("code-medium/python3/2", "python", "print(len(records))", "用python3统计借书记录的条数", CUT, **shared),
        record(
            "code-medium/python3/3", "python", "menu = lunch + dinner  print(menu)",
            "请用 python3 写一个合并两份菜单的程序。", CUT, summary="合并两份菜单",
        ),
        Unusable("request_is_a_question"),
        Unusable("summary_in_code"),
        record("code-medium/python3/6", "python", "", "用python3清空购物清单", CUT, summary="清空购物清单"),
        record("code-medium/Cpp/1", "c++", "std::stack<int> stack;", "用C++编写一个栈", CUT, summary="实现一个栈"),
    ]  # fmt: skip


def test_questions_of_code_text_are_answered_in_prose() -> None:
    assert read(FIXTURE, QA, "train") == [
        Record(
            "code-text/API测试/1", "text",
            {"question": "什么是接口测试？", "answer": "接口测试检查接口。\n它不看界面。"},
            f"codegpt-cn/{ARCHIVE}/code-text/API测试.json", 1, UNKNOWN,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "summary"),
    [
        ("用Go复制文件的内容；", "复制文件的内容"),
        ("请使用 python3 来统计词数。", "统计词数"),
        ("用 C 语言去掉空格", "去掉空格"),
        ("用Ruby去除重复的行", "去除重复的行"),
        ("用C代码实现冒泡排序", "实现冒泡排序"),
        ("C语言实现冒泡排序", "实现冒泡排序"),
        ("在PHP中反转数组", "反转数组"),
        ("Java对象转为JSON", "Java对象转为JSON"),
        ("用C#的LINQ语句找出最大值", "用LINQ语句找出最大值"),
        ("用C++的正则表达式匹配邮编", "用正则表达式匹配邮编"),
        ("用python3正则表达式匹配邮编", "用正则表达式匹配邮编"),
        ("用C#链表实现栈", "用链表实现栈"),
        ("给定一个栈，使用python3代码实现出栈", "给定一个栈，实现出栈"),
        ("用Go写一个函数，计算平均值", "计算平均值"),
        ("用Go写一个函数，可以判断闰年", "判断闰年"),
        ("用Go设计一个函数将字符串反转", "将字符串反转"),
        ("用Java编写程序实现将文件压缩的功能。", "实现将文件压缩的功能"),
        ("用C写一个清除文件内容的程序", "清除文件内容"),
        ("用C写一个能够将图片缩小并保存的代码", "将图片缩小并保存"),
        ("用C写一个读取图片，并将其变成灰度图的程序", "读取图片，并将其变成灰度图"),
        ("用C写一个冒泡排序的程序", "实现一个冒泡排序的程序"),
        ("用C写一个读取文件的函数，并返回内容", "实现一个读取文件的函数，并返回内容"),
        ("用C写一个计算器，支持加减", "实现一个计算器，支持加减"),
        ("用Go编写链表数据结构", "实现链表数据结构"),
        ("用Go编写求平均值，并打印", "求平均值，并打印"),
        ("用Ruby写一个实现队列的类", "实现队列的类"),
        ("用Ruby写入文件", "写入文件"),
        ("用Ruby写一个文件，并在其中写入姓名", "写一个文件，并在其中写入姓名"),
        ("用Ruby实现一个装饰器", "实现一个装饰器"),
        ("用Ruby输出一句话:Hello, world!", "输出一句话:Hello, world!"),
        ("用Ruby合并两行\n  甲\n  乙", "合并两行 甲 乙"),
        ("统计词数", "统计词数"),
    ],
)
def test_the_summary_says_what_the_code_does_and_orders_nothing(request_: str, summary: str) -> None:
    assert summary_of(request_) == summary


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("```python \na = 1\n``` ", "a = 1"),
        ("例如：```ruby\nputs 1\n```", "puts 1"),
        ("```c++\r\nint a;\r\n\r\n```", "int a;"),
        ("```\n\n    indented\n```", "    indented"),
        ("```go\na := 1 ```", "a := 1"),
        ("```a = 1```", "a = 1"),
        ("```js\n```", ""),
        ("a = 1", Unusable("no_code_block")),
        ("```go\na := 1", Unusable("code_block_not_closed")),
        ("a := 1\n```", Unusable("code_block_not_closed")),
        ("```go\na := 1\n```\n```", Unusable("several_code_blocks")),
        ("```go\na\n```\n```go\nb\n```", Unusable("several_code_blocks")),
    ],
)
def test_an_answer_is_the_one_closed_block(answer: str, code: str | Unusable) -> None:
    assert only_block(answer) == code


def test_a_request_keeps_the_semicolon_of_its_code(tmp_path: Path) -> None:
    source = written(tmp_path, C=[{"user": "执行 run();", "assistant": "```c\nreturn run();\n```"}])
    (found,) = (item for split in SPLITS for item in read(source, GENERATION, split))
    assert found == record("code-medium/C/1", "c", "return run();", "执行 run();")


def test_a_request_that_holds_the_answer_asks_for_nothing(tmp_path: Path) -> None:
    source = written(tmp_path, C=[{"user": "执行 run();", "assistant": "```c\nrun();\n```"}])
    assert [item for split in SPLITS for item in read(source, GENERATION, split)] == [Unusable("answer_in_question")]


def test_a_broken_dialogue_is_named_once_over_all_splits(tmp_path: Path) -> None:
    good = {"user": "用Go读取音符序列", "assistant": "```go\nread()\n```"}
    source = written(tmp_path, Go=[good, {"user": "没有回答"}, {"user": 3, "assistant": ""}])
    name, remedy = f"codegpt-cn/{ARCHIVE}/code-medium/Go.json", "Correct or remove it, or fetch the file again"
    assert [item for split in SPLITS for item in read(source, GENERATION, split)] == [
        Malformed(name, 2, "field 'assistant' is missing", remedy),
        Malformed(name, 3, "field 'user' is int, expected str", remedy),
        record("code-medium/Go/1", "go", "read()", "用Go读取音符序列"),
    ]


def test_a_member_of_another_language_is_unusable(tmp_path: Path) -> None:
    source = written(tmp_path, Brainfuck=[{"user": "输出 1", "assistant": "```\n+++.\n```"}])
    items = [item for split in SPLITS for item in read(source, GENERATION, split)]
    assert items == [Unusable("unknown_programming_language")]


def test_a_member_that_is_not_json_is_named(tmp_path: Path) -> None:
    source = written(tmp_path, Go=b"[{]")
    with pytest.raises(BrokenFileError, match=r"codegpt-cn/CodeGPT-Dataset-V1-CN\.zip/code-medium/Go\.json: not JSON"):
        read(source, GENERATION, "train")


def test_a_cut_archive_is_broken(tmp_path: Path) -> None:
    source = tmp_path / "codegpt-cn"
    source.mkdir()
    (source / ARCHIVE).write_bytes((FIXTURE / ARCHIVE).read_bytes()[:-40])
    with pytest.raises(BrokenFileError, match=r"codegpt-cn/CodeGPT-Dataset-V1-CN\.zip: the zip archive is damaged"):
        read(source, GENERATION, "train")


@pytest.mark.upstream
@pytest.mark.parametrize("want", [GENERATION, SEARCH, SUMMARIES, QA], ids=lambda want: want.task)
def test_the_real_excerpt(upstream: Path, want: Want) -> None:
    folder = upstream / "codegpt-cn"
    splits = {split: read(folder, want, split) for split in SPLITS}
    items = [item for found in splits.values() for item in found]
    records = [item for item in items if isinstance(item, Record)]
    assert not [item for item in items if isinstance(item, Malformed)]
    assert len({record.id for record in records}) == len(records)
    assert not [record.id for record in records if any("\r" in text for text in record.fields.values())]
    assert len(splits["train"]) > 0.9 * len(items)
    if want in (GENERATION, SEARCH):  # nearly all answers are one block of code
        assert len(records) > 0.99 * len(items)
        assert not [record.id for record in records if "```" in record.fields["code"]]
    if want == SUMMARIES:
        odd = ("来", "代码", "程序", "的", "用python", "用Go", "请", "写一个程序", "编写", "，")
        endings = ("；", ";", "。", "：", "，", "的", "<br>", " ")
        summaries = [record.fields["summary"] for record in records]
        assert [summary for summary in summaries if summary.startswith(odd) or summary.endswith(endings)] == []
    requests = [
        {r.fields.get("description") or r.fields["question"] for r in found if isinstance(r, Record)}
        for found in splits.values()
    ]
    assert not requests[0] & requests[1] | requests[0] & requests[2] | requests[1] & requests[2]
