"""Registration of the name "mulco" with datasets, and `mulco.load_dataset`, from where a user may stand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mulco
from mulco.errors import ConfigNotFoundError, UsageError
from mulco.row import LANGUAGES, TASKS

ROOT = Path(__file__).parent.parent.parent
CONFIGS = [f"{task}_{language}" for task in TASKS for language in LANGUAGES]
Run = Callable[..., subprocess.CompletedProcess[str]]
Answer = Callable[..., Any]
BuiltRows = Callable[[Path, str], dict[str, list[dict[str, Any]]]]

LOAD = """
from datasets import load_dataset
import json
rows = load_dataset("mulco", "code_qa_zh")
print(json.dumps({split: list(rows[split]["id"]) for split in rows}))
"""


@pytest.fixture
def ids(starter_build: Path, built_rows: BuiltRows) -> dict[str, list[str]]:
    """Row ids of code_qa_zh by split."""
    return {split: [row["id"] for row in rows] for split, rows in built_rows(starter_build, "code_qa_zh").items()}


@pytest.fixture
def built(starter_build: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder built before, which load_dataset uses: most tests here are about names, not about rows."""
    monkeypatch.setenv("MULCO_DATA", str(starter_build))
    return starter_build


def as_lists(found: Any) -> dict[str, list[dict[str, Any]]]:
    return {split: list(found[split]) for split in found}


def test_the_rows_are_built_on_the_first_call(starter_build: Path, built_rows: BuiltRows) -> None:
    rows = datasets.load_dataset("mulco", "code_search_zh")
    assert isinstance(rows, datasets.DatasetDict)
    assert as_lists(rows) == built_rows(starter_build, "code_search_zh")


def test_configs_and_splits_are_listed(built: Path) -> None:
    assert datasets.get_dataset_config_names("mulco") == [*CONFIGS, "all_en", "all_zh", "all"]
    for config in ("code_search_zh", "clone_detection_en", "all"):
        assert datasets.get_dataset_split_names("mulco", config) == ["train", "validation", "test"]


def test_streaming_gives_the_same_rows(built: Path, built_rows: BuiltRows) -> None:
    stream = datasets.load_dataset("mulco", "code_repair_en", streaming=True)
    assert isinstance(stream, datasets.IterableDatasetDict)
    assert as_lists(stream) == built_rows(built, "code_repair_en")


def test_two_processes_give_the_same_rows_in_the_same_order(built: Path, built_rows: BuiltRows, tmp_path: Path) -> None:
    rows = datasets.load_dataset("mulco", "all_zh", num_proc=2, cache_dir=str(tmp_path / "cache"))
    members = [built_rows(built, config) for config in CONFIGS if config.endswith("_zh")]
    assert as_lists(rows) == {split: [row for member in members for row in member[split]] for split in rows}
    assert len(rows["train"].cache_files) == 2


def test_a_slice_of_a_split(built: Path, built_rows: BuiltRows) -> None:
    rows = built_rows(built, "code_search_en")["train"]
    assert list(datasets.load_dataset("mulco", "code_search_en", split="train[:50%]")) == rows[: len(rows) // 2]
    first, last = datasets.load_dataset("mulco", "code_search_en", split=["train[:2]", "train[-1:]"])
    assert [*first, *last] == [*rows[:2], rows[-1]]


@pytest.mark.parametrize("load", [datasets.load_dataset, mulco.load_dataset, datasets.get_dataset_split_names])
def test_a_missing_config_name_is_told_which_there_are(load: Callable[..., Any]) -> None:
    with pytest.raises(ConfigNotFoundError) as error:
        load("mulco")
    assert str(error.value) == "no config named. Choose one of: " + ", ".join(
        sorted([*CONFIGS, "all_en", "all_zh", "all"])
    )


@pytest.mark.parametrize("load", [datasets.load_dataset, mulco.load_dataset, datasets.get_dataset_split_names])
@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("code_serach_zh", "Close matches: code_search_zh, code_search_en, code_qa_zh. "),
        ("clone-detection_en", "Close matches: clone_detection_en, clone_detection_zh, defect_detection_en. "),
        ("xyz", ""),
    ],
)
def test_a_misspelt_config_name_gets_its_near_matches(load: Callable[..., Any], name: str, close: str) -> None:
    with pytest.raises(ConfigNotFoundError) as error:
        load("mulco", name)
    assert str(error.value) == f"no config {name!r}. {close}All configs: mulco list"


