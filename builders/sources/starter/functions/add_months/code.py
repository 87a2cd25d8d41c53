import calendar
from datetime import MAXYEAR, MINYEAR


def add_months(year, month, day, months):
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year out of range: {year}")
    # monthrange() raises a ValueError of its own for a month outside 1..12.
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"no such day: {year}-{month}-{day}")

    target_year, month_index = divmod(year * 12 + month - 1 + months, 12)
    if not MINYEAR <= target_year <= MAXYEAR:
        raise ValueError(f"result is outside the years {MINYEAR} to {MAXYEAR}")

    target_month = month_index + 1
    last_day = calendar.monthrange(target_year, target_month)[1]
    return target_year, target_month, min(day, last_day)
