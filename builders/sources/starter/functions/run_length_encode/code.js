const DIGITS = /[0-9]/;
const RUN = /(.)\1*/gsu;

function runLengthEncode(text) {
  if (DIGITS.test(text)) {
    throw new RangeError("digits in the text cannot be told from counts");
  }
  return text.replace(RUN, (run, symbol) => {
    const count = run.length / symbol.length;
    return `${symbol}${count}`;
  });
}
