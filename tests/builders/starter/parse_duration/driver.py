import sys

for line in sys.stdin:
    try:
        print(parse_duration(line.rstrip("\n")), flush=True)
    except ValueError:
        print("error", flush=True)
