while (($line = fgets(STDIN)) !== false) {
    $queue = new PriorityQueue();
    $words = explode(' ', trim($line));
    $out = [];
    while ($words) {
        $word = array_shift($words);
        if ($word === 'push') {
            $queue->push(array_shift($words), (int) array_shift($words));
        } elseif ($word === 'size') {
            $out[] = $queue->size();
        } else {
            try {
                $out[] = $queue->pop();
            } catch (UnderflowException $e) {
                $out[] = 'error';
            }
        }
    }
    echo implode(' ', $out), "\n";
}
