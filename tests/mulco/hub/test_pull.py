"""Pull brings a repository at a branch, tag or commit, and says where it is only when its bytes are right."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_server import Fault, Hub, digests

from mulco.check import check

OnHub = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def there(on_hub: OnHub, small_release: Path) -> Path:
    assert on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1").returncode == 0
    return small_release


def test_what_is_pulled_is_what_was_pushed(hub: Hub, on_hub: OnHub, there: Path, tmp_path: Path) -> None:
    done = on_hub("pull", "ORG/mulco", "--revision", "v1", "--out", "拉取 here/mulco", "--json")
    assert done.returncode == 0, done.stderr
    facts, commit = json.loads(done.stdout), hub.repo("datasets", "ORG/mulco").head.oid
    assert {name: facts[name] for name in ("kind", "commit", "rows", "folder")} == {
        "kind": "dataset", "commit": commit, "rows": 270, "folder": "拉取 here/mulco",
    }  # fmt: skip
    pulled = tmp_path / "拉取 here" / "mulco"
    found = digests(pulled)
    del found[".gitattributes"]
    assert found == digests(there)
    assert list(check(pulled)) == []
    assert [path.name for path in pulled.parent.iterdir()] == ["mulco"]


def test_without_out_it_lies_in_the_cache_of_the_hub(on_hub: OnHub, there: Path, tmp_path: Path) -> None:
    done = on_hub("pull", "ORG/mulco", xet=False)
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(tmp_path / "hf")
    assert (folder / "manifest.json").read_bytes() == (there / "manifest.json").read_bytes()
    assert "Checked against the Hub's checksums and its own manifest." in done.stderr


def test_what_an_interrupted_pull_of_another_commit_left_is_no_part_of_it(
    on_hub: OnHub, there: Path, tmp_path: Path
) -> None:
    (tmp_path / "pulled.partial" / "code_qa_en").mkdir(parents=True)
    (tmp_path / "pulled.partial" / "code_qa_en" / "train-00000-of-00001.parquet").write_bytes(b"old")
    done = on_hub("pull", "ORG/mulco", "--out", "pulled")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "pulled").rglob("*.parquet") if path.read_bytes() == b"old"] == []


def test_a_download_that_was_cut_is_taken_up_again(hub: Hub, on_hub: OnHub, there: Path) -> None:
    hub.faults.append(Fault(r"GET .*/resolve/.*\.parquet", cut_at=3000, times=2))
    done = on_hub("pull", "ORG/mulco", "--out", "pulled", xet=False)
    assert done.returncode == 0, done.stderr


def test_bytes_that_are_not_those_the_hub_lists_are_refused(
    hub: Hub, on_hub: OnHub, there: Path, tmp_path: Path
) -> None:
    done = on_hub("pull", "ORG/mulco")
    file = next(Path(done.stdout.strip()).glob("code_qa_zh/test-*"))
    blob = file.resolve()
    data = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    done = on_hub("pull", "ORG/mulco")
    assert done.returncode == 1
    assert "code_qa_zh/test-00000-of-00001.parquet has other bytes than the Hub lists" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ORG/nothing",), "no such repository, or a private one this token may not see"),
        (("ORG/mulco", "--revision", "v9"), "no such branch, tag or commit"),
        (("ORG/mulco", "--type", "model"), "no such repository"),
        (("ORG/mulco", "--out", "full"), "full is there and not empty. Name another folder with --out"),
    ],
)
def test_what_cannot_be_pulled(
    on_hub: OnHub, there: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    done = on_hub("pull", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
