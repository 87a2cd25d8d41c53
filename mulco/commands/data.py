"""Commands around the data: list, show, sources, plan, build, doctor, check, trace and export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from mulco.commands import (
    DEFAULT_OUT,
    FORMATS,
    AsJson,
    Configs,
    Data,
    Download,
    Folder,
    Licenses,
    Limit,
    Profile,
    RecipeName,
    Sources,
    Synthesis,
    Upstream,
    app,
    built_folder,
    manifest_if_any,
    named,
    plan_of,
    settings,
)
from mulco.console import build_report, by_source, forecast_report, note, print_json, progress, show_row, table
from mulco.errors import MulcoError, UsageError


@app.command("list")
def list_configs(folder: Folder = None, as_json: AsJson = False) -> None:
    """List the configs, with their rows by split and source where a built folder is at hand."""
    from mulco.catalog import catalog

    manifest = manifest_if_any(folder)
    entries = []
    for name, want in catalog().configs.items():
        entry: dict[str, Any] = {"config": name, "task": want.task, "language": want.language, "rows": None}
        if manifest is not None:
            splits = manifest.configs.get(name, {}).get("splits", {})
            entry["rows"] = manifest.rows(name)
            entry["splits"] = {split: facts["rows"] for split, facts in splits.items()}
            entry["sources"] = by_source(manifest, name)
        entries.append(entry)
    if as_json:
        print_json(entries)
        return
    rows = [
        (e["config"], catalog().tasks[e["task"]].title, "" if e["rows"] is None else f"{e['rows']:,}") for e in entries
    ]
    table(["config", "input to output", "rows"], rows, right=(2,))
    note("Joined configs over the same rows: all_en, all_zh, all.")


@app.command()
def show(
    config: Annotated[str, typer.Argument(help="A config such as code_search_zh.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    rows: Annotated[int, typer.Option(min=1, help="How many rows.")] = 1,
    data: Data = None,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="Rows that quality steps dropped from a built folder, with the reason.")
    ] = False,
    step: Annotated[
        str | None, typer.Option("--step", help="With --dropped: only rows that this step dropped.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="With --dropped: only rows with this reason.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show rows of a config: from a built folder if one is named, else those load_dataset would give."""
    import itertools

    if (step or reason) and not dropped:
        raise UsageError("--step and --reason choose among dropped rows: add --dropped")
    if dropped:
        return _show_dropped(config, split, rows, built_folder(data), step, reason, as_json)

    from mulco.errors import unknown
    from mulco.manifest import read_batches
    from mulco.resolve import require_files, rows_of

    if data is not None:
        os.environ["MULCO_DATA"] = str(data)
    found = rows_of(config)
    files = require_files(found)
    if split not in files:
        raise UsageError(unknown("split", split, files, f"Splits of {config}: {', '.join(files)}"))
    batches = (batch for file in files[split] for batch in read_batches(Path(file), rows=max(rows, 16)))
    shown = list(itertools.islice((row for batch in batches for row in batch.to_pylist()), rows))
    if as_json:
        print_json(shown)
        return
    for member in found:
        note(f"{member.config}: {member}")
    for row in shown:
        show_row(row)


def _show_dropped(
    config: str, split: str, rows: int, folder: Path, step: str | None, reason: str | None, as_json: bool
) -> None:
    import itertools

    from mulco.catalog import catalog
    from mulco.errors import unknown
    from mulco.manifest import Manifest, dropped_folder, read_batches
    from mulco.source import SPLITS

    if split not in SPLITS:
        raise UsageError(unknown("split", split, SPLITS, f"Splits: {', '.join(SPLITS)}"))
    manifest, counted, shown = Manifest.load(folder), [], []
    members = catalog().members(config)
    for member in members:
        for of_step, reasons in manifest.dropped(config=member, split=split).items():
            for of_reason, count in reasons.items():
                if of_step != "recipe" and step in (None, of_step) and reason in (None, of_reason):
                    counted.append((member, of_step, of_reason, f"{count:,}"))
    files = [dropped_folder(folder) / member / f"{split}.parquet" for member in members]
    if counted and not any(file.is_file() for file in files):
        remedy = f"Build it again: mulco build {config} --out {folder}"
        raise MulcoError(f"{dropped_folder(folder)}: the dropped rows do not lie there. {remedy}")
    found = (
        row
        for file in files
        if file.is_file()
        for batch in read_batches(file)
        for row in batch.to_pylist()
        if step in (None, row["step"]) and reason in (None, row["reason"].split(":")[0])
    )
    shown = list(itertools.islice(found, rows))
    if as_json:
        print_json(shown)
        return
    if counted:
        table(["config", "step", "reason", "rows dropped"], counted, right=(3,))
    else:
        note(f"{config}, {split}: no row was dropped from {folder}" + (" by that" if step or reason else ""))
    for row in shown:
        show_row(row)


