import heapq
from graphlib import CycleError, TopologicalSorter
from typing import Iterable, List, Tuple


def topological_sort(n: int, edges: Iterable[Tuple[int, int]]) -> List[int]:
    if n < 0:
        raise ValueError("n must not be negative")
    sorter = TopologicalSorter({node: () for node in range(n)})
    for before, after in edges:
        if not (0 <= before < n and 0 <= after < n):
            raise ValueError(f"edge ({before}, {after}) names an unknown node")
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError("the dependencies contain a cycle") from error

    order = []
    ready: List[int] = []
    while sorter.is_active():
        for node in sorter.get_ready():
            heapq.heappush(ready, node)
        node = heapq.heappop(ready)
        order.append(node)
        sorter.done(node)
    return order
