while (($line = fgets(STDIN)) !== false) {
    try {
        echo edit_distance(...explode('|', rtrim($line, "\n"))), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
