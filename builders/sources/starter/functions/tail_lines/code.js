const { open } = require('node:fs/promises');

const BLOCK_SIZE = 8192;
const LINE_FEED = 0x0a;

async function readAt(file, position, length) {
  const buffer = Buffer.alloc(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error('file shrank while it was being read');
    filled += bytesRead;
  }
  return buffer;
}

async function findTail(file, size, count) {
  if (count === 0) return size;

  let missing = count;
  let position = size - 1;
  while (position > 0) {
    const length = Math.min(BLOCK_SIZE, position);
    position -= length;
    const block = await readAt(file, position, length);
    for (let i = length - 1; i >= 0; i -= 1) {
      if (block[i] === LINE_FEED) {
        missing -= 1;
        if (missing === 0) return position + i + 1;
      }
    }
  }
  return 0;
}

async function tailLines(path, count) {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count must be a non-negative integer: ${count}`);
  }

  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const offset = await findTail(file, size, count);
    const text = (await readAt(file, offset, size - offset)).toString('utf8');
    return text === '' ? [] : text.replace(/\n$/, '').split('\n');
  } finally {
    await file.close();
  }
}
