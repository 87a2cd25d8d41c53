"""From a recipe to a folder of weights: the straight path of training.

    result = train(recipe)
    result.folder           # weights, tokenizer, run.json, loss.png
    result.stopped          # True if SIGTERM ended it early: a checkpoint was written, the same command goes on

Under torchrun every process calls it with the same recipe. Checkpoints stand beside the folder, in `<dir>.checkpoints`,
so that what is published is the folder and nothing else; `<dir>.base` holds the base of adapters on a tiny model.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mulco.errors import MulcoError, OutputError, UsageError
from mulco.training import checkpoint, publish, record
from mulco.training.config import Recipe, deepspeed_file
from mulco.training.prepare import Run, need, prepare
from mulco.training.quiet import quiet


@dataclass(frozen=True)
class Result:
    """Where the weights are; where SIGTERM came first, where the checkpoints are."""

    folder: Path
    stopped: bool
    facts: dict[str, Any]


def train(recipe: Recipe) -> Result:
    """Train, or go on from the newest complete checkpoint; raises MulcoError with one sentence where it cannot."""
    need(recipe)
    world, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    folder = Path(recipe.save.dir)
    _check_place(folder, recipe)
    if recipe.push:
        publish.check(recipe.push)
    quiet()
    if recipe.train.threads:
        import torch

        torch.set_num_threads(recipe.train.threads)
    run = prepare(recipe, world)
    if rank == 0:
        for note in run.data.notes:
            print(note, file=sys.stderr)
    _check_memory(run)
    with _memory_told(run):
        return _train(run, folder, rank)


def _train(run: Run, folder: Path, rank: int) -> Result:
    from mulco.training import attention
    from mulco.training.batches import Batches, Order, collate_packed, collate_padded
    from mulco.training.loss import label_head
    from mulco.training.model import load_model
    from mulco.training.progress import Progress
    from mulco.training.trainer import ExactTrainer

    recipe, train, world = run.recipe, run.recipe.train, run.world
    checkpoints = folder.with_name(folder.name + ".checkpoints")
    args = _arguments(run, checkpoints)  # first: it starts the processes, and ZeRO-3 has to know before weights load
    device = args.device.type
    base = folder.with_name(folder.name + ".base").resolve()
    model = load_model(recipe, run.tokenizer, base, str(args.device), write=rank == 0)
    packed = run.items.plan is not None
    attention.register()
    model.set_attn_implementation(attention.implementation(recipe.model.attention, model, device, packed))
    dealt = {"device_batch": train.device_batch, "world": world, "rank": rank, "seed": train.seed}
    order = Order(run.items, **dealt, group=recipe.pack.mode == "group")
    held_out = None
    if run.held_out is not None:
        held_out = (Batches(run.held_out), Order(run.held_out, **dealt, shuffle=False))
    pad = run.tokenizer.pad_token_id
    progress = Progress() if rank == 0 else None
    trainer = ExactTrainer(
        model, args, order=order, batches=Batches(run.items), held_out=held_out,
        collate=collate_packed if packed else partial(collate_padded, pad=pad if pad is not None else 0),
        head=label_head(model, train.loss_chunk), facts=_facts(run), keep=recipe.save.keep, tokenizer=run.tokenizer,
        progress=progress,
    )  # fmt: skip
    if progress is not None:
        progress.trainer = trainer
    _agree(run)
    start, mismatch = _start(recipe, checkpoints, trainer, rank)
    trainer.train(resume_from_checkpoint=str(start) if start is not None else None)
    if trainer.stopped_by is not None and trainer.state.global_step < run.steps:
        if rank == 0:
            step = trainer.state.global_step
            print(
                f"Stopped by SIGTERM at step {step} of {run.steps}. Saved: the same command goes on.", file=sys.stderr
            )
        return Result(folder, True, {})
    if trainer.held_out is not None and (trainer.held_out_curve or [{"step": -1}])[-1]["step"] != run.steps:
        trainer.evaluate()
    return _finish(run, trainer, folder, rank, mismatch)


def _finish(run: Run, trainer: Any, folder: Path, rank: int, mismatch: list[str]) -> Result:
    """Write weights, tokenizer, record and curve beside each other; the folder takes its place by rename."""
    partial_, hub_name = folder.with_name(folder.name + ".partial"), run.recipe.push
    if rank == 0:
        shutil.rmtree(partial_, ignore_errors=True)
        partial_.mkdir(parents=True)
    trainer.accelerator.wait_for_everyone()
    trainer.accelerator.unwrap_model(
        trainer.model
    ).config.use_cache = True  # off while training; who generates wants it
    trainer.save_model(str(partial_))  # by all processes: under ZeRO-3 each holds a part
    facts: dict[str, Any] = {}
    if rank == 0:
        for name in (
            "training_args.bin",
            "README.md",
        ):  # a pickle, and peft's card with its blanks: run.json says it all
            (partial_ / name).unlink(missing_ok=True)
        facts = _record(run, trainer, mismatch)
        title = f"{facts['training']['method']}, {facts['model']['parameters']:,} parameters"
        record.draw(partial_, facts["training"]["loss"], facts["training"]["eval_loss"], title)
        record.write(partial_, facts)
        publish.card(partial_, hub_name)
        if folder.exists():
            shutil.rmtree(folder)
        partial_.rename(folder)
        if hub_name:
            print(f"Published: {publish.publish(folder, hub_name)}", file=sys.stderr)
    trainer.accelerator.wait_for_everyone()
    return Result(folder, False, facts)


def _record(run: Run, trainer: Any, mismatch: list[str]) -> dict[str, Any]:
    """What run.json says."""
    from mulco.training.plan import base_license, packing_facts

    recipe, model = run.recipe, trainer.accelerator.unwrap_model(trainer.model)
    method = recipe.method.kind
    loaded = getattr(model, "config", None)
    sizes = [(getattr(p, "ds_numel", p.numel()), p.requires_grad, p) for p in model.parameters()]
    total = sum(_real_size(p, size) for size, _, p in sizes)
    base = {"path": recipe.model.name, "revision": recipe.model.revision or getattr(loaded, "_commit_hash", None)}
    seconds = trainer.seconds()
    return {
        **record.head(), "recipe": recipe.facts(),
        "model": {
            "name_or_path": base["path"], "revision": base["revision"], "license": base_license(recipe),
            "init": recipe.model.init, "parameters": total,
            "trainable_parameters": sum(size for size, moves, _ in sizes if moves),
            "relation": "finetune" if method == "full" else "adapter",
        },
        "data": [part.facts for part in run.data.parts],
        "hardware": record.hardware(run.world), "versions": record.versions(),
        "training": {
            "method": method, "steps": trainer.state.global_step, "epochs": round(run.epochs, 4),
            "tokens": trainer.counted["tokens"], "answer_tokens": trainer.counted["answer_tokens"],
            "seconds": round(seconds, 2), "tokens_per_second": round(trainer.counted["tokens"] / seconds, 1),
            "attention": model.config._attn_implementation,
            "packing": packing_facts(run), "loss": trainer.loss_curve, "eval_loss": trainer.held_out_curve,
            "mismatch_allowed": mismatch,
        },
    }  # fmt: skip


def _real_size(parameter: Any, size: int) -> int:
    """Weights a tensor stands for: one of four bits holds two in a byte."""
    state = getattr(parameter, "quant_state", None)
    return int(state.shape.numel()) if state is not None else int(size)


def _arguments(run: Run, checkpoints: Path) -> Any:
    """The Trainer's arguments; whatever decides the weights comes from the recipe."""
    import torch
    from transformers import TrainingArguments

    recipe, train = run.recipe, run.recipe.train
    cuda = torch.cuda.is_available()
    if cuda and run.world == 1 and torch.cuda.device_count() > 1:
        raise UsageError(
            f"{torch.cuda.device_count()} GPUs are visible and one process would train on them in turns. Use torchrun "
            "--nproc_per_node, or show it one with CUDA_VISIBLE_DEVICES=0"
        )
    zero = deepspeed_file(recipe)
    if zero is not None and not cuda:
        import deepspeed

        # Its build takes minutes and gloo works without it.
        deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
    if zero is not None and run.world == 1 and "MASTER_ADDR" not in os.environ:
        _alone()
    zero3_adapters = recipe.method.kind != "full" and "zero3" in (recipe.dist.deepspeed or "")
    backend = "gloo" if not cuda and (run.world > 1 or zero is not None) else None
    every = recipe.save.every or 10**9  # the last step is always saved
    checkpointing = _checkpointing(train.activation_checkpointing, reentrant=zero3_adapters)
    settings: dict[str, Any] = dict(
        output_dir=str(checkpoints), per_device_train_batch_size=train.device_batch,
        gradient_accumulation_steps=run.accumulation, num_train_epochs=train.epochs, max_steps=train.max_steps or -1,
        learning_rate=train.lr, lr_scheduler_type=train.scheduler, warmup_steps=train.warmup,
        weight_decay=train.weight_decay, max_grad_norm=train.max_grad_norm, optim=train.optimizer,
        adam_beta2=train.beta2, bf16=train.precision == "bf16", fp16=train.precision == "fp16",
        seed=train.seed, data_seed=train.seed, logging_steps=train.log_every, logging_first_step=True,
        logging_nan_inf_filter=False, save_strategy="steps", save_steps=every, save_total_limit=None,
        eval_strategy="steps" if train.eval_every and run.held_out is not None else "no",
        eval_steps=train.eval_every, report_to=list(train.report_to) or "none",
        deepspeed=str(zero) if zero is not None else None, ddp_backend=backend,
        ddp_find_unused_parameters=False, use_cpu=not cuda, torch_compile=train.compile, disable_tqdm=True,
        remove_unused_columns=False, label_names=["labels"], log_level="error", **checkpointing,
    )  # fmt: skip
    try:
        made = TrainingArguments(**settings)
    except ValueError as err:  # an optimizer that does not exist, a reporter that is not installed
        raise UsageError(f"transformers refuses these settings: {' '.join(str(err).split())}") from err
    if zero is not None:
        import deepspeed

        deepspeed.init_distributed(dist_backend=backend or "nccl")  # or weights that load sharded see one process
    return made


