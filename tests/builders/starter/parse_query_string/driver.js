const lines = require('fs').readFileSync(0, 'utf8').split('\n');
lines.pop();
for (const line of lines) {
  try {
    const params = parseQueryString(line);
    const shown = [...params.keys()].sort().map((key) => `${key}=[${params.get(key).join('|')}]`);
    console.log(`{${shown.join(' ')}}`);
  } catch (e) {
    if (!(e instanceof URIError)) throw e;
    console.log('error');
  }
}
