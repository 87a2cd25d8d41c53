"""Every test runs offline, in caches of its own; tests marked `upstream` read the folder that MULCO_UPSTREAM names."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

# datasets and huggingface_hub read these when they are imported, so they are set before any test module is.
_HOME = tempfile.TemporaryDirectory(prefix="mulco-tests-")
os.environ.update(
    HF_HOME=f"{_HOME.name}/hf", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
    HF_HUB_DISABLE_TELEMETRY="1", XDG_CACHE_HOME=f"{_HOME.name}/cache",
    HYPOTHESIS_STORAGE_DIRECTORY=f"{_HOME.name}/hypothesis",
)  # fmt: skip
for name in ("HF_TOKEN", "MULCO_DATA", "MULCO_CACHE", "MULCO_DOWNLOAD", "MULCO_NO_REGISTER"):
    os.environ.pop(name, None)

# A shell starts what runs in the background with Ctrl-C ignored, and every process that a test starts inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # for `hub_server`
from hub_server import Hub  # noqa: E402

TOKEN = "hf_aliceWritesHereAndNoLogMayTellIt"

# What tests share by name. Their folder is not put on the path: it holds a folder mulco, which is not the package.
for name in ("llm_server", "dictionary", "typed"):
    _found = importlib.util.spec_from_file_location(name, ROOT / "tests" / f"{name}.py")
    assert _found is not None
    assert _found.loader is not None
    sys.modules[name] = importlib.util.module_from_spec(_found)
    _found.loader.exec_module(sys.modules[name])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("MULCO_UPSTREAM"):
        for item in items:
            if item.get_closest_marker("upstream"):
                item.add_marker(pytest.mark.skip(reason="MULCO_UPSTREAM names no folder with upstream excerpts"))


@pytest.fixture(autouse=True)
def only_the_starter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rows come from the starter alone, into a cache of the test's own, unless the test asks for more."""
    monkeypatch.setenv("MULCO_CACHE", str(tmp_path / "mulco-cache"))
    if not request.node.get_closest_marker("upstream"):
        monkeypatch.delenv("MULCO_UPSTREAM", raising=False)


@pytest.fixture
def upstream() -> Path:
    """The folder with real upstream excerpts; only for tests marked `upstream`."""
    return Path(os.environ["MULCO_UPSTREAM"]).resolve()


@pytest.fixture
def fixtures() -> Path:
    """The folder with small files in upstream's formats, written for the tests."""
    return ROOT / "tests" / "fixtures"


