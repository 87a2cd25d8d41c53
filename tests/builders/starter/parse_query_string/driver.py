import sys

sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
for line in sys.stdin:
    try:
        params = parse_query_string(line.rstrip("\n"))
        print("{" + " ".join(f"{key}=[{'|'.join(params[key])}]" for key in sorted(params)) + "}", flush=True)
    except ValueError:
        print("error", flush=True)
