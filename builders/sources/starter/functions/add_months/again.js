const MIN_YEAR = 1;
const MAX_YEAR = 9999;

// Date.UTC() would read the years 0 to 99 as 1900 to 1999.
function utcDate(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function isSupported(year) {
  return year >= MIN_YEAR && year <= MAX_YEAR;
}

function addMonths(year, month, day, months) {
  const start = utcDate(year, month, day);
  if (!isSupported(year)
      || start.getUTCFullYear() !== year
      || start.getUTCMonth() + 1 !== month
      || start.getUTCDate() !== day) {
    throw new RangeError(`no such date: ${year}-${month}-${day}`);
  }
  if (!Number.isInteger(months)) {
    throw new RangeError(`not a whole number of months: ${months}`);
  }

  const target = utcDate(year, month + months, day);
  if (target.getUTCDate() !== day) {
    // The day ran over into the next month; day 0 is the last day of the one before.
    target.setUTCDate(0);
  }
  if (!isSupported(target.getUTCFullYear())) {
    throw new RangeError(`result is outside the years ${MIN_YEAR} to ${MAX_YEAR}`);
  }
  return {
    year: target.getUTCFullYear(),
    month: target.getUTCMonth() + 1,
    day: target.getUTCDate(),
  };
}
