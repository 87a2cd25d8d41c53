import io
import sys

sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
for line in sys.stdin.buffer.read().decode("utf-8").split("\n")[:-1]:
    try:
        print(normalize_path(line), flush=True)
    except ValueError:
        print("error", flush=True)
