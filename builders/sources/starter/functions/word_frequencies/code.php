/** @return array<int, array{0: string, 1: int}> */
function word_frequencies(string $text, int $k): array
{
    if ($k < 0) {
        throw new InvalidArgumentException('k must not be negative');
    }
    // An apostrophe belongs to a word only between two of its other characters.
    $run = '[a-z0-9\x80-\xff]++';
    preg_match_all("/$run(?:'$run)*+/", strtolower($text), $matches);

    $counts = array_count_values($matches[0]);
    // Array keys such as "2024" have turned into integers.
    $words = array_map('strval', array_keys($counts));
    $ranked = array_map(null, $words, array_values($counts));
    usort($ranked, fn (array $a, array $b): int => $b[1] <=> $a[1] ?: strcmp($a[0], $b[0]));

    return array_slice($ranked, 0, $k);
}
