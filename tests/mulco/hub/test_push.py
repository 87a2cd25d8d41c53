"""A dataset on the Hub: what is built is what plain datasets loads, and a push changes what has changed and no more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hub_server import Hub, api, digests
from hub_server.store import Commit, File

from mulco.build import build
from mulco.cards.dataset import write_card
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan

OnHub = Callable[..., subprocess.CompletedProcess[str]]
BOTH = pytest.mark.parametrize("xet", [False, True], ids=["lfs", "xet"])

# A process in which mulco cannot be imported, as on the machine of somebody who only has datasets.
PLAIN = """
import sys

class NoMulco:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "mulco":
            raise ModuleNotFoundError("No module named 'mulco'")

sys.meta_path.insert(0, NoMulco())
import json
from datasets import load_dataset, get_dataset_config_names

def rows(**how):
    loaded = load_dataset("ORG/mulco", "code_search_zh", **how)
    return {split: list(loaded[split]) for split in loaded}

print(json.dumps({
    "names": get_dataset_config_names("ORG/mulco"),
    "plain": rows(),
    "streamed": rows(streaming=True),
    "tag": rows(revision=TAG),
    "sha": rows(revision=SHA),
    "old": rows(revision=OLD),
    "mulco": [name for name in sys.modules if name.split(".")[0] == "mulco"],
}))
"""


def good(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert done.returncode == 0, done.stderr
    return done


def local(folder: Path, config: str) -> dict[str, list[dict[str, Any]]]:
    splits = Manifest.load(folder).configs[config]["splits"]
    return {
        split: [row for file in facts["files"] for row in pq.read_table(folder / file["path"]).to_pylist()]
        for split, facts in splits.items()
    }


@BOTH
def test_what_is_built_is_what_plain_datasets_loads(
    hub: Hub, on_hub: OnHub, small_release: Path, tmp_path: Path, xet: bool
) -> None:
    older = build(make_plan(["code_search_zh"], Settings(limit=4)), tmp_path / "older", finish=write_card).folder
    hub.page = 3  # a repository with more files than one answer lists
    good(on_hub("push", older, "ORG/mulco", "--yes", "--tag", "v0", xet=xet))
    old = hub.repo("datasets", "ORG/mulco").head.oid
    good(on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1", xet=xet))
    repo = hub.repo("datasets", "ORG/mulco")
    assert hub.repo("datasets", "ORG/mulco").head.published == digests(small_release)
    assert all((file.xet is not None) == xet for file in repo.objects.values())

    code = PLAIN.replace("TAG", "'v1'").replace("SHA", repr(repo.head.oid)).replace("OLD", repr(old))
    environment = {**os.environ, **hub.environment(None, tmp_path / "fresh", xet)}
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    done = subprocess.run([sys.executable, "-c", code], cwd=empty, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert loaded["mulco"] == []
    assert loaded["names"] == ["code_search_zh", "code_qa_zh", "all_zh", "all"]
    built = local(small_release, "code_search_zh")
    assert [len(built[split]) for split in ("train", "validation", "test")] == [160, 40, 40]
    for route in ("plain", "streamed", "tag", "sha"):
        assert loaded[route] == built, route
    assert loaded["old"] == local(older, "code_search_zh") != built


@BOTH
def test_a_second_push_changes_nothing_and_makes_no_commit(
    hub: Hub, on_hub: OnHub, small_release: Path, xet: bool
) -> None:
    good(on_hub("push", small_release, "ORG/mulco", "--yes", xet=xet))
    before, since = len(hub.repo("datasets", "ORG/mulco").commits), len(hub.requests)
    done = good(on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1", xet=xet))
    assert "Nothing to change" in done.stdout
    repo = hub.repo("datasets", "ORG/mulco")
    assert len(repo.commits) == before
    assert repo.tags == {"v1": repo.head.oid}  # a tag that is missing is still made
    assert {(one.method, one.path.split("/")[-2]) for one in hub.requests[since:] if one.method != "GET"} == {
        ("POST", "tag")
    }


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted_in_the_same_commit(
    hub: Hub, on_hub: OnHub, small_release: Path, tmp_path: Path
) -> None:
    good(on_hub("push", small_release, "ORG/mulco", "--yes", xet=False))
    smaller = build(make_plan(["code_search_zh"], Settings(limit=8)), tmp_path / "smaller", finish=write_card).folder
    since = len(hub.requests)
    plan = json.loads(good(on_hub("push", smaller, "ORG/mulco", "--dry-run", "--json", xet=False)).stdout)
    assert plan["delete"] == [f"code_qa_zh/{split}-00000-of-00001.parquet" for split in ("test", "train", "validation")]
    assert plan["add"] == []
    good(on_hub("push", smaller, "ORG/mulco", "--yes", xet=False))
    assert hub.repo("datasets", "ORG/mulco").head.published == digests(smaller)
    assert len(hub.repo("datasets", "ORG/mulco").history) == 3  # the empty one, and two releases
    large = [path for path in plan["change"] if path.endswith(".parquet")]
    assert hub.sent("PUT", "/storage/", since) == sum((smaller / path).stat().st_size for path in large)


def test_files_that_are_no_part_of_a_release_stay_at_home_and_those_of_others_stay_there(
    hub: Hub, on_hub: OnHub, small_release: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mulco"
    shutil.copytree(small_release, folder)
    for name in ("notes.txt", ".env", "mulco.py"):
        (folder / name).write_text("HF_TOKEN=secret", "utf-8")
    good(on_hub("push", folder, "ORG/mulco", "--yes", xet=False))
    repo = hub.repo("datasets", "ORG/mulco")
    repo.add(Commit(repo.head.oid, "by hand", {**repo.head.files, "paper.pdf": File(b"%PDF")}), "main")
    (folder / "CHANGELOG.md").write_text("# Changes\n", "utf-8")
    done = good(on_hub("push", folder, "ORG/mulco", "--yes", xet=False))
    assert "Not part of a release, stays here: mulco.py, notes.txt" in done.stderr
    assert sorted(hub.repo("datasets", "ORG/mulco").head.published) == sorted(
        [*digests(small_release), "CHANGELOG.md", "paper.pdf"]
    )


def test_a_dry_run_changes_nothing_and_works_offline(hub: Hub, on_hub: OnHub, small_release: Path) -> None:
    for environment in ({}, {"HF_HUB_OFFLINE": "1"}):
        done = good(on_hub("push", small_release, "ORG/mulco", "--dry-run", "--tag", "v1", **environment))
        assert f"{len(digests(small_release))} files" in done.stdout
        assert "Rows by licence: Apache-2.0 270" in done.stdout
    assert hub.repos == {}
    assert {one.method for one in hub.requests} == {"GET"}


def test_without_anybody_to_say_yes_nothing_is_published(hub: Hub, on_hub: OnHub, small_release: Path) -> None:
    done = on_hub("push", small_release, "ORG/mulco")
    assert (done.returncode, hub.repos) == (2, {})
    assert done.stderr == "Error: nobody is here to say yes. Add --yes to publish, or --dry-run to look only\n"


def test_a_private_repository_stays_private_and_is_seen_by_its_owners_alone(
    hub: Hub, on_hub: OnHub, small_release: Path
) -> None:
    hub.user("mallory", "hf_malloryIsNotInOrg")
    good(on_hub("push", small_release, "ORG/mulco", "--yes", "--private"))
    assert hub.repo("datasets", "ORG/mulco").private
    assert "(private, is there)" in good(on_hub("push", small_release, "ORG/mulco", "--dry-run")).stdout
    assert on_hub("pull", "ORG/mulco", token="hf_malloryIsNotInOrg").returncode == 1
    assert on_hub("pull", "ORG/mulco", token=None).returncode == 1
    assert on_hub("pull", "ORG/mulco").returncode == 0


def test_a_branch_of_its_own_leaves_main_as_it_is(hub: Hub, on_hub: OnHub, small_release: Path) -> None:
    good(on_hub("push", small_release, "ORG/mulco", "--yes", "--revision", "trial/zh"))
    repo = hub.repo("datasets", "ORG/mulco")
    assert list(repo.head.files) == [".gitattributes"]
    assert "manifest.json" in repo.commits[repo.branches["trial/zh"]].files


def test_what_arrived_is_compared_with_what_was_sent(
    hub: Hub, on_hub: OnHub, small_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "File", lambda data, **rest: File(data.replace(b"mulco", b"MULCO"), **rest))
    done = on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1")
    assert done.returncode == 1
    assert "does not hold what was sent: LICENSE.md and 3 more" in done.stderr
    assert hub.repo("datasets", "ORG/mulco").tags == {}
