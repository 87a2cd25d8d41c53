function movingAverage(values, window) {
  if (!Number.isInteger(window) || window <= 0) {
    throw new RangeError(`window must be a positive integer, got ${window}`);
  }
  const averages = [];
  let sum = 0;
  values.forEach((value, i) => {
    sum += value;
    if (i >= window) sum -= values[i - window];
    if (i >= window - 1) averages.push(sum / window);
  });
  return averages;
}
