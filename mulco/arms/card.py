"""The card of an arm, written from its manifest alone.

text(manifest, {"train": "train-*", "validation": "validation-*"})
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from mulco.arms.manifest import ArmManifest
from mulco.licenses import TERMS, UNKNOWN

SPLITS = ("train", "validation", "test")


def text(manifest: ArmManifest) -> str:
    """README.md: a header that `datasets` reads, what the arm is, how it differs, its licences, its origin."""
    spec, files = manifest.spec, {file["split"]: file for file in manifest.files}
    header: dict[str, Any] = {
        "pretty_name": f"{manifest.name}: an arm of a study of {spec['factor']}",
        "language": sorted(manifest.shares["language"]),
        **_license(manifest.licenses),
        "task_categories": ["text-generation"],
        "tags": ["code", "instruction-tuning", "mulco"],
        "configs": [
            {
                "config_name": "default",
                "description": f"content sha256:{manifest.identity}",
                "data_files": [{"split": s, "path": files[s]["path"]} for s in SPLITS if s in files],
            }
        ],
    }
    front = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None)
    held = ", ".join(f"{files[s]['rows']:,} rows of {s}" for s in SPLITS[1:] if s in files)
    agreed = ", ".join(name.replace("_", " ") for name in spec["agree"]) or "nothing"
    lines = [
        f"---\n{front}---\n",
        f"# {manifest.name}\n",
        f"One arm of a set that differs in {spec['factor']}: {manifest.rows:,} training rows, {manifest.tokens:,} "
        f"tokens (words, Han characters and marks). mulco {manifest.version} cut it with seed {spec['seed']}.\n",
        f"The arms were matched in {agreed}: measures within a standardised mean difference of {spec['tolerance']:g}, "
        f"shares exactly; `arms.json` in the folder above has what was reached. All arms have the same {held}; none of "
        "these rows, and no text of theirs, is in train. Whether this arm is better data than another was not measured "
        "here.\n",
        "| measure | mean |\n| --- | ---: |",
        *(f"| {name} | {_number(value)} |" for name, value in manifest.means.items()),
        "",
        *(f"{name.replace('_', ' ').capitalize()}: {_listed(values)}.  " for name, values in manifest.shares.items()),
        "\n## Origin and licences\n",
        "| data set | rows read | digest of them |\n| --- | ---: | --- |",
        *(f"| {_cell(d['name'])} | {d['rows']:,} | `{d['digest'][:16]}` |" for d in manifest.datasets),
        "",
        "| source | rows |\n| --- | ---: |",
        *(f"| {_cell(name)} | {rows:,} |" for name, rows in manifest.sources.items()),
        "",
        "| licence | rows |\n| --- | ---: |",
        *(f"| {_cell(name)} | {rows:,} |" for name, rows in manifest.licenses.items()),
        "",
        *(["Where a licence is unknown, nothing is permitted as far as mulco knows.\n"] if _unsure(manifest) else []),
        "`mulco check` on this folder compares its files with `manifest.json`.",
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _license(licenses: dict[str, int]) -> dict[str, str]:
    """The one licence of all rows by its name on the Hub, else `other`."""
    [first, *more] = sorted(licenses)
    if more:
        return {"license": "other", "license_name": "mixed"}
    if first == UNKNOWN:
        return {"license": "unknown"}
    if first.startswith("LicenseRef-") or " " in first or re.search(r"-(?:only|or-later)$", first):
        return {"license": "other", "license_name": first.lower()}
    return {"license": first.lower()}


def _unsure(manifest: ArmManifest) -> bool:
    return any(part not in TERMS for name in manifest.licenses for part in name.split(" AND "))


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.4f}"


def _listed(values: dict[str, float]) -> str:
    shown = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    rest = len(shown) - 8
    return ", ".join(f"{_cell(n)} {v:.1%}" for n, v in shown[:8]) + (f" and {rest} more" if rest > 0 else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
