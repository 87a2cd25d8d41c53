while (($line = fgets(STDIN)) !== false) {
    $words = explode(' ', trim($line));
    $edges = array_map(fn ($word) => array_map('intval', explode('>', $word)), array_slice($words, 1));
    try {
        echo implode(' ', topologicalSort((int) $words[0], $edges)), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
