"""The tables of both READMEs, written from the code and from the starter inside the package.

    python -m mulco.cards.readme --write     # fill what stands between <!-- generated:NAME --> and <!-- /generated -->
    python -m mulco.cards.readme --check     # exit status 1 if a page is stale

Both pages carry the same blocks: a row as it is, the configs, the columns of a row, the sources, the formats of
`mulco export`. What the code says only in English has its Chinese words here.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

import mulco
from mulco.catalog import catalog
from mulco.errors import MulcoError
from mulco.export.formats import FORMATS
from mulco.languages import display
from mulco.manifest import Manifest
from mulco.row import SCHEMA
from mulco.source import SPLITS

PAGES = {"README.md": "en", "README_zh.md": "zh"}
ROOT = Path(mulco.__file__).parent.parent  # the clone
EXAMPLE = "code_summarization_zh"  # the config whose first row the pages show: short, and Chinese on both sides

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "configs": {
        "en": ("config", "input to output", *SPLITS),
        "zh": ("配置", "输入 → 输出", "训练集", "验证集", "测试集"),
    },
    "columns": {"en": ("column", "type", "meaning"), "zh": ("列", "类型", "含义")},
    "sources": {
        "en": (
            "source",
            "folder",
            "released",
            "items upstream",
            "natural languages",
            "programming languages",
            "licence",
            "tasks",
        ),
        "zh": ("来源", "目录", "发布时间", "上游条目数", "自然语言", "编程语言", "许可证", "任务"),
    },
    "formats": {"en": ("format", "what a file holds", "who reads it"), "zh": ("格式", "文件内容", "读取方")},
}
TASKS_ZH = {
    "code_summarization": "代码 → 文字摘要",
    "code_generation": "文字描述 → 代码",
    "code_search": "查询和几段带编号的代码 → 匹配的编号",
    "clone_detection": "两段代码 → 行为是否相同",
    "defect_detection": "代码 → 是否有缺陷",
    "cloze_test": "挖去一个 token 的代码 → 被挖去的 token",
    "code_completion": "已有的几行代码 → 下一行",
    "code_repair": "有 bug 的代码 → 修好的代码",
    "code_translation": "一种语言的代码 → 另一种语言的代码",
    "code_qa": "问题 → 解释",
}
COLUMNS_ZH = {
    "instruction": "要做什么",
    "input": "代码或上下文，可以为空",
    "output": "答案",
    "id": "在整个数据集中唯一，重新构建也不变",
    "task": "十个任务之一",
    "language": "指令和文字答案所用的自然语言",
    "programming_language": "答案中代码的语言，答案没有代码时取输入的语言",
    "source": "上游数据集的名称",
    "source_id": "该条目在上游的标识",
    "license": "这一行的许可证：SPDX 表达式或 LicenseRef-...",
    "template": "所用模板的 id",
    "difficulty": "beginner、intermediate 或 advanced",
    "paradigm": "procedural、object-oriented 等",
    "provenance": "JSON：上游文件和行号、版本、各字段由谁写成",
    "quality": "JSON：质量步骤的测量结果",
}
FORMATS_ZH = {
    "jsonl": ("所有列，每行一条", "`datasets`、pandas 等任何工具"),
    "alpaca": ("由 `instruction`、`input`、`output` 组成的一个列表", "大多数训练工具"),
    "sharegpt": ("`conversations`，由 `human` 和 `gpt` 轮流发言", "使用 ShareGPT 数据的工具"),
    "messages": ("`messages`，由 `user` 和 `assistant` 轮流发言", "套用对话模板的工具"),
    "llamafactory": ("与 `alpaca` 相同，另附 `dataset_info.json`", "LLaMA-Factory"),
    "axolotl": ("与 `messages` 相同，另附可放进配置的 `axolotl_datasets.yaml`", "axolotl"),
    "trl": ("对话形式的 `prompt` 和 `completion`", "TRL"),
    "pairs": ("`query`、`code`、`label`：`code_search` 中的每段代码，符合查询记为 1，否则记为 0", "编码器的训练工具"),
    "collama": (
        "CoLLaMA 原有的列表 `MID_all_data.json`、`MID_train_EN_data.json`、`MID_train_ZH_data.json`，只含训练集",
        "读取 CoLLaMA 文件的程序",
    ),
}
_BLOCK = re.compile(r"(<!-- generated:(\w+) -->\n).*?(<!-- /generated -->)", re.S)


def fill(page: str, language: str, starter: Path) -> str:
    """A page with every generated block written anew; `starter` is a built folder of the starter corpus."""
    blocks = {
        "row": row_block, "configs": configs_block, "columns": columns_block, "sources": sources_block,
        "formats": formats_block,
    }  # fmt: skip
    found = [name for _, name, _ in _BLOCK.findall(page)]
    if sorted(found) != sorted(blocks):
        raise MulcoError(f"a README has the generated blocks {', '.join(blocks)}, once each; found {', '.join(found)}")
    return _BLOCK.sub(lambda block: f"{block[1]}\n{blocks[block[2]](language, starter)}\n\n{block[3]}", page)


def stale(root: Path = ROOT) -> list[str]:
    """The pages that differ from what the code and the starter say now."""
    starter = root / "mulco" / "starter"
    texts = {name: (root / name).read_text("utf-8") for name in PAGES}
    return [name for name, text in texts.items() if fill(text, PAGES[name], starter) != text]


def row_block(language: str, starter: Path) -> str:
    """Instruction, input and output of one row, as the example above it prints them; the same on both pages."""
    (file, *_) = Manifest.load(starter).configs[EXAMPLE]["splits"]["train"]["files"]
    row = next(pq.ParquetFile(starter / file["path"]).iter_batches(1)).to_pylist()[0]
    return "```text\n" + "\n\n".join(row[part] for part in ("instruction", "input", "output")) + "\n```"


def configs_block(language: str, starter: Path) -> str:
    """Every config with what it asks for and the starter's rows by split."""
    manifest = Manifest.load(starter)
    titles = TASKS_ZH if language == "zh" else {name: task.title for name, task in catalog().tasks.items()}
    rows = (
        [f"`{name}`", titles[want.task], *(f"{manifest.rows(name, split):,}" for split in SPLITS)]
        for name, want in catalog().configs.items()
    )
    return _table(HEADERS["configs"][language], rows, right=3)


