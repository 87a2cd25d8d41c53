from datetime import date


def _parse_day(text: str) -> date:
    day = date.fromisoformat(text)
    # Newer Python versions also read forms such as 20240131 and 2024-W05-3.
    if day.isoformat() != text:
        raise ValueError(f"not a date of the form YYYY-MM-DD: {text!r}")
    return day


def business_days_between(start: str, end: str) -> int:
    first, stop = _parse_day(start), _parse_day(end)
    if first > stop:
        raise ValueError(f"start {start} is after end {end}")

    weeks, rest = divmod((stop - first).days, 7)
    weekday = first.weekday()
    extra = sum((weekday + i) % 7 < 5 for i in range(rest))
    return weeks * 5 + extra
