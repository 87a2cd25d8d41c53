import re
from itertools import zip_longest

_VERSION = re.compile(
    r"""
    (?P<core> {number} \. {number} \. {number} )
    (?: - (?P<prerelease> {strict} (?: \. {strict} )* ) )?
    (?: \+ {loose} (?: \. {loose} )* )?
    """.format(
        number=r"(?:0|[1-9][0-9]*)",
        strict=r"(?!0[0-9]+(?![0-9A-Za-z-]))[0-9A-Za-z-]+",
        loose=r"[0-9A-Za-z-]+",
    ),
    re.VERBOSE,
)


def compare_versions(left, right):
    a, b = _VERSION.fullmatch(left), _VERSION.fullmatch(right)
    for version, match in ((left, a), (right, b)):
        if match is None:
            raise ValueError(f"malformed version: {version!r}")

    order = _compare_dotted(a["core"], b["core"])
    if order == 0 and None in (a["prerelease"], b["prerelease"]):
        return (a["prerelease"] is None) - (b["prerelease"] is None)
    return order or _compare_dotted(a["prerelease"], b["prerelease"])


def _compare_dotted(left, right):
    for a, b in zip_longest(left.split("."), right.split(".")):
        if a == b:
            continue
        if a is None or b is None:
            return -1 if a is None else 1
        if a.isdigit() and b.isdigit():
            return -1 if int(a) < int(b) else 1
        if a.isdigit() or b.isdigit():
            return -1 if a.isdigit() else 1
        return -1 if a < b else 1
    return 0
