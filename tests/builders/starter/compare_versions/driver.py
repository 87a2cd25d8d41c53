import sys

for line in sys.stdin:
    left, right = line.split()
    try:
        print(compare_versions(left, right), flush=True)
    except ValueError:
        print("error", flush=True)
