while (($line = fgets(STDIN)) !== false) {
    try {
        echo runLengthEncode(rtrim($line, "\n")), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
