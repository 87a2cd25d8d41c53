"""Terms of word lists, found in English and in Chinese."""

from __future__ import annotations

from mulco.analysis.lexicon import Lexicon

LEXICON = Lexicon({
    "sorting": {2: "bubble sort, 冒泡排序", 1: "sort\n排序, query, class"},
    "web": {3: "node.js, c++, 网页"},
})  # fmt: skip


def test_a_term_counts_once_with_its_weight() -> None:
    assert LEXICON.points("Sort it, sort it: by Bubble Sort.") == {"sorting": 3}
    assert LEXICON.terms("Bubble sorts") == [("bubble sort", "sorting", 2), ("sort", "sorting", 1)]


def test_words_end_where_words_end() -> None:
    assert LEXICON.points("resort, sorted, consort") == {}
    assert LEXICON.points("bubble_sort(xs)") == {"sorting": 3}
    assert LEXICON.points("Node.js and C++") == {"web": 6}


def test_a_plural_is_its_singular() -> None:
    assert LEXICON.points("two queries in three classes") == {"sorting": 2}


def test_chinese_terms_stand_anywhere() -> None:
    assert LEXICON.points("用冒泡排序给网页排序") == {"sorting": 3, "web": 3}
    assert LEXICON.points("网上的页面") == {}
