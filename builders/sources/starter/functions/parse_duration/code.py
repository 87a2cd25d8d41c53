import re

SECONDS_PER_UNIT = (86400, 3600, 60, 1)

PATTERN = re.compile(
    r"(?:([0-9]{1,9})d)?"
    r"(?:([0-9]{1,9})h)?"
    r"(?:([0-9]{1,9})m)?"
    r"(?:([0-9]{1,9})s)?"
)


def parse_duration(text: str) -> int:
    match = PATTERN.fullmatch(text)
    if match is None or match.lastindex is None:
        raise ValueError(f"invalid duration: {text!r}")
    numbers = match.groups(default="0")
    return sum(int(number) * seconds for number, seconds in zip(numbers, SECONDS_PER_UNIT))
