"""The check of arms: whatever differs from the manifest is said in one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from mulco.analysis.result import Analysis
from mulco.arms.manifest import ArmManifest, check, is_arms
from mulco.arms.select import select
from mulco.arms.spec import Spec
from mulco.cli import app
from mulco.errors import MulcoError
from mulco.identity import file_digest

TRAIN, HELD = "train-00000-of-00001.parquet", "validation-00000-of-00001.parquet"


@pytest.fixture(scope="module")
def cut(made: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("臂 arms") / "cut"
    select(made, Spec("complexity", rows=60), out)
    return out


@pytest.fixture
def arms(cut: Path, tmp_path: Path) -> Path:
    """A good set of three arms, to spoil."""
    shutil.copytree(cut, tmp_path / "arms")
    return tmp_path / "arms"


def edit(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    facts = json.loads(file.read_text("utf-8"))
    change(facts)
    file.write_text(json.dumps(facts), "utf-8")


def rewrite(arm: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a file's rows and make the manifests say that they are right."""
    table = change(pq.read_table(arm / name))
    pq.write_table(table, arm / name)

    def stamp(manifest: dict[str, Any]) -> None:
        [file] = [file for file in manifest["files"] if file["path"] == name]
        file |= {"sha256": file_digest(arm / name), "rows": table.num_rows}

    edit(arm / "manifest.json", stamp)

    def stamp_set(facts: dict[str, Any]) -> None:
        [one] = [one for one in facts["arms"] if one["name"] == arm.name]
        one["manifest"] = file_digest(arm / "manifest.json")

    edit(arm.parent / "arms.json", stamp_set)


def test_a_good_set_and_each_of_its_arms_are_good(arms: Path) -> None:
    assert list(check(arms)) == []
    assert list(check(arms / "low")) == []
    assert is_arms(arms)
    assert is_arms(arms / "low")
    assert not is_arms(arms / "llamafactory")
    ArmManifest.load(arms / "low").check(arms / "low")


def test_an_altered_file_is_found(arms: Path) -> None:
    data = bytearray((arms / "low" / TRAIN).read_bytes())
    data[len(data) // 2] ^= 1
    (arms / "low" / TRAIN).write_bytes(data)
    assert list(check(arms)) == [f"low/{TRAIN}: the bytes differ from the manifest's sha256"]
    with pytest.raises(MulcoError, match="the bytes differ from the manifest's sha256. Cut the arms again: mulco"):
        ArmManifest.load(arms / "low").check(arms / "low")


def test_a_missing_and_a_stray_file_are_found(arms: Path) -> None:
    (arms / "low" / HELD).rename(arms / "low" / "more.parquet")
    assert list(check(arms / "low")) == [
        f"{HELD}: the file is missing",
        "more.parquet: the file is not in the manifest",
    ]


def test_rows_of_validation_in_train_are_found(arms: Path) -> None:
    held = pq.read_table(arms / "low" / HELD)
    rewrite(arms / "low", TRAIN, lambda table: pa.concat_tables([table.slice(1), held.slice(0, 1)]))
    assert "validation: 1 ids and 1 texts also stand in train" in list(check(arms / "low"))


def test_ids_that_repeat_are_found(arms: Path) -> None:
    rewrite(arms / "low", TRAIN, lambda table: pa.concat_tables([table.slice(1), table.slice(1, 1)]))
    assert list(check(arms / "low")) == ["train: 1 ids are used more than once"]


def test_rows_of_another_arm_are_found(arms: Path) -> None:
    high = pq.read_table(arms / "high" / TRAIN)
    rewrite(arms / "low", TRAIN, lambda table: pa.concat_tables([table.slice(1), high.slice(0, 1)]))
    assert list(check(arms)) == ["low and high: 1 rows in both, arms.json says 0"]


def test_other_rows_of_validation_and_other_columns_are_found(arms: Path) -> None:
    rewrite(arms / "low", HELD, lambda table: table.slice(1))
    assert list(check(arms)) == ["low: its validation or test rows are not those of the other arms"]
    rewrite(arms / "high", TRAIN, lambda table: table.drop(["tokens"]))
    assert f"high/{TRAIN}: its columns are not those of an arm" in list(check(arms))


def test_a_manifest_that_was_edited_is_found(arms: Path) -> None:
    edit(arms / "low" / "manifest.json", lambda facts: facts.update(rows=61))
    assert list(check(arms)) == [
        "low/manifest.json: the bytes differ from what arms.json says",
        "low: 61 rows and 3,065 tokens, which is not what arms.json says",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "damaged"),
        ("[]", "no JSON object"),
        ('{"kind": "dataset"}', r"not the manifest of an arm \(kind: 'dataset'\)"),
        ('{"kind": "arm"}', "damaged"),
    ],
)
def test_a_damaged_manifest_is_refused(arms: Path, text: str, said: str) -> None:
    (arms / "low" / "manifest.json").write_text(text)
    with pytest.raises(MulcoError, match=said):
        ArmManifest.load(arms / "low")
    assert any("manifest.json" in problem for problem in check(arms))


def test_a_damaged_set_is_refused(arms: Path) -> None:
    (arms / "arms.json").write_text('{"kind": "arms"}')
    with pytest.raises(MulcoError, match=r"damaged \(without arms, evaluation, pairs, spec\)"):
        list(check(arms))


def test_mulco_check_takes_arms(arms: Path) -> None:
    for folder, said in ((arms, "3 arms, all good"), (arms / "low", "1 arm, all good")):
        done = CliRunner().invoke(app, ["check", str(folder)])
        assert done.exit_code == 0
        assert said in done.stderr
    (arms / "high" / TRAIN).unlink()
    done = CliRunner().invoke(app, ["check", str(arms)])
    assert f"high/{TRAIN}: the file is missing" in done.stdout
    assert isinstance(done.exception, MulcoError)
