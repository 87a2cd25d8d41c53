"""What the runner inside the sandbox is asked to do, and what it may use up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Job:
    """Python `code` in the runner's own process; or files, build commands and a run."""

    code: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    build: tuple[tuple[str, ...], ...] = ()
    run: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()  # shown read-only inside, besides the system's own


@dataclass(frozen=True)
class Limits:
    """What one program may use up; exceeding any of it is no pass."""

    seconds: float = 3.0  # of wall time for a Python program, as HumanEval's own checker gives; others get more of it
    build_seconds: float = 60.0  # of wall time for each build command
    memory_bytes: int = GIB  # resident, summed over all processes of a program
    file_bytes: int = 16 * MIB  # of one file
    disk_bytes: int = 64 * MIB  # of the only place that can be written
    processes: int = 64  # threads count too
    open_files: int = 256
    address_space: bool = True  # also bounds the address space of each process, to twice `memory_bytes`
