class PriorityQueue:
    def __init__(self):
        self._heap = []
        self._pushed = 0

    def __len__(self):
        return len(self._heap)

    def push(self, item, priority):
        self._heap.append((priority, self._pushed, item))
        self._pushed += 1
        self._sift_up(len(self._heap) - 1)

    def pop(self):
        if not self._heap:
            raise IndexError("pop from an empty priority queue")
        self._swap(0, -1)
        _, _, item = self._heap.pop()
        self._sift_down(0)
        return item

    def _sift_up(self, child):
        while child > 0:
            parent = (child - 1) // 2
            if not self._before(child, parent):
                return
            self._swap(child, parent)
            child = parent

    def _sift_down(self, parent):
        size = len(self._heap)
        while True:
            first, left, right = parent, 2 * parent + 1, 2 * parent + 2
            if left < size and self._before(left, first):
                first = left
            if right < size and self._before(right, first):
                first = right
            if first == parent:
                return
            self._swap(first, parent)
            parent = first

    # The running number differs for any two entries, so the items are never compared.
    def _before(self, a, b):
        return self._heap[a] < self._heap[b]

    def _swap(self, a, b):
        self._heap[a], self._heap[b] = self._heap[b], self._heap[a]