@pytest.fixture(scope="session")
def starter_build() -> Iterator[Path]:
    """A folder built from the starter corpus, made once; tests must not change it."""
    from mulco.build import build
    from mulco.cards.dataset import write_card
    from mulco.plan import Settings, make_plan

    with tempfile.TemporaryDirectory(prefix="mulco-starter-") as folder:
        yield build(make_plan([], Settings()), Path(folder) / "mulco", finish=write_card).folder


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command("build", "--out", folder)` runs mulco in a new process; in tmp_path, unless `cwd` says otherwise."""

    def run(*arguments: object, cwd: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        # -P: a folder named mulco in the current one must not pass for the package
        line = [sys.executable, "-P", "-m", "mulco.cli", *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        return subprocess.run(
            line, cwd=cwd or tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=600, **options
        )

    return run


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hub on this machine, where alice may write to ORG; `hub_server/__init__.py` says what it can do."""
    with Hub() as running:
        running.user("alice", TOKEN, {"ORG": "write"})
        yield running


@pytest.fixture
def on_hub(hub: Hub, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`on_hub("push", folder, "ORG/mulco", "--yes")` runs mulco in a new process that takes `hub` for the Hub."""

    def run(
        *arguments: object, token: str | None = TOKEN, xet: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-P", "-m", "mulco.cli", *map(str, arguments)]
        named = {**os.environ, "PYTHONUTF8": "1", **hub.environment(token, tmp_path / "hf", xet), **environment}
        return subprocess.run(line, cwd=tmp_path, env=named, capture_output=True, encoding="utf-8", timeout=300)

    return run


@pytest.fixture(scope="session")
def small_release() -> Iterator[Path]:
    """Two configs of the starter, a quarter of a megabyte; tests must not change it."""
    from mulco.build import build
    from mulco.cards.dataset import write_card
    from mulco.plan import Settings, make_plan

    with tempfile.TemporaryDirectory(prefix="mulco-发布-") as folder:
        plan = make_plan(["code_search_zh", "code_qa_zh"], Settings())
        yield build(plan, Path(folder) / "out put" / "mulco", finish=write_card).folder


@pytest.fixture(scope="session")
def small_upstream() -> Iterator[Path]:
    """An upstream folder with every source in its own format, over a hundred items each; tests copy it."""
    with tempfile.TemporaryDirectory(prefix="mulco-upstream-") as folder:
        write_small_upstream(Path(folder))
        yield Path(folder)


@pytest.fixture(scope="session")
def small_build(small_upstream: Path) -> Iterator[Path]:
    """All configs that `small_upstream` alone feeds, unjudged (its rows are much alike); tests must not change it."""
    from mulco.build import build
    from mulco.cards.dataset import write_card
    from mulco.plan import Settings, make_plan

    with tempfile.TemporaryDirectory(prefix="mulco-small-") as folder:
        sources = tuple(sorted(path.name for path in small_upstream.iterdir()))
        settings = Settings(small_upstream, "none", sources)
        yield build(make_plan([], settings), Path(folder) / "built", finish=write_card).folder


def write_small_upstream(folder: Path) -> None:
    """Over a hundred items a source and config: so one that is malformed is left out alone, not its whole source."""
    functions = folder / "codesearchnet" / "resources" / "data"
    _write_gzip(functions / "python/final/jsonl/train/python_train_0.jsonl.gz", [_function("python", n) for n in _120])
    _write_gzip(functions / "go/final/jsonl/test/go_test_0.jsonl.gz", [_function("go", n) for n in range(6)])
    listed = [f"https://example.org/go/{n}" for n in range(5)]
    _write(folder / "codesearchnet/codexglue-code-to-text/dataset/go/test.txt", listed)

    (folder / "codegpt-cn").mkdir()
    with zipfile.ZipFile(folder / "codegpt-cn/CodeGPT-Dataset-V1-CN.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for member, request, answer in (
            ("code-basic/Go.json", "用Go打印第{}个音符；", "```go\nfmt.Println(notes[{}])\n```"),
            ("code-medium/Python3.json", "用python3统计第{}页的字数；", "```python\nlen(pages[{}])\n```"),
            ("code-text/缓存.json", "第{}级缓存是什么？", "它保存最近用过的{}份数据。"),
        ):
            dialogues = [{"user": request.format(n), "assistant": answer.format(n)} for n in _120]
            archive.writestr(member, json.dumps(dialogues, ensure_ascii=False, indent=4).replace("\n", "\r\n"))

    clones = folder / "bigclonebench" / "dataset"
    java = [{"func": f"int add{n}(int a) {{\n    return a + {n};\n}}", "idx": str(n)} for n in range(130)]
    _write(clones / "data.jsonl", map(json.dumps, java))
    _write(clones / "train.txt", [f"{n}\t{n + 1}\t{n % 2}" for n in _120])
    _write(clones / "test.txt", [f"{n}\t{n + 2}\t1" for n in range(120, 124)])

    defects, rebased = folder / "devign" / "dataset", folder / "devign" / "dataset-rebased"
    _write(defects / "test.jsonl", [json.dumps({**_defect(n), "idx": n}) for n in _120])
    _write(rebased / "function.json", [json.dumps([_defect(n) for n in range(500, 504)])])
    for name, positions in (("train", "201"), ("valid", ""), ("test", "3")):  # an empty list, as upstream has one
        _write(rebased / f"{name}.txt", positions)
    _write(rebased / "upstream_positions.txt", ["500", "501", "502", "503"])

    for name, count in (("train", 120), ("valid", 3), ("test", 3)):
        pairs, methods = f"codetrans/data/{name}.java-cs.txt", f"bugs2fix/data/small/{name}.buggy-fixed"
        _write(folder / f"{pairs}.java", [f"public int get{n}(){{return {n};}}" for n in range(count)])
        _write(folder / f"{pairs}.cs", [f"public int Get{n}(){{return {n};}}" for n in range(count)])
        _write(folder / f"{methods}.buggy", [f"int METHOD_1 ( ) {{ return {n} ; }} " for n in range(count)])
        _write(folder / f"{methods}.fixed", [f"int METHOD_1 ( ) {{ return - {n} ; }} " for n in range(count)])

    blocks = [
        [(n, 0), [["before"], ["-10000"]], [[f" print(rows[{n}])"]], [f"How to print row {n}"], 1, n % 2]
        for n in range(240)
    ]
    _write(folder / "codepro/data_hnn/python_hnn_qid2index_blocks_labeled.txt", [repr(blocks)])


_120 = range(120)


def _write(file: Path, lines: Iterable[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(line + "\n" for line in lines), "utf-8", newline="\n")


def _write_gzip(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode("utf-8"), mtime=0))


def _function(language: str, n: int) -> dict[str, Any]:
    text = f"Scale the reading of sensor {n} to the unit of its display."
    body = (f"scaled = reading * {n}", f"offset = scaled + {n}", "return offset")
    code = {
        "python": "\n    ".join([f"def scale{n}(reading):", f'"""{text}"""', *body]),
        "go": "\n\t".join([f"func Scale{n}(reading int) int {{", *body]).replace(" =", " :=") + "\n}",
    }
    tokens = ["scale", str(n), *(token for line in body for token in line.split())]
    return {"url": f"https://example.org/{language}/{n}", "code": code[language], "docstring": text,
            "language": language, "code_tokens": tokens, "docstring_tokens": text.split()}  # fmt: skip


def _defect(n: int) -> dict[str, Any]:
    code = f"int read{n}(int *p)\n\n{{\n\n    return p[{n}];\n\n}}"
    return {"project": "qemu" if n % 2 else "FFmpeg", "commit_id": f"{n:040x}", "target": n % 2, "func": code}
