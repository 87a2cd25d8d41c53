const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

// Days since 0001-01-01, a Monday.
function dayNumber(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = match ? match.slice(1).map(Number) : [0, 0, 0];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const before = (m) => DAYS_BEFORE_MONTH[m - 1] + (leap && m > 2 ? 1 : 0);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > before(month + 1) - before(month)) {
    throw new RangeError(`not a date of the form YYYY-MM-DD: ${text}`);
  }

  const past = year - 1;
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return past * 365 + leapDays + before(month) + day - 1;
}

function businessDaysBetween(start, end) {
  const [first, stop] = [start, end].map(dayNumber);
  if (first > stop) {
    throw new RangeError(`start ${start} is after end ${end}`);
  }
  const businessDaysBefore = (number) => Math.floor(number / 7) * 5 + Math.min(number % 7, 5);
  return businessDaysBefore(stop) - businessDaysBefore(first);
}
