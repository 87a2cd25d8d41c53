"""A dataset or a model from the Hub, checked against its own manifest and the checksums the Hub has of it.

pulled = pull("ORG/mulco", revision="v1")
pulled.folder                   # in the Hub's cache; with `out` in a folder of its own
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mulco.check import check
from mulco.errors import HubError, OutputError
from mulco.hub.folder import DATASET, MODEL, Local, read_folder
from mulco.hub.plan import There, check_name, contents
from mulco.hub.words import spoken
from mulco.identity import file_digest
from mulco.manifest import NAME, Manifest

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class Pulled:
    """What came, from which commit, and where it is. `checked` says what it was checked against."""

    repository: str
    kind: str
    commit: str
    folder: Path
    files: int
    bytes: int
    checked: str
    rows: int | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return vars(self) | {"folder": str(self.folder)}


def pull(repo_id: str, revision: str | None = None, out: Path | None = None, kind: str | None = None) -> Pulled:
    """Bring a repository at a branch, tag or commit; raises HubError where it cannot be had, or is not what it says."""
    from huggingface_hub import HfApi, snapshot_download

    check_name(repo_id)
    if out is not None:
        _refuse_full(out)
    api = HfApi()
    kind, commit = _found(api, repo_id, revision, kind)
    with spoken(repo_id):
        if out is None:
            folder = Path(snapshot_download(repo_id, repo_type=kind, revision=commit))
        else:
            work = out.with_name(f"{out.name}.partial")
            snapshot_download(repo_id, repo_type=kind, revision=commit, local_dir=work)
            folder = work
        listed = contents(api, repo_id, kind, commit)
    if out is not None:
        _only(folder, listed)
    problems = [*_checksums(folder, listed), *_own(folder, kind)]
    if problems:
        more = f" and {len(problems) - 1} more" if problems[1:] else ""
        raise HubError(f"{repo_id} at {commit[:12]} is not what it says: {problems[0]}{more}. It lies in {folder}")
    if out is not None:
        shutil.rmtree(folder / ".cache", ignore_errors=True)  # what the client noted for resuming
        if out.exists():
            out.rmdir()
        folder.rename(out)
        folder = out
    files = [file for file in folder.rglob("*") if file.is_file()]
    ours = (folder / NAME).is_file()
    return Pulled(
        repo_id, kind, commit, folder, len(files), sum(file.stat().st_size for file in files),
        "the Hub's checksums and its own manifest" if ours else "the Hub's checksums",
        Manifest.load(folder).rows() if ours else None,
    )  # fmt: skip


def _refuse_full(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out} is there and not empty. Name another folder with --out")


def _found(api: HfApi, repo_id: str, revision: str | None, kind: str | None) -> tuple[str, str]:
    """(kind, commit): a dataset if there is one of this name, else a model."""
    from huggingface_hub.errors import RepositoryNotFoundError

    with spoken(repo_id):
        if kind is None:
            try:
                return DATASET, str(api.repo_info(repo_id, repo_type=DATASET, revision=revision).sha)
            except RepositoryNotFoundError:
                kind = MODEL
        return kind, str(api.repo_info(repo_id, repo_type=kind, revision=revision).sha)


def _only(folder: Path, listed: dict[str, There]) -> None:
    """Remove what an earlier pull of another commit, interrupted, has left in the folder."""
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        path = file.relative_to(folder).as_posix()
        if path not in listed and not path.startswith(".cache/"):
            file.unlink()


def _checksums(folder: Path, listed: dict[str, There]) -> Iterator[str]:
    """Files that are missing or whose bytes are not those the Hub lists."""
    for path, there in listed.items():
        file = folder / path
        if not file.is_file():
            yield f"{path} is missing"
        elif not there.is_like(Local(path, file, file.stat().st_size, file_digest(file))):
            yield f"{path} has other bytes than the Hub lists"


def _own(folder: Path, kind: str) -> Iterator[str]:
    """What the folder says of itself and does not keep; a repository that is not ours says nothing."""
    if kind == DATASET and (folder / NAME).is_file():
        yield from check(folder)
    elif kind == MODEL and (folder / "run.json").is_file():
        try:
            read_folder(folder)
        except HubError as err:
            yield str(err)
