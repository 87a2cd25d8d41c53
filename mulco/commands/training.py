"""Commands that use the data: train and merge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mulco.commands import AsJson, Upstream, app
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
    arms: Annotated[
        Path | None,
        typer.Option("--arms", help="Train on each arm in this folder (mulco select), and compare what comes out."),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option("--seeds", help="With --arms: each arm under each of these seeds, as 1,2,3.")
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option("--suite", help="With --arms: judge each model on it, as mulco evaluate does. May be repeated."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first so many problems or rows of a suite.")
    ] = None,
    upstream: Upstream = None,
    as_json: AsJson = False,
) -> None:
    """Train a model on configs, by a recipe. Several GPUs: torchrun -m mulco.training, with the same words.

    With --arms the recipe is trained on each arm of a study: a table of losses and scores, with intervals, and a plot.
    """
    if settings:
        _settings(as_json)
        return
    if arms is None and (seeds or suite or limit):
        raise UsageError("--seeds, --suite and --limit are about arms. Name their folder: --arms out/arms")
    if config is None:
        raise UsageError("--config is missing: name a recipe file, or one that comes with mulco, such as tiny_cpu")
    from mulco.training import commands

    words = [*(words or []), *context.args]
    if arms is not None and plan:
        _plan_arms(config, words, arms, seeds, as_json)
    elif arms is not None:
        _train_arms(config, words, arms, seeds, suite or [], upstream, limit, as_json)
    elif plan:
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


def _train_arms(
    config: str, words: list[str], folder: Path, seeds: str | None, suites: list[str], upstream: Path | None,
    limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    from mulco.training import results as found
    from mulco.training.arms import Stopped, train_arms
    from mulco.training.commands import STOPPED, recipe_of

    recipe = recipe_of(config, words)
    try:
        results = train_arms(recipe, folder, _seeds(seeds), suites, upstream=upstream, limit=limit, tell=note)
    except Stopped as err:
        note(str(err))
        raise typer.Exit(STOPPED) from err
    if as_json:
        print_json(results)
        return
    for heads, lines in found.tables(results):
        if lines:
            texts = ("arm", "arms", "measure", "says")
            table(heads, lines, right=tuple(place for place, head in enumerate(heads) if head not in texts))
    if results["differences"]:
        compared = len(results["differences"])
        print(f"Intervals: {results['interval']}. {compared:,} comparisons; p is not corrected for their number.")
    for line in results["notes"]:
        print(line)
    names = f"{found.NAME}, {found.TABLE} and {found.PICTURE}"
    print(f"Weights of each arm, {names} are in {recipe.save.dir}")


def _plan_arms(config: str, words: list[str], folder: Path, seeds: str | None, as_json: bool) -> None:
    from mulco.training.arms import plan_arms
    from mulco.training.commands import recipe_of
    from mulco.training.progress import duration

    wanted = _seeds(seeds)
    plans = plan_arms(recipe_of(config, words), folder, wanted)
    if as_json:
        print_json(plans)
        return
    rows = [
        (
            name, f"{facts['rows']:,}", f"{facts['tokens']:,}", f"{facts['answer_tokens']:,}", f"{facts['steps']:,}",
            f"{facts['memory']['total'] / 1e9:.2f}", "yes" if facts["memory"]["fits"] else "no",
            duration(facts["expected_seconds"]),
        )
        for name, facts in plans.items()
    ]  # fmt: skip
    table(["arm", "rows", "tokens", "learned", "steps", "GB", "fits", "about"], rows, right=(1, 2, 3, 4, 5))
    times = max(1, len(wanted))
    total = duration(times * sum(facts["expected_seconds"] for facts in plans.values()))
    print(f"{len(plans) * times} runs, about {total} one after the other, without measuring them")


def _seeds(text: str | None) -> list[int]:
    """The seeds of `1,2,3`."""
    try:
        found = [int(part) for part in (text or "").split(",") if part.strip()]
    except ValueError as err:
        raise UsageError(f"--seeds {text}: expected whole numbers with commas between, such as 1,2,3") from err
    if len(set(found)) < len(found) or any(seed < 0 for seed in found):
        raise UsageError(f"--seeds {text}: expected numbers from 0 on, each once")
    return found
