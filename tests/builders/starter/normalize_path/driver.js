for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  try {
    console.log(normalizePath(line));
  } catch (error) {
    if (line !== '') throw error;
    console.log('error');
  }
}
