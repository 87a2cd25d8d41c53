"""What `mulco train` and `python -m mulco.training` both do: read the recipe, say what was renamed, train, report.

status = run("tiny_cpu", ["train.max_steps=20"])
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from mulco.training.config import Recipe, load_recipe

STOPPED = 143  # as a shell reports a process that SIGTERM ended


def recipe_of(config: str, words: Sequence[str]) -> Recipe:
    """The recipe with its overrides; names of 2023 are told once, by the first process."""
    recipe, renamed = load_recipe(config, words)
    if os.environ.get("RANK", "0") == "0":
        for line in renamed:
            print(line, file=sys.stderr)
    return recipe


def run(config: str, words: Sequence[str]) -> int:
    """Train and report; the exit status."""
    from mulco.training.run import train

    result = train(recipe_of(config, words))
    if result.stopped:
        return STOPPED
    if result.facts:  # the first process
        for line in report(result.facts):
            print(line)
        print(f"Weights, run.json and loss.png are in {result.folder}")
    return 0


def report(facts: dict[str, Any]) -> list[str]:
    """What a finished run says of itself."""
    from mulco.training.progress import duration

    training, model = facts["training"], facts["model"]
    loss, held_out = training["loss"], training["eval_loss"]
    lines = [
        f"{training['method']}: {model['trainable_parameters']:,} of {model['parameters']:,} parameters, "
        f"{training['steps']:,} steps, {training['tokens']:,} tokens ({training['answer_tokens']:,} learned) in "
        f"{duration(training['seconds'])}: {training['tokens_per_second']:,.0f} tokens/s"
    ]
    if loss:
        lines.append(f"loss {loss[0]['loss']:.3f} -> {loss[-1]['loss']:.3f}")
    if held_out:
        lines[-1] += f", held out {held_out[-1]['loss']:.3f}"
    return lines
