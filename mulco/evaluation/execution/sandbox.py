"""Where programs of unknown origin run: without network, without the user's files, with an end to all they use up.

    sandbox = find_sandbox()                   # the first that works here; raises SandboxError if none does
    outcome = run(sandbox, job, Limits())      # outcome.passed

`bubblewrap` is tried first, then Linux namespaces by `unshare`; each is tried by running a program in it, since
finding the command says nothing: containers and some distributions forbid namespaces. Inside, the system's programs
are shown read-only, the one place that can be written is a small memory disk, and there are no other processes. Where
mulco runs as root, the program runs as an ordinary user of its own. `none` is for `--unsafe-no-sandbox` alone.

Not out of reach: a program that forges a pass by reading the runner's own memory, since tests run in one process with
what they test; and faults of the kernel.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mulco.errors import MulcoError
from mulco.evaluation.execution.job import MIB, Job, Limits

WORK = "/work"  # inside
POLL_SECONDS = 0.05  # how often memory and processes of a program are looked at
RESULT_BYTES = 4096  # what is read of a result at most
# Root gives every program a user of its own: the kernel counts processes by user, and those of the program before may
# still be on their way out.
FIRST_USER, USERS = 64000, 1000
# What programs of the system need of /etc; nothing here is about the user.
ETC = ("/etc/ld.so.cache", "/etc/alternatives")


class SandboxError(MulcoError):
    """No sandbox works here."""


@dataclass(frozen=True)
class Sandbox:
    """A way to run a program. `drops` says whether root's rights are left for a user of its own."""

    kind: str  # bubblewrap, namespaces or none
    drops: bool

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `status` is passed, failed, timeout, build_failed, build_timeout, out_of_memory,
    too_many_processes or no_verdict (it ended without a word, as a program does that leaves early)."""

    status: str
    detail: str
    seconds: float

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def find_sandbox(unsafe: bool = False) -> Sandbox:
    """The first sandbox that runs a program here; `unsafe` gives the one that is none.

    Raises SandboxError with what was tried, and why each failed.
    """
    if platform.system() != "Linux":
        raise SandboxError(
            f"programs are run in a sandbox of Linux namespaces, and {platform.system()} has none. Run this on Linux, "
            f"in a virtual machine for example"
        )
    root = os.geteuid() == 0
    if unsafe:
        return Sandbox("none", root)
    reasons = []
    for sandbox in _candidates(root):
        reason = probe(sandbox)
        if reason is None:
            return sandbox
        reasons.append(f"{sandbox.kind}: {reason}")
    raise SandboxError(
        f"no sandbox works here ({'; '.join(dict.fromkeys(reasons))}). Install bubblewrap and allow user namespaces (a "
        f"container may forbid them), or add --unsafe-no-sandbox to run programs without protection"
    )


def _candidates(root: bool) -> list[Sandbox]:
    drops = (True, False) if root else (False,)
    return [Sandbox(kind, drop) for kind in ("bubblewrap", "namespaces") for drop in drops]


@cache
def probe(sandbox: Sandbox) -> str | None:
    """Why a sandbox does not work here, or None: it ran a program that passed, and one that could not see outside."""
    for command in ("bwrap",) if sandbox.kind == "bubblewrap" else ("unshare", "setpriv", "mount", "pivot_root"):
        if _tool(command) is None:
            return f"there is no {command}"
    with tempfile.NamedTemporaryFile("w", prefix="mulco-", suffix=".txt") as outside:
        outside.write("seen")
        outside.flush()
        code = f"import os\nassert not os.path.exists({outside.name!r})\nassert os.getuid() or not {sandbox.drops}"
        outcome = run(sandbox, Job(code=code), Limits(seconds=30), show_errors=True)
    return None if outcome.passed else outcome.detail or outcome.status


_runs = itertools.count()  # next() on it is one step, so threads share it


def run(
    sandbox: Sandbox,
    job: Job,
    limits: Limits,
    *,
    stop: threading.Event | None = None,
    show_errors: bool = False,
) -> Outcome:
    """Run one job to its end or its limits. `stop` ends it early; `show_errors` tells why a sandbox did not start."""
    nonce = secrets.token_hex(16)
    user = FIRST_USER + (os.getpid() * 37 + next(_runs)) % USERS if sandbox.drops else None
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_plain_folder(user)) if sandbox.kind == "none" else None
        reader, writer = os.pipe()
        if user is not None:
            os.fchown(writer, user, user)  # Java can only open the pipe by its name in /proc
        order = _order(job, limits, nonce, user, writer)
        command = [*_outside(sandbox, job, limits), *_python()]
        errors = stack.enter_context(tempfile.TemporaryFile()) if show_errors else None
        started = time.monotonic()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors or subprocess.DEVNULL,
                pass_fds=(writer,), start_new_session=True, cwd=folder or "/", env=_environment(), bufsize=0,
            )  # fmt: skip
        finally:
            os.close(writer)
        assert process.stdin is not None
        try:
            said, status = _watch(process, order, reader, limits, job, stop)
        finally:
            _end(process)
            os.close(reader)
        seconds = time.monotonic() - started
        if said == nonce.encode() and status is None:
            return Outcome("passed", "", seconds)
        if status is not None:
            return Outcome(status, "", seconds)
        return _read(said, _errors(errors) if errors is not None else "", seconds)


def _read(said: bytes, detail: str, seconds: float) -> Outcome:
    """What a result other than the nonce says. It may come from the program itself, so no word of it can be a pass."""
    try:
        told = json.loads(said)
        status, more = str(told["status"]), str(told["detail"])
    except (ValueError, TypeError, KeyError, LookupError):
        return Outcome("no_verdict", detail, seconds)
    known = {"failed", "timeout", "build_failed", "build_timeout"}
    return Outcome(status if status in known else "no_verdict", more[:300] or detail, seconds)


def _order(job: Job, limits: Limits, nonce: str, user: int | None, writer: int) -> bytes:
    """The job as the runner inside takes it."""
    cpu = int(limits.seconds + len(job.build) * limits.build_seconds) + 1
    bounds = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": 2 * limits.memory_bytes if limits.address_space else None,
    }
    order = {
        "nonce": nonce, "result": writer, "uid": user, "limits": bounds, "code": job.code, "files": dict(job.files),
        "build": job.build, "run": job.run, "build_seconds": limits.build_seconds, "run_seconds": limits.seconds,
    }  # fmt: skip
    return json.dumps(order).encode("ascii")


def _watch(
    process: subprocess.Popen[bytes],
    order: bytes,
    reader: int,
    limits: Limits,
    job: Job,
    stop: threading.Event | None,
) -> tuple[bytes, str | None]:
    """Feed the order, read the result, look at memory and processes: (what was said, why it was ended or None)."""
    assert process.stdin is not None
    feed = process.stdin.fileno()
    os.set_blocking(feed, False)
    os.set_blocking(reader, False)
    # the runner inside ends a build and a run by itself; this is for one that was killed or stopped
    deadline = time.monotonic() + limits.seconds + (5 + len(job.build) * limits.build_seconds if job.build else 0)
    ended = os.pidfd_open(process.pid)
    said, listening = b"", True
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return said, "timeout"
            if stop is not None and stop.is_set():
                return said, "stopped"
            reading = [ended, reader] if listening else [ended]
            ready, writable, _ = select.select(reading, [feed] if order else [], [], min(left, POLL_SECONDS))
            if writable:
                try:
                    order = order[os.write(feed, order) :]
                except BrokenPipeError:
                    order = b""
                if not order:
                    process.stdin.close()
            if reader in ready:
                more = os.read(reader, RESULT_BYTES)
                said += more
                listening = bool(more) and len(said) < RESULT_BYTES
            elif ended in ready:
                return said, None
            elif not ready:
                status = _excess(process.pid, limits)
                if status is not None:
                    return said, status
    finally:
        os.close(ended)
        if order:
            process.stdin.close()


def _excess(pid: int, limits: Limits) -> str | None:
    """Which limit the processes below `pid` exceed together, if any."""
    pages, count, waiting = 0, 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            fields = Path(f"/proc/{current}/statm").read_bytes().split()
            children = Path(f"/proc/{current}/task/{current}/children").read_bytes().split()
        except OSError:  # it has just ended
            continue
        pages += int(fields[1]) - int(fields[2])  # resident, without what is shared with files
        count += 1
        waiting.extend(map(int, children))
    if pages * os.sysconf("SC_PAGE_SIZE") > limits.memory_bytes:
        return "out_of_memory"
    # the sandbox itself has up to three processes, and root's limit by user does not count those
    return "too_many_processes" if count > limits.processes + 4 else None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left; with the sandbox's first process the kernel ends all others."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()


def _errors(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    lines = file.read().decode("utf-8", "replace").strip().split("\n")  # type: ignore[attr-defined]
    return str(lines[-1])[:200]


@contextlib.contextmanager
def _plain_folder(user: int | None) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mulco-run-", ignore_cleanup_errors=True) as folder:
        if user is not None:
            os.chown(folder, user, user)
        yield folder


def _environment() -> dict[str, str]:
    """All that a program sees of the environment. A fixed hash seed: sets are in the same order in every run."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}


