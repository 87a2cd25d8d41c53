const { EventEmitter } = require('events');

class DoubleClickDetector extends EventEmitter {
  #thresholdMs;
  #pending = null;

  constructor(thresholdMs) {
    super();
    if (!(thresholdMs >= 1)) throw new RangeError('threshold must be at least 1 ms');
    this.#thresholdMs = thresholdMs;
  }

  click(timeMs, button) {
    if (!(timeMs >= 0)) throw new RangeError('time must not be negative');
    const completes = this.#completes(timeMs, button);
    // Settled before the listeners run, which may throw or send more clicks.
    this.#pending = completes ? null : { timeMs, button };
    if (completes) this.emit('doubleclick', timeMs, button);
  }

  #completes(timeMs, button) {
    if (this.#pending === null || this.#pending.button !== button) return false;
    const gap = timeMs - this.#pending.timeMs;
    return gap >= 0 && gap <= this.#thresholdMs;
  }
}
