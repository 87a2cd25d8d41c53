"""CodeGPT: Chinese programming requests with answers in code, and interview questions with answers in prose.

Homepage: https://github.com/zxx000728/CodeGPT
Released 2023-04, 32,079 dialogues; no paper.
Licence: Apache-2.0; the authors collected `code-leetcode` and `code-text` from websites, so those two folders are not
cleared for publication and their rows carry an unknown licence.

One zip archive, `CodeGPT-Dataset-V1-CN.zip`, one JSON array a member. The programming language is known from the
member's name, in `code-leetcode` from the request (请用java完成以下题目). An answer is usable when it holds exactly one
closed code fence. Summaries come from the statements of `code-medium` alone: 用Go复制文件的内容； gives 复制文件的内容;
a request that asks (？, 如何, 怎么, 什么) gives none. Upstream has no splits: they follow from the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mulco.languages import TEXT, canonical
from mulco.reading import json_array, shown, zip_members
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
_FENCE = re.compile(r"^```[^\n]*$", re.M)
_BLOCK = re.compile(r"^```[^\n`]*\n(.*?)\n?^```", re.M | re.S)
_LEETCODE = re.compile(r"请用\s*(\S+?)\s*完成以下题目[：:]?\s*")
_QUESTION = re.compile(r"[？?]|如何|怎么|怎样|什么")
_LANGUAGE = r"(?:C语言|C\+\+|C#|Cpp|C|Golang|Go|JavaScript|Java|PHP|Python\s?3?|Ruby)(?:语言)?"
# The imperative before the statement: 用Go、请使用 python3 来、用Java编写一个程序，…
_IMPERATIVE = re.compile(
    rf"^(?:请你?)?(?:使用|利用|用|通过)\s*{_LANGUAGE}(?![A-Za-z0-9#+])\s*(?:代码|程序)?(?:来|去)?\s*"
    r"(?:(?:编写|写)(?:出)?(?:一个|一段|个|段)?(?:简单的)?(?:程序|代码)[，,：:]?(?:来|用于|用来|实现)?)?\s*",
    re.I,
)
_CLOSING = " \t\n；;。.，,"


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
            request = row["user"].strip().rstrip("；;").strip()
            if split_of(_LEETCODE.sub("", request)) == shard.split:
                yield _item(folder, shard.want.task, member, number, request, row["assistant"])


def _item(folder: Path, task: str, member: str, number: int, request: str, answer: str) -> Item:
    part, stem = member.split("/")[0], member.split("/")[-1].removesuffix(".json")
    id_ = f"{member.removesuffix('.json')}/{number}"
    name = shown(folder, f"{ARCHIVE}/{member}")
    license_ = UNKNOWN if part in NOT_CLEARED else None
    if task == "code_qa":
        return Record(id_, TEXT, {"question": request, "answer": answer.strip()}, name, number, license_)
    asked = _LEETCODE.match(request)
    language = canonical(asked[1] if asked else stem)
    if language is None:
        return Unusable("unknown_programming_language")
    code = _only_block(answer)
    if isinstance(code, Unusable):
        return code
    fields = {"code": code, "description": request, "query": _LEETCODE.sub("", request)}
    edits: tuple[str, ...] = ()
    if task == "code_summarization":
        if _QUESTION.search(request):
            return Unusable("request_is_a_question")
        fields["summary"] = _IMPERATIVE.sub("", request).strip(_CLOSING)
        edits = ("imperative and closing mark cut off the summary",)
    return Record(id_, language, fields, name, number, license_, edits=edits)


def _only_block(answer: str) -> str | Unusable:
    """The code of the one closed fence in an answer."""
    fences = len(_FENCE.findall(answer))
    if fences > 2:
        return Unusable("several_code_blocks")
    block = _BLOCK.search(answer)
    if block is None:
        return Unusable("no_code_block" if not fences and "```" not in answer else "code_block_not_closed")
    return block[1].replace("\r\n", "\n").rstrip()


SOURCE = Source(
    name="codegpt-cn",
    title="CodeGPT (Chinese)",
    homepage="https://github.com/zxx000728/CodeGPT",
    paper="",
    citation="CodeGPT: A Code-Related Dialogue Dataset Generated by GPT and for GPT. 2023. "
    "https://github.com/zxx000728/CodeGPT",
    revision="3680412787725e0980c91e005c2b35c193093c84",
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
