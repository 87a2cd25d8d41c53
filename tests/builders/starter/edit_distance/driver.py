import sys

sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    left, right = line.rstrip("\n").split("|")
    print(edit_distance(left, right), flush=True)
