final class PriorityQueue
{
    // Entries are [priority, running number, item]: comparing two never gets as far as the items.
    private array $heap = [];
    private int $pushed = 0;

    public function size(): int
    {
        return count($this->heap);
    }

    public function push(mixed $item, int $priority): void
    {
        $this->heap[] = [$priority, $this->pushed++, $item];
        for ($child = count($this->heap) - 1; $child > 0; $child = $parent) {
            $parent = intdiv($child - 1, 2);
            if ($this->heap[$parent] < $this->heap[$child]) {
                break;
            }
            $this->swap($child, $parent);
        }
    }

    public function pop(): mixed
    {
        if (!$this->heap) {
            throw new UnderflowException('The queue is empty');
        }
        $this->swap(0, count($this->heap) - 1);
        [, , $item] = array_pop($this->heap);
        $this->siftDown(0);
        return $item;
    }

    private function siftDown(int $parent): void
    {
        $size = count($this->heap);
        while (true) {
            $first = $parent;
            $left = 2 * $parent + 1;
            $right = $left + 1;
            if ($left < $size && $this->heap[$left] < $this->heap[$first]) {
                $first = $left;
            }
            if ($right < $size && $this->heap[$right] < $this->heap[$first]) {
                $first = $right;
            }
            if ($first === $parent) {
                return;
            }
            $this->swap($first, $parent);
            $parent = $first;
        }
    }

    private function swap(int $a, int $b): void
    {
        [$this->heap[$a], $this->heap[$b]] = [$this->heap[$b], $this->heap[$a]];
    }
}
