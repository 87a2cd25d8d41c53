import sys

for line in sys.stdin:
    try:
        print("%04d-%02d-%02d" % add_months(*map(int, line.split())), flush=True)
    except ValueError:
        print("error", flush=True)
