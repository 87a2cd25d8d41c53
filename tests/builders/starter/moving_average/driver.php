while (($line = fgets(STDIN)) !== false) {
    $fields = explode(' ', trim($line));
    try {
        $averages = moving_average(array_map('floatval', array_slice($fields, 1)), (int) $fields[0]);
        $shown = array_map(fn ($average) => sprintf('%.4f', $average), $averages);
        echo '[', implode(' ', $shown), "]\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
