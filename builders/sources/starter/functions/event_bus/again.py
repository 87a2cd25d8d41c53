from dataclasses import dataclass
from typing import Any, Callable, List

Handler = Callable[[Any], None]


@dataclass
class _Subscription:
    token: int
    topic: str
    handler: Handler
    live: bool = True


class EventBus:
    def __init__(self) -> None:
        self._subscriptions: List[_Subscription] = []
        self._last_token = 0

    def subscribe(self, topic: str, handler: Handler) -> int:
        if not callable(handler):
            raise TypeError("handler must be callable")
        self._last_token += 1
        added = _Subscription(self._last_token, topic, handler)
        # Lists are replaced, never changed, so that a running publish keeps its own.
        self._subscriptions = [*self._subscriptions, added]
        return added.token

    def unsubscribe(self, token: int) -> bool:
        kept = []
        for subscription in self._subscriptions:
            if subscription.token == token:
                subscription.live = False
            else:
                kept.append(subscription)
        found = len(kept) < len(self._subscriptions)
        self._subscriptions = kept
        return found

    def publish(self, topic: str, payload: Any = None) -> int:
        called = 0
        for subscription in self._subscriptions:
            if subscription.live and subscription.topic == topic:
                subscription.handler(payload)
                called += 1
        return called
