"""The dataset card: README.md, README_zh.md and LICENSE.md of a built folder, from its manifest and one row a config.

    write_card(Path("out/mulco"), Manifest.load(Path("out/mulco")))

Every figure comes from the manifest; what no step measured is called not measured. `render` gives the same texts
without writing, which is how `cards.check` finds what was altered by hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from mulco.cards.examples import example
from mulco.cards.header import STARTER, content, front_matter, header, used_sources
from mulco.cards.licenses import consequences, license_table, linked, ordered
from mulco.cards.page import CARDS, LICENSE, Page, write_text
from mulco.cards.readme import COLUMNS_ZH, TASKS_ZH
from mulco.catalog import JOINED, catalog
from mulco.identity import digest
from mulco.languages import display
from mulco.manifest import Manifest
from mulco.row import SCHEMA
from mulco.source import SPLITS

HERE = "."  # the name a card loads its rows by, while it has none on the Hub
PICTURES = ("assets", "report")  # folders of a built folder whose pictures the card shows
MAX_PICTURES = 6
IS_CODE = {  # the parts that are nothing but code in `programming_language`, by task
    "input": ("code_summarization", "defect_detection", "cloze_test", "code_completion", "code_repair"),
    "output": ("code_generation", "code_completion", "code_repair", "code_translation"),
}
MOST = 5  # how many of a ranking are named


def write_card(folder: Path, manifest: Manifest, prefix: str = "", name: str = HERE) -> None:
    """Write the cards into a built folder; `prefix` leads from them to the rows, `name` is what `load_dataset` takes."""
    for file, page in render(folder, manifest, prefix, name).items():
        write_text(folder / file, page.text)


def render(folder: Path, manifest: Manifest, prefix: str = "", name: str = HERE) -> dict[str, Page]:
    """The pages of a built folder by file name; without LICENSE.md where the rows lie elsewhere (`prefix`)."""
    rows = {config: example(folder / prefix, facts) for config, facts in manifest.configs.items()}
    pages = {}
    for file, language in CARDS.items():
        page = pages[file] = Page(language)
        if language == "en":
            page.add(front_matter(header(manifest, prefix)).rstrip("\n"), "")
        _Card(page, folder, manifest, prefix, name, rows).write()
    if not prefix:
        pages[LICENSE] = license_page(manifest)
    return pages


def license_page(manifest: Manifest) -> Page:
    """LICENSE.md: the licences of the rows, and what each source says of its own, in its words."""
    page = Page("en")
    page.add("# Licences", "", "Each row keeps the licence of its upstream item, in the column `license`. "
             "This page is no legal advice.", "", "每一行沿用其上游条目的许可证，写在 `license` 列里。本页不构成法律意见。", "")  # fmt: skip
    license_table(page, manifest.total("licenses"))
    page.section("Sources", "来源")
    for source, facts in used_sources(manifest).items():
        page.section(page.quote(facts["title"]), "", level=3)
        counts = ordered(manifest.total("licenses", source=source))
        page.add(f"- Source as a whole: {page.link(facts['license'], facts['license_url'])}")
        page.add("- Its rows: " + ", ".join(f"{linked(page, name)} {page.number(rows)}" for name, rows in counts))
        page.add(*(f"- Upstream: {page.quote(statement)}" for statement in facts["license_statements"]))
    return page


class _Card:
    """The sections of one page, in the order of the page."""

    def __init__(
        self, page: Page, folder: Path, manifest: Manifest, prefix: str, name: str, rows: dict[str, Any]
    ) -> None:
        self.page, self.folder, self.manifest, self.prefix, self.name, self.rows = (
            page, folder, manifest, prefix, name, rows,
        )  # fmt: skip
        self.used = used_sources(manifest)
        self.steps = {
            step["name"]: step
            for step in [s for facts in manifest.configs.values() for s in facts.get("steps", ())]
            + list(getattr(manifest, "steps", ()))
        }

    def write(self) -> None:
        self.what()
        self.load()
        self.configs()
        self.examples()
        self.pictures()
        self.columns()
        self.sources()
        self.licenses()
        self.making()
        self.filtering()
        self.contamination()
        self.quality()
        self.personal_data()
        self.rebuild()
        self.citation()

    def what(self) -> None:
        page, manifest = self.page, self.manifest
        rows, configs, sources = (page.number(n) for n in (manifest.rows(), len(manifest.configs), len(self.used)))
        languages = {facts["language"] for facts in manifest.configs.values()}
        en = {"en": "English", "zh": "Chinese"}
        zh = {"en": "英文", "zh": "中文"}
        version = page.quote(manifest.version)
        page.add("# mulco", "", page.say("English | [简体中文](README_zh.md)", "[English](README.md) | 简体中文"), "")
        page.add(
            page.say(
                f"Instruction rows for code models in {' and '.join(en[name] for name in sorted(languages))}: "
                f"{rows} rows in {configs} configs from {sources} {'source' if len(self.used) == 1 else 'sources'}, "
                f"built with mulco {version}. Every row names its upstream item, its licence and its wording.",
                f"面向代码模型的{'和'.join(zh[name] for name in sorted(languages))}指令数据：{rows} 行，{configs} 个配置，"
                f"{sources} 个来源，由 mulco {version} 构建。每一行都注明上游条目、许可证和所用的模板。",
            ),
            "",
        )
        if set(self.used) == {STARTER}:
            page.add(
                page.say(
                    "**This is the starter corpus only**: a small sample written for the project. A model trained on "
                    "it has seen a few dozen functions, not the real data.",
                    "**这里只有自带语料**，也就是为本项目专门编写的一份小样本。用它训练的模型只见过几十个函数，没有见过真实数据。",
                ),
                "",
            )
        limits = {facts["limit"] for facts in manifest.configs.values() if facts["limit"]}
        if limits:
            most = page.number(max(limits))
            page.add(
                page.say(
                    f"**This is an excerpt**: at most {most} rows were taken from each upstream file.",
                    f"**这是节选**：每个上游文件最多取 {most} 行。",
                ),
                "",
            )
        if manifest.problems:
            page.add(
                page.say("**This build is incomplete.** What was left out:", "**这次构建不完整。**跳过的内容："), ""
            )
            problems = [problem for of_config in manifest.problems.values() for problem in of_config]
            page.add(*(f"- {page.quote(problem)}" for problem in dict.fromkeys(problems)), "")

    def load(self) -> None:
        page = self.page
        config = next((c for c in ("code_search_zh", "code_search_en") if c in self.manifest.configs), None)
        config = config or next(iter(self.manifest.configs), "")
        split = next(iter(self.manifest.configs.get(config, {"splits": {"train": {}}})["splits"]))
        page.section("How to load it", "怎样加载")
        here = page.say('  # "." is this folder', '  # "." 就是本目录') if self.name == HERE else ""
        page.code(
            "python",
            f'from datasets import load_dataset\n\nrows = load_dataset("{self.name}", "{config}", split="{split}"){here}\n'
            'print(rows[0]["instruction"], rows[0]["input"], rows[0]["output"], sep="\\n\\n")',
        )
        joined = [name for name, of in JOINED.items() if any(f["language"] in of for f in self.manifest.configs.values())]
        names = page.join(f"`{name}`" for name in joined)
        page.add(
            page.say(
                f"Only `datasets` is needed, not mulco; `streaming=True` works as well. {names} join the configs.",
                f"只需要 `datasets`，不必安装 mulco；`streaming=True` 同样可用。{names} 把各个配置合在一起。",
            )
        )

    def configs(self) -> None:
        page = self.page
        page.section("Configs", "配置")
        page.add(
            page.say(
                "A config is `<task>_<language>`, the language being that of the instruction.",
                "配置名的格式是 `<task>_<language>`，其中的语言指指令所用的语言。",
            )
        )
        head = page.say("config|input to output|contamination|train|validation|test",
                        "配置|输入 → 输出|评测集污染|训练集|验证集|测试集")  # fmt: skip
        page.table(head.split("|"), (self._config_row(name) for name in self.manifest.configs), right=3)

    def _config_row(self, name: str) -> list[str]:
        task = self.manifest.configs[name]["task"]
        title = self.page.say(catalog().tasks[task].title if task in catalog().tasks else task, TASKS_ZH.get(task, task))
        numbers = [self.page.number(self.manifest.rows(name, split)) for split in SPLITS]
        return [f"`{name}`", title, self._badge(name), *numbers]

    def examples(self) -> None:
        page = self.page
        page.section("One row of each config", "每个配置的一行", level=3)
        page.add(
            page.say(
                "The first row that may be passed on and is short enough to read.",
                "取第一条允许再分发且篇幅不长的数据。",
            ),
            "",
        )
        for config, row in self.rows.items():
            if row is None:
                page.add(
                    page.say(
                        f"`{config}`: no row is shown, for none looked at may be passed on.",
                        f"`{config}`：查看过的行都不允许再分发，因此不展示。",
                    ),
                    "",
                )
                continue
            page.add(f"<details><summary><code>{config}</code></summary>", "")
            page.add(f"`{row['id']}`{page.say(', ', '，')}{linked(page, row['license'])}")
            language = row["programming_language"].replace("c#", "csharp").replace("c++", "cpp")
            for part, text in self._parts(row):
                page.add("", f"**{part}**")
                page.code(language if row["task"] in IS_CODE.get(part, ()) else "text", text)
                if row["cut"].get(part):
                    lines = page.number(row["cut"][part])
                    page.add(page.say(f"({lines} more lines)", f"（后面还有 {lines} 行）"), "")
            page.add("</details>", "")

    @staticmethod
    def _parts(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        yield "instruction", row["instruction"]
        if row["input"]:
            yield "input", row["input"]
        yield "output", row["output"]

    def pictures(self) -> None:
        found = [
            path.relative_to(self.folder).as_posix()
            for name in PICTURES
            for path in sorted((self.folder / name).glob("*"))
            if path.suffix in (".png", ".svg")
        ]
        if found:
            self.page.section("Pictures", "图")
            for path in found[:MAX_PICTURES]:
                alt = Path(path).stem.replace("-", " ").replace("_", " ")
                self.page.add(f"![{self.page.quote(alt)}]({path.replace(' ', '%20')})", "")

    def columns(self) -> None:
        page = self.page
        page.section("Columns", "各列")
        page.add(page.say("Every column is a string; JSON stands in plain strings.", "每一列都是字符串，JSON 也存成字符串。"))
        rows = (
            [f"`{name}`", page.say(rules["description"], COLUMNS_ZH[name])]
            for name, rules in SCHEMA["properties"].items()
        )
        page.table(page.say("column|meaning", "列|含义").split("|"), rows)

    def sources(self) -> None:
        page = self.page
        page.section("Sources", "来源")
        head = page.say("source|revision|licence|text by|rows", "来源|版本|许可证|文字出自|行数")
        page.table(
            head.split("|"),
            (
                [
                    page.link(facts["title"], facts["homepage"]),
                    f"`{facts['revision']}`",
                    page.link(facts["license"], facts["license_url"]),
                    self._written_by(facts),
                    page.number(self.manifest.rows(source=name)),
                ]
                for name, facts in self.used.items()
            ),
            right=1,
        )
        page.add(
            page.say(
                "Splits are upstream's own; where it has none, a stable hash keeps what belongs together in one split.",
                "划分沿用上游；上游没有划分的，按稳定的哈希切分，彼此相关的条目总在同一个划分里。",
            )
        )

    def _written_by(self, facts: dict[str, Any]) -> str:
        words = {
            "upstream": self.page.say("upstream", "上游"),
            "person": self.page.say("a person", "人"),
            "model": self.page.say("a model", "模型"),
        }
        by = facts.get("written_by", {})
        texts = {part: words.get(by[part], by[part]) for part in ("input", "output") if part in by}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        return self.page.join(f"{part}: {text}" for part, text in texts.items()) or self.page.say("not stated", "未注明")

    def licenses(self) -> None:
        page, licenses = self.page, self.manifest.total("licenses")
        page.section("Licences", "许可证")
        page.add(
            page.say(
                "Each row carries its own licence in the column `license`.", "每一行的许可证写在 `license` 列里。"
            )
            + (
                ""
                if self.prefix
                else page.say(
                    f" What upstream itself says stands in [{LICENSE}]({LICENSE}).",
                    f"上游自己的说法见 [{LICENSE}]({LICENSE})。",
                )
            )
        )
        license_table(page, licenses)
        page.add(*(f"- {sentence}" for sentence in consequences(page, licenses)))

    def making(self) -> None:
        page, manifest = self.page, self.manifest
        page.section("How the rows were made", "数据怎样生成")
        page.add(
            page.say(
                "- An upstream item becomes a row when one of the wordings of its task is filled with it. A stable hash "
                "of the item's id chooses the wording; validation and test have wordings of their own. `template` names "
                "the wording, `provenance` the upstream file and line and who wrote each part.",
                "- 上游的一个条目填入该任务的某个模板，就成为一行。用哪个模板由条目 id 的稳定哈希决定；验证集和测试集另有自己的模板。"
                "`template` 列记录模板，`provenance` 列记录上游文件、行号和各部分由谁写成。",
            )
        )
        by_model = {n: f for n, f in self.used.items() if "model" in f.get("written_by", {}).values()}
        if by_model:
            rows = page.number(sum(manifest.rows(source=name) for name in by_model))
            page.add(
                page.say(
                    f"- {rows} rows hold text that a model wrote, as upstream states:",
                    f"- 有 {rows} 行含有模型写的文字，上游的说法如下：",
                )
            )
            for facts in by_model.values():
                said = [text for text in facts["license_statements"] if "enerated" in text]
                words = page.quote(" ".join(said)) or page.say("which model is not stated", "未说明是哪个模型")
                page.add(f"  - {page.quote(facts['title'])}{page.say(': ', '：')}{words}")
        chinese = {name: facts for name, facts in manifest.configs.items() if facts["language"] == "zh"}
        if chinese:
            tasks = catalog().tasks
            bound = [n for n, f in chinese.items() if f["task"] in tasks and tasks[f["task"]].text_bound]
            text = sum(manifest.rows(name) for name in bound)
            wording = sum(manifest.rows(name) for name in chinese) - text
            page.add(
                page.say(
                    f"- Of the Chinese rows, {page.number(text)} belong to tasks about text and carry Chinese text of "
                    f"their source; in {page.number(wording)} the code is that of the English config, and only wording "
                    "and labels are Chinese.",
                    f"- 中文数据里，有 {page.number(text)} 行属于离不开文字的任务，文字是来源中的中文；"
                    f"另有 {page.number(wording)} 行的代码与英文配置相同，只有模板和标签是中文。",
                )
            )
        recipes = [name for name, facts in manifest.configs.items() if facts.get("recipe")]
        if recipes:
            page.add(
                page.say(
                    "- A recipe chose the training rows: its cells, with what they asked for and got, are in "
                    "`manifest.json`.",
                    "- 训练数据按配方选取：每一格要了多少、得到多少，都记在 `manifest.json` 里。",
                )
            )

    def filtering(self) -> None:
        page, counts = self.page, self.manifest.counts
        page.section("What was left out", "滤除了什么")
        profiles = sorted({facts["profile"] for facts in self.manifest.configs.values()})
        names = page.join(f"`{name}`" for name in profiles)
        if any(entry["dropped"] for entry in counts) or self.steps or profiles != ["none"]:
            page.add(page.say(f"Profile of quality steps: {names}.", f"质量步骤的方案：{names}。"))
        else:
            page.add(
                page.say(
                    f"No quality step ran (profile {names}): duplicates and poor rows of upstream are in the rows.",
                    f"没有运行质量步骤（方案 {names}），上游的重复数据和低质量数据都还在里面。",
                )
            )
        page.add(
            "",
            page.say(
                "Unusable items are sound but of no use to the task; malformed ones break their format. An item of "
                "`code_translation` can give a row in each direction.",
                "不可用的条目本身没有问题，只是这个任务用不上；格式错误的条目不符合自身的格式。"
                "`code_translation` 的一个条目可以在两个方向上各成一行。",
            ),
        )
        head = page.say("config|items read|unusable|malformed|rows dropped|rows kept",
                        "配置|读取条目|不可用|格式错误|滤除行数|保留行数")  # fmt: skip
        page.table(head.split("|"), (self._left_out(name) for name in self.manifest.configs), right=5)
        reasons = sorted(_reasons(counts).items(), key=lambda pair: (-pair[1], pair[0]))
        head = page.say("by|reason|count", "由谁|原因|数量")
        kinds = {"": page.say("the task", "任务")}
        page.table(
            head.split("|"),
            ([kinds.get(step, f"`{step}`"), f"`{reason}`", page.number(n)] for (step, reason), n in reasons),
            right=1,
        )
        if self.steps:
            page.add(page.say("Steps and their settings:", "各步骤及其设置："), "")
            for name, step in self.steps.items():
                settings = json.dumps(step.get("settings", {}), ensure_ascii=False)
                page.add(f"- `{name}`" + (f" `{settings}`" if settings != "{}" else ""))

    def _left_out(self, config: str) -> list[str]:
        entries = [entry for entry in self.manifest.counts if entry["config"] == config]
        unusable = sum(sum(entry["unusable"].values()) for entry in entries)
        dropped = sum(n for entry in entries for reasons in entry["dropped"].values() for n in reasons.values())
        numbers = (_sum(entries, "read"), unusable, _sum(entries, "malformed"), dropped, _sum(entries, "rows"))
        return [f"`{config}`", *map(self.page.number, numbers)]

    def contamination(self) -> None:
        page = self.page
        page.section("Contamination", "评测集污染")
        steps = [name for name in self.steps if _is_contamination(name)]
        if not steps:
            page.add(
                page.say(
                    "Not measured: no step compared the rows with evaluation sets.",
                    "未检测：没有步骤把这里的数据与评测集比对过。",
                )
            )
            return
        names = page.join(f"`{name}`" for name in steps)
        page.add(
            page.say(
                f"The rows were compared with evaluation sets by {names}; the settings above say with which. A row that "
                "repeats a problem is dropped, one that only resembles it is flagged in `quality` and stays.",
                f"{names} 把这里的数据与评测集做了比对，比对了哪些见上面的设置。与题目重复的行已滤除，只是相似的行保留，"
                "并在 `quality` 列里标出。",
            )
        )

    def _badge(self, config: str) -> str:
        """What the contamination steps found in one config."""
        page = self.page
        ran = {step["name"] for step in self.manifest.configs[config].get("steps", ())} or set(self.steps)
        steps = [name for name in ran if _is_contamination(name)]
        if not steps:
            return page.say("not measured", "未检测")
        entries = [entry for entry in self.manifest.counts if entry["config"] == config]
        dropped = sum(n for e in entries for step in steps for n in e["dropped"].get(step, {}).values())
        flagged = sum(n for e in entries for flag, n in e.get("flagged", {}).items() if _is_contamination(flag))
        found = [
            page.say(f"{page.number(dropped)} dropped", f"滤除 {page.number(dropped)} 行") if dropped else "",
            page.say(f"{page.number(flagged)} flagged", f"标出 {page.number(flagged)} 行") if flagged else "",
        ]
        return page.join(part for part in found if part) or page.say("checked, none found", "已检测，未发现")

    def quality(self) -> None:
        page, manifest = self.page, self.manifest
        total = manifest.rows()
        page.section("Quality and bias", "质量与偏差")
        languages = manifest.total("programming_languages").most_common()
        ranked = page.join(f"{page.quote(display(name))} {page.share(n, total)}" for name, n in _top(languages))
        sources = Counter({name: manifest.rows(source=name) for name in self.used}).most_common()
        largest = page.join(
            f"{page.quote(manifest.sources[name]['title'])} {page.share(n, total)}" for name, n in _top(sources)
        )
        page.add(
            page.say(
                f"- Programming languages, by rows: {ranked}{' and others' if len(languages) > MOST else ''}.",
                f"- 编程语言（按行数）：{ranked}{'，以及其他' if len(languages) > MOST else ''}。",
            ),
            page.say(
                f"- Sources, by rows: {largest}{' and others' if len(sources) > MOST else ''}. Their habits of style, "
                "naming and topic are the bias of these rows.",
                f"- 来源（按行数）：{largest}{'，以及其他' if len(sources) > MOST else ''}。"
                "这些来源在风格、命名和选题上的习惯，就是这份数据的偏差。",
            ),
        )
        flags: Counter[str] = Counter()
        for entry in manifest.counts:
            flags.update(entry.get("flagged", {}))
        if flags:
            marks = page.join(f"`{name}` {page.number(n)}" for name, n in flags.most_common())
            page.add(page.say(f"- Flagged and kept: {marks}.", f"- 标出但保留的行：{marks}。"))
        page.add(
            page.say(
                "- Not measured: whether the answers are right. No step runs them.",
                "- 未测量：答案是否正确。没有步骤运行过这些答案。",
            )
        )
        if not self.steps:
            page.add(page.say("- Not measured: duplicates, refusals, syntax.", "- 未测量：重复、拒答、语法。"))

    def personal_data(self) -> None:
        page = self.page
        page.section("Personal data", "个人信息")
        if set(self.used) <= {STARTER}:
            page.add(
                page.say(
                    "The starter corpus was written for this project and takes nothing from anyone's repository or posts.",
                    "自带语料专为本项目编写，没有取用任何人的仓库或帖子。",
                )
            )
            return
        page.add(
            page.say(
                "Code, comments and posts of upstream can name people, addresses and accounts, and may hold secrets. ",
                "上游的代码、注释和帖子里可能出现人名、邮箱和账号，也可能混有密钥。",
            )
        )
        steps = [name for name in self.steps if "secret" in name or "personal" in name or "pii" in name]
        if steps:
            names = page.join(f"`{name}`" for name in steps)
            dropped = sum(n for e in self.manifest.counts for s in steps for n in e["dropped"].get(s, {}).values())
            page.add(
                page.say(
                    f"{names} looked for known forms of secrets and personal data; {page.number(dropped)} rows were dropped "
                    "for them. What it does not know is still there.",
                    f"{names} 检查过已知形式的密钥和个人信息，因此滤除了 {page.number(dropped)} 行；它识别不了的仍在数据里。",
                )
            )
        else:
            page.add(page.say("Nothing was looked for or removed: not measured.", "没有检查，也没有删除：未测量。"))
        page.add(
            page.say(
                "To have a row removed, give its `id` to whoever publishes this copy.",
                "如需删除某一行，请把它的 `id` 告诉发布这份数据的人。",
            )
        )

    def rebuild(self) -> None:
        page, manifest = self.page, self.manifest
        page.section("Rebuild it byte for byte", "逐字节重新构建")
        writer = self._writer()
        page.add(
            page.say(
                f"With mulco {page.quote(manifest.version)} and the same upstream files (their digests are in "
                f"`manifest.json`; Parquet was written by {writer}):",
                f"使用 mulco {page.quote(manifest.version)} 和相同的上游文件（摘要记在 `manifest.json` 里；"
                f"Parquet 由 {writer} 写出）：",
            )
        )
        page.code("sh", "\n".join(_commands(manifest)))
        page.add(
            page.say(
                "`mulco check` compares every file with the manifest. These digests name the rows: equal identities give "
                "equal rows. They are shortened here; `manifest.json` has them whole.",
                "`mulco check` 逐个文件与清单比对。下面的摘要是数据的标识：标识相同，数据就相同。这里只列开头，完整的在 "
                "`manifest.json` 里。",
            ),
            "",
        )
        page.add(f"<details><summary>{page.say('Identities', '标识')}</summary>", "")
        head = page.say("config|identity|wordings|content", "配置|标识|模板|内容")
        page.table(
            head.split("|"),
            (
                [f"`{name}`", _short(facts["identity"]), _short(facts["templates"]), _short(content(manifest, [name]))]
                for name, facts in manifest.configs.items()
            ),
        )
        head = page.say("source|files|bytes|digest of the files", "来源|文件数|字节数|文件摘要")
        page.table(
            head.split("|"),
            (
                [f"`{name}`", page.number(len(facts["files"])), page.number(_sum(facts["files"].values(), "bytes")),
                 _short(digest({path: file["sha256"] for path, file in facts["files"].items()}))]
                for name, facts in self.used.items()
            ),
        )  # fmt: skip
        page.add("</details>")

    def _writer(self) -> str:
        """Who wrote the Parquet files, as they say themselves."""
        files = [f for c in self.manifest.configs.values() for s in c["splits"].values() for f in s["files"]]
        if not files:
            return "pyarrow"
        return f"`{pq.read_metadata(self.folder / self.prefix / files[0]['path']).created_by}`"

    def citation(self) -> None:
        page = self.page
        page.section("Citation", "引用")
        page.add(
            page.say(
                "Cite the sources you use; mulco itself as `The mulco developers. mulco.` with its version.",
                "请引用所用的来源；mulco 本身写作 `The mulco developers. mulco.`，并注明版本。",
            ),
            "",
        )
        for facts in self.used.values():
            paper = f" {facts['paper']}" if facts["paper"] and facts["paper"] not in facts["citation"] else ""
            page.add(f"- {page.quote(facts['citation'])}{paper}")


def _commands(manifest: Manifest) -> Iterator[str]:
    """The commands that make these rows again: one for each set of settings."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for name, facts in manifest.configs.items():
        groups.setdefault((facts["profile"], facts["limit"], facts["licenses"], bool(facts.get("recipe"))), []).append(name)
    known = catalog()
    every = {s.name for n in manifest.configs if n in known.configs for s in known.feeding(known.configs[n])}
    named = sorted(manifest.sources) if set(manifest.sources) < every else []
    upstream = any(name != STARTER for name in used_sources(manifest))
    for (profile, limit, licenses, recipe), configs in groups.items():
        whole = len(groups) == 1 and set(configs) == set(known.configs)
        parts = ["mulco build", *([] if whole else configs), *(f"--source {name}" for name in named)]
        parts += ["--upstream upstream"] if upstream else []
        parts += [f"--profile {profile}"]
        parts += [f"--limit {limit}"] if limit else []
        parts += [f"--licenses {licenses}"] if licenses else []
        parts += ["--recipe RECIPE.yaml"] if recipe else []
        yield " ".join([*parts, "--out out/mulco"])
    yield "mulco check out/mulco"


def _reasons(counts: Iterable[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """(step, reason) -> rows; the step is empty for what the task could not use."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in counts:
        for reason, n in entry["unusable"].items():
            found["", reason] += n
        for step, reasons in entry["dropped"].items():
            for reason, n in reasons.items():
                found[step, reason] += n
    return found


def _is_contamination(name: str) -> bool:
    return re.search("contamina|benchmark|evaluation", name) is not None


def _top(ranking: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return ranking[:MOST]


def _sum(entries: Iterable[dict[str, Any]], what: str) -> int:
    return sum(entry[what] for entry in entries)


def _short(sha256: str) -> str:
    return f"`{sha256[:16]}`"
