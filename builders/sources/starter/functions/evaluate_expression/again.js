const BINDING = { '+': 1, '-': 1, '*': 2, '/': 2, negate: 3 };
const MAX_NESTING = 100;

function toPostfix(text) {
  const output = [];
  const pending = [];
  const nesting = () => pending.filter((entry) => entry === '(').length;
  const flush = (binding) => {
    while (BINDING[pending[pending.length - 1]] >= binding) output.push(pending.pop());
  };
  let operandExpected = true;
  for (const [token] of text.matchAll(/[0-9]+|[^ \t]/g)) {
    if (operandExpected && token === '-') {
      if (pending[pending.length - 1] === 'negate') pending.pop();
      else pending.push('negate');
    } else if (operandExpected && token === '(' && nesting() < MAX_NESTING) {
      pending.push(token);
    } else if (operandExpected && /^[0-9]/.test(token)) {
      output.push(Number(token));
      operandExpected = false;
    } else if (!operandExpected && token in BINDING) {
      flush(BINDING[token]);
      pending.push(token);
      operandExpected = true;
    } else if (!operandExpected && token === ')' && nesting() > 0) {
      flush(1);
      pending.pop();
    } else {
      throw new SyntaxError(`unexpected ${token}`);
    }
  }
  if (operandExpected || nesting() > 0) throw new SyntaxError('incomplete expression');
  flush(1);
  return output;
}

function evaluateExpression(text) {
  const stack = [];
  for (const item of toPostfix(text)) {
    const right = typeof item === 'number' ? item : stack.pop();
    let value = right;
    if (item === 'negate') value = -right;
    else if (item === '+') value = stack.pop() + right;
    else if (item === '-') value = stack.pop() - right;
    else if (item === '*') value = stack.pop() * right;
    else if (item === '/') value = Math.trunc(stack.pop() / right);
    // Also catches the infinity or NaN of a division by zero.
    if (value !== (value | 0)) throw new RangeError('division by zero or more than 32 bits');
    stack.push(value | 0);
  }
  return stack.pop();
}
