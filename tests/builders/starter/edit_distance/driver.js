const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\n');
for (const line of lines) {
  console.log(editDistance(...line.split('|')));
}
