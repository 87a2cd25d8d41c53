"""A card altered by hand is caught: in one count, hash, licence or link, in either language."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mulco.cards.check import check_card, differences, fetch, kind_of, name_in
from mulco.cards.dataset import write_card
from mulco.errors import MulcoError
from mulco.identity import file_digest
from mulco.manifest import Manifest

BOTH = ("README.md", "README_zh.md")
# (file, kind, what a hand changes, to what): each a regular expression for one place in the card
DATASET = [
    *((card, *change) for card in BOTH for change in (
        ("count", r"(code_qa_zh` \|.*\| )20( \| 5 \|)", r"\g<1>21\2"),
        ("count", r"\b539\b", "530"),
        ("count", r"1( \| 0 \| 0 \| 239 \|)", r"0\1"),
        ("count", r"(\| `no_token_to_mask` \| )1", r"\g<1>2"),
        ("count", r"(corpus )100%", r"\g<1>99%"),
        ("count", r"(`starter` \| `[0-9a-f]+` \| )\d+", r"\g<1>3"),
        ("count", r"mulco 0\.1\.0", "mulco 0.2.0"),
        ("count", r"version 26\.0\.1", "version 25.0.0"),
        ("hash", r"(`code_qa_zh` \| `)[0-9a-f]", r"\g<1>f"),
        ("hash", r"(`starter` \| `)[0-9a-f]{4}", r"\g<1>0000"),
        ("licence", r"\[Apache-2\.0\](\(https://spdx)", r"[MIT]\1"),
        ("licence", r"\[Apache-2\.0\](\(https://www)", r"[CC-BY-4.0]\1"),
        ("link", r"https://spdx\.org/licenses/Apache-2\.0", "https://spdx.org/licenses/MIT"),
        ("link", r"https://www\.apache\.org/licenses/LICENSE-2\.0", "https://example.org"),
        ("link", r"\(LICENSE\.md\)", "(TERMS.md)"),
    )),
    ("README.md", "count", r"num_examples: 20", "num_examples: 21"),
    ("README.md", "count", r"num_bytes: \d+", "num_bytes: 1"),
    ("README.md", "count", r"n<1K", "1K<n<10K"),
    ("README.md", "count", r"version: 1\.0\.0", "version: 1.0.1"),
    ("README.md", "hash", r"sha256:[0-9a-f]{8}", "sha256:00000000"),
    ("README.md", "licence", r"license: apache-2\.0", "license: mit"),
    ("README.md", "link", r"\(README_zh\.md\)", "(README_fr.md)"),
    ("README_zh.md", "link", r"\(README\.md\)", "(readme.md)"),
    ("README.md", "words", r"Not measured: no step compared", "Clean: a step compared"),
    ("README_zh.md", "words", r"未检测：没有步骤", "已检测：有步骤"),
    ("LICENSE.md", "count", r"\b539\b", "540"),
    ("LICENSE.md", "licence", r"\[Apache-2\.0\](\(https://spdx)", r"[MIT]\1"),
    ("LICENSE.md", "link", r"https://www\.apache\.org", "https://apache.example"),
]  # fmt: skip
MODEL = [
    *((card, *change) for card in BOTH for change in (
        ("count", r"0\.625", "0.652"),
        ("count", r"\[0\.470", "[0.570"),
        ("count", r"0\.250", "0.150"),
        ("count", r"\b65,000\b", "95,000"),
        ("count", r"(\| 20 \| )1\.3333", r"\g<1>0.3333"),
        ("count", r"3\.1%", "0.1%"),
        ("count", r"lr: 0\.001", "lr: 0.01"),
        ("count", r"1\.50 GB", "0.50 GB"),
        ("hash", r"`fedcba9876543210`", "`0edcba9876543210`"),
        ("hash", r"`0123456789ab`", "`1123456789ab`"),
        ("hash", r"(adapter_model\.safetensors` \| `)[0-9a-f]{4}", r"\g<1>ffff"),
        ("licence", r"\[CC-BY-NC-4\.0\]", "[CC-BY-4.0]"),
        ("licence", r"\| LicenseRef-unknown ", "| MIT "),
        ("link", r"https://huggingface\.co/ORG/base", "https://huggingface.co/ORG/better"),
        ("link", r"https://huggingface\.co/datasets/ORG/mulco", "https://huggingface.co/datasets/ORG/other"),
    )),
    ("README.md", "count", r"value: 0\.625", "value: 0.925"),
    ("README.md", "hash", r"revision: fedcba", "revision: abcdef"),
    ("README.md", "licence", r"license_name: mixed", "license_name: apache-2.0"),
    ("README.md", "words", r"base_model: ORG/base", "base_model: ORG/better"),
    ("README.md", "words", r"base_model_relation: adapter", "base_model_relation: finetune"),
    ("LICENSE.md", "count", r"\b30 training rows", "0 training rows"),
    (".eval_results/humaneval.yaml", "count", r"value: 0\.0122", "value: 0.9"),
]  # fmt: skip


def alter(file: Path, pattern: str, by: str) -> None:
    text = file.read_text("utf-8")
    altered = re.sub(pattern, by, text, count=1)
    if altered == text:  # the first digit of a digest may be what it is changed to
        altered = re.sub(pattern, by.replace("f", "0"), text, count=1)
    assert altered != text, f"{file.name} has nothing like {pattern}"
    file.unlink()  # it may be a hard link
    file.write_text(altered, "utf-8")


def test_good_cards_pass(made: Path, coder: Path) -> None:
    assert list(check_card(made)) == []
    assert list(check_card(coder)) == []


@pytest.mark.parametrize(("file", "kind", "pattern", "by"), DATASET)
def test_a_dataset_card_altered_by_hand_is_caught(folder: Path, file: str, kind: str, pattern: str, by: str) -> None:
    alter(folder / file, pattern, by)
    found = list(check_card(folder))
    assert any(problem.startswith(f"{file}, line ") and _says(kind, problem) for problem in found), found


@pytest.mark.parametrize(("file", "kind", "pattern", "by"), MODEL)
def test_a_model_card_altered_by_hand_is_caught(coder: Path, file: str, kind: str, pattern: str, by: str) -> None:
    alter(coder / file, pattern, by)
    found = list(check_card(coder))
    assert any(problem.startswith(file) and _says(kind, problem) for problem in found), found


def _says(kind: str, problem: str) -> bool:
    return "words differ: " in problem if kind == "words" else f"a {kind} differs: " in problem


def test_the_message_names_line_and_both_values(folder: Path) -> None:
    alter(folder / "README_zh.md", r"\b539\b", "530")
    line = next(
        n for n, text in enumerate((folder / "README_zh.md").read_text("utf-8").splitlines(), 1) if "530" in text
    )
    sentence = f"README_zh.md, line {line}: a count differs: the card has '530', the facts give '539'"
    assert list(check_card(folder)) == [sentence]


def test_added_and_removed_lines_are_named(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    (folder / "README.md").write_text(text + "\nBest data set of 2026, see [here](https://example.org).\n", "utf-8")
    assert "a link differs: the card has 'https://example.org', the facts give 'nothing'" in "".join(check_card(folder))
    (folder / "README.md").write_text(text.replace("This is the starter corpus only", "", 1), "utf-8")
    assert "words differ" in "".join(check_card(folder))


def test_differences_are_told_in_the_order_link_hash_licence_count_words() -> None:
    pairs = {
        "see https://a.example": "see https://b.example",
        "`0123456789abcdef`": "`1123456789abcdef`",
        "under MIT": "under ISC",
        "4,700 rows": "4,701 rows",
        "a clean set": "a dirty set",
    }
    found = [next(differences(have, want))[1] for have, want in pairs.items()]
    assert found == ["link", "hash", "licence", "count", "words"]


def edit(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    facts = json.loads((folder / name).read_text("utf-8"))
    change(facts)
    (folder / name).write_text(json.dumps(facts), "utf-8")


def first_count(facts: dict[str, Any]) -> dict[str, Any]:
    return next(e for e in facts["counts"] if (e["config"], e["split"]) == ("code_qa_en", "train"))


WHERE = "code_qa_en, train, starter"
FILE = "code_qa_en/train-00000-of-00001.parquet"


def first_file(facts: dict[str, Any]) -> dict[str, Any]:
    file: dict[str, Any] = facts["configs"]["code_qa_en"]["splits"]["train"]["files"][0]
    return file


FORGED = {
    f"manifest.json: a count differs: {WHERE}: 20 rows, not 25": lambda facts: first_count(facts).update(rows=25),
    f"manifest.json: a licence differs: {WHERE}: licenses are Apache-2.0 20 in the rows, the manifest has MIT 20": (
        lambda facts: first_count(facts).update(licenses={"MIT": 20})
    ),
    f"manifest.json: a count differs: {WHERE}: programming_languages are": (
        lambda facts: first_count(facts)["programming_languages"].update(python=20)
    ),
    "manifest.json: a licence differs: code_qa_en, train, codesearchnet": (
        lambda facts: first_count(facts).update(source="codesearchnet")
    ),
    "manifest.json: a licence differs: starter is stated as MIT (https://www.apache.org/licenses/LICENSE-2.0), mulco": (
        lambda facts: facts["sources"]["starter"].update(license="MIT")
    ),
    f"{FILE}: a hash differs": lambda facts: first_file(facts).update(sha256="0" * 64),
    f"{FILE}: a count differs: 20 rows, the manifest has 21": lambda facts: first_file(facts).update(rows=21),
}


@pytest.mark.parametrize(("sentence", "change"), FORGED.items())
def test_a_manifest_altered_with_its_card_is_caught_by_the_rows(
    folder: Path, sentence: str, change: Callable[[dict[str, Any]], None]
) -> None:
    edit(folder, "manifest.json", change)
    write_card(folder, Manifest.load(folder))
    assert any(problem.startswith(sentence) for problem in check_card(folder)), list(check_card(folder))


def test_rows_taken_out_with_their_digest_put_right_are_caught(folder: Path) -> None:
    file = folder / FILE
    pq.write_table(pq.read_table(file).slice(1), file)
    right = {"sha256": file_digest(file), "bytes": file.stat().st_size}
    edit(folder, "manifest.json", lambda facts: first_file(facts).update(right))
    write_card(folder, Manifest.load(folder))
    found = list(check_card(folder))
    assert any(f"a count differs: {WHERE}: 19 rows, not 20" in problem for problem in found), found


WEIGHTS = "adapter_model.safetensors"
SPOILT = {
    f"{WEIGHTS}: a hash differs": lambda at: (at / WEIGHTS).write_bytes(b"a tensor!"),
    f"{WEIGHTS}: a count differs: 1 bytes": lambda at: (at / WEIGHTS).write_bytes(b"x"),
    f"{WEIGHTS}: the file is missing": lambda at: (at / WEIGHTS).unlink(),
    "README_zh.md: the card is missing. Write it: mulco card": lambda at: (at / "README_zh.md").unlink(),
    ".eval_results/humaneval.yaml: does not fit": lambda at: (at / "results" / "humaneval.json").unlink(),
    "the cards cannot be written anew: ": lambda at: (at / "results" / "humaneval.json").write_text("{}"),
}


@pytest.mark.parametrize(("sentence", "spoil"), SPOILT.items())
def test_a_model_folder_that_lost_or_changed_a_file_is_caught(
    coder: Path, sentence: str, spoil: Callable[[Path], object]
) -> None:
    spoil(coder)
    assert any(problem.startswith(sentence) for problem in check_card(coder)), list(check_card(coder))


def test_a_missing_parquet_file_is_told_and_not_a_crash(folder: Path) -> None:
    (folder / "code_search_zh/train-00000-of-00001.parquet").unlink()
    found = list(check_card(folder))
    assert found[0] == "code_search_zh/train-00000-of-00001.parquet: the file is missing"
    assert found[-1].startswith("the cards cannot be written anew: ")


def test_a_card_of_another_version_is_held_to_its_facts_alone(folder: Path) -> None:
    edit(folder, "manifest.json", lambda facts: facts.update(version="9.9.9"))
    write_card(folder, Manifest.load(folder))
    alter(folder / "README.md", "Not measured: no step compared", "No step has compared")
    assert list(check_card(folder)) == []
    alter(folder / "README_zh.md", r"\b539\b", "530")
    assert len(list(check_card(folder))) == 1


def test_a_card_must_load_what_was_pulled(folder: Path) -> None:
    write_card(folder, Manifest.load(folder), name="ORG/mulco")
    assert name_in(folder / "README.md") == "ORG/mulco"
    assert list(check_card(folder, "ORG/mulco")) == []
    found = list(check_card(folder, "ELSE/mulco"))
    assert found[0] == "README.md: a link differs: it loads 'ORG/mulco', but this is 'ELSE/mulco'"


def test_a_pulled_card_is_checked_like_a_local_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fetch` tries a data set first, then a model, and takes the folder that the client gives."""
    import huggingface_hub
    from huggingface_hub.errors import RepositoryNotFoundError

    asked = []

    def snapshot(repo_id: str, repo_type: str, revision: str | None) -> str:
        asked.append((repo_id, repo_type, revision))
        if repo_type == "dataset":
            raise RepositoryNotFoundError("no", response=_response(repo_id))
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert fetch("ORG/mulco", "v1") == folder
    assert asked == [("ORG/mulco", "dataset", "v1"), ("ORG/mulco", "model", "v1")]


def _response(name: str) -> Any:
    import httpx2

    return httpx2.Response(404, request=httpx2.Request("GET", f"https://example.org/{name}"))


def test_a_folder_without_facts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MulcoError, match=r"no manifest\.json and no run\.json, so no facts to write a card from"):
        kind_of(tmp_path)
    with pytest.raises(MulcoError, match="no such folder"):
        kind_of(tmp_path / "nowhere")


def test_checking_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    list(check_card(folder))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_copy_elsewhere_has_the_same_card(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "other name")
    assert list(check_card(tmp_path / "other name")) == []
