"""Trace: a row derived anew from the upstream bytes is equal, or the difference is shown."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mulco.errors import BrokenFileError, MulcoError, UsageError
from mulco.manifest import Manifest
from mulco.plan import Settings
from mulco.row import LANGUAGES, TASKS
from mulco.trace import trace_row

CONFIGS = [f"{task}_{language}" for task in TASKS for language in LANGUAGES]
ROW = "code_translation_zh/codetrans/train/8/java-c#"


def sampled_ids(folder: Path, config: str) -> list[str]:
    """The first, a middle and the last row of each file of a config."""
    ids = []
    for split in Manifest.load(folder).configs[config]["splits"].values():
        for file in split["files"]:
            column = pq.read_table(folder / file["path"], columns=["id"]).column("id")
            ids += [column[n].as_py() for n in (0, len(column) // 2, len(column) - 1)]
    return list(dict.fromkeys(ids))


@pytest.mark.parametrize("config", CONFIGS)
def test_rows_of_the_starter_are_equal(config: str, starter_build: Path) -> None:
    ids = sampled_ids(starter_build, config)
    assert len(ids) == 9
    assert [id_ for id_ in ids if not trace_row(id_, starter_build, Settings()).equal] == []


def test_rows_of_every_source_are_equal(small_build: Path, small_upstream: Path) -> None:
    settings = Settings(small_upstream)
    configs = Manifest.load(small_build).configs
    ids = [id_ for config in configs for id_ in sampled_ids(small_build, config)]
    assert {id_.split("/")[1] for id_ in ids} == {path.name for path in small_upstream.iterdir()}
    assert [id_ for id_ in ids if not trace_row(id_, small_build, settings).equal] == []


def test_a_row_is_traced_to_its_line(small_build: Path, small_upstream: Path) -> None:
    trace = trace_row(ROW, small_build, Settings(small_upstream))
    assert trace.built is not None
    assert trace.built["output"] == "public int Get7(){return 7;}"
    assert trace.built["provenance"] == {
        "file": "codetrans/data/train.java-cs.txt.java",
        "line": 8,
        "revision": "microsoft/CodeXGLUE@ac74a62802a0dd159b3258c78a2df8ad36cdf2b9",
        "written_by": {"instruction": "template", "input": "upstream", "output": "upstream"},
    }
    assert (trace.derived, trace.differences) == (trace.built, {})


def test_an_upstream_edit_shows_as_the_difference(tmp_path: Path, small_build: Path, small_upstream: Path) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    file = tmp_path / "upstream/codetrans/data/train.java-cs.txt.cs"
    file.write_bytes(file.read_bytes().replace(b"Get7()", b"Put7()"))
    trace = trace_row(ROW, small_build, Settings(tmp_path / "upstream"))
    assert not trace.equal
    assert trace.differences == {"output": ("public int Get7(){return 7;}", "public int Put7(){return 7;}")}


def test_a_row_that_upstream_no_longer_gives_has_nothing_derived(
    tmp_path: Path, small_build: Path, small_upstream: Path
) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    for half in ("java", "cs"):
        file = tmp_path / f"upstream/codetrans/data/train.java-cs.txt.{half}"
        file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:5]))
    trace = trace_row(ROW, small_build, Settings(tmp_path / "upstream"))
    assert (trace.equal, trace.derived, trace.built is None) == (False, None, False)


def test_a_row_that_was_not_built_has_nothing_built(tmp_path: Path, small_build: Path, small_upstream: Path) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    for half in ("java", "cs"):
        with (tmp_path / f"upstream/codetrans/data/train.java-cs.txt.{half}").open("a") as stream:
            stream.write("int more(){}\n")
    trace = trace_row("code_translation_zh/codetrans/train/121/java-c#", small_build, Settings(tmp_path / "upstream"))
    assert (trace.equal, trace.built, trace.derived is None) == (False, None, False)


def test_upstream_that_is_broken_now_is_named(tmp_path: Path, small_build: Path, small_upstream: Path) -> None:
    shutil.copytree(small_upstream, tmp_path / "upstream")
    (tmp_path / "upstream/codetrans/data/train.java-cs.txt.cs").unlink()
    with pytest.raises(BrokenFileError, match=r"codetrans/data/train\.java-cs\.txt\.cs: the file is missing"):
        trace_row(ROW, small_build, Settings(tmp_path / "upstream"))


@pytest.mark.parametrize(
    ("row_id", "error", "sentence"),
    [
        ("code_qa_en/starter/nothing", MulcoError, "no row 'code_qa_en/starter/nothing', neither in "),
        ("code_qa_eng/starter/x", UsageError, "no config 'code_qa_eng'. Close matches: code_qa_en"),
        ("code_qa_en/startr/x", UsageError, "no source 'startr'. Close matches: starter. All sources: mulco sources"),
        ("nonsense", UsageError, "no config 'nonsense'. All configs: mulco list"),
        ("", UsageError, "no config named. Choose one of: "),
    ],
)
def test_an_unknown_id_is_explained(starter_build: Path, row_id: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as refused:
        trace_row(row_id, starter_build, Settings())
    assert str(refused.value).startswith(sentence)


def test_a_config_that_is_not_in_the_folder_is_explained(small_build: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no config 'cloze_test_zh'\. Its configs: code_summarization_en, "):
        trace_row("cloze_test_zh/starter/x", small_build, Settings())


def test_a_damaged_file_of_the_build_is_named(tmp_path: Path, small_build: Path, small_upstream: Path) -> None:
    shutil.copytree(small_build, tmp_path / "built")
    file = tmp_path / "built/code_translation_zh/train-00000-of-00001.parquet"
    for spoil, problem in ((lambda: file.write_bytes(b"PAR1"), r"damaged \(.+\)"), (file.unlink, "missing")):
        spoil()
        with pytest.raises(MulcoError, match=rf"train-00000-of-00001\.parquet: {problem}\. See what else is wrong: "):
            trace_row(ROW, tmp_path / "built", Settings(small_upstream))


def test_the_command_says_equal_or_shows_the_difference(
    tmp_path: Path,
    small_build: Path,
    small_upstream: Path,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = command("trace", ROW, "--data", small_build, "--upstream", small_upstream)
    said = f"equal: {ROW}\n  from codetrans/data/train.java-cs.txt.java, line 8\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    shutil.copytree(small_upstream, tmp_path / "上游 upstream")
    file = tmp_path / "上游 upstream/codetrans/data/train.java-cs.txt.cs"
    file.write_bytes(file.read_bytes().replace(b"Get7()", b"Put7()"))
    done = command("trace", ROW, "--data", small_build, "--upstream", "上游 upstream")
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (
        1,
        [
            f"different: {ROW}",
            "  output",
            "    built:   'public int Get7(){return 7;}'",
            "    derived: 'public int Put7(){return 7;}'",
        ],
        "",
    )
    done = command("trace", ROW, "--data", small_build)  # without --upstream
    assert (done.returncode, done.stdout) == (1, f"different: {ROW}\n  upstream gives no such row now\n")
