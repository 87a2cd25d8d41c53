import heapq
from typing import Iterable, List, Tuple


def topological_sort(n: int, edges: Iterable[Tuple[int, int]]) -> List[int]:
    if n < 0:
        raise ValueError("n must not be negative")
    successors: List[List[int]] = [[] for _ in range(n)]
    waiting_for = [0] * n
    for before, after in edges:
        if not (0 <= before < n and 0 <= after < n):
            raise ValueError(f"edge ({before}, {after}) names an unknown node")
        successors[before].append(after)
        waiting_for[after] += 1

    ready = [node for node in range(n) if waiting_for[node] == 0]
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for after in successors[node]:
            waiting_for[after] -= 1
            if waiting_for[after] == 0:
                heapq.heappush(ready, after)
    if len(order) != n:
        raise ValueError("the dependencies contain a cycle")
    return order
