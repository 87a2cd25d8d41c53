class DoubleClickDetector:
    def __init__(self, threshold_ms, on_double_click):
        if threshold_ms < 1:
            raise ValueError("threshold must be at least 1 ms")
        self._threshold_ms = threshold_ms
        self._on_double_click = on_double_click
        self._pending = None

    def click(self, time_ms, button):
        if time_ms < 0:
            raise ValueError("time must not be negative")
        completes = self._completes(time_ms, button)
        # Settled before the handler runs, which may raise or send more clicks.
        self._pending = None if completes else (time_ms, button)
        if completes:
            self._on_double_click(time_ms, button)

    def _completes(self, time_ms, button):
        if self._pending is None:
            return False
        first_ms, first_button = self._pending
        return button == first_button and 0 <= time_ms - first_ms <= self._threshold_ms
