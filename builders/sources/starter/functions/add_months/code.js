const MIN_YEAR = 1;
const MAX_YEAR = 9999;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year, month) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : MONTH_LENGTHS[month - 1];
}

function isDate(year, month, day) {
  return [year, month, day].every(Number.isInteger)
    && year >= MIN_YEAR && year <= MAX_YEAR
    && month >= 1 && month <= 12
    && day >= 1 && day <= daysInMonth(year, month);
}

function addMonths(year, month, day, months) {
  if (!isDate(year, month, day)) {
    throw new RangeError(`no such date: ${year}-${month}-${day}`);
  }
  if (!Number.isInteger(months)) {
    throw new RangeError(`not a whole number of months: ${months}`);
  }

  const monthIndex = year * 12 + (month - 1) + months;
  const targetYear = Math.floor(monthIndex / 12);
  if (targetYear < MIN_YEAR || targetYear > MAX_YEAR) {
    throw new RangeError(`result is outside the years ${MIN_YEAR} to ${MAX_YEAR}`);
  }

  const targetMonth = (monthIndex % 12) + 1;
  const lastDay = daysInMonth(targetYear, targetMonth);
  return { year: targetYear, month: targetMonth, day: Math.min(day, lastDay) };
}
