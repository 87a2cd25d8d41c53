import sys

sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
for line in sys.stdin:
    try:
        print(run_length_encode(line.rstrip("\n")), flush=True)
    except ValueError:
        print("error", flush=True)
