for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const [capacity, rate, ...calls] = line.split(' ').map(Number);
  try {
    const bucket = new TokenBucket(capacity, rate);
    const answers = [];
    for (let i = 0; i < calls.length; i += 2) {
      answers.push(bucket.allow(calls[i], calls[i + 1]) ? 'yes' : 'no');
    }
    console.log(answers.join(' '));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('error');
  }
}
