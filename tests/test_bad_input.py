"""Bad input, through the command line: what is broken is named in one sentence, and everything else still builds."""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from mulco.check import check
from mulco.manifest import Manifest

FETCH_AGAIN = "Fetch the file again from its upstream address (mulco sources)"
Command = Callable[..., subprocess.CompletedProcess[str]]
CORRECT = "Correct or remove it, or fetch the file again"
FREE = "Free some space or name another folder with --out; finished shards are kept and the build resumes"
GZIP = "codesearchnet/resources/data/python/final/jsonl/train/python_train_0.jsonl.gz"
ARCHIVE = "codegpt-cn/CodeGPT-Dataset-V1-CN.zip"
DEFECTS = "devign/dataset/test.jsonl"
ARRAY = "devign/dataset-rebased/function.json"
PAIRS = "bigclonebench/dataset/train.txt"
JAVA, CSHARP = "codetrans/data/train.java-cs.txt.java", "codetrans/data/train.java-cs.txt.cs"
BLOCKS = "codepro/data_hnn/python_hnn_qid2index_blocks_labeled.txt"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(folder: Path) -> pa.Table:
    """All rows of a built folder, by id."""
    listed = [
        f["path"] for c in Manifest.load(folder).configs.values() for s in c["splits"].values() for f in s["files"]
    ]
    return pa.concat_tables([pq.read_table(folder / path) for path in listed]).sort_by("id")


class Attempt:
    """A copy of the small upstream to break, and a good earlier build of it in `out`."""

    def __init__(self, folder: Path, upstream: Path, good: Path, command: Command):
        self.upstream, self.out, self.good = folder / "upstream", folder / "built rows", good
        shutil.copytree(upstream, self.upstream)
        shutil.copytree(good, self.out)
        self.earlier, self._command = bytes_of(good), command
        self._only = [
            word for source in sorted(path.name for path in upstream.iterdir()) for word in ("--source", source)
        ]

    def build(self, *options: object, **more: object) -> subprocess.CompletedProcess[str]:
        options = (
            "--upstream",
            self.upstream,
            "--profile",
            "none",
            "--out",
            self.out,
            "--workers",
            1,
            *self._only,
            *options,
        )
        done = self._command("build", *options, **more)
        assert "Traceback" not in done.stderr
        return done

    def leaves_out(self, lost: dict[str, set[int]], *sentences: str) -> None:
        """The build names exactly these sentences (… stands for anything), loses exactly the rows that come from
        these lines (none given: all) of these files, keeps every other row, and keeps the earlier build."""
        done = self.build()
        *told, last = done.stderr.splitlines()
        assert done.returncode == 1
        for line, sentence in zip(told, sentences, strict=True):
            assert re.fullmatch(re.escape(f"Left out: {sentence}").replace("…", ".+"), line), line
        assert last == f"Everything else is built. The last complete build is kept in {self.out}.previous"
        assert bytes_of(self.out.with_name("built rows.previous")) == self.earlier
        assert list(check(self.out)) == []
        before, after = rows_of(self.good), rows_of(self.out)
        assert set(before["id"].to_pylist()) - set(after["id"].to_pylist()) == self._from(before, lost)
        broken = {file.split("/")[0] for file in lost}
        assert others(after, broken) == others(before, broken)

    def leaves_all(self, *options: object, **more: object) -> None:
        """The build ends in one sentence about the output, and the earlier build is untouched."""
        done = self.build(*options, **more)
        assert done.returncode == 1
        assert re.fullmatch(rf"Error: cannot write .+\. {re.escape(FREE)}\n", done.stderr), done.stderr
        assert bytes_of(self.out) == self.earlier
        assert not self.out.with_name("built rows.previous").exists()

    def _from(self, rows: pa.Table, lost: dict[str, set[int]]) -> set[str]:
        found = set()
        for id_, provenance in zip(rows["id"].to_pylist(), rows["provenance"].to_pylist(), strict=True):
            origin = json.loads(provenance)
            for file, lines in lost.items():
                if origin["file"].startswith(file) and (not lines or origin["line"] in lines):
                    found.add(id_)
        assert found
        return found


