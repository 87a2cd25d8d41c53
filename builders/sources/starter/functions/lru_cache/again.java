import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

final class LruCache {
    private final Map<Integer, Integer> entries;

    LruCache(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, got " + capacity);
        }
        boolean accessOrder = true;
        entries = new LinkedHashMap<>(16, 0.75f, accessOrder) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
                return size() > capacity;
            }
        };
    }

    OptionalInt get(int key) {
        Integer value = entries.get(key);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    void put(int key, int value) {
        entries.put(key, value);
    }
}
