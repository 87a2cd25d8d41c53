"""Commands that use the data: train and merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mulco.commands import AsJson, app
from mulco.console import note, print_json, table
from mulco.errors import UsageError

OLD_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": True}  # --learning_rate 2e-5, as in 2023


@app.command(context_settings=OLD_FLAGS)
def train(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[key=value ...]", help="Settings laid over the recipe: train.lr=1e-4."),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", help="A recipe file, or one that comes with mulco: tiny_cpu, ...")
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what would be done: rows, steps, memory, time, licences.")
    ] = False,
    settings: Annotated[
        bool, typer.Option("--settings", help="List every setting with its default and meaning.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a model on configs, by a recipe. Several GPUs: torchrun -m mulco.training, with the same words."""
    if settings:
        _settings(as_json)
        return
    if config is None:
        raise UsageError("--config is missing: name a recipe file, or one that comes with mulco, such as tiny_cpu")
    from mulco.training import commands

    words = [*(words or []), *context.args]
    if plan:
        _plan(config, words, as_json)
    else:
        raise typer.Exit(commands.run(config, words))


@app.command()
def merge(
    adapter: Annotated[Path, typer.Argument(help="A folder of adapters, such as out/model.")],
    out: Annotated[Path, typer.Option("--out", help="Where the merged model goes.")],
    base: Annotated[
        str | None, typer.Option("--base", help="The base, where it is not the one the adapters name.")
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="Precision of what is written: fp32, bf16 or fp16.")] = "fp32",
    as_json: AsJson = False,
) -> None:
    """Merge adapters into their base in full precision, and compare the logits before anything is written."""
    from mulco.training.merge import merge as merge_adapters

    facts = merge_adapters(adapter, out, base, dtype)
    if as_json:
        print_json(facts["merge"])
        return
    proof = facts["merge"]
    print(
        f"{facts['model']['parameters']:,} parameters in {out}; largest difference of logits "
        f"{proof['largest_logit_difference']:.1e} over {proof['tokens_compared']} tokens; as {dtype} the likeliest "
        f"token is the same for {proof['argmax_agreement_as_written']:.1%}"
    )


def _settings(as_json: bool) -> None:
    from mulco.training.config import settings

    rows = list(settings())
    if as_json:
        print_json([dict(zip(("name", "type", "default", "help"), row, strict=True)) for row in rows])
        return
    table(["setting", "type", "default", "meaning"], rows)


def _plan(config: str, words: list[str], as_json: bool) -> None:
    import os

    from mulco.training.commands import recipe_of
    from mulco.training.plan import plan
    from mulco.training.prepare import prepare
    from mulco.training.progress import duration
    from mulco.training.quiet import quiet

    recipe = recipe_of(config, words)
    quiet()
    facts = plan(prepare(recipe, recipe.plan.devices or int(os.environ.get("WORLD_SIZE", "1"))))
    if as_json:
        print_json(facts)
        return
    for line in facts["notes"]:
        note(line)
    rows = [
        (str(part["config"] or part["path"]), f"{part['rows']:,}", f"{part['tokens']:,}", f"{part['answer_tokens']:,}",
         ", ".join(f"{name} {count:,}" for name, count in part["licenses"].items()))
        for part in facts["data"]
    ]  # fmt: skip
    table(["config", "rows", "tokens", "learned", "licences"], rows, right=(1, 2, 3))
    packing = facts["packing"]
    how = (
        f"{packing['bins']:,} bins, {packing['fill']:.1%} full"
        if packing["digest"]
        else f"{packing['padding']:.1%} padding"
    )
    print(
        f"{facts['rows']:,} rows, {facts['tokens']:,} tokens; {how}\n"
        f"{facts['steps']:,} steps of about {facts['tokens_a_step']:,} tokens over {facts['epochs']:g} epochs: "
        f"{facts['devices']} devices x {facts['accumulation']} passes\n"
        f"{facts['trainable_parameters']:,} of {facts['parameters']:,} parameters move"
    )
    memory = facts["memory"]
    table(
        ["memory of a device", "GB"],
        [(name, f"{size / 1e9:.2f}") for name, size in memory["parts"].items()],
        right=(1,),
    )
    fits = "fits" if memory["fits"] else "does not fit"
    print(
        f"{memory['total'] / 1e9:.2f} GB of {memory['available'] / 1e9:.2f} GB: {fits}\n"
        f"about {duration(facts['expected_seconds'])}, if a device reaches {facts['speed']['utilisation']:.0%} of "
        f"{facts['speed']['flops_a_second'] / 1e12:.3g} TFLOP/s "
        f"({'its matmul speed, measured now' if facts['speed']['measured'] else 'as plan.tflops says'})\n"
        f"licence of the base: {facts['licenses']['base'] or 'unknown'}; restrictions of data and base: "
        f"{', '.join(facts['licenses']['restrictions']) or 'none'}"
    )
