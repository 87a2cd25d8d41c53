"""Commands that judge models: evaluate, with compare, baselines and lm-eval below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mulco.commands import AsJson, Data, Upstream, app, built_folder
from mulco.commands.generation import (
    BaseUrl,
    BatchSize,
    Concurrency,
    Device,
    Dtype,
    ModelName,
    Revision,
    Samples,
    Seed,
    Stop,
    Style,
    Temperature,
    TopP,
    rows_of_config,
)
from mulco.console import answering, note, print_json, table
from mulco.errors import UsageError

if TYPE_CHECKING:
    from mulco.evaluation.problems import Running
    from mulco.evaluation.suites import Target

evaluate_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None, no_args_is_help=True)
app.add_typer(evaluate_app, name="evaluate")

SUITES = (
    "mulco (every config), a config such as code_search_zh, humaneval, mbpp, mbpp-sanitized, humaneval-x, multipl-e"
)


@evaluate_app.callback()
def evaluate(
    context: typer.Context,
    model: ModelName = None,
    base_url: BaseUrl = None,
    suite: Annotated[
        list[str] | None,
        typer.Option("--suite", help=f"{SUITES}; or a part: humaneval-x:java. May be repeated. Default: mulco."),
    ] = None,
    samples: Annotated[
        Path | None, typer.Option("--samples", help="Score these answers; nothing is generated.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="Of a config: train, validation or test.")] = "test",
    data: Data = None,
    upstream: Upstream = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first so many rows or problems.")
    ] = None,
    num_samples: Samples = 1,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
    seed: Seed = 0,
    max_new_tokens: Annotated[
        int | None, typer.Option("--max-new-tokens", help="Most tokens of an answer. Default: by task.")
    ] = None,
    stop: Stop = None,
    style: Style = None,
    k: Annotated[list[int] | None, typer.Option("--k", min=1, help="pass@k for these; may be repeated.")] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Rows without an answer among --samples count as wrong.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe-no-sandbox", help="Run programs of a model without any protection.")
    ] = False,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds a program may take.")] = 3.0,
    download: Annotated[
        bool, typer.Option("--download", envvar="MULCO_DOWNLOAD", help="Fetch an evaluation set that is missing.")
    ] = False,
    revision: Revision = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    batch_size: BatchSize = 16,
    concurrency: Concurrency = 8,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where results go. Default: out/evaluation/<model>.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a model, or answers at hand, on the configs and on HumanEval, MBPP, HumanEval-X, MultiPL-E.

    Results go to a folder, with all it takes to repeat them. Generation resumes if interrupted.
    """
    if context.invoked_subcommand is not None:
        return
    from mulco.evaluation.problems import Running
    from mulco.evaluation.suites import targets

    if (model is None and base_url is None) == (samples is None):
        raise UsageError("name what to judge: either a model (--model, --base-url) or answers at hand (--samples FILE)")
    wanted = targets(suite or ["mulco"])
    if samples is not None and len(wanted) != 1:
        raise UsageError("one file of answers is for one suite. Name it: --suite humaneval, or --suite code_search_zh")
    wanted = _possible(wanted, split, data)
    engine = None
    if samples is None:
        from mulco.generation import open_engine

        engine = open_engine(
            model,
            base_url,
            revision=revision,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            concurrency=concurrency,
        )
    folder = out or Path("out/evaluation") / _slug(engine.name if engine else str(samples and samples.stem))
    sampling = {
        "max_new_tokens": max_new_tokens, "stop": tuple(stop or ()), "num_samples": num_samples,
        "temperature": temperature, "top_p": top_p, "seed": seed,
    }  # fmt: skip
    answers = Answers(engine, samples, allow_missing, style, sampling, split, limit, folder)
    running = Running(unsafe, timeout, tuple(k or ()))
    results = []
    for target in wanted:
        if target.suite == "mulco":
            results.append(_on_config(target.config, data, answers))
        else:
            results.append(_on_problems(target, upstream, download, answers, running))
    if as_json:
        print_json(results)
        return
    _table(results)
    note(f"Results, answers and predictions: {folder}")


@evaluate_app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of results: the base first, then the others.")],
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the primary metrics into this PNG.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the comparison into this JSON file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs with the first of them, item by item: differences, 95 % intervals, significance."""
    from mulco.evaluation import compare as comparing
    from mulco.evaluation.result import read_results, write_json

    lines = list(comparing.compare(runs))
    if plot is not None:
        comparing.plot(lines, [(run.name, read_results(run)) for run in runs], plot)
        note(f"Drawn: {plot}")
    if out is not None:
        write_json(out, {"version": 1, "runs": [str(run) for run in runs], "lines": lines})
    if as_json:
        print_json(lines)
        return
    rows = [
        (
            line["config"], line["metric"], Path(line["run"]).name, f"{line['base']:,.4g}", f"{line['value']:,.4g}",
            f"{line['difference']:+,.4g}", f"[{line['low']:+,.3g}, {line['high']:+,.3g}]", f"{line['p']:.3g}",
            line["test"], f"{line['n']:,}",
        )
        for line in lines
    ]  # fmt: skip
    columns = ["config", "metric", "run", runs[0].name, "value", "difference", "95 % interval", "p", "test", "n"]
    table(columns, rows, right=(3, 4, 5, 6, 7, 9))
    note(f"{len(lines):,} comparisons; p is not corrected for their number.")


@evaluate_app.command()
def baselines(
    folder: Annotated[Path | None, typer.Argument(help="A built folder. Default: MULCO_DATA, else out/mulco.")] = None,
    config: Annotated[list[str] | None, typer.Option("--config", help="Only this config; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first so many test rows.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge answers that need no model on every test split, and write baselines.json into the built folder."""
    from mulco.evaluation.baselines import baselines as run_baselines
    from mulco.evaluation.baselines import write

    folder = built_folder(folder)
    results = list(run_baselines(folder, config or [], limit, lambda name: note(f"{name} ...")))
    file = write(folder, results)
    if as_json:
        print_json(results)
        return
    rows = [
        (r["config"], r["baseline"], f"{r['n']:,}", *_first(r["metrics"]), _others(r["metrics"])) for r in results
    ]  # fmt: skip
    table(["config", "baseline", "n", "metric", "value", "95 % interval", "others"], rows, right=(2, 4, 5))
    note(f"Written: {file}. To put the table on the card: mulco card {folder}")


