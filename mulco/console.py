"""What the command line prints: tables, progress, a row, the report of a build.

Tables and JSON go to standard output, progress and notes to standard error. Rich is imported when something is drawn.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from mulco.build import Result
    from mulco.download import Forecast
    from mulco.manifest import Manifest
    from mulco.plan import Plan


class progress:
    """A progress bar on standard error; silent where that is not a terminal."""

    def __init__(self, shards: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("shards", total=shards)
        self._rows = 0

    def __enter__(self) -> Any:
        self._bar.start()
        return self._advance

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _advance(self, outcome: Any) -> None:
        self._rows += outcome.rows
        self._bar.update(self._task, advance=1, description=f"shards, {self._rows:,} rows")


class answering:
    """Progress of answers from a model on standard error, with tokens a second; silent where that is no terminal."""

    def __init__(self, answers: int, what: str = "answers") -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task, self._what = self._bar.add_task(what, total=answers), what
        self.answers = self.tokens = 0

    def __enter__(self) -> answering:
        self._started = time.perf_counter()
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
        self.seconds = time.perf_counter() - self._started

    def add(self, tokens: int) -> None:
        """One more answer, of so many tokens."""
        self.answers, self.tokens = self.answers + 1, self.tokens + tokens
        rate = self.tokens / (time.perf_counter() - self._started)
        self._bar.update(self._task, advance=1, description=f"{self._what}, {rate:,.0f} tokens/s")

    def __str__(self) -> str:
        rate = f", {self.tokens / self.seconds:,.1f} tokens/s" if self.tokens else ""
        return f"{self.answers:,} answers, {self.tokens:,} tokens in {self.seconds:,.1f} s{rate}"


@contextmanager
def working(what: str) -> Iterator[None]:
    """A sign of life on standard error while something takes its time; silent where that is not a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        yield


def reading(what: str) -> AbstractContextManager[Any]:
    """Progress over files: gives `tick(done, of)`."""
    return _ticking(what, "{done:,} of {of:,} files")


def measuring(what: str) -> AbstractContextManager[Any]:
    """Progress over steps of several kinds, in per cent: gives `tick(done, of)`."""
    return _ticking(what, "{share:.0%}")