def _checkpointing(wanted: bool, reentrant: bool) -> dict[str, Any]:
    """Activation checkpointing under the name that this version of transformers has for it (new in 5.23)."""
    from dataclasses import fields

    from transformers import TrainingArguments

    names = {item.name for item in fields(TrainingArguments)}
    name = "activation_checkpointing" if "activation_checkpointing" in names else "gradient_checkpointing"
    return {name: True, f"{name}_kwargs": {"use_reentrant": reentrant}} if wanted else {}


def _facts(run: Run) -> dict[str, Any]:
    """What a checkpoint says of the run it belongs to; a run that goes on from it has to say the same."""
    from mulco.training.model import tokenizer_digest

    parts = [part.facts for part in run.data.parts]
    return {
        "settings": run.recipe.decisive(),
        "data": {f"{facts['path']}/{facts['config']}/{facts['split']}": facts["fingerprint"] for facts in parts},
        "revisions": [facts["revision"] for facts in parts],
        "tokenizer": tokenizer_digest(run.tokenizer),
        "plan": run.items.plan.digest if run.items.plan is not None else None,
        "world_size": run.world, "accumulation": run.accumulation, "versions": record.versions(),
    }  # fmt: skip


def _start(recipe: Recipe, checkpoints: Path, trainer: Any, rank: int) -> tuple[Path | None, list[str]]:
    """The checkpoint to go on from, if any, and the differences that were allowed."""
    wanted = recipe.save.resume
    if wanted == "no":
        if rank == 0:
            for folder in checkpoints.glob(f"{checkpoint.PREFIX}*"):
                checkpoint.clear(folder)
        trainer.accelerator.wait_for_everyone()
        return None, []
    if wanted == "auto":
        start, skipped = checkpoint.newest(checkpoints)
    else:
        start, skipped = Path(wanted), []
        wrong = checkpoint.problem(start)
        if wrong:
            raise MulcoError(f"save.resume={wanted}: {wrong}. save.resume=auto takes the newest complete checkpoint")
    if rank == 0:
        for line in skipped:
            print(line, file=sys.stderr)
    if start is None:
        if skipped and rank == 0:
            print("No complete checkpoint is left: training begins anew.", file=sys.stderr)
        return None, []
    facts = checkpoint.read(start)
    mismatch = checkpoint.compare(facts, trainer.facts)
    if mismatch and not recipe.save.allow_mismatch:
        raise MulcoError(
            f"{start} belongs to another run: {'; '.join(mismatch)}. Go back to what it was, begin anew with "
            "save.resume=no, or go on all the same with save.allow_mismatch=true"
        )
    trainer.counted.update(facts["progress"])
    if rank == 0:
        print(f"Goes on from {start.name}.", file=sys.stderr)
    return start, mismatch


