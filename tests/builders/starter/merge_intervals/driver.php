while (($line = fgets(STDIN)) !== false) {
    $intervals = [];
    foreach (preg_split('/ /', trim($line), -1, PREG_SPLIT_NO_EMPTY) as $word) {
        $intervals[] = array_map('intval', explode(',', $word));
    }
    try {
        $merged = mergeIntervals($intervals);
        echo implode(' ', array_map(fn ($interval) => implode(',', $interval), $merged)) ?: 'none', "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
