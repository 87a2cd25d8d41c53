const fs = require('node:fs');

(async () => {
  for (const input of fs.readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
    const [number, content] = input.split('|');
    if (content !== undefined) fs.writeFileSync('tail_lines.tmp', content.replaceAll('\\n', '\n'));
    try {
      const lines = await tailLines('tail_lines.tmp', Number(number));
      console.log(`${lines.length}:${lines.map((line) => ` [${line}]`).join('')}`);
    } catch (error) {
      if (content !== undefined && number >= 0) throw error;
      console.log('error');
    }
    fs.rmSync('tail_lines.tmp', { force: true });
  }
})();
