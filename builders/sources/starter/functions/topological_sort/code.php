function topologicalSort(int $n, array $edges): array
{
    if ($n < 0) {
        throw new InvalidArgumentException('The number of nodes must not be negative');
    }
    $successors = array_fill(0, $n, []);
    $waitingFor = array_fill(0, $n, 0);
    foreach ($edges as [$before, $after]) {
        if (!isset($successors[$before], $successors[$after])) {
            throw new InvalidArgumentException("Edge $before -> $after names an unknown node");
        }
        $successors[$before][] = $after;
        $waitingFor[$after]++;
    }

    $ready = new SplMinHeap();
    foreach (array_keys($waitingFor, 0, true) as $node) {
        $ready->insert($node);
    }
    $order = [];
    while (!$ready->isEmpty()) {
        $node = $ready->extract();
        $order[] = $node;
        foreach ($successors[$node] as $after) {
            if (--$waitingFor[$after] === 0) {
                $ready->insert($after);
            }
        }
    }
    if (count($order) !== $n) {
        throw new InvalidArgumentException('The dependencies contain a cycle');
    }
    return $order;
}
