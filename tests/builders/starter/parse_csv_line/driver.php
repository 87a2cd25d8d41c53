while (($raw = fgets(STDIN)) !== false) {
    try {
        $result = '';
        foreach (parseCsvLine(strtr(rtrim($raw, "\n"), '~', "\n")) as $field) {
            $result .= "[$field]";
        }
        echo strtr($result, "\n", '~'), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
