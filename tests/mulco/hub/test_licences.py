"""Rows that may not be passed on: counted in the plan, refused in public, left out or claimed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_server import Hub

from mulco.cards.dataset import write_card
from mulco.check import check
from mulco.identity import file_digest
from mulco.manifest import Manifest

OnHub = Callable[..., subprocess.CompletedProcess[str]]
UNKNOWN = "LicenseRef-unknown"


@pytest.fixture
def mixed(small_release: Path, tmp_path: Path) -> Path:
    """A build in which every other training row of code_search_zh has an unknown licence, and all of one test split."""
    folder = tmp_path / "混合 mixed"
    shutil.copytree(small_release, folder)
    manifest = Manifest.load(folder)
    for config, split, every in (("code_search_zh", "train", 2), ("code_qa_zh", "test", 1)):
        facts = manifest.configs[config]["splits"][split]["files"][0]
        table = pq.read_table(folder / facts["path"])
        licenses = [UNKNOWN if n % every == 0 else name for n, name in enumerate(table.column("license").to_pylist())]
        at = table.schema.get_field_index("license")
        pq.write_table(table.set_column(at, "license", pa.array(licenses)), folder / facts["path"])
        facts.update(sha256=file_digest(folder / facts["path"]), bytes=(folder / facts["path"]).stat().st_size)
        [entry] = [e for e in manifest.counts if (e["config"], e["split"]) == (config, split)]
        entry["licenses"] = {name: licenses.count(name) for name in sorted(set(licenses))}
    manifest.write(folder)
    write_card(folder, manifest)
    assert list(check(folder)) == []
    return folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_public_rows_that_may_not_be_passed_on_are_refused(hub: Hub, on_hub: OnHub, mixed: Path) -> None:
    done = on_hub("push", mixed, "ORG/mulco", "--yes")
    assert done.returncode == 1
    assert done.stderr == (
        "Error: 85 of 270 rows may not be passed on, or not as far as mulco knows (LicenseRef-unknown 85). Leave them "
        "out with --redistributable-only, keep the repository to yourself with --private, or say --i-have-the-rights. "
        "Nothing was published\n"
    )
    assert hub.repos == {}
    plan = json.loads(on_hub("push", mixed, "ORG/mulco", "--dry-run", "--json").stdout)
    assert plan["not_redistributable"] == {UNKNOWN: 85}


def test_in_private_they_may_be_kept(hub: Hub, on_hub: OnHub, mixed: Path) -> None:
    assert on_hub("push", mixed, "ORG/mulco", "--yes", "--private").returncode == 0
    assert hub.repo("datasets", "ORG/mulco").private


def test_they_are_left_out_and_the_card_says_so(hub: Hub, on_hub: OnHub, mixed: Path, tmp_path: Path) -> None:
    before = bytes_of(mixed)
    done = on_hub("push", mixed, "ORG/mulco", "--yes", "--redistributable-only")
    assert done.returncode == 0, done.stderr
    assert bytes_of(mixed) == before
    assert on_hub("pull", "ORG/mulco", "--out", "pulled").returncode == 0
    pulled = tmp_path / "pulled"
    assert list(check(pulled)) == []
    manifest = Manifest.load(pulled)
    assert (manifest.rows(), manifest.total("licenses")) == (185, {"Apache-2.0": 185})
    assert manifest.publishing == {"left_out": {UNKNOWN: 85}}
    assert {name: list(facts["splits"]) for name, facts in manifest.configs.items()} == {
        "code_search_zh": ["train", "validation", "test"], "code_qa_zh": ["train", "validation"],
    }  # fmt: skip
    rows = pq.read_table(mixed / "code_search_zh/train-00000-of-00001.parquet").to_pylist()
    kept = pq.read_table(pulled / "code_search_zh/train-00000-of-00001.parquet").to_pylist()
    assert kept == [row for row in rows if row["license"] != UNKNOWN]
    [entry] = [e for e in manifest.counts if (e["config"], e["split"]) == ("code_search_zh", "train")]
    assert (entry["rows"], entry["dropped"]) == (80, {"licenses": {UNKNOWN: 80}})
    assert sum(entry["programming_languages"].values()) == 80
    card = (pulled / "README.md").read_text("utf-8")
    assert "85 rows are left out here" in card
    assert "mulco build --download" in card
    again = on_hub("push", mixed, "ORG/mulco", "--yes", "--redistributable-only")
    assert "Nothing to change" in again.stdout
    assert sorted(path.name for path in mixed.parent.iterdir() if path.name.startswith(".")) == []


def test_a_claim_of_rights_stands_in_manifest_and_card(hub: Hub, on_hub: OnHub, mixed: Path) -> None:
    before = bytes_of(mixed)
    done = on_hub("push", mixed, "ORG/mulco", "--yes", "--i-have-the-rights")
    assert done.returncode == 0, done.stderr
    assert bytes_of(mixed) == before
    files = hub.repo("datasets", "ORG/mulco").head.files
    manifest = json.loads(files["manifest.json"].data)
    assert manifest["publishing"] == {"rights_claimed": {UNKNOWN: 85}}
    assert "claims the rights to them" in files["README.md"].data.decode()
    parquet = {path: data for path, data in before.items() if path.endswith(".parquet")}
    assert {path: files[path].data for path in parquet} == parquet


def test_both_at_once_is_wrong_use(on_hub: OnHub, mixed: Path) -> None:
    done = on_hub("push", mixed, "ORG/mulco", "--yes", "--i-have-the-rights", "--redistributable-only")
    assert done.returncode == 2
