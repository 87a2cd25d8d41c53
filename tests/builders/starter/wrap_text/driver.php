while (($request = fgets(STDIN)) !== false) {
    [$number, $paragraph] = explode(' ', rtrim($request, "\n") . ' ', 2);
    try {
        $wrapped = wrap_text($paragraph, (int) $number);
        echo implode('|', [count($wrapped), ...$wrapped]), "\n";
    } catch (InvalidArgumentException $e) {
        echo "error\n";
    }
    flush();
}
