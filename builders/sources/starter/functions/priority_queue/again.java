import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;

final class StablePriorityQueue<T> {
    // The heap holds each priority once; the items that share it wait in a line of their own.
    private final PriorityQueue<Integer> priorities = new PriorityQueue<>();
    private final Map<Integer, Queue<T>> lines = new HashMap<>();
    private int size;

    int size() {
        return size;
    }

    void push(T item, int priority) {
        Objects.requireNonNull(item);
        Queue<T> line = lines.get(priority);
        if (line == null) {
            line = new ArrayDeque<>();
            lines.put(priority, line);
            priorities.add(priority);
        }
        line.add(item);
        size++;
    }

    T pop() {
        Integer lowest = priorities.peek();
        if (lowest == null) {
            throw new NoSuchElementException("The queue is empty");
        }
        Queue<T> line = lines.get(lowest);
        T item = line.remove();
        if (line.isEmpty()) {
            lines.remove(lowest);
            priorities.remove();
        }
        size--;
        return item;
    }
}
