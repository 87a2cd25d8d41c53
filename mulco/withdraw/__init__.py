"""Take rows out of a finished data set, and keep them out of what is built there later.

    withdraw(Path("out/mulco"), Rule(repositories=("owner/name",), reason="asked by the owner"), finish=write_card)

A row goes if its item is named by upstream's identity, by the repository it comes from, or if a pattern is found in
its text. So do rows of other items that quote, line by line, a text of what was named (a snippet among the four of a
code search). The configs concerned are written anew, and so is `<out>.dropped`; `<out>.previous` goes away. What was
asked is kept in `withdrawn.json`: `mulco build` into the same folder reads it and leaves the rows out again. It holds
digests of the quoted texts, not the texts.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from mulco.build import Finish
from mulco.catalog import catalog
from mulco.errors import MulcoError, OutputError, UsageError, unknown
from mulco.manifest import Manifest
from mulco.place import CARDS, carry_over, earlier_manifest, place_of, recover, take_place
from mulco.rewrite import Gone, leave_out, tables
from mulco.withdraw.rules import RULES, Rule, Verdicts, judge, load_rules, quotes_of, rules_text

__all__ = ["Rule", "Withdrawn", "keep_withdrawn", "withdraw"]

CHANGES = "CHANGELOG.md"


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did, or would do."""

    folder: Path
    version: str
    gone: Gone
    models: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(count.total() for splits in self.gone.values() for count in splits.values())


def withdraw(
    out: Path, rule: Rule, finish: Finish | None = None, models: Iterable[Path] = (), dry_run: bool = False
) -> Withdrawn:
    """Take the rows out of a built folder; `finish` writes its card anew. Raises MulcoError where no row is named."""
    manifest = Manifest.load(out)
    if rule.source is not None and rule.source not in manifest.sources:
        raise UsageError(unknown("source", rule.source, manifest.sources, "Sources of the folder: mulco sources"))
    place = place_of(out)
    work = place.with_name(f"{place.name}.partial")
    try:
        return _withdraw(out, place, work, manifest, rule, finish, models, dry_run)
    except OutputError:
        raise
    except OSError as err:
        remedy = "Free some space; the folder is as it was"
        raise OutputError(f"cannot write {err.filename or out}: {err.strerror or err}. {remedy}") from err


def _withdraw(
    out: Path, place: Path, work: Path, manifest: Manifest, rule: Rule, finish: Finish | None, models: Iterable[Path],
    dry_run: bool,
) -> Withdrawn:  # fmt: skip
    with FileLock(work.with_name(f".{place.name}.lock")):
        work.mkdir(parents=True, exist_ok=True)
        recover(work, place)
        rule = replace(rule, quotes=tuple(sorted(set(quotes_of(tables(place, manifest), rule)))))
        rules = [*load_rules(place), rule]
        verdicts = judge([rule])
        concerned = _concerned(place, manifest, verdicts)
        if not concerned:
            _tidy(work)
            raise MulcoError(f"{out}: no row matches. See what a row holds: mulco show CONFIG --data {out} --json")
        named = tuple(_models(models, place, manifest, concerned))
        new = work / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        gone = leave_out(place, new, manifest, None, verdicts, concerned)
        manifest.dataset_version = next_version(manifest.dataset_version)
        if dry_run:
            shutil.rmtree(new)
            _tidy(work)
            return Withdrawn(out, manifest.dataset_version, gone, named)
        manifest.withdrawn = [*manifest.withdrawn, _entry(rule, manifest.dataset_version, gone)]
        _dropped(place, work / "dropped", verdicts, manifest)
        (new / RULES).write_text(rules_text(rules), "utf-8")
        (new / CHANGES).write_text(changes_text(manifest), "utf-8")
        carry_over(place, new, {*concerned, *(CARDS if finish is not None else ())})
        if finish is not None:
            finish(new, manifest)  # sees the whole folder, for a card may show rows of every config
        manifest.write(new)
        take_place(work, place, keep_previous=False)
    return Withdrawn(out, manifest.dataset_version, gone, named)


def keep_withdrawn(out: Path, finish: Finish, note: Callable[[str], None]) -> Finish:
    """A `finish` for a build into `out`: what was withdrawn there stays out of the configs built anew, and is told."""

    def finish_without(new: Path, manifest: Manifest) -> None:
        rules = load_rules(out)
        if rules:
            earlier = earlier_manifest(out)
            before = earlier.configs if earlier is not None else {}
            built = [n for n, facts in manifest.configs.items() if (new / n).is_dir() and facts != before.get(n)]
            kept = new / ".kept"
            gone = leave_out(new, kept, manifest, None, judge(rules), built)
            for name in built:
                shutil.rmtree(new / name)
                if (kept / name).exists():
                    (kept / name).rename(new / name)
            shutil.rmtree(kept, ignore_errors=True)
            rows = sum(count.total() for splits in gone.values() for count in splits.values())
            note(f"{rows:,} rows stay out, as {out / RULES} asks: they were withdrawn")
        elif manifest.withdrawn:
            note(f"{out} had rows withdrawn, but {RULES} is gone: the configs built now have them again")
        finish(new, manifest)

    return finish_without