def _python() -> list[str]:
    """The runner: the interpreter without its environment, and the source on the command line, so no file is needed."""
    return [_interpreter(), "-s", "-S", "-P", "-B", "-c", _runner()]


@cache
def _interpreter() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@cache
def _runner() -> str:
    return (Path(__file__).parent / "inside.py").read_text("utf-8")


@cache
def _tool(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin")


@cache
def _system() -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What every program is shown of this machine: folders and files, and links such as /bin -> usr/bin."""
    folders, links = ["/usr"], []
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if Path(name).is_symlink():
            links.append((str(Path(name).readlink()), name))
        elif Path(name).is_dir():
            folders.append(name)
    base = os.path.realpath(sys.base_prefix)
    if not Path(base).is_relative_to("/usr"):
        folders.append(base)
    return (*folders, *(path for path in ETC if Path(path).exists())), tuple(links)


def _shown(job: Job) -> list[str]:
    folders, _ = _system()
    more = [path for path in dict.fromkeys(job.folders) if Path(path).exists()]
    return [*folders, *(path for path in more if not any(Path(path).is_relative_to(shown) for shown in folders))]


def _outside(sandbox: Sandbox, job: Job, limits: Limits) -> list[str]:
    """The command line in front of the runner."""
    if sandbox.kind == "bubblewrap":
        return _bubblewrap(sandbox, job, limits)
    if sandbox.kind == "namespaces":
        return _namespaces(sandbox, job, limits)
    return []


def _bubblewrap(sandbox: Sandbox, job: Job, limits: Limits) -> list[str]:
    call = [_tool("bwrap") or "bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    call += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if sandbox.drops:
        call += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # the runner leaves root's rights with these
    else:
        call += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    for name in ("/tmp", WORK):  # before what is shown: some of that may lie below /tmp
        call += ["--size", str(limits.disk_bytes), "--perms", "1777", "--tmpfs", name]
    shown = _shown(job)
    above = {str(parent) for path in shown for parent in Path(path).parents if parent != Path("/")}
    for path in sorted(above - {"/tmp", WORK}):  # bubblewrap would close them to all but root
        call += ["--perms", "0755", "--dir", path]
    for path in shown:
        call += ["--ro-bind", path, path]
    for target, name in _system()[1]:
        call += ["--symlink", target, name]
    call += ["--proc", "/proc", "--dev", "/dev", "--size", str(MIB), "--perms", "1777", "--tmpfs", "/dev/shm"]
    return [*call, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK, "--"]


def _namespaces(sandbox: Sandbox, job: Job, limits: Limits) -> list[str]:
    """The same with util-linux alone: a root of its own on a memory disk, then no rights to change it."""
    call = [_tool("setpriv") or "setpriv", "--pdeathsig", "KILL", _tool("unshare") or "unshare"]
    call += ["--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    if not sandbox.drops:
        call += ["--user", "--map-root-user"]
    shown = _shown(job)
    # any folder that hides nothing of what is shown; inside, it is the root
    root = next(name for name in ("/mnt", "/media", "/srv", "/tmp") if Path(name).is_dir() and not _holds(name, shown))
    made = [f"mount -t tmpfs -o mode=755,size=4m tmpfs {root}", f"cd {root}", "mkdir proc dev work old tmp"]
    disk = f"mode=1777,nosuid,nodev,size={limits.disk_bytes}"
    made += [f"mount -t tmpfs -o {disk} tmpfs tmp", f"mount -t tmpfs -o {disk} tmpfs work"]
    for path in shown:
        inside = _quoted("." + path)
        above = _quoted("." + str(Path(path).parent))
        made += [f"mkdir -p {inside}"] if Path(path).is_dir() else [f"mkdir -p {above}", f": >{inside}"]
        made += [f"mount --rbind {_quoted(path)} {inside}", f"mount -o remount,bind,ro,nosuid,nodev {inside}"]
    made += [f"ln -s {_quoted(target)} {_quoted('.' + name)}" for target, name in _system()[1]]
    made += ["mount -t proc proc proc"]
    for device in ("null", "zero", "full", "random", "urandom"):
        made += [f": >dev/{device}", f"mount --bind /dev/{device} dev/{device}"]
    made += ["ln -s /proc/self/fd dev/fd", "pivot_root . old", "umount -l /old", "mount -o remount,ro /", f"cd {WORK}"]
    kept = "-all,+setuid,+setgid" if sandbox.drops else "-all"
    # the shell stays the first process: that one ignores most signals, which a program must not
    made += [f'setpriv --no-new-privs --inh-caps=-all --bounding-set={kept} "$@"', "exit $?"]
    script = "PATH=$PATH:/usr/sbin:/sbin; umask 022; set -e; " + "; ".join(made)
    return [*call, "/bin/sh", "-c", script, "sh"]


def _holds(folder: str, shown: Sequence[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for path in shown)


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w./+-]+", path, re.A) else "'" + path.replace("'", "'\\''") + "'"
