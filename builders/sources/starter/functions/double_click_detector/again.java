import java.util.ArrayList;
import java.util.List;

final class DoubleClickDetector {
    interface Listener {
        void doubleClicked(long timeMillis, int button);
    }

    private interface State {
        State next(long timeMillis, int button);
    }

    private final long thresholdMillis;
    private final List<Listener> listeners = new ArrayList<>();
    private final State completed = this::awaitSecond;
    private State state = this::awaitSecond;

    DoubleClickDetector(long thresholdMillis) {
        if (thresholdMillis < 1) {
            throw new IllegalArgumentException("threshold must be at least 1 ms");
        }
        this.thresholdMillis = thresholdMillis;
    }

    void addListener(Listener listener) {
        listeners.add(listener);
    }

    void click(long timeMillis, int button) {
        if (timeMillis < 0) {
            throw new IllegalArgumentException("time must not be negative");
        }
        state = state.next(timeMillis, button);
        if (state == completed) {
            for (Listener listener : List.copyOf(listeners)) {
                listener.doubleClicked(timeMillis, button);
            }
        }
    }

    private State awaitSecond(long firstMillis, int firstButton) {
        return (timeMillis, button) -> {
            long gap = timeMillis - firstMillis;
            boolean matches = button == firstButton && gap >= 0 && gap <= thresholdMillis;
            return matches ? completed : awaitSecond(timeMillis, button);
        };
    }
}
