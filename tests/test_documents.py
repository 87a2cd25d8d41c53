"""The documents say what is true: both READMEs alike, tables fresh, every command, snippet and recipe runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from hub_server import Hub
from llm_server import Server

from mulco.cards import readme
from mulco.cli import app
from mulco.errors import MulcoError

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "README_zh.md", "CONTRIBUTING.md", "CHANGELOG.md")
OPTION = r"(?<![\w-])--[a-z][a-z-]*"
NOT_RUN = ("make", "pip", ".", ".venv/bin/pre-commit")  # they install, or would run this test again


class Block(NamedTuple):
    """A fenced block: what stands behind the fence, and the text."""

    kind: str
    text: str


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str) -> list[Block]:
    return [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", text_of(name), re.M | re.S)]


def prose(name: str) -> str:
    """A document without its fenced blocks and comments."""
    return re.sub(r"^```.*?^```$|<!--.*?-->", "", text_of(name), flags=re.M | re.S)


def without_comments(block: Block) -> Block:
    if block.kind not in ("sh", "python"):
        return block
    return Block(block.kind, "\n".join(re.sub(r"\s*(?<!\S)#.*", "", line) for line in block.text.splitlines()))


def commands(name: str) -> list[str]:
    """The lines of the shell blocks."""
    return [line for kind, text in map(without_comments, blocks(name)) if kind == "sh" for line in text.splitlines()]


def links(name: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", prose(name))


# What a reader of the README types, in order: shell lines one by one, snippets whole.
TYPED = [
    piece
    for block in blocks("README.md")
    for piece in (
        [block] if block.kind == "python" else [Block("sh", line) for line in without_comments(block).text.splitlines()]
    )
    if block.kind in ("sh", "python") and not piece.text.startswith(NOT_RUN)
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Server]:
    """The server on the reader's machine: what it writes in English is a fixed sentence with the placeholders kept."""

    def answer(body: dict[str, Any]) -> str:
        shown = re.findall(r"⟦\d+⟧", body["messages"][-1]["content"])
        return json.dumps({"text": f"Compute the square of {' and '.join(shown) or 'it'}."})

    with Server(answer, models=("some-model",)) as server:
        yield server


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, endpoint: Server) -> dict[Block, subprocess.CompletedProcess[str]]:
    """What came of everything the README tells to run, done once from top to bottom in one folder."""
    folder = tmp_path_factory.mktemp("读者 reader")
    write_upstream(folder / "upstream")
    with Hub() as hub:
        on_the_hub = hub.environment(hub.user("reader", "hf_readerMayPublish", {"ORG": "write"}))
        return type_all(folder, on_the_hub, {"BASE_URL": endpoint.url, "MODEL": "some-model"})


def type_all(folder: Path, hub: dict[str, str], model: dict[str, str]) -> dict[Block, subprocess.CompletedProcess[str]]:
    """Run everything in order; what names a repository of ORG finds a Hub on this machine, `model` an endpoint."""
    done = {}
    for number, piece in enumerate(TYPED):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MULCO_")} | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HF_HOME": str(folder / f"hf-{number}"),
            "MULCO_CACHE": str(folder / "cache"),
            **model,
            **(hub if "ORG/" in piece.text else {}),
        }
        call = ["sh", "-euc", piece.text] if piece.kind == "sh" else [sys.executable, "-c", piece.text]
        done[piece] = subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    return done


def write_upstream(folder: Path) -> None:
    """A small upstream folder in CodeGPT's format: one zip archive, one JSON array a member."""
    requests = [
        {"user": f"用Python计算{n}的平方；", "assistant": f"```python\nprint({n} ** 2)\n```"} for n in range(100)
    ]
    questions = [{"user": "什么是闭包？", "assistant": "闭包是函数连同它引用的外部变量。"}]
    (folder / "codegpt-cn").mkdir(parents=True)
    with zipfile.ZipFile(folder / "codegpt-cn" / "CodeGPT-Dataset-V1-CN.zip", "w") as archive:
        archive.writestr("code-medium/Python3.json", json.dumps(requests, ensure_ascii=False))
        archive.writestr("code-text/basics.json", json.dumps(questions, ensure_ascii=False))


@pytest.mark.slow
@pytest.mark.parametrize("piece", TYPED, ids=lambda piece: piece.text.splitlines()[0])
def test_what_the_readme_tells_to_run_runs(piece: Block, typed: dict[Block, subprocess.CompletedProcess[str]]) -> None:
    assert typed[piece].returncode == 0, typed[piece].stderr


