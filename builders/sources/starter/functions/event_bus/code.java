import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

final class EventBus<P> {
    private final Map<String, Map<Integer, Consumer<? super P>>> handlersByTopic = new HashMap<>();
    private final Map<Integer, String> topics = new HashMap<>();
    private int lastToken;

    int subscribe(String topic, Consumer<? super P> handler) {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(handler, "handler");
        int token = ++lastToken;
        handlersByTopic.computeIfAbsent(topic, key -> new LinkedHashMap<>()).put(token, handler);
        topics.put(token, topic);
        return token;
    }

    boolean unsubscribe(int token) {
        String topic = topics.remove(token);
        if (topic == null) {
            return false;
        }
        Map<Integer, Consumer<? super P>> handlers = handlersByTopic.get(topic);
        handlers.remove(token);
        if (handlers.isEmpty()) {
            handlersByTopic.remove(topic);
        }
        return true;
    }

    int publish(String topic, P payload) {
        Map<Integer, Consumer<? super P>> handlers = handlersByTopic.getOrDefault(topic, Map.of());
        int called = 0;
        for (Integer token : List.copyOf(handlers.keySet())) {
            Consumer<? super P> handler = handlers.get(token);
            if (handler != null) {
                handler.accept(payload);
                called++;
            }
        }
        return called;
    }
}
