const PRECEDENCE = { '+': 1, '-': 1, '*': 2, '/': 2 };
const MAX_NESTING = 100;

const OPERATIONS = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => {
    if (right === 0) throw new RangeError('division by zero');
    return Math.trunc(left / right);
  },
};

function toInt32(value) {
  if (value !== (value | 0)) throw new RangeError('value does not fit in 32 bits');
  return value | 0; // turns -0 into 0
}

function evaluateExpression(text) {
  const tokens = text.match(/[0-9]+|[^ \t]/g) || [];
  let position = 0;

  function expression(floor, nesting) {
    let value = operand(nesting);
    while (PRECEDENCE[tokens[position]] > floor) {
      const operator = tokens[position++];
      const right = expression(PRECEDENCE[operator], nesting);
      value = toInt32(OPERATIONS[operator](value, right));
    }
    return value;
  }

  function operand(nesting) {
    let negative = false;
    for (; tokens[position] === '-'; position++) negative = !negative;
    const token = tokens[position++];
    let value;
    if (token === '(' && nesting < MAX_NESTING) {
      value = expression(0, nesting + 1);
      if (tokens[position++] !== ')') throw new SyntaxError('missing closing parenthesis');
    } else if (/^[0-9]/.test(token)) {
      value = toInt32(Number(token));
    } else {
      throw new SyntaxError(`operand expected, found ${token ?? 'end of text'}`);
    }
    return negative ? toInt32(-value) : value;
  }

  const value = expression(0, 0);
  if (position < tokens.length) throw new SyntaxError(`unexpected ${tokens[position]}`);
  return value;
}
