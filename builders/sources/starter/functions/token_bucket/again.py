class TokenBucket:
    def __init__(self, capacity, refill_per_second):
        if capacity < 1 or refill_per_second < 1:
            raise ValueError("capacity and refill rate must be at least 1")
        # One tick earns a thousandth of a token, so a token takes 1000 ticks.
        self._ticks_per_ms = refill_per_second
        self._burst_ticks = capacity * 1000
        self._full_at = 0
        self._latest_ms = 0

    def allow(self, now_ms, cost=1):
        if cost < 1:
            raise ValueError("cost must be at least 1")
        self._latest_ms = max(self._latest_ms, now_ms)
        tick = self._latest_ms * self._ticks_per_ms
        full_at = max(self._full_at, tick) + cost * 1000
        if full_at - tick > self._burst_ticks:
            return False
        self._full_at = full_at
        return True
