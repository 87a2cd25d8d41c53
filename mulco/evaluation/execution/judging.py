"""Many programs judged: in parallel, each under its limits, and again from where a killed run stopped.

for verdict in judge([program_of(problem, problem.canonical_solution)]):
    print(verdict.id, verdict.status, verdict.detail)
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from mulco.errors import OutputError
from mulco.evaluation.execution.job import Job, Limits
from mulco.evaluation.execution.program import Program
from mulco.evaluation.execution.sandbox import Outcome, Sandbox, find_sandbox, run
from mulco.evaluation.execution.toolchains import job_of, limits_for, toolchain_of

Progress = Callable[["Verdict"], None]


@dataclass(frozen=True)
class Verdict:
    """How one program was judged. `status` is passed, failed, timeout, out_of_memory, build_failed, ...; only the first
    is a pass. `detail` is the program's own last word, and may be untrue."""

    id: str
    status: str
    detail: str
    seconds: float

    @property
    def passed(self) -> bool:
        return self.status == "passed"


def judge(
    programs: Sequence[Program],
    *,
    sandbox: Sandbox | None = None,
    limits: Limits | None = None,
    workers: int | None = None,
    journal: Path | None = None,
    progress: Progress | None = None,
) -> list[Verdict]:
    """The verdicts of programs, in their order. `workers` programs run at a time (default: one a core).

    Equal programs run once. With `journal`, a JSON Lines file, each verdict is kept as soon as it is known, under the
    digest of program, limits and sandbox, and is not asked for again. `progress` hears each verdict as it comes.
    Raises UsageError for a language whose tools are missing and SandboxError where no sandbox works, before anything
    has run.
    """
    sandbox, limits = sandbox or find_sandbox(), limits or Limits()
    keys = [_key(program, limits, sandbox) for program in programs]
    jobs = {key: (program, job_of(program)) for key, program in zip(keys, programs, strict=True)}
    with _journal(journal) as (known, keep):
        outcomes = {key: known[key] for key in jobs if key in known}
        names: dict[str, list[str]] = {}
        for key, program in zip(keys, programs, strict=True):
            names.setdefault(key, []).append(program.id)

        def told(key: str, outcome: Outcome) -> None:
            for name in names[key] if progress else ():
                progress(_verdict(name, outcome))  # type: ignore[misc]

        for key, outcome in outcomes.items():
            told(key, outcome)
        waiting = {key: job for key, job in jobs.items() if key not in outcomes}
        for key, outcome in _run_all(waiting, sandbox, limits, workers or os.cpu_count() or 1):
            outcomes[key] = outcome
            keep(key, names[key][0], outcome)
            told(key, outcome)
    return [_verdict(program.id, outcomes[key]) for key, program in zip(keys, programs, strict=True)]


def _verdict(name: str, outcome: Outcome) -> Verdict:
    return Verdict(name, outcome.status, outcome.detail, outcome.seconds)


def _key(program: Program, limits: Limits, sandbox: Sandbox) -> str:
    parts = [program.digest(), asdict(limits), asdict(sandbox), platform.python_version()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _run_all(
    jobs: dict[str, tuple[Program, Job]], sandbox: Sandbox, limits: Limits, workers: int
) -> Iterator[tuple[str, Outcome]]:
    """(key, outcome) as they come. An interrupt ends what runs and starts nothing more."""
    stop = threading.Event()

    def one(program: Program, job: Job) -> Outcome:
        tools = toolchain_of(program.programming_language)
        own = limits_for(limits, tools)
        return run(sandbox, job, own, stop=stop)

    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[Outcome], str] = {}
        try:
            for key, (program, job) in jobs.items():
                running[pool.submit(one, program, job)] = key
                if len(running) >= 4 * workers:
                    yield from _finished(running)
            while running:
                yield from _finished(running)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _finished(running: dict[Future[Outcome], str]) -> Iterator[tuple[str, Outcome]]:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        yield running.pop(future), future.result()


@contextmanager
def _journal(path: Path | None) -> Iterator[tuple[dict[str, Outcome], Callable[[str, str, Outcome], None]]]:
    """What a journal knows, and how it is told more. A line that a kill cut short is cut off."""
    if path is None:
        yield {}, lambda key, name, outcome: None
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        known, length = _read(path)
        file = path.open("r+b" if path.exists() else "w+b")
    except OutputError:
        raise  # it is an OSError too
    except OSError as err:
        raise OutputError(f"{path}: the journal of verdicts cannot be written ({err.strerror})") from err
    with file:
        file.truncate(length)
        file.seek(length)

        def keep(key: str, name: str, outcome: Outcome) -> None:
            line = json.dumps({"key": key, "id": name, **asdict(outcome)}, ensure_ascii=True)
            file.write(f"{line}\n".encode("ascii"))
            file.flush()

        yield known, keep


def _read(path: Path) -> tuple[dict[str, Outcome], int]:
    """The verdicts of a journal, and the length of its whole lines."""
    known: dict[str, Outcome] = {}
    content = path.read_bytes() if path.exists() else b""
    length = content.rfind(b"\n") + 1
    for number, line in enumerate(content[:length].split(b"\n")[:-1], 1):
        try:
            entry = json.loads(line)
            known[entry["key"]] = Outcome(entry["status"], entry["detail"], entry["seconds"])
        except (ValueError, KeyError, TypeError) as err:
            raise OutputError(
                f"{path}, line {number}: not a verdict of mulco. Name another file for the journal, or delete this one"
            ) from err
    return known, length
