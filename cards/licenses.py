"""What a card says of licences: the Hub's name of one, what it permits, and what several together ask for.

hub_license({"MIT": 3, "CC-BY-4.0": 2})     # {"license": "other", "license_name": "mixed", ...}
consequences(page, {"MIT": 3, "CC-BY-NC-4.0": 2})
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mulco.cards.page import LICENSE, Page
from mulco.licenses import TERMS, terms

# Ids that the Hub knows, as its documentation of the field `license` lists them.
HUB = {name: name.lower() for name in (
    "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0",
    "CC-BY-SA-4.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "EPL-1.0", "EPL-2.0", "ISC", "MPL-2.0",
    "Unlicense", "WTFPL", "Zlib",
)} | {"C-UDA-1.0": "c-uda", "LicenseRef-unknown": "unknown"} | {
    f"{family}-{version}-{kind}": f"{family}-{version}".lower()
    for family, version in (("AGPL", "3.0"), ("GPL", "2.0"), ("GPL", "3.0"), ("LGPL", "2.1"), ("LGPL", "3.0"))
    for kind in ("only", "or-later")
}  # fmt: skip
NOT_SPDX = {"LicenseRef-research-only", "LicenseRef-no-redistribution"}


def hub_license(licenses: Mapping[str, int]) -> dict[str, str]:
    """The licence fields of a header: the one licence of all rows, else `other` with the page that tells them apart."""
    (first, *more) = sorted(licenses) or ["LicenseRef-unknown"]
    if not more and first in HUB:
        return {"license": HUB[first]}
    return {"license": "other", "license_name": "mixed" if more else first.lower(), "license_link": LICENSE}


def ordered(licenses: Mapping[str, int]) -> list[tuple[str, int]]:
    """Licences with their rows, most rows first."""
    return sorted(licenses.items(), key=lambda pair: (-pair[1], pair[0]))


def linked(page: Page, expression: str) -> str:
    """A licence expression with a link for each part that SPDX lists."""
    return " AND ".join(
        page.link(part, f"https://spdx.org/licenses/{part}.html" if part in TERMS and part not in NOT_SPDX else "")
        for part in (part.strip() for part in expression.split(" AND "))
    )


def is_unknown(expression: str) -> bool:
    return any(part.strip() not in TERMS for part in expression.split(" AND "))


def license_table(page: Page, licenses: Mapping[str, int]) -> None:
    """Each licence with its rows and what it permits."""
    head = page.say("licence|commercial use|derivatives under the same licence|may be passed on|rows",
                    "许可证|可商用|衍生内容须用同一许可证|可再分发|行数")  # fmt: skip
    page.table(head.split("|"), (_row(page, name, rows) for name, rows in ordered(licenses)), right=1)


def _row(page: Page, name: str, rows: int) -> list[str]:
    if is_unknown(name):
        unknown = page.say("unknown", "不明")
        return [linked(page, name), unknown, unknown, unknown, page.number(rows)]
    found = terms(name)
    answers = (found.commercial, found.share_alike, found.redistribution)
    return [linked(page, name), *map(page.yes, answers), page.number(rows)]


def consequences(page: Page, licenses: Mapping[str, int]) -> Iterator[str]:
    """What follows for whoever uses the rows, one sentence each; nothing where all is permissive."""
    total = sum(licenses.values())

    def rows(which: Any) -> int:
        return sum(count for name, count in licenses.items() if which(name))

    unknown = rows(is_unknown)
    limited = rows(lambda name: not is_unknown(name) and not terms(name).commercial)
    alike = rows(lambda name: not is_unknown(name) and terms(name).share_alike)
    kept = rows(lambda name: not is_unknown(name) and not terms(name).redistribution)
    number, share = page.number, page.share
    if unknown:
        yield page.say(
            f"{number(unknown)} rows ({share(unknown, total)}) have a licence that is not known in full: nothing is "
            "permitted that their upstream does not grant. Ask there before you pass them on.",
            f"有 {number(unknown)} 行（{share(unknown, total)}）的许可证不明或不全：上游没有授予的权利一概没有，"
            "再分发之前请先询问上游。",
        )
    if limited:
        yield page.say(
            f"{number(limited)} rows ({share(limited, total)}) are not for commercial use.",
            f"有 {number(limited)} 行（{share(limited, total)}）不得用于商业用途。",
        )
    if alike:
        yield page.say(
            f"{number(alike)} rows ({share(alike, total)}) are share-alike: adaptations carry the same licence.",
            f"有 {number(alike)} 行（{share(alike, total)}）要求相同方式共享：改编后的内容须沿用同一许可证。",
        )
    if kept:
        yield page.say(
            f"{number(kept)} rows ({share(kept, total)}) must not be passed on.",
            f"有 {number(kept)} 行（{share(kept, total)}）不得再分发。",
        )
