"""The ten categories are the study's, in its order and spelling, and each says what it holds."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from mulco.analysis import result
from mulco.categories import ALGORITHMIC, CATEGORIES, DOMAINS, OTHER


def test_the_names_are_those_of_the_study_and_each_is_explained_once() -> None:
    assert list(CATEGORIES) == [
        "Algorithmic & Data Structure", "Mathematical & Computational", "Database & SQL",
        "System Design & Architecture", "Web Development", "Data Science & Machine Learning",
        "Performance Optimization", "User Interface & Application Design", "Domain-Specific",
        "Security & Cryptography",
    ]  # fmt: skip
    assert ALGORITHMIC == ("Algorithmic & Data Structure", "Mathematical & Computational")
    assert list(DOMAINS) == ["code", "mathematics", "general"]
    said = [*CATEGORIES.values(), *DOMAINS.values()]
    assert len(set(said)) == len(said)
    assert all(20 <= len(line) <= 120 and "\n" not in line for line in said)
    assert OTHER not in CATEGORIES


def test_an_analysis_has_the_same_words_as_a_model_is_told() -> None:
    assert tuple(CATEGORIES) == result.CATEGORIES
    assert tuple(DOMAINS) == result.DOMAINS


def test_the_labels_by_hand_use_these_words_and_name_each_row_once() -> None:
    file = Path(__file__).parents[2] / "benchmarks" / "categories.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        labels = list(csv.DictReader(stream))
    assert list(labels[0]) == ["id", "domain", "category", "half"]
    assert len({label["id"] for label in labels}) == len(labels)
    assert {label["domain"] for label in labels} == set(DOMAINS)
    assert {label["category"] for label in labels} <= {*CATEGORIES, ""}
    halves = Counter(label["half"] for label in labels)
    assert halves == {"tuning": 122, "held-out": 118, "domain-tuning": 80, "domain": 160}
