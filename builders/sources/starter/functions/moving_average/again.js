function movingAverage(values, window) {
  if (!Number.isInteger(window) || window <= 0) {
    throw new RangeError(`window must be a positive integer, got ${window}`);
  }
  return Array.from(slidingSums(values, window), (sum) => sum / window);
}

// A queue kept as two stacks: `left` holds suffix sums of the older half of the window,
// so that a number leaves without being subtracted.
function* slidingSums(values, window) {
  let left = [];
  let right = [];
  let rightSum = 0;
  for (const value of values) {
    right.push(value);
    rightSum += value;
    if (left.length + right.length < window) continue;

    yield (left.length > 0 ? left[left.length - 1] : 0) + rightSum;

    if (left.length === 0) {
      let suffix = 0;
      left = right.reverse().map((number) => (suffix += number));
      right = [];
      rightSum = 0;
    }
    left.pop();
  }
}
