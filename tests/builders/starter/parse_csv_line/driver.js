const input = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
for (const raw of input) {
  try {
    const fields = parseCsvLine(raw.replaceAll("~", "\n"));
    console.log(fields.map((field) => `[${field}]`).join("").replaceAll("\n", "~"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    console.log("error");
  }
}
