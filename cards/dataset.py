"""The dataset card: README.md of a built folder, rendered from its manifest alone.

    write_card(Path("out/mulco"), Manifest.load(Path("out/mulco")))

`configs:` carries a digest of each config's Parquet, so that the cache of `datasets` notices a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from mulco.catalog import JOINED
from mulco.identity import digest
from mulco.manifest import Manifest
from mulco.row import COLUMNS
from mulco.source import SPLITS

STARTER = "starter"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write_card(folder: Path, manifest: Manifest, prefix: str = "") -> None:
    """Write README.md into a built folder; `prefix` leads from the card to the rows, such as `starter/`."""
    (folder / "README.md").write_text(render_card(manifest, prefix), "utf-8")


def render_card(manifest: Manifest, prefix: str = "") -> str:
    """The text of the card."""
    header = yaml.safe_dump(_header(manifest, prefix), allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{header}---\n\n{_text(manifest)}"


def _header(manifest: Manifest, prefix: str) -> dict[str, Any]:
    licenses = sorted({_license_id(name) for name in manifest.total("licenses")})
    groups = {name: [name] for name in manifest.configs} | {
        joined: members
        for joined, languages in JOINED.items()
        if (members := [n for n, facts in manifest.configs.items() if facts["language"] in languages])
    }
    return {
        "pretty_name": "mulco",
        "language": sorted({facts["language"] for facts in manifest.configs.values()}),
        "license": licenses[0] if len(licenses) == 1 else "other",
        **({} if len(licenses) == 1 else {"license_name": "mixed", "license_link": "#licences"}),
        "task_categories": ["text-generation"],
        "tags": ["code", "instruction-tuning"],
        "size_categories": [_size(manifest.rows())],
        "configs": [_config(manifest, name, members, prefix) for name, members in groups.items()],
        "dataset_info": [_info(manifest, name, members) for name, members in groups.items()],
    }


def _config(manifest: Manifest, name: str, members: list[str], prefix: str) -> dict[str, Any]:
    splits = [split for split in SPLITS if any(split in manifest.configs[m]["splits"] for m in members)]
    files = [
        (f["path"], f["sha256"]) for m in members for s in manifest.configs[m]["splits"].values() for f in s["files"]
    ]
    return {
        "config_name": name,
        "description": f"content sha256:{digest(files)}",
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


def _text(manifest: Manifest) -> str:
    names = {entry["source"] for entry in manifest.counts if entry["rows"]}
    lines = [
        "# mulco", "",
        f"Instruction rows for code models in English and Chinese: {manifest.rows():,} rows in "
        f"{len(manifest.configs)} configs, built with mulco {manifest.version}.", "",
    ]  # fmt: skip
    if names == {STARTER}:
        lines += ["**This is the starter corpus only**: a small sample written for the project. A model trained on it "
                  "has seen a few dozen functions, not the real data.", ""]  # fmt: skip
    lines += ["## Rows", ""]
    lines += _table(
        ["config", *SPLITS],
        ([f"`{name}`", *(f"{manifest.rows(name, split):,}" for split in SPLITS)] for name in manifest.configs),
    )
    lines += ["", "## Sources", ""]
    lines += _table(
        ["source", "rows", "licence of the source", "revision"],
        (
            [f"[{facts['title']}]({facts['homepage']})" if facts["homepage"] else facts["title"],
             f"{manifest.rows(source=name):,}", facts["license"], facts["revision"]]
            for name, facts in manifest.sources.items() if name in names
        ),
    )  # fmt: skip
    lines += ["", "## Licences", "", "Each row carries its own licence in the column `license`.", ""]
    licenses = sorted(manifest.total("licenses").items(), key=lambda pair: (-pair[1], pair[0]))
    lines += _table(["licence", "rows"], ([name, f"{count:,}"] for name, count in licenses))
    if written := [group for file in manifest.synthesis for group in file["written"]]:
        lines += ["", "## Text written by a model", "", "Each row names the parts in its column `provenance`.", ""]
        head = ["kind", "task", "source", "model", "endpoint", "dates", "prompt", "texts"]
        lines += _table(head, (_written(group) for group in written))
    lines += ["", "Not measured yet: quality, duplicates, contamination by benchmarks."]
    return "\n".join(lines) + "\n"


def _written(group: dict[str, Any]) -> list[str]:
    kind = group["kind"]
    if group["from_language"] != group["language"]:
        kind += f" {group['from_language']} to {group['language']}"
    dates = " to ".join(dict.fromkeys((group["first_date"], group["last_date"])))
    facts = [kind, group["task"], group["source"], group["model"], group["endpoint"], dates, f"`{group['prompt']}`"]
    return [*facts, f"{group['texts']:,}"]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    right = ["---" if i == 0 else "---:" if name in (*SPLITS, "rows") else "---" for i, name in enumerate(head)]
    return ["| " + " | ".join(cells) + " |" for cells in (head, right, *rows)]


def _license_id(spdx: str) -> str:
    """The Hub's identifier of a licence it knows by SPDX id; `other` for expressions and LicenseRefs."""
    known = {"Apache-2.0": "apache-2.0", "MIT": "mit", "CC-BY-4.0": "cc-by-4.0", "CC-BY-SA-3.0": "cc-by-sa-3.0",
             "CC-BY-SA-4.0": "cc-by-sa-4.0", "C-UDA-1.0": "c-uda"}  # fmt: skip
    return known.get(spdx, "other")


def _size(rows: int) -> str:
    return next((name for bound, name in SIZES if rows < bound), "n>1M")
