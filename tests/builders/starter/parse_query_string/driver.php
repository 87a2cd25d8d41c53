while (($line = fgets(STDIN)) !== false) {
    try {
        $params = parse_query_string(rtrim($line, "\n"));
        ksort($params, SORT_STRING);
        $shown = [];
        foreach ($params as $key => $values) {
            $shown[] = $key . '=[' . implode('|', $values) . ']';
        }
        echo '{', implode(' ', $shown), "}\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
}