@app.command()
def sources(folder: Folder = None, upstream: Upstream = None, as_json: AsJson = False) -> None:
    """List the sources: licence, what they feed, what is at hand and, where a built folder is, their rows."""
    from mulco.catalog import catalog
    from mulco.plan import absent, folder_of, upstream_folder

    manifest = manifest_if_any(folder)
    entries = []
    for name, source in sorted(catalog().sources.items()):
        at = folder_of(source, upstream_folder(upstream))
        missing = absent(source, at)
        entry: dict[str, Any] = {
            "source": name, "title": source.title, "homepage": source.homepage, "license": source.license.id,
            "license_statements": list(source.license.statements), "tasks": list(source.tasks),
            "natural_languages": list(source.natural_languages),
            "programming_languages": list(source.programming_languages),
            "at_hand": at is not None, "absent": missing, "files": [vars(file) for file in source.files],
            "rows": None if manifest is None else manifest.rows(source=name),
        }  # fmt: skip
        entries.append(entry)
    if as_json:
        print_json(entries)
        return
    described = []
    for e in entries:
        state = "absent" if not e["at_hand"] else "at hand" if not e["absent"] else f"{len(e['absent'])} files absent"
        rows = "" if e["rows"] is None else f"{e['rows']:,}"
        described.append((e["source"], state, rows, e["license"], ", ".join(e["tasks"]), e["homepage"]))
    table(["source", "state", "rows", "licence", "feeds", "homepage"], described, right=(2,))


@app.command()
def plan(
    configs: Configs = None,
    upstream: Upstream = None,
    source: Sources = None,
    limit: Limit = None,
    profile: Profile = None,
    licenses: Licenses = None,
    recipe: RecipeName = None,
    synthesis: Synthesis = None,
    download: Annotated[
        bool, typer.Option("--download", envvar="MULCO_DOWNLOAD", help="Ask the servers what a download would fetch.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a build would read, before it does: files, bytes, licences, what is absent, the identity of the rows."""
    from mulco.catalog import catalog

    forecast = None
    if download:
        from mulco.download import forecast_for

        forecast = forecast_for(named(configs, recipe), source or (), upstream)
    made = plan_of(configs, settings(upstream, source, limit, profile, licenses, recipe, synthesis))
    if as_json:
        print_json(
            {
                "configs": {
                    name: {"identity": c.identity, "shards": len(c.jobs), "sources": _feeding(c)}
                    for name, c in made.configs.items()
                },
                "files": made.files,
                "absent": made.absent,
                **({"download": forecast.facts} if forecast else {}),
            }
        )
        return
    rows = [
        (name, str(len(c.jobs)), ", ".join(_feeding(c)) or "nothing at hand", c.identity[:12])
        for name, c in made.configs.items()
    ]
    table(["config", "shards", "sources", "identity"], rows, right=(1,))
    described = []
    for name in sorted(made.absent):
        files = made.files.get(name, {}).values()
        size = f"{sum(size for _, size in files) / 1e6:,.1f} MB" if files else "absent"
        described.append(
            (name, str(len(files)), size, catalog().sources[name].license.id, str(len(made.absent[name])) or "")
        )
    table(["source", "files", "size", "licence", "absent files"], described, right=(1, 2, 4))
    if forecast is not None:
        forecast_report(forecast)


@app.command()
def build(
    configs: Configs = None,
    upstream: Upstream = None,
    source: Sources = None,
    limit: Limit = None,
    profile: Profile = None,
    licenses: Licenses = None,
    recipe: RecipeName = None,
    synthesis: Synthesis = None,
    download: Download = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one a core.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Where the rows go.")] = DEFAULT_OUT,
    as_json: AsJson = False,
) -> None:
    """Build configs from every source at hand into a folder: Parquet, manifest and card. Resumes if interrupted."""
    from mulco.build import build as run_build
    from mulco.cards.dataset import write_card
    from mulco.withdraw import keep_withdrawn

    failed = []
    if download:
        from mulco.download import download_for

        failed = download_for(named(configs, recipe), source or (), upstream)
        for problem in failed:
            note(f"Not downloaded: {problem}")
    made = plan_of(configs, settings(upstream, source, limit, profile, licenses, recipe, synthesis))
    if not made.jobs:
        raise MulcoError("no source at hand feeds these configs. What is missing: mulco sources --upstream DIR")
    with progress(len(made.jobs)) as advance:
        result = run_build(
            made, out, workers or os.cpu_count() or 1, lambda outcome, done: advance(outcome),
            keep_withdrawn(out, write_card, note),
        )  # fmt: skip
    if as_json:
        print_json(vars(result.manifest))
    else:
        build_report(made, result)
    raise typer.Exit(0 if result.complete and not failed else 1)


@app.command()
def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server.")] = False, as_json: AsJson = False
) -> None:
    """Check what mulco needs: versions, disk, caches, settings, what is at hand, and the addresses of the rest."""
    from mulco.doctor import examine

    findings = list(examine(offline))
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        table(["", "what", "found"], [(f.state, f.what, f.found) for f in findings])
    wrong = sum(finding.state == "wrong" for finding in findings)
    if wrong and not as_json:
        note(f"{wrong} of {len(findings)} things need attention.")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(help="A built folder; with --card also a model's, or a name on the Hub.")
    ] = DEFAULT_OUT,
    card: Annotated[bool, typer.Option("--card", help="Check the cards against records and files instead.")] = False,
) -> None:
    """Check a built folder: files, counts, every row, ids, splits and card against its manifest. Or arms of a study."""
    from mulco.arms.manifest import is_arms

    if card:
        from mulco.commands.cards import check_cards

        return check_cards(folder)
    if is_arms(folder):
        from mulco.commands.arms import check_arms

        return check_arms(folder)
    from mulco.check import check as run_check
    from mulco.manifest import Manifest

    problems = list(run_check(folder))
    for problem in problems:
        print(problem)
    if problems:
        raise MulcoError(f"{folder}: {len(problems)} problems. Build it again: mulco build --out {folder}")
    manifest = Manifest.load(folder)
    note(f"{folder}: {len(manifest.configs)} configs, {manifest.rows():,} rows, all good.")


