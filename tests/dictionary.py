"""A translator for tests that is a fixed dictionary and says so: word for word, as they stand, without a model.

    Server(answer=translate)      # answers the requests of mulco synth for a translation from English into Chinese

Its Chinese is set as Chinese is set, and every placeholder is kept; that is all that can be said for it. A word that it
does not know becomes one of a few nouns, chosen by a hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

# fmt: off
WORDS = {
    "a": "", "an": "", "the": "", "of": "的", "and": "和", "or": "或", "to": "到", "for": "用于", "from": "来自",
    "in": "在",
    "is": "是", "are": "是", "if": "如果", "with": "带", "by": "由", "not": "不", "all": "所有",
    "each": "每个",
    "this": "此", "that": "那", "return": "返回", "returns": "返回", "get": "获取", "gets": "获取",
    "set": "设置",
    "sets": "设置", "add": "添加", "adds": "添加", "remove": "移除", "create": "创建", "creates": "创建", "new": "新",
    "value": "值", "values": "值", "list": "列表", "string": "字符串", "file": "文件", "files": "文件", "path": "路径",
    "name": "名称", "key": "键", "function": "函数", "method": "方法", "class": "类", "object": "对象", "array": "数组",
    "check": "检查", "checks": "检查", "whether": "是否", "given": "指定", "read": "读取", "write": "写入",
    "data": "数据",
    "number": "数字", "error": "错误", "user": "用户", "request": "请求", "response": "响应",
    "node": "节点",
    "convert": "转换", "parse": "解析", "load": "加载", "save": "保存", "find": "查找", "default": "默认",
    "type": "类型",
    "token": "token", "tokens": "token", "commit": "commit", "commits": "commit",
}
# fmt: on
NOUNS = ("事物", "部分", "内容", "结果", "状态", "元素", "记录", "步骤", "目标", "条件", "选项", "位置", "范围", "标记")
MARKS = {".": "。", ",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}


def translate(body: dict[str, Any]) -> str:
    """The answer to one request, in the shape that it asks for; what asks for no translation gets a word."""
    if not body["messages"][-1]["content"].startswith('{"data_'):
        return "红色"
    return json.dumps({"text": into_chinese(text_of(body))}, ensure_ascii=False)


def text_of(body: dict[str, Any]) -> str:
    """The text, with placeholders, that a request shows."""
    [data] = json.loads(body["messages"][-1]["content"]).values()
    return str(data["text"])


def into_chinese(text: str) -> str:
    """Word for word, line by line."""
    return "\n".join(_line(line) for line in text.split("\n")).strip()


def _line(line: str) -> str:
    pieces: list[str] = []
    for piece in re.findall(r"⟦\d+⟧|[A-Za-z]+(?:'[a-z]+)?|[.,;:?!()](?=\s|$|\()|\(|\d+", line):
        word = MARKS.get(piece) or WORDS.get(piece.lower())
        if word is None:
            known = piece.startswith("⟦") or piece.isdigit()
            number = hashlib.blake2b(piece.lower().encode(), digest_size=4).digest()
            word = piece if known else NOUNS[int.from_bytes(number, "big") % len(NOUNS)]
        if word:
            pieces.append(word)
    made = ""
    for piece in pieces:
        apart = made and not _closed(made[-1]) and not _closed(piece[0]) and (_latin(made[-1]) or _latin(piece[0]))
        made += (" " if apart else "") + piece
    return made


def _latin(character: str) -> bool:
    return character.isascii() or character in "⟦⟧"


def _closed(character: str) -> bool:
    return character in "。，；：？！（）"
