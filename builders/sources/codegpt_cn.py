"""CodeGPT: Chinese programming requests with answers in code, and interview questions with answers in prose.

Homepage: https://github.com/zxx000728/CodeGPT
Released 2023-04, 32,079 dialogues; no paper.
Licence: Apache-2.0; the authors collected `code-leetcode` and `code-text` from websites, so those two folders are not
cleared for publication and their rows carry an unknown licence.

One zip archive, `CodeGPT-Dataset-V1-CN.zip`, one JSON array a member. The programming language is known from the
member's name, in `code-leetcode` from the request (请用java完成以下题目). An answer is usable when it holds exactly one
closed code fence; one in sixty closes it on the last line of code. Summaries come from the statements of `code-medium`
alone, without the words that order the code: 用Go复制文件的内容； gives 复制文件的内容; a request that asks (？, 如何,
怎么, 什么) gives none. Upstream has no splits: they follow from the words of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.languages import TEXT, canonical
from mulco.reading import json_array, shown, with_lf, zip_members
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, UpstreamFile, Want, split_of

ARCHIVE = "CodeGPT-Dataset-V1-CN.zip"
FOLDERS = {
    "code_generation": ("code-basic", "code-medium", "code-leetcode"),
    "code_search": ("code-basic", "code-medium", "code-leetcode"),
    "code_summarization": ("code-medium",),
    "code_qa": ("code-text",),
}
NOT_CLEARED = ("code-leetcode", "code-text")
UNKNOWN = "LicenseRef-unknown"
_LEETCODE = re.compile(r"请用\s*(\S+?)\s*完成以下题目[：:]?\s*")
_QUESTION = re.compile(r"[？?]|如何|怎么|怎样|什么")
_END = re.compile(r"(?:\s|；|(?<![\x00-\x7f]);|<br>)+$")  # not the ; that ends a line of code
_INFO_LINE = re.compile(r"[ \t]*[\w+#.-]*[ \t]*\n")
_CLOSING = " ；;。.，,：:"
_USING = r"(?:请你?)?(?:使用|利用|用|通过)\s*"
_NAME = r"(?:C\+\+|C#|Cpp|C|Golang|Go|JavaScript|Java|PHP|Python\s?3?|Ruby)(?![A-Za-z0-9#+])\s*(?:语言)?\s*"
_WRITE = r"(?:编写|写出|写)(?:一个|一段|个|段)?(?:简单的)?"
_CAN = r"(?:可以|能够|能|用于|用来|来)?"
_PROGRAM = r"(?:程序|代码|函数|方法|脚本)"
_VERB = (  # how the statement goes on when a verb comes next
    r"(?=[将把对从向在给求找]|读取|写入|写文件|打印|打开|删除|判断|统计|计算(?!器)|实现|去除|反转|合并|处理|截取|排序(?!算法|的)|替换"
    r"|查找|寻找|检查|水平|垂直|清除|生成|获取|返回|迭代|通过|根据|拷贝|创建|倒序|循环|自动|爬取|下载|构建|输入|接收|接受)"
)
# Applied in this order, each to what the one before has left.
_REWRITES = (
    # 用C#的LINQ语句找出最大值 -> 用LINQ语句找出最大值
    (rf"^{_USING}{_NAME}的\s*", "用"),
    # 请用 python3 代码来统计词数 -> 统计词数
    (rf"^(?:{_USING}{_NAME}|(?:请你?)?在\s*{_NAME}[中里]|C语言)(?:代码|程序)?[，,]?\s*来?\s*", ""),
    # 给定一个栈，使用python3代码实现出栈 -> 给定一个栈，实现出栈
    (rf"(?<=[，,])\s*(?:{_USING}|写\s*){_NAME}(?:代码|程序)?来?\s*", ""),
    # 链表实现栈 -> 用链表实现栈: 用 stood before the language
    (
        r"^(?=(?:正则表达式|字符串函数|递归函数|嵌套循环|链表|[a-z]+(?:方法|函数|库))(?:将|把|实现|匹配|查找|计算|创建|分割))",
        "用",
    ),
    # 写一个函数，计算平均值 -> 计算平均值
    (rf"^(?:{_WRITE}|(?:设计|创建|实现)一个){_PROGRAM}(?:[，,：:]\s*|{_VERB}){_CAN}", ""),
    # 写一个清除文件内容的程序 -> 清除文件内容
    (rf"^{_WRITE}{_CAN}{_VERB}((?:(?!的{_PROGRAM})[^。])+)的{_PROGRAM}$", r"\1"),
    # 编写求平均值，并打印 -> 求平均值，并打印
    (r"^编写(?=[将把对从向求])", ""),
    # 写一个实现队列的类 -> 实现队列的类
    (rf"^{_WRITE}{_CAN}(?=实现)", ""),
    # 写一个冒泡排序的程序 -> 实现一个冒泡排序的程序; 写一个文件，并… means the file
    (r"^(?:编写|写(?=一[个段])(?!一个\w*文件[，,]))", "实现"),
)


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split: the archive is small and is read whole."""
    if (folder / ARCHIVE).is_file():
        for split in SPLITS:
            yield Shard(want, split, (ARCHIVE,))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Dialogues of the folders that serve the task, those of the shard's split."""
    for member, data in zip_members(folder, ARCHIVE):
        part = member.split("/")[0]
        if part not in FOLDERS[shard.want.task] or not member.endswith(".json"):
            continue
        for item in json_array(folder, f"{ARCHIVE}/{member}", {"user": str, "assistant": str}, data):
            if isinstance(item, Malformed):
                if shard.split == "train":  # a broken item belongs to no split: count it once
                    yield item
                continue
            number, row = item
            if split_of(_words(_LEETCODE.sub("", _END.sub("", row["user"])))) == shard.split:
                yield _item(folder, shard.want.task, member, number, row)


