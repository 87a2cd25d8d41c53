for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  try {
    const date = addMonths(...line.split(' ').map(Number));
    const text = [date.year, date.month, date.day].map((part, i) => String(part).padStart(i ? 2 : 4, '0'));
    console.log(text.join('-'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