@pytest.mark.slow
def test_the_first_snippet_prints_the_row_below_it(typed: dict[Block, subprocess.CompletedProcess[str]]) -> None:
    first = next(piece for piece in TYPED if piece.kind == "python")
    row = next(block for block in blocks("README.md") if block.kind == "text")
    assert typed[first].stdout == row.text


@pytest.mark.slow
def test_the_commands_say_what_the_readme_says_of_them(typed: dict[Block, subprocess.CompletedProcess[str]]) -> None:
    said = {piece.text: done for piece, done in typed.items()}
    small = next(text for text in said if "--limit" in text)
    assert "codegpt-cn" in said["mulco sources --upstream upstream"].stdout
    listed = json.loads(said["mulco sources --upstream upstream --json"].stdout)
    assert {entry["source"] for entry in listed if entry["at_hand"]} == {"codegpt-cn", "starter"}
    assert re.search(r"code_search_zh +\d+ +\d+ +\d+ +codegpt-cn \d+ *\n", said[small].stdout)
    assert "Published as commit" in said["mulco push out/mulco ORG/mulco --tag v1 --yes"].stdout
    assert said["mulco check out/mulco"].stderr.endswith("all good.\n")
    assert next(done for text, done in said.items() if "mulco trace" in text).stdout.startswith("equal: ")


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    words = [re.sub(r"^(\w+=\S+ )*", "", line).split() for line in commands("README.md") + commands("README_zh.md")]
    assert {line[0] for line in words} - set(NOT_RUN) == {"mulco"}
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {str(group.name) for group in app.registered_groups}
    assert {line[1] for line in words if line[0] == "mulco"} == known


def every_command(group: Any) -> Iterator[Any]:
    """The commands of the command line, those of its groups as well."""
    for command in getattr(group, "commands", {}).values():
        yield command
        yield from every_command(command)


@pytest.mark.parametrize("name", ["README.md", "README_zh.md"])
def test_every_option_and_variable_in_the_readme_exists(name: str) -> None:
    group = typer.main.get_command(app)
    known = {option for parameter in group.params for option in parameter.opts}
    for command in every_command(group):
        known |= {option for parameter in command.params for option in parameter.opts}
    named = {option for kind, text in blocks(name) if kind != "text" for option in re.findall(OPTION, text)}
    assert named | set(re.findall(OPTION, prose(name))) <= known
    code = "".join(path.read_text("utf-8") for path in (ROOT / "mulco").rglob("*.py"))
    assert all(variable in code for variable in re.findall(r"MULCO_[A-Z]+", text_of(name)))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M))
    asked = [line.split()[1:] for line in commands(name) if line.startswith("make ")]
    asked += [found.split() for found in re.findall(r"`(?:\w+=\w+ )?make ([a-z ]+)`", prose(name))]
    assert {target for line in asked for target in line} <= targets


