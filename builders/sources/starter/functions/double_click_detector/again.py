class DoubleClickDetector:
    def __init__(self, threshold_ms, on_double_click):
        if threshold_ms < 1:
            raise ValueError("threshold must be at least 1 ms")
        self._on_double_click = on_double_click
        self._matcher = _match_pairs(threshold_ms)
        next(self._matcher)

    def click(self, time_ms, button):
        if time_ms < 0:
            raise ValueError("time must not be negative")
        if self._matcher.send((time_ms, button)):
            self._on_double_click(time_ms, button)


def _match_pairs(threshold_ms):
    first = yield
    while True:
        second = yield False
        gap = second[0] - first[0]
        if second[1] == first[1] and 0 <= gap <= threshold_ms:
            first = yield True
        else:
            first = second
