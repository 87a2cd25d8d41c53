const MIN_YEAR = 1;
const MAX_YEAR = 9999;

function days_in_month(int $year, int $month): int
{
    return (int) (new DateTimeImmutable('@0'))->setDate($year, $month, 1)->format('t');
}

/** @return array{int, int, int} year, month and day */
function add_months(int $year, int $month, int $day, int $months): array
{
    if ($year < MIN_YEAR || $year > MAX_YEAR || !checkdate($month, $day, $year)) {
        throw new InvalidArgumentException("No such date: $year-$month-$day");
    }

    $monthIndex = $year * 12 + $month - 1 + $months;
    if ($monthIndex < MIN_YEAR * 12 || $monthIndex >= (MAX_YEAR + 1) * 12) {
        throw new OutOfRangeException('The result is outside the supported years');
    }

    $targetYear = intdiv($monthIndex, 12);
    $targetMonth = $monthIndex % 12 + 1;
    $lastDay = days_in_month($targetYear, $targetMonth);

    return [$targetYear, $targetMonth, min($day, $lastDay)];
}
