function parseCsvLine(line) {
  const fields = [];
  let field = "";
  let state = "start";

  for (const char of line) {
    if (state === "quoted") {
      if (char === '"') {
        state = "closing";
      } else {
        field += char;
      }
    } else if (char === ",") {
      fields.push(field);
      field = "";
      state = "start";
    } else if (char === '"' && state === "start") {
      state = "quoted";
    } else if (char === '"' && state === "closing") {
      field += char;
      state = "quoted";
    } else if (char === '"' || state === "closing") {
      throw new SyntaxError(`unexpected ${char} in field ${fields.length + 1}`);
    } else {
      field += char;
      state = "plain";
    }
  }

  if (state === "quoted") {
    throw new SyntaxError(`unclosed quote in field ${fields.length + 1}`);
  }
  fields.push(field);
  return fields;
}
