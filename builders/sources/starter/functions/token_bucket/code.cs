using System;

public sealed class TokenBucket
{
    private const long UnitsPerToken = 1000;

    // Levels are in thousandths of a token: one millisecond earns exactly _rate of them.
    private readonly long _capacity;
    private readonly long _rate;
    private long _level;
    private long _latestMs;

    public TokenBucket(int capacity, int refillPerSecond)
    {
        if (capacity < 1)
            throw new ArgumentOutOfRangeException(nameof(capacity));
        if (refillPerSecond < 1)
            throw new ArgumentOutOfRangeException(nameof(refillPerSecond));
        _capacity = capacity * UnitsPerToken;
        _rate = refillPerSecond;
        _level = _capacity;
    }

    public bool Allow(long nowMs, int cost = 1)
    {
        if (cost < 1)
            throw new ArgumentOutOfRangeException(nameof(cost));
        Refill(nowMs);
        long needed = cost * UnitsPerToken;
        if (needed > _level)
            return false;
        _level -= needed;
        return true;
    }

    private void Refill(long nowMs)
    {
        long now = Math.Max(nowMs, _latestMs);
        long elapsed = now - _latestMs;
        // Comparing by division keeps a very long pause from overflowing the product.
        _level = elapsed > (_capacity - _level) / _rate ? _capacity : _level + elapsed * _rate;
        _latestMs = now;
    }
}
