import heapq
import re
from itertools import groupby


def word_frequencies(text, k):
    if k < 0:
        raise ValueError("k must not be negative")
    lowered = "".join(c.lower() if c.isascii() else c for c in text)
    pieces = re.split(r"[^a-z0-9'\x80-\U0010ffff]+|''+", lowered)
    words = sorted(filter(None, (piece.strip("'") for piece in pieces)))
    # Groups come in alphabetical order, so the word needs no place in the key.
    runs = ((word, sum(1 for _ in run)) for word, run in groupby(words))
    return heapq.nlargest(k, runs, key=lambda item: item[1])
