"""Both BLEUs against values of CodeXGLUE's own evaluators (commit ac74a62), written down as numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from mulco.evaluation.metrics.bleu import corpus_bleu, smoothed_bleu4, summary_tokens

REFERENCES = ["int add ( int a , int b ) { return a + b ; }", "return x ;", "void f ( ) { g ( ) ; }"]
PREDICTIONS = ["int add ( int a , int c ) { return a + c ; }", "return  x ;", "f ( ) ; }"]


def test_corpus_bleu_is_the_original_s() -> None:
    # the original's refinement/evaluator/bleu.py on these three lines; sacrebleu gives 56.28 (exp) or 57.79 (add-k)
    assert corpus_bleu(PREDICTIONS, REFERENCES).value == pytest.approx(57.839074, abs=5e-7)


def test_corpus_bleu_of_one_wrong_token_is_not_zero() -> None:
    assert corpus_bleu(["a"], ["b"]).value == pytest.approx(100 * (0.5 * 1 * 1 * 1) ** 0.25, abs=1e-9)  # 84.0896


def test_corpus_bleu_of_nothing_is_zero_where_the_original_divides_by_zero() -> None:
    assert corpus_bleu(["", None], ["a b", "c"]).value == 0.0


def test_corpus_bleu_is_short_when_the_prediction_is() -> None:
    # matches and totals + 1: 3/3 2/2 1/1 1/1, brevity exp(1 - 4/2)
    assert corpus_bleu(["a b"], ["a b c d"]).value == pytest.approx(100 * math.exp(-1), abs=1e-9)


def test_of_several_references_an_n_gram_counts_as_often_as_in_the_best_one() -> None:
    assert corpus_bleu(["a a b"], [["a a c", "x b y"]]).value == pytest.approx(
        100 * (4 / 4 * 2 / 3 * 1 / 2 * 1) ** 0.25, abs=1e-9
    )


def test_smoothed_bleu4_is_the_original_s() -> None:
    # the original's code-to-text/evaluator.py; nltk's method2 and sacrebleu's add-k give 35.6496 for the first
    assert smoothed_bleu4(["return the sum of numbers"], ["Returns the sum of two numbers."]).value == pytest.approx(
        38.107255, abs=5e-7
    )
    assert smoothed_bleu4(["sort the list in_place"], ["sort list in_place"]).value == pytest.approx(
        63.894310, abs=5e-7
    )


def test_smoothed_bleu4_of_an_empty_text_falls_with_the_length_of_the_reference() -> None:
    assert smoothed_bleu4([""], ["one"]).value == pytest.approx(36.787944, abs=5e-7)  # 100 * exp(-1)
    assert smoothed_bleu4([""], ["one two three"]).value == pytest.approx(100 * math.exp(-3), abs=1e-9)


def test_smoothed_bleu4_without_a_common_word_is_next_to_nothing() -> None:
    assert 0 < smoothed_bleu4(["red"], ["blue"]).value < 1e-70


def test_a_missing_summary_is_worth_nothing() -> None:
    assert smoothed_bleu4([None, "one two"], ["one", "one two"]).value == 50.0


def test_an_underscore_divides_words_of_a_summary() -> None:
    assert summary_tokens("Sort in_place, O(n)!") == ["sort", "in", "_", "place", ",", "o", "(", "n", ")", "!"]


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("folder", "prediction", "reference", "bleu"),
    [
        # printed by the original's evaluator.py with the left file as predictions, before it rounds to two places
        ("bugs2fix/data/small", "test.buggy-fixed.buggy", "test.buggy-fixed.fixed", 78.84386493131024),
        ("bugs2fix/data/medium", "test.buggy-fixed.buggy", "test.buggy-fixed.fixed", 90.90387266612726),
        ("codetrans/data", "test.java-cs.txt.java", "test.java-cs.txt.cs", 18.24500070188148),
        ("codetrans/data", "test.java-cs.txt.cs", "test.java-cs.txt.java", 18.108511926653108),
    ],
)
def test_copying_the_input_scores_as_with_the_original_to_every_digit(
    upstream: Path, folder: str, prediction: str, reference: str, bleu: float
) -> None:
    texts = [
        (upstream / folder / name).read_text("utf-8").removesuffix("\n").split("\n") for name in (prediction, reference)
    ]
    assert corpus_bleu(texts[0], texts[1]).value == bleu
