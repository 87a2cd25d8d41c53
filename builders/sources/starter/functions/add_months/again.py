from datetime import MAXYEAR, MINYEAR, date


def add_months(year, month, day, months):
    start = date(year, month, day)

    years, extra = divmod(abs(months), 12)
    if months < 0:
        years, extra = -years, -extra
    target_year = start.year + years
    target_month = start.month + extra
    if target_month > 12:
        target_year, target_month = target_year + 1, target_month - 12
    elif target_month < 1:
        target_year, target_month = target_year - 1, target_month + 12
    if not MINYEAR <= target_year <= MAXYEAR:
        raise ValueError(f"result is outside the years {MINYEAR} to {MAXYEAR}")

    while True:
        try:
            date(target_year, target_month, day)
        except ValueError:
            day -= 1
        else:
            return target_year, target_month, day