@pytest.mark.parametrize("load", [datasets.load_dataset, mulco.load_dataset])
@pytest.mark.parametrize("options", [{"revision": "main"}, {"data_files": "rows.parquet"}, {"revision": ""}])
def test_a_revision_and_data_files_are_refused(load: Callable[..., Any], options: dict[str, str]) -> None:
    with pytest.raises(UsageError) as error:
        load("mulco", "code_search_zh", **options)
    assert str(error.value) == (
        "mulco builds its rows from their sources: it takes no revision and no data_files. Published rows of a given "
        'revision: load_dataset("ORG/mulco", config, revision=...)'
    )


@pytest.mark.parametrize("load", [datasets.load_dataset, mulco.load_dataset])
def test_other_paths_are_untouched(
    load: Callable[..., Any], built: Path, built_rows: BuiltRows, tmp_path: Path
) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    pq.write_table(pa.table({"number": [1, 2]}), folder / "train.parquet")
    assert as_lists(load(str(folder))) == {"train": [{"number": 1}, {"number": 2}]}
    assert list(load("parquet", data_files=str(folder / "train.parquet"), split="train[1:]")) == [{"number": 2}]
    assert as_lists(load(str(built), "code_qa_zh")) == built_rows(built, "code_qa_zh")
    assert list(load(str(folder), streaming=True, split="train")) == [{"number": 1}, {"number": 2}]
    with pytest.raises(ConnectionError, match="nobody/mulco"):
        load("nobody/mulco", "code_search_zh")


def test_importing_mulco_stays_cheap(answer: Answer) -> None:
    heavy = "datasets", "pyarrow", "pandas", "numpy", "torch", "transformers", "openai", "ray"
    code = f"import json, sys, mulco; print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    assert answer(code) == []


@pytest.mark.parametrize(
    "imports",
    [
        "import mulco, datasets",
        "import datasets, mulco",
        "from datasets import load_dataset; import mulco",
        "import mulco; import datasets.load",
        "import mulco; mulco.register(); import datasets; mulco.register()",
        "import mulco, importlib; importlib.reload(mulco); import datasets; importlib.reload(mulco)",
    ],
)
def test_any_order_of_imports_will_do(imports: str, answer: Answer, ids: dict[str, list[str]]) -> None:
    code = f"""
import sys
before = list(sys.meta_path)
{imports}
import datasets.inspect
assert datasets.load.dataset_module_factory is datasets.inspect.dataset_module_factory
assert not hasattr(datasets.load.dataset_module_factory.__wrapped__, "__wrapped__"), "wrapped twice"
assert sys.meta_path == before, "the finder stayed"
{LOAD}"""
    assert answer(code) == ids


def test_from_a_folder_with_other_things_called_mulco(
    answer: Answer, tmp_path: Path, ids: dict[str, list[str]]
) -> None:
    dirty = tmp_path / "脏 dirty"
    for folder in ("mulco", "mulco/code_qa_zh", "data", "out/mulco"):
        (dirty / folder).mkdir(parents=True, exist_ok=True)
    for file in ("mulco.py", "mulco/mulco.py", "mulco/__init__.py", "datasets.py"):
        (dirty / file).write_text("raise SystemExit('a stray file was run')", "utf-8")
    for file in ("mulco/train.jsonl", "data/train.jsonl", "train.jsonl", "out/mulco/train.jsonl"):
        (dirty / file).write_text('{"a": 1}\n', "utf-8")
    (dirty / "mulco" / "README.md").write_text(
        "---\nconfigs:\n- config_name: code_qa_zh\n  data_files: '*'\n---\n", "utf-8"
    )
    pq.write_table(pa.table({"a": [1]}), dirty / "mulco" / "code_qa_zh" / "train-00000-of-00001.parquet")
    before = sorted(dirty.rglob("*"))
    assert answer(f"import mulco{LOAD}", dirty) == ids
    assert sorted(dirty.rglob("*")) == before


