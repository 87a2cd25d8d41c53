"""The sections of a dataset card about where its rows come from: sources, licences, making, rebuilding, citation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq

from mulco.cards.facts import DatasetCard, total
from mulco.cards.header import STARTER, content, used_sources
from mulco.cards.licenses import consequences, license_table
from mulco.cards.page import LICENSE
from mulco.catalog import catalog
from mulco.identity import digest
from mulco.manifest import Manifest

COMMIT = re.compile(r"\b[0-9a-f]{40}\b")  # shortened in a table; LICENSE.md and the manifest have it whole


def sources(card: DatasetCard) -> None:
    page = card.page
    page.section("Sources", "来源")
    head = page.say("source|revision|licence|text by|rows", "来源|版本|许可证|文字出自|行数")
    page.table(
        head.split("|"),
        (
            [
                page.link(facts["title"], facts["homepage"]),
                f"`{COMMIT.sub(lambda found: found[0][:12], facts['revision'])}`",
                page.link(facts["license"], facts["license_url"]),
                _written_by(card, facts),
                page.number(card.manifest.rows(source=name)),
            ]
            for name, facts in card.used.items()
        ),
        right=1,
    )
    page.tell(
        "Splits are upstream's own; where it has none, a stable hash keeps what belongs together in one split.",
        "划分沿用上游；上游没有划分的，按稳定的哈希切分，彼此相关的条目总在同一个划分里。",
    )


def _written_by(card: DatasetCard, facts: dict[str, Any]) -> str:
    page, by = card.page, facts.get("written_by", {})
    words = {
        "upstream": page.say("upstream", "上游"),
        "person": page.say("a person", "人"),
        "model": page.say("a model", "模型"),
    }
    texts = {part: words.get(by[part], by[part]) for part in ("input", "output") if part in by}
    if len(set(texts.values())) == 1:
        return str(next(iter(texts.values())))
    return str(page.join(f"`{part}` {text}" for part, text in texts.items()) or page.say("not stated", "未注明"))


def licenses(card: DatasetCard) -> None:
    page, found = card.page, card.manifest.total("licenses")
    page.section("Licences", "许可证")
    page.tell("Each row carries its own licence in the column `license`.", "每一行的许可证写在 `license` 列里。")
    if not card.prefix:
        page.tell(
            f"What upstream itself says stands in [{LICENSE}]({LICENSE}).",
            f"上游自己的说法见 [{LICENSE}]({LICENSE})。",
        )
    license_table(page, found)
    page.add(*(f"- {sentence}" for sentence in consequences(page, found)))


def making(card: DatasetCard) -> None:
    page, manifest = card.page, card.manifest
    page.section("How the rows were made", "数据怎样生成")
    page.tell(
        "- An upstream item becomes a row when one of the wordings of its task is filled with it. A stable hash of "
        "the item's id chooses the wording; validation and test have wordings of their own. `template` names the "
        "wording, `provenance` the upstream file and line and who wrote each part.",
        "- 上游的一个条目填入该任务的某个模板，就成为一行。用哪个模板由条目 id 的稳定哈希决定；"
        "验证集和测试集另有自己的模板。`template` 列记录模板，`provenance` 列记录上游文件、行号和各部分由谁写成。",
    )
    _by_models(card)
    chinese = {name: facts for name, facts in manifest.configs.items() if facts["language"] == "zh"}
    if chinese:
        known = catalog()
        original = translated = wording = 0
        for entry in manifest.counts:
            if entry["config"] in chinese:
                task, source = chinese[entry["config"]]["task"], known.sources.get(entry["source"])
                if task not in known.tasks or not known.tasks[task].text_bound:
                    wording += entry["rows"]
                elif source is not None and "zh" in source.natural_languages:
                    original += entry["rows"]
                else:
                    translated += entry["rows"]
        also = ""
        if translated:
            number = page.number(translated)
            also = page.say(f", {number} a translation", f"，{number} 行是译文")
        page.tell(
            f"- Of the Chinese rows, {page.number(original)} carry Chinese text of their source{also}; in "
            f"{page.number(wording)} the code is that of the English config, and only wording and labels are Chinese.",
            f"- 中文数据里，{page.number(original)} 行用的是来源中的中文{also}；"
            f"另有 {page.number(wording)} 行的代码与英文配置相同，只有模板和标签是中文。",
        )
    if any(facts.get("recipe") for facts in manifest.configs.values()):
        page.tell(
            "- A recipe chose the training rows: its cells, what they asked for and what they got, are in "
            "`manifest.json`.",
            "- 训练数据按配方选取：每一格要了多少、得到多少，都记在 `manifest.json` 里。",
        )


def _by_models(card: DatasetCard) -> None:
    """What models wrote: upstream's, in its own words, and mulco's own, by kind and model."""
    page = card.page
    upstream = {name: facts for name, facts in card.used.items() if "model" in facts.get("written_by", {}).values()}
    if upstream:
        rows = page.number(sum(card.manifest.rows(source=name) for name in upstream))
        page.tell(
            f"- {rows} rows hold text that a model wrote before mulco read it, as upstream states:",
            f"- 有 {rows} 行在 mulco 读取之前就含有模型写的文字，上游的说法如下：",
        )
        for facts in upstream.values():
            said = " ".join(text for text in facts["license_statements"] if "enerated" in text)
            words = page.quote(said) or page.say("it does not say which model", "没有说明是哪个模型")
            page.add(f"  - {page.quote(facts['title'])}{page.say(': ', '：')}{words}")
    own = [group for file in getattr(card.manifest, "synthesis", ()) for group in file.get("written", ())]
    if own:
        page.tell(
            "- Text that mulco had a model write (`provenance` names it in each row):",
            "- mulco 请模型写的文字（每一行的 `provenance` 都有记录）：",
        )
        for group in own:
            what = page.join(f"`{group[key]}`" for key in ("kind", "task", "language", "source") if group.get(key))
            facts = (group.get(key) for key in ("model", "endpoint"))
            dates = dict.fromkeys(group[key] for key in ("first_date", "last_date") if group.get(key))
            told = [*map(page.quote, map(str, facts)), page.quote("–".join(dates)), f"`{group.get('prompt', '-')}`"]
            page.known.add(str(group.get("prompt", "-")))
            page.add(f"  - {what}{page.say(': ', '：')}{page.join(told)}")


def rebuild(card: DatasetCard) -> None:
    page, manifest = card.page, card.manifest
    page.section("Rebuild it byte for byte", "逐字节重新构建")
    version, writer = page.quote(manifest.version), _writer(card)
    page.tell(
        f"With mulco {version} and the same upstream files (their digests are in `manifest.json`; Parquet was "
        f"written by {writer}):",
        f"使用 mulco {version} 和相同的上游文件（摘要记在 `manifest.json` 里；Parquet 由 {writer} 写出）：",
    )
    page.code("sh", "\n".join(_commands(manifest)))
    page.add(
        page.say(
            "`mulco check` compares every file with the manifest. The digests below name the rows: equal identities "
            "give equal rows. They are shortened here; `manifest.json` has them whole.",
            "`mulco check` 逐个文件与清单比对。下面的摘要是数据的标识：标识相同，数据就相同。"
            "这里只列开头，完整的在 `manifest.json` 里。",
        ),
        "",
        f"<details><summary>{page.say('Identities', '标识')}</summary>",
    )
    page.table(
        page.say("config|identity|wordings|content", "配置|标识|模板|内容").split("|"),
        (
            [f"`{name}`", *map(_short, (facts["identity"], facts["templates"], content(manifest, [name])))]
            for name, facts in manifest.configs.items()
        ),
    )
    files = {name: facts["files"] for name, facts in card.used.items()}
    page.table(
        page.say("source|digest of its files|files|bytes", "来源|文件摘要|文件数|字节数").split("|"),
        (
            [
                f"`{name}`",
                _short(digest({path: file["sha256"] for path, file in of_source.items()})),
                page.number(len(of_source)),
                page.number(total(of_source.values(), "bytes")),
            ]
            for name, of_source in files.items()
        ),
        right=2,
    )
    page.add("</details>")


def _writer(card: DatasetCard) -> str:
    """Who wrote the Parquet files, as they say themselves."""
    for config in card.manifest.configs.values():
        for split in config["splits"].values():
            for file in split["files"]:
                return f"`{pq.read_metadata(card.folder / card.prefix / file['path']).created_by}`"
    return "pyarrow"


def _commands(manifest: Manifest) -> Iterator[str]:
    """The commands that make these rows again: one for each set of settings."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for name, facts in manifest.configs.items():
        settings = (facts["profile"], facts["limit"], facts["licenses"], bool(facts.get("recipe")))
        groups.setdefault(settings, []).append(name)
    known = catalog()
    every = {s.name for n in manifest.configs if n in known.configs for s in known.feeding(known.configs[n])}
    # A build of every source lists those that were absent as well; of any other the sources that gave items are named.
    named = [] if set(manifest.sources) >= every else sorted({entry["source"] for entry in manifest.counts})
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


def _short(sha256: str) -> str:
    return f"`{sha256[:16]}`"


def citation(card: DatasetCard) -> None:
    page = card.page
    page.section("Citation", "引用")
    page.tell(
        "Cite the sources you use; mulco itself as `The mulco developers. mulco.` with its version.",
        "请引用所用的来源；mulco 本身写作 `The mulco developers. mulco.`，并注明版本。",
    )
    for facts in card.used.values():
        citation = page.quote(facts["citation"])
        paper = facts["paper"] if facts["paper"] not in citation else ""
        page.add(f"- {citation.rstrip('.')}. {paper}" if paper else f"- {citation}")
