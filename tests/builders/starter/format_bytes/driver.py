import sys

for line in sys.stdin:
    try:
        print(format_bytes(int(line)), flush=True)
    except ValueError:
        print("error", flush=True)
