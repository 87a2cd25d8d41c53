const SECONDS_PER_UNIT = [86400, 3600, 60, 1];

const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

function parseDuration(text) {
  if (typeof text !== 'string') {
    throw new TypeError('duration must be a string');
  }
  const [, ...numbers] = DURATION.exec(text) ?? [];
  if (numbers.every((number) => number === undefined)) {
    throw new RangeError(`invalid duration: "${text}"`);
  }
  return numbers.reduce(
    (total, number = '0', index) => total + Number(number) * SECONDS_PER_UNIT[index],
    0,
  );
}
