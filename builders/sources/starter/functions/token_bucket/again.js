const UNITS_PER_TOKEN = 1000;

class TokenBucket {
  constructor(capacity, refillPerSecond) {
    for (const value of [capacity, refillPerSecond]) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError('capacity and refillPerSecond must be positive integers');
      }
    }
    this._burst = capacity * UNITS_PER_TOKEN;
    this._rate = refillPerSecond;
    this._latestMs = 0;
    // The bucket is full again at ms + rest / rate.
    this._fullAt = { ms: 0, rest: 0 };
  }

  allow(nowMs, cost = 1) {
    if (!Number.isSafeInteger(nowMs)) {
      throw new RangeError('nowMs must be an integer');
    }
    if (!Number.isSafeInteger(cost) || cost < 1) {
      throw new RangeError('cost must be a positive integer');
    }
    this._latestMs = Math.max(this._latestMs, nowMs);
    const debt = this._debt() + cost * UNITS_PER_TOKEN;
    if (debt > this._burst) return false;
    const rest = debt % this._rate;
    this._fullAt = { ms: this._latestMs + (debt - rest) / this._rate, rest };
    return true;
  }

  _debt() {
    const { ms, rest } = this._fullAt;
    return ms < this._latestMs ? 0 : (ms - this._latestMs) * this._rate + rest;
  }
}
