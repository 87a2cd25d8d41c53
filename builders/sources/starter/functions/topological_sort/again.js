function topologicalSort(n, edges) {
  if (!Number.isInteger(n) || n < 0) {
    throw new RangeError(`invalid number of nodes: ${n}`);
  }
  const missing = new Map();
  for (let node = 0; node < n; node += 1) {
    missing.set(node, new Set());
  }
  for (const [before, after] of edges) {
    if (!missing.has(before) || !missing.has(after)) {
      throw new RangeError(`edge ${before} -> ${after} names an unknown node`);
    }
    missing.get(after).add(before);
  }
  return placeNodes(missing);
}

// The keys of `missing` ascend, so the first free one is the smallest.
function placeNodes(missing) {
  const order = [];
  while (missing.size > 0) {
    const free = [...missing.keys()].find((node) => missing.get(node).size === 0);
    if (free === undefined) {
      throw new RangeError("the dependencies contain a cycle");
    }
    order.push(free);
    missing.delete(free);
    missing.forEach((prerequisites) => prerequisites.delete(free));
  }
  return order;
}
