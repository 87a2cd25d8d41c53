const DAY_MS = 24 * 60 * 60 * 1000;

function parseDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  // The round trip rejects days such as 02-30, which Date moves into the next month.
  const valid =
    /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(text);
  if (!valid) {
    throw new RangeError(`not a date of the form YYYY-MM-DD: ${text}`);
  }
  return day;
}

function businessDaysBetween(start, end) {
  const first = parseDay(start);
  const days = (parseDay(end) - first) / DAY_MS;
  if (days < 0) {
    throw new RangeError(`start ${start} is after end ${end}`);
  }

  const rest = days % 7;
  const weekday = (first.getUTCDay() + 6) % 7; // Monday is 0
  let count = ((days - rest) / 7) * 5;
  for (let i = 0; i < rest; i++) {
    if ((weekday + i) % 7 < 5) count++;
  }
  return count;
}