def test_make_build_and_make_test_do_what_the_readme_says() -> None:
    recipes = dict(re.findall(r"^(build|test):.*\n\t(.*)$", text_of("Makefile"), re.M))
    assert recipes == {"build": "$(BIN)/mulco build", "test": "$(BIN)/python -m pytest -n 2 --dist loadfile"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_inside_the_repository_lead_somewhere(name: str) -> None:
    assert [link for link in links(name) if not link.startswith("http") and not (ROOT / link).is_file()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_machine_path_or_package_index_is_named(name: str) -> None:
    assert re.findall(r"/(?:work|tmp|home|root|opt)/|pypi\.org|localhost|127\.0\.0\.1", text_of(name)) == []


def test_both_readmes_have_the_same_headings() -> None:
    english, chinese = (re.findall(r"^(#+) ", prose(name), re.M) for name in readme.PAGES)
    assert english == chinese


def test_both_readmes_have_the_same_code_blocks() -> None:
    english, chinese = ([without_comments(block) for block in blocks(name)] for name in readme.PAGES)
    assert english == chinese


def test_both_readmes_have_the_same_links_and_link_to_each_other() -> None:
    english, chinese = (links(name) for name in readme.PAGES)
    assert (english[0], chinese[0]) == ("README_zh.md", "README.md")
    assert sorted(english[1:]) == sorted(chinese[1:])


def test_both_readmes_name_the_same_things_in_code() -> None:
    english, chinese = (set(re.findall(r"`([^`\n]+)`", prose(name))) for name in readme.PAGES)
    assert english == chinese


def test_generated_tables_are_fresh() -> None:
    assert readme.stale(ROOT) == [], "run: python -m mulco.cards.readme --write"


def test_a_page_with_a_misspelt_block_is_refused() -> None:
    page = text_of("README.md").replace("generated:configs", "generated:config")
    expected = "row, configs, columns, sources, formats, once each; found row, config, formats"
    with pytest.raises(MulcoError, match=expected):
        readme.fill(page, "en", ROOT / "mulco" / "starter")


HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"


def test_the_chinese_readme_is_set_as_chinese() -> None:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", prose("README_zh.md"))
    plain = re.sub(r"`[^`\n]+`", "x", plain)  # code in a line is a Latin word to its neighbours
    wrong = {
        "half-width mark beside Han": rf"{HAN}[,.;:!?()]|[,;:!?()]{HAN}",
        "no space between Han and Latin": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}",
        "space beside a full-width mark": r" [，。；：！？、（）]|[，。；：！？、（）] ",
        "a line broken inside a paragraph": rf"[{HAN[1:-1]}，。；：！？、（）]\n(?=[^\n|#\-\d<])",
        "straight quotes": rf'{HAN}"|"{HAN}',
    }
    found = {what: re.findall(f".{{0,12}}(?:{pattern}).{{0,12}}", plain) for what, pattern in wrong.items()}
    assert {what: places for what, places in found.items() if places} == {}


def test_the_picture_of_the_house_is_the_tree() -> None:
    picture = next(block for block in blocks("CONTRIBUTING.md") if block.kind == "text")
    named, folder = set(), ""
    for line in picture.text.splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split()
        if not line.startswith(" "):
            (folder,) = names
        named |= {folder + name for name in names if name not in ("...", folder)}
    assert {name for name in named if not (ROOT / name).exists()} == set()
    modules = {f"mulco/{path.name}" for path in (ROOT / "mulco").glob("*.py")}
    modules |= {f"cards/{path.name}" for path in (ROOT / "cards").glob("[a-z]*.py")}
    assert modules - named == set()


def apply_recipes(site: Path) -> None:
    """Do what CONTRIBUTING.md says to a copy of the package: new files are written, diffs must fit."""
    for block in blocks("CONTRIBUTING.md"):
        name = re.match(r"# (\S+/\S+)\n", block.text)
        if block.kind not in ("python", "yaml", "diff") or name is None:
            continue
        path = site / "mulco" / name[1].removeprefix("mulco/")
        if block.kind != "diff":
            assert not path.exists(), f"{name[1]}: the recipe for a new file names one that exists"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
            continue
        lines = block.text.splitlines()[1:]
        old, new = ("\n".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{name[1]}: the recipe changes what is not there (once):\n{old}"
        path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.slow
def test_the_recipes_for_contributors_work(tmp_path: Path) -> None:
    site = tmp_path / "site"
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("mulco", "builders", "cards", "training"):
        shutil.copytree(ROOT / folder, site / "mulco" / folder.replace("mulco", ""), ignore=ignore, dirs_exist_ok=True)
    apply_recipes(site)
    (tmp_path / "upstream" / "snippets").mkdir(parents=True)
    rows = [
        {"id": f"s{n}", "language": "Python", "title": f"Add {n}", "sentence": f"Doubles a value and adds {n}.",
         "code": f"def f(value):\n    doubled = value * 2\n    total = doubled + {n}\n    return total\n"}
        for n in range(200)
    ]  # fmt: skip
    data = "".join(json.dumps(row) + "\n" for row in [*rows, {**rows[0], "language": "Klingon"}])
    (tmp_path / "upstream" / "snippets" / "data.jsonl").write_text(data, "utf-8")

    def mulco(*arguments: str) -> str:
        call = [sys.executable, "-m", "mulco.cli", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(site)}
        done = subprocess.run(call, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    configs = ("code_summarization_en", "code_title_en", "code_completion_de")
    mulco("build", *configs, "--upstream", "upstream", "--source", "snippets", "--profile", "none", "--out", "new")
    manifest = json.loads((tmp_path / "new" / "manifest.json").read_text("utf-8"))
    rows_made = {name: sum(s["rows"] for s in facts["splits"].values()) for name, facts in manifest["configs"].items()}
    assert rows_made == dict.fromkeys(configs, 200)
    assert sum(entry["unusable"].get("unknown_programming_language", 0) for entry in manifest["counts"]) == 3
    mulco("check", "new")
    assert json.loads(mulco("plan", "code_title_zh", "--json"))["configs"]["code_title_zh"]["shards"] == 0

    mulco("build", "code_repair_en", "--profile", "short", "--out", "short")
    shown = json.loads(mulco("show", "code_repair_en", "--data", "short", "--rows", "9999", "--json"))
    assert shown
    assert max(row["output"].count("\n") + 1 for row in shown) <= 30
    assert (tmp_path / "short.dropped" / "code_repair_en" / "train.parquet").is_file()