@app.command()
def trace(
    row_id: Annotated[str, typer.Argument(help="The id column of a row.")],
    data: Data = None,
    upstream: Upstream = None,
    synthesis: Synthesis = None,
    as_json: AsJson = False,
) -> None:
    """Derive a row anew from the upstream bytes; say that it is equal, or show the difference."""
    from mulco.trace import trace_row

    found = trace_row(row_id, built_folder(data), settings(upstream, synthesis=synthesis))
    if as_json:
        verdicts = {"dropped": found.dropped, "judged": found.judged}
        facts = {"id": row_id, "equal": found.equal, "differences": found.differences, "derived": found.derived}
        print_json({**facts, **verdicts})
    elif found.dropped or found.judged:
        state = "equal" if found.equal else "different"
        print(f"{state}: {row_id}")
        print("  dropped by the build: " + (": ".join(found.dropped) if found.dropped else "no"))
        now = (
            ": ".join(found.judged)
            if found.judged
            else "no" + (" (such a verdict needs the whole config: mulco build)" if found.compared else "")
        )
        print(f"  dropped by the steps now: {now}")
        if found.derived is None:
            print("  upstream gives no such row now")
    elif found.equal:
        origin = (found.derived or {})["provenance"]
        where = f"{origin['file']}, line {origin['line']}" if origin["line"] else origin["file"]
        print(f"equal: {row_id}\n  from {where}")
    else:
        print(f"different: {row_id}")
        if found.built is None or found.derived is None:
            print("  the row is not in the built folder" if found.built is None else "  upstream gives no such row now")
        else:
            for name, (built, derived) in found.differences.items():
                print(f"  {name}\n    built:   {built!r}\n    derived: {derived!r}")
    raise typer.Exit(0 if found.equal else 1)


@app.command()
def export(
    configs: Configs = None,
    format: Annotated[str, typer.Option("--format", help=FORMATS)] = "jsonl",
    data: Data = None,
    out: Annotated[Path, typer.Option("--out", help="Where the files go.")] = Path("out/export"),
) -> None:
    """Write built rows as files that other tools read."""
    from mulco.export import export as run_export

    for file, count in run_export(built_folder(data), out, format, configs or [], note).items():
        print(f"{count:>10,}  {file}")


def _feeding(config: Any) -> list[str]:
    return list(dict.fromkeys(job.source.name for job in config.jobs))
