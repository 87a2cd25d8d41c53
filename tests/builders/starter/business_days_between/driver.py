import sys

for line in sys.stdin:
    start, end = line.rstrip("\n").split(",")
    try:
        print(business_days_between(start, end), flush=True)
    except ValueError:
        print("error", flush=True)
