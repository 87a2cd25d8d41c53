import sys

for line in sys.stdin:
    try:
        print(to_roman(int(line)), flush=True)
    except ValueError:
        print("error", flush=True)
