"""What a run shows while it runs: loss, tokens a second, memory, time left.

On a terminal a bar; elsewhere one line for each point of the loss curve, on standard error.

    step 20 of 120  loss 5.412  held out -  lr 9.8e-04  1,204 tokens/s  0.61 GB  1 min 22 s left
"""

from __future__ import annotations

import sys
import time
from typing import Any

from transformers import TrainerCallback

from mulco.training.record import peak_memory


class Progress(TrainerCallback):  # type: ignore[misc,unused-ignore]
    """Shown by the first process alone."""

    def __init__(self) -> None:
        self.trainer: Any = None  # set once the Trainer is made
        self.bar: Any = None
        self.loss = self.held_out = self.rate = None
        self.began = 0.0
        self.from_step = self.from_tokens = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.began, self.from_step = time.monotonic(), state.global_step
        self.from_tokens = self.trainer.counted["tokens"]
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.completed}/{task.total}"), BarColumn(), TextColumn("{task.description}"))
            self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self.bar.add_task("", total=state.max_steps, completed=state.global_step)
            self.bar.start()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=state.global_step, description=self.words(state))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        logs = logs or {}
        self.loss, self.rate = logs.get("loss", self.loss), logs.get("learning_rate", self.rate)
        self.held_out = logs.get("eval_loss", self.held_out)
        if self.bar is None and ("loss" in logs or "eval_loss" in logs):
            print(f"step {state.global_step} of {state.max_steps}  {self.words(state)}", file=sys.stderr, flush=True)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.bar is not None:
            self.bar.stop()

    def words(self, state: Any) -> str:
        """The line behind the step."""
        seconds = max(time.monotonic() - self.began, 1e-6)
        done = state.global_step - self.from_step
        speed = (self.trainer.counted["tokens"] - self.from_tokens) / seconds
        left = (state.max_steps - state.global_step) * seconds / done if done else None
        parts = [
            f"loss {_number(self.loss)}", f"held out {_number(self.held_out)}",
            f"lr {self.rate:.1e}" if self.rate is not None else "lr -", f"{speed:,.0f} tokens/s",
            f"{peak_memory() / 1e9:.2f} GB", "" if left is None else f"{duration(left)} left",
        ]  # fmt: skip
        return "  ".join(parts).rstrip()


def duration(seconds: float) -> str:
    """`1 min 22 s`, `3 h 05 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
