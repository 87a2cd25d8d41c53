for (const line of require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  const [n, ...pairs] = line.split(" ");
  try {
    const edges = pairs.map((pair) => pair.split(">").map(Number));
    console.log(topologicalSort(Number(n), edges).join(" "));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log("error");
  }
}
