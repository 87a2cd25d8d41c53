while (($line = fgets(STDIN)) !== false) {
    try {
        echo to_roman((int) $line), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
