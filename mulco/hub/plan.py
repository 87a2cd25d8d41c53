"""What a push would do, settled before it does anything: files, bytes, what changes, who will see it, licences.

plan = plan_push(read_folder(Path("out/mulco")), "ORG/mulco", tag="v1")
plan.add, plan.change, plan.delete, plan.problems
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mulco.errors import HubError, UsageError
from mulco.hub.folder import DATASET, WEIGHTS, Folder, Local
from mulco.hub.words import spoken
from mulco.manifest import NAME
from mulco.row import LANGUAGES, TASKS

if TYPE_CHECKING:
    from huggingface_hub import HfApi

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
BARE = (".gitattributes", ".gitignore", "README.md", "LICENSE*")  # what a repository may hold that is nobody's yet
OURS = {DATASET: (NAME,), "model": ("run.json", "config.json", "adapter_config.json")}  # what a release of ours has
CONFIGS = {f"{task}_{language}" for task in TASKS for language in LANGUAGES}


@dataclass(frozen=True)
class There:
    """One file as the repository has it: sha256 of a large one, git's name of a small one."""

    bytes: int
    sha256: str | None
    blob: str

    def is_like(self, file: Local) -> bool:
        return self.bytes == file.bytes and (self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob)


@dataclass(frozen=True)
class Remote:
    """A repository as it is now. `asked` is False where no server was asked; `head` is None where it is not there."""

    asked: bool = True
    exists: bool = False
    private: bool = False
    head: str | None = None  # of the branch that is written to
    files: dict[str, There] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A push, ready to be done."""

    folder: Folder
    repo_id: str
    remote: Remote
    branch: str = "main"
    tag: str | None = None
    private: bool = False
    rights: bool = False  # the publisher claims the rights to restricted rows

    @property
    def add(self) -> list[Local]:
        return [file for file in self.folder.files if file.path not in self.remote.files]

    @property
    def change(self) -> list[Local]:
        there = self.remote.files
        return [f for f in self.folder.files if f.path in there and not there[f.path].is_like(f)]

    @property
    def delete(self) -> list[str]:
        """Files of an earlier release that this one does not have: Parquet of a config, weights in other files."""
        here = {file.path for file in self.folder.files}
        gone = sorted(path for path in self.remote.files if path not in here)
        return [path for path in gone if _ours(path, self.folder.kind)]

    @property
    def nothing(self) -> bool:
        """Whether the repository holds this very release."""
        return self.remote.head is not None and not (self.add or self.change or self.delete)

    @property
    def public(self) -> bool:
        """Whether everybody will see it."""
        return not (self.remote.private if self.remote.exists else self.private)

    @property
    def problems(self) -> list[str]:
        """Why this must not be done, one sentence each."""
        found = []
        if self.remote.exists and self.private and not self.remote.private:
            found.append(
                f"{self.repo_id} is there and public: --private makes new repositories only. Change it in the settings "
                f"of the repository first"
            )
        restricted = self.folder.restricted
        if restricted and self.public and not self.rights:
            kinds = ", ".join(f"{name} {rows:,}" for name, rows in restricted.items())
            found.append(
                f"{sum(restricted.values()):,} of {self.folder.licenses.total():,} rows may not be passed on, or not "
                f"as far as mulco knows ({kinds}). Leave them out with --redistributable-only, keep the repository to "
                f"yourself with --private, or say --i-have-the-rights"
            )
        others = self._others()
        if others:
            found.append(
                f"the name {self.repo_id} is taken: the repository holds {others[0]} and nothing that mulco published. "
                f"Choose another name"
            )
        if self.tag in self.remote.tags and not (self.nothing and self.remote.tags[self.tag] == self.remote.head):
            oid = self.remote.tags[self.tag][:12]
            found.append(f"the tag {self.tag} is there and names another release ({oid}). Choose another tag")
        return found

    def _others(self) -> list[str]:
        """Files of somebody else, in a repository where mulco has published nothing."""
        paths = self.remote.files
        if any(name in paths for name in OURS[self.folder.kind]):
            return []
        return sorted(path for path in paths if not any(fnmatchcase(path, bare) for bare in BARE))

    @property
    def facts(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "repository": self.repo_id, "kind": self.folder.kind, "branch": self.branch, "tag": self.tag,
            "compared": self.remote.asked, "exists": self.remote.exists, "head": self.remote.head,
            "public": self.public,
            "files": [{"path": f.path, "bytes": f.bytes, "sha256": f.sha256} for f in self.folder.files],
            "bytes": self.folder.bytes, "add": [f.path for f in self.add], "change": [f.path for f in self.change],
            "delete": self.delete, "left_out": self.folder.left_out, "notes": self.folder.notes,
            "licenses": dict(self.folder.licenses), "not_redistributable": self.folder.restricted,
            "problems": self.problems,
        }  # fmt: skip


def plan_push(
    folder: Folder, repo_id: str, branch: str = "main", tag: str | None = None, private: bool = False,
    rights: bool = False, api: HfApi | None = None,
) -> Plan:  # fmt: skip
    """Compare a folder with a repository; asks the Hub, unless HF_HUB_OFFLINE is set, and changes nothing there."""
    check_name(repo_id)
    return Plan(folder, repo_id, look(repo_id, folder.kind, branch, api), branch, tag, private, rights)


def check_name(repo_id: str) -> None:
    """Raise UsageError for what cannot be the name of a repository."""
    if not REPOSITORY.fullmatch(repo_id):
        raise UsageError(f"{repo_id!r} is no name of a repository. Expected is NAMESPACE/NAME, such as ORG/mulco")


def look(repo_id: str, kind: str, branch: str = "main", api: HfApi | None = None) -> Remote:
    """A repository as it is now; raises HubError where the Hub refuses to say."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import RepositoryNotFoundError

    if constants.HF_HUB_OFFLINE:
        return Remote(asked=False)
    api = api or HfApi()
    with spoken(repo_id):
        try:
            info = api.repo_info(repo_id, repo_type=kind)
        except RepositoryNotFoundError:
            return Remote()
        refs = api.list_repo_refs(repo_id, repo_type=kind)
        branches = {ref.name: ref.target_commit for ref in refs.branches}
        tags = {ref.name: ref.target_commit for ref in refs.tags}
        head = branches.get(branch)  # a branch that is not there begins at main
        files = contents(api, repo_id, kind, head or branches["main"]) if head or "main" in branches else {}
        return Remote(True, True, bool(info.private), head, files, tags, branches)


def contents(api: HfApi, repo_id: str, kind: str, revision: str) -> dict[str, There]:
    """Every file of one commit, with the checksums the Hub has of it."""
    from huggingface_hub.hf_api import RepoFile

    tree = api.list_repo_tree(repo_id, recursive=True, revision=revision, repo_type=kind)
    return {
        entry.path: There(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
        for entry in tree
        if isinstance(entry, RepoFile)
    }


def _ours(path: str, kind: str) -> bool:
    if kind == DATASET:
        return path.split("/")[0] in CONFIGS and fnmatchcase(path, "*/*.parquet")
    names = (*WEIGHTS, "*.safetensors.index.json", "adapter_config.json")
    return "/" not in path and any(fnmatchcase(path, name) for name in names)


def refuse(plan: Plan) -> None:
    """Raise HubError where the plan must not be done."""
    if plan.problems:
        raise HubError(". ".join(plan.problems) + ". Nothing was published")
