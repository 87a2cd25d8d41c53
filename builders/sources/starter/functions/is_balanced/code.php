function isBalanced(string $text): bool
{
    $closers = ['(' => ')', '[' => ']', '{' => '}'];
    $expected = [];
    $inString = false;
    $escaped = false;

    for ($i = 0, $length = strlen($text); $i < $length; $i++) {
        $char = $text[$i];
        if ($inString) {
            if ($char === '"' && !$escaped) {
                $inString = false;
            }
            $escaped = $char === '\\' && !$escaped;
        } elseif ($char === '"') {
            $inString = true;
        } elseif (isset($closers[$char])) {
            $expected[] = $closers[$char];
        } elseif (in_array($char, $closers, true) && array_pop($expected) !== $char) {
            return false;
        }
    }
    return $expected === [] && !$inString;
}