def others(rows: pa.Table, sources: set[str]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows["source"], pa.array(sorted(sources)))))


@pytest.fixture
def attempt(tmp_path: Path, small_upstream: Path, small_build: Path, command: Command) -> Attempt:
    return Attempt(tmp_path, small_upstream, small_build, command)


def change_line(file: Path, number: int, line: bytes) -> None:
    """Put another line in the place of one, counted from 1; a name that ends in .gz is packed again."""
    packed = file.suffix == ".gz"
    data = file.read_bytes()
    lines = (gzip.decompress(data) if packed else data).split(b"\n")
    lines[number - 1] = line
    file.write_bytes(gzip.compress(b"\n".join(lines)) if packed else b"\n".join(lines))


def change_row(file: Path, number: int, **fields: object) -> None:
    """Change fields of one JSON line; None removes a field."""
    data = file.read_bytes()
    row = json.loads((gzip.decompress(data) if file.suffix == ".gz" else data).split(b"\n")[number - 1])
    row = {name: value for name, value in {**row, **fields}.items() if value is not None}
    change_line(file, number, json.dumps(row).encode())


# Absent: told, exit status 0


def test_a_whole_missing_source_is_absent(attempt: Attempt) -> None:
    shutil.rmtree(attempt.upstream / "devign")
    done = attempt.build()
    assert done.returncode == 0
    assert done.stderr == "Absent sources: devign. Where to get them: mulco sources\n"
    assert others(rows_of(attempt.good), {"devign"}) == rows_of(attempt.out)
    assert not attempt.out.with_name("built rows.previous").exists()


def test_a_missing_optional_file_is_absent(attempt: Attempt, command: Command) -> None:
    for half in ("java", "cs"):
        (attempt.upstream / f"codetrans/data/valid.java-cs.txt.{half}").unlink()
    done = attempt.build("code_translation_en")
    assert (done.returncode, done.stderr) == (0, "")
    files = ["data/valid.java-cs.txt.java", "data/valid.java-cs.txt.cs"]
    assert Manifest.load(attempt.out).sources["codetrans"]["absent"] == files
    told = json.loads(command("sources", "--upstream", attempt.upstream, "--json").stdout)
    assert next(entry for entry in told if entry["source"] == "codetrans")["absent"] == files


def test_an_empty_index_list_is_an_empty_split(attempt: Attempt) -> None:
    assert (attempt.upstream / "devign/dataset-rebased/valid.txt").stat().st_size == 0
    done = attempt.build("defect_detection_en")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(Manifest.load(attempt.out).configs["defect_detection_en"]["splits"]) == ["train", "test"]


# Broken files: left out whole, exit status 1


def test_a_missing_file_that_others_name_is_broken(attempt: Attempt) -> None:
    (attempt.upstream / "bigclonebench/dataset/data.jsonl").unlink()
    sentence = f"bigclonebench/dataset/data.jsonl: the file is missing. {FETCH_AGAIN}"
    attempt.leaves_out({"bigclonebench/": set()}, sentence)


@pytest.mark.parametrize("half", [JAVA, CSHARP])
def test_a_missing_half_of_a_pair_is_broken(attempt: Attempt, half: str) -> None:
    (attempt.upstream / half).unlink()
    attempt.leaves_out({JAVA: set()}, f"{half}: the file is missing. {FETCH_AGAIN}")


def test_a_cut_gzip_is_broken(attempt: Attempt) -> None:
    file = attempt.upstream / GZIP
    file.write_bytes(file.read_bytes()[:-100])
    attempt.leaves_out({GZIP: set()}, f"{GZIP}: the gzip data is damaged or cut short (…). {FETCH_AGAIN}")


