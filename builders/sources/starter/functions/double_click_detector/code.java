import java.util.ArrayList;
import java.util.List;

final class DoubleClickDetector {
    interface Listener {
        void doubleClicked(long timeMillis, int button);
    }

    private final long thresholdMillis;
    private final List<Listener> listeners = new ArrayList<>();
    private boolean pending;
    private long firstMillis;
    private int firstButton;

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
        boolean completes = pending && button == firstButton
            && timeMillis >= firstMillis && timeMillis - firstMillis <= thresholdMillis;
        // Settled before the listeners run, which may throw or send more clicks.
        pending = !completes;
        firstMillis = timeMillis;
        firstButton = button;
        if (completes) {
            List.copyOf(listeners).forEach(listener -> listener.doubleClicked(timeMillis, button));
        }
    }
}
