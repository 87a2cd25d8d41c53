function mergeIntervals(intervals) {
  for (const [start, end] of intervals) {
    if (!Number.isInteger(start) || !Number.isInteger(end)) {
      throw new TypeError(`interval bounds must be integers: [${start}, ${end}]`);
    }
    if (start > end) {
      throw new RangeError(`interval starts after it ends: [${start}, ${end}]`);
    }
  }

  const sorted = [...intervals].sort(([a], [b]) => a - b);
  const merged = [];
  for (const [start, end] of sorted) {
    const last = merged[merged.length - 1];
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      merged.push([start, end]);
    }
  }
  return merged;
}
