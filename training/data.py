"""The rows of a recipe: through `load_dataset` alone, mixed by explicit units, each config with its fingerprint.

    data = load(recipe, tokenizer)
    data.train              # Documents: every row of every config, encoded
    data.evaluation         # Documents of the held-out split, or None
    data.parts[0].facts     # what the run record says of a config: fingerprint, rows, tokens, licences, dropped

Which rows of a config are taken follows from a stable hash of their ids, so a larger share contains a smaller one.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mulco.arms.manifest import KIND, ArmManifest
from mulco.errors import MulcoError, UsageError, unknown
from mulco.licenses import UNKNOWN, permits
from mulco.recipe import Cell
from mulco.training.config import Part, Recipe
from mulco.training.encode import Documents, encode, joined

NEEDED = ("instruction", "output")
WANTED = (*NEEDED, "input", "language", "id", "license", "source")
STARTER = "starter"


@dataclass(frozen=True)
class PartRows:
    """One config as it goes into training, and what is said of it."""

    part: Part
    documents: Documents
    facts: dict[str, Any]


@dataclass(frozen=True)
class TrainingData:
    """All rows of a run. `notes` are sentences a user should read before training."""

    parts: tuple[PartRows, ...]
    train: Documents
    evaluation: Documents | None
    notes: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """sha256 over the fingerprints of the configs, in order."""
        return hashlib.sha256("".join(part.facts["fingerprint"] for part in self.parts).encode()).hexdigest()


@dataclass
class _Notes:
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


def load(recipe: Recipe, tokenizer: Any) -> TrainingData:
    """Load, choose and encode the rows a recipe names; raises MulcoError where there is nothing to learn from."""
    notes = _Notes()
    parts = [_part(part, recipe, tokenizer, notes) for part in recipe.data.configs or (Part(),)]
    train = joined([part.documents for part in parts])
    if not len(train):
        reasons = Counter[str]()
        for part in parts:
            reasons.update(part.facts["dropped"])
        why = ", ".join(f"{count:,} {reason}" for reason, count in reasons.items()) or "the splits are empty"
        raise MulcoError(f"no row is left to learn from: {why}. Raise data.max_tokens, or choose other configs")
    sources = Counter[str]()
    for part in parts:
        sources.update(part.facts["sources"])
    if set(sources) == {STARTER}:
        notes.add(
            f"All {len(train):,} rows are from the starter corpus, the project's own small sample: enough to try the "
            "path, not to teach a model. Set MULCO_UPSTREAM or MULCO_DATA for the real data"
        )
    return TrainingData(tuple(parts), train, _evaluation(recipe, tokenizer, notes), tuple(notes.lines))


def texts(recipe: Recipe) -> Iterator[dict[str, str]]:
    """The rows themselves, for a tokenizer that is made of them."""
    for part in recipe.data.configs or (Part(),):
        table = _table(part, recipe, part.split or recipe.data.split)
        indices = _chosen(part, _ids(table, part), [0] * len(table)) if part.tokens is None else range(len(table))
        yield from _rows(table.select(list(indices)))


def _part(part: Part, recipe: Recipe, tokenizer: Any, notes: _Notes) -> PartRows:
    """One config: chosen, encoded, counted."""
    split = part.split or recipe.data.split
    table = _table(part, recipe, split)
    ids = _ids(table, part)
    if part.tokens is None:
        table = table.select(_chosen(part, ids, [0] * len(table)))
    documents, counts = _encode(table, recipe, tokenizer)
    kept = counts.pop("kept")
    if part.tokens is not None:
        taken = _chosen(part, [ids[index] for index in kept], documents.lengths.tolist())
        documents, kept = documents.select(taken), [kept[index] for index in taken]
        counts["rows"] = len(kept)
    table = table.select(kept)
    name = _name(part, recipe)
    for unit, got in (("rows", len(kept)), ("tokens", documents.tokens)):
        wanted = part.mix.get(unit)
        if wanted is not None and got < (wanted if unit == "rows" else 0.95 * wanted):
            notes.add(f"{name}: {wanted:,.0f} {unit} wanted, {got:,} found")
    for what, words in (
        ("truncated", "lost their end at data.max_tokens"),
        ("prompt_not_prefix", "have a prompt that is no prefix of prompt and answer together; it is kept as asked"),
    ):
        if counts[what]:
            notes.add(f"{name}: {counts[what]:,} rows {words}")
    if counts["dropped"]:
        said = ", ".join(f"{count:,} {reason}" for reason, count in counts["dropped"].items())
        notes.add(f"{name}: rows left out: {said}")
    path, columns = part.path or recipe.data.path, table.column_names
    facts = {
        "path": path, "config": part.config or None, "split": split,
        "revision": part.revision or recipe.data.revision or _revision(table),
        "fingerprint": fingerprint(table), "identity": _identity(path, part.config), "mix": part.mix,
        "tokens": documents.tokens, "answer_tokens": documents.answer_tokens, **counts,
        "licenses": _count(table, columns, "license", UNKNOWN), "sources": _count(table, columns, "source", path),
        "languages": _count(table, columns, "language", "en"),
    }  # fmt: skip
    return PartRows(part, documents, facts)


def _evaluation(recipe: Recipe, tokenizer: Any, notes: _Notes) -> Documents | None:
    """The held-out rows: the same number of each config, chosen by hash."""
    if not recipe.data.eval_rows or recipe.data.eval_split is None:
        return None
    documents = []
    for part in recipe.data.configs or (Part(),):
        try:
            table = held_out(recipe, part)
        except MulcoError as err:
            notes.add(f"no held-out loss for {_name(part, recipe)}: {err}")
            continue
        documents.append(_encode(table, recipe, tokenizer)[0])
    found = joined(documents) if documents else None
    return found if found is not None and len(found) else None


def held_out(recipe: Recipe, part: Part | None = None) -> Any:
    """The rows of a config, or of the whole of data.path, that the held-out loss is taken on, as a table."""
    part = part or Part()
    table = _table(part, recipe, str(recipe.data.eval_split))
    share = Part(part.config, rows=max(1, recipe.data.eval_rows // max(1, len(recipe.data.configs))))
    return table.select(_chosen(share, _ids(table, part), [0] * len(table)))


def held_out_documents(recipe: Recipe, tokenizer: Any) -> tuple[Any, Documents, dict[str, Any]]:
    """(rows, the same as tokens, counts as of `encode`) of what is held out of data.path, for a loss of each row."""
    table = held_out(recipe)
    documents, counts = _encode(table, recipe, tokenizer)
    return table.select(counts["kept"]), documents, counts


def _table(part: Part, recipe: Recipe, split: str) -> Any:
    """The rows of one split, only with the columns that are used."""
    import datasets

    import mulco

    path = part.path or recipe.data.path
    name = _name(part, recipe)
    kwargs: dict[str, Any] = {"revision": part.revision or recipe.data.revision}
    if path == "mulco":
        kwargs = {"licenses": recipe.data.licenses} if recipe.data.licenses else {}
    try:
        table = mulco.load_dataset(path, part.config or None, split=split, **kwargs)
    except MulcoError:
        raise
    except (ValueError, OSError, datasets.exceptions.DatasetsError) as err:
        said = " ".join(str(err).split())
        raise MulcoError(f"load_dataset({path!r}, {part.config!r}, split={split!r}) gives no rows: {said}") from err
    _check_columns(table, name)
    if path != "mulco" and recipe.data.licenses and "license" in table.column_names:
        allowed = {name for name in set(table["license"]) if permits(name, recipe.data.licenses)}
        table = table.select([i for i, name in enumerate(table["license"]) if name in allowed])
    return table.select_columns([column for column in WANTED if column in table.column_names])


def _check_columns(table: Any, name: str) -> None:
    for column in NEEDED:
        if column not in table.column_names:
            found = f"It has: {', '.join(table.column_names)}. Training needs {' and '.join(NEEDED)}; input, language, "
            raise UsageError(f"{name}: {unknown('column', column, table.column_names, found + 'id are optional')}")
    for column in table.column_names:
        if column in (*NEEDED, "input") and table.features[column].dtype not in ("string", "large_string"):
            raise UsageError(f"{name}: the column {column!r} holds {table.features[column]}, and training needs text")


def _encode(table: Any, recipe: Recipe, tokenizer: Any) -> tuple[Documents, dict[str, Any]]:
    data, rows = recipe.data, _rows(table)
    documents, counts = encode(
        rows, tokenizer, style=data.prompt, max_tokens=data.max_tokens, overlong=data.overlong
    )  # fmt: skip
    return documents, counts


def _rows(table: Any) -> Iterator[dict[str, str]]:
    for batch in table.iter(batch_size=1000):
        yield from (dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True))


def _ids(table: Any, part: Part) -> list[str]:
    """The ids rows are chosen by: their own, else their places."""
    if "id" in table.column_names:
        return list(table["id"])
    return [f"{part.config}/{index}" for index in range(len(table))]


def _chosen(part: Part, ids: list[str], tokens: Sequence[int]) -> list[int]:
    """The places of the rows this part takes, in order."""
    if not part.mix:
        return list(range(len(ids)))
    cell = Cell(part.config, rows=part.rows, fraction=part.fraction, tokens=part.tokens)
    wanted = cell.choose(ids, list(tokens))
    return [index for index, id_ in enumerate(ids) if id_ in wanted]


def fingerprint(table: Any) -> str:
    """sha256 over id, instruction, input and output of every row, in order."""
    hasher = hashlib.sha256()
    for row in _rows(table):
        fields = [row.get(name) or "" for name in ("id", "instruction", "input", "output")]
        hasher.update(json.dumps(fields, ensure_ascii=False).encode("utf-8"))
    return hasher.hexdigest()


def _identity(path: str, config: str) -> str | None:
    """The identity of a config that mulco built, or of an arm, where there is one: see `mulco.identity`."""
    if path == "mulco":
        from mulco.identity import digest
        from mulco.resolve import rows_of

        identities = [rows.identity for rows in rows_of(config)]
        return identities[0] if len(identities) == 1 else digest(identities)
    try:
        manifest: Mapping[str, Any] = json.loads((Path(path) / "manifest.json").read_text("utf-8"))
        if manifest.get("kind") == KIND:
            return ArmManifest.load(Path(path)).identity
        return str(manifest["configs"][config]["identity"])
    except (OSError, ValueError, KeyError, TypeError, MulcoError):
        return None


def _revision(table: Any) -> str | None:
    """The commit a data set on the Hub was read at: it stands in the addresses of its files."""
    for address in table.info.download_checksums or {}:
        if address.startswith("hf://datasets/") and "@" in address:
            return str(address.partition("@")[2].partition("/")[0])
    return None


def _count(table: Any, columns: Sequence[str], column: str, otherwise: str) -> dict[str, int]:
    if column not in columns:
        return {otherwise: len(table)}
    return dict(sorted(Counter(value or otherwise for value in table[column]).items()))


def _name(part: Part, recipe: Recipe) -> str:
    path = part.path or recipe.data.path
    return part.config if path == "mulco" else f"{path}/{part.config}" if part.config else path
