"""Check the cards of a dataset or model folder: whatever was altered by hand, in a card or in the facts, is named.

    for problem in check_card(Path("out/mulco")): print(problem)
    for problem in check_card(fetch("ORG/mulco"), "ORG/mulco"): print(problem)

The facts are held to the files first: the manifest to the Parquet, a run record to the weights. Then the cards are
rendered anew from the facts and compared line by line, and what differs is called a count, a hash, a licence, a link
or words. Last comes the linter.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mulco.cards.lint import check_header, links, lint
from mulco.cards.page import Page, figures
from mulco.cards.run import HERE, RUN
from mulco.catalog import catalog
from mulco.errors import MulcoError
from mulco.identity import file_digest
from mulco.licenses import TERMS
from mulco.manifest import NAME as MANIFEST
from mulco.manifest import Manifest
from mulco.version import VERSION

SHOWN = 90  # characters of a line in a message
_HASH = re.compile(r"\b[0-9a-f]{12,64}\b")
_LICENSE = re.compile(
    r"LicenseRef-[\w-]+|(?<![\w-])(?:" + "|".join(sorted(map(re.escape, TERMS), key=len, reverse=True)) + r")(?![\w-])",
    re.I,
)
_NAME = re.compile(r"(?:load_dataset|from_pretrained)\(\"([^\"\s]+)\"")


def kind_of(folder: Path) -> str:
    """`dataset` or `model`, by the facts that lie in a folder; raises MulcoError where there are none."""
    for kind, facts in (("dataset", MANIFEST), ("model", RUN)):
        if (folder / facts).is_file():
            return kind
    if not folder.is_dir():
        raise MulcoError(f"{folder}: no such folder. Name one that mulco build or mulco train wrote")
    raise MulcoError(f"{folder}: no {MANIFEST} and no {RUN}, so no facts to write a card from")


def check_card(folder: Path, repo_id: str | None = None) -> Iterator[str]:
    """What is wrong with the cards of a folder, one sentence each; `repo_id` is where it was pulled from."""
    kind = kind_of(folder)
    name = name_in(folder / "README.md")
    if repo_id is not None and name not in (None, HERE, repo_id):
        yield f"README.md: a link differs: it loads {name!r}, but this is {repo_id!r}"
    if kind == "dataset":
        manifest = Manifest.load(folder)
        yield from _manifest(folder, manifest)
        same_version = manifest.version == VERSION
    else:
        from mulco.cards.results import benchmark_problems, results_of
        from mulco.cards.run import files_problems, load_run

        run = load_run(folder)
        yield from files_problems(folder, run)
        same_version = run["mulco"] == VERSION
    try:
        pages = render(folder, name)
    except (OSError, MulcoError, pa.ArrowException) as err:
        yield f"the cards cannot be written anew: {err}"
        return
    for file, page in pages.items():
        yield from _page(folder, file, page, words=same_version)
    if kind == "model":
        yield from benchmark_problems(folder, results_of(folder, run)[0])
    if (folder / "README.md").is_file():
        yield from check_header("README.md", kind, (folder / "README.md").read_text("utf-8"))


def render(folder: Path, name: str | None = None) -> dict[str, Page]:
    """The cards of a dataset or model folder by file name, under the name they are loaded by."""
    if kind_of(folder) == "dataset":
        from mulco.cards import dataset

        return dict(dataset.render(folder, Manifest.load(folder), name=name or dataset.HERE))
    from mulco.cards import model

    return dict(model.render(folder, name=name or model.HERE))


def name_in(card: Path) -> str | None:
    """The name a card loads its subject by: the first that it gives to `load_dataset` or `from_pretrained`."""
    found = _NAME.search(card.read_text("utf-8")) if card.is_file() else None
    return found[1] if found else None


def fetch(repo_id: str, revision: str | None = None) -> Path:
    """A dataset or model of the Hub in the local cache, whole; raises MulcoError where it cannot be had."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    for repo_type in ("dataset", "model"):
        try:
            return Path(snapshot_download(repo_id, repo_type=repo_type, revision=revision))
        except RepositoryNotFoundError:
            continue
        except RevisionNotFoundError as err:
            raise MulcoError(
                f"{repo_id}: no revision {revision!r} on the Hub. Name a tag, a branch or a commit"
            ) from err
        except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as err:
            raise MulcoError(f"{repo_id}: the Hub cannot be read ({type(err).__name__}). Try again later") from err
    remedy = "Name a folder, or a repository you may read; log in with: hf auth login"
    raise MulcoError(f"{repo_id}: no such folder, and no such dataset or model on the Hub. {remedy}")


def _page(folder: Path, file: str, page: Page, words: bool) -> Iterator[str]:
    """One card beside what the facts give. `words`: whether other words matter, or only facts, as between versions."""
    path = folder / file
    if not path.is_file():
        yield f"{file}: the card is missing. Write it: mulco card {folder}"
        return
    text = path.read_text("utf-8")
    told = set()
    for number, kind, sentence in differences(text, page.text):
        if words or kind != "words":
            told.add(number)
            yield f"{file}, line {number}: {sentence}"
    for problem in lint(file, text, folder, page.known):
        line = re.match(r".*?, line (\d+)", problem)
        if line is None or int(line[1]) not in told:
            yield problem


