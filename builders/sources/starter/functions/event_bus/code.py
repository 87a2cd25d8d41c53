from itertools import count
from typing import Any, Callable, Dict

Handler = Callable[[Any], None]


class EventBus:
    def __init__(self) -> None:
        self._handlers: Dict[str, Dict[int, Handler]] = {}
        self._topics: Dict[int, str] = {}
        self._tokens = count(1)

    def subscribe(self, topic: str, handler: Handler) -> int:
        if not callable(handler):
            raise TypeError("handler must be callable")
        token = next(self._tokens)
        self._handlers.setdefault(topic, {})[token] = handler
        self._topics[token] = topic
        return token

    def unsubscribe(self, token: int) -> bool:
        topic = self._topics.pop(token, None)
        if topic is None:
            return False
        handlers = self._handlers[topic]
        del handlers[token]
        if not handlers:
            del self._handlers[topic]
        return True

    def publish(self, topic: str, payload: Any = None) -> int:
        handlers = self._handlers.get(topic, {})
        called = 0
        for token in list(handlers):
            handler = handlers.get(token)
            if handler is not None:
                handler(payload)
                called += 1
        return called
