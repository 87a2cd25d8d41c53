for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
  try {
    console.log(evaluateExpression(line));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    console.log('error');
  }
}
