"""Training side by side on a CPU: mulco's packing against a padded Trainer and TRL's packing.

    python benchmarks/train.py --data out/full --config code_generation_en --rows 1500     # about 15 minutes
    python benchmarks/train.py --json

Same rows, tokens, labels, model, seed and real tokens a step for every engine; each engine is a process of its own, one
thread, and they take turns (median of --rounds). Counted are real tokens, padding excluded, per second of CPU time of
the process from the first to the last step. The held-out loss is measured after equal tokens by one and the same code.
Without flash-attn TRL packs under a dense mask; with it, on a GPU, its figures would be others.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ENGINES = ("mulco packed", "mulco grouped", "padded Trainer", "TRL packing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="mulco", help="what load_dataset is given: mulco or a built folder")
    parser.add_argument("--config", default="all", help="config of the data set")
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--max-tokens", type=int, default=512, help="longest row")
    parser.add_argument("--bin", type=int, default=2048, help="tokens of a step; also of mulco's bin")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(measure(options)))
        return
    with tempfile.TemporaryDirectory() as work:
        prepare(options, Path(work))
        found: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
        for round_ in range(options.rounds):
            turn = ENGINES[round_ % len(ENGINES) :] + ENGINES[: round_ % len(ENGINES)]
            for engine in turn:
                line = [sys.executable, __file__, *sys.argv[1:], "--engine", engine, "--work", work]
                environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
                done = subprocess.run(line, env=environment, capture_output=True, text=True)
                if done.returncode:
                    sys.exit(f"{engine}:\n{done.stderr[-3000:]}")
                found[engine].append(json.loads(done.stdout.splitlines()[-1]))
    report(found, options)


def prepare(options: Any, work: Path) -> None:
    """Choose and encode the rows once; write tokens, labels, tokenizer and initial weights for every engine."""
    import numpy as np
    import torch

    import mulco
    from mulco.training import tiny
    from mulco.training.config import load_recipe, with_
    from mulco.training.encode import encode

    rows = mulco.load_dataset(options.data, options.config, split="train")
    rows = rows.shuffle(seed=0).select(range(min(len(rows), 3 * options.rows)))
    tokenizer = tiny.train_tokenizer((row[part] for row in rows for part in ("instruction", "input", "output")), 4096)
    documents, counts = encode(rows, tokenizer, max_tokens=options.max_tokens)
    held_out = min(200, len(documents) // 5)
    train = documents.select(range(held_out, min(len(documents), held_out + options.rows)))
    np.savez(work / "train.npz", ids=train.ids, starts=train.starts, prompts=train.prompts)
    rest = documents.select(range(held_out))
    np.savez(work / "held_out.npz", ids=rest.ids, starts=rest.starts, prompts=rest.prompts)
    recipe, _ = load_recipe("tiny_cpu")
    recipe = with_(recipe, model__hidden=320, model__layers=6, model__heads=8, data__max_tokens=options.max_tokens)
    tokenizer.save_pretrained(work / "model")
    torch.manual_seed(0)
    tiny.build(recipe, tokenizer).save_pretrained(work / "model")
    left_out = counts["read"] - counts["rows"]
    print(
        f"{len(train):,} rows, {train.tokens:,} tokens (mean {train.tokens / len(train):.0f}), {train.answer_tokens:,} "
        f"learned; {held_out} held out; {left_out:,} of {counts['read']:,} left out: {counts['dropped']}",
        file=sys.stderr,
    )


def measure(options: Any) -> dict[str, Any]:
    """Train with one engine until it has seen the tokens of --steps steps; speed, memory, held-out loss."""
    import logging
    import warnings

    import torch
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    work = Path(options.work)
    documents, held_out = load(work / "train.npz"), load(work / "held_out.npz")
    tokenizer = AutoTokenizer.from_pretrained(work / "model")
    model = AutoModelForCausalLM.from_pretrained(work / "model", dtype=torch.float32)
    meter = Meter(options.steps * options.bin)
    trainer, fill = ENGINE[options.engine](options, model, tokenizer, documents, meter, work)
    trainer.train()
    model.set_attn_implementation("sdpa")
    cpu = meter.cpu[-1] - meter.cpu[0]
    tokens = meter.tokens[-1] - meter.tokens[0]
    return {
        "engine": options.engine, "tokens": tokens, "labels": meter.labels, "cpu_seconds": cpu, "steps": len(meter.cpu),
        "tokens_per_cpu_second": tokens / cpu, "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "fill": fill, "held_out": held_out_loss(model, held_out),
    }  # fmt: skip


class Meter:
    """Counts what a model is given, and CPU time at the end of every step; the first step warms up and is not timed."""

    def __init__(self, enough: int) -> None:
        self.enough, self.seen, self.labels = enough, 0, 0
        self.cpu: list[float] = []
        self.tokens: list[int] = []

    def count(self, inputs: dict[str, Any]) -> None:
        mask, labels = inputs.get("attention_mask"), inputs.get("labels")
        self.seen += int(mask.sum()) if mask is not None else int(inputs["input_ids"].numel())
        if labels is not None:
            self.labels += int((labels[:, 1:] != -100).sum())

    def callback(self) -> Any:
        from transformers import TrainerCallback

        meter = self

        class Step(TrainerCallback):  # type: ignore[misc]
            def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
                meter.cpu.append(time.process_time())
                meter.tokens.append(meter.seen)
                if meter.seen >= meter.enough:
                    control.should_training_stop = True

        return Step()

    def counted(self, kind: Any) -> Any:
        """A Trainer class that tells this meter what each forward pass gets."""
        meter = self

        class Counted(kind):  # type: ignore[misc]
            def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
                meter.count(inputs)
                return super().compute_loss(model, inputs, *args, **kwargs)

        return Counted


def arguments(options: Any, work: Path, **more: Any) -> dict[str, Any]:
    """The same optimizer, rate and seed for all."""
    return {
        "output_dir": str(work / "out"), "learning_rate": 1e-3, "lr_scheduler_type": "constant", "warmup_steps": 0,
        "num_train_epochs": 50, "max_grad_norm": 1.0, "seed": 0, "use_cpu": True, "report_to": "none",
        "save_strategy": "no", "logging_strategy": "no", "disable_tqdm": True, "remove_unused_columns": False,
        "log_level": "error", **more,
    }  # fmt: skip


def mulco_engine(mode: str) -> Any:
    def build(options: Any, model: Any, tokenizer: Any, documents: Any, meter: Meter, work: Path) -> tuple[Any, float]:
        from functools import partial

        from transformers import TrainingArguments

        from mulco.training import attention
        from mulco.training.batches import Batches, Order, collate_packed, collate_padded, items_of
        from mulco.training.loss import label_head
        from mulco.training.trainer import ExactTrainer

        attention.register()
        items = items_of(documents, mode, options.bin)
        model.set_attn_implementation(attention.implementation("auto", model, "cpu", mode == "pack"))
        rows = 1 if mode == "pack" else step_rows(options, documents)
        args = TrainingArguments(**arguments(options, work, per_device_train_batch_size=rows, label_names=["labels"]))
        trainer = meter.counted(ExactTrainer)(
            model, args, order=Order(items, rows, seed=0, group=mode == "group"), batches=Batches(items),
            collate=collate_packed if mode == "pack" else partial(collate_padded, pad=2), held_out=None,
            head=label_head(model), facts={}, keep=2, tokenizer=tokenizer,
        )  # fmt: skip
        trainer.add_callback(meter.callback())
        return trainer, items.plan.fill if items.plan is not None else 0.0

    return build


def padded_trainer(
    options: Any, model: Any, tokenizer: Any, documents: Any, meter: Meter, work: Path
) -> tuple[Any, float]:
    """transformers' Trainer and its collator for padded batches, as most recipes have it."""
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    args = TrainingArguments(**arguments(options, work, per_device_train_batch_size=step_rows(options, documents)))
    collate = DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100)
    trainer = meter.counted(Trainer)(model=model, args=args, train_dataset=plain(documents), data_collator=collate)
    trainer.add_callback(meter.callback())
    return trainer, 0.0


