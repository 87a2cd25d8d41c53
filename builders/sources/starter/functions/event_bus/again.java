import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

final class EventBus<P> {
    private final List<Subscription<P>> subscriptions = new ArrayList<>();
    private int lastToken;
    private int running;

    int subscribe(String topic, Consumer<? super P> handler) {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(handler, "handler");
        subscriptions.add(new Subscription<>(++lastToken, topic, handler));
        return lastToken;
    }

    boolean unsubscribe(int token) {
        for (Subscription<P> subscription : subscriptions) {
            if (subscription.live && subscription.token == token) {
                subscription.live = false;
                sweep();
                return true;
            }
        }
        return false;
    }

    int publish(String topic, P payload) {
        int called = 0;
        int end = subscriptions.size();
        running++;
        try {
            for (int i = 0; i < end; i++) {
                Subscription<P> subscription = subscriptions.get(i);
                if (subscription.live && subscription.topic.equals(topic)) {
                    subscription.handler.accept(payload);
                    called++;
                }
            }
        } finally {
            running--;
            sweep();
        }
        return called;
    }

    // Positions must not shift under a publish that is still walking the list.
    private void sweep() {
        if (running == 0) {
            subscriptions.removeIf(subscription -> !subscription.live);
        }
    }

    private static final class Subscription<P> {
        final int token;
        final String topic;
        final Consumer<? super P> handler;
        boolean live = true;

        Subscription(int token, String topic, Consumer<? super P> handler) {
            this.token = token;
            this.topic = topic;
            this.handler = handler;
        }
    }
}
