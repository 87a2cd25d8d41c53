const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\n');
for (const line of lines) {
  const [window, ...values] = line.split(' ').map(Number);
  try {
    console.log(`[${movingAverage(values, window).map((average) => average.toFixed(4)).join(' ')}]`);
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
    console.log('error');
  }
}
