"""A build: the same bytes however it runs, resumed wherever it was killed, and nothing of the user's ever lost."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco import build as building
from mulco import pipeline
from mulco.build import Result, build
from mulco.cards.dataset import write_card
from mulco.check import check
from mulco.errors import MulcoError, OutputError
from mulco.manifest import Manifest
from mulco.plan import Plan, Settings, make_plan

Command = Callable[..., subprocess.CompletedProcess[str]]
FILES, ROWS = 6, 1500  # a build of them takes a second or two, in 30 shards
INTERRUPTED = "Interrupted. What was finished is kept; the same command goes on from there.\n"


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, without what a manifest says about the run itself."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifests = [name for name in found if name.endswith("manifest.json")]
    return found | {name: json.dumps({**json.loads(found[name]), "run": None}).encode() for name in manifests}


def whole(out: Path) -> dict[str, bytes]:
    """The bytes of a build and of what its steps dropped."""
    dropped = out.with_name(out.name + ".dropped")
    return bytes_of(out) | {f"dropped/{name}": data for name, data in bytes_of(dropped).items()}


# Same inputs, same bytes


def test_two_builds_with_one_worker_or_two_give_the_same_bytes(
    tmp_path: Path, small_upstream: Path, command: Command
) -> None:
    for name, workers in (("first", 1), ("second", 1), ("two workers", 2), ("two workers", 2)):
        done = command("build", "--upstream", small_upstream, "--workers", workers, "--out", name)
        assert done.returncode == 0, done.stderr
    first = whole(tmp_path / "first")
    assert len([name for name in first if name.endswith(".parquet") and not name.startswith("dropped/")]) == 60
    assert any(name.startswith("dropped/") for name in first)
    assert whole(tmp_path / "second") == first
    assert whole(tmp_path / "two workers") == first  # also the second time, over the same folder
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == [
        "first", "first.dropped", "second", "second.dropped", "two workers", "two workers.dropped",
    ]  # fmt: skip


def test_a_config_built_alone_has_the_bytes_of_the_whole_build(
    tmp_path: Path, small_build: Path, small_upstream: Path
) -> None:
    shutil.copytree(small_build, tmp_path / "built")
    sources = tuple(sorted(path.name for path in small_upstream.iterdir()))
    build(
        make_plan(["code_repair_zh"], Settings(small_upstream, "none", sources)), tmp_path / "built", finish=write_card
    )
    assert bytes_of(tmp_path / "built") == bytes_of(small_build)


@pytest.mark.parametrize("config", ["code_repair_en", "code_translation_zh"])
def test_steps_that_compare_rows_drop_the_same_ones_alone_as_in_the_whole_build(
    tmp_path: Path, small_upstream: Path, config: str
) -> None:
    build(make_plan([], Settings(small_upstream)), tmp_path / "whole")
    build(make_plan([config], Settings(small_upstream)), tmp_path / "alone")
    of_config = {
        n: data for n, data in whole(tmp_path / "whole").items() if n.removeprefix("dropped/").startswith(config)
    }
    alone = {n: data for n, data in whole(tmp_path / "alone").items() if not n.endswith("manifest.json")}
    assert alone == of_config
    assert any(name.startswith("dropped/") for name in alone)
    facts = [Manifest.load(tmp_path / name).configs[config]["identity"] for name in ("whole", "alone")]
    assert facts[0] == facts[1]


# Killed and resumed


@pytest.fixture(scope="module")
def large_upstream() -> Iterator[Path]:
    """Six data files of some thousand functions."""
    with tempfile.TemporaryDirectory(prefix="mulco-large-") as folder:
        at = Path(folder) / "codesearchnet/resources/data/go/final/jsonl/train"
        at.mkdir(parents=True)
        for file in range(FILES):
            rows = [
                {"url": f"https://example.org/{file}/{n}", "language": "go", "docstring": f"Add{n} adds {n}.",
                 "docstring_tokens": ["Adds", str(n)], "code_tokens": ["func", f"Add{n}"],
                 "code": f"func Add{n}(sum int) int {{\n\tnext := sum + {n}\n\tlast := next * 2\n\treturn last\n}}"}
                for n in range(ROWS)
            ]  # fmt: skip
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (at / f"go_train_{file}.jsonl.gz").write_bytes(gzip.compress(text.encode(), 1, mtime=0))
        yield Path(folder)


@pytest.fixture(scope="module")
def large_build(large_upstream: Path) -> Iterator[dict[str, bytes]]:
    """The bytes of a build that nobody disturbed."""
    with tempfile.TemporaryDirectory(prefix="mulco-undisturbed-") as folder:
        plan = make_plan([], Settings(large_upstream, sources=("codesearchnet",)))
        yield whole(build(plan, Path(folder) / "built", finish=write_card).folder)


class Run:
    """A build in a process group of its own, to be disturbed."""

    def __init__(self, upstream: Path, out: Path, workers: int) -> None:
        self.out, self.partial = out, out.with_name(out.name + ".partial")
        line = [sys.executable, "-P", "-m", "mulco.cli", "build", "--upstream", str(upstream), "--out", str(out),
                "--source", "codesearchnet", "--workers", str(workers)]  # fmt: skip
        self.process = subprocess.Popen(
            line, cwd=out.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stderr is not None
        self.errors = self.process.stderr

    def until(self, shards: int) -> Run:
        """Wait until so many shards are committed; the build must still be running then."""
        while len(list(self.partial.glob("*.json"))) < shards:
            assert self.process.poll() is None, "the build was over too early"
            time.sleep(0.002)
        return self

    def end(self, signal_: int, whole_group: bool = False) -> str:
        """Send a signal to the parent, or as Ctrl-C does to the whole group; return what was said on standard error."""
        (os.killpg if whole_group else os.kill)(self.process.pid, signal_)
        return self.said()

    def said(self) -> str:
        """Wait for the end; no process of the group may outlive it. What was said on standard error."""
        self.process.wait(timeout=60)
        deadline = time.monotonic() + 20
        while (left := self.alive()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not left
        return self.errors.read()

    def clear(self) -> None:
        """Leave nothing behind, whatever the test found."""
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.errors.close()

    def alive(self) -> list[int]:
        """Processes of the group that still run; one that is dead and not yet collected (Z) does not."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue  # gone in the meantime
            if int(group) == self.process.pid and state not in "ZX":
                found.append(int(stat.parent.name))
        return found


