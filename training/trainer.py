"""The Trainer of transformers with what is ours: exact loss, exact order, sealed checkpoints, a stop on SIGTERM.

    trainer = ExactTrainer(model, arguments, order=order, batches=Batches(items), head=label_head(model), ...)
    trainer.train(resume_from_checkpoint=folder)
    trainer.loss_curve                    # [{"step", "loss", "learning_rate", "tokens"}]

The loss of an optimizer step is the sum over all its label tokens, on every device and in every accumulated pass,
divided by their number: 8 rows at once, 2 x 4 accumulated, and two devices give the same gradients.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from mulco.training import checkpoint
from mulco.training.batches import Batches, Order
from mulco.training.encode import IGNORED
from mulco.training.loss import LabelHead, summed_loss

Collate = Callable[[Any], dict[str, Any]]


class ExactTrainer(Trainer):
    """See above. `facts` is what every checkpoint says of the run: data, plan, settings, tokenizer, world size."""

    def __init__(self, model: Any, args: TrainingArguments, *, order: Order, batches: Batches, collate: Collate,
                 held_out: tuple[Batches, Order] | None, head: LabelHead | None, facts: Mapping[str, Any],
                 keep: int, tokenizer: Any, progress: TrainerCallback | None = None) -> None:  # fmt: skip
        super().__init__(
            model=model, args=args, processing_class=tokenizer, train_dataset=batches,
            eval_dataset=held_out[0] if held_out is not None else None,
        )  # fmt: skip
        self.order, self.batches, self.collate, self.held_out, self.head = order, batches, collate, held_out, head
        self.facts, self.keep = facts, keep
        self.model_accepts_loss_kwargs = True
        self.loss_is_scaled_for_ga = True  # compute_loss divides by the labels of the whole step
        self.counted = {"tokens": 0, "answer_tokens": 0, "seconds": 0.0}
        self.stopped_by: int | None = None
        self._clock = time.monotonic()
        self.remove_callback(PrinterCallback)
        self.add_callback(_Course(self))
        if progress is not None:
            self.add_callback(progress)

    def get_train_dataloader(self) -> Any:
        """Batches in our order; already dealt to this rank, so accelerate has nothing to shard."""
        return self._loader(self.batches, self.order)

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: Any
    ) -> tuple[list[Any], torch.Tensor]:
        """The forward passes of one optimizer step, and its label tokens on all devices."""
        passes = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        counts = torch.zeros(2, dtype=torch.float64, device="cpu" if device.type == "mps" else device)
        for batch in passes:
            labels = batch["labels"]
            answers = int((labels[:, 1:] != IGNORED).sum())
            mask = batch.get("attention_mask")
            if answers:  # else a filler
                counts += torch.tensor([answers, labels.numel() if mask is None else int(mask.sum())], device=device)
        self._sum(counts)
        answer_tokens, tokens = (int(count) for count in counts.tolist())
        self.counted["tokens"] += tokens
        self.counted["answer_tokens"] += answer_tokens
        return passes, counts[0].float()

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False,
                     num_items_in_batch: Any = None) -> Any:  # fmt: skip
        """This pass's part of the loss of the step, scaled up by the devices that DDP and DeepSpeed average over."""
        inputs = dict(inputs)
        labels = inputs.pop("labels")
        total = summed_loss(model, inputs, labels, self.head)
        return total / num_items_in_batch * self.accelerator.num_processes

    def evaluate(self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval") -> Any:
        """The held-out loss: cross-entropy over all label tokens of the held-out rows, divided by their number."""
        if self.held_out is None:
            return {}
        model = self.model_wrapped
        was_training = model.training
        model.eval()
        totals = torch.zeros(2, dtype=torch.float64, device=self.args.device)
        with torch.no_grad():
            for batch in self._loader(*self.held_out):
                batch = self._prepare_inputs(batch)
                labels = batch.pop("labels")
                with self.compute_loss_context_manager():
                    totals[0] += summed_loss(model, batch, labels, self.head).double()
                totals[1] += (labels[:, 1:] != IGNORED).sum()
        self._sum(totals)
        model.train(was_training)
        metrics = {f"{metric_key_prefix}_loss": float(totals[0] / totals[1])}
        self.log(metrics)
        self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As the Trainer's, with the tokens learned from so far."""
        super().log({**logs, "tokens": self.counted["tokens"]}, start_time)

    @property
    def loss_curve(self) -> list[dict[str, Any]]:
        """Step, mean loss since the point before, learning rate and tokens so far."""
        return [
            {name: entry[name] for name in ("step", "loss", "learning_rate", "tokens")}
            for entry in self.state.log_history
            if "loss" in entry
        ]

    @property
    def held_out_curve(self) -> list[dict[str, Any]]:
        """Step and held-out loss; one a step, though an epoch's end may have measured it again."""
        found = {e["step"]: e["eval_loss"] for e in self.state.log_history if "eval_loss" in e}
        return [{"step": step, "loss": loss} for step, loss in found.items()]

    def seconds(self) -> float:
        """Time spent in training, over all the runs that this one goes on from."""
        return self.counted["seconds"] + time.monotonic() - self._clock

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """The Trainer's checkpoint, sealed; only then may older ones go."""
        folder = Path(self.args.output_dir) / f"{checkpoint.PREFIX}{self.state.global_step}"
        if self.args.should_save and folder.exists():  # of a run that was killed, or that began anew
            checkpoint.clear(folder)
        self.accelerator.wait_for_everyone()
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            (folder / "training_args.bin").unlink(missing_ok=True)  # a pickle nobody needs: checkpoint.json says it all
            progress = {**self.counted, "seconds": self.seconds()}
            checkpoint.seal(folder, {**self.facts, "step": self.state.global_step, "progress": progress})
            checkpoint.rotate(Path(self.args.output_dir), self.keep)
        self.accelerator.wait_for_everyone()

    def _loader(self, batches: Batches, order: Order) -> Any:
        return DataLoader(
            batches, batch_sampler=order, collate_fn=self.collate, pin_memory=self.args.device.type == "cuda"
        )

    def _sum(self, values: torch.Tensor) -> None:
        """Add up over all processes, in place."""
        if self.args.world_size > 1:
            torch.distributed.all_reduce(values)


class _Course(TrainerCallback):  # type: ignore[misc,unused-ignore]
    """Keeps the order at its epoch, and turns SIGTERM into a checkpoint and a stop, on all ranks at the same step."""

    def __init__(self, trainer: ExactTrainer) -> None:
        self.trainer = trainer
        self.before: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.trainer._clock = time.monotonic()
        self.before = signal.signal(signal.SIGTERM, self._remember)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        updates = max(1, -(-len(self.trainer.order) // args.gradient_accumulation_steps))
        self.trainer.order.set_epoch(state.global_step // updates)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step >= state.max_steps:
            control.should_log = True  # the curve ends with the last step
        asked = torch.tensor(self.trainer.stopped_by or 0, device=args.device)
        if args.world_size > 1:
            torch.distributed.all_reduce(asked, torch.distributed.ReduceOp.MAX)
        if int(asked):
            self.trainer.stopped_by = int(asked)
            control.should_save = control.should_training_stop = True

    def _remember(self, number: int, frame: object) -> None:
        self.trainer.stopped_by = number
