class LRUCache {
  #capacity;
  #nodes = new Map();
  #newest = null;
  #oldest = null;

  constructor(capacity) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be a positive integer, got ${capacity}`);
    }
    this.#capacity = capacity;
  }

  get(key) {
    const node = this.#nodes.get(key);
    if (node === undefined) {
      return undefined;
    }
    this.#unlink(node);
    this.#linkNewest(node);
    return node.value;
  }

  put(key, value) {
    let node = this.#nodes.get(key);
    if (node !== undefined) {
      node.value = value;
      this.#unlink(node);
    } else {
      if (this.#nodes.size === this.#capacity) {
        this.#nodes.delete(this.#oldest.key);
        this.#unlink(this.#oldest);
      }
      node = { key, value, newer: null, older: null };
      this.#nodes.set(key, node);
    }
    this.#linkNewest(node);
  }

  #linkNewest(node) {
    node.newer = null;
    node.older = this.#newest;
    if (this.#newest) this.#newest.newer = node;
    else this.#oldest = node;
    this.#newest = node;
  }

  #unlink({ newer, older }) {
    if (newer) newer.older = older;
    else this.#newest = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
  }
}
