function answer(array $words): string
{
    try {
        $cache = new LruCache((int) $words[0]);
    } catch (InvalidArgumentException $e) {
        return 'error';
    }
    $out = [];
    for ($i = 1; $i < count($words);) {
        if ($words[$i] === 'put') {
            $cache->put((int) $words[$i + 1], (int) $words[$i + 2]);
            $i += 3;
        } else {
            $out[] = $cache->get((int) $words[$i + 1]) ?? 'none';
            $i += 2;
        }
    }
    return implode(' ', $out);
}

while (($line = fgets(STDIN)) !== false) {
    echo answer(explode(' ', trim($line))), "\n";
    flush();
}
