import re
import string
from collections import Counter

ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# An apostrophe belongs to a word only between two of its other characters.
WORD = re.compile(r"[a-z0-9\x80-\U0010ffff]+(?:'[a-z0-9\x80-\U0010ffff]+)*")


def word_frequencies(text, k):
    if k < 0:
        raise ValueError("k must not be negative")
    counts = Counter(WORD.findall(text.translate(ASCII_LOWER)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ranked[:k]
