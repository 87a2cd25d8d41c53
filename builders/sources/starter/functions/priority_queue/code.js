class PriorityQueue {
  #heap = [];
  #pushed = 0;

  get size() {
    return this.#heap.length;
  }

  push(item, priority) {
    if (!Number.isInteger(priority)) {
      throw new TypeError(`priority must be an integer: ${priority}`);
    }
    this.#heap.push({ item, priority, order: this.#pushed++ });
    let child = this.#heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  pop() {
    if (this.#heap.length === 0) throw new RangeError('the queue is empty');
    this.#swap(0, this.#heap.length - 1);
    const { item } = this.#heap.pop();
    this.#siftDown(0);
    return item;
  }

  #siftDown(parent) {
    const size = this.#heap.length;
    for (;;) {
      let first = parent;
      const left = 2 * parent + 1;
      const right = left + 1;
      if (left < size && this.#isBefore(left, first)) first = left;
      if (right < size && this.#isBefore(right, first)) first = right;
      if (first === parent) return;
      this.#swap(first, parent);
      parent = first;
    }
  }

  #isBefore(a, b) {
    const x = this.#heap[a];
    const y = this.#heap[b];
    return x.priority === y.priority ? x.order < y.order : x.priority < y.priority;
  }

  #swap(a, b) {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}
