"""For tests that need a process of their own, or a source of their own."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco.catalog import Catalog, catalog
from mulco.errors import BrokenFileError
from mulco.manifest import Manifest
from mulco.pipeline import Job
from mulco.plan import Plan, Settings, make_plan
from mulco.reading import json_lines, shown
from mulco.source import SPLITS, Item, License, Malformed, Record, Shard, Source, Unusable, Want

ROOT = Path(__file__).parent.parent.parent
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a new process: nothing set for mulco, every cache below tmp_path and still empty."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MULCO_", "PYTHON"))}
    return {**kept, "HF_HOME": str(tmp_path / "hf"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONUTF8": "1"}


@pytest.fixture
def python(tmp_path: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python(code, cwd, NAME=value)` runs code in a new process; without `cwd` in an empty folder."""

    def run(code: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        empty = tmp_path / "empty folder"
        empty.mkdir(exist_ok=True)
        script = tmp_path / "script.py"
        script.write_text(code, "utf-8")
        return subprocess.run(
            [sys.executable, str(script)], cwd=cwd or empty, env={**environment, **more}, encoding="utf-8",
            capture_output=True, timeout=120,
        )  # fmt: skip

    return run


@pytest.fixture
def answer(python: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., Any]:
    """Like `python`, for code that must succeed; gives the JSON it prints as its last line."""

    def run(code: str, cwd: Path | None = None, **more: str) -> Any:
        done = python(code, cwd, **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder for PYTHONPATH that holds the package as an installation does, the sibling folders inside it."""
    site = tmp_path / "安装 here"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mulco", site / "mulco", ignore=ignored)
    for sibling in ("builders", "cards", "training"):
        shutil.copytree(ROOT / sibling, site / "mulco" / sibling, ignore=ignored)
    return site


@pytest.fixture(scope="session")
def built_rows() -> Callable[[Path, str], Rows]:
    """`built_rows(folder, config)`: the rows of a built folder by split, in order, as its manifest lists the files."""

    def read(folder: Path, config: str) -> Rows:
        splits = Manifest.load(folder).configs[config]["splits"]
        return {
            split: [row for file in facts["files"] for row in pq.read_table(folder / file["path"]).to_pylist()]
            for split, facts in splits.items()
        }

    return read


def tiny_shards(folder: Path, want: Want) -> Iterator[Shard]:
    for split in SPLITS:
        if (folder / f"{split}.jsonl").is_file():
            yield Shard(want, split, (f"{split}.jsonl",))


def tiny_read(folder: Path, shard: Shard) -> Iterator[Item]:
    """Each line holds the arguments of a Record; `unusable` and `broken` are what they say."""
    [path] = shard.files
    for item in json_lines(folder, path, {}):
        if isinstance(item, Malformed):
            yield item
            continue
        line, facts = item
        if "broken" in facts:
            raise BrokenFileError(shown(folder, path), facts["broken"], "Mend it", line)
        if "unusable" in facts:
            yield Unusable(facts["unusable"])
        else:
            yield Record(**{**facts, "file": shown(folder, path), "line": line, "edits": tuple(facts.get("edits", ()))})


TINY = Source(
    name="tiny", title="Tiny", homepage="https://example.org", paper="", citation="Nobody.", revision="r1",
    license=License("MIT", "https://example.org/license"), natural_languages=("en", "zh"),
    programming_languages=("python",), tasks=("code_qa", "defect_detection", "code_translation"), files=(),
    shards=tiny_shards, read=tiny_read,
)  # fmt: skip
WORDINGS = {
    "code_qa/en": ("Answer: {question}", "", "{answer}", ""),
    "code_qa/zh": ("请回答：{question}", "", "{answer}", ""),
    "defect_detection/en": (
        "Is this {programming_language} defective?", "{code}", "{label}", "{positive: 'Yes', negative: 'No'}",
    ),
    "defect_detection/zh": (
        "这段 {programming_language} 代码有缺陷吗？", "{code}", "{label}", "{positive: '是', negative: '否'}",
    ),
    "code_translation/en": ("{programming_language} to {target_language}.", "{code}", "{translation}", ""),
    "code_translation/zh": ("{programming_language} 译成 {target_language}。", "{code}", "{translation}", ""),
}  # fmt: skip


class Tiny:
    """One made-up source, with one wording for each split of three tasks, in folders that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.upstream, self.templates = folder / "upstream", folder / "templates"
        (self.upstream / "tiny").mkdir(parents=True)
        for name, (instruction, input_, output, labels) in WORDINGS.items():
            templates = [{"id": f"{split}-1", "split": split, "instruction": instruction} for split in SPLITS]
            text = f"input: {json.dumps(input_)}\noutput: {json.dumps(output)}\n" + (
                f"labels: {labels}\n" if labels else ""
            )
            (self.templates / name).parent.mkdir(parents=True, exist_ok=True)
            text += f"templates: {json.dumps(templates, ensure_ascii=False)}\n"
            (self.templates / f"{name}.yaml").write_text(text, "utf-8")
        self.catalog = Catalog({name: catalog().tasks[name] for name in TINY.tasks}, {"tiny": TINY}, self.templates)

    def write(self, split: str, *items: dict[str, Any] | str) -> None:
        """Write the lines of one split; a text is written as it is."""
        lines = (item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items)
        (self.upstream / "tiny" / f"{split}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def plan(self, *configs: str, profile: str = "none", **settings: Any) -> Plan:
        """Without a profile no step judges its few words."""
        return make_plan(configs, Settings(self.upstream, profile, **settings), self.catalog)

    def job(self, config: str, split: str = "train", **settings: Any) -> Job:
        [job] = [job for job in self.plan(config, **settings).jobs if job.shard.split == split]
        return job


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path / "tiny")


@pytest.fixture(scope="session")
def tiny() -> Any:
    """The module tests/mulco/generation/tiny.py: random models of a few hundred kB."""
    return _helper("tiny")


@pytest.fixture(scope="session")
def tiny_model(tiny: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random model that chats; tests must not change it."""
    return Path(tiny.save(tmp_path_factory.mktemp("模型 models") / "tiny"))


@pytest.fixture(scope="session")
def served(tiny_model: Path) -> Iterator[Any]:
    """The tiny model behind an OpenAI-compatible endpoint on the loopback; `served.url` is its address."""
    with _helper("served").serve(tiny_model) as server:
        yield server


def _helper(name: str) -> Any:
    """A module beside the tests of generation, by its path: pytest puts no folder of tests on the path of imports."""
    file = ROOT / "tests" / "mulco" / "generation" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"generation_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
