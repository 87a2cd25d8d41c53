import sys

# "~" stands for a line break inside the record.
sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
for raw in sys.stdin:
    try:
        fields = parse_csv_line(raw.rstrip("\n").replace("~", "\n"))
        print("".join(f"[{field}]" for field in fields).replace("\n", "~"), flush=True)
    except ValueError:
        print("error", flush=True)
