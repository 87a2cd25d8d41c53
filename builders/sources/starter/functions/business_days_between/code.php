function parseDay(string $text): DateTimeImmutable
{
    if (!preg_match('/\A(\d{4})-(\d{2})-(\d{2})\z/', $text, $parts)
        || !checkdate((int) $parts[2], (int) $parts[3], (int) $parts[1])) {
        throw new InvalidArgumentException("Not a date of the form YYYY-MM-DD: $text");
    }
    return new DateTimeImmutable($text, new DateTimeZone('UTC'));
}

function businessDaysBetween(string $start, string $end): int
{
    $first = parseDay($start);
    $stop = parseDay($end);
    if ($first > $stop) {
        throw new InvalidArgumentException("Start $start is after end $end");
    }

    $days = $first->diff($stop)->days;
    $weekday = (int) $first->format('N') - 1;
    $count = intdiv($days, 7) * 5;
    for ($i = 0; $i < $days % 7; $i++) {
        if (($weekday + $i) % 7 < 5) {
            $count++;
        }
    }
    return $count;
}