@contextmanager
def _ticking(what: str, told: str) -> Iterator[Any]:
    """A bar on a terminal, else a line every ten seconds, which says what `told` makes of done, of and share."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    last = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None, told="")

        def tick(done: int, of: int) -> None:
            nonlocal last
            said = told.format(done=done, of=of, share=done / max(1, of))
            bar.update(task, completed=done, total=of, told=said)
            if not console.is_terminal and time.monotonic() - last >= 10:
                last = time.monotonic()
                note(f"{what}: {said}")

        yield tick


class meter:
    """The progress of a run that asks a model: a line that moves, off a terminal a new one every ten seconds."""

    def __init__(self, name: str, currency: str) -> None:
        self._name, self._currency = name, currency
        self._started = self._told = time.monotonic()

    def __enter__(self) -> Any:
        return self._watch

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)

    def _watch(self, counts: Any, engine: Any) -> None:
        now = time.monotonic()
        if not counts.sent:
            self._started = now
        rate = counts.sent / max(now - self._started, 0.001)
        left = (counts.total - counts.done) / rate if rate and counts.sent else 0.0
        parts = [
            f"{self._name}: {counts.done:,} of {counts.total:,}", f"{counts.cached:,} from the ledger",
            f"{counts.accepted:,} written", f"{counts.rejected.total():,} rejected", f"{counts.ambiguous:,} ambiguous",
            f"{engine.limiter.in_flight} in flight", f"{counts.limited:,} told to wait", f"{rate:,.1f}/s",
            *([f"{left / 60:,.1f} min left"] if left else []),
            *([money(engine.cost(), self._currency)] if engine.prices else []),
            *([f"stopping: {engine.stopped}"] if engine.stopped else []),
        ]  # fmt: skip
        line = ", ".join(parts)
        if sys.stderr.isatty():
            print(f"\r\x1b[2K{line[: _width()]}", end="", file=sys.stderr, flush=True)
        elif now - self._told >= 10:
            self._told = now
            note(line)


def money(amount: float | None, currency: str | None) -> str:
    """An amount with as many digits as small ones need."""
    return "-" if amount is None else f"{amount:,.{2 if amount >= 1 else 4}f} {currency or ''}".strip()


def build_report(plan: Plan, result: Result) -> None:
    """What a build prints when it is done: rows by config and source, what was left out, where it is."""
    manifest = result.manifest
    rows = []
    for config in plan.configs:
        splits = manifest.configs.get(config, {}).get("splits", {})
        numbers = [f"{splits.get(split, {}).get('rows', 0):,}" for split in ("train", "validation", "test")]
        origin = "  ".join(f"{name} {count:,}" for name, count in by_source(manifest, config).items())
        rows.append((config, *numbers, origin))
    table(["config", "train", "validation", "test", "rows by source"], rows, right=(1, 2, 3))
    _dropped_report(plan, manifest)
    unusable = sum(sum(entry["unusable"].values()) for entry in manifest.counts if entry["config"] in plan.configs)
    total = sum(manifest.rows(config) for config in plan.configs)
    print(f"{total:,} rows in {result.folder}; {unusable:,} items unusable for a task (reasons: manifest.json)")
    print(_chinese_text(plan, manifest))
    missing = [name for name, files in plan.absent.items() if files and name not in plan.files]
    if missing:
        note(f"Absent sources: {', '.join(missing)}. Where to get them: mulco sources")
    _recipe_report(plan, manifest)
    for problem in result.problems:
        note(f"Left out: {problem}")
    if result.problems:
        previous = result.folder.with_name(result.folder.name + ".previous")
        kept = f" The last complete build is kept in {previous}" if previous.exists() else ""
        note(f"Everything else is built.{kept}")


def _dropped_report(plan: Plan, manifest: Manifest) -> None:
    """Which rows the steps dropped, and why, over all configs of this build."""
    dropped: dict[str, Counter[str]] = {}
    flagged: Counter[str] = Counter()
    for config in plan.configs:
        flagged += manifest.total("flagged", config=config)
        for step, reasons in manifest.dropped(config=config).items():
            if step != "recipe":  # the report on the recipe tells of these
                dropped.setdefault(step, Counter()).update(reasons)
    rows = [(step, reason, f"{n:,}") for step, reasons in dropped.items() for reason, n in reasons.most_common()]
    if rows:
        table(["step", "reason", "rows dropped"], rows, right=(2,))
        total = sum(reasons.total() for reasons in dropped.values())
        print(f"{total:,} rows dropped by profile {manifest.profile}. To see some: mulco show CONFIG --dropped")
    if flagged:
        print("Flagged and kept: " + ", ".join(f"{flag} {count:,}" for flag, count in flagged.most_common()))


def forecast_report(forecast: Forecast) -> None:
    """What a download would fetch, and what it cannot."""
    rows = []
    for one in forecast.facts["files"]:
        more = f" and {len(one['paths']) - 1} more" if len(one["paths"]) > 1 else ""
        size = "unknown" if one["bytes"] is None else f"{one['bytes']:,}"
        rows.append((f"{one['source']}/{one['paths'][0]}{more}", "-" if one["problem"] else size, one["license"]))
    if rows:
        table(["to fetch", "bytes", "licence"], rows, right=(1,))
    print(
        f"{len(rows)} addresses, {forecast.bytes / 1e6:,.1f} MB as far as servers say; {forecast.disk / 1e6:,.1f} MB "
        f"needed on the disk of {forecast.folder}, {forecast.free / 1e6:,.1f} MB free there"
    )
    for one in forecast.facts["files"]:
        if one["problem"]:
            note(f"Cannot be fetched: {one['source']}/{one['paths'][0]}: {one['problem']}")
    for source, paths in forecast.by_hand.items():
        note(f"Nobody publishes: {source}/{', '.join(paths)}")


def _recipe_report(plan: Plan, manifest: Manifest) -> None:
    """What each cell of the recipe wanted and what it got."""
    recipe = plan.settings.recipe
    if recipe is None:
        return
    print(f"Recipe: {recipe.title}")
    rows = []
    given = 0
    for config in plan.configs:
        for cell in manifest.configs.get(config, {}).get("recipe", []):
            given += cell["rows"]
            missing = f"{cell['missing']:,} short" if cell["missing"] else ""
            origin = ", ".join(cell["sources"]) or "every source"
            rows.append((config, origin, cell["wanted"], f"{cell['rows']:,}", missing, cell["note"]))
    if rows:
        table(["config", "sources", "wanted", "training rows", "shortage", "note"], rows, right=(2, 3, 4))
    wanted = sum(cell.rows or 0 for cell in recipe.cells)
    if wanted:
        print(f"The table sums to {wanted:,} rows; this build has {given:,}.")
    if recipe.note:
        print(recipe.note)


def _chinese_text(plan: Plan, manifest: Manifest) -> str:
    """How much of the Chinese is original text, translated, or only in the wording around code."""
    from mulco.catalog import catalog

    original = translated = wording = 0
    for config, facts in plan.configs.items():
        if facts.want.language == "zh":
            if not catalog().tasks[facts.want.task].text_bound:
                wording += manifest.rows(config)
                continue
            for name, rows in by_source(manifest, config).items():
                own = name in catalog().sources and "zh" in catalog().sources[name].natural_languages
                original += rows if own else 0
                translated += 0 if own else rows
    return (
        f"Chinese rows: {original:,} with original Chinese text, {translated:,} translated, "
        f"{wording:,} Chinese only in the wording"
    )


def show_row(row: dict[str, Any]) -> None:
    screen = _screen()
    for name in ("instruction", "input", "output"):
        screen.print(f"[bold]{name}[/bold]")
        screen.print(row[name] or "(empty)", markup=False, highlight=False)
        screen.print()
    facts = {name: value for name, value in row.items() if name not in ("instruction", "input", "output") and value}
    for name, value in facts.items():
        screen.print(f"{name}: {value}", markup=False, highlight=False, style="dim")
    screen.print()


def table(columns: list[str], rows: Sequence[Sequence[str]], right: tuple[int, ...] = ()) -> None:
    """Print a table; `right` are the columns aligned to the right. Off a terminal it is 160 characters wide."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i in right else "left", no_wrap=i == 0)
    for row in rows:
        made.add_row(*row)
    _screen().print(made)


def _screen() -> Console:
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=160)


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns - 1


def note(text: str) -> None:
    print(text, file=sys.stderr)


def by_source(manifest: Manifest, config: str) -> dict[str, int]:
    names = dict.fromkeys(entry["source"] for entry in manifest.counts if entry["config"] == config)
    return {name: manifest.rows(config, source=name) for name in sorted(names)}
