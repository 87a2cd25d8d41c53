from typing import Dict, Optional


class _Node:
    __slots__ = ("key", "value", "prev", "next")

    def __init__(self, key: int = 0, value: int = 0) -> None:
        self.key = key
        self.value = value
        self.prev = self.next = self


class LRUCache:
    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self._capacity = capacity
        self._nodes: Dict[int, _Node] = {}
        # Sentinel of a ring: its next is the newest node, its prev the oldest.
        self._head = _Node()

    def get(self, key: int) -> Optional[int]:
        node = self._nodes.get(key)
        if node is None:
            return None
        self._unlink(node)
        self._link_first(node)
        return node.value

    def put(self, key: int, value: int) -> None:
        node = self._nodes.get(key)
        if node is not None:
            node.value = value
            self._unlink(node)
        else:
            if len(self._nodes) == self._capacity:
                oldest = self._head.prev
                self._unlink(oldest)
                del self._nodes[oldest.key]
            node = self._nodes[key] = _Node(key, value)
        self._link_first(node)

    def _link_first(self, node: _Node) -> None:
        node.prev, node.next = self._head, self._head.next
        node.prev.next = node.next.prev = node

    @staticmethod
    def _unlink(node: _Node) -> None:
        node.prev.next, node.next.prev = node.next, node.prev
