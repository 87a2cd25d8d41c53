function decodeField(raw) {
  if (!raw.includes('"')) {
    return raw;
  }
  const match = /^"([^"]*(?:""[^"]*)*)"$/.exec(raw);
  if (match === null) {
    throw new SyntaxError(`misplaced quote in ${raw}`);
  }
  return match[1].replaceAll('""', '"');
}

function parseCsvLine(line) {
  const fields = [];
  let parts = [];
  let quotes = 0;

  // A comma separates fields only where the quotes so far pair up.
  for (const part of line.split(",")) {
    parts.push(part);
    quotes += part.split('"').length - 1;
    if (quotes % 2 === 0) {
      fields.push(decodeField(parts.join(",")));
      parts = [];
    }
  }

  if (parts.length > 0) {
    throw new SyntaxError("unclosed quote");
  }
  return fields;
}
