import sys

for line in sys.stdin:
    threshold, *events = map(int, line.split())
    reported = []
    try:
        detector = DoubleClickDetector(threshold, lambda time_ms, button: reported.append(f"{time_ms}:{button}"))
        for time_ms, button in zip(events[::2], events[1::2]):
            detector.click(time_ms, button)
        print(" ".join(reported) or "none", flush=True)
    except ValueError:
        print("error", flush=True)
