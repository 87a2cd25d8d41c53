class EventBus {
  #subscriptions = new Map();
  #lastToken = 0;

  subscribe(topic, handler) {
    if (typeof handler !== "function") {
      throw new TypeError("handler must be a function");
    }
    this.#lastToken += 1;
    this.#subscriptions.set(this.#lastToken, { topic, handler });
    return this.#lastToken;
  }

  unsubscribe(token) {
    return this.#subscriptions.delete(token);
  }

  publish(topic, payload) {
    // Walking a live Map passes over deleted entries but reaches added ones.
    const newest = this.#lastToken;
    let called = 0;
    for (const [token, subscription] of this.#subscriptions) {
      if (token > newest) {
        break;
      }
      if (subscription.topic === topic) {
        const { handler } = subscription;
        handler(payload);
        called += 1;
      }
    }
    return called;
  }
}
