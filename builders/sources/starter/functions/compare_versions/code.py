import re

_NUMBER = re.compile(r"0|[1-9][0-9]*")
_IDENTIFIER = re.compile(r"[0-9A-Za-z-]+")


def compare_versions(left, right):
    a, b = _precedence(left), _precedence(right)
    return (a > b) - (a < b)


def _precedence(version):
    rest, plus, build = version.partition("+")
    core, dash, suffix = rest.partition("-")
    numbers = core.split(".")
    prerelease = suffix.split(".") if dash else []
    metadata = build.split(".") if plus else []
    if not (
        len(numbers) == 3
        and all(_NUMBER.fullmatch(number) for number in numbers)
        and all(_IDENTIFIER.fullmatch(part) for part in prerelease + metadata)
        and all(_NUMBER.fullmatch(part) for part in prerelease if part.isdigit())
    ):
        raise ValueError(f"malformed version: {version!r}")
    identifiers = [(0, int(part)) if part.isdigit() else (1, part) for part in prerelease]
    return [int(number) for number in numbers], not prerelease, identifiers
