import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;

final class StablePriorityQueue<T> {
    private record Entry<T>(T item, int priority, long sequence) {
        boolean isBefore(Entry<T> other) {
            return priority != other.priority ? priority < other.priority : sequence < other.sequence;
        }
    }

    private final List<Entry<T>> heap = new ArrayList<>();
    private long pushed;

    int size() {
        return heap.size();
    }

    void push(T item, int priority) {
        heap.add(new Entry<>(Objects.requireNonNull(item), priority, pushed++));
        int child = heap.size() - 1;
        while (child > 0 && heap.get(child).isBefore(heap.get((child - 1) / 2))) {
            Collections.swap(heap, child, (child - 1) / 2);
            child = (child - 1) / 2;
        }
    }

    T pop() {
        if (heap.isEmpty()) {
            throw new NoSuchElementException("The queue is empty");
        }
        Collections.swap(heap, 0, heap.size() - 1);
        T item = heap.remove(heap.size() - 1).item();
        siftDown(0);
        return item;
    }

    private void siftDown(int parent) {
        while (true) {
            int first = parent;
            int left = 2 * parent + 1;
            int right = left + 1;
            if (left < heap.size() && heap.get(left).isBefore(heap.get(first))) {
                first = left;
            }
            if (right < heap.size() && heap.get(right).isBefore(heap.get(first))) {
                first = right;
            }
            if (first == parent) {
                return;
            }
            Collections.swap(heap, first, parent);
            parent = first;
        }
    }
}
