UNITS_PER_TOKEN = 1000


class TokenBucket:
    def __init__(self, capacity, refill_per_second):
        if capacity < 1 or refill_per_second < 1:
            raise ValueError("capacity and refill rate must be at least 1")
        # In thousandths of a token, one millisecond earns exactly `rate` units.
        self._capacity = capacity * UNITS_PER_TOKEN
        self._rate = refill_per_second
        self._level = self._capacity
        self._latest_ms = 0

    def allow(self, now_ms, cost=1):
        if cost < 1:
            raise ValueError("cost must be at least 1")
        self._refill(now_ms)
        needed = cost * UNITS_PER_TOKEN
        if needed > self._level:
            return False
        self._level -= needed
        return True

    def _refill(self, now_ms):
        now = max(now_ms, self._latest_ms)
        earned = (now - self._latest_ms) * self._rate
        self._level = min(self._capacity, self._level + earned)
        self._latest_ms = now
