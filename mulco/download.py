"""Downloads: what sources lack, from the addresses they name, into one folder that a build reads as upstream.

    problems = download(feeding(["code_search_zh"]), download_folder())

Only who asks for it (`--download`, `MULCO_DOWNLOAD=1`) comes here. A file is fetched into `.part/`, checked, written
into `sources.lock` and then renamed into place, so what has a name is whole. The lock holds `<source>/<path>` with the
sha256 of each file, and `<address>` (of a file out of an archive: `<address>#<path>`) with that of what the address
gave: the first download settles it where the source pins none. A changed address is a new first download. Files that
somebody put there by hand are left as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from mulco.catalog import Catalog, catalog
from mulco.errors import DownloadError, OutputError, UsageError
from mulco.identity import file_digest
from mulco.plan import LOCK, download_folder, read_lock
from mulco.reading import MAX_ARCHIVE, MAX_RATIO
from mulco.source import Source, UpstreamFile
from mulco.transfer import DISK, PATIENCE, Patience, Progress, ask, fetch, hub_file, need_space, remove

PARTS = ".part"
ASKING = Patience(timeout_seconds=10)
AT_ONCE = 8  # questions for a size; downloads go one by one


@dataclass(frozen=True)
class Download:
    """One address of a source, and the files that come from there: one, or several out of an archive."""

    source: Source
    address: str
    files: tuple[UpstreamFile, ...]

    @property
    def archive(self) -> bool:
        """Whether the files are members of a zip archive; a file that is an archive itself is not."""
        return _is_zip(self.address) and not _is_zip(self.files[0].path)

    @property
    def host(self) -> str:
        return "the Hub" if hub_file(self.address) else urlsplit(self.address).netloc

    def key(self, file: UpstreamFile) -> str:
        """Under which the lock notes that the file came from here."""
        return f"{self.address}#{file.path}" if self.archive else self.address

    def __str__(self) -> str:
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"{self.source.name}/{self.files[0].path}{more}"


@dataclass(frozen=True)
class Forecast:
    """What a download would do: `sizes` by address are bytes, None where the server does not say, or its refusal."""

    folder: Path
    wanted: list[Download]
    sizes: dict[str, int | DownloadError | None]
    by_hand: dict[str, list[str]]

    @property
    def bytes(self) -> int:
        """What will come, as far as servers say."""
        return sum(size for size in self.sizes.values() if isinstance(size, int))

    @property
    def disk(self) -> int:
        """Room that is needed: all files, and the largest archive beside what is unpacked from it."""
        archives = [self.sizes[one.address] for one in self.wanted if one.archive]
        return self.bytes + max((size for size in archives if isinstance(size, int)), default=0)

    @property
    def free(self) -> int:
        return shutil.disk_usage(next(path for path in (self.folder, *self.folder.parents) if path.exists())).free

    @property
    def facts(self) -> dict[str, Any]:
        """All of it as plain values."""
        files = []
        for one in self.wanted:
            size = self.sizes[one.address]
            failed = isinstance(size, DownloadError)
            files.append(
                {"source": one.source.name, "paths": [file.path for file in one.files], "address": one.address,
                 "license": one.source.license.id, "bytes": None if failed else size,
                 "problem": str(size) if failed else None}
            )  # fmt: skip
        return {"folder": str(self.folder), "files": files, "by_hand": self.by_hand, "bytes": self.bytes,
                "disk_needed": self.disk, "disk_free": self.free}  # fmt: skip


def asked() -> bool:
    """Whether the environment asks for downloads: `MULCO_DOWNLOAD=1`."""
    return os.environ.get("MULCO_DOWNLOAD", "").lower() in ("1", "true", "yes", "on")


def download_for(configs: Iterable[str], only: Iterable[str] = (), upstream: Path | None = None) -> list[str]:
    """Fetch what the sources of some configs lack; one sentence for each address that failed.

    `upstream` is a folder that was named to be read: that is refused, since the two are never mixed.
    """
    _refuse_both(upstream)
    return download(feeding(configs, only), download_folder())


def forecast_for(configs: Iterable[str], only: Iterable[str] = (), upstream: Path | None = None) -> Forecast:
    """What `download_for` would do; asks the servers, and fetches nothing."""
    _refuse_both(upstream)
    folder, sources = download_folder(), feeding(configs, only)
    wanted = lacking(sources, folder)
    return Forecast(folder, wanted, survey(wanted), without_address(sources, folder))


def _refuse_both(upstream: Path | None) -> None:
    if upstream is not None:
        raise UsageError(
            f"a download goes to {download_folder()}, which is read only where no other upstream folder is named. "
            f"Leave out either the download (--download, MULCO_DOWNLOAD) or {upstream} (--upstream, MULCO_UPSTREAM)"
        )


def feeding(configs: Iterable[str], only: Iterable[str] = (), known: Catalog | None = None) -> list[Source]:
    """The sources that feed some configs (none named: all), or of these only those named."""
    known = known or catalog()
    names = {known.source(name).name for name in only}
    members = [member for config in configs for member in known.members(config)] or list(known.configs)
    found = {source.name: source for member in members for source in known.feeding(known.configs[member])}
    return [source for name, source in sorted(found.items()) if not names or name in names]


def addresses(sources: Iterable[Source]) -> list[Download]:
    """Every address from which a file of the sources can be fetched, in their order."""
    found: dict[tuple[str, str], Download] = {}
    for source in sources:
        for file in source.files if source.folder is None else ():
            one = Download(source, file.url, (file,))
            if one.archive:
                key = source.name, file.url
                found[key] = Download(source, file.url, (*found[key].files, file)) if key in found else one
            elif file.url and "*" not in file.path:
                found[source.name, file.path] = one
    return list(found.values())


def without_address(sources: Iterable[Source], folder: Path) -> dict[str, list[str]]:
    """By source the files that are not in the folder and cannot be fetched, since nobody publishes them as such."""
    fetched = {(one.source.name, file.path) for one in addresses(sources) for file in one.files}
    return {
        source.name: absent
        for source in sources
        if source.folder is None
        and (
            absent := [
                file.path
                for file in source.files
                if (source.name, file.path) not in fetched and not any((folder / source.name).glob(file.path))
            ]
        )
    }


def lacking(sources: Iterable[Source], folder: Path) -> list[Download]:
    """The addresses that give what the folder lacks, or holds with other bytes than the lock says."""
    lock = read_lock(folder)
    return [one for one in addresses(sources) if any(_lacks(one, file, folder, lock) for file in one.files)]


def survey(wanted: Iterable[Download]) -> dict[str, int | DownloadError | None]:
    """By address the bytes it gives (None: the server does not say), or why it gives none. Asks every server."""
    dead: dict[str, DownloadError] = {}

    def look(one: Download) -> int | DownloadError | None:
        try:
            return dead[one.host] if one.host in dead else ask(one.address, ASKING)
        except DownloadError as err:
            if err.kind == "unreachable":
                dead[one.host] = err
            return err

    unique = list({one.address: one for one in wanted}.values())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip([one.address for one in unique], pool.map(look, unique), strict=True))


def download(
    sources: Iterable[Source],
    folder: Path,
    patience: Patience = PATIENCE,
) -> list[str]:
    """Fetch what the folder lacks; one sentence for each address that failed. The others are fetched all the same."""
    problems = []
    dead: set[str] = set()
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"), _Bar() as bar:
            bar("checking what is there already")
            wanted = lacking(sources, folder)
            for number, one in enumerate(wanted, 1):
                try:
                    if one.host in dead:
                        problems.append(f"{one}: {one.address}: not tried, since {one.host} could not be reached")
                        continue
                    _get(one, folder, patience, bar(f"{number}/{len(wanted)} {one}"))
                except DownloadError as err:
                    if err.kind == "unreachable":
                        dead.add(one.host)
                    problems.append(f"{one}: {err}")
    except OSError as err:
        problem = f"cannot write {err.filename or folder}: {err.strerror or err}"
        raise OutputError(f"{problem}. Free some space, or name another folder with MULCO_CACHE") from err
    return problems


def _lacks(one: Download, file: UpstreamFile, folder: Path, lock: dict[str, str]) -> bool:
    """Whether a file is missing, is not as it came, or came from another address. One put there by hand is fine."""
    noted = [name for name in lock if _same_place(name, f"{one.source.name}/{file.path}")]
    came = lock.get(one.key(file))
    if came is not None and came == (file.sha256 or came):
        return any(not (folder / name).is_file() or file_digest(folder / name) != lock[name] for name in noted)
    return bool(noted) or not any((folder / one.source.name).glob(file.path))


def _get(one: Download, folder: Path, patience: Patience, progress: Progress) -> None:
    """Fetch one address, lock what came, and give it its final names."""
    lock = read_lock(folder)
    part = folder / PARTS / f"{hashlib.sha256(one.address.encode()).hexdigest()[:16]}-{Path(one.address).name[:80]}"
    pinned = next((file.sha256 for file in one.files if file.sha256), None)
    expected = pinned or next((lock[key] for key in map(one.key, one.files) if key in lock), None)
    sha256 = fetch(one.address, part, expected, patience, progress)
    unpacked = part.with_name(part.name + ".unpacked")
    shutil.rmtree(unpacked, ignore_errors=True)
    ready = _unpack(one, part, unpacked) if one.archive else {one.files[0].path: part}
    ours = {f"{one.source.name}/{path}": file for path, file in ready.items()}
    places = [f"{one.source.name}/{file.path}" for file in one.files]
    stale = [name for name in lock if name not in ours and any(_same_place(name, place) for place in places)]
    lock = {name: digest for name, digest in lock.items() if name not in stale}
    lock |= {name: file_digest(file) if one.archive else sha256 for name, file in ours.items()}
    _write_lock(folder, lock | {one.key(file): sha256 for file in one.files})
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    for name, file in ours.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        file.replace(folder / name)
    remove(part)
    shutil.rmtree(unpacked, ignore_errors=True)


def _unpack(one: Download, archive: Path, into: Path) -> dict[str, Path]:
    """Unpack the wanted members of an archive, and no other: path below the source's folder -> where it lies now.

    Refused, and removed to be fetched anew, is an archive that is damaged, points outside, or would unpack to
    absurdly much. What it does not hold is absent.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            for member in members:
                plain = member.filename.replace("\\", "/")
                if plain.startswith("/") or ".." in PurePosixPath(plain).parts:
                    raise zipfile.BadZipFile(f"member {member.filename!r} points outside the archive")
            wanted = {path: member for file in one.files for path, member in _members(file.path, members).items()}
            size, packed = (sum(getattr(m, what) for m in wanted.values()) for what in ("file_size", "compress_size"))
            if size > MAX_ARCHIVE or size > MAX_RATIO * max(packed, 4096):
                raise zipfile.BadZipFile(f"it would unpack {packed:,} bytes to {size:,}")
            if not wanted:
                raise zipfile.BadZipFile(f"it holds no {', no '.join(file.path for file in one.files)}")
            need_space(one.address, archive.parent, size)
            for path, member in wanted.items():
                (into / path).parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as data, (into / path).open("wb") as out:
                    shutil.copyfileobj(data, out)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error) as err:
        shutil.rmtree(into, ignore_errors=True)
        if isinstance(err, OSError) and err.errno in DISK:
            raise
        remove(archive)
        remedy = "Try again; if it stays so, get its files by hand and put them in their place"
        raise DownloadError("archive", one.address, f"the archive cannot be unpacked ({err})", remedy) from err
    return {path: into / path for path in wanted}


