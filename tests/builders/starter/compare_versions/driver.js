const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\n');
for (const line of lines) {
  const [left, right] = line.split(' ');
  try {
    console.log(String(compareVersions(left, right)));
  } catch (e) {
    if (!e.message.startsWith('malformed')) throw e;
    console.log('error');
  }
}
