"""The sections of a dataset card about what was filtered and measured: drops, contamination, bias, personal data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mulco.cards.facts import DatasetCard, is_contamination, total
from mulco.cards.header import STARTER
from mulco.evaluation.baselines import read as read_baselines
from mulco.languages import display

MOST = 5  # how many of a ranking are named


def filtering(card: DatasetCard) -> None:
    page, manifest = card.page, card.manifest
    page.section("What was left out", "滤除了什么")
    profiles = page.join(f"`{name}`" for name in sorted({facts["profile"] for facts in manifest.configs.values()}))
    if judged(card):
        page.tell(f"Quality steps: profile {profiles}.", f"质量步骤：方案 {profiles}。")
    else:
        page.tell(
            f"No quality step ran (profile {profiles}): duplicates and poor rows of upstream are in the rows.",
            f"没有运行质量步骤（方案 {profiles}），上游的重复数据和低质量数据都还在里面。",
        )
    page.tell(
        "Unusable items are sound but of no use to the task; malformed ones break their format. An item of "
        "`code_translation` can give a row in each direction.",
        "不可用的条目本身没有问题，只是这个任务用不上；格式错误的条目不符合自身的格式。"
        "`code_translation` 的一个条目可以在两个方向上各成一行。",
    )
    head = page.say(
        "config|items read|unusable|malformed|rows dropped|rows kept",
        "配置|读取条目|不可用|格式错误|滤除行数|保留行数",
    )
    page.table(head.split("|"), (_left_out(card, name) for name in manifest.configs), right=5)
    reasons = sorted(_reasons(manifest.counts).items(), key=lambda pair: (-pair[1], pair[0]))
    page.table(
        page.say("by|reason|count", "环节|原因|数量").split("|"),
        (
            [f"`{step}`" if step else page.say("the task", "任务"), f"`{reason}`", page.number(n)]
            for (step, reason), n in reasons
        ),
        right=1,
    )
    if card.steps:
        page.tell("Steps and their settings:", "各步骤及其设置：")
        for name, step in card.steps.items():
            settings = step.get("settings") or {}
            page.add(f"- `{name}`" + (f" `{json.dumps(settings, ensure_ascii=False)}`" if settings else ""))


def baselines(card: DatasetCard) -> None:
    """What a number on the test splits is worth, where `mulco evaluate baselines` has found it out for these rows."""
    page, results = card.page, read_baselines(card.folder, card.manifest)
    if not results:
        return
    page.section("Baselines", "基线")
    page.tell(
        "Test splits answered without a model, judged by the task's first metric, with 95% intervals: by copying the "
        "input, by the commonest answer in training, by the answer of the most similar training row (in code search by "
        "the most similar snippet). A model that is no better has learned nothing here.",
        "不用模型也能给出的答案，在测试集上按任务的首要指标计分，附 95% 区间：照抄输入、训练集中最常见的答案、"
        "最相似的训练行的答案（代码搜索则取最相似的片段）。模型若不比它们好，就等于什么也没学到。",
    )
    page.known |= {"95", "95%"}
    names = {
        "copy_input": page.say("copied input", "照抄输入"),
        "majority": page.say("commonest answer", "最常见答案"),
        "most_similar": page.say("most similar", "最相似"),
    }
    by_config: dict[str, dict[str, Any]] = {}
    for result in results:
        by_config.setdefault(result["config"], {})[result["baseline"]] = result
    head = [*page.say("config|metric|rows", "配置|指标|行数").split("|"), *names.values()]
    page.table(head, (_baseline_row(card, config, of, list(names)) for config, of in by_config.items()), right=4)


def _baseline_row(card: DatasetCard, config: str, of: dict[str, Any], names: list[str]) -> list[str]:
    page, first = card.page, next(iter(of.values()))
    cells = []
    for name in names:
        metric = of[name]["metrics"][0] if name in of else None
        digits = 1 if metric and abs(metric["high"]) > 1 else 3
        cells.append("-" if metric is None else " ".join((
            page.number(metric["value"], digits),
            f"[{page.number(metric['low'], digits)}, {page.number(metric['high'], digits)}]",
        )))  # fmt: skip
    return [f"`{config}`", f"`{page.quote(first['metrics'][0]['name'])}`", page.number(first["n"]), *cells]


def judged(card: DatasetCard) -> bool:
    """Whether quality steps judged any rows; the filter by licence is none."""
    return any(facts["profile"] != "none" for facts in card.manifest.configs.values())


def _left_out(card: DatasetCard, config: str) -> list[str]:
    entries = [entry for entry in card.manifest.counts if entry["config"] == config]
    unusable = sum(sum(entry["unusable"].values()) for entry in entries)
    dropped = sum(n for entry in entries for reasons in entry["dropped"].values() for n in reasons.values())
    numbers = (total(entries, "read"), unusable, total(entries, "malformed"), dropped, total(entries, "rows"))
    return [f"`{config}`", *map(card.page.number, numbers)]


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


def withdrawn(card: DatasetCard) -> None:
    """Rows taken out of the finished data set, and rows that what is published has not or has on a claim alone."""
    page, gone = card.page, card.manifest.withdrawn
    for kind, licenses in card.manifest.publishing.items():
        rows = page.number(sum(licenses.values()))
        listed = page.join(f"{page.quote(name)} {page.number(n)}" for name, n in licenses.items())
        if kind == "left_out":
            page.tell(
                f"{rows} rows are left out here, for their licence does not permit passing on copies or is unknown: "
                f"{listed}. With mulco they can be built from their sources: `mulco build --download`.",
                f"这里没有收入 {rows} 行，因为许可证不允许再分发，或者许可证不明：{listed}。"
                "可以用 mulco 从各自的来源构建：`mulco build --download`。",
            )
        else:
            page.tell(
                f"{rows} rows have a licence that does not permit passing on copies, or an unknown one: {listed}. Who "
                "published this data set claims the rights to them.",
                f"有 {rows} 行的许可证不允许再分发，或者许可证不明：{listed}。数据集的发布者声明拥有相应的权利。",
            )
    if gone:
        page.section("Withdrawn", "撤回的数据")
        version = page.quote(card.manifest.dataset_version)
        page.tell(f"This is version {version}.", f"当前版本是 {version}。")
        for entry in reversed(gone):
            rows = page.number(entry["total"])
            matched = [*entry["matched"]["source_id"], *entry["matched"]["repository"]]
            named = page.join(f"`{name}`" for name in matched)
            of = (
                page.say(f" of `{entry['source']}`", f" `{entry['source']}` 的 ")
                if entry["source"]
                else page.say("", " ")
            )
            why = page.quote(entry["reason"].rstrip(".")) if entry["reason"] else ""
            since = page.quote(entry["dataset_version"])
            page.tell(
                f"- {since}: {rows} rows{of} withdrawn{f': {named}' if named else ''}."
                f"{f' Reason: {why}.' if why else ''}",
                f"- {since}：撤回{of}{rows} 行{f'（{named}）' if named else ''}。{f'原因：{why}。' if why else ''}",
            )


def contamination(card: DatasetCard) -> None:
    page = card.page
    page.section("Contamination", "评测集污染")
    steps = [name for name in card.steps if is_contamination(name)]
    if not steps:
        page.tell(
            "Not measured: no step compared the rows with evaluation sets.",
            "未检测：没有步骤把这里的数据与评测集比对过。",
        )
        return
    names = page.join(f"`{name}`" for name in steps)
    page.tell(
        f"{names} compared the rows with evaluation sets; its settings stand above, its findings by config in the "
        "table of configs. A training or validation row that holds a problem is dropped; one that may hold it stays "
        "and is flagged in `quality`. Rows of the split `test` are not compared.",
        f"{names} 把这里的数据与评测集做了比对，设置见上文，各配置的结果见配置一节的表格。"
        "训练集和验证集里含有评测题目的行已滤除；只是疑似的行保留，并在 `quality` 列里标出。`test` 划分不做比对。",
    )


def quality(card: DatasetCard) -> None:
    page, manifest = card.page, card.manifest
    page.section("Quality and bias", "质量与偏差")
    languages = manifest.total("programming_languages").most_common()
    sources = Counter({name: manifest.rows(source=name) for name in card.used}).most_common()
    ranked = _ranking(card, [(display(name), rows) for name, rows in languages])
    largest = _ranking(card, [(manifest.sources[name]["title"], rows) for name, rows in sources])
    page.add(
        page.say(f"- Programming languages, by rows: {ranked}.", f"- 编程语言（按行数）：{ranked}。"),
        page.say(
            f"- Sources, by rows: {largest}. Their habits of style, naming and topic are the bias of these rows.",
            f"- 来源（按行数）：{largest}。这些来源在风格、命名和选题上的习惯，就是这份数据的偏差。",
        ),
    )
    flags: Counter[str] = Counter()
    for entry in manifest.counts:
        flags.update(entry.get("flagged", {}))
    if flags:
        marks = page.join(f"`{name}` {page.number(n)}" for name, n in flags.most_common())
        page.tell(f"- Flagged and kept: {marks}.", f"- 标出但保留的行：{marks}。")
    page.tell(
        "- Not measured: whether the answers are right. No step runs them.",
        "- 未测量：答案是否正确。没有步骤运行过这些答案。",
    )
    if not judged(card):
        page.tell("- Not measured: duplicates, refusals, syntax.", "- 未测量：重复、拒答、语法。")


def _ranking(card: DatasetCard, ranking: list[tuple[str, int]]) -> str:
    """The first of a ranking with their shares of all rows."""
    page, rows = card.page, card.manifest.rows()
    named = page.join(f"{page.quote(name)} {page.share(n, rows)}" for name, n in ranking[:MOST])
    return str(named + (page.say(" and others", "，以及其他") if len(ranking) > MOST else ""))


def personal_data(card: DatasetCard) -> None:
    page = card.page
    page.section("Personal data", "个人信息")
    if set(card.used) <= {STARTER}:
        page.tell(
            "The starter corpus was written for this project and takes nothing from anyone's repository or posts.",
            "自带语料专为本项目编写，没有取用任何人的仓库或帖子。",
        )
        return
    page.tell(
        "- Code, comments and posts of upstream can name people, addresses and accounts, and may hold secrets.",
        "- 上游的代码、注释和帖子里可能出现人名、邮箱和账号，也可能混有密钥。",
    )
    steps = [name for name in card.steps if any(word in name for word in ("secret", "personal", "pii"))]
    if steps:
        names = page.join(f"`{name}`" for name in steps)
        counts = card.manifest.counts
        dropped = sum(n for entry in counts for step in steps for n in entry["dropped"].get(step, {}).values())
        page.tell(
            f"- {names} blanked secrets and personal data of known forms or, where that breaks the code, dropped the "
            f"row: {page.number(dropped)} rows. What it does not know is still there.",
            f"- {names} 抹去了已知形式的密钥和个人信息；抹去后代码不再成立的，整行滤除，共 {page.number(dropped)} 行。"
            "它识别不了的仍在数据里。",
        )
    else:
        page.tell("- Not measured: nothing was looked for or removed.", "- 未检测：没有检查，也没有删除。")
    page.tell(
        "- To have a row removed, give its `id` to whoever publishes this copy.",
        "- 如需删除某一行，请把它的 `id` 告诉发布这份数据的人。",
    )
