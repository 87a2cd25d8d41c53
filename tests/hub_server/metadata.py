"""What the Hub accepts at the head of a README.md: a part of its own rules, enough to refuse what it would refuse."""

from __future__ import annotations

import re
from typing import Any

import yaml

LICENSES = {
    "apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "cc0-1.0", "cc-by-4.0", "cc-by-3.0", "cc-by-sa-3.0",
    "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "c-uda", "gpl-2.0", "gpl-3.0", "lgpl-2.1", "lgpl-3.0",
    "agpl-3.0", "mpl-2.0", "isc", "unlicense", "other", "unknown",
}  # fmt: skip
SIZE = re.compile(r"n<1K|n>1T|(1|10|100)([KMB])<n<(1|10|100)([KMBT])|1M<n<10M")


def header(content: str) -> dict[str, Any] | None:
    """The YAML block at the head of a card; None where there is none or it cannot be read."""
    found = re.match(r"---\s*\n(.*?)\n---\s*(\n|$)", content, re.S)
    try:
        read = yaml.safe_load(found[1]) if found else None
    except yaml.YAMLError:
        return None
    return read if isinstance(read, dict) else None


def problems(content: str, kind: str) -> list[str]:
    """What is wrong with the head of a card."""
    if not content.startswith("---"):
        return []
    read = header(content)
    if read is None:
        return ["Invalid YAML in the metadata block"]
    found = []
    license = read.get("license", "unknown")
    for name in license if isinstance(license, list) else [license]:
        if name not in LICENSES:
            found.append(f'"license" must be one of [{", ".join(sorted(LICENSES))}]')
    language = read.get("language", [])
    for code in language if isinstance(language, list) else [language]:
        if not re.fullmatch(r"[a-z]{2,3}|code|multilingual", str(code)):
            found.append(f'"language" with value "{code}" is not valid. It must be an ISO 639-1 code')
    for size in read.get("size_categories", []) if kind == "dataset" else []:
        if not SIZE.fullmatch(str(size)):
            found.append(f'"size_categories" with value "{size}" is not valid')
    if not isinstance(read.get("tags", []), list):
        found.append('"tags" must be an array')
    return found
