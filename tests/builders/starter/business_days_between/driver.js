function answer(line) {
  try {
    return businessDaysBetween(...line.split(","));
  } catch (error) {
    if (error instanceof RangeError) return "error";
    throw error;
  }
}

const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
process.stdout.write(lines.map((line) => answer(line) + "\n").join(""));
