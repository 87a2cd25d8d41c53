const { EventEmitter } = require('events');

class DoubleClickDetector extends EventEmitter {
  constructor(thresholdMs) {
    super();
    if (!(thresholdMs >= 1)) throw new RangeError('threshold must be at least 1 ms');
    this._thresholdMs = thresholdMs;
    // A streak is a series of quick clicks with one button; every even one ends a pair.
    this._streak = { length: 0, button: undefined, lastMs: 0 };
  }

  click(timeMs, button) {
    if (!(timeMs >= 0)) throw new RangeError('time must not be negative');
    const { length, button: streakButton, lastMs } = this._streak;
    const continues = button === streakButton
      && timeMs >= lastMs
      && timeMs <= lastMs + this._thresholdMs;
    this._streak = { length: continues ? length + 1 : 1, button, lastMs: timeMs };
    if (this._streak.length % 2 === 0) this.emit('doubleclick', timeMs, button);
  }
}
