for (const request of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const [, number, paragraph] = /^(\S+) ?(.*)$/.exec(request);
  try {
    const wrapped = wrapText(paragraph, Number(number));
    console.log([wrapped.length, ...wrapped].join('|'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
