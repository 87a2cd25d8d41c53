import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

final class LruCache {
    private static final class Node {
        int key;
        int value;
        Node prev = this;
        Node next = this;
    }

    private final int capacity;
    private final Map<Integer, Node> nodes = new HashMap<>();
    // Sentinel of a ring: head.next is the newest node, head.prev the oldest.
    private final Node head = new Node();

    LruCache(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, got " + capacity);
        }
        this.capacity = capacity;
    }

    OptionalInt get(int key) {
        Node node = nodes.get(key);
        if (node == null) {
            return OptionalInt.empty();
        }
        moveToFront(node);
        return OptionalInt.of(node.value);
    }

    void put(int key, int value) {
        Node node = nodes.get(key);
        if (node != null) {
            node.value = value;
            moveToFront(node);
            return;
        }
        // A full cache recycles its oldest node for the new entry.
        node = nodes.size() < capacity ? new Node() : nodes.remove(head.prev.key);
        node.key = key;
        node.value = value;
        nodes.put(key, node);
        moveToFront(node);
    }

    private void moveToFront(Node node) {
        node.prev.next = node.next;
        node.next.prev = node.prev;
        node.prev = head;
        node.next = head.next;
        head.next.prev = node;
        head.next = node;
    }
}