def trl_packing(
    options: Any, model: Any, tokenizer: Any, documents: Any, meter: Meter, work: Path
) -> tuple[Any, float]:
    """TRL's best-fit-decreasing packing; rows of --max-tokens, as many to a step as make --bin tokens."""
    import datasets
    from trl import SFTConfig, SFTTrainer

    rows = datasets.Dataset.from_list(plain(documents))
    args = SFTConfig(
        **arguments(options, work, per_device_train_batch_size=max(1, options.bin // options.max_tokens)),
        max_length=options.max_tokens, packing=True, packing_strategy="bfd", bf16=False, gradient_checkpointing=False,
        dataset_kwargs={"skip_prepare_dataset": False}, loss_type="nll",
    )  # fmt: skip
    trainer = meter.counted(SFTTrainer)(model=model, args=args, train_dataset=rows, processing_class=tokenizer)
    trainer.add_callback(meter.callback())
    packed = trainer.train_dataset
    return trainer, sum(len(ids) for ids in packed["input_ids"]) / (len(packed) * options.max_tokens)


ENGINE = {
    "mulco packed": mulco_engine("pack"), "mulco grouped": mulco_engine("group"), "padded Trainer": padded_trainer,
    "TRL packing": trl_packing,
}  # fmt: skip


def step_rows(options: Any, documents: Any) -> int:
    """Rows that make a step of --bin real tokens, on average."""
    return max(1, round(options.bin / (documents.tokens / len(documents))))


def plain(documents: Any) -> list[dict[str, list[int]]]:
    """input_ids and labels of every row."""
    rows = (documents[i] for i in range(len(documents)))
    return [{"input_ids": ids.tolist(), "labels": labels.tolist()} for ids, labels in rows]


def load(file: Path) -> Any:
    import numpy as np

    from mulco.training.encode import Documents

    found = np.load(file)
    return Documents(found["ids"], found["starts"], found["prompts"])


def held_out_loss(model: Any, documents: Any) -> float:
    """Cross-entropy per learned token, one row at a time: no packing, no padding."""
    import torch
    import torch.nn.functional as F

    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for i in range(len(documents)):
            ids, labels = documents[i]
            logits = model(torch.from_numpy(ids).long()[None]).logits[0, :-1]
            wanted = torch.from_numpy(labels)[1:]
            total += float(F.cross_entropy(logits, wanted, reduction="sum"))
            count += int((wanted != -100).sum())
    return total / count


def report(found: dict[str, list[dict[str, Any]]], options: Any) -> None:
    names = ("tokens_per_cpu_second", "held_out", "peak_rss_mb", "tokens", "labels", "fill")
    middle = {
        engine: {name: statistics.median(run[name] for run in runs) for name in names} for engine, runs in found.items()
    }
    ours = middle["mulco packed"]
    facts = {
        "engines": middle, "rounds": options.rounds, "fill": ours["fill"],
        "times_padded_trainer": ours["tokens_per_cpu_second"] / middle["padded Trainer"]["tokens_per_cpu_second"],
        "times_trl_packing": ours["tokens_per_cpu_second"] / middle["TRL packing"]["tokens_per_cpu_second"],
        "times_grouped": ours["tokens_per_cpu_second"] / middle["mulco grouped"]["tokens_per_cpu_second"],
        "held_out_against_padded": ours["held_out"] / middle["padded Trainer"]["held_out"] - 1,
        "plan_100k_cpu_seconds": plan_seconds(),
    }  # fmt: skip
    if options.json:
        print(json.dumps(facts, indent=1))
        return
    for engine, row in middle.items():
        print(
            f"{engine:16} {row['tokens_per_cpu_second']:8.0f} tokens/CPU-s  held out {row['held_out']:.4f}  "
            f"{row['peak_rss_mb']:.0f} MB  {row['tokens']:,.0f} timed tokens"
        )
    print(
        f"mulco packed: {facts['times_padded_trainer']:.2f}x the padded Trainer, {facts['times_trl_packing']:.2f}x "
        f"TRL's packing, {facts['times_grouped']:.2f}x grouped; fill {facts['fill']:.2%}; held-out loss "
        f"{facts['held_out_against_padded']:+.2%}; 100,000 rows planned in {facts['plan_100k_cpu_seconds']:.2f} CPU-s"
    )


def plan_seconds() -> float:
    """CPU seconds to plan 100,000 rows of lengths like those of code instructions into bins of 2,048."""
    import random

    from mulco.training.pack import pack

    draw = random.Random(0)
    lengths = [min(2048, max(8, round(draw.lognormvariate(4.7, 0.8)))) for _ in range(100_000)]
    began = time.process_time()
    pack(lengths, 2048)
    return time.process_time() - began


if __name__ == "__main__":
    main()
