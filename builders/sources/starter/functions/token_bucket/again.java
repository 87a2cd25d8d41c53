final class TokenBucket {
    private static final long UNITS_PER_TOKEN = 1000;

    private final long burst;
    private final long rate;
    private long latestMillis;
    // The moment the bucket is full again: fullMillis + fullRest / rate, with fullRest < rate.
    private long fullMillis;
    private long fullRest;

    TokenBucket(int capacity, int refillPerSecond) {
        if (capacity < 1 || refillPerSecond < 1) {
            throw new IllegalArgumentException("capacity and refill rate must be at least 1");
        }
        burst = capacity * UNITS_PER_TOKEN;
        rate = refillPerSecond;
    }

    boolean allow(long nowMillis, int cost) {
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be at least 1");
        }
        latestMillis = Math.max(latestMillis, nowMillis);
        long debt = fullMillis < latestMillis ? 0 : (fullMillis - latestMillis) * rate + fullRest;
        debt += cost * UNITS_PER_TOKEN;
        if (debt > burst) {
            return false;
        }
        fullMillis = latestMillis + debt / rate;
        fullRest = debt % rate;
        return true;
    }
}
