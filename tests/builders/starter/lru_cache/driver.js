function answer(line) {
  const words = line.split(" ");
  const out = [];
  let cache;
  try {
    cache = new LRUCache(Number(words[0]));
  } catch {
    return "error";
  }
  for (let i = 1; i < words.length; ) {
    if (words[i] === "put") {
      cache.put(Number(words[i + 1]), Number(words[i + 2]));
      i += 3;
    } else {
      out.push(cache.get(Number(words[i + 1])) ?? "none");
      i += 2;
    }
  }
  return out.join(" ");
}

const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
process.stdout.write(lines.map((line) => answer(line) + "\n").join(""));
