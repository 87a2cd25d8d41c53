while (($input = fgets(STDIN)) !== false) {
    [$number, $content] = explode('|', rtrim($input, "\n"), 2) + [1 => null];
    if ($content !== null) {
        file_put_contents('tail_lines.tmp', str_replace('\n', "\n", $content));
    }
    try {
        $lines = tail_lines('tail_lines.tmp', (int) $number);
        echo count($lines), ':', implode('', array_map(fn ($line) => " [$line]", $lines)), "\n";
    } catch (InvalidArgumentException | RuntimeException $e) {
        echo "error\n";
    }
    if ($content !== null) {
        unlink('tail_lines.tmp');
    }
}
