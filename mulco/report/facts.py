"""What a report tells of a built folder: tables of numbers, and a few of the rows that steps dropped.

    facts = read_facts(Path("out/mulco"))
    facts.tables["rows"]                  # a pandas DataFrame: task, language, source, read, dropped, rows, ...

Counts come from the manifest. What it does not count is read from the rows, one batch and a few columns at a time:
lengths, difficulty, paradigm, and the programming languages of the rows that were dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from mulco.languages import DISPLAY
from mulco.licenses import UNKNOWN, terms
from mulco.manifest import Manifest, dropped_folder, read_batches
from mulco.report.drawing import needed

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("instruction", "input", "output")
MIXES = ("difficulty", "paradigm")
NOT_MEASURED = "not measured"  # a null in the rows, a dash in a table
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
COMPARING = ("exact_duplicates", "near_duplicates", "leaks", "contamination")  # what repeats something else
RECIPE = "recipe"  # rows left out by choice: counted, and not kept beside the build
UNSHOWN = ("secrets",)  # steps whose rows are named, never shown: their text is what must not be passed on
EXAMPLES = 2  # shown of each step and reason
LONGEST = 280  # characters of a text that is shown

Tick = Callable[[int, int], None]  # files read, files there are


@dataclass(frozen=True)
class Example:
    """One dropped row; `texts` are its shortened parts, none where the step must not be quoted."""

    step: str
    reason: str
    id: str
    programming_language: str
    texts: dict[str, str]


@dataclass(frozen=True)
class Facts:
    """`tables` by name, each a DataFrame that is also written as CSV; `missing` is the number of dropped rows that
    the manifest counts and no file beside the build holds."""

    name: str
    manifest: Manifest
    tables: dict[str, pd.DataFrame]
    examples: list[Example]
    missing: int

    @property
    def dropped(self) -> int:
        """Rows that steps dropped, without those that a recipe left out."""
        return sum(reasons.total() for step, reasons in self.manifest.dropped().items() if step != RECIPE)


def read_facts(folder: Path, tick: Tick = lambda done, of: None) -> Facts:
    """Read a built folder and what lies beside it; raises MulcoError where it is damaged or pandas is missing."""
    needed("pandas")
    import pandas as pd

    manifest = Manifest.load(folder)
    kept = [
        folder / file["path"]
        for config in manifest.configs.values()
        for split in config["splits"].values()
        for file in split["files"]
    ]
    beside = dropped_folder(folder.resolve())
    named = {entry["config"] for entry in manifest.counts}
    gone = [file for config in sorted(named) for file in sorted((beside / config).glob("*.parquet"))]
    mixes, lengths = _kept(_ticked(kept, 0, len(kept) + len(gone), tick))
    languages, examples = _dropped(_ticked(gone, len(kept), len(kept) + len(gone), tick))
    counted = sum(n.total() for step, n in manifest.dropped().items() if step != RECIPE)
    missing = counted - languages.total()
    tables = {
        "rows": pd.DataFrame(_rows(manifest)),
        "programming_languages": pd.DataFrame(_languages(manifest, languages, missing == 0)),
        "dropped": pd.DataFrame(_reasons(manifest), columns=["step", "reason", "rows"]),
        "repeats": pd.DataFrame(_repeats(manifest)),
        "lengths": pd.DataFrame(_lengths(lengths)),
        **{mix: pd.DataFrame(_mix(mixes[mix], mix)) for mix in MIXES},
        "licenses": pd.DataFrame(_licenses(manifest)),
    }
    order = {key: place for place, key in enumerate((row["step"], row["reason"]) for row in _reasons(manifest))}
    examples.sort(key=lambda one: (order.get((one.step, one.reason.split(":")[0]), len(order)), one.id))
    return Facts(folder.resolve().name, manifest, tables, examples, missing)


def _ticked(files: Sequence[Path], before: int, of: int, tick: Tick) -> Iterator[Path]:
    for number, file in enumerate(files, 1):
        yield file
        tick(before + number, of)


def _kept(files: Iterable[Path]) -> tuple[dict[str, Counter[Any]], Counter[Any]]:
    """Rows by (task, language, programming language, value) of each mix, and by (task, language, part, characters)."""
    mixes: dict[str, Counter[Any]] = {mix: Counter() for mix in MIXES}
    lengths: Counter[Any] = Counter()
    for file in files:
        for batch in read_batches(file, ["task", "language", "programming_language", *MIXES, *PARTS], 4_096):
            table = pa.Table.from_batches([batch])
            for mix in MIXES:
                mixes[mix].update(_counted(table.select(["task", "language", "programming_language", mix])))
            for part in PARTS:
                measured = pc.utf8_length(table.column(part))
                for (task, language, length), n in _counted(
                    table.select(["task", "language"]).append_column("length", measured)
                ).items():
                    lengths[task, language, part, length] += n
    return mixes, lengths


def _counted(table: pa.Table) -> Counter[Any]:
    """How often each combination of values stands in a table."""
    groups = table.group_by(table.column_names).aggregate([([], "count_all")]).to_pydict()
    number = groups.pop("count_all")
    return Counter(dict(zip(zip(*(groups[name] for name in table.column_names), strict=True), number, strict=True)))


def _dropped(files: Iterable[Path]) -> tuple[Counter[str], list[Example]]:
    """Dropped rows by programming language, and the first of each step and reason in the order of the files."""
    languages: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    examples: list[Example] = []
    for file in files:
        for batch in read_batches(file, ["id", "programming_language", "step", "reason", *PARTS], 1_024):
            languages.update(batch.column("programming_language").to_pylist())
            places = zip(batch.column("step").to_pylist(), batch.column("reason").to_pylist(), strict=True)
            for place, (step, reason) in enumerate(places):
                key = step, reason.split(":")[0]
                reasons[key] += 1
                if reasons[key] <= EXAMPLES:
                    row = {name: batch.column(name)[place].as_py() for name in ("id", "programming_language", *PARTS)}
                    shown = () if step in UNSHOWN else PARTS
                    texts = {part: _short(row[part]) for part in shown if row[part]}
                    examples.append(Example(step, reason, row["id"], row["programming_language"], texts))
    return languages, examples


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + " …"


def _rows(manifest: Manifest) -> list[dict[str, Any]]:
    """One entry per task, language and source: items read, unusable, malformed, dropped, left out, rows."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for entry in manifest.counts:
        config = manifest.configs[entry["config"]]
        sums = found.setdefault((config["task"], config["language"], entry["source"]), Counter())
        gone = {step: sum(reasons.values()) for step, reasons in entry["dropped"].items()}
        sums["read"] += entry["read"]
        sums["unusable"] += sum(entry["unusable"].values())
        sums["malformed"] += entry["malformed"]
        sums["left_out"] += gone.pop(RECIPE, 0)
        sums["dropped"] += sum(gone.values())
        sums["rows"] += entry["rows"]
    columns = ("read", "unusable", "malformed", "dropped", "left_out", "rows")
    return [
        {"task": task, "language": language, "source": source, **{name: sums[name] for name in columns}}
        for (task, language, source), sums in found.items()
    ]


