while (($line = fgets(STDIN)) !== false) {
    [$limit, $text] = explode(' ', rtrim($line, "\n") . ' ', 2);
    try {
        $pairs = array_map(fn ($pair) => "$pair[0]:$pair[1]", word_frequencies($text, (int) $limit));
        echo implode(' ', $pairs) ?: 'none', "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