def _item(folder: Path, task: str, member: str, number: int, row: dict[str, str]) -> Item:
    part, stem = member.split("/")[0], member.split("/")[-1].removesuffix(".json")
    id_ = f"{member.removesuffix('.json')}/{number}"
    name = shown(folder, f"{ARCHIVE}/{member}")
    license_ = UNKNOWN if part in NOT_CLEARED else None
    request, answer = _END.sub("", row["user"]).lstrip(), row["assistant"]
    edits = ["closing marks cut off the request"] if request != row["user"].strip() else []
    if task == "code_qa":
        fields = {"question": request, "answer": answer.strip()}
        return Record(id_, TEXT, fields, name, number, license_, edits=tuple(edits))
    asked = _LEETCODE.match(request)
    language = canonical(asked[1] if asked else stem)
    if language is None:
        return Unusable("unknown_programming_language")
    code = only_block(answer)
    if isinstance(code, Unusable):
        return code
    if task == "code_generation" and code.strip() and code.strip() in request:
        return Unusable("answer_in_question")
    fields = {"code": code, "description": request, "query": _LEETCODE.sub("", request)}
    if task == "code_search" and asked:
        edits.append("words before the problem cut off the query")
    if task == "code_summarization":
        if _QUESTION.search(request):
            return Unusable("request_is_a_question")
        summary = fields["summary"] = summary_of(request)
        if summary and summary in code:
            return Unusable("summary_in_code")
        edits = ["request cut down to a summary"] if summary != request else []
    return Record(id_, language, fields, name, number, license_, edits=tuple(edits))


def summary_of(request: str) -> str:
    """What the code does: the request without the language, without the order to write it, without a closing mark."""
    text = re.sub(r"\s*\n\s*", " ", request).rstrip(_CLOSING)
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text, count=1, flags=re.I)
    return text


def only_block(answer: str) -> str | Unusable:
    """The code of the one closed fence in an answer."""
    parts = with_lf(answer).split("```")
    if len(parts) == 1:
        return Unusable("no_code_block")
    if len(parts) == 2:
        return Unusable("code_block_not_closed")
    if len(parts) > 3:
        return Unusable("several_code_blocks")
    return _INFO_LINE.sub("", parts[1], count=1).strip("\n").rstrip()


def _words(request: str) -> str:
    """A request without its marks and spaces, so that two that differ in these alone share a split."""
    return "".join(character for character in request.lower() if character.isalnum())


SOURCE = Source(
    name="codegpt-cn",
    title="CodeGPT (Chinese)",
    homepage="https://github.com/zxx000728/CodeGPT",
    paper="",
    citation="CodeGPT: A Code-Related Dialogue Dataset Generated by GPT and for GPT. 2023. "
    "https://github.com/zxx000728/CodeGPT",
    revision="3680412787725e0980c91e005c2b35c193093c84",
    released="2023-04",
    scale=32_079,
    license=License(
        "Apache-2.0",
        "https://github.com/zxx000728/CodeGPT/blob/main/LICENSE",
        ("code-leetcode and code-text were collected from websites and are not cleared for publication.",),
    ),
    natural_languages=("zh",),
    programming_languages=("c", "c#", "c++", "go", "java", "javascript", "php", "python", "ruby", "sql"),
    tasks=tuple(FOLDERS),
    files=(
        UpstreamFile(
            ARCHIVE,
            "https://github.com/zxx000728/CodeGPT/raw/3680412787725e0980c91e005c2b35c193093c84/" + ARCHIVE,
        ),
    ),
    shards=shards,
    read=read,
)
