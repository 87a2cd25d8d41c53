for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  const queue = new PriorityQueue();
  const words = line.split(' ');
  const out = [];
  while (words.length > 0) {
    const word = words.shift();
    if (word === 'push') {
      queue.push(words.shift(), Number(words.shift()));
    } else if (word === 'size') {
      out.push(queue.size);
    } else {
      try {
        out.push(queue.pop());
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        out.push('error');
      }
    }
  }
  console.log(out.join(' '));
}
