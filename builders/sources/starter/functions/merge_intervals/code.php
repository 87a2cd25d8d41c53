/**
 * @param list<array{int, int}> $intervals
 * @return list<array{int, int}>
 */
function mergeIntervals(array $intervals): array
{
    usort($intervals, fn (array $a, array $b): int => $a[0] <=> $b[0]);

    $merged = [];
    foreach ($intervals as [$start, $end]) {
        if ($start > $end) {
            throw new InvalidArgumentException("Interval starts after it ends: $start > $end");
        }
        $last = array_key_last($merged);
        if ($last === null || $start > $merged[$last][1]) {
            $merged[] = [$start, $end];
        } else {
            $merged[$last][1] = max($merged[$last][1], $end);
        }
    }
    return $merged;
}
