"""Weighted word lists, and how much of each a text holds: English by words, Chinese by the characters themselves.

    lexicon = Lexicon({"sorting": {2: "bubble sort, 冒泡排序", 1: "sort, 排序"}})
    lexicon.points("Sort it by bubble sort.")          # {"sorting": 3}

An English term is one word or several and stands for its plural as well; case does not count. A word of a text is
letters and digits with the marks of `c++`, `c#` and `node.js`; an underscore parts words. A term counts once however
often it stands there. A Chinese term is found wherever its characters stand, so it has to be long enough to mean one
thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[a-z0-9]+(?:[+#]+|(?:\.[a-z]+)+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")

Term = tuple[str, str, float]  # the term, its list, its weight


class Lexicon:
    """Terms of several lists; `lists` gives for each name its terms by weight, parted by commas or line ends."""

    def __init__(self, lists: Mapping[str, Mapping[float, str]]) -> None:
        self._words: dict[str, list[tuple[tuple[str, ...], Term]]] = {}  # by first word: the others, the term
        self._characters: dict[str, list[Term]] = {}  # by first character
        for name, by_weight in lists.items():
            for weight, terms in by_weight.items():
                for text in filter(None, (term.strip().lower() for term in re.split(r"[,\n]", terms))):
                    if _HAN.search(text):
                        self._characters.setdefault(text[0], []).append((text, name, weight))
                        continue
                    *before, last = _WORD.findall(text)
                    for form in dict.fromkeys((last, _plural(last))):
                        first, *others = [*before, form]
                        self._words.setdefault(first, []).append((tuple(others), (text, name, weight)))

    def points(self, text: str) -> dict[str, float]:
        """The sum of the weights of each list's terms that stand in a text; lists without any are left out."""
        found: dict[str, float] = {}
        for _, name, weight in self.terms(text):
            found[name] = found.get(name, 0) + weight
        return found

    def terms(self, text: str) -> list[Term]:
        """The terms that stand in a text, each once: what the points are made of."""
        text = text.lower()
        found: dict[Term, None] = {}
        said = _WORD.findall(text)
        for place, word in enumerate(said):
            for others, term in self._words.get(word, ()):
                if not others or tuple(said[place + 1 : place + 1 + len(others)]) == others:
                    found[term] = None
        if not text.isascii():
            for character in dict.fromkeys(text):
                for term in self._characters.get(character, ()):
                    if term[0] in text:
                        found[term] = None
        return list(found)


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
