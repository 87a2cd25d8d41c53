function run(array $steps): string
{
    $bus = new EventBus();
    $log = [];
    $labels = $payloads = 0;
    $step = function (string $text) use (&$step, &$log, &$labels, &$payloads, $bus): void {
        if ($text[0] === '+') {
            $label = ++$labels;
            $bus->subscribe($text[1], function ($payload) use (&$step, &$log, $label, $text): void {
                $log[] = "$label:$payload";
                if (strlen($text) > 2) {
                    $step(substr($text, 2));
                }
            });
        } elseif ($text[0] === '-') {
            $log[] = $bus->unsubscribe((int) substr($text, 1)) ? 'ok' : 'no';
        } elseif ($text[0] === '!') {
            $called = $bus->publish($text[1], ++$payloads);
            $log[] = "=$called";
        } else {
            $bus->subscribe($text[1], null);
        }
    };
    array_map($step, $steps);
    return implode(' ', $log);
}

while (($line = fgets(STDIN)) !== false) {
    try {
        echo run(explode(' ', trim($line))), "\n";
    } catch (TypeError $e) {
        echo "error\n";
    }
}