def _members(pattern: str, members: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that a path of the source means, by their path there.

    An archive may hold only the end of the path (`go/final/x.gz` of `resources/data/go/final/x.gz`), or have folders
    of its own above it; the longest agreement counts.
    """
    wanted = PurePosixPath(pattern).parts
    found: dict[int, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        parts = PurePosixPath(member.filename).parts
        same = min(len(wanted), len(parts))
        head = wanted[: len(wanted) - same]
        if "*" not in "".join(head) and all(map(fnmatchcase, parts[-same:], wanted[-same:])):
            found.setdefault(same, {})["/".join((*head, *parts[-same:]))] = member
    return found[max(found)] if found else {}


def _same_place(name: str, pattern: str) -> bool:
    """Whether a path is one that a pattern means; `*` stays within one folder."""
    parts, wanted = PurePosixPath(name).parts, PurePosixPath(pattern).parts
    return len(parts) == len(wanted) and ".." not in parts and all(map(fnmatchcase, parts, wanted))


def _write_lock(folder: Path, lock: dict[str, str]) -> None:
    new = folder / PARTS / LOCK
    new.write_text(json.dumps(dict(sorted(lock.items())), ensure_ascii=False, indent=1) + "\n", "utf-8")
    new.replace(folder / LOCK)


def _is_zip(address: str) -> bool:
    return urlsplit(address).path.lower().endswith(".zip")


class _Bar:
    """A progress bar on standard error, one line for the file that comes; silent where that is not a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
        from rich.progress import Progress as Bar

        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        text = TextColumn("{task.description}", markup=False)
        self._bar = Bar(text, *columns, console=console, transient=True, disable=not console.is_terminal)

    def __enter__(self) -> Callable[[str], Progress]:
        self._bar.start()
        return self._start

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def _start(self, description: str) -> Progress:
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        task = self._bar.add_task(description, total=None)
        return lambda done, total: self._bar.update(task, completed=done, total=total)
