"""The command line: what scripts read agrees with the manifest, and every error is one sentence with a status."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco.catalog import catalog
from mulco.manifest import Manifest
from mulco.version import VERSION

Command = Callable[..., subprocess.CompletedProcess[str]]
COMMANDS = ["list", "show", "sources", "plan", "build", "check", "trace", "export"]
TYPO = "Error: no config 'code_serach_zh'. Close matches: code_search_zh, code_search_en"


def value(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# What scripts read


@pytest.fixture(params=["starter", "small"])
def made(request: pytest.FixtureRequest) -> Path:
    """A build of the starter alone and one of every source."""
    return request.getfixturevalue(f"{request.param}_build")


def test_list_agrees_with_the_manifest(made: Path, command: Command) -> None:
    manifest, listed = Manifest.load(made), value(command("list", made, "--json"))
    assert [entry["config"] for entry in listed] == list(catalog().configs)
    for entry in listed:
        name = entry["config"]
        splits = manifest.configs.get(name, {}).get("splits", {})
        assert entry["splits"] == {split: facts["rows"] for split, facts in splits.items()}
        assert entry["rows"] == sum(entry["splits"].values()) == sum(entry["sources"].values())
        assert entry["sources"] == {
            source: manifest.rows(name, source=source)
            for source in sorted({count["source"] for count in manifest.counts if count["config"] == name})
        }
    files = [f for c in manifest.configs.values() for s in c["splits"].values() for f in s["files"]]
    rows = sum(pq.read_metadata(made / file["path"]).num_rows for file in files)
    assert sum(entry["rows"] for entry in listed) == manifest.rows() == rows


def test_sources_agree_with_the_manifest_and_the_list(made: Path, command: Command) -> None:
    told = {entry["source"]: entry for entry in value(command("sources", made, "--json"))}
    assert list(told) == sorted(catalog().sources)
    by_source = dict.fromkeys(told, 0)
    for entry in value(command("list", made, "--json")):
        for source, rows in entry["sources"].items():
            by_source[source] += rows
    assert {name: entry["rows"] for name, entry in told.items()} == by_source
    for name, facts in Manifest.load(made).sources.items():
        assert (told[name]["license"], told[name]["title"]) == (facts["license"], facts["title"])


def test_a_plan_says_what_the_build_then_does(small_upstream: Path, small_build: Path, command: Command) -> None:
    only = [word for path in sorted(small_upstream.iterdir()) for word in ("--source", path.name)]
    planned, manifest = (
        value(command("plan", "--upstream", small_upstream, "--profile", "none", *only, "--json")),
        Manifest.load(small_build),
    )
    identities = {name: facts["identity"] for name, facts in manifest.configs.items()}
    assert {name: planned["configs"][name]["identity"] for name in identities} == identities
    assert {name: facts["absent"] for name, facts in manifest.sources.items()} == planned["absent"]
    files = {
        source: {path: [file["sha256"], file["bytes"]] for path, file in facts["files"].items()}
        for source, facts in manifest.sources.items()
    }
    assert files == planned["files"]
    for name, facts in planned["configs"].items():
        fed = {entry["source"] for entry in manifest.counts if entry["config"] == name}
        assert fed <= set(facts["sources"])
        assert facts["shards"] >= len(facts["sources"])


def test_build_prints_its_manifest_as_json(tmp_path: Path, command: Command) -> None:
    printed = value(command("build", "code_qa_zh", "--workers", 1, "--out", "rows", "--json"))
    assert printed == json.loads((tmp_path / "rows" / "manifest.json").read_text("utf-8"))


def test_show_prints_the_first_rows(starter_build: Path, command: Command) -> None:
    file = starter_build / "code_search_zh/test-00000-of-00001.parquet"
    shown = value(command("show", "code_search_zh", "--split", "test", "--rows", 3, "--data", starter_build, "--json"))
    assert shown == pq.read_table(file).slice(0, 3).to_pylist()
    done = command("show", "code_search_zh", "--split", "test", "--data", starter_build)
    assert shown[0]["instruction"].split("\n")[0] in done.stdout
    assert f"id: {shown[0]['id']}" in done.stdout


def test_without_a_build_list_and_sources_give_no_counts(command: Command) -> None:
    assert {entry["rows"] for entry in value(command("list", "--json"))} == {None}
    told = value(command("sources", "--json"))
    assert {entry["rows"] for entry in told} == {None}
    assert [entry["source"] for entry in told if entry["at_hand"]] == ["starter"]


@pytest.mark.parametrize("arguments", [["list"], ["sources"], ["plan"]])
def test_tables_for_people_name_every_config_or_source(
    starter_build: Path, command: Command, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MULCO_DATA", str(starter_build))
    done = command(*arguments)
    assert done.returncode == 0
    names = catalog().sources if arguments == ["sources"] else catalog().configs
    assert [name for name in names if name not in done.stdout] == []


# Help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, command: Command) -> None:
    done = command(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: python -m mulco.cli {name}")
    assert "--help" in done.stdout


def test_help_names_every_command_and_answers_at_once(command: Command) -> None:
    fastest = 9.0  # seconds of CPU time: what it takes where nobody else is at work
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = command("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        fastest = min(fastest, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    listed = [line.split()[0] for line in done.stdout.split("Commands:")[1].splitlines() if line.strip()]
    assert [name for name in listed if name in COMMANDS] == COMMANDS
    assert fastest < 0.5


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, mulco.cli; print(*sorted({'torch', 'transformers', 'datasets', 'pyarrow', 'pandas', 'numpy',"
    code += " 'tree_sitter', 'openai', 'ray', 'yaml', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_version(command: Command) -> None:
    assert command("--version").stdout == f"{VERSION}\n"


def test_no_command_shows_the_help(command: Command) -> None:
    done = command()
    assert done.returncode == 2
    assert "Commands:" in done.stdout + done.stderr


# Errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "code_serach_zh"],
        ["plan", "code_serach_zh"],
        ["show", "code_serach_zh"],
        ["trace", "code_serach_zh/starter/x"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_misspelt_config_exits_2_with_near_matches(
    tmp_path: Path, starter_build: Path, command: Command, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MULCO_DATA", str(starter_build))
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(TYPO)
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["build", "--source", "codetran"], 2, "Error: no source 'codetran'. Close matches: codetrans"),
        (["build", "--profile", "nine"], 2, "Error: no profile 'nine'. Close matches: none. Profiles: none"),
        (["build", "--limit", "0"], 2, "Error: --limit must be at least 1, not 0"),
        (["build", "--upstream", "nowhere"], 2, "Error: the upstream folder 'nowhere' does not exist; name another"),
        (["build", "--workers", "0"], 2, "Usage: "),
        (["build", "--wrokers", "2"], 2, "Usage: "),
        (["bild"], 2, "Usage: "),
        (["show"], 2, "Usage: "),
        (["show", "code_qa_en", "--split", "tests"], 2, "Error: no split 'tests'. Close matches: test. Splits of "),
        (["check", "nowhere"], 1, "Error: nowhere: no manifest.json, so not a folder built by mulco. Build one: "),
        (["list", "nowhere"], 1, "Error: nowhere: no manifest.json, so not a folder built by mulco. Build one: "),
        (["export", "--data", "nowhere"], 1, "Error: nowhere: no manifest.json, so not a folder built by mulco."),
        (["trace", "code_qa_en/starter/x"], 1, "Error: out/mulco: no manifest.json, so not a folder built by mulco."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_and_failed_work_have_a_status_of_their_own(
    command: Command, arguments: list[str], status: int, said: str
) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stderr[: len(said)]) == (status, said)
    assert "Traceback" not in done.stderr


def test_a_spoilt_build_fails_its_check(tmp_path: Path, starter_build: Path, command: Command) -> None:
    done = command("check", starter_build)
    rows = f"{Manifest.load(starter_build).rows():,}"
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{starter_build}: 20 configs, {rows} rows, all good.\n"
    shutil.copytree(starter_build, tmp_path / "built")
    (tmp_path / "built/code_qa_en/test-00000-of-00001.parquet").unlink()
    done = command("check", "built")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "code_qa_en/test-00000-of-00001.parquet: the file is missing\n",
        "Error: built: 1 problems. Build it again: mulco build --out built\n",
    )


def test_debug_shows_the_traceback(command: Command) -> None:
    done = command("--debug", "build", "code_serach_zh")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert f"ConfigNotFoundError: {TYPO.removeprefix('Error: ')}" in done.stderr


# Where it runs


def test_output_into_head_ends_quietly(starter_build: Path) -> None:
    line = [
        sys.executable,
        "-m",
        "mulco.cli",
        "show",
        "all_zh",
        "--rows",
        "500",
        "--json",
        "--data",
        str(starter_build),
    ]
    shown = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    head = subprocess.run(["head", "-n", "1"], stdin=shown.stdout, capture_output=True, check=True)
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.close()
    assert (head.stdout, shown.stderr.read(), shown.wait()) == (b"[\n", b"", 1)
    shown.stderr.close()


def test_folders_with_spaces_and_chinese_in_their_names(tmp_path: Path, small_upstream: Path, command: Command) -> None:
    here = tmp_path / "项目 here"
    here.mkdir()
    shutil.copytree(small_upstream, here / "上游 data")
    out = ("--out", "行 rows/混合 built")
    done = command("build", "code_search_zh", "--upstream", "上游 data", "--workers", 2, *out, cwd=here)
    assert done.returncode == 0, done.stderr
    assert "rows in 行 rows/混合 built" in done.stdout
    assert command("check", out[1], cwd=here).returncode == 0
    row = value(command("show", "code_search_zh", "--data", out[1], "--json", cwd=here))[0]
    done = command("trace", row["id"], "--data", out[1], "--upstream", "上游 data", cwd=here)
    assert done.stdout.startswith(f"equal: {row['id']}\n")
    assert command("export", "--data", out[1], "--out", "导 出", cwd=here).returncode == 0
    assert (here / "导 出" / "code_search_zh-train.jsonl").is_file()


def test_the_default_folder_is_out_mulco_or_what_the_environment_names(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("build", "code_qa_en", "--workers", 1).returncode == 0
    assert sorted(path.name for path in (tmp_path / "out" / "mulco").iterdir()) == [
        "LICENSE.md", "README.md", "README_zh.md", "code_qa_en", "manifest.json",
    ]  # fmt: skip
    assert command("check").returncode == 0
    counts = {entry["config"]: entry["rows"] for entry in value(command("list", "--json"))}
    assert (counts["code_qa_en"], counts["code_qa_zh"]) == (30, 0)
    assert command("build", "code_qa_zh", "--workers", 1, "--out", "other").returncode == 0
    monkeypatch.setenv("MULCO_DATA", "other")
    counts = {entry["config"]: entry["rows"] for entry in value(command("list", "--json"))}
    assert (counts["code_qa_en"], counts["code_qa_zh"]) == (0, 30)


def test_the_installed_command_is_the_same(command: Command) -> None:
    script = Path(sys.executable).parent / ("mulco.exe" if os.name == "nt" else "mulco")
    done = subprocess.run([script, "list", "--json"], capture_output=True, text=True, check=True)
    assert done.stdout == command("list", "--json").stdout


# Real rows


@pytest.mark.upstream
@pytest.mark.slow
def test_every_config_builds_from_the_real_excerpts(tmp_path: Path, upstream: Path, command: Command) -> None:
    done = command("build", "--upstream", upstream, "--out", "rows")
    assert done.returncode == 0, done.stderr
    assert "Left out" not in done.stderr
    assert command("check", "rows").returncode == 0
    manifest = Manifest.load(tmp_path / "rows")
    assert list(manifest.configs) == list(catalog().configs)
    assert manifest.problems == {}
    listed, told = (value(command(name, "rows", "--json")) for name in ("list", "sources"))
    assert {entry["config"]: entry["rows"] for entry in listed} == {
        name: manifest.rows(name) for name in manifest.configs
    }
    assert {entry["source"]: entry["rows"] for entry in told} == {
        name: manifest.rows(source=name) for name in catalog().sources
    }
    for config, facts in manifest.configs.items():
        file = next(iter(facts["splits"].values()))["files"][0]["path"]
        row_id = pq.read_table(tmp_path / "rows" / file, columns=["id"]).column("id")[-1].as_py()
        traced = value(command("trace", row_id, "--data", "rows", "--upstream", upstream, "--json"))
        assert (config, traced["differences"]) == (config, {})
