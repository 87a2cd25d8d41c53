final class TokenBucket {
    private static final long UNITS_PER_TOKEN = 1000;

    // Levels are in thousandths of a token: one millisecond earns exactly `rate` of them.
    private final long capacity;
    private final long rate;
    private long level;
    private long latestMillis;

    TokenBucket(int capacity, int refillPerSecond) {
        if (capacity < 1 || refillPerSecond < 1) {
            throw new IllegalArgumentException("capacity and refill rate must be at least 1");
        }
        this.capacity = capacity * UNITS_PER_TOKEN;
        this.rate = refillPerSecond;
        this.level = this.capacity;
    }

    boolean allow(long nowMillis, int cost) {
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be at least 1");
        }
        refill(nowMillis);
        long needed = cost * UNITS_PER_TOKEN;
        if (needed > level) {
            return false;
        }
        level -= needed;
        return true;
    }

    private void refill(long nowMillis) {
        long now = Math.max(nowMillis, latestMillis);
        long elapsed = now - latestMillis;
        // Comparing by division keeps a very long pause from overflowing the product.
        level = elapsed > (capacity - level) / rate ? capacity : level + elapsed * rate;
        latestMillis = now;
    }
}
