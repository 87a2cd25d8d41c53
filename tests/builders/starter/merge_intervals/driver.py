import sys

for line in sys.stdin:
    intervals = [tuple(map(int, word.split(","))) for word in line.split()]
    try:
        merged = merge_intervals(intervals)
        print(" ".join(f"{start},{end}" for start, end in merged) or "none", flush=True)
    except ValueError:
        print("error", flush=True)