@pytest.mark.parametrize("name", [GZIP, ARCHIVE])
def test_a_git_lfs_pointer_is_broken(attempt: Attempt, name: str) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
    (attempt.upstream / name).write_text(pointer, "utf-8")
    remedy = "Run 'git lfs pull' where it was cloned"
    attempt.leaves_out({name: set()}, f"{name}: this is a Git LFS pointer, not the data. {remedy}")


@pytest.mark.parametrize("name", [GZIP, ARCHIVE])
def test_an_empty_data_file_is_broken(attempt: Attempt, name: str) -> None:
    (attempt.upstream / name).write_bytes(b"")
    attempt.leaves_out({name: set()}, f"{name}: the file is empty. {FETCH_AGAIN}")


@pytest.mark.parametrize(("name", "line"), [(ARRAY, 1), (BLOCKS, 1)])
def test_invalid_utf_8_in_a_whole_file_is_broken(attempt: Attempt, name: str, line: int) -> None:
    file = attempt.upstream / name
    file.write_bytes(file.read_bytes().replace(b"return", b"ret\xfcrn").replace(b"before", b"bef\xf6re"))
    attempt.leaves_out({name: set()}, f"{name}, line {line}: byte … is not UTF-8. {FETCH_AGAIN}")


def test_parallel_files_of_unequal_length_are_broken(attempt: Attempt) -> None:
    file = attempt.upstream / CSHARP
    file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[:100]))
    remedy = "Both files must have the same number of lines: fetch both again"
    sentence = f"{CSHARP}, line 101: it ends before line 101, which {JAVA} has. {remedy}"
    attempt.leaves_out({JAVA: set()}, sentence)


def test_a_damaged_zip_is_broken(attempt: Attempt) -> None:
    file = attempt.upstream / ARCHIVE
    file.write_bytes(file.read_bytes()[:-200])
    attempt.leaves_out({ARCHIVE: set()}, f"{ARCHIVE}: the zip archive is damaged (…). {FETCH_AGAIN}")


