"""What child processes of the training tests do. A fork server imports the libraries once, so each starts at once.

finished(start(2, train, config, words))          # [exit status of rank 0, of rank 1]
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PRELOAD = [
    "torch", "transformers", "transformers.trainer", "transformers.models.llama.modeling_llama", "datasets", "peft",
    "accelerate", "deepspeed", "matplotlib.figure", "matplotlib.backends.backend_agg", "mulco.load", "mulco.resolve",
    "mulco.training.run", "mulco.training.trainer", "mulco.training.model", "mulco.training.attention",
    "mulco.training.loss", "mulco.training.data",
]  # fmt: skip


def context() -> Any:
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(PRELOAD)
    return made


def start(world: int, target: Callable[..., None], *arguments: Any, log: Path) -> list[Any]:
    """Processes as torchrun would start them; what they print goes to `<log>.<rank>`."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    children = []
    for rank in range(world):
        variables = dict(os.environ)
        if world > 1:
            variables |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(world),
                          "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}  # fmt: skip
        child = context().Process(target=_child, args=(variables, f"{log}.{rank}", target, arguments))
        child.start()
        children.append(child)
    return children


def finished(children: Sequence[Any], timeout_seconds: float = 400) -> list[int]:
    """Exit statuses; a negative one names the signal that ended the process."""
    for child in children:
        child.join(timeout_seconds)
        if child.is_alive():
            child.kill()
            child.join()
    return [child.exitcode for child in children]


def _child(variables: dict[str, str], log: str, target: Callable[..., None], arguments: Sequence[Any]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    import torch

    torch.set_num_threads(1)
    try:
        target(*arguments)
    except SystemExit as leaving:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(leaving.code or 0))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(99)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def train(words: list[str]) -> None:
    """What `python -m mulco.training` does."""
    from mulco.training.__main__ import main

    sys.exit(main(words))


def train_and_die(words: list[str], step: int) -> None:
    """The same, but the process is killed, as by the kernel, when an optimizer step is done."""
    from mulco.training import trainer

    before = trainer._Course.on_step_end

    def on_step_end(self: Any, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == step:
            os.kill(os.getpid(), signal.SIGKILL)
        before(self, args, state, control, **kwargs)

    trainer._Course.on_step_end = on_step_end  # type: ignore[method-assign]
    train(words)


def train_and_stop(words: list[str], step: int) -> None:
    """The same, but SIGTERM comes during an optimizer step."""
    from mulco.training import trainer

    before = trainer._Course.on_step_end

    def on_step_end(self: Any, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == step:
            os.kill(os.getpid(), signal.SIGTERM)
        before(self, args, state, control, **kwargs)

    trainer._Course.on_step_end = on_step_end  # type: ignore[method-assign]
    train(words)


def train_and_die_saving(words: list[str], after_seconds: float) -> None:
    """The same, but the process is killed so long after it began to save its first checkpoint."""
    from mulco.training.trainer import ExactTrainer

    before = ExactTrainer._save_checkpoint

    def save(self: Any, model: Any, trial: Any) -> None:
        threading.Timer(after_seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        before(self, model, trial)

    ExactTrainer._save_checkpoint = save  # type: ignore[method-assign]
    train(words)
