"""Chinese prose about code: its typography, its script and its terms, as rules that any text can be held to.

    faults("用Java写一个函数.")     # [("final full stop", ...), ("no space at Han/Latin", ...)]

Code, masks, slots and addresses are passed over. `TERMS` are the terms a translation has to use.
"""

from __future__ import annotations

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff"  # for a character class
# Not prose: fenced and inline code, masks of a translation, slots, <mask>, addresses. They count as Latin text.
CODE = re.compile(rf"```.*?```|`[^`\n]*`|⟦\d+⟧|\{{\w+\}}|<\w+>|https?://[^\s{HAN}]*[\w/]", re.S)

TYPOGRAPHY = {
    "half-width mark": rf"(?<=[{HAN}）”」\x00])[,;:!?]|[,;:!?](?=[{HAN}]|\s*$)",
    "final full stop": r"(?<!\.)\.(?=\s*(?:$|\n))",
    "no space at Han/Latin": rf"[{HAN}][A-Za-z0-9\x00]|[A-Za-z0-9+#\x00][{HAN}]",
    "space between Han": rf"(?<=[{HAN}]) +(?=[{HAN}])|  +",
    "space at full-width mark": r"[ \t][，。：；？！、（）“”]|[，。：；？！、（）“”][ \t]",
    "half-width bracket": rf"\([^()]*[{HAN}][^()]*\)|(?<=[{HAN}])\(",
    "quotes": rf"[“”][^「」]*[「」]|[「」][^“”]*[“”]|[{HAN}]\s*[\"']|[\"']\s*[{HAN}]",
}
# A form that must not stand in Chinese text -> the glossary's term. 检索 beside 搜索 is allowed.
GLOSSARY = {
    "代码(?:总结|概括)": "代码摘要",
    "代码产生": "代码生成",
    "代码搜寻": "代码搜索",
    "(?:克隆|复制)(?:探测|识别|侦测)|复制检测": "克隆检测",
    "缺陷(?:探测|侦测|识别)": "缺陷检测",
    "(?:代码|程序)(?:修理|维修)": "代码修复",
    "代码(?:转译|互译)": "代码翻译",
    "完型填空|填空测试|完形测试": "完形填空",
    "代码(?:补齐|续全)|自动完成": "代码补全",
    "指令(?:调整|调优|精调)": "指令微调",
    "空指针(?:引用|取消引用|间接引用)|解引用空指针": "空指针解引用",
    "(?:出界|越过边界|超出边界)访问|数组出界": "数组越界",
    "内存(?:泄露|泄密|漏泄)": "内存泄漏",
    "拉取请求|合并请求": "pull request",
    "令牌|词元": "token",
    "提交(?:信息|消息|说明|记录|注释)": "commit",
    "代码(?:片断|碎片)": "代码片段",
}
_TYPOGRAPHY = {name: re.compile(rule) for name, rule in TYPOGRAPHY.items()}
_FORMS = re.compile("|".join(GLOSSARY))
# English term -> the Chinese one. Where it stands in a text, it has to stand in the translation.
TERMS = {
    "code summarization": "代码摘要",
    "code generation": "代码生成",
    "code search": "代码搜索",
    "clone detection": "克隆检测",
    "defect detection": "缺陷检测",
    "code repair": "代码修复",
    "code translation": "代码翻译",
    "code completion": "代码补全",
    "cloze test": "完形填空",
    "instruction tuning": "指令微调",
    "null pointer dereference": "空指针解引用",
    "out-of-bounds": "越界",
    "memory leak": "内存泄漏",
    "pull request": "pull request",
    "token": "token",
    "commit": "commit",
}


def faults(text: str) -> list[tuple[str, str]]:
    """(rule, where) for each fault of a Chinese text in typography, script and terms; code is passed over."""
    prose = CODE.sub("\x00", text)
    found = [(name, around(prose, m)) for name, rule in _TYPOGRAPHY.items() if (m := rule.search(prose))]
    for character in sorted(set(prose)):
        if "\u3400" <= character <= "\u9fff" and not character.encode("gb2312", "ignore"):
            found.append(("simplified", f"{character!r} is not in GB 2312: traditional or rare"))
    for form, term in GLOSSARY.items() if _FORMS.search(prose) else ():
        if m := re.search(form, prose):
            found.append(("glossary", f"{m[0]!r}: the term is {term}"))
    return found


def around(text: str, m: re.Match[str]) -> str:
    """What was found, with a little of what stands around it."""
    return repr(text[max(0, m.start() - 6) : m.end() + 6].replace("\x00", "{}"))
