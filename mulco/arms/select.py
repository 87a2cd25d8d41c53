"""Arms out of an analysis: which rows may be chosen, how they are matched, what is written.

    chosen = select(analysis, Spec("complexity", rows=2000, parts=2), Path("out/arms"))
    chosen["pairs"][0]      # {"arms": ["low", "high"], "effect": {"measure": "cohen_d", "value": 2.7}, ...}

The straight path: hold out what the arms are judged on (heldout.py); make the pools of the factor (factor.py,
designs.py); match them (matching.py); hold the effect against what the spec asks for; write each arm (write.py), and
`arms.json` beside.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mulco.analysis.result import Analysis
from mulco.arms.designs import Design, Rows
from mulco.arms.effects import cohen_d, cohen_h
from mulco.arms.factor import Factor, Tick, rows_of
from mulco.arms.heldout import HeldOut, hold_out
from mulco.arms.manifest import SET, write_json
from mulco.arms.matching import Found, Unreachable, names_apart, numbers_apart, search
from mulco.arms.spec import NAMES, NUMBERS, PICKED, SHARES, Spec
from mulco.arms.write import rounded, write, write_for_llamafactory
from mulco.errors import MulcoError, OutputError
from mulco.manifest import dropped_folder
from mulco.place import place_of, take_place
from mulco.version import VERSION

Floats = npt.NDArray[np.float64]


def select(
    analysis: Analysis,
    spec: Spec,
    folder: Path,
    *,
    evaluation: Mapping[str, pa.Table] | None = None,
    base: str = "",
    template: str = "default",
    for_llamafactory: bool = True,
    tick: Tick = lambda done, of: None,
) -> dict[str, Any]:
    """Cut the arms of a spec and write them below `folder`; returns what `arms.json` says.

    `evaluation` are tables of READ by split (validation, test), for data sets that have them; rows of other data sets
    are held out. Raises MulcoError where no arms of that size agree within the tolerance, saying which would, and
    OutputError where `folder` holds what mulco select did not write; what stood there is then untouched.
    """
    place = _place(folder)
    factor = Factor.of(analysis, spec)
    if not factor.usable.any():
        raise MulcoError(f"{spec.factor}: no row of these data sets has it measured. See what has: mulco analyze")
    held = hold_out(analysis.read, factor.usable, evaluation or {}, spec)
    free = held.free[factor.usable[held.free]]
    rows = rows_of(analysis, free, spec)
    found = _search(factor.design(rows, free, spec, tick), rows, spec)
    apart = [factor.values(arm, free) for arm in found.arms]
    pairs = _pairs(found, rows, spec, apart)
    _hold_to_effect(pairs, spec)

    work = place.with_name(place.name + ".partial")
    shutil.rmtree(work, ignore_errors=True)
    try:
        (work / "new").mkdir(parents=True)
        means = [
            {spec.factor: float(v.mean()), **factor.gaps(arm, free)} for v, arm in zip(apart, found.arms, strict=True)
        ]
        written = write(work / "new", analysis, spec, held, [free[arm] for arm in found.arms], means)
        facts = _facts(spec, found, rows, pairs, held, written)
        write_json(work / "new" / SET, facts)
        if for_llamafactory:
            write_for_llamafactory(work / "new", spec, base, template)
        take_place(work, place, keep_previous=False)
    except OSError as err:
        remedy = "Free some space or name another folder with --out"
        raise OutputError(f"cannot write {err.filename or folder}: {err.strerror or err}. {remedy}") from err
    return facts


def _search(design: Design, rows: Rows, spec: Spec) -> Found:
    """The arms; where they cannot be had, the error says which can."""
    try:
        return search(design, rows, spec, spec.rows, spec.tokens)
    except Unreachable as err:
        unit, wanted = ("tokens", spec.tokens) if spec.tokens else ("rows", spec.rows)
        reach = _largest(design, rows, spec, unit, wanted)
        offers = [f"{reach:,} {unit} (--{unit} {reach})"] if reach else []
        if err.tolerance is not None and wanted is not None:
            rounded = np.ceil(err.tolerance * 1000) / 1000
            offers.append(f"{wanted:,} {unit} within {rounded:g} (--tolerance {rounded:g})")
        asked = f"{wanted:,} {unit} in each arm" if wanted else "arms of any size"
        can = f"Within reach: {', or '.join(offers)}" if offers else "No size and no tolerance is within reach"
        raise MulcoError(
            f"{spec.factor}: {asked} do not agree within a tolerance of {spec.tolerance:g} in "
            f"{', '.join((*spec.numbers, *spec.names))}. {can}; or let the arms agree in less with --agree"
        ) from err


def _largest(design: Design, rows: Rows, spec: Spec, unit: str, wanted: int | None) -> int | None:
    """The largest size below the wanted that is found to work, or None: every size named is one that was tried."""
    tried = []
    try:
        most = search(design, rows, spec)
        tried.append(min(int(rows.tokens[arm].sum()) for arm in most.arms) if unit == "tokens" else most.rows)
    except Unreachable:
        pass
    bound = wanted or len(rows.tokens) // len(spec.arms)
    tried += [int(bound * share) for share in (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01)]
    for size in sorted(set(tried), reverse=True):
        if 2 <= size < (wanted or size + 1):
            try:
                search(design, rows, spec, **{"size" if unit == "rows" else "tokens": size})
                return size
            except Unreachable:
                pass
    return None


def _pairs(found: Found, rows: Rows, spec: Spec, apart: Sequence[Floats]) -> list[dict[str, Any]]:
    """Every two arms: the effect in the chosen factor, the differences in all others, the rows in both."""
    pairs = []
    for a, b in combinations(range(len(found.arms)), 2):
        two = [found.arms[a], found.arms[b]]
        if spec.kind == SHARES:
            shares = [float(apart[i].mean()) for i in (a, b)]
            effect: dict[str, Any] = {"measure": "cohen_h", "value": rounded(cohen_h(*shares))}
            effect["points"] = rounded(100 * (shares[1] - shares[0]))
        else:
            first, second = (b, a) if spec.kind == PICKED else (a, b)  # the picked arm stands before the random one
            effect = {"measure": "cohen_d", "value": rounded(cohen_d(apart[first], apart[second]))}
        differences = numbers_apart(rows, two) | names_apart(rows, two)
        pairs.append({
            "arms": [spec.arms[a], spec.arms[b]], "neighbours": b == a + 1,
            "effect": effect,
            "differences": {name: rounded(differences[name]) for name in (*NUMBERS, *NAMES)},
            "shared_rows": len(np.intersect1d(found.arms[a], found.arms[b])),
        })  # fmt: skip
    return pairs


def _hold_to_effect(pairs: Sequence[Mapping[str, Any]], spec: Spec) -> None:
    for pair in pairs:
        value, (first, second) = pair["effect"]["value"], pair["arms"]
        if spec.kind == SHARES and not value:
            raise MulcoError(
                f"{spec.factor}: {first} and {second} have the same rows, since a share of so few is no whole row. "
                "Ask for larger arms, or for other shares with --shares"
            )
        if spec.kind != SHARES and pair["neighbours"] and value is not None and value < spec.least:
            raise MulcoError(
                f"{spec.factor}: {first} and {second} differ by d = {value:.2f}, and {spec.least:g} is asked for. "
                f"Ask for less with --effect, or let the arms agree in less with --agree"
            )


def _facts(
    spec: Spec, found: Found, rows: Rows, pairs: list[dict[str, Any]], held: HeldOut, written: Mapping[str, Any]
) -> dict[str, Any]:
    """What `arms.json` says, in its order."""
    largest = {name: rounded(value) for name, value in found.numbers.items()}
    tolerance = {"numbers": spec.tolerance, "points": 0.0}  # strata hold names exactly
    matching = {"candidates": len(rows.tokens), "strata": found.strata, "bins": found.bins, "draw": found.draw}
    return {
        "kind": "arms", "version": VERSION, "factor": spec.factor, "seed": spec.seed, "spec": spec.facts,
        "arms": written["arms"], "pairs": pairs, "tolerance": tolerance,
        "largest": largest, "matching": matching, "excluded": held.excluded,
        **{name: written[name] for name in ("evaluation", "datasets", "analysis")},
    }  # fmt: skip


def _place(folder: Path) -> Path:
    """Where the arms go; refuses a folder with anything in it that mulco select did not write."""
    place = place_of(folder)
    ours = (place / SET).is_file()
    if place.is_dir() and not ours and any(place.iterdir()):
        raise OutputError(f"{folder} holds what mulco select did not write. Name another folder with --out")
    previous, partial = place.with_name(place.name + ".previous"), place.with_name(place.name + ".partial")
    left = [entry.name for entry in partial.iterdir() if entry.name not in ("new", "old")] if partial.is_dir() else []
    strange = [
        *([previous] if previous.exists() and not (previous / SET).is_file() else []),
        *([partial] if left or (partial.exists() and not partial.is_dir()) else []),
        *([dropped_folder(place)] if dropped_folder(place).exists() else []),
    ]
    if strange:
        raise OutputError(f"{strange[0]} belongs to a build of {folder.name}. Name another folder with --out")
    return place