def _agree(run: Run) -> None:
    """Refuse to start where two processes see different rows or another plan."""
    import torch

    if run.world > 1:
        mine = [run.data.fingerprint, run.items.plan.digest if run.items.plan is not None else ""]
        all_: list[Any] = [None] * run.world
        torch.distributed.all_gather_object(all_, mine)
        if any(other != mine for other in all_):
            raise MulcoError("the processes of this run see different rows. Give all of them the same MULCO_DATA")


def _check_place(folder: Path, recipe: Recipe) -> None:
    place = folder.resolve()
    if Path.cwd().resolve().is_relative_to(place):
        raise UsageError(f"save.dir={folder} is the current folder or holds it. Name one inside, such as out/model")
    if place.exists() and (not place.is_dir() or (any(place.iterdir()) and not (place / record.NAME).is_file())):
        raise OutputError(f"save.dir={folder} holds what mulco did not train. Name another folder")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise OutputError(f"save.dir={folder}: {err.strerror}. Name another folder") from err


def _check_memory(run: Run) -> None:
    """Refuse a run that cannot fit, before its weights load."""
    from mulco.training import memory
    from mulco.training.model import load_config
    from mulco.training.plan import pass_tokens

    if not run.recipe.plan.check_memory:
        return
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    parts = memory.estimate(run.recipe, load_config(run.recipe, run.tokenizer), run.world, pass_tokens(run))
    here = run.world if device == "cpu" else 1  # processes that share the memory of this machine
    needed, room = sum(parts.values()) * here, memory.available(device)
    if needed > room:
        largest = ", ".join(
            f"{name} {size / 1e9:.1f} GB" for name, size in sorted(parts.items(), key=lambda p: -p[1])[:3]
        )
        raise MulcoError(
            f"too little memory: about {needed / 1e9:.1f} GB are needed ({largest}), {room / 1e9:.1f} GB are there. "
            "Try method.kind=qlora, a smaller pack.tokens, train.activation_checkpointing=true, dist.deepspeed=zero3; "
            "plan.check_memory=false starts all the same"
        )


@contextlib.contextmanager
def _memory_told(run: Run) -> Iterator[None]:
    """Running out of memory in the middle becomes one sentence as well."""
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as err:
        raise _out_of_memory(run, err) from err
    except RuntimeError as err:
        if "not enough memory" not in str(err) and "can't allocate memory" not in str(err):
            raise
        raise _out_of_memory(run, err) from err


def _out_of_memory(run: Run, err: BaseException) -> MulcoError:
    said = " ".join(str(err).split())[:200] or "an allocation failed"
    return MulcoError(
        f"out of memory: {said}. Lower pack.tokens or train.device_batch, or look which part is large: "
        "mulco train --plan"
    )


def _alone() -> None:
    """DeepSpeed wants a process group even for one process."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), RANK="0", LOCAL_RANK="0", WORLD_SIZE="1")
