import sys

for line in sys.stdin:
    window, *values = line.split()
    try:
        averages = moving_average([float(value) for value in values], int(window))
        print("[" + " ".join(f"{average:.4f}" for average in averages) + "]", flush=True)
    except ValueError:
        print("error", flush=True)
