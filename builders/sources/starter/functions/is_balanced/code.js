const CLOSERS = new Map([["(", ")"], ["[", "]"], ["{", "}"]]);

function isBalanced(text) {
  const expected = [];
  let inString = false;
  let escaped = false;

  for (const char of text) {
    if (inString) {
      if (char === '"' && !escaped) inString = false;
      escaped = char === "\\" && !escaped;
    } else if (char === '"') {
      inString = true;
    } else if (CLOSERS.has(char)) {
      expected.push(CLOSERS.get(char));
    } else if (")]}".includes(char) && expected.pop() !== char) {
      return false;
    }
  }
  return expected.length === 0 && !inString;
}
