while (($line = fgets(STDIN)) !== false) {
    try {
        echo format_bytes((int) $line), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
