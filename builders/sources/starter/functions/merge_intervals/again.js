function boundaries([start, end]) {
  if (!Number.isInteger(start) || !Number.isInteger(end)) {
    throw new TypeError(`interval bounds must be integers: [${start}, ${end}]`);
  }
  if (start > end) {
    throw new RangeError(`interval starts after it ends: [${start}, ${end}]`);
  }
  return [
    { at: start, change: 1 },
    { at: end, change: -1 },
  ];
}

function mergeIntervals(intervals) {
  // At the same point openings come before closings, which joins touching intervals.
  const sweep = intervals
    .flatMap(boundaries)
    .sort((a, b) => a.at - b.at || b.change - a.change);

  const merged = [];
  let open = 0;
  let start;
  for (const { at, change } of sweep) {
    if (open === 0) start = at;
    open += change;
    if (open === 0) merged.push([start, at]);
  }
  return merged;
}
