"""Check: whatever in a built folder disagrees with its manifest, card or contract is said in one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mulco.build import build
from mulco.cards.dataset import write_card
from mulco.check import check
from mulco.errors import MulcoError
from mulco.identity import file_digest
from mulco.plan import Settings, make_plan

FILE = "code_qa_en/test-00000-of-00001.parquet"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("check") / "built"
    return build(make_plan(["code_qa_en", "code_qa_zh"], Settings()), out, finish=write_card).folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A good build of 60 rows, to spoil."""
    shutil.copytree(made, tmp_path / "built")
    assert list(check(tmp_path / "built")) == []
    return tmp_path / "built"


def edit_manifest(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    edit(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def rewrite(folder: Path, name: str, edit: Callable[[pa.Table], pa.Table]) -> None:
    """Change a file's rows and make its manifest entry say that they are right."""
    pq.write_table(edit(pq.read_table(folder / name)), folder / name)

    def stamp(manifest: dict[str, Any]) -> None:
        for config in manifest["configs"].values():
            for split in config["splits"].values():
                for file in split["files"]:
                    if file["path"] == name:
                        file["sha256"] = file_digest(folder / name)

    edit_manifest(folder, stamp)


def with_value(table: pa.Table, row: int, column: str, value: str) -> pa.Table:
    values = table.column(column).to_pylist()
    values[row] = value
    return table.set_column(table.column_names.index(column), column, pa.array(values, pa.string()))


def test_a_changed_byte_is_found(folder: Path) -> None:
    data = bytearray((folder / FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / FILE).write_bytes(data)
    assert list(check(folder)) == [f"{FILE}: the bytes differ from the manifest's sha256"]


def test_a_missing_file_is_found(folder: Path) -> None:
    (folder / FILE).unlink()
    assert list(check(folder)) == [f"{FILE}: the file is missing"]


def test_a_stray_file_is_found(folder: Path) -> None:
    shutil.copy(folder / FILE, folder / "code_qa_en" / "test-00001-of-00002.parquet")
    (folder / "code_qa_en" / "notes.txt").write_text("no rows, no matter", "utf-8")
    assert list(check(folder)) == ["code_qa_en/test-00001-of-00002.parquet: the file is not in the manifest"]


def test_a_wrong_count_is_found(folder: Path) -> None:
    def one_more(manifest: dict[str, Any]) -> None:
        next(entry for entry in manifest["counts"] if entry["split"] == "test")["rows"] += 1

    edit_manifest(folder, one_more)
    assert list(check(folder)) == ["code_qa_en, test: the manifest counts 6 rows, 5 and 5 in files"]


def test_a_file_with_fewer_rows_than_stated_is_found(folder: Path) -> None:
    rewrite(folder, FILE, lambda table: table.slice(1))
    assert list(check(folder)) == [f"{FILE}: 4 rows, not 5"]


def test_a_duplicated_id_is_found(folder: Path) -> None:
    first = pq.read_table(folder / FILE).column("id")[0].as_py()
    rewrite(folder, FILE, lambda table: with_value(table, 1, "id", first))
    assert list(check(folder)) == [f"1 row ids are used more than once, the first is {first}"]


def test_an_item_in_two_splits_is_found(folder: Path) -> None:
    train = pq.read_table(folder / FILE.replace("test", "train")).column("source_id")[0].as_py()
    rewrite(folder, FILE, lambda table: with_value(table, 0, "source_id", train))
    assert list(check(folder)) == [f"code_qa_en: item starter/{train} stands in train and in test"]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("output", "", "output: '' should be non-empty"),
        ("provenance", "[1]", "provenance: '[1]' is not a 'json-object'"),
        ("programming_language", "Python3", "programming_language: 'Python3' is not one of ["),
    ],
)
def test_a_row_that_breaks_the_schema_is_found(folder: Path, column: str, value: str, sentence: str) -> None:
    id_ = pq.read_table(folder / FILE).column("id")[2].as_py()
    rewrite(folder, FILE, lambda table: with_value(table, 2, column, value))
    (found,) = check(folder)
    assert found.startswith(f"{FILE}: row {id_!r}: {sentence}")


def test_a_missing_column_is_found(folder: Path) -> None:
    rewrite(folder, FILE, lambda table: table.drop_columns(["license"]))
    (found,) = check(folder)
    assert found.startswith(f"{FILE}: ")


def test_a_row_of_another_language_is_found(folder: Path) -> None:
    rewrite(folder, FILE, lambda table: with_value(table, 0, "language", "zh"))
    assert list(check(folder)) == [f"{FILE}: not every row has the language 'en'"]


def test_an_english_instruction_among_the_chinese_is_found(folder: Path) -> None:
    name = FILE.replace("_en", "_zh")
    rewrite(folder, name, lambda table: with_value(table, 0, "instruction", "Answer briefly."))
    assert list(check(folder)) == [f"{name}: an instruction is not in Chinese"]


def test_a_card_that_disagrees_is_found(folder: Path) -> None:
    card = (folder / "README.md").read_text("utf-8")
    (folder / "README.md").write_text(card.replace("num_examples: 20", "num_examples: 21", 1), "utf-8")
    right = "{'train': 20, 'validation': 5, 'test': 5}"
    sentence = f"README.md: code_qa_en is stated as {right.replace('20', '21')}, the manifest has {right}"
    assert list(check(folder)) == [sentence]


def test_a_card_without_its_header_is_found(folder: Path) -> None:
    (folder / "README.md").write_text("# mulco\n", "utf-8")
    assert list(check(folder)) == ["README.md: its YAML header is missing or damaged"]


def test_everything_wrong_is_found_at_once(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / FILE.replace("_en", "_zh")).write_bytes(b"no Parquet")
    (folder / "README.md").write_text("# mulco\n", "utf-8")
    assert list(check(folder)) == [
        f"{FILE}: the file is missing",
        f"{FILE.replace('_en', '_zh')}: the bytes differ from the manifest's sha256",
        "README.md: its YAML header is missing or damaged",
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"a": 1}'])
def test_a_damaged_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(MulcoError, match=r"manifest\.json: damaged \(.+\)\. Build the folder again: mulco build"):
        list(check(folder))


def test_a_folder_that_is_no_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MulcoError) as refused:
        list(check(tmp_path))
    sentence = f"{tmp_path}: no manifest.json, so not a folder built by mulco. Build one: mulco build"
    assert str(refused.value) == sentence
