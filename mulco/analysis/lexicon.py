"""Weighted word lists, and how much of each a text holds: English by words, Chinese by the characters themselves.

    lexicon = Lexicon({"sorting": {2: "bubble sort, 冒泡排序", 1: "sort, 排序"}})
    lexicon.points("Sort it by bubble sort.")          # {"sorting": 3.0}

An English term is one to four words and stands for its plural as well; case does not count. A word of a text is letters
and digits with the marks of `c++`, `c#` and `node.js`. A term counts once however often it stands there. A Chinese term
is found wherever its characters stand, so it has to be long enough to mean one thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[a-z0-9_]+(?:[+#]+|(?:\.[a-z]+)+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Lexicon:
    """Terms of several lists; `lists` gives for each name its terms by weight, parted by commas or line ends."""

    def __init__(self, lists: Mapping[str, Mapping[float, str]]) -> None:
        self.names = tuple(lists)
        self._words: dict[tuple[str, ...], list[tuple[str, float]]] = {}
        self._characters: list[tuple[str, str, float]] = []
        for name, by_weight in lists.items():
            for weight, terms in by_weight.items():
                for term in filter(None, (term.strip() for term in re.split(r"[,\n]", terms))):
                    if _HAN.search(term):
                        self._characters.append((term.lower(), name, weight))
                    else:
                        self._words.setdefault(words(term), []).append((name, weight))
        self._starts = {term[0]: max(len(t) for t in self._words if t[0] == term[0]) for term in self._words}

    def points(self, text: str) -> dict[str, float]:
        """The sum of the weights of each list's terms that stand in a text; lists without any are left out."""
        found: dict[str, float] = {}
        for name, weight in self.terms(text).values():
            found[name] = found.get(name, 0.0) + weight
        return found

    def terms(self, text: str) -> dict[tuple[str, str], tuple[str, float]]:
        """The terms themselves, each under (term, list): what a rule has gone by."""
        text = text.lower()
        found: dict[tuple[str, str], tuple[str, float]] = {}
        said = words(text)
        for start, word in enumerate(said):
            for size in range(1, self._starts.get(word, 0) + 1):
                for name, weight in self._words.get(said[start : start + size], ()):
                    found[" ".join(said[start : start + size]), name] = name, weight
        if _HAN.search(text):
            for term, name, weight in self._characters:
                if term in text:
                    found[term, name] = name, weight
        return found


def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without the s of a plural."""
    return tuple(_stem(word) for word in _WORD.findall(text.lower()))


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
