while (($line = fgets(STDIN)) !== false) {
    [$left, $right] = explode(' ', trim($line));
    try {
        echo compare_versions($left, $right), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
