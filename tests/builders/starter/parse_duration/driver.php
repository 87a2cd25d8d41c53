while (($line = fgets(STDIN)) !== false) {
    try {
        echo parse_duration(rtrim($line, "\n")), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