def differences(card: str, facts: str) -> Iterator[tuple[int, str, str]]:
    """(line of the card, kind, sentence) for each line that differs from what the facts give."""
    have, want = card.splitlines(), facts.splitlines()
    matcher = difflib.SequenceMatcher(None, have, want, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for step in range(max(i_end - i, j_end - j)):
            old = have[i + step] if i + step < i_end else None
            new = want[j + step] if j + step < j_end else None
            yield min(i + step, i_end) + 1, *_difference(old, new)


def _difference(have: str | None, want: str | None) -> tuple[str, str]:
    kinds: dict[str, Any] = {"link": links, "hash": _HASH.findall, "licence": _licenses, "count": figures}
    for kind, of in kinds.items():
        old, new = (Counter(of(line or "")) for line in (have, want))
        if old != new:
            has, gives = (" ".join(sorted((a - b).elements())) for a, b in ((old, new), (new, old)))
            return kind, f"a {kind} differs: the card has {has or 'nothing'!r}, the facts give {gives or 'nothing'!r}"
    if have is None or want is None:
        what = f"lacks {_shown(want)}" if have is None else f"adds {_shown(have)}"
        return "words", f"words differ: the card {what}"
    return "words", f"words differ: the card has {_shown(have)}, the facts give {_shown(want)}"


def _licenses(line: str) -> list[str]:
    field = re.match(r"license(?:_name)?: (\S+)", line)
    return [*_LICENSE.findall(line), *([field[1]] if field else [])]


def _shown(line: str | None) -> str:
    return repr(line if line is None or len(line) <= SHOWN else line[:SHOWN] + "...")


def _manifest(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The manifest beside the Parquet files and beside what mulco knows of the sources."""
    for config, facts in manifest.configs.items():
        for split, split_facts in facts["splits"].items():
            found: dict[str, dict[str, Counter[str]]] = {}
            for file in split_facts["files"]:
                path = folder / file["path"]
                if not path.is_file():
                    yield f"{file['path']}: the file is missing"
                elif file_digest(path) != file["sha256"]:
                    yield f"{file['path']}: a hash differs: the bytes are not those the manifest names"
                else:
                    rows = _count(path, found)
                    if (rows, path.stat().st_size) != (file["rows"], file["bytes"]):
                        yield f"{file['path']}: a count differs: {rows:,} rows, the manifest has {file['rows']:,}"
            yield from _counts(manifest, config, split, found)
            if split_facts["rows"] != manifest.rows(config, split):
                yield f"{MANIFEST}: a count differs: {config}, {split} is {split_facts['rows']:,} rows in one place"
    for name, facts in manifest.sources.items() if manifest.version == VERSION else ():
        source = catalog().sources.get(name)
        if source is not None and (facts["license"], facts["license_url"]) != (source.license.id, source.license.url):
            known = f"{source.license.id} ({source.license.url})"
            stated = f"{facts['license']} ({facts['license_url']})"
            yield f"{MANIFEST}: a licence differs: {name} is stated as {stated}, mulco knows {known}"


def _count(path: Path, found: dict[str, dict[str, Counter[str]]]) -> int:
    """Add the rows of one Parquet file to the counts by source; returns how many there are."""
    table = pq.read_table(path, columns=["source", "license", "programming_language"])
    for entry in table.group_by(table.column_names).aggregate([([], "count_all")]).to_pylist():
        of_source = found.setdefault(entry["source"], {"licenses": Counter(), "programming_languages": Counter()})
        of_source["licenses"][entry["license"]] += entry["count_all"]
        of_source["programming_languages"][entry["programming_language"]] += entry["count_all"]
    return int(table.num_rows)


def _counts(
    manifest: Manifest, config: str, split: str, found: Mapping[str, Mapping[str, Counter[str]]]
) -> Iterator[str]:
    stated = {e["source"]: e for e in manifest.counts if (e["config"], e["split"]) == (config, split) and e["rows"]}
    for source in sorted(stated.keys() | found.keys()):
        entry = stated.get(source, {"rows": 0, "licenses": {}, "programming_languages": {}})
        real = found.get(source, {"licenses": Counter(), "programming_languages": Counter()})
        for what, kind in (("licenses", "licence"), ("programming_languages", "count")):
            if dict(entry[what]) != dict(real[what]):
                yield (
                    f"{MANIFEST}: a {kind} differs: {config}, {split}, {source}: {what} are {_pairs(real[what])} "
                    f"in the rows, the manifest has {_pairs(entry[what])}"
                )
        rows = sum(real["licenses"].values())
        if entry["rows"] != rows:
            yield f"{MANIFEST}: a count differs: {config}, {split}, {source}: {rows:,} rows, not {entry['rows']:,}"


def _pairs(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items())) or "none"
