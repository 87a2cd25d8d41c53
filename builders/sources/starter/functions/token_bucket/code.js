const UNITS_PER_TOKEN = 1000;

function requirePositiveInteger(value, name) {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name} must be a positive integer`);
  }
}

class TokenBucket {
  #capacity;
  #rate;
  #level;
  #latestMs = 0;

  constructor(capacity, refillPerSecond) {
    requirePositiveInteger(capacity, 'capacity');
    requirePositiveInteger(refillPerSecond, 'refillPerSecond');
    // In thousandths of a token, one millisecond earns exactly #rate units.
    this.#capacity = capacity * UNITS_PER_TOKEN;
    this.#rate = refillPerSecond;
    this.#level = this.#capacity;
  }

  allow(nowMs, cost = 1) {
    if (!Number.isSafeInteger(nowMs)) {
      throw new RangeError('nowMs must be an integer');
    }
    requirePositiveInteger(cost, 'cost');
    this.#refill(nowMs);
    const needed = cost * UNITS_PER_TOKEN;
    if (needed > this.#level) return false;
    this.#level -= needed;
    return true;
  }

  #refill(nowMs) {
    const now = Math.max(nowMs, this.#latestMs);
    const earned = (now - this.#latestMs) * this.#rate;
    this.#level = Math.min(this.#capacity, this.#level + earned);
    this.#latestMs = now;
  }
}
