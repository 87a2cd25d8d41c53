"""What the Hub of the tests holds: accounts, repositories, commits with all of their files."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

ATTRIBUTES = "".join(f"*.{kind} filter=lfs diff=lfs merge=lfs -text\n" for kind in ("parquet", "safetensors", "png"))
LARGE = 10_000_000  # bytes; a larger file is never a plain one


@dataclass(frozen=True)
class Account:
    """Who a token stands for, and what it may do: `write` or `read`."""

    name: str
    role: str
    orgs: dict[str, str]  # organisation -> admin, write or read

    def may_write(self, namespace: str) -> bool:
        own = namespace == self.name or self.orgs.get(namespace) in ("admin", "write")
        return self.role == "write" and own

    def may_see(self, namespace: str) -> bool:
        return namespace == self.name or namespace in self.orgs


@dataclass(frozen=True)
class File:
    """The content of one path in one commit."""

    data: bytes
    lfs: bool = False
    xet: str | None = None  # the hash under which Xet storage knows it

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def pointer(self) -> bytes:
        """What git itself would hold of a large file."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.data)}\n".encode()

    @cached_property
    def oid(self) -> str:
        """The name git gives to the content, or to the pointer."""
        blob = self.pointer if self.lfs else self.data
        return hashlib.sha1(b"blob %d\0" % len(blob) + blob).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.oid

    def facts(self, path: str) -> dict[str, object]:
        """How the tree of a repository lists it."""
        facts: dict[str, object] = {"type": "file", "path": path, "oid": self.oid, "size": len(self.data)}
        if self.lfs:
            facts["lfs"] = {"oid": self.sha256, "size": len(self.data), "pointerSize": len(self.pointer)}
        return facts | ({"xetHash": self.xet} if self.xet else {})


@dataclass(frozen=True)
class Commit:
    """A state of a whole repository."""

    parent: str | None
    title: str
    files: dict[str, File]

    @property
    def published(self) -> dict[str, str]:
        """What was put there: path -> sha256."""
        return {path: file.sha256 for path, file in self.files.items() if path != ".gitattributes"}

    @cached_property
    def oid(self) -> str:
        listed = "\n".join(f"{path} {file.oid}" for path, file in sorted(self.files.items()))
        return hashlib.sha1(f"{self.parent} {self.title}\n{listed}".encode()).hexdigest()


@dataclass
class Repo:
    """A repository: its commits, and the branches and tags that name some of them."""

    kind: str  # models or datasets
    name: str
    private: bool = False
    hidden: bool = False  # not even the members of its namespace see it
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    objects: dict[str, File] = field(default_factory=dict)  # large files that arrived, committed or not, by sha256

    def __post_init__(self) -> None:
        self.add(Commit(None, "initial commit", {".gitattributes": File(ATTRIBUTES.encode())}), "main")

    @property
    def namespace(self) -> str:
        return self.name.split("/")[0]

    @property
    def head(self) -> Commit:
        return self.commits[self.branches["main"]]

    @property
    def history(self) -> list[Commit]:
        """The commits of main, the newest first."""
        found, at = [], self.branches["main"]
        while at:
            found.append(self.commits[at])
            at = self.commits[at].parent or ""
        return found

    @property
    def bytes(self) -> int:
        return sum(len(file.data) for file in self.objects.values())

    def add(self, commit: Commit, branch: str) -> None:
        self.commits[commit.oid] = commit
        self.branches[branch] = commit.oid

    def at(self, revision: str) -> Commit | None:
        """The commit that a branch, a tag or an oid names."""
        oid = self.branches.get(revision) or self.tags.get(revision) or revision
        return self.commits.get(oid)

    def seen_by(self, account: Account | None) -> bool:
        if self.hidden:
            return False
        return not self.private or (account is not None and account.may_see(self.namespace))


def large(path: str, size: int) -> bool:
    """Whether a file goes to large-file storage, as .gitattributes and the size have it."""
    return size > LARGE or re.search(r"\.(parquet|safetensors|png)$", path) is not None
