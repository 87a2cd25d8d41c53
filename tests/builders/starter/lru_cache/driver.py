import sys

for line in sys.stdin:
    words = line.split()
    try:
        cache = LRUCache(int(words[0]))
    except ValueError:
        print("error", flush=True)
        continue
    out, i = [], 1
    while i < len(words):
        if words[i] == "put":
            cache.put(int(words[i + 1]), int(words[i + 2]))
            i += 3
        else:
            value = cache.get(int(words[i + 1]))
            out.append("none" if value is None else str(value))
            i += 2
    print(" ".join(out), flush=True)
