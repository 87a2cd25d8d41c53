function parse_duration(string $text): int
{
    $pattern = '/^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/D';
    $matched = preg_match($pattern, $text, $parts, PREG_UNMATCHED_AS_NULL);
    $numbers = array_slice($parts, 1);

    if ($matched !== 1 || array_filter($numbers, 'is_string') === []) {
        throw new InvalidArgumentException("Invalid duration: '$text'");
    }

    $total = 0;
    foreach ([86400, 3600, 60, 1] as $index => $seconds) {
        $total += (int) $numbers[$index] * $seconds;
    }

    return $total;
}
