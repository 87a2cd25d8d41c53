while (($line = fgets(STDIN)) !== false) {
    try {
        echo normalize_path(rtrim($line, "\n")), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