def changes_text(manifest: Manifest) -> str:
    """CHANGELOG.md of the data set, from its manifest alone, the newest first."""
    lines = ["# Changes of this data set", ""]
    for entry in reversed(manifest.withdrawn):
        lines += [f"## {entry['dataset_version']} ({entry['date']})", "", summary(entry)]
        lines += ["", "| config | rows |", "| --- | ---: |"]
        lines += [
            f"| `{config}` | {sum(sum(why.values()) for why in splits.values()):,} |"
            for config, splits in entry["rows"].items()
        ]
        lines.append("")
    return "\n".join(lines)


def summary(entry: dict[str, Any]) -> str:
    """One entry of `Manifest.withdrawn` in a sentence or two."""
    named = [*entry["matched"]["source_id"], *entry["matched"]["repository"]]
    if entry["matched"]["patterns"]:
        named.append(f"{entry['matched']['patterns']} patterns in the text")
    of_source = f" of the source {entry['source']}" if entry["source"] else ""
    reason = f" Reason: {entry['reason'].rstrip('.')}." if entry["reason"] else ""
    return f"Withdrawn: {entry['total']:,} rows{of_source}{': ' if named else ''}{', '.join(named)}.{reason}"


def _tidy(work: Path) -> None:
    """Remove the work folder unless shards of a build wait there."""
    if not any(work.iterdir()):
        work.rmdir()


def _concerned(folder: Path, manifest: Manifest, verdicts: Verdicts) -> list[str]:
    """The configs that lose a row."""
    return [
        name
        for name in manifest.configs
        if any(pc.any(pc.is_valid(verdicts(table))).as_py() for table in tables(folder, manifest, [name]))
    ]


def _models(folders: Iterable[Path], out: Path, manifest: Manifest, concerned: list[str]) -> Iterator[str]:
    """Models below some folders that were trained on the configs concerned, as they were before."""
    identities = {manifest.configs[name]["identity"] for name in concerned}
    for folder in folders:
        for file in sorted(folder.rglob("run.json")):
            try:
                trained = json.loads(file.read_text("utf-8")).get("data", [])
            except (OSError, ValueError, AttributeError):
                continue
            for data in trained:
                try:
                    members = set(catalog().members(str(data.get("config"))))
                except UsageError:
                    members = set()
                here = Path(str(data.get("path"))).resolve() == out
                if data.get("identity") in identities or (here and members & set(concerned)):
                    yield f"{file.parent} ({data.get('config')})"
                    break


def _dropped(place: Path, target: Path, verdicts: Verdicts, manifest: Manifest) -> None:
    """Rows that steps dropped are kept beside the folder: without what is withdrawn, which is counted as that."""
    dropped = place.with_name(f"{place.name}.dropped")
    for file in sorted(dropped.rglob("*.parquet")):
        table = pq.read_table(file)
        verdict = verdicts(table)
        kept, gone = table.filter(pc.is_null(verdict)), table.append_column("verdict", verdict)
        for row in gone.filter(pc.is_valid(verdict)).to_pylist():
            _recount(manifest, file.parent.name, file.stem, row)
        if kept.num_rows:
            new = target / file.relative_to(dropped)
            new.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(kept, new, compression="zstd")


def _recount(manifest: Manifest, config: str, split: str, row: dict[str, Any]) -> None:
    """Count a row that a step had dropped as one that is withdrawn."""
    for entry in manifest.counts:
        if (entry["config"], entry["split"], entry["source"]) == (config, split, row["source"]):
            step, reason = row.get("step"), str(row.get("reason")).split(":")[0]
            reasons = entry["dropped"].get(step, {})
            if reasons.get(reason):
                reasons[reason] -= 1
                reasons = {name: count for name, count in reasons.items() if count}
                entry["dropped"] = {**entry["dropped"], step: reasons}
                if not reasons:
                    del entry["dropped"][step]
                withdrawn = entry.setdefault("withdrawn", {})
                withdrawn[row["verdict"]] = withdrawn.get(row["verdict"], 0) + 1


def next_version(version: str) -> str:
    """The version after rows went: the second number counts withdrawals."""
    major, minor, *_ = version.split(".")
    return f"{major}.{int(minor) + 1}.0"


def _entry(rule: Rule, version: str, gone: Gone) -> dict[str, Any]:
    """What the manifest says, and so what is published: patterns are counted, for they may hold what must go."""
    matched: dict[str, Any] = {"source_id": list(rule.source_ids), "repository": list(rule.repositories)}
    return {
        "dataset_version": version, "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "reason": rule.reason, "source": rule.source, "matched": {**matched, "patterns": len(rule.patterns)},
        "rows": {config: {split: dict(why) for split, why in splits.items()} for config, splits in gone.items()},
        "total": sum(count.total() for splits in gone.values() for count in splits.values()),
    }  # fmt: skip
