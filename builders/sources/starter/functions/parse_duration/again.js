const SECONDS_PER_UNIT = new Map([['d', 86400], ['h', 3600], ['m', 60], ['s', 1]]);

function parsePart(part) {
  const seconds = SECONDS_PER_UNIT.get(part.at(-1));
  const digits = part.slice(0, -1);
  if (seconds === undefined || !/^\d{1,9}$/.test(digits)) {
    throw new RangeError(`invalid part of a duration: "${part}"`);
  }
  return { seconds, amount: Number(digits) };
}

function parseDuration(text) {
  if (typeof text !== 'string') {
    throw new TypeError('duration must be a string');
  }
  let total = 0;
  let limit = Infinity;
  for (const part of text.split(/(?<=[a-z])/)) {
    const { seconds, amount } = parsePart(part);
    if (seconds >= limit) {
      throw new RangeError(`units out of order in duration: "${text}"`);
    }
    total += amount * seconds;
    limit = seconds;
  }
  if (limit === Infinity) {
    throw new RangeError('empty duration');
  }
  return total;
}
