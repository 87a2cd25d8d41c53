"""What is withdrawn is gone from every config, from what quotes it, and from what is built there later."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.build import build
from mulco.cards.dataset import write_card
from mulco.check import check
from mulco.errors import MulcoError, UsageError
from mulco.identity import file_digest
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan
from mulco.withdraw import Rule, keep_withdrawn, withdraw
from mulco.withdraw.rules import judge

Command = Callable[..., subprocess.CompletedProcess[str]]
CONFIGS = ["code_search_en", "code_search_zh", "code_completion_zh", "code_qa_zh"]


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("撤回 withdraw") / "mulco"
    return build(make_plan(CONFIGS, Settings()), folder, finish=write_card).folder


@pytest.fixture
def built(four: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(four, tmp_path / "mulco"))


def rows_of(folder: Path, config: str | None = None) -> list[dict[str, Any]]:
    manifest = Manifest.load(folder)
    files = [f["path"] for name, c in manifest.configs.items() if config in (None, name)
             for s in c["splits"].values() for f in s["files"]]  # fmt: skip
    return [row for path in files for row in pq.read_table(folder / path).to_pylist()]


def test_an_item_goes_from_every_config_and_from_the_searches_that_show_its_code(built: Path) -> None:
    before = rows_of(built)
    code = next(row["input"] for row in before if row["id"] == "code_completion_zh/starter/add_months/python")
    body = [line for line in code.splitlines() if "monthrange" in line][-1]
    assert sum(row["source_id"] != "add_months/python" and body in row["input"] for row in before) > 0
    done = withdraw(built, Rule(source_ids=("add_months/python",), reason="a test"), write_card)
    after = rows_of(built)
    assert [row for row in after if row["source_id"] == "add_months/python"] == []
    searches = [row for row in after if row["task"] == "code_search"]
    assert [row["id"] for row in searches if body in row["input"]] == []
    assert len(before) - len(after) == done.rows
    kept = {row["id"]: row for row in after}
    assert all(kept.get(row["id"], row) == row for row in before)
    assert {config: set(why) for config, splits in done.gone.items() for why in [sum(splits.values(), Counter())]} == {
        "code_search_en": {"source_id", "quotes"},
        "code_search_zh": {"source_id", "quotes"},
        "code_completion_zh": {"source_id"},
    }


def test_manifest_card_and_changelog_tell_the_change_and_the_folder_passes_its_check(built: Path) -> None:
    old = Manifest.load(built)
    untouched = file_digest(built / "code_qa_zh/train-00000-of-00001.parquet")
    done = withdraw(built, Rule(source_ids=("add_months/python",), reason="asked by its author"), write_card)
    new = Manifest.load(built)
    assert list(check(built)) == []
    assert (old.dataset_version, new.dataset_version) == ("1.0.0", "1.1.0")
    [entry] = new.withdrawn
    assert entry["total"] == done.rows == old.rows() - new.rows()
    assert entry["matched"] == {"source_id": ["add_months/python"], "repository": [], "patterns": 0}
    changed = {name for name in CONFIGS if old.configs[name]["identity"] != new.configs[name]["identity"]}
    assert changed == set(entry["rows"]) == set(CONFIGS) - {"code_qa_zh"}
    assert file_digest(built / "code_qa_zh/train-00000-of-00001.parquet") == untouched
    for count in new.counts:
        gone = sum(count.get("withdrawn", {}).values())
        [was] = [c for c in old.counts if (c["config"], c["split"]) == (count["config"], count["split"])]
        assert count["rows"] == was["rows"] - gone == sum(count["licenses"].values())
        assert count["rows"] == sum(count["programming_languages"].values())
    said = f"Withdrawn: {done.rows} rows: add_months/python. Reason: asked by its author."
    card = (built / "README.md").read_text("utf-8")
    assert f"- 1.1.0: {done.rows} rows withdrawn: `add_months/python`. Reason: asked by its author." in card
    assert "1.1.0" in (built / "README_zh.md").read_text("utf-8")
    assert f"## 1.1.0 ({entry['date']})\n\n{said}" in (built / "CHANGELOG.md").read_text("utf-8")
    again = withdraw(built, Rule(patterns=("闭包",)), write_card)
    assert Manifest.load(built).dataset_version == again.version == "1.2.0"
    assert "闭包" not in (built / "manifest.json").read_text("utf-8") + (built / "CHANGELOG.md").read_text("utf-8")


def test_a_later_build_leaves_the_rows_out_again_and_says_so(built: Path) -> None:
    withdraw(built, Rule(source_ids=("add_months/python",)), write_card)
    expected = {config: rows_of(built, config) for config in CONFIGS}
    said: list[str] = []
    for configs in (["code_search_zh"], CONFIGS):  # the one alone knows the quoted code by its digest only
        build(make_plan(configs, Settings()), built, finish=keep_withdrawn(built, write_card, said.append))
        assert {config: rows_of(built, config) for config in CONFIGS} == expected
        assert list(check(built)) == []
    manifest = Manifest.load(built)
    assert (manifest.dataset_version, len(manifest.withdrawn)) == ("1.1.0", 1)
    lost = [sum(sum(why.values()) for why in splits.values()) for splits in manifest.withdrawn[0]["rows"].values()]
    assert said[1] == f"{sum(lost)} rows stay out, as {built / 'withdrawn.json'} asks: they were withdrawn"
    (built / "withdrawn.json").unlink()
    build(make_plan(["code_search_zh"], Settings()), built, finish=keep_withdrawn(built, write_card, said.append))
    assert said[-1].endswith("withdrawn.json is gone: the configs built now have them again")


def test_the_build_command_leaves_them_out(built: Path, command: Command) -> None:
    withdraw(built, Rule(source_ids=("add_months/python",)), write_card)
    rows = Manifest.load(built).rows()
    done = command("build", *CONFIGS, "--out", built, "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert "rows stay out, as" in done.stderr
    assert Manifest.load(built).rows() == rows


def test_a_whole_split_or_config_may_go(built: Path) -> None:
    ids = tuple(row["source_id"] for row in rows_of(built, "code_qa_zh"))
    withdraw(built, Rule(source_ids=ids), write_card)
    assert "code_qa_zh" not in Manifest.load(built).configs
    assert not (built / "code_qa_zh").exists()
    assert list(check(built)) == []


def test_rows_that_were_dropped_and_the_folder_before_hold_nothing_of_it(built: Path) -> None:
    dropped, previous = built.with_name("mulco.dropped"), built.with_name("mulco.previous")
    shutil.copytree(built, previous)
    (dropped / "code_qa_zh").mkdir(parents=True)
    rows = pq.read_table(built / "code_search_zh/train-00000-of-00001.parquet").to_pylist()
    named = [{**row, "step": "length", "reason": "too_long:9"} for row in rows]
    pq.write_table(pa.Table.from_pylist(named), dropped / "code_qa_zh/train.parquet")
    manifest = Manifest.load(built)
    [entry] = [e for e in manifest.counts if (e["config"], e["split"]) == ("code_qa_zh", "train")]
    entry["dropped"] = {"length": {"too_long": len(rows)}}
    (built / "manifest.json").unlink()
    manifest.write(built)
    withdraw(built, Rule(source_ids=("add_months/python",)), write_card)
    kept = pq.read_table(dropped / "code_qa_zh/train.parquet").column("source_id").to_pylist()
    assert 100 < len(kept) < len(rows)
    assert "add_months/python" not in kept
    [entry] = [e for e in Manifest.load(built).counts if (e["config"], e["split"]) == ("code_qa_zh", "train")]
    assert entry["dropped"] == {"length": {"too_long": len(kept)}}
    assert sum(entry["withdrawn"].values()) == len(rows) - len(kept)
    assert sorted(path.name for path in built.parent.iterdir() if path.name.startswith("mulco")) == [
        "mulco", "mulco.dropped",
    ]  # fmt: skip


def test_a_dry_run_says_the_same_and_changes_nothing(built: Path) -> None:
    before = {path: file_digest(path) for path in built.rglob("*") if path.is_file()}
    would = withdraw(built, Rule(source_ids=("add_months/python",)), write_card, dry_run=True)
    assert {path: file_digest(path) for path in built.rglob("*") if path.is_file()} == before
    done = withdraw(built, Rule(source_ids=("add_months/python",)), write_card)
    assert (would.gone, would.version) == (done.gone, done.version)


def test_models_that_were_trained_on_the_rows_are_named(built: Path, tmp_path: Path) -> None:
    identity = Manifest.load(built).configs["code_search_zh"]["identity"]
    trained = {
        "same identity": {"config": "code_search_zh", "identity": identity, "path": "ORG/mulco"},
        "same folder": {"config": "all_zh", "path": str(built)},
        "other config": {"config": "code_qa_zh", "path": str(built)},
        "other data": {"config": "code_search_zh", "identity": "0", "path": "elsewhere"},
    }
    for name, data in trained.items():
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "run.json").write_text(json.dumps({"data": [data]}), "utf-8")
    (tmp_path / "models" / "run.json").write_text("no record", "utf-8")
    done = withdraw(built, Rule(source_ids=("add_months/python",)), write_card, models=[tmp_path / "models"])
    assert [Path(name).name for name in done.models] == ["same folder (all_zh)", "same identity (code_search_zh)"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://github.com/Owner/name/blob/0a1b/a.py#L1-L9", True),
        ("owner/name", True),
        ("git@github.com:owner/name.git", True),
        ("https://github.com/owner/name-more/blob/0a1b/a.py", False),
        ("https://github.com/another.owner/name/blob/0a1b/a.py", False),
    ],
)
def test_a_repository_is_known_by_its_whole_name(text: str, named: bool) -> None:
    revision = json.dumps({"revision": "owner/name@1", "file": "owner/name/a.jsonl"})
    other = json.dumps({"revision": "1", "repository": text})
    row = {"instruction": "x", "input": "", "output": "y", "source": "s", "source_id": text, "provenance": revision}
    hidden = {**row, "source_id": "17", "provenance": other}
    plain = {**row, "source_id": "17"}
    verdicts = judge([Rule(repositories=("owner/name",))])(pa.Table.from_pylist([row, hidden, plain]))
    assert verdicts.to_pylist() == ["repository" if named else None] * 2 + [None]


def test_wrong_use(built: Path) -> None:
    with pytest.raises(UsageError, match="nothing is named"):
        Rule()
    with pytest.raises(UsageError, match="expected is OWNER/NAME"):
        Rule(repositories=("name",))
    with pytest.raises(UsageError, match="no regular expression"):
        Rule(patterns=("(",))
    with pytest.raises(UsageError, match=r"no source 'startr'\. Close matches: starter"):
        withdraw(built, Rule(source="startr"))
    with pytest.raises(MulcoError, match="no row matches"):
        withdraw(built, Rule(source_ids=("nothing",)))
    assert not built.with_name("mulco.partial").exists()
    (built / "withdrawn.json").write_text("{", "utf-8")
    with pytest.raises(MulcoError, match=r"withdrawn\.json: damaged"):
        withdraw(built, Rule(source_ids=("add_months/python",)))


def test_the_command_prints_what_went(built: Path, command: Command) -> None:
    done = command("withdraw", built, "--source-id", "add_months/python", "--reason", "一个测试", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["dataset_version"], told["done"]) == ("1.1.0", True)
    assert told["total"] == sum(sum(why.values()) for splits in told["rows"].values() for why in splits.values())
    assert command("withdraw", built).returncode == 2
    assert command("withdraw", built, "--source-id", "add_months/python").returncode == 1


@pytest.mark.upstream
def test_a_repository_of_real_rows(upstream: Path, tmp_path: Path) -> None:
    plan = make_plan(
        ["code_summarization_en", "cloze_test_zh"], Settings(upstream, sources=("codesearchnet",), limit=20)
    )
    built = build(plan, tmp_path / "mulco", finish=write_card).folder
    named = [row["source_id"] for row in rows_of(built) if "github.com/" in row["source_id"]]
    repository = "/".join(Counter("/".join(name.split("/")[3:5]) for name in named).most_common(1)[0][0].split("/"))
    withdraw(built, Rule(repositories=(repository,)), write_card)
    left = [row["source_id"] for row in rows_of(built)]
    assert len(left) > 0
    assert [name for name in left if f"github.com/{repository}/" in name] == []
    assert list(check(built)) == []
