const isDigit = (symbol) => symbol >= "0" && symbol <= "9";

function addSymbol(runs, symbol) {
  if (isDigit(symbol)) {
    throw new RangeError("digits in the text cannot be told from counts");
  }
  const last = runs[runs.length - 1];
  if (last && last.symbol === symbol) {
    last.count += 1;
  } else {
    runs.push({ symbol, count: 1 });
  }
  return runs;
}

function runLengthEncode(text) {
  return [...text]
    .reduce(addSymbol, [])
    .map(({ symbol, count }) => symbol + count)
    .join("");
}
