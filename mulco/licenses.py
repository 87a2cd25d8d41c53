"""What the licence of a row permits, as far as mulco knows; what it does not know is never permitted.

    permits("MIT", "commercial")                                     # True
    permits("C-UDA-1.0 AND GPL-2.0-only", "permissive")              # False: GPL is share-alike
    permits("LicenseRef-unknown", "commercial")                      # False

This is a filter for data, no legal advice: terms of use, patents and the law of a place are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mulco.errors import UsageError, unknown

UNKNOWN = "LicenseRef-unknown"


@dataclass(frozen=True)
class Terms:
    """The terms that decide what rows may be used for. A licence mulco does not know has none of them granted."""

    commercial: bool  # commercial use is permitted
    share_alike: bool = False  # what is made of it must carry the same licence
    redistribution: bool = True  # copies may be passed on

    def __and__(self, other: Terms) -> Terms:
        return Terms(
            self.commercial and other.commercial,
            self.share_alike or other.share_alike,
            self.redistribution and other.redistribution,
        )


# Read from the licence texts at spdx.org/licenses; C-UDA at github.com/microsoft/Computational-Use-of-Data-Agreement.
_PERMISSIVE = ("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "C-UDA-1.0", "CC-BY-3.0", "CC-BY-4.0",
               "CC0-1.0", "ISC", "MIT", "PHP-3.01", "PSF-2.0", "Ruby", "Unlicense", "WTFPL", "Zlib")  # fmt: skip
_SHARE_ALIKE = (
    *(f"{name}-{version}-{kind}" for name, version in (
        ("AGPL", "3.0"), ("GPL", "2.0"), ("GPL", "3.0"), ("LGPL", "2.1"), ("LGPL", "3.0"),
    ) for kind in ("only", "or-later")),
    "CC-BY-SA-3.0", "CC-BY-SA-4.0", "EPL-1.0", "EPL-2.0", "MPL-2.0",
)  # fmt: skip
_NON_COMMERCIAL = ("CC-BY-NC-3.0", "CC-BY-NC-4.0")
TERMS = {
    **{name: Terms(commercial=True) for name in _PERMISSIVE},
    **{name: Terms(commercial=True, share_alike=True) for name in _SHARE_ALIKE},
    **{name: Terms(commercial=False) for name in _NON_COMMERCIAL},
    "CC-BY-NC-SA-4.0": Terms(commercial=False, share_alike=True),
    "LicenseRef-research-only": Terms(commercial=False),
    "LicenseRef-no-redistribution": Terms(commercial=False, redistribution=False),
}
_NOTHING = Terms(commercial=False, share_alike=True, redistribution=False)

# What `--licenses` may name besides SPDX ids.
CLASSES = {
    "commercial": "commercial use is permitted",
    "permissive": "commercial use is permitted, and nothing must be shared alike",
    "redistributable": "copies may be passed on",
}


def terms(expression: str) -> Terms:
    """The terms of an SPDX expression; AND joins restrictions, any other operator grants nothing."""
    found = Terms(commercial=True)
    for name in expression.split(" AND "):
        found &= TERMS.get(name.strip(), _NOTHING)
    return found


def permits(expression: str, wanted: str) -> bool:
    """Whether a licence is in a comma-separated list of classes and SPDX ids; for one in AND, each part has to be."""
    names = parse(wanted)
    parts = [part.strip() for part in expression.split(" AND ")]
    if all(part in names and part != UNKNOWN for part in parts):
        return True
    found = terms(expression)
    granted = {
        "commercial": found.commercial,
        "permissive": found.commercial and not found.share_alike,
        "redistributable": found.redistribution,
    }
    return any(granted[name] for name in names if name in granted)


def parse(wanted: str) -> list[str]:
    """The names of a comma-separated list; raises UsageError for one that is neither a class nor a licence we know."""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    for name in names or [""]:
        if name not in CLASSES and name not in TERMS:
            raise UsageError(
                unknown("licence", name, [*CLASSES, *TERMS], f"Classes: {', '.join(CLASSES)}; else SPDX ids")
            )
    return names


def traits(expression: str) -> Iterable[str]:
    """Words for a card: what is restricted about a licence, or that it is unknown."""
    if any(part.strip() not in TERMS for part in expression.split(" AND ")):
        yield "unknown"
        return
    found = terms(expression)
    if not found.commercial:
        yield "research-only" if "research-only" in expression else "non-commercial"
    if found.share_alike:
        yield "share-alike"
    if not found.redistribution:
        yield "no-redistribution"