def columns_block(language: str, starter: Path) -> str:
    """The columns of a row, from its JSON Schema."""
    or_null, not_empty = (" 或 null", "，非空") if language == "zh" else (" or null", ", not empty")
    rows = []
    for name, rules in SCHEMA["properties"].items():
        kind = f"string{or_null}" if "null" in rules["type"] else "string"
        kind += not_empty if "minLength" in rules else ""
        rows.append([f"`{name}`", kind, COLUMNS_ZH[name] if language == "zh" else rules["description"]])
    return _table(HEADERS["columns"][language], rows)


def sources_block(language: str, starter: Path) -> str:
    """The sources by name; one without a homepage is this repository's own."""
    comma = "、" if language == "zh" else ", "
    rows = (
        [
            f"[{source.title}]({source.homepage})" if source.homepage else source.title,
            f"`{name}`",
            source.released or "-",
            "-" if source.scale is None else f"{source.scale:,}",
            comma.join(source.natural_languages) or "-",
            comma.join(display(name) for name in source.programming_languages),
            f"[{source.license.id}]({source.license.url})",
            comma.join(source.tasks),
        ]
        for name, source in sorted(catalog().sources.items())
    )
    return _table(HEADERS["sources"][language], rows)


def formats_block(language: str, starter: Path) -> str:
    """The formats of an export, from their one definition."""
    words = FORMATS_ZH if language == "zh" else {name: (form.holds, form.read_by) for name, form in FORMATS.items()}
    return _table(HEADERS["formats"][language], ([f"`{name}`", *words[name]] for name in FORMATS))


def _table(head: Iterable[str], rows: Iterable[list[str]], right: int = 0) -> str:
    """A Markdown table; its last `right` columns hold numbers."""
    head = list(head)
    rule = ["---"] * (len(head) - right) + ["---:"] * right
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def main() -> None:
    """`--write` fills both pages, `--check` only says which are stale."""
    parser = argparse.ArgumentParser(prog="python -m mulco.cards.readme", description="The tables of both READMEs.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write stale pages anew")
    what.add_argument("--check", action="store_true", help="exit with status 1 if a page is stale")
    write: bool = parser.parse_args().write
    old = stale()
    for name in old:
        print(f"{name}: written anew" if write else f"{name}: stale. Run: python -m mulco.cards.readme --write")
        if write:
            page = ROOT / name
            page.write_text(fill(page.read_text("utf-8"), PAGES[name], ROOT / "mulco" / "starter"), "utf-8")
    raise SystemExit(0 if write or not old else 1)


if __name__ == "__main__":
    main()
