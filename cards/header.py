"""The YAML header of a dataset card: what the Hub and `datasets` read.

    header(manifest)["configs"][0]      # {"config_name": "code_summarization_en", "version": ..., "data_files": [...]}

`configs:` carries a digest of each config's Parquet, so that the cache of `datasets` notices a change.
"""

from __future__ import annotations

from typing import Any

import yaml

from mulco.cards.licenses import hub_license
from mulco.catalog import JOINED
from mulco.identity import digest
from mulco.manifest import Manifest
from mulco.row import COLUMNS
from mulco.source import SPLITS

STARTER = "starter"
# Bounds and names as the Hub has them: hub-docs, datasetcard.md, `size_categories`.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
         (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip
# The Hub's categories that a task is looked for under, besides text-generation.
CATEGORIES = {
    "code_summarization": "summarization", "code_search": "text-retrieval", "clone_detection": "text-classification",
    "defect_detection": "text-classification", "cloze_test": "fill-mask", "code_translation": "translation",
    "code_qa": "question-answering",
}  # fmt: skip
CREATORS = {"person": "expert-generated", "model": "machine-generated", "upstream": "found"}


def front_matter(facts: dict[str, Any]) -> str:
    """A header as it opens a card; the innermost lists and mappings take one line each."""
    text = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None)
    return f"---\n{text}---\n\n"


def header(manifest: Manifest, prefix: str = "") -> dict[str, Any]:
    """The header of a built folder; `prefix` leads from the card to the rows, such as `starter/`."""
    groups = {name: [name] for name in manifest.configs} | {
        joined: members
        for joined, languages in JOINED.items()
        if (members := [n for n, facts in manifest.configs.items() if facts["language"] in languages])
    }
    languages = sorted({facts["language"] for facts in manifest.configs.values()})
    tasks = {facts["task"] for facts in manifest.configs.values()}
    used = used_sources(manifest)
    creators = {CREATORS[who] for facts in used.values() for who in facts.get("written_by", {}).values()}
    return {
        "pretty_name": "mulco",
        "language": languages,
        **hub_license(manifest.total("licenses")),
        "multilinguality": ["multilingual" if len(languages) > 1 else "monolingual"],
        "size_categories": [next((name for bound, name in SIZES if manifest.rows() < bound), "100M<n<1B")],
        "task_categories": ["text-generation", *sorted({CATEGORIES[task] for task in tasks if task in CATEGORIES})],
        "annotations_creators": sorted(creators),
        "source_datasets": ["original" if name == STARTER else f"extended|{name}" for name in used],
        "tags": ["code", "instruction-tuning", "mulco"],
        "configs": [_config(manifest, name, members, prefix) for name, members in groups.items()],
        "dataset_info": [_info(manifest, name, members) for name, members in groups.items()],
    }


def used_sources(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The sources that rows come from, with their facts."""
    names = {entry["source"] for entry in manifest.counts if entry["rows"]}
    return {name: facts for name, facts in manifest.sources.items() if name in names}


def content(manifest: Manifest, members: list[str]) -> str:
    """The digest of what the Parquet files of some configs hold."""
    splits = [split for member in members for split in manifest.configs[member]["splits"].values()]
    return digest([(file["path"], file["sha256"]) for split in splits for file in split["files"]])


def _config(manifest: Manifest, name: str, members: list[str], prefix: str) -> dict[str, Any]:
    splits = [split for split in SPLITS if any(split in manifest.configs[m]["splits"] for m in members)]
    return {
        "config_name": name,
        "version": manifest.dataset_version,
        "description": f"content sha256:{content(manifest, members)}",
        "data_files": [
            {"split": s, "path": [f"{prefix}{m}/{s}-*" for m in members if s in manifest.configs[m]["splits"]]}
            for s in splits
        ],
    }


def _info(manifest: Manifest, name: str, members: list[str]) -> dict[str, Any]:
    splits = []
    for split in SPLITS:
        facts = [s[split] for m in members if split in (s := manifest.configs[m]["splits"])]
        if facts:
            rows, size = sum(f["rows"] for f in facts), sum(f["bytes"] for f in facts)
            splits.append({"name": split, "num_bytes": size, "num_examples": rows})
    download = sum(f["bytes"] for m in members for s in manifest.configs[m]["splits"].values() for f in s["files"])
    return {
        "config_name": name,
        "features": [{"name": column, "dtype": "string"} for column in COLUMNS],
        "splits": splits,
        "download_size": download,
        "dataset_size": sum(split["num_bytes"] for split in splits),
    }
