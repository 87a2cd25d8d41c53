import sys

sys.stdin.reconfigure(encoding="utf-8")
sys.stdout.reconfigure(encoding="utf-8")
for line in sys.stdin:
    limit, _, text = line.rstrip("\n").partition(" ")
    try:
        pairs = word_frequencies(text, int(limit))
        print(" ".join(f"{word}:{count}" for word, count in pairs) or "none", flush=True)
    except ValueError:
        print("error", flush=True)
