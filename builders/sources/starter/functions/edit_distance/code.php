function edit_distance(string $left, string $right): int
{
    $longer = split_characters($left);
    $shorter = split_characters($right);
    if (count($longer) < count($shorter)) {
        [$longer, $shorter] = [$shorter, $longer];
    }
    $previous = range(0, count($shorter));
    foreach ($longer as $i => $a) {
        $current = [$i + 1];
        foreach ($shorter as $j => $b) {
            $current[] = min(
                $previous[$j + 1] + 1,
                $current[$j] + 1,
                $previous[$j] + ($a === $b ? 0 : 1)
            );
        }
        $previous = $current;
    }
    return $previous[count($shorter)];
}

function split_characters(string $text): array
{
    $characters = preg_split('//u', $text, -1, PREG_SPLIT_NO_EMPTY);
    if ($characters === false) {
        throw new InvalidArgumentException('Text is not valid UTF-8');
    }
    return $characters;
}
