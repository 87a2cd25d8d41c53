/**
 * @return string[]
 */
function wrap_text(string $text, int $width): array
{
    if ($width < 1) {
        throw new InvalidArgumentException('Width must be at least 1.');
    }

    $lines = [];
    $line = '';
    foreach (preg_split('/\s+/', $text, -1, PREG_SPLIT_NO_EMPTY) as $word) {
        if ($line !== '' && strlen($line) + 1 + strlen($word) <= $width) {
            $line .= ' ' . $word;
            continue;
        }
        if ($line !== '') {
            $lines[] = $line;
        }
        $pieces = str_split($word, $width);
        $line = array_pop($pieces);
        array_push($lines, ...$pieces);
    }
    if ($line !== '') {
        $lines[] = $line;
    }

    return $lines;
}
