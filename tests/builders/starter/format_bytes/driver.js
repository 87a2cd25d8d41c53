for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const count = Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line);
  try {
    console.log(formatBytes(count));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
