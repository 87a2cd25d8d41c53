function runLengthEncode(string $text): string
{
    if (preg_match('/[0-9]/', $text)) {
        throw new InvalidArgumentException('Digits in the text cannot be told from counts');
    }
    $symbols = preg_split('//u', $text, -1, PREG_SPLIT_NO_EMPTY);
    if ($symbols === false) {
        throw new InvalidArgumentException('The text is not valid UTF-8');
    }
    $runs = [];
    foreach ($symbols as $symbol) {
        $last = array_key_last($runs);
        if ($last !== null && $runs[$last][0] === $symbol) {
            $runs[$last][1]++;
        } else {
            $runs[] = [$symbol, 1];
        }
    }
    return implode('', array_map(fn (array $run): string => $run[0] . $run[1], $runs));
}
