import sys

for line in sys.stdin:
    capacity, rate, *calls = map(int, line.split())
    try:
        bucket = TokenBucket(capacity, rate)
        answers = [bucket.allow(now, cost) for now, cost in zip(calls[::2], calls[1::2])]
        print(" ".join("yes" if answer else "no" for answer in answers), flush=True)
    except ValueError:
        print("error", flush=True)
