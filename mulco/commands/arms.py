"""The command select: subsets of a data set that differ in one factor and agree in the others, for a study."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mulco.commands import AsJson, app
from mulco.console import measuring, note, print_json, table, working

if TYPE_CHECKING:
    import pyarrow as pa

    from mulco.analysis.rows import Target
    from mulco.arms.spec import Spec


@app.command()
def select(
    factor: Annotated[
        str, typer.Option("--factor", help="domain, diversity, complexity, algorithmic, coverage or quality.")
    ],
    targets: Annotated[
        list[str] | None, typer.Argument(help="Built folders or files of rows, as mulco analyze takes them.")
    ] = None,
    other: Annotated[
        str, typer.Option("--with", help="With domain: what code is mixed with, general or mathematics.")
    ] = "general",
    shares: Annotated[
        str | None,
        typer.Option("--shares", help="Of domain and algorithmic, by comma: 97:3,9:1,7:3 or 0,25,50,75,100."),
    ] = None,
    parts: Annotated[int, typer.Option("--parts", help="Of diversity and complexity: 2 or 3 arms.")] = 3,
    rows: Annotated[int | None, typer.Option("--rows", help="Rows of each arm. Default: as many as match.")] = None,
    tokens: Annotated[int | None, typer.Option("--tokens", help="Tokens of each arm, within 1 %.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 0,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="Largest standardised mean difference in the other factors.")
    ] = 0.1,
    effect: Annotated[
        float | None, typer.Option("--effect", help="Least Cohen's d in the chosen factor. Default: 0.8; picks 0.2.")
    ] = None,
    agree: Annotated[
        str | None, typer.Option("--agree", help="What the arms agree in, by comma. Default: all but the factor.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="What groups the rows: config, source, task, ...")] = "config",
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many rows of each data set.")] = None,
    eval_rows: Annotated[
        int, typer.Option("--eval-rows", help="At most so many rows of validation, and of test, for all arms.")
    ] = 500,
    analysis: Annotated[
        Path | None,
        typer.Option("--analysis", help="A folder that mulco analyze --out wrote; targets then give validation."),
    ] = None,
    embedder: Annotated[
        str, typer.Option("--embedder", help="What compares rows: tfidf, or a sentence-transformers model.")
    ] = "tfidf",
    base: Annotated[str, typer.Option("--base", help="The base model in the YAML files for LLaMA-Factory.")] = "",
    template: Annotated[str, typer.Option("--template", help="Its chat template in LLaMA-Factory.")] = "default",
    llamafactory: Annotated[
        bool, typer.Option("--llamafactory/--no-llamafactory", help="Also write the arms for LLaMA-Factory.")
    ] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one a core.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Where the arms go.")] = Path("out/arms"),
    as_json: AsJson = False,
) -> None:
    """Cut arms for a study: subsets that differ in one factor and agree in the others, each a dataset folder."""
    from mulco.arms.select import select as run_select
    from mulco.arms.spec import Spec

    spec = Spec(factor, rows, tokens, parts, _listed(shares), other, _listed(agree), tolerance, effect, seed,
                eval_rows)  # fmt: skip
    analysed, evaluation = _analysed(targets or [], analysis, by, limit, embedder, workers or os.cpu_count() or 1)
    with working("Matching rows"):
        facts = run_select(analysed, spec, out, evaluation=evaluation, base=base, template=template,
                           for_llamafactory=llamafactory)  # fmt: skip
    if as_json:
        print_json(facts)
        return
    _report(facts, spec, out, llamafactory)


def check_arms(folder: Path) -> None:
    """What `mulco check` does with an arm or a set of arms."""
    from mulco.arms.manifest import SET, check, load_set
    from mulco.errors import MulcoError

    problems = list(check(folder))
    for problem in problems:
        print(problem)
    if problems:
        raise MulcoError(f"{folder}: {len(problems)} problems. Cut the arms again: mulco select --out {folder}")
    arms = len(load_set(folder)["arms"]) if (folder / SET).is_file() else 1
    note(f"{folder}: {arms} arm{'s' if arms > 1 else ''}, all good.")


def _analysed(
    targets: list[str], folder: Path | None, by: str, limit: int | None, embedder: str, workers: int
) -> tuple[Any, dict[str, Any]]:
    """The analysis, read or made, and the rows of validation and test that its data sets have."""
    from mulco.analysis.analyze import analyze, load
    from mulco.commands.analysis import resolved
    from mulco.errors import UsageError

    found = [resolved(target) for target in targets]
    if folder is not None:
        analysed = load(folder)
    elif found:
        with measuring("Measuring rows") as tick:
            analysed = analyze(found, by=by, limit=limit, embedder=embedder, workers=workers, tick=tick)
    else:
        raise UsageError("nothing to select from is named. Name folders or files: mulco select out/mulco --factor ...")
    return analysed, _evaluation(found, analysed, analysed.facts["by"])


def _evaluation(targets: list[Target], analysed: Any, by: str) -> dict[str, Any]:
    """Rows of validation and test of the targets that have such splits, under the names the analysis gives them."""
    import pyarrow as pa

    from mulco.analysis.rows import read
    from mulco.errors import NoRowsError

    known = list(dict.fromkeys(analysed.read["dataset"].to_pylist()))
    kinds = set(_kinds(analysed.read))
    found: dict[str, list[pa.Table]] = {}
    for number, target in enumerate(targets):
        for split in ("validation", "test"):
            if all(path.is_dir() for path in target.paths):  # of a file all rows are train
                try:
                    rows = read([target], by=by, split=split)
                except NoRowsError:  # no such split: then rows are held out
                    continue
                if len(known) == len(targets):
                    names = pa.array([known[number]] * rows.num_rows, pa.string())
                    rows = rows.set_column(rows.schema.get_field_index("dataset"), rows.schema.field("dataset"), names)
                if set(rows["dataset"].to_pylist()) <= set(known):
                    of_these = rows.filter(pa.array([kind in kinds for kind in _kinds(rows)], pa.bool_()))
                    found.setdefault(split, []).append(of_these)
    return {split: pa.concat_tables(tables) for split, tables in found.items()}


def _kinds(read: pa.Table) -> list[tuple[str, str | None, str]]:
    """(group, task, language) of each row: an analysis of some configs is judged on the splits of these alone."""
    return list(zip(*(read[name].to_pylist() for name in ("group", "task", "language")), strict=True))


def _report(facts: dict[str, Any], spec: Spec, out: Path, llamafactory: bool) -> None:
    """Arms, effects, the largest difference beside the tolerance, and what to do next."""
    measures = [name for name in ("tokens", "complexity", "diversity") if name != spec.factor]
    head = ["arm", "rows", "tokens", spec.factor, *(f"mean {name}" for name in measures)]
    lines = [
        (arm["name"], f"{arm['rows']:,}", f"{arm['tokens']:,}", _number(arm["factor"]),
         *(_number(arm["means"][name]) for name in measures))
        for arm in facts["arms"]
    ]  # fmt: skip
    table(head, lines, right=tuple(range(1, len(head))))
    held = (*spec.numbers, *spec.names)
    lines = []
    for pair in facts["pairs"]:
        effect, apart = pair["effect"], pair["differences"]
        size = f"{effect['points']:+.1f} points" if "points" in effect else ""
        worst = max(spec.numbers, key=lambda name: abs(apart[name] or 0.0), default="")
        loose = [f"{n} {_number(v)}" for n, v in apart.items() if n not in held and n != spec.factor and v]
        lines.append((
            " - ".join(pair["arms"]), f"{effect['measure'][-1]} = {_number(effect['value'])}", size,
            f"{worst} {_number(apart[worst])}" if worst else "-", ", ".join(loose) or "-", f"{pair['shared_rows']:,}",
        ))  # fmt: skip
    head = ["pair", "effect", "", f"largest difference (at most {spec.tolerance:g})", "not held", "rows in both"]
    table(head, lines, right=(1, 2, 5))
    rows = ", ".join(f"{count:,} rows of {split}" for split, count in facts["evaluation"]["rows"].items())
    print(f"Equal shares in all arms: {', '.join(spec.names).replace('_', ' ') or 'none'}.")
    print(f"All arms are judged on the same {rows or 'no rows'}. Written to {out}")
    if llamafactory:
        first = facts["arms"][0]["name"]
        note(f"For LLaMA-Factory: cd {out}/llamafactory && llamafactory-cli train {first}.yaml")
    note(f"Next: mulco train --config tiny_cpu --arms {out}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
