for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const [threshold, ...events] = line.split(' ').map(Number);
  const reported = [];
  try {
    const detector = new DoubleClickDetector(threshold);
    detector.on('doubleclick', (timeMs, button) => reported.push(`${timeMs}:${button}`));
    for (let i = 0; i < events.length; i += 2) detector.click(events[i], events[i + 1]);
    console.log(reported.join(' ') || 'none');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