def test_from_the_root_of_the_repository(answer: Answer, ids: dict[str, list[str]]) -> None:
    before = sorted(ROOT.glob("*"))
    assert answer(f"import mulco{LOAD}", ROOT) == ids
    assert sorted(ROOT.glob("*")) == before


def test_installed_in_a_folder_with_spaces_and_chinese(
    answer: Answer, installed: Path, tmp_path: Path, ids: dict[str, list[str]]
) -> None:
    """Also where the current folder, which stands first on the path in a notebook, holds a data folder `mulco`."""
    (tmp_path / "here" / "mulco").mkdir(parents=True)
    (tmp_path / "here" / "mulco" / "train.jsonl").write_text('{"a": 1}\n', "utf-8")
    code = (
        f"import sys; sys.path.insert(0, ''); import mulco; assert mulco.__file__.startswith({str(installed)!r}){LOAD}"
    )
    assert answer(code, tmp_path / "here", PYTHONPATH=str(installed)) == ids


def test_mulco_no_register_leaves_datasets_alone(answer: Answer, ids: dict[str, list[str]]) -> None:
    code = """
import sys
before = list(sys.meta_path)
import mulco
assert sys.meta_path == before
import datasets, json
assert datasets.load.dataset_module_factory.__module__ == "datasets.load"
try:
    datasets.load_dataset("mulco", "code_qa_zh")
except Exception as error:
    assert not type(error).__module__.startswith("mulco"), error
else:
    raise SystemExit("registered all the same")
rows = mulco.load_dataset("mulco", "code_qa_zh")
print(json.dumps({split: list(rows[split]["id"]) for split in rows}))
"""
    assert answer(code, MULCO_NO_REGISTER="1") == ids


# How a later version of datasets might differ, as seen by code that runs after `import datasets`.
CHANGES = {
    "another signature": "datasets.load.dataset_module_factory = lambda name_or_path, *, version=None: None",
    "not in inspect": "del datasets.inspect.dataset_module_factory",
    "another name": "del datasets.load.dataset_module_factory, datasets.inspect.dataset_module_factory",
    "other modules": "del sys.modules['datasets.load'], sys.modules['datasets.inspect']",
}
WARNING = (
    "UserWarning: this version of datasets has an unknown shape, so load_dataset('mulco', ...) is not registered. Call "
    "mulco.load_dataset instead, or install datasets>=5.2,<6 (MULCO_NO_REGISTER=1 silences this)"
)
STILL = """
rows = mulco.load_dataset("mulco", "code_qa_zh")
print(json.dumps({split: list(rows[split]["id"]) for split in rows}))
"""


@pytest.mark.parametrize("change", CHANGES)
def test_where_datasets_changed_shape_mulco_says_so_and_still_loads(
    change: str, python: Run, ids: dict[str, list[str]]
) -> None:
    done = python(f"import json, sys, datasets, datasets.inspect\n{CHANGES[change]}\nimport mulco\n{STILL}")
    assert done.stderr.count(WARNING) == 1, done.stderr
    assert json.loads(done.stdout) == ids


