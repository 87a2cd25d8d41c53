class EventBus {
  #handlers = new Map();
  #topics = new Map();
  #lastToken = 0;

  subscribe(topic, handler) {
    if (typeof handler !== "function") {
      throw new TypeError("handler must be a function");
    }
    const token = ++this.#lastToken;
    if (!this.#handlers.has(topic)) {
      this.#handlers.set(topic, new Map());
    }
    this.#handlers.get(topic).set(token, handler);
    this.#topics.set(token, topic);
    return token;
  }

  unsubscribe(token) {
    if (!this.#topics.has(token)) {
      return false;
    }
    const topic = this.#topics.get(token);
    const handlers = this.#handlers.get(topic);
    handlers.delete(token);
    if (handlers.size === 0) {
      this.#handlers.delete(topic);
    }
    return this.#topics.delete(token);
  }

  publish(topic, payload) {
    const handlers = this.#handlers.get(topic) ?? new Map();
    let called = 0;
    for (const token of [...handlers.keys()]) {
      const handler = handlers.get(token);
      if (handler) {
        handler(payload);
        called += 1;
      }
    }
    return called;
  }
}
