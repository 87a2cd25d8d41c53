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
    "factors": ("Four factors", "四项因素"),
    "report": ("Report", "数据报告"),
    "factors_title": ("The four factors of {name}", "{name} 的四项因素"),
    "factors_title_beside": ("The four factors: {first} beside {second}", "四项因素对照：{first} 与 {second}"),
    "factors_title_several": ("The four factors of {n} data sets", "{n} 个数据集的四项因素"),
    "factors_lead": (
        "{rows} rows, measured by the four factors of the study InstructionData: domain composition, semantic "
        "diversity, complexity and task coverage. Measures are cheap stand-ins: evidence, not judgements.",
        "按 InstructionData 研究的四项因素测量了 {rows} 行数据：领域构成、语义多样性、复杂度、任务覆盖。"
        "所用的都是低成本的近似指标，可作依据，不是定论。",
    ),
    "definition": ("Definition", "定义"),
    "unit": ("Unit", "单位"),
    "reading": ("How to read it", "怎样读"),
    "compared": ("The differences", "差异"),
    "compared_text": (
        "A difference is that of {second} against {first}. Cliff's delta is the share of pairs of rows in which the "
        "row of {second} has more, less the share in which it has less: 0 where neither is ahead, 1 or −1 where the "
        "two do not overlap.",
        "差值一律是 {second} 相对于 {first}。从两边各取一行配成一对，Cliff’s delta 等于 {second} 一方较大的比例减去"
        "较小的比例：0 表示不分高低，1 或 −1 表示两者完全不重叠。",
    ),
    "compared_domain": (
        "Domain: they differ most in {domain}, {a} of the rows of {first} and {b} of those of {second} ({d} points).",
        "领域：差别最大的是{domain}，在 {first} 中占 {a}，在 {second} 中占 {b}（{d} 个百分点）。",
    ),
    "compared_diversity": (
        "Diversity: mean cosine {cosine}, Vendi score {vendi}, cluster coverage {coverage} points.",
        "多样性：平均余弦 {cosine}，Vendi 分数 {vendi}，簇覆盖率 {coverage} 个百分点。",
    ),
    "more_diverse": ("By mean cosine {name} is the more diverse.", "按平均余弦看，{name} 更多样。"),
    "compared_complexity": (
        "Complexity: {d} (rank points, of a scale from 0 to 1), Cliff's delta {delta}, which is {size}.",
        "复杂度：{d}（平均秩次，取值 0 到 1），Cliff’s delta 为 {delta}，差异{size}。",
    ),
    "compared_coverage": (
        "Task coverage: algorithmic share {share} points, entropy {entropy}; they differ most in {category} "
        "({d} points).",
        "任务覆盖：算法类占比 {share} 个百分点，熵 {entropy}；差别最大的类别是{category}（{d} 个百分点）。",
    ),
    "negligible": ("negligible", "可以忽略"),
    "small": ("small", "较小"),
    "medium": ("medium", "中等"),
    "large": ("large", "较大"),
    "domain": ("Domain composition", "领域构成"),
    "domain_is": (
        "What the rows are about: code, mathematics, or anything else.",
        "数据讲的是什么：代码、数学，还是其他内容。",
    ),
    "domain_definition": (
        "what a row is about, by its programming language, fences, look and words",
        "一行数据讲什么，由编程语言、代码围栏、文本形态和用词按规则判定",
    ),
    "domain_unit": ("share of rows", "占行数的比例"),
    "domain_read": (
        "A bar is all rows of a group; that of a whole data set comes first, its largest groups below. Thin slices are "
        "easily missed, so the table has the counts.",
        "一条表示一组数据的全部行；先是整个数据集，下面是其中最大的几组。占比很小的部分图上不易看清，行数见表。",
    ),
    "diversity": ("Semantic diversity", "语义多样性"),
    "diversity_is": (
        "How different the rows are from each other in what they say.",
        "各行数据在内容上彼此相差多少。",
    ),
    "diversity_definition": (
        "mean cosine of each row to all others; Vendi score, and clusters hit of those that all data form, both "
        "of samples of one size",
        "平均余弦：每一行与其余各行嵌入的余弦平均值，精确计算；Vendi 分数：相当于多少行互不相同的数据；簇覆盖率："
        "全部数据聚成的簇中，命中的簇所占比例。后两项都按同样大小的样本计算",
    ),
    "diversity_unit": (
        "cosine; rows, all unlike, that would be as varied; share of the clusters",
        "余弦；互不相同的行数；占簇数的比例",
    ),
    "diversity_read": (
        "A dot is a row, placed along the two directions in which the rows differ most, so rows alike lie close "
        "together. Two directions keep but a part of all differences: judge by the figures. Low cosine, high "
        "Vendi score and high coverage mean diverse data.",
        "一个点是一行数据，按差异最大的两个方向摆放，内容相近的行离得近。两个方向只保留了一部分差异，判断应以数字"
        "为准：余弦低、Vendi 分数高、簇覆盖率高，说明数据多样。",
    ),
    "map": ("Map of the rows", "数据分布图"),
    "map_alt": ("Map of the rows, points by group", "数据分布图，各组点数"),
    "map_points": (
        "{n} of {of} rows, chosen by a hash of their ids.",
        "图中有 {n} 个点，按编号的哈希值从 {of} 行中选出。",
    ),
    "map_panels": (
        "All panels have the same axes; grey is all data, colour the data of the panel.",
        "各小图坐标范围相同；灰色是全部数据，彩色是本图的数据。",
    ),
    "sample_text": (
        "Vendi score and clusters are those of {n} rows of each line below, so lines of unlike size compare; one with "
        "fewer rows has neither.",
        "Vendi 分数和簇数都按每组 {n} 行的样本计算，因此大小不同的组可以比较；不足这个行数的组没有这两项。",
    ),
    "none": ("none", "无"),
    "coverage_axis": ("share of rows with a category", "占已归类行数的比例"),
    "largest": ("The {n} largest groups.", "只画出最大的 {n} 组。"),
    "no_map": ("The rows were not embedded, so there is no map.", "没有计算嵌入，因此没有分布图。"),
    "complexity": ("Complexity", "复杂度"),
    "complexity_is": (
        "How much there is to an answer: decisions, depth and length of its code, and how little its text can be "
        "foreseen.",
        "答案有多复杂：代码里有多少判断、嵌套多深、有多长，以及文本有多难预测。",
    ),
    "complexity_definition": (
        "mean of the ranks of decisions, nesting and lines of the answer's code, and of the perplexity of its "
        "characters; ranks are joint over all data",
        "答案中代码的判断数、嵌套深度、行数，以及文本的字符困惑度（4 元模型，由另一半答案统计），四项各自排名后取"
        "平均；排名在全部数据中统一进行",
    ),
    "complexity_unit": (
        "rank from 0 to 1; counts; perplexity per character",
        "秩次，0 到 1；个数；困惑度按字符计",
    ),
    "complexity_read": (
        "Ranks are those among the data of this page, so ranks and perplexity of one page do not compare with those of "
        "another. Counts do.",
        "秩次和困惑度都只相对于本页的数据而言，不同页面的数值不能比较；判断数、层数、行数可以。",
    ),
    "complexity_groups": (
        "Colour is the group, the line the whole data set.",
        "彩色是该组，折线是整个数据集。",
    ),
    "complexity_beside": (
        "The outlines are the two data sets, the upright lines their means.",
        "两条轮廓是两个数据集，竖线是各自的平均值。",
    ),
    "complexity_alt": ("Complexity, mean", "复杂度，平均值"),
    "complexity_axis": ("complexity (rank, 0 to 1)", "复杂度（秩次，0 到 1）"),
    "quartiles": ("Quartiles", "四分位数"),
    "quartiles_text": (
        "25th percentile / median / 75th percentile. Decisions and nesting are those of rows with code that parses.",
        "表中为第 25 百分位 / 中位数 / 第 75 百分位。判断数和嵌套深度只统计含有可解析代码的行。",
    ),
    "coverage": ("Task coverage", "任务覆盖"),
    "coverage_is": (
        "Which of ten categories of programming tasks the rows belong to.",
        "数据分属十类编程任务中的哪些。",
    ),
    "coverage_definition": (
        "the study's ten categories of tasks, by words, else the nearest; ALG is the share of the first two, "
        "entropy that of the shares over that of ten equal ones",
        "该研究的十类任务，先按用词归类，归不了的取最近的类别；算法类（ALG）占比是前两类之和；熵是各类占比的熵与"
        "十类均等时的熵之比",
    ),
    "coverage_unit": (
        "share of the rows that have one",
        "占已归类行数的比例",
    ),
    "coverage_read": (
        "Entropy is 1 where all ten are equally common, and 0 where there is but one. Labels by rule are the "
        "surest: the table below says how each label was found, and how many rows have none.",
        "十类均匀时熵为 1，只有一类时为 0。按规则归类最可靠；每种方式归类了多少行、多少行未归类，见下方的表。",
    ),
    "median_of": ("{name} (median)", "{name}（中位数）"),
    "ways": ("How labels were found", "归类方式"),
    "method": ("How it was measured", "测量方法"),
    "method_text": (
        "The same data and settings give the same figures. Embeddings of two embedders never compare.",
        "数据和设置相同，结果就相同。不同嵌入模型的结果不能相互比较。",
    ),
    "percent": ("{n} %", "{n}%"),
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
    "dataset": ("data set", "数据集"), "group": ("group", "组"), "whole": ("all rows", "全部"),
    "measure": ("measure", "指标"), "difference": ("difference", "差值"), "delta": ("Cliff's delta", "Cliff’s delta"),
    "code": ("code", "代码"), "mathematics": ("mathematics", "数学"), "general": ("general", "通用"),
    "mean_cosine": ("mean cosine", "平均余弦"), "vendi": ("Vendi score", "Vendi 分数"),
    "clusters": ("clusters", "簇数"), "coverage": ("cluster coverage", "簇覆盖率"),
    "decisions": ("decisions", "判断数"), "nesting": ("nesting", "嵌套深度"), "lines": ("lines of code", "代码行数"),
    "perplexity": ("perplexity", "困惑度"), "complexity": ("complexity", "复杂度"),
    "measured": ("rows with code", "有代码的行"),
    "algorithmic": ("algorithmic (ALG)", "算法类（ALG）"), "entropy": ("entropy", "熵"),
    "unassigned": ("no category", "未归类"), "category": ("category", "类别"), "rule": ("by rule", "按规则"),
    "nearest": ("nearest", "取最近"), "model": ("by a model", "由模型"),
    "setting": ("setting", "设置"), "value": ("value", "值"),
    "version": ("mulco", "mulco"), "embedder": ("embedding", "嵌入方式"), "sample": ("rows of a sample", "样本行数"),
    "by": ("grouped by", "分组依据"), "split": ("split", "数据划分"), "limit": ("rows read at most", "读取行数上限"),
    "seed": ("seed", "随机种子"), "labels": ("categories by", "归类依据"), "rules": ("rules", "规则"),
    "domain": ("domain", "领域"), "share": ("share", "占比"),
    "Algorithmic & Data Structure": ("Algorithmic & Data Structure", "算法与数据结构"),
    "Mathematical & Computational": ("Mathematical & Computational", "数学与计算"),
    "Database & SQL": ("Database & SQL", "数据库与 SQL"),
    "System Design & Architecture": ("System Design & Architecture", "系统设计与架构"),
    "Web Development": ("Web Development", "Web 开发"),
    "Data Science & Machine Learning": ("Data Science & Machine Learning", "数据科学与机器学习"),
    "Performance Optimization": ("Performance Optimization", "性能优化"),
    "User Interface & Application Design": ("User Interface & Application Design", "界面与应用设计"),
    "Domain-Specific": ("Domain-Specific", "特定领域"),
    "Security & Cryptography": ("Security & Cryptography", "安全与密码学"),
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