Start = Callable[[int], Run]


@pytest.fixture
def start(tmp_path: Path, large_upstream: Path) -> Iterator[Start]:
    """`start(workers)` begins a build of `large_upstream` into `tmp_path / "built"`."""
    runs: list[Run] = []

    def begin(workers: int) -> Run:
        runs.append(Run(large_upstream, tmp_path / "built", workers))
        return runs[-1]

    yield begin
    for run in runs:
        run.clear()


@pytest.mark.slow
@pytest.mark.parametrize("shards", [1, 4, 7, 10, 13, 16, 19, 22, 25, 28])
def test_a_killed_build_resumes_to_the_same_bytes_and_leaves_no_worker(
    tmp_path: Path, start: Start, large_build: dict[str, bytes], shards: int
) -> None:
    workers = 1 + shards % 2
    killed = start(workers).until(shards)
    killed.end(signal.SIGKILL)
    assert killed.process.returncode == -signal.SIGKILL
    assert not killed.out.exists()
    resumed = start(workers)
    assert (resumed.said(), resumed.process.returncode) == ("", 0)
    assert whole(resumed.out) == large_build
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == [
        "built", "built.dropped",
    ]  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_says_one_line_and_the_same_command_goes_on(
    start: Start, large_build: dict[str, bytes], workers: int
) -> None:
    stopped = start(workers).until(5)
    assert stopped.end(signal.SIGINT, whole_group=True) == INTERRUPTED
    assert stopped.process.returncode == 130
    resumed = start(workers)
    assert (resumed.said(), resumed.process.returncode) == ("", 0)
    assert whole(resumed.out) == large_build


def test_a_terminated_build_leaves_no_worker(start: Start) -> None:
    run = start(2).until(2)
    assert len(run.alive()) >= 3
    run.end(signal.SIGTERM)
    assert run.process.returncode == -signal.SIGTERM


