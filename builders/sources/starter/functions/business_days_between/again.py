import re
from datetime import date

ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def _business_days_before(text: str) -> int:
    match = ISO_DAY.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date of the form YYYY-MM-DD: {text!r}")
    # Ordinal 1 is a Monday, so whole weeks start right there.
    weeks, weekday = divmod(date(*map(int, match.groups())).toordinal() - 1, 7)
    return weeks * 5 + min(weekday, 5)


def business_days_between(start: str, end: str) -> int:
    before_start, before_end = map(_business_days_before, (start, end))
    # Dates of this form sort as text.
    if start > end:
        raise ValueError(f"start {start} is after end {end}")
    return before_end - before_start
