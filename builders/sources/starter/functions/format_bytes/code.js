const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function roundToTenths(bytes, size) {
  return (bytes * 10n + size / 2n) / size;
}

function formatBytes(count) {
  // Counts above Number.MAX_SAFE_INTEGER must stay exact.
  const bytes = BigInt(count);
  if (bytes < 0n) {
    throw new RangeError(`byte count must not be negative: ${count}`);
  }
  if (bytes < 1024n) {
    return `${bytes} B`;
  }

  let size = 1024n;
  let index = 0;
  while (roundToTenths(bytes, size) >= 10240n && index < UNITS.length - 1) {
    size *= 1024n;
    index += 1;
  }
  const tenths = roundToTenths(bytes, size);
  return `${tenths / 10n}.${tenths % 10n} ${UNITS[index]}`;
}