def test_a_killed_worker_ends_the_build_with_one_sentence(start: Start) -> None:
    run = start(2).until(2)
    worker = next(pid for pid in run.alive() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    remedy = "Use fewer --workers; finished shards are kept and the build resumes"
    assert run.said() == f"Error: a worker process was killed, most often for lack of memory. {remedy}\n"
    assert run.process.returncode == 1


def test_two_builds_at_once_in_one_folder_take_turns(start: Start, large_build: dict[str, bytes]) -> None:
    runs = [start(1), start(1)]
    assert [(run.said(), run.process.returncode) for run in runs] == [("", 0), ("", 0)]
    assert whole(runs[0].out) == large_build


def test_finished_shards_are_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(["code_qa_en"], Settings())

    def stop_at_two(outcome: pipeline.Outcome, done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(plan, tmp_path / "built", progress=stop_at_two)
    run, tables = [], pipeline.tables
    monkeypatch.setattr(pipeline, "tables", lambda job, outcome: (run.append(job.identity), tables(job, outcome))[1])
    build(plan, tmp_path / "built")
    assert run == [plan.jobs[2].identity]


class Killed(BaseException):
    """In place of SIGKILL: nothing catches it, so the files stay as they are."""


def killed_at(operation: int, monkeypatch: pytest.MonkeyPatch, plan: Plan, out: Path) -> bool:
    """Build, but die before the given change of the file system, counted from 1; whether there was one so late."""
    count = 0

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def change(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == operation:
                raise Killed
            return original(*arguments, **options)

        return change

    with monkeypatch.context() as patch:
        for name in ("rename", "replace", "unlink", "rmdir", "link", "mkdir"):
            patch.setattr(os, name, counted(name))
        try:
            build(plan, out, finish=write_card)
        except Killed:
            return True
    return False


@pytest.fixture
def plans(tmp_path: Path, small_upstream: Path) -> dict[str, Plan]:
    """Plans of one config: a complete build, an incomplete one, and an earlier complete one with another beside it."""
    shutil.copytree(small_upstream, tmp_path / "damaged")
    (tmp_path / "damaged/codetrans/data/valid.java-cs.txt.cs").unlink()
    config, sources = "code_translation_en", ("codetrans", "bugs2fix")
    return {
        "earlier": make_plan([config, "code_repair_zh"], Settings(small_upstream, "none", sources, limit=2)),
        "complete": make_plan([config], Settings(small_upstream, "none", sources)),
        "incomplete": make_plan([config], Settings(tmp_path / "damaged", "none", sources)),
    }


@pytest.mark.parametrize(
    "history", [["earlier", "complete"], ["earlier", "incomplete"], ["earlier", "incomplete", "complete"]], ids="-".join
)
def test_a_build_killed_at_any_change_of_the_file_system_recovers_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plans: dict[str, Plan], history: list[str]
) -> None:
    *before, last = history
    start, expected = tmp_path / "start", tmp_path / "expected"
    for name in before:
        build(plans[name], start / "built", finish=write_card)
        (start / "built" / "notes.txt").write_text("mine", "utf-8")
    shutil.copytree(start, expected)
    build(plans[last], expected / "built", finish=write_card)
    earlier = bytes_of(start / ("built.previous" if "incomplete" in before else "built"))
    for operation in range(1, 200):
        at = tmp_path / f"killed {operation}"
        shutil.copytree(start, at)
        if not killed_at(operation, monkeypatch, plans[last], at / "built"):
            break
        standing = [bytes_of(at / name) for name in ("built", "built.previous") if (at / name).is_dir()]
        finished = [bytes_of(expected / "built")] if last == "complete" else []
        assert any(whole in standing for whole in [earlier, *finished]), operation
        build(plans[last], at / "built", finish=write_card)
        assert bytes_of(at) == bytes_of(expected), operation
        shutil.rmtree(at)
    assert 20 < operation < 199


# What stands in the folder


def built(folder: Path, *configs: str, **settings: Any) -> Result:
    return build(make_plan(list(configs), Settings(**settings)), folder, finish=write_card)


def test_other_configs_and_foreign_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "中文 folder"
    built(out, "code_qa_en", "code_repair_zh")
    repair = {name: data for name, data in bytes_of(out).items() if name.startswith("code_repair_zh")}
    (out / "notes").mkdir()
    (out / "notes" / "one.txt").write_text("mine", "utf-8")
    (out / "two.txt").write_text("mine", "utf-8")
    (out / "link").symlink_to("nowhere")
    (out / "linked").symlink_to("notes")

    built(out, "code_qa_en", limit=2)

    found = bytes_of(out)
    assert {name: data for name, data in found.items() if name.startswith("code_repair_zh")} == repair
    assert (found["notes/one.txt"], found["two.txt"]) == (b"mine", b"mine")
    assert ((out / "link").readlink(), (out / "linked").readlink()) == (Path("nowhere"), Path("notes"))
    assert list(check(out)) == []
    assert {name: facts["limit"] for name, facts in Manifest.load(out).configs.items()} == {
        "code_repair_zh": None, "code_qa_en": 2,
    }  # fmt: skip
    assert not out.with_name("中文 folder.previous").exists()


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "out").symlink_to("large disk/rows")
    for config in ("code_qa_en", "code_qa_zh", "code_qa_zh"):
        built(tmp_path / "out", config)
    assert (tmp_path / "out").readlink() == Path("large disk/rows")
    assert list(Manifest.load(tmp_path / "large disk" / "rows").configs) == ["code_qa_en", "code_qa_zh"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large disk", "out"]


def test_a_damaged_manifest_is_built_anew(tmp_path: Path) -> None:
    built(tmp_path / "out", "code_qa_en")
    good = bytes_of(tmp_path / "out")
    (tmp_path / "out" / "manifest.json").write_text('{"version"', "utf-8")
    with pytest.raises(MulcoError, match=r"manifest.json: damaged \(.+\). Build the folder again: mulco build"):
        Manifest.load(tmp_path / "out")
    built(tmp_path / "out", "code_qa_en")
    assert bytes_of(tmp_path / "out") == good


def test_a_card_of_the_earlier_build_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept files are hard links: a card written into one changed the earlier build, too."""
    built(tmp_path / "out", "code_qa_en")
    good = bytes_of(tmp_path / "out")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "take_place", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        built(tmp_path / "out", "code_qa_zh")
    assert bytes_of(tmp_path / "out") == good


# What a build takes in


def test_a_config_that_no_source_feeds_is_told(tmp_path: Path, command: Command) -> None:
    done = command("build", "code_qa_en", "--source", "codetrans", "--out", "rows")
    sentence = "Error: no source at hand feeds these configs. What is missing: mulco sources --upstream DIR\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert not list(tmp_path.glob("rows*"))


def test_a_config_without_rows_is_not_listed(tmp_path: Path, small_upstream: Path) -> None:
    result = built(
        tmp_path / "out", "code_qa_en", "code_translation_en", upstream=small_upstream, sources=("codetrans",)
    )
    assert (result.complete, list(result.manifest.configs)) == (True, ["code_translation_en"])
    assert list(check(tmp_path / "out")) == []


def test_limit_takes_the_first_rows_of_each_file(tmp_path: Path, small_build: Path, small_upstream: Path) -> None:
    built(tmp_path / "out", "code_translation_zh", "code_search_zh", upstream=small_upstream, limit=2,
          profile="none", sources=("codetrans", "codegpt-cn"))  # fmt: skip
    for config in ("code_translation_zh", "code_search_zh"):
        for split, facts in Manifest.load(tmp_path / "out").configs[config]["splits"].items():
            (file,) = facts["files"]
            limited = pq.read_table(tmp_path / "out" / file["path"])
            assert limited == pq.read_table(small_build / file["path"]).slice(0, 2), (config, split)


def test_source_takes_only_what_is_named(tmp_path: Path, small_upstream: Path) -> None:
    sources = ("codesearchnet", "starter")
    result = built(tmp_path / "out", "code_search_en", upstream=small_upstream, sources=sources)
    assert {entry["source"] for entry in result.manifest.counts} == set(sources)
    assert sorted(result.manifest.sources) == sorted(sources)


def test_malformed_records_beyond_twenty_are_counted(tmp_path: Path, small_upstream: Path) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    file = tmp_path / "upstream/bigclonebench/dataset/train.txt"
    file.write_text("".join(f"{n}\tx\t1\n" for n in range(30)), "utf-8")
    result = built(tmp_path / "out", "clone_detection_en", upstream=tmp_path / "upstream", sources=("bigclonebench",))
    name, remedy = "bigclonebench/dataset/train.txt", "Correct or remove it, or fetch the file again"
    assert result.problems == [
        "clone_detection_en: bigclonebench is refused: 30 of 34 records are malformed, more than 1%. Fetch it again",
        *(f"{name}, line {n}: no function in dataset/data.jsonl has the idx 'x'. {remedy}" for n in range(1, 21)),
        "... and 10 more malformed records in the same file",
    ]


def test_a_defect_in_a_reader_leaves_out_its_file_alone(tmp_path: Path, small_upstream: Path) -> None:
    plan = make_plan(["code_translation_en"], Settings(small_upstream, sources=("codetrans",)))
    jobs = plan.configs["code_translation_en"].jobs

    def read(folder: Path, shard: Any) -> Iterator[Any]:
        raise RuntimeError("unforeseen")

    jobs[0] = dataclasses.replace(jobs[0], source=dataclasses.replace(jobs[0].source, read=read))
    result = build(plan, tmp_path / "out", finish=write_card)
    remedy = "A defect of mulco, or a format it does not know; mulco --debug build shows where"
    assert result.problems == [f"codetrans/{jobs[0].shard.files[0]}: unexpected RuntimeError: unforeseen. {remedy}"]
    assert list(check(tmp_path / "out")) == []
