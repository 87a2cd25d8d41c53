const { createReadStream } = require('node:fs');

async function* readLines(path) {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function tailLines(path, count) {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count must be a non-negative integer: ${count}`);
  }

  const ring = [];
  let total = 0;
  for await (const line of readLines(path)) {
    if (count > 0) ring[total % count] = line;
    total += 1;
  }
  if (ring.length === 0 || total <= count) return ring;

  const oldest = total % count;
  return [...ring.slice(oldest), ...ring.slice(0, oldest)];
}
