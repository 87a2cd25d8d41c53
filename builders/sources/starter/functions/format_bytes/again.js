const PREFIXES = ['K', 'M', 'G', 'T', 'P', 'E'];

function formatFrom(bytes, [prefix, ...larger], size) {
  const tenths = (bytes * 10n + size / 2n) / size;
  if (tenths >= 10240n && larger.length > 0) {
    return formatFrom(bytes, larger, size << 10n);
  }
  const digits = String(tenths);
  return `${digits.slice(0, -1)}.${digits.slice(-1)} ${prefix}iB`;
}

function formatBytes(count) {
  const bytes = BigInt(count);
  if (bytes < 0n) {
    throw new RangeError(`byte count must not be negative: ${count}`);
  }
  return bytes < 1024n ? `${bytes} B` : formatFrom(bytes, PREFIXES, 1024n);
}
