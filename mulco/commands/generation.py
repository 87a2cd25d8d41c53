"""Commands around text from a model: generate and chat."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mulco.commands import Data, app
from mulco.console import answering, note
from mulco.errors import UsageError

if TYPE_CHECKING:
    from mulco.generation import Engine

ModelName = Annotated[
    str | None, typer.Option("--model", help="Folder or Hub id of a model or adapter; with --base-url its name there.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="An OpenAI-compatible endpoint; its key is in OPENAI_API_KEY.")
]
Revision = Annotated[str | None, typer.Option("--revision", help="Revision of a model on the Hub.")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, ...")]
Dtype = Annotated[str, typer.Option("--dtype", help="auto (as stored), float32, bfloat16 or float16.")]
BatchSize = Annotated[int, typer.Option("--batch-size", min=1, help="Prompts at a time.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, help="Requests to an endpoint at a time.")]
MaxNewTokens = Annotated[int, typer.Option("--max-new-tokens", help="Most tokens of an answer.")]
Stop = Annotated[list[str] | None, typer.Option("--stop", help="An answer ends before this text; may be repeated.")]
Style = Annotated[
    str | None,
    typer.Option("--style", help="alpaca, chat or plain. Default: as the model was trained, else chat where it can."),
]
Samples = Annotated[int, typer.Option("--num-samples", help="Answers to each prompt.")]
Temperature = Annotated[float, typer.Option("--temperature", help="0: always the most probable token.")]
TopP = Annotated[float, typer.Option("--top-p", help="Sample from the most probable tokens of this total.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the sampling.")]


def rows_of_config(config: str, split: str, limit: int | None, data: Path | None) -> list[dict[str, Any]]:
    """Rows of one split of a config: from a built folder if one is named, else those load_dataset would give."""
    import itertools
    import os

    from mulco.errors import unknown
    from mulco.manifest import read_batches
    from mulco.resolve import require_files, rows_of

    if data is not None:
        os.environ["MULCO_DATA"] = str(data)
    found = rows_of(config)
    files = require_files(found)
    if split not in files:
        raise UsageError(unknown("split", split, files, f"Splits of {config}: {', '.join(files)}"))
    batches = (batch for file in files[split] for batch in read_batches(Path(file)))
    return list(itertools.islice((row for batch in batches for row in batch.to_pylist()), limit))


@app.command()
def generate(
    model: ModelName = None,
    base_url: BaseUrl = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="One text to answer.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="JSON Lines: instruction, prompt or messages.")] = None,
    config: Annotated[str | None, typer.Option("--config", help="A config such as code_search_zh.")] = None,
    split: Annotated[str, typer.Option("--split", help="Of the config: train, validation or test.")] = "test",
    data: Data = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many prompts.")] = None,
    max_new_tokens: MaxNewTokens = 256,
    stop: Stop = None,
    style: Style = None,
    num_samples: Samples = 1,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
    seed: Seed = 0,
    revision: Revision = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    batch_size: BatchSize = 16,
    concurrency: Concurrency = 8,
    out: Annotated[Path | None, typer.Option("--out", help="JSON Lines of answers; resumed if it is there.")] = None,
) -> None:
    """Answer a prompt, a file of prompts or the rows of a config with a model. Resumes if interrupted."""
    import itertools

    from mulco.generation import Settings, open_engine
    from mulco.generation.asked import read_rows, requests_of

    if sum(one is not None for one in (prompt, file, config)) != 1:
        raise UsageError("nothing to answer, or several things. Give --prompt TEXT, --file FILE or --config CONFIG")
    if prompt is None and out is None:
        raise UsageError("many answers and no place for them. Name a file with --out")
    settings = Settings(max_new_tokens, tuple(stop or ()), num_samples, temperature, top_p, seed)
    if file is not None:
        rows = list(itertools.islice(read_rows(file), limit))
    elif config is not None:
        rows = rows_of_config(config, split, limit, data)
    else:
        rows = [{"id": "prompt", "prompt": prompt}]
    engine = open_engine(
        model, base_url, revision=revision, device=device, dtype=dtype, batch_size=batch_size, concurrency=concurrency
    )
    style = style or engine.default_style
    requests = requests_of(rows, style)
    if out is None:
        if num_samples == 1:
            _print_stream(engine.stream(requests[0], settings))
        else:
            print(*(one.text for one in engine.generate(requests, settings)), sep="\n\n")
        return
    from mulco.generation.answers import write_answers

    made_with = {"model": engine.name, "revision": engine.facts()["revision"], "style": style, **settings.facts()}
    with answering(len(requests) * num_samples) as progress:
        answers = write_answers(out, engine, requests, settings, made_with, lambda one: progress.add(one.tokens))
    without = sum(row["finish"] in ("too_long", "rejected") for row in answers)
    if without:
        note(f"{without:,} prompts have no answer: too long for the model, or refused (problem: {out})")
    note(f"{progress}. {len(answers):,} answers in {out}")


@app.command()
def chat(
    model: ModelName = None,
    base_url: BaseUrl = None,
    system: Annotated[str | None, typer.Option("--system", help="What the model is told first.")] = None,
    max_new_tokens: MaxNewTokens = 512,
    stop: Stop = None,
    style: Style = None,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
    seed: Seed = 0,
    revision: Revision = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
) -> None:
    """Talk to a model in the terminal. Ctrl-C ends an answer, Ctrl-D or /exit the conversation, /new begins another."""
    from mulco.generation import Settings, open_engine
    from mulco.generation.conversation import Conversation

    settings = Settings(max_new_tokens, tuple(stop or ()), 1, temperature, top_p, seed)
    engine: Engine = open_engine(model, base_url, revision=revision, device=device, dtype=dtype)
    talk = Conversation(engine, settings, style or engine.default_style, system)
    note(f"{engine.name}, {talk.style}. Ctrl-C ends an answer; /new begins anew; Ctrl-D or /exit leaves.")
    for said in _turns():
        if said == "/new":
            talk.clear()
            note("A new conversation.")
        else:
            _print_stream(talk.answer(said))


def _turns() -> Iterator[str]:
    """What is typed, turn by turn, until the end of input or /exit."""
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # editing of the line, also of Chinese, and the history of input()
    if not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    while True:
        try:
            said = input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            break
        except KeyboardInterrupt:
            note("")
            continue
        if said == "/exit":
            break
        if said:
            yield said


def _print_stream(pieces: Iterator[str]) -> None:
    """Print an answer as it comes; Ctrl-C ends it and nothing else."""
    try:
        for piece in pieces:
            print(piece, end="", flush=True)
        print()
    except KeyboardInterrupt:
        pieces.close()  # type: ignore[attr-defined]
        print(" ...")
