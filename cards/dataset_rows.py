"""The sections of a dataset card about its rows: what they are, how to load them, configs, one row each, columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mulco.cards.facts import DatasetCard, is_contamination
from mulco.cards.header import STARTER
from mulco.cards.licenses import linked
from mulco.cards.page import Page
from mulco.cards.readme import COLUMNS_ZH, TASKS_ZH
from mulco.cards.run import HERE
from mulco.catalog import JOINED, catalog
from mulco.row import SCHEMA
from mulco.source import SPLITS

PICTURES = ("assets", "report")  # folders of a built folder whose pictures the card shows
MAX_PICTURES = 10  # those of a report and of its page of factors
LANGUAGES = {"en": ("English", "英文"), "zh": ("Chinese", "中文")}
IS_CODE = {  # the parts that are nothing but code in `programming_language`, by task
    "input": ("code_summarization", "defect_detection", "cloze_test", "code_completion", "code_repair"),
    "output": ("code_generation", "code_completion", "code_repair", "code_translation"),
}
FENCES = {"c#": "csharp", "c++": "cpp"}  # names that fenced code goes by elsewhere


def what(card: DatasetCard) -> None:
    page, manifest = card.page, card.manifest
    rows, configs, sources = (page.number(n) for n in (manifest.rows(), len(manifest.configs), len(card.used)))
    languages = [LANGUAGES[name] for name in sorted({facts["language"] for facts in manifest.configs.values()})]
    version = page.quote(manifest.version)
    page.add("# mulco", "", page.say("English | [简体中文](README_zh.md)", "[English](README.md) | 简体中文"), "")
    page.tell(
        f"Instruction rows for code models in {' and '.join(en for en, _ in languages)}: {rows} rows in {configs} "
        f"configs from {sources} {'source' if len(card.used) == 1 else 'sources'}, built with mulco {version}. "
        "Every row names its upstream item, its licence and its wording.",
        f"面向代码模型的{'和'.join(zh for _, zh in languages)}指令数据：{rows} 行，{configs} 个配置，"
        f"{sources} 个来源，由 mulco {version} 构建。每一行都注明上游条目、许可证和所用的模板。",
    )
    if set(card.used) == {STARTER}:
        page.tell(
            "**This is the starter corpus only**: a small sample written for the project. A model trained on it "
            "has seen a few dozen functions, not the real data.",
            "**这里只有自带语料**，也就是为本项目专门编写的一份小样本。"
            "用它训练的模型只见过几十个函数，没有见过真实数据。",
        )
    limits = {facts["limit"] for facts in manifest.configs.values() if facts["limit"]}
    if limits:
        most = page.number(max(limits))
        page.tell(
            f"**This is an excerpt**: at most {most} rows were taken from each upstream file.",
            f"**这是节选**：每个上游文件最多取 {most} 行。",
        )
    if manifest.problems:
        page.tell("**This build is incomplete.** What was left out:", "**这次构建不完整。**跳过的内容：")
        problems = [problem for of_config in manifest.problems.values() for problem in of_config]
        page.add(*(f"- {page.quote(problem)}" for problem in dict.fromkeys(problems)), "")


def load(card: DatasetCard) -> None:
    page, configs = card.page, card.manifest.configs
    config = next((name for name in ("code_search_zh", "code_search_en", *configs) if name in configs), "")
    split = next(iter(configs[config]["splits"])) if config else "train"
    page.section("How to load it", "怎样加载")
    here = card.name == HERE  # datasets takes no "." for a name
    where = "os.getcwd()" if here else f'"{card.name}"'
    comment = page.say("  # run in this folder", "  # 在本目录下运行") if here else ""
    program = [
        *(["import os", ""] if here else []),
        "from datasets import load_dataset",
        "",
        f'rows = load_dataset({where}, "{config}", split="{split}"){comment}',
        'print(rows[0]["instruction"], rows[0]["input"], rows[0]["output"], sep="\\n\\n")',
    ]
    page.code("python", "\n".join(program))
    languages = {facts["language"] for facts in configs.values()}
    joined = page.join(f"`{name}`" for name, of in JOINED.items() if languages & set(of))
    page.tell(
        f"Only `datasets` is needed, not mulco; `streaming=True` works as well. {joined} join the configs.",
        f"只需要 `datasets`，不必安装 mulco；`streaming=True` 同样可用。{joined} 把各个配置合在一起。",
    )


def configs(card: DatasetCard) -> None:
    page = card.page
    page.section("Configs", "配置")
    page.tell(
        "A config is `<task>_<language>`, the language being that of the instruction.",
        "配置名的格式是 `<task>_<language>`，其中的语言指指令所用的语言。",
    )
    head = page.say(
        "config|input to output|contamination|train|validation|test",
        "配置|输入 → 输出|评测集污染|训练集|验证集|测试集",
    )
    page.table(head.split("|"), (_config(card, name) for name in card.manifest.configs), right=3)


def _config(card: DatasetCard, name: str) -> list[str]:
    task = card.manifest.configs[name]["task"]
    title = catalog().tasks[task].title if task in catalog().tasks else task
    numbers = [card.page.number(card.manifest.rows(name, split)) for split in SPLITS]
    return [f"`{name}`", card.page.say(title, TASKS_ZH.get(task, task)), _badge(card, name), *numbers]


def _badge(card: DatasetCard, config: str) -> str:
    """What the contamination steps found in one config."""
    page = card.page
    steps = [step["name"] for step in card.steps_of(config) if is_contamination(step["name"])]
    if not steps:
        return str(page.say("not measured", "未检测"))
    entries = [entry for entry in card.manifest.counts if entry["config"] == config]
    dropped = sum(n for entry in entries for step in steps for n in entry["dropped"].get(step, {}).values())
    flagged = sum(n for entry in entries for flag, n in entry.get("flagged", {}).items() if is_contamination(flag))
    found = []
    if dropped:
        found.append(page.say(f"{page.number(dropped)} dropped", f"滤除 {page.number(dropped)} 行"))
    if flagged:
        found.append(page.say(f"{page.number(flagged)} flagged", f"标出 {page.number(flagged)} 行"))
    return str(page.join(found) or page.say("checked, none found", "已检测，未发现"))


def examples(card: DatasetCard) -> None:
    page = card.page
    page.section("One row of each config", "每个配置的一行", level=3)
    page.tell(
        "The first row that may be passed on and is short enough to read.",
        "取第一条允许再分发且篇幅不长的数据。",
    )
    for config, row in card.rows.items():
        if row is None:
            page.tell(
                f"`{config}`: no row is shown, for none may be passed on.",
                f"`{config}`：没有一行允许再分发，因此不展示。",
            )
        else:
            _example(page, config, row)


def _example(page: Page, config: str, row: dict[str, Any]) -> None:
    language = row["programming_language"]
    page.add(f"<details><summary><code>{config}</code></summary>", "")
    page.add(f"`{row['id']}`{page.say(', ', '，')}{linked(page, row['license'])}")
    for part in ("instruction", "input", "output"):
        if not row[part]:
            continue
        page.add("", f"**{part}**")
        page.code(FENCES.get(language, language) if row["task"] in IS_CODE.get(part, ()) else "text", row[part])
        if row["cut"].get(part):
            lines = page.number(row["cut"][part])
            page.tell(f"({lines} more lines)", f"（后面还有 {lines} 行）")
    page.add("</details>", "")


def pictures(card: DatasetCard) -> None:
    found = [
        path.relative_to(card.folder).as_posix()
        for name in PICTURES
        for path in sorted((card.folder / name).glob("*"))
        if path.suffix in (".png", ".svg")
    ]
    if found:
        card.page.section("Pictures", "图")
        for path in found[:MAX_PICTURES]:
            title = Path(path).stem.replace("-", " ").replace("_", " ")
            card.page.add(f"![{card.page.quote(title)}]({path.replace(' ', '%20')})", "")


def columns(card: DatasetCard) -> None:
    page = card.page
    page.section("Columns", "各列")
    page.tell("Every column is a string; JSON stands in plain strings.", "每一列都是字符串，JSON 也存成字符串。")
    described = SCHEMA["properties"].items()
    rows = ([f"`{name}`", page.say(rules["description"], COLUMNS_ZH[name])] for name, rules in described)
    page.table(page.say("column|meaning", "列|含义").split("|"), rows)
