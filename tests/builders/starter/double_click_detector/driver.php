while (($line = fgets(STDIN)) !== false) {
    $n = array_map('intval', explode(' ', trim($line)));
    $reported = [];
    try {
        $detector = new DoubleClickDetector($n[0], function (int $timeMs, int $button) use (&$reported): void {
            $reported[] = "$timeMs:$button";
        });
        for ($i = 1; $i < count($n); $i += 2) {
            $detector->click($n[$i], $n[$i + 1]);
        }
        echo implode(' ', $reported) ?: 'none', "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
