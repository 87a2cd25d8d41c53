function run(steps) {
  const bus = new EventBus();
  const log = [];
  let labels = 0;
  let payloads = 0;
  const step = (text) => {
    if (text[0] === "+") {
      const label = ++labels;
      bus.subscribe(text[1], (payload) => {
        log.push(`${label}:${payload}`);
        if (text.length > 2) step(text.slice(2));
      });
    } else if (text[0] === "-") {
      log.push(bus.unsubscribe(Number(text.slice(1))) ? "ok" : "no");
    } else if (text[0] === "!") {
      log.push(`=${bus.publish(text[1], ++payloads)}`);
    } else {
      bus.subscribe(text[1], undefined);
    }
  };
  steps.forEach(step);
  return log.join(" ");
}

for (const line of require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  try {
    console.log(run(line.split(" ")));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.log("error");
  }
}
