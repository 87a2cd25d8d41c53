"""What a report says, in English and in Chinese; each pair is written in its own language, not translated.

say = Words("zh")
say("licenses")           # 许可证
say.number(1234)          # 1,234
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "zh")

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Report on {name}", "数据报告：{name}"),
    "lead": (
        "{rows} rows in {configs} configs from {sources} sources; {dropped} rows were dropped by the quality steps of "
        "profile {profile}. Built with mulco {version}.",
        "共 {rows} 行，{configs} 个配置，{sources} 个来源；profile {profile} 的质量步骤滤除了 {dropped} 行。"
        "由 mulco {version} 构建。",
    ),
    "incomplete": ("This build is incomplete. What was left out:", "这次构建不完整，跳过了以下内容："),
    "excerpt": (
        "This is an excerpt: at most {n} rows were taken from each upstream file.",
        "这是节选：每个上游文件最多取 {n} 行。",
    ),
    "private": (
        "This page quotes dropped rows, so it stays on this machine: mulco push publishes the pictures beside it, "
        "not the page.",
        "本页引用了被滤除的数据，因此只留在本机：mulco push 会发布旁边的图片，不会发布本页。",
    ),
    "contents": ("Contents", "目录"),
    "other": ("中文", "English"),
    "languages": ("Programming languages", "编程语言"),
    "languages_text": (
        "Rows by programming language before and after the quality steps. Rows that a recipe left out by choice are in "
        "neither.",
        "质量步骤处理前后，各编程语言的行数。按配方有意不取的行，两边都不计入。",
    ),
    "missing": (
        "{n} dropped rows that the manifest counts are not beside the build, so the state before filtering is not "
        "measured here.",
        "清单里计数的滤除行有 {n} 行不在构建目录旁边，因此过滤前的情况未测量。",
    ),
    "extra": (
        "Beside the build lie {n} dropped rows more than the manifest counts, so the state before filtering is not "
        "measured here.",
        "构建目录旁边的滤除行比清单的计数多 {n} 行，因此过滤前的情况未测量。",
    ),
    "log": ("Logarithmic scale.", "对数刻度。"),
    "rows": ("Rows", "数据行"),
    "rows_text": (
        "Each upstream item that was read became a row, or stands in one of the columns between. An item may give more "
        "than one row.",
        "读入的上游条目，要么成为一行数据，要么记在中间某一列里。一个条目也可能得到不止一行。",
    ),
    "dropped": ("Dropped rows", "滤除的数据"),
    "dropped_none": ("No step dropped a row.", "没有任何步骤滤除数据。"),
    "examples": ("Examples to read", "滤除实例"),
    "examples_text": (
        "The first {n} of each step and reason, shortened.",
        "每个步骤、每种原因取最先出现的 {n} 条，较长的文本已截短。",
    ),
    "examples_none": ("No dropped rows lie beside the build.", "构建目录旁边没有滤除的数据。"),
    "unshown": ("Not shown: the text holds what must not be passed on.", "不展示：文本中含有不应外传的内容。"),
    "repeats": ("Duplicates and contamination", "重复与评测集污染"),
    "repeats_text": (
        "What the comparing steps found. Flagged rows stay in the data and say so in their quality column.",
        "各比对步骤的发现。标出的行仍留在数据里，并在 quality 列中注明。",
    ),
    "lengths": ("Lengths", "长度"),
    "lengths_text": (
        "Characters, by task. In the picture: the answer; bar from the 25th to the 75th percentile, line from the 5th "
        "to the 95th, dot at the median.",
        "以字符计，按任务分列。图中是答案的长度：粗条为第 25 至第 75 百分位，细线为第 5 至第 95 百分位，圆点为中位数。",
    ),
    "difficulty": ("Difficulty", "难度"),
    "difficulty_text": (
        "Estimated from the code's structure: evidence, not a judgement. Shares of the rows of each task.",
        "由代码结构估计，只是依据，不是定论。图中是各任务内的占比。",
    ),
    "paradigm": ("Paradigm", "编程范式"),
    "paradigm_text": (
        "The paradigm with most evidence in the code. Shares of the rows of each programming language.",
        "代码中证据最多的范式。图中是各编程语言内的占比。",
    ),
    "licenses": ("Licences", "许可证"),
    "licenses_text": (
        "What a licence permits, as far as mulco knows; unknown permits nothing. No legal advice.",
        "许可证允许什么，以 mulco 所知为限；不明的一律视为不允许。这不构成法律意见。",
    ),
    "not_measured": ("not measured", "未测量"),
    "not_run": ("not run", "未执行"),
    "unknown": ("unknown", "不明"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "table": ("All figures", "全部数字"),
    "tables_files": ("The tables as CSV: {files}.", "各表的 CSV 文件：{files}。"),
    "of": ("{n} of {of}", "{n}/{of}"),
    "top": ("The {n} languages with most rows.", "行数最多的 {n} 种语言。"),
    "before": ("before filtering", "过滤前"),
    "after": ("after filtering", "过滤后"),
    "share": ("share of rows", "行数占比"),
    "characters": ("characters of the answer (log)", "答案的字符数（对数刻度）"),
    "rows_axis": ("rows", "行数"),
}
# Column heads, task and value names: what stands in tables and charts.
NAMES: dict[str, tuple[str, str]] = {
    "task": ("task", "任务"), "language": ("language", "语言"), "source": ("source", "来源"),
    "read": ("read", "读入"), "unusable": ("unusable", "不适用"), "malformed": ("malformed", "格式错误"),
    "dropped": ("dropped", "滤除"), "left_out": ("left out", "配方未取"), "rows": ("rows", "行数"),
    "programming_language": ("programming language", "编程语言"), "before": ("before", "过滤前"),
    "after": ("after", "过滤后"), "step": ("step", "步骤"), "reason": ("reason", "原因"),
    "configs": ("configs", "配置数"), "flagged": ("flagged", "标出"), "part": ("part", "部分"),
    "most": ("longest", "最长"), "difficulty": ("difficulty", "难度"), "paradigm": ("paradigm", "范式"),
    "license": ("licence", "许可证"), "commercial": ("commercial use", "可商用"),
    "share_alike": ("share alike", "须以相同方式共享"), "redistribution": ("copies may be passed on", "可再分发"),

    "p50": ("median", "中位数"),
    "beginner": ("beginner", "初级"), "intermediate": ("intermediate", "中级"), "advanced": ("advanced", "高级"),
    "procedural": ("procedural", "过程式"), "object-oriented": ("object-oriented", "面向对象"),
    "functional": ("functional", "函数式"), "event-driven": ("event-driven", "事件驱动"),
    "declarative": ("declarative", "声明式"), "sources": ("sources", "来源"),
    "not measured": ("not measured", "未测量"), "en": ("English", "英文"), "zh": ("Chinese", "中文"),
    "text": ("no code", "无代码"),
    "code_summarization": ("code_summarization", "代码摘要"), "code_generation": ("code_generation", "代码生成"),
    "code_search": ("code_search", "代码搜索"), "clone_detection": ("clone_detection", "克隆检测"),
    "defect_detection": ("defect_detection", "缺陷检测"), "cloze_test": ("cloze_test", "代码填空"),
    "code_completion": ("code_completion", "代码补全"), "code_repair": ("code_repair", "代码修复"),
    "code_translation": ("code_translation", "代码翻译"), "code_qa": ("code_qa", "代码问答"),
}  # fmt: skip
STEPS: dict[str, tuple[str, str]] = {
    "answers": ("empty, templated or repeating answers", "空洞、套话或反复重复的答案"),
    "length": ("too short or too long", "过短或过长"),
    "refusals": ("refusals and phrases of an assistant", "拒答和助手套话"),
    "script": ("text in another language than stated", "文字与所标语言不符"),
    "fences": ("broken code fences", "代码围栏有误"),
    "syntax": ("code that does not parse", "无法解析的代码"),
    "secrets": ("keys and personal data", "密钥和个人信息"),
    "contamination": ("problems of evaluation sets", "评测集中的题目"),
    "exact_duplicates": ("exact duplicates", "完全重复"),
    "near_duplicates": ("near duplicates", "近似重复"),
    "leaks": ("training rows that also stand in validation or test", "训练集中与验证集或测试集相同的数据"),
    "recipe": ("left out by choice", "按配方有意不取"),
}


@dataclass(frozen=True)
class Words:
    """The words of one language, `en` or `zh`."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        return self.pair(TEXTS[key]).format(**values)

    def pair(self, pair: tuple[str, str]) -> str:
        return pair[LANGUAGES.index(self.language)]

    def name(self, value: str) -> str:
        """A column, task or value as this language names it; what has no other name stays as it is."""
        return self.pair(NAMES[value]) if value in NAMES else value

    def step(self, name: str) -> str:
        return self.pair(STEPS.get(name, ("", "")))

    def number(self, value: int) -> str:
        return f"{value:,}"

    def stop(self, *parts: str) -> str:
        """Parts joined as this language joins a list."""
        return self.pair((", ", "、")).join(parts)
