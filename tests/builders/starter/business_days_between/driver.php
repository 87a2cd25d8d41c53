while (($line = fgets(STDIN)) !== false) {
    try {
        echo businessDaysBetween(...explode(',', rtrim($line, "\n"))), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
