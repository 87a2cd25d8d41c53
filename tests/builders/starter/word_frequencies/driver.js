for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const [limit] = line.split(' ', 1);
  try {
    const pairs = wordFrequencies(line.slice(limit.length + 1), Number(limit));
    console.log(pairs.map(([word, count]) => `${word}:${count}`).join(' ') || 'none');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
