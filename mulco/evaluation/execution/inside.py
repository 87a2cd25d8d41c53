"""Runs inside the sandbox, as `python -c SOURCE`: sets the limits, builds and runs one program, reports by a pipe.

Only the standard library, and as little of it as can be: this starts once a program. The job comes as JSON on standard
input, with a nonce. What is written to the pipe after all tests have passed is that nonce and nothing else; anything
else is no pass. Exit status and printed words mean nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys

TYPE_CHECKING = False  # as in typing, which takes longer to import than all the rest
if TYPE_CHECKING:
    from typing import Any, NoReturn

RESULT = 3  # the pipe, for the program too


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    if job["result"] != RESULT:
        os.dup2(job["result"], RESULT)
        os.close(job["result"])
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if memory runs out all the same, let it be this that the kernel ends
    if job["uid"] is not None:  # root leaves its rights here; without capabilities nothing brings them back
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    for name, value in job["limits"].items():
        if value is not None:
            _, hard = resource.getrlimit(getattr(resource, name))
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (value, value))
    os.umask(0o077)
    os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()
    (run_python if job["code"] is not None else run_other)(job)
    os._exit(0)


def report(status: str, detail: str = "") -> NoReturn:
    os.write(RESULT, json.dumps({"status": status, "detail": detail[:300]}).encode())
    os._exit(1)


def run_python(job: dict[str, Any]) -> None:
    """In this process: one interpreter start a program, half of its cost."""
    import _sitebuiltins
    import builtins
    import types

    # what `site` would give; without it the start is faster and no installed package can be seen
    builtins.exit, builtins.quit = _sitebuiltins.Quitter("exit", "Ctrl-D"), _sitebuiltins.Quitter("quit", "Ctrl-D")
    nonce, code = job["nonce"], job["code"]
    sys.argv = ["candidate.py"]
    sys.stdin = open(0, closefd=False)
    # a real module: dataclasses and pickle look their classes up in sys.modules; not __main__: that would run guards
    module = types.ModuleType("candidate")
    sys.modules["candidate"] = module
    del job
    try:
        if "random" in code:
            import random

            random.seed(0)  # tests of HumanEval/38, 50 and 53 draw unseeded numbers
        exec(compile(code, "candidate.py", "exec"), module.__dict__)
    except BaseException as err:
        report("failed", f"{type(err).__name__}: {err}")
    os.write(RESULT, nonce.encode())


def run_other(job: dict[str, Any]) -> None:
    """Write the files, build, then run the program with the nonce on its standard input."""
    for name, text in job["files"].items():
        with open(name, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
    for command in job["build"]:
        code, said = wait(command, job["build_seconds"], b"")
        if code is None:
            report("build_timeout")
        if code != 0:
            report("build_failed", said)
    code, said = wait(job["run"], job["run_seconds"], job["nonce"].encode())
    if code is None:
        report("timeout")
    if code != 0:
        report("failed", f"exit status {code}: {said}")


def wait(command: list[str], seconds: float, given: bytes) -> tuple[int | None, str]:
    """Exit status of a command (None: it ran out of time) and the end of what it said on standard error."""
    log = os.open("mulco.log", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    reader, writer = os.pipe()
    os.write(writer, given)
    os.close(writer)
    actions: list[Any] = [(os.POSIX_SPAWN_DUP2, reader, 0), (os.POSIX_SPAWN_DUP2, log, 2)]
    if not given:
        # a compiler has nothing to say about the verdict, and some tell what is wrong on standard output
        actions += [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_CLOSE, RESULT)]
    try:
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)
    except OSError as err:
        return 127, f"{command[0]}: {err.strerror}"
    os.close(reader)
    late: list[bool] = []

    def stop(*_: object) -> None:
        late.append(True)
        os.kill(-pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status = os.waitpid(pid, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    size = os.fstat(log).st_size
    said = os.pread(log, 300, max(0, size - 300)).decode("utf-8", "replace").strip()
    os.close(log)
    return (None if late else os.waitstatus_to_exitcode(status)), said


main()
