"""The run record: `run.json` beside the weights, with all that a model card needs, and the loss curve as a picture.

write(folder, record(...))              # run.json, and loss.png beside it
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import resource
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mulco.training import checkpoint
from mulco.version import VERSION

NAME = "run.json"
CURVE = "loss.png"
PACKAGES = ("torch", "transformers", "peft", "accelerate", "datasets", "tokenizers", "safetensors", "deepspeed",
            "bitsandbytes", "numpy")  # fmt: skip


def write(folder: Path, facts: dict[str, Any]) -> None:
    """Write run.json into a folder of weights, with the digest of every other file there."""
    facts = {**facts, "files": list(checkpoint.digests(folder, leave_out=(NAME,)))}
    (folder / NAME).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The record of a folder of weights."""
    facts: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
    return facts


def head() -> dict[str, Any]:
    """What every record begins with: versions and the command."""
    return {
        "version": 1, "mulco": VERSION, "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }  # fmt: skip


def versions() -> dict[str, str]:
    """The versions of the packages that shape a result, as far as they are installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def hardware(world_size: int) -> dict[str, Any]:
    """What the run ran on, and the most memory this process needed so far."""
    import torch

    cuda = torch.cuda.is_available()
    return {
        "device": "cuda" if cuda else "cpu", "world_size": world_size,
        "cpu": f"{_cpu()}, {os.cpu_count()} cores", "gpu": torch.cuda.get_device_name() if cuda else None,
        "peak_memory_bytes": peak_memory(),
    }  # fmt: skip


def peak_memory() -> int:
    """Bytes: of the GPU where there is one, else of the process."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage: bytes on macOS, kB on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def draw(folder: Path, loss: list[dict[str, Any]], held_out: list[dict[str, Any]], title: str) -> None:
    """loss.png: loss over steps, held-out loss beside it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([point["step"] for point in loss], [point["loss"] for point in loss], label="training", lw=1.2)
    if held_out:
        axes.plot(*zip(*((p["step"], p["loss"]) for p in held_out), strict=True), "o-", label="held out", ms=4)
    axes.set_xlabel("optimizer step")
    axes.set_ylabel("loss per answer token (nats)")
    axes.set_title(title, fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(folder / CURVE, dpi=120)


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
