import sys

for line in sys.stdin:
    n, *pairs = line.split()
    try:
        order = topological_sort(int(n), [tuple(map(int, pair.split(">"))) for pair in pairs])
        print(*order, flush=True)
    except ValueError:
        print("error", flush=True)
