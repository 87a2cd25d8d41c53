"""A push that is killed, and pushes at the same time: readers find one whole release, and nothing is sent twice."""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TOKEN
from hub_server import Fault, Hub, Repo, digests

from mulco.build import build
from mulco.cards.dataset import write_card
from mulco.plan import Settings, make_plan

OnHub = Callable[..., subprocess.CompletedProcess[str]]
CONFIGS = ["code_search_zh", "code_qa_zh"]  # those of `small_release`
MOMENTS = 4  # random ones for LFS and as many for Xet, and the end of the commit for each


def start(hub: Hub, home: Path, xet: bool, *arguments: object) -> subprocess.Popen[str]:
    line = [sys.executable, "-P", "-m", "mulco.cli", *map(str, arguments)]
    environment = {**os.environ, "PYTHONUTF8": "1", **hub.environment(TOKEN, home, xet)}
    return subprocess.Popen(
        line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=home.parent
    )


@pytest.mark.slow
@pytest.mark.parametrize("xet", [False, True], ids=["lfs", "xet"])
def test_a_push_killed_at_any_moment_leaves_the_old_or_the_new_release(
    hub: Hub, on_hub: OnHub, small_release: Path, tmp_path: Path, xet: bool
) -> None:
    """The moments are chosen by what the server has seen: after so many requests, after so many bytes of a body."""
    older = build(
        make_plan(["code_search_zh", "code_qa_zh"], Settings(limit=3)), tmp_path / "o", finish=write_card
    ).folder
    old, new = digests(older), digests(small_release)
    assert on_hub("push", older, "ORG/first", "--yes", xet=xet).returncode == 0
    first = hub.repo("datasets", "ORG/first")
    hub.repos["datasets", "ORG/whole"] = _copy(first, "ORG/whole")
    since = len(hub.requests)
    assert on_hub("push", small_release, "ORG/whole", "--yes", xet=xet, HF_HOME=str(tmp_path / "whole")).returncode == 0
    seen = hub.requests[since:]
    uploads = [number for number, one in enumerate(seen) if one.bytes_in > 1000]

    dice = random.Random(f"kill {xet}")
    moments = []
    for moment in range(MOMENTS):  # every other one inside the body of an upload, the others anywhere
        number = dice.choice(uploads) if moment % 2 else dice.randrange(len(seen))
        moments.append((number, dice.randrange(seen[number].bytes_in + 1)))
    commit = next(number for number, one in enumerate(seen) if "/commit/" in one.path)
    moments.append((commit, seen[commit].bytes_in))  # all has arrived, and nobody is there to hear so
    found = set()
    for moment, (number, byte) in enumerate(moments):
        name, home = f"ORG/kill-{moment}", tmp_path / f"hf-{moment}"
        repo = hub.repos["datasets", name] = _copy(first, name)
        process: list[subprocess.Popen[str]] = []
        ready = threading.Event()

        def kill(process: list[subprocess.Popen[str]] = process, ready: threading.Event = ready) -> None:
            ready.wait(60)
            process[0].kill()
            process[0].wait()

        where_to = "POST .*/commit/" if number == commit else ".*"
        hub.faults = [Fault(where_to, skip=0 if number == commit else number, call=kill, at=byte)]
        process.append(start(hub, home, xet, "push", small_release, name, "--yes"))
        ready.set()
        _, said = process[0].communicate(timeout=300)
        hub.settle()
        hub.faults = []
        assert process[0].returncode in (-9, 0), said  # concurrent uploads may make fewer requests than the first run
        where = f"killed in request {number} ({seen[number].method} {seen[number].path}) at byte {byte}"
        state = repo.head.published
        assert state in (old, new), where
        found.add("new" if state == new else "old")

        arrived, since = set(repo.objects), len(hub.requests)
        again = on_hub("push", small_release, name, "--yes", xet=xet, HF_HOME=str(home))
        assert again.returncode == 0, again.stderr
        assert repo.head.published == new, where
        assert len(repo.history) == len(first.history) + 1, where  # one commit for the release, whoever made it
        sent = {one.path.rsplit("/", 1)[1]: one.bytes_in for one in hub.requests[since:] if "/storage/" in one.path}
        assert not set(sent) & arrived, where
        if state == new:
            assert hub.sent("PUT", "/storage/", since) == hub.sent("POST", "/xorbs/", since) == 0, where
    assert found == {"old", "new"}


@pytest.mark.slow
def test_what_xet_has_taken_group_by_group_is_not_sent_again(
    hub: Hub, on_hub: OnHub, starter_build: Path, tmp_path: Path
) -> None:
    """Files go in groups, and a group that is whole stays: an interruption costs one group at most."""
    ready = threading.Event()
    process: list[subprocess.Popen[str]] = []

    def kill() -> None:
        ready.wait(60)
        process[0].kill()
        process[0].wait()

    hub.faults = [Fault("POST /cas/v1/xorbs", skip=2, call=kill, at=50_000)]
    process.append(start(hub, tmp_path / "hf", True, "push", starter_build, "ORG/mulco", "--yes"))
    ready.set()
    process[0].communicate(timeout=300)
    assert process[0].returncode == -9
    whole = [one.bytes_in for one in hub.requests if "/xorbs/" in one.path and one.method == "POST"][:2]
    since = len(hub.requests)
    assert on_hub("push", starter_build, "ORG/mulco", "--yes").returncode == 0
    assert hub.repo("datasets", "ORG/mulco").head.published == digests(starter_build)
    large = sum(file.stat().st_size for file in starter_build.rglob("*.parquet"))
    assert hub.sent("POST", "/xorbs/", since) < large - sum(whole) + 20_000  # heads of chunks come on top


def _copy(repo: Repo, name: str) -> Repo:
    made = copy.deepcopy(repo)
    made.name = name
    return made


@pytest.mark.slow
def test_four_pushes_at_once_all_succeed_and_each_commit_is_a_whole_release(
    hub: Hub, small_release: Path, tmp_path: Path
) -> None:
    folders = [small_release]
    for limit in (2, 3, 5):
        plan = make_plan(CONFIGS, Settings(limit=limit))
        folders.append(build(plan, tmp_path / f"release {limit}", finish=write_card).folder)
    hub.faults = [Fault("POST .*/commit/", seconds=0.3, times=4)]  # so that they do meet
    running = [
        start(hub, tmp_path / f"hf-{number}", True, "push", folder, "ORG/mulco", "--yes", "--tag", f"v{number}")
        for number, folder in enumerate(folders)
    ]
    said = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], said
    repo = hub.repo("datasets", "ORG/mulco")
    releases = [digests(folder) for folder in folders]
    whole = [commit.published for commit in repo.history[:-1]]
    assert sorted(map(releases.index, whole)) == [0, 1, 2, 3]
    for number, release in enumerate(releases):
        assert repo.commits[repo.tags[f"v{number}"]].published == release
    assert len(hub.asked("POST /api/datasets/ORG/mulco/commit/")) > 4  # some lost a race, looked again and won
