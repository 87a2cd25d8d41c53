"""Equality, edits, labels, rankings, Chinese: against worked examples whose numbers come from elsewhere."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from mulco.errors import UsageError
from mulco.evaluation.metrics import FORMS, Metric, score
from mulco.evaluation.metrics.classes import accuracy, accuracy_by_group, binary
from mulco.evaluation.metrics.exact import edit_sim, em_nospace, em_strict, em_token, shown_literals
from mulco.evaluation.metrics.metric import mean, resampled, wilson
from mulco.evaluation.metrics.ranking import map_at_r, mrr
from mulco.evaluation.metrics.text import bleu_zh, chrf, rouge_l

REFERENCES = ["int add ( int a , int b ) { return a + b ; }", "return x ;", "void f ( ) { g ( ) ; }"]
PREDICTIONS = ["int add ( int a , int c ) { return a + c ; }", "return  x ;", "f ( ) ; }"]
CHINESE = ["打开文件并读取全部内容", "连接数据库，失败时重试三次"]
SAID = ["打开文件，读取内容", "连接数据库失败后重试"]


def values(metrics: list[Metric]) -> dict[str, float]:
    return {metric.name: round(metric.value, 6) for metric in metrics}


def test_three_kinds_of_equality_differ_on_two_blanks() -> None:
    assert em_strict(PREDICTIONS, REFERENCES).value == 0
    assert em_token(PREDICTIONS, REFERENCES).value == pytest.approx(100 / 3)
    assert em_nospace(["return x;", "a"], ["return  x ;", "b"]).value == 50


def test_blanks_around_a_line_are_no_difference() -> None:
    assert em_strict([" return x ; "], ["return x ;\n"]).value == 100


def test_edit_similarity_rounds_each_pair_as_the_original_does() -> None:
    # fuzzywuzzy 0.18 with python-Levenshtein: ratio("abcd", "abce") = 75, ratio("return x", "return xy") = 94
    assert edit_sim(["return x"], ["return xy"]).value == pytest.approx(100 * (1 - 1 / 17), abs=1e-9)
    assert edit_sim(["return x", "abcd"], ["return xy", "abce"], round_each=True).value == (94 + 75) / 2


def test_two_empty_texts_are_alike_and_one_empty_text_is_like_nothing() -> None:
    assert [edit_sim([a], [b]).value for a, b in (("", ""), ("", "x"), ("x", ""))] == [100, 0, 0]
    assert edit_sim([None], [""]).value == 0


def test_literals_are_shown_before_lines_are_compared() -> None:
    assert shown_literals("f ( <STR_LIT:utf-8> , <NUM_LIT> , <STR_LIT> , <CHAR_LIT:a> )") == "f ( utf-8 , 0 ,  , a )"
    [_, _, em] = score("code_completion", ["x = 0"], ["x = <NUM_LIT>"])
    assert (em.name, em.value) == ("em_token", 100)


def test_f1_is_that_of_class_one_and_macro_averages_both() -> None:
    # scikit-learn 1.9: f1_score(average="binary") 0.5, average="macro" 0.625
    made = values(binary([1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0]))
    assert made == {"accuracy": 0.666667, "f1": 0.5, "precision": 0.5, "recall": 0.5, "macro_f1": 0.625}


def test_an_undefined_f1_is_zero() -> None:
    made = values(binary([0, 0], [0, 0]))
    assert made == {"accuracy": 1.0, "f1": 0.0, "precision": 0.0, "recall": 0.0, "macro_f1": 0.5}


def test_an_unreadable_label_is_wrong_whatever_is_right() -> None:
    assert values(binary([None, None], [1, 0])) == dict.fromkeys(
        ("accuracy", "f1", "precision", "recall", "macro_f1"), 0.0
    )


def test_cloze_words_are_averaged_over_items_and_over_languages() -> None:
    made = values(
        accuracy_by_group(["max", "min", "max", "x"], ["max", "min", "min", "min"], ["go", "go", "go", "java"])
    )
    assert made == {"accuracy": 0.5, "accuracy_macro": 0.333333, "accuracy:go": 0.666667, "accuracy:java": 0.0}


def test_mrr_takes_the_rank_of_the_one_right_answer() -> None:
    assert mrr([["a", "b"], ["b", "a"], ["c"]], ["a", "a", "a"]).value == 0.5
    assert mrr([None], ["a"]).value == 0


def test_map_at_r_of_three_right_ones() -> None:
    assert map_at_r([["a", "x", "c"]], [["a", "b", "c"]]).value == pytest.approx((1 + 2 / 3) / 3)


def test_map_at_r_wants_exactly_r_ids() -> None:
    with pytest.raises(UsageError, match=r"query 1: a list of 2 ids, but 3 are right\. .* cut or fill the list"):
        map_at_r([["a", "b"]], [["a", "b", "c"]])


def test_chinese_is_scored_by_its_characters() -> None:
    # sacrebleu 2.6.0, tokenize=zh and chrF; rouge_l: rouge-score with a tokenizer of characters plugged in
    assert bleu_zh(SAID, CHINESE).value == pytest.approx(35.30904, abs=5e-6)
    assert chrf(SAID, CHINESE).value == pytest.approx(29.49251, abs=5e-6)
    assert [round(rouge_l([a], [b]).value, 5) for a, b in zip(SAID, CHINESE, strict=True)] == [84.21053, 81.81818]


def test_a_signature_names_the_tokenizer_and_the_version() -> None:
    assert bleu_zh(SAID, CHINESE).signature.startswith("nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:2.")
    assert chrf(SAID, CHINESE).signature.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.")


def test_one_common_latin_word_does_not_make_chinese_sentences_equal() -> None:
    assert rouge_l(["把 JSON 转成字典"], ["删除 json 文件"]).value == pytest.approx(100 * 2 * 1 / (6 + 5))


@pytest.mark.parametrize("empty", ["", "。，！", None])
def test_rouge_l_of_no_word_is_zero(empty: str | None) -> None:
    assert rouge_l([empty], ["打开文件"]).value == 0


def test_a_rate_has_wilson_s_interval() -> None:
    # Agresti and Coull 1998, and any table: 0 of 10 is [0, 0.2775], 5 of 10 is [0.2366, 0.7634]
    assert [round(bound, 4) for bound in wilson(0, 10)] == [0.0, 0.2775]
    assert [round(bound, 4) for bound in wilson(5, 10)] == [0.2366, 0.7634]
    made = accuracy([1] * 5 + [0] * 5, [1] * 10)
    assert (made.value, round(made.low, 4), round(made.high, 4), made.n) == (0.5, 0.2366, 0.7634, 10)


def test_a_resampled_interval_is_that_of_the_mean_and_the_same_in_every_run() -> None:
    drawn = np.random.default_rng(3).normal(10, 2, 400).tolist()
    made = mean("length", drawn, "test")
    half = 1.96 * float(np.std(drawn)) / 20
    assert made.low == pytest.approx(made.value - half, abs=0.05)
    assert made.high == pytest.approx(made.value + half, abs=0.05)
    assert mean("length", drawn, "test") == made
    assert mean("length", drawn, "test", seed=1) != made


def test_a_sure_value_has_no_width() -> None:
    made = resampled("x", 2.0, np.ones((5, 2)), lambda sums: sums[:, 0] / sums[:, 1] * 2, "test")
    assert (made.low, made.high) == (2.0, 2.0)


EXAMPLES: dict[str, tuple[list[Any], list[Any], dict[str, Any], list[str]]] = {
    "code_summarization": (["a b"], ["a c"], {}, ["smoothed_bleu4", "rouge_l", "chrf"]),
    "code_generation": (["a"], ["b"], {}, ["bleu", "em_token", "edit_sim"]),
    "code_search": ([1, None], [1, 4], {}, ["accuracy"]),
    "clone_detection": ([1], [1], {}, ["accuracy", "f1", "precision", "recall", "macro_f1"]),
    "defect_detection": ([1], [1], {}, ["accuracy", "f1", "precision", "recall", "macro_f1"]),
    "cloze_test": (["max"], ["max"], {}, ["accuracy"]),
    "code_completion": (["x"], ["x"], {}, ["edit_sim", "edit_sim_rounded", "em_token"]),
    "code_repair": (["x"], ["x"], {}, ["em_strict", "bleu", "em_nospace"]),
    "code_translation": (["x"], ["x"], {}, ["bleu", "em_strict", "em_nospace"]),
    "code_qa": (["打开"], ["打开"], {"language": "zh"}, ["bleu_zh", "chrf", "rouge_l"]),
}


@pytest.mark.parametrize("task", FORMS)
def test_every_task_has_its_metrics_the_primary_one_first(task: str) -> None:
    predictions, references, options, names = EXAMPLES[task]
    made = score(task, predictions, references, **options)
    assert [metric.name for metric in made] == names
    assert all(metric.low <= metric.value + 1e-9 and metric.n == len(references) for metric in made)
    assert all(type(metric.value) is float and type(metric.low) is float for metric in made)  # numpy's break a card


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("code_serach", [1], [1]), "no task 'code_serach'. Close matches: code_search"),
        (("code_search", [1], []), "1 predictions for 0 references"),
        (("code_search", [], []), "no references to judge code_search by"),
        (("clone_detection", [2], [1]), "prediction 1 is 2, expected the label 0 or 1"),
        (("clone_detection", [1], [None]), "reference 1 is None, expected the label 0 or 1"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(call: tuple[Any, ...], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        score(*call)
    assert str(refused.value).startswith(message)


def test_a_form_that_a_task_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match="code_search is judged as: choice, pairs, ranking"):
        score("code_search", [1], [1], form="retrieval")


def test_metrics_load_no_torch() -> None:
    code = (
        "import sys; from mulco.evaluation.metrics import score; score('code_repair', ['a'], ['b']);"
        "score('code_summarization', ['打开'], ['打开'], language='zh');"
        "print([name for name in ('torch', 'transformers', 'datasets', 'nltk', 'sklearn') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("package", "task", "message"),
    [
        (
            "sacrebleu",
            "code_summarization",
            'chrF and Chinese BLEU need sacrebleu. Install it with: pip install "mulco[eval]"',
        ),
        ("rapidfuzz", "code_completion", 'edit similarity needs rapidfuzz. Install it with: pip install "mulco[eval]"'),
    ],
)
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, package: str, task: str, message: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError) as refused:
        score(task, ["a b"], ["a c"])
    assert str(refused.value) == message
