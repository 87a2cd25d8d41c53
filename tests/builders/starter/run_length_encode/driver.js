for (const line of require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  try {
    console.log(runLengthEncode(line));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log("error");
  }
}
