import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import Any


@dataclass(order=True)
class _Entry:
    priority: int
    ticket: int
    item: Any = field(compare=False)


class PriorityQueue:
    def __init__(self):
        self._heap = []
        self._tickets = count()

    def __len__(self):
        return len(self._heap)

    def push(self, item, priority):
        heapq.heappush(self._heap, _Entry(priority, next(self._tickets), item))

    def pop(self):
        if not self._heap:
            raise IndexError("pop from an empty priority queue")
        return heapq.heappop(self._heap).item