def test_where_datasets_changed_shape_its_own_import_still_works(
    python: Run, tmp_path: Path, ids: dict[str, list[str]]
) -> None:
    """As above with mulco imported first, so that the guard runs inside `import datasets`."""
    origin, changed = Path(datasets.__file__).parent, tmp_path / "changed" / "datasets"
    shutil.copytree(origin, changed, copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("load.py", "inspect.py"):
        text = (origin / name).read_text("utf-8")
        assert "dataset_module_factory" in text
        (changed / name).unlink()
        (changed / name).write_text(text.replace("dataset_module_factory", "module_of"), "utf-8")
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n', "utf-8")
    code = f"""
import json, mulco, datasets
assert datasets.__file__.startswith({str(changed)!r})
[row] = datasets.load_dataset("json", data_files={str(tmp_path / "rows.jsonl")!r}, split="train")
assert row == {{"a": 1}}
{STILL}"""
    done = python(code, PYTHONPATH=str(tmp_path / "changed"))
    assert done.stderr.count(WARNING) == 1, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ids


def test_mulco_load_dataset_says_once_what_the_name_resolved_to(python: Run, tmp_path: Path) -> None:
    code = """
import mulco
mulco.load_dataset("mulco", "code_qa_zh")
mulco.load_dataset("mulco", "code_qa_zh", split="test")
mulco.load_dataset(name="code_qa_zh", split="train[:3]")
"""
    done = python(code, HF_DATASETS_DISABLE_PROGRESS_BARS="1")
    [folder] = (tmp_path / "cache" / "mulco" / "builds").glob("[0-9a-f]*")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "mulco: code_qa_zh: rows built now from starter (the project's own small sample; set MULCO_UPSTREAM for the "
        f"real data), in {folder}\n"
    )
    again = python(code.splitlines()[1] + "\n" + code.splitlines()[2], HF_DATASETS_DISABLE_PROGRESS_BARS="1")
    assert again.stderr == done.stderr.replace("rows built now", "rows built before")


def test_mulco_load_dataset_names_the_folder_of_mulco_data(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(built, elsewhere)
    monkeypatch.setenv("MULCO_DATA", str(elsewhere))
    mulco.load_dataset("mulco", "code_qa_zh", split="test")
    mulco.load_dataset("mulco", "code_qa_zh", split="train")
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("mulco: ")]
    assert lines == [f"mulco: code_qa_zh: the folder {elsewhere} (MULCO_DATA)"]


def test_mulco_load_dataset_takes_the_options_of_datasets(built: Path, built_rows: BuiltRows, tmp_path: Path) -> None:
    rows = built_rows(built, "code_qa_en")
    cache = str(tmp_path / "cache")
    assert as_lists(mulco.load_dataset("mulco", "code_qa_en", cache_dir=cache)) == rows
    assert list((tmp_path / "cache").iterdir())
    assert as_lists(mulco.load_dataset("mulco", "code_qa_en", streaming=True)) == rows
    assert list(mulco.load_dataset("mulco", "code_qa_en", split="train[:3]")) == rows["train"][:3]
    assert as_lists(mulco.load_dataset("mulco", "code_qa_en", num_proc=2, download_mode="force_redownload")) == rows
    kept = mulco.load_dataset("mulco", "code_qa_en", split="test", keep_in_memory=True, verification_mode="all_checks")
    assert (list(kept), kept.cache_files) == (rows["test"], [])


@pytest.mark.slow
def test_a_stream_feeds_spawned_workers(answer: Answer, starter_build: Path, built_rows: BuiltRows) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    code = """
import json
import mulco
from datasets import load_dataset
from torch.utils.data import DataLoader

if __name__ == "__main__":
    stream = load_dataset("mulco", "all_zh", split="test", streaming=True)
    loader = DataLoader(stream, batch_size=16, num_workers=2, multiprocessing_context="spawn", collate_fn=list)
    print(json.dumps([row for batch in loader for row in batch]))
"""
    rows = [row for config in CONFIGS if config.endswith("_zh") for row in built_rows(starter_build, config)["test"]]
    found = answer(code)
    assert sorted(found, key=lambda row: str(row["id"])) == sorted(rows, key=lambda row: str(row["id"]))
