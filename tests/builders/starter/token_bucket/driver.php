while (($line = fgets(STDIN)) !== false) {
    $n = array_map('intval', explode(' ', trim($line)));
    try {
        $bucket = new TokenBucket($n[0], $n[1]);
        $answers = [];
        for ($i = 2; $i < count($n); $i += 2) {
            $answers[] = $bucket->allow($n[$i], $n[$i + 1]) ? 'yes' : 'no';
        }
        echo implode(' ', $answers), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
