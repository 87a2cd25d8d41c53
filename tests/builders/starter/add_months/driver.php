while (($line = fgets(STDIN)) !== false) {
    try {
        vprintf("%04d-%02d-%02d\n", add_months(...array_map('intval', explode(' ', trim($line)))));
    } catch (InvalidArgumentException | OutOfRangeException $e) {
        echo "error\n";
    }
}
