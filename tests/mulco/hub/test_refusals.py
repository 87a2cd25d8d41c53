"""What the Hub refuses is one clear sentence, exit status 1, nothing published, and no token anywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TOKEN
from hub_server import Fault, Hub, Repo

from mulco.manifest import Manifest

OnHub = Callable[..., subprocess.CompletedProcess[str]]
READER, STRANGER, WRONG = "hf_readerMayOnlyLookAround", "hf_strangerIsInNoOrgAtAll", "hf_wrongTokenNobodyGaveOut"
BOTH = pytest.mark.parametrize("xet", [False, True], ids=["lfs", "xet"])


@pytest.fixture
def refused(hub: Hub, on_hub: OnHub, small_release: Path, tmp_path: Path) -> Callable[..., str]:
    """`refused(token=...)` pushes, expects a refusal, gives its one sentence; no output or file may tell a token."""

    def run(
        *more: str, folder: Path = small_release, name: str = "ORG/mulco", debug: bool = False, **how: object
    ) -> str:
        lead = ("--debug",) if debug else ()
        done = on_hub(*lead, "push", folder, name, "--yes", *more, **how)
        assert done.returncode == 1, done.stdout + done.stderr
        for token in {str(how.get("token", TOKEN)), TOKEN, READER, STRANGER, WRONG}:
            assert token not in done.stdout + done.stderr
            written = [file for file in tmp_path.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]
            assert written == []
        errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
        assert debug or (len(errors) == 1 and "Traceback" not in done.stderr), done.stderr
        return "" if debug else errors[0]

    return run


def test_a_wrong_token(refused: Callable[..., str], hub: Hub) -> None:
    said = "the Hub does not accept the token of HF_TOKEN. Make a new one and log in: hf auth login"
    assert refused(token=WRONG) == f"Error: {said}"
    assert hub.repos == {}


def test_a_wrong_token_with_the_traceback_shown(refused: Callable[..., str]) -> None:
    refused(token=WRONG, debug=True, HF_DEBUG="1")


def test_no_token(refused: Callable[..., str]) -> None:
    assert refused(token=None) == "Error: publishing needs a token. Log in with `hf auth login`, or set HF_TOKEN"


def test_a_token_that_may_only_read(refused: Callable[..., str], hub: Hub) -> None:
    hub.user("reader", READER, {"ORG": "write"}, role="read")
    said = "ORG/mulco: the token of reader (from HF_TOKEN) may only read. Nothing was published; make one with write"
    assert refused(token=READER) == f"Error: {said} access and log in: hf auth login"


def test_the_namespace_of_somebody_else(refused: Callable[..., str], hub: Hub) -> None:
    hub.user("stranger", STRANGER)
    said = refused(token=STRANGER)
    assert said.startswith("Error: ORG/mulco: the token of HF_TOKEN is not enough (")
    assert 'rights to create a dataset under the namespace "ORG"' in said
    assert said.endswith("Use one with write access")


def test_a_private_repository_of_somebody_else(refused: Callable[..., str], hub: Hub) -> None:
    hub.user("stranger", STRANGER)
    hub.repos["datasets", "ORG/mulco"] = Repo("datasets", "ORG/mulco", private=True)
    assert "the token of HF_TOKEN is not enough" in refused(token=STRANGER)


def test_a_name_that_a_hidden_repository_has(refused: Callable[..., str], hub: Hub) -> None:
    hub.repos["datasets", "ORG/mulco"] = Repo("datasets", "ORG/mulco", private=True, hidden=True)
    said = "the name ORG/mulco is taken by a repository that this token may not see. Nothing was published"
    assert refused() == f"Error: {said}; choose another name"


def test_a_name_under_which_other_things_are_published(refused: Callable[..., str], hub: Hub) -> None:
    from hub_server.store import Commit, File

    repo = hub.repos["datasets", "ORG/mulco"] = Repo("datasets", "ORG/mulco")
    repo.add(Commit(repo.head.oid, "theirs", {"README.md": File(b"hi"), "data/a.csv": File(b"1,2\n")}), "main")
    said = "the name ORG/mulco is taken: the repository holds data/a.csv and nothing that mulco published"
    assert refused() == f"Error: {said}. Choose another name. Nothing was published"
    assert len(repo.history) == 2


@BOTH
def test_a_full_quota(refused: Callable[..., str], hub: Hub, xet: bool) -> None:
    hub.quota["ORG"] = 0
    said = refused(xet=xet)
    assert said.startswith("Error: ORG/mulco: the storage of ORG is full (")
    assert said.endswith("Nothing was published; free some, or publish elsewhere")
    assert list(hub.repo("datasets", "ORG/mulco").head.files) == [".gitattributes"]


def test_a_card_the_hub_does_not_accept_is_told_before_anything_is_sent(
    refused: Callable[..., str], hub: Hub, small_release: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mulco"
    shutil.copytree(small_release, folder)
    card = folder / "README.md"
    text = card.read_text("utf-8")
    card.unlink()
    card.write_text(text.replace("license: apache-2.0", "license: apache-3"), "utf-8")
    said = refused(folder=folder)
    assert said.startswith('Error: ORG/mulco: the Hub refuses the head of README.md: "license" must be one of [')
    assert said.endswith("Nothing was published; correct the card")
    assert hub.sent("PUT") == hub.sent("POST", "/cas/") == 0


@pytest.mark.parametrize("name", ["mulco", "ORG/mu/lco"])
def test_a_name_that_is_none(on_hub: OnHub, small_release: Path, name: str) -> None:
    done = on_hub("push", small_release, name, "--yes")
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: {name!r} is no name of a repository. Expected is NAMESPACE/NAME, such as ORG/mulco\n"
    )


def test_a_tag_that_names_another_release(refused: Callable[..., str], hub: Hub, on_hub: OnHub, small_release: Path,
                                          tmp_path: Path) -> None:  # fmt: skip
    assert on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1").returncode == 0
    folder = tmp_path / "mulco"
    shutil.copytree(small_release, folder)
    (folder / "CHANGELOG.md").write_text("# Changes\n", "utf-8")
    oid = hub.repo("datasets", "ORG/mulco").head.oid
    said = refused("--tag", "v1", folder=folder)
    assert said == (
        f"Error: the tag v1 is there and names another release ({oid[:12]}). Choose another tag. Nothing was published"
    )
    assert hub.repo("datasets", "ORG/mulco").head.oid == oid


def test_private_does_not_hide_what_is_public(refused: Callable[..., str], on_hub: OnHub, small_release: Path) -> None:
    assert on_hub("push", small_release, "ORG/mulco", "--yes").returncode == 0
    assert "ORG/mulco is there and public: --private makes new repositories only" in refused("--private")


def test_a_folder_that_fails_its_check(refused: Callable[..., str], hub: Hub, small_release: Path,
                                       tmp_path: Path) -> None:  # fmt: skip
    folder = tmp_path / "mulco"
    shutil.copytree(small_release, folder)
    file = folder / "code_qa_zh/test-00000-of-00001.parquet"
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data[:-1])
    said = refused(folder=folder)
    assert "code_qa_zh/test-00000-of-00001.parquet: the bytes differ from the manifest's sha256" in said
    assert hub.requests == []


def test_a_build_that_is_incomplete(refused: Callable[..., str], small_release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mulco"
    shutil.copytree(small_release, folder)
    manifest = Manifest.load(folder)
    manifest.problems = {"code_qa_zh": ["code_qa_zh: tiny/a.jsonl, line 3: not JSON. Fetch it again"]}
    (folder / "manifest.json").unlink()
    manifest.write(folder)
    said = refused(folder=folder)
    assert said.endswith("Only a complete build is published: mend the input and build it again")


@pytest.mark.parametrize("folder", ["empty", "nowhere"])
def test_a_folder_that_is_neither_data_nor_model(refused: Callable[..., str], tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    refused(folder=tmp_path / folder)


def test_a_hub_that_is_not_there(on_hub: OnHub, small_release: Path) -> None:
    done = on_hub("push", small_release, "ORG/mulco", "--yes", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the Hub at http://127.0.0.1:9 cannot be reached (")


def test_publishing_is_not_possible_offline(refused: Callable[..., str]) -> None:
    said = "nothing is published while HF_HUB_OFFLINE is set. Unset it, or plan with --dry-run"
    assert refused(HF_HUB_OFFLINE="1") == f"Error: {said}"


# Faults of the server and of the way there


@BOTH
def test_a_server_that_fails_once_is_asked_again(hub: Hub, on_hub: OnHub, small_release: Path, xet: bool) -> None:
    where = "POST /cas/v1/xorbs" if xet else "PUT /storage"
    hub.faults.append(Fault(where, status=503))
    hub.faults.append(Fault("POST .*/preupload/", status=429, headers={"Retry-After": "0"}))
    done = on_hub("push", small_release, "ORG/mulco", "--yes", xet=xet)
    assert done.returncode == 0, done.stderr
    assert "The Hub did not answer as it should. Rate limited." in done.stderr
    assert "127.0.0.1" not in done.stderr
    assert "manifest.json" in hub.repo("datasets", "ORG/mulco").head.files


@BOTH
def test_a_connection_that_drops_inside_a_file_is_taken_up_again(
    hub: Hub, on_hub: OnHub, small_release: Path, xet: bool
) -> None:
    where = "POST /cas/v1/xorbs" if xet else "PUT /storage"
    hub.faults.append(Fault(where, drop_at=1000))
    done = on_hub("push", small_release, "ORG/mulco", "--yes", xet=xet)
    assert done.returncode == 0, done.stderr
    assert "manifest.json" in hub.repo("datasets", "ORG/mulco").head.files


def test_a_file_that_arrives_torn_is_noticed_and_nothing_is_published(
    hub: Hub, refused: Callable[..., str], on_hub: OnHub, small_release: Path
) -> None:
    hub.faults.append(Fault("PUT /storage", torn_at=1000))
    said = refused(xet=False)
    assert "The file did not arrive as it was sent" in said
    assert list(hub.repo("datasets", "ORG/mulco").head.files) == [".gitattributes"]
    assert on_hub("push", small_release, "ORG/mulco", "--yes", xet=False).returncode == 0


def test_a_commit_whose_answer_is_lost_is_found_and_not_made_twice(
    hub: Hub, on_hub: OnHub, small_release: Path
) -> None:
    hub.faults.append(Fault("POST .*/commit/", cut_at=0))
    done = on_hub("push", small_release, "ORG/mulco", "--yes", "--tag", "v1", "--json")
    assert done.returncode == 0, done.stderr
    repo = hub.repo("datasets", "ORG/mulco")
    assert [commit.title for commit in repo.history[1:]] == ["initial commit"]
    assert json.loads(done.stdout)["result"]["commit"] == repo.head.oid == repo.tags["v1"]


def test_a_commit_that_never_arrives_is_sent_again(hub: Hub, on_hub: OnHub, small_release: Path) -> None:
    hub.faults.append(Fault("POST .*/commit/", drop_at=50))
    assert on_hub("push", small_release, "ORG/mulco", "--yes").returncode == 0
    assert len(hub.repo("datasets", "ORG/mulco").history) == 2


def test_a_server_that_fails_at_the_commit_leaves_nothing_published(hub: Hub, refused: Callable[..., str]) -> None:
    hub.faults.append(Fault("POST .*/commit/", status=500))
    said = "ORG/mulco: the Hub fails (500). Nothing was published; the same command sends only what is missing"
    assert refused() == f"Error: {said}"
    assert list(hub.repo("datasets", "ORG/mulco").head.files) == [".gitattributes"]