def _languages(manifest: Manifest, dropped: Counter[str], whole: bool) -> list[dict[str, Any]]:
    """Rows by programming language after filtering, and before it: None where dropped rows are not at hand."""
    kept = manifest.total("programming_languages")
    names = sorted({*kept, *dropped}, key=lambda name: (-kept[name] - dropped[name], name))
    return [
        {
            "programming_language": DISPLAY.get(name, name),
            "before": kept[name] + dropped[name] if whole else None,
            "dropped": dropped[name] if whole else None,
            "after": kept[name],
        }
        for name in names
    ]


def _reasons(manifest: Manifest) -> list[dict[str, Any]]:
    """Rows dropped by step and reason, in the order of the steps, the commonest reason first."""
    found = manifest.dropped()
    order = [step["name"] for step in manifest.steps]
    steps = sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [
        {"step": step, "reason": reason, "rows": n}
        for step in steps
        for reason, n in sorted(found[step].items(), key=lambda item: (-item[1], item[0]))
    ]


def _repeats(manifest: Manifest) -> list[dict[str, Any]]:
    """What each comparing step found, and in how many configs it ran; None where it ran in none."""
    dropped, flagged = manifest.dropped(), Counter[str]()
    for flag, n in manifest.total("flagged").items():
        flagged[flag.split(":")[0]] += n
    entries = []
    for step in COMPARING:
        ran = sum(
            any(one["name"] == step for one in config.get("steps", manifest.steps))
            for config in manifest.configs.values()
        )
        entries.append({
            "step": step,
            "configs": ran,
            "dropped": dropped.get(step, Counter()).total() if ran else None,
            "flagged": flagged[step] if ran else None,
        })  # fmt: skip
    return entries


def _lengths(counts: Counter[Any]) -> list[dict[str, Any]]:
    """Quantiles of the characters of each part, by task and language; each is a length that some row has."""
    found: dict[tuple[str, str, str], Counter[int]] = {}
    for (task, language, part, length), n in counts.items():
        found.setdefault((task, language, part), Counter())[length] += n
    entries = []
    for (task, language, part), of in found.items():
        entry = {"task": task, "language": language, "part": part, "rows": of.total()}
        entries.append({**entry, **{f"p{round(q * 100)}": _quantile(of, q) for q in QUANTILES}, "most": max(of)})
    return entries


def _quantile(of: Counter[int], q: float) -> int:
    """The smallest length that at least the share `q` of the rows does not exceed."""
    wanted, seen = q * of.total(), 0
    for length in sorted(of):
        seen += of[length]
        if seen >= wanted:
            return length
    return max(of)


def _mix(counts: Counter[Any], mix: str) -> list[dict[str, Any]]:
    """Rows by task, programming language and value; null is not measured."""
    found: Counter[tuple[str, str, str]] = Counter()
    for (task, _, name, value), n in counts.items():
        found[task, DISPLAY.get(name, name), value or NOT_MEASURED] += n
    return [
        {"task": task, "programming_language": name, mix: value, "rows": n}
        for (task, name, value), n in sorted(found.items())
    ]


def _licenses(manifest: Manifest) -> list[dict[str, Any]]:
    """Rows by licence, and what it permits as far as mulco knows; None where it is unknown."""
    entries = []
    for name, rows in sorted(manifest.total("licenses").items(), key=lambda item: (-item[1], item[0])):
        found = None if UNKNOWN in name.split(" AND ") else terms(name)
        entries.append({
            "license": name,
            "rows": rows,
            "commercial": found.commercial if found else None,
            "share_alike": found.share_alike if found else None,
            "redistribution": found.redistribution if found else None,
        })  # fmt: skip
    return entries