def test_a_zip_bomb_is_broken(attempt: Attempt) -> None:
    with zipfile.ZipFile(attempt.upstream / ARCHIVE, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("code-basic/Bomb.json", bytes(30 * 2**20))
    attempt.leaves_out({ARCHIVE: set()}, f"{ARCHIVE}: it would unpack … bytes to …. {FETCH_AGAIN}")


def test_an_archive_that_points_outside_itself_is_broken(attempt: Attempt) -> None:
    with zipfile.ZipFile(attempt.upstream / ARCHIVE, "a") as archive:
        archive.writestr("../../evil.json", "[]")
    sentence = f"{ARCHIVE}: member '../../evil.json' points outside the archive. {FETCH_AGAIN}"
    attempt.leaves_out({ARCHIVE: set()}, sentence)
    assert not list(attempt.upstream.parent.rglob("evil.json"))


def test_a_file_with_another_checksum_is_broken(attempt: Attempt) -> None:
    good = hashlib.sha256((attempt.upstream / DEFECTS).read_bytes()).hexdigest()
    (attempt.upstream / "sources.lock").write_text(json.dumps({DEFECTS: good, GZIP: "0" * 64}), "utf-8")
    remedy = "Fetch the file again, or correct sources.lock if the change is meant"
    attempt.leaves_out({GZIP: set()}, f"{GZIP}: its sha256 is …, but sources.lock expects {'0' * 64}. {remedy}")


# Malformed records: named with their line and left out alone, exit status 1


def test_a_line_that_is_not_utf_8_is_malformed(attempt: Attempt) -> None:
    change_line(attempt.upstream / GZIP, 7, b'{"url": "caf\xe9"}')
    attempt.leaves_out({GZIP: {7}}, f"{GZIP}, line 7: byte 13 is not UTF-8. {CORRECT}")


def test_a_missing_field_is_malformed(attempt: Attempt) -> None:
    change_row(attempt.upstream / GZIP, 120, docstring=None)
    attempt.leaves_out({GZIP: {120}}, f"{GZIP}, line 120: field 'docstring' is missing. {CORRECT}")


def test_a_wrongly_typed_field_is_malformed(attempt: Attempt) -> None:
    change_row(attempt.upstream / DEFECTS, 1, target="1")
    attempt.leaves_out({DEFECTS: {1}}, f"{DEFECTS}, line 1: field 'target' is str, expected int. {CORRECT}")


def test_half_a_surrogate_pair_is_malformed(attempt: Attempt) -> None:
    change_line(attempt.upstream / DEFECTS, 3, (attempt.upstream / DEFECTS).read_bytes().split(b"\n")[2].replace(
        b"return", b"\\uD83D"))  # fmt: skip
    sentence = f"{DEFECTS}, line 3: it escapes half a surrogate pair, which is no character. {CORRECT}"
    attempt.leaves_out({DEFECTS: {3}}, sentence)


def test_a_pair_that_names_an_unknown_id_is_malformed(attempt: Attempt) -> None:
    change_line(attempt.upstream / PAIRS, 12, b"3\t9999\t1")
    sentence = f"{PAIRS}, line 12: no function in dataset/data.jsonl has the idx '9999'. {CORRECT}"
    attempt.leaves_out({PAIRS: {12}}, sentence)


def test_over_one_percent_malformed_refuses_the_source_for_the_config(attempt: Attempt) -> None:
    """Two of 124 pairs; the source feeds both languages of one task."""
    for line in (12, 13):
        change_line(attempt.upstream / PAIRS, line, b"3\t9999\t1")
    words = "bigclonebench is refused: 2 of 124 records are malformed, more than 1%. Fetch it again"
    unknown = "no function in dataset/data.jsonl has the idx '9999'"
    attempt.leaves_out(
        {"bigclonebench/": set()},
        f"clone_detection_en: {words}",
        f"{PAIRS}, line 12: {unknown}. {CORRECT}",
        f"{PAIRS}, line 13: {unknown}. {CORRECT}",
        f"clone_detection_zh: {words}",
    )


def test_a_source_refused_for_one_config_feeds_the_others(attempt: Attempt) -> None:
    """Two of 120 statements are malformed: too many for summaries, few enough among 240 for code and search."""
    with zipfile.ZipFile(attempt.upstream / ARCHIVE) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    dialogues = json.loads(members["code-medium/Python3.json"])
    for broken in dialogues[:2]:
        del broken["assistant"]
    members["code-medium/Python3.json"] = json.dumps(dialogues).encode()
    with zipfile.ZipFile(attempt.upstream / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    done = attempt.build()
    words = "codegpt-cn is refused: 2 of 120 records are malformed, more than 1%. Fetch it again"
    where = f"{ARCHIVE}/code-medium/Python3.json"
    assert (done.returncode, done.stderr.splitlines()[:-1]) == (1, [
        f"Left out: code_summarization_zh: {words}",
        f"Left out: {where}, line 1: field 'assistant' is missing. {CORRECT}",
        f"Left out: {where}, line 2: field 'assistant' is missing. {CORRECT}",
    ])  # fmt: skip
    manifest = Manifest.load(attempt.out)
    rows = {config: manifest.rows(config, source="codegpt-cn") for config in manifest.configs}
    assert {config: count for config, count in rows.items() if count} == {
        "code_generation_zh": 238, "code_search_zh": 235, "code_qa_zh": 120,
    }  # fmt: skip


# The output: never destroyed


def test_two_incomplete_builds_in_a_row_keep_the_last_complete_one(attempt: Attempt, small_upstream: Path) -> None:
    (attempt.upstream / JAVA).unlink()
    shutil.rmtree(attempt.upstream / "bigclonebench")
    assert attempt.build().returncode == 1
    (attempt.upstream / GZIP).write_bytes(b"")
    assert attempt.build().returncode == 1
    assert attempt.build("code_repair_en").returncode == 0  # complete in itself, but what it keeps is not
    previous = attempt.out.with_name("built rows.previous")
    assert bytes_of(previous) == attempt.earlier

    shutil.rmtree(attempt.upstream)
    shutil.copytree(small_upstream, attempt.upstream)
    assert attempt.build().returncode == 0
    assert rows_of(attempt.out) == rows_of(attempt.good)
    assert not previous.exists()


def test_a_config_that_lost_all_its_rows_stays_reachable(attempt: Attempt) -> None:
    (attempt.upstream / ARCHIVE).write_bytes(b"")
    assert attempt.build("code_qa_zh").returncode == 1
    manifest = Manifest.load(attempt.out)
    assert "code_qa_zh" not in manifest.configs
    assert manifest.problems == {"code_qa_zh": [f"{ARCHIVE}: the file is empty. {FETCH_AGAIN}"]}
    assert attempt.build("code_repair_en").returncode == 0
    assert list(check(attempt.out)) == []
    assert bytes_of(attempt.out.with_name("built rows.previous")) == attempt.earlier


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_leaves_the_earlier_build_and_the_next_one_resumes(attempt: Attempt, workers: int) -> None:
    attempt.leaves_all("--workers", workers, preexec_fn=lambda: largest_file(20_000))
    committed = list(attempt.out.with_name("built rows.partial").glob("*.json"))
    assert committed
    assert attempt.build().returncode == 0
    assert rows_of(attempt.out) == rows_of(attempt.good)


def test_a_disk_that_is_full_when_the_rows_are_put_together_leaves_the_earlier_build(attempt: Attempt) -> None:
    joined = max(len(data) for name, data in attempt.earlier.items() if name.endswith(".parquet"))
    attempt.leaves_all(preexec_fn=lambda: largest_file(joined - 1))
    assert attempt.out.with_name("built rows.partial").joinpath("new").is_dir()
    assert attempt.build().returncode == 0
    assert rows_of(attempt.out) == rows_of(attempt.good)


def largest_file(size: int) -> None:
    """No file may grow beyond `size` bytes: every write beyond it fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_folder_that_must_not_be_written_leaves_the_earlier_build(attempt: Attempt, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        attempt.leaves_all(preexec_fn=obey_permissions, cwd=Path("/"))
    finally:
        tmp_path.chmod(0o755)


def obey_permissions() -> None:
    """Take from root the right to write where permissions forbid it (CAP_DAC_OVERRIDE)."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP


def test_a_file_in_place_of_the_folder_stays(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "notes"
    file.write_text("mine", "utf-8")
    done = command("build", "code_qa_en", "--out", file)
    assert (done.returncode, done.stderr) == (1, f"Error: {file} is a file, not a folder. Name another with --out\n")
    done = command("build", "code_qa_en", "--out", file / "below")
    assert (done.returncode, done.stderr) == (1, f"Error: cannot write {file}/below.partial: Not a directory. {FREE}\n")
    assert file.read_text("utf-8") == "mine"


def test_a_card_that_mulco_did_not_write_stays(tmp_path: Path, command: Command) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "README.md").write_text("mine", "utf-8")
    done = command("build", "code_qa_en", "--out", "project")
    sentence = "Error: project has a README.md that mulco did not write. Name another folder with --out\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert bytes_of(tmp_path / "project") == {"README.md": b"mine"}


@pytest.mark.parametrize("out", [".", "..", "/", "../中文 folder"])
def test_the_current_folder_is_never_moved_away(tmp_path: Path, command: Command, out: str) -> None:
    here = tmp_path / "中文 folder"
    here.mkdir()
    done = command("build", "code_qa_en", "--out", out, cwd=here)
    sentence = f"Error: --out {out} is the current folder or holds it. Name one inside, such as out/mulco\n"
    assert (done.returncode, done.stderr) == (2, sentence)
    assert [path.name for path in tmp_path.iterdir()] == ["中文 folder"]
