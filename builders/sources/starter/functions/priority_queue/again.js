// The heap is a tree of linked nodes. Written in binary, a node's position (the root is 1)
// spells the way to it: after the leading 1, each 0 goes left and each 1 goes right.
class PriorityQueue {
  #root = { entry: null };
  #size = 0;
  #pushed = 0;

  get size() {
    return this.#size;
  }

  push(item, priority) {
    if (!Number.isInteger(priority)) {
      throw new TypeError(`priority must be an integer: ${priority}`);
    }
    this.#size += 1;
    const way = this.#wayTo(this.#size);
    way[way.length - 1].entry = { item, priority, order: this.#pushed++ };
    for (let i = way.length - 1; i > 0 && isBefore(way[i], way[i - 1]); i -= 1) {
      swapEntries(way[i], way[i - 1]);
    }
  }

  pop() {
    if (this.#size === 0) throw new RangeError('the queue is empty');
    const { item } = this.#root.entry;
    const last = this.#wayTo(this.#size).pop();
    this.#root.entry = last.entry;
    last.entry = null;
    this.#size -= 1;
    sink(this.#root);
    return item;
  }

  #wayTo(position) {
    const way = [this.#root];
    for (const bit of position.toString(2).slice(1)) {
      const side = bit === '0' ? 'left' : 'right';
      const node = way[way.length - 1];
      node[side] ??= { entry: null };
      way.push(node[side]);
    }
    return way;
  }
}

function isBefore(a, b) {
  if (!a?.entry || !b.entry) return Boolean(a?.entry);
  return a.entry.priority - b.entry.priority < 0
    || (a.entry.priority === b.entry.priority && a.entry.order < b.entry.order);
}

function swapEntries(a, b) {
  [a.entry, b.entry] = [b.entry, a.entry];
}

function sink(node) {
  let first = node;
  if (isBefore(node.left, first)) first = node.left;
  if (isBefore(node.right, first)) first = node.right;
  if (first === node) return;
  swapEntries(first, node);
  sink(first);
}