@evaluate_app.command("lm-eval")
def lm_eval_path() -> None:
    """Print the folder with the tasks for lm-evaluation-harness: lm_eval --include_path FOLDER --tasks mulco."""
    from mulco.evaluation.harness import FOLDER

    print(FOLDER)


@dataclass(frozen=True)
class Answers:
    """Where answers come from and go to, as the command line names it."""

    engine: Any  # an Engine, or None where `samples` names a file
    samples: Path | None
    allow_missing: bool
    style: str | None
    sampling: dict[str, Any]
    split: str
    limit: int | None
    out: Path

    def settings(self, usual_tokens: int) -> Any:
        from mulco.generation import Settings

        return Settings(**{**self.sampling, "max_new_tokens": self.sampling["max_new_tokens"] or usual_tokens})


def _possible(wanted: Sequence[Target], split: str, data: Path | None) -> list[Target]:
    """The targets that can be judged here. Of several, those that cannot are told and left out, before long work."""
    import os

    from mulco.evaluation.execution import lacking
    from mulco.resolve import require_files, rows_of

    if data is not None:
        os.environ["MULCO_DATA"] = str(data)
    if len(wanted) == 1:
        return list(wanted)
    found = []
    for target in wanted:
        if target.part:
            tools = lacking(target.part)
            missing = f"{tools} is not here" if tools else None
        elif target.suite == "mulco" and split not in require_files(rows_of(target.config)):
            missing = f"it has no rows in the split {split}"
        else:
            missing = None
        if missing:
            note(f"{target.config}: left out, {missing}.")
        else:
            found.append(target)
    if not found:
        raise UsageError(f"nothing of this can be judged here, in the split {split}")
    return found


def _on_config(config: str, data: Path | None, answers: Answers) -> dict[str, Any]:
    from mulco.evaluation.run import MAX_NEW_TOKENS, evaluate_config, read_answers, score_answers
    from mulco.resolve import rows_of

    if answers.sampling["num_samples"] != 1:
        raise UsageError("a config is judged by one answer a row. Leave --num-samples to humaneval and the like")
    rows = rows_of_config(config, answers.split, answers.limit, data)
    dataset = {"id": "mulco", "revision": rows_of(config)[0].identity}
    if answers.samples is not None:
        texts = read_answers(answers.samples)
        result = score_answers(
            config, answers.split, rows, dataset, texts, answers.out, source=answers.samples.name,
            allow_missing=answers.allow_missing,
        )  # fmt: skip
        return result.facts()
    with answering(len(rows), config) as progress:
        result = evaluate_config(
            config, answers.split, rows, dataset, answers.engine, answers.out, style=answers.style,
            settings=answers.settings(MAX_NEW_TOKENS[rows[0]["task"]]), tell=lambda one: progress.add(one.tokens),
        )  # fmt: skip
    note(f"{config}: {progress}")
    return result.facts()


def _on_problems(
    target: Target, upstream: Path | None, download: bool, answers: Answers, running: Running
) -> dict[str, Any]:
    from dataclasses import replace

    from mulco.evaluation.problems import MAX_NEW_TOKENS, evaluate_problems, score_samples
    from mulco.evaluation.suites import fetch, problems_of

    if download:
        fetch(target, upstream)
    problems = problems_of(target, upstream, answers.split, answers.limit)
    # each program is written, if by a model, and run
    steps = len(problems) * (1 if answers.samples is not None else 2 * answers.sampling["num_samples"])
    with answering(steps, target.config) as judging:
        running = replace(running, told=lambda verdict: judging.add(0))
        if answers.samples is not None:
            result = score_samples(
                target, problems, answers.samples, answers.out, running=running, allow_missing=answers.allow_missing
            )
            return result.facts()
        settings = answers.settings(MAX_NEW_TOKENS)
        result = evaluate_problems(
            target, problems, answers.engine, answers.out, style=answers.style, settings=settings, running=running,
            tell=lambda one: judging.add(one.tokens),
        )  # fmt: skip
    return result.facts()


def _table(results: Sequence[dict[str, Any]]) -> None:
    rows = [
        (
            r["config"], f"{r['n']:,}", *_first(r["metrics"]), _others(r["metrics"]),
            "" if r["unparsed_rate"] is None else f"{r['unparsed_rate']:.1%}", f"{r['missing']:,}",
        )
        for r in results
    ]  # fmt: skip
    columns = ["suite", "n", "metric", "value", "95 % interval", "others", "unparsed", "missing"]
    table(columns, rows, right=(1, 3, 4, 6, 7))


def _first(metrics: Sequence[dict[str, Any]]) -> tuple[str, str, str]:
    first = metrics[0]
    return first["name"], f"{first['value']:,.4g}", f"[{first['low']:,.3g}, {first['high']:,.3g}]"


def _others(metrics: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{metric['name']} {metric['value']:,.4g}" for metric in metrics[1:] if ":" not in metric["name"])


def _slug(name: str) -> str:
    """The last two parts of a path or a Hub id as the name of a folder."""
    return "-".join(part for part in name.rstrip("/").split("/")[-2:] if part not in ("", ".", "..", "out")) or "model"
