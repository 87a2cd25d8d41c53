// `queue` descends, so that pop() yields its smallest node.
function enqueue(queue, node) {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (queue[middle] > node) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  queue.splice(low, 0, node);
}

function topologicalSort(n, edges) {
  if (!Number.isInteger(n) || n < 0) {
    throw new RangeError(`invalid number of nodes: ${n}`);
  }
  const isNode = (value) => Number.isInteger(value) && value >= 0 && value < n;
  const successors = Array.from({ length: n }, () => []);
  const waitingFor = new Array(n).fill(0);
  for (const [before, after] of edges) {
    if (!isNode(before) || !isNode(after)) {
      throw new RangeError(`edge ${before} -> ${after} names an unknown node`);
    }
    successors[before].push(after);
    waitingFor[after] += 1;
  }

  const ready = [];
  waitingFor.forEach((count, node) => {
    if (count === 0) enqueue(ready, node);
  });
  const order = [];
  while (ready.length > 0) {
    const node = ready.pop();
    order.push(node);
    for (const after of successors[node]) {
      waitingFor[after] -= 1;
      if (waitingFor[after] === 0) enqueue(ready, after);
    }
  }
  if (order.length !== n) {
    throw new RangeError("the dependencies contain a cycle");
  }
  return order;
}
