import sys

for line in sys.stdin:
    print("true" if is_balanced(line.rstrip("\n")) else "false", flush=True)
